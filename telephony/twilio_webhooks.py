"""Twilio's forms in, TwiML out; the decisions are `routing`'s. Any exception still answers TwiML that reaches a person or apologises."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

import structlog
from fastapi import APIRouter, Request, Response

from data.hotel import Hotel
from data.records import StatusRecord
from telephony import twiml
from telephony.line import KnownCall, Line
from telephony.routing import DESK_RING_S, Ringing, Who, after_dial
from telephony.twilio_signature import TwilioSignature
from tools.catalogue import NextStep

MOST_FORM_BYTES = 64 * 1024
SORRY = "I'm sorry, we can't take your call right now. Please call again in a few minutes."
NOBODY_AT_DESK = "I'm sorry, nobody at the desk can answer right now. Please call again later. Goodbye."
HIDDEN = frozenset({"", "anonymous", "restricted", "unavailable", "unknown", "+266696687", "+86282452253", "+7378742833"})
"""How Twilio writes a hidden caller; the numbers spell ANONYMOUS, UNAVAILABLE, RESTRICTED on a keypad."""
STATUS_ORDER = ("queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled")
STREAM_ORDER = ("stream-started", "stream-error", "stream-stopped")

log = structlog.get_logger()


class StatusRows(Protocol):
    async def store_status(self, record: StatusRecord) -> None: ...


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Twilio finds us."""

    base: str
    stream: str

    def of(self, path: str) -> str:
        return self.base + path


Form = dict[str, list[str]]


class _RefusedError(Exception):
    """Not Twilio's request."""


def router(line: Line, statuses: StatusRows, signature: TwilioSignature | None, addresses: Addresses, desk_number: str | None) -> APIRouter:  # noqa: PLR0915 - one closure a webhook
    """`desk_number`: where calls go that no hotel can be found for."""
    routes = APIRouter(prefix="/twilio")

    async def form_of(request: Request) -> Form:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_FORM_BYTES:
                raise _RefusedError("too large")
        form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        given = request.headers.get("x-twilio-signature", "")
        query = request.scope["query_string"].decode("latin-1")
        if signature is not None and not signature.is_valid(request.scope["path"], query, form, given):
            raise _RefusedError("wrong signature")
        return form

    def answered(answer: Callable[[Form], Awaitable[str]]) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            try:
                form = await form_of(request)
            except _RefusedError as error:
                log.warning("webhook refused", path=request.url.path, reason=str(error))
                return Response(status_code=403)
            try:
                text = await answer(form)
            except Exception:
                log.exception("webhook failed", path=request.url.path)
                text = (
                    twiml.dial(desk_number, addresses.of("/twilio/after-dial"), ring_s=DESK_RING_S) if desk_number else twiml.say_and_hang_up(SORRY)
                )
            return Response(text, media_type="text/xml")

        return handle

    def stream(known: KnownCall) -> str:
        token = line.tokens.issue(known.facts.call_sid)
        return twiml.stream(addresses.stream, addresses.of("/twilio/stream-ended"), addresses.of("/twilio/stream-status"), token)

    def dial(known: KnownCall, number: str, *, ring_s: int, say: str = "") -> str:
        known.dialled_desk = True
        return twiml.dial(number, addresses.of("/twilio/after-dial"), ring_s=ring_s, say=say)

    async def voice(form: Form) -> str:
        call_sid, to = one(form, "CallSid"), one(form, "To")
        if not call_sid:
            return twiml.say_and_hang_up(SORRY)
        known = line.known(call_sid)
        if known is None:
            hotel = await line.hotels.called(to)
            if hotel is None:
                return (
                    twiml.dial(desk_number, addresses.of("/twilio/after-dial"), ring_s=DESK_RING_S) if desk_number else twiml.say_and_hang_up(SORRY)
                )
            known = line.ring(call_sid, ringing(form, line), hotel)
        if known.streamed:
            return twiml.nothing() if line.live(call_sid) else stream_ended_answer(known)
        match known.answer.who:
            case Who.AGENT:
                return stream(known)
            case Who.DESK if known.hotel.desk_number:
                return dial(known, known.hotel.desk_number, ring_s=known.answer.ring_s, say=known.answer.say)
            case _:
                return twiml.say_and_hang_up(known.answer.say) if known.answer.say else twiml.reject()

    def stream_ended_answer(known: KnownCall | None) -> str:
        """The media stream is over: what comes next was decided when the call ended."""
        if known is None or known.ended is None:
            return twiml.dial(desk_number, addresses.of("/twilio/after-dial"), ring_s=DESK_RING_S) if desk_number else twiml.say_and_hang_up(SORRY)
        desk = known.hotel.desk_number or desk_number
        wants_person = known.ended.step is NextStep.DESK or known.ended.reason in (
            "error",
            "server stopped",
            "protocol broken",
            "line lost",
        )
        if wants_person and desk and not known.dialled_desk:
            return dial(known, desk, ring_s=DESK_RING_S)
        return twiml.say_and_hang_up(NOBODY_AT_DESK) if wants_person else twiml.hang_up()

    async def stream_ended(form: Form) -> str:
        return stream_ended_answer(line.known(one(form, "CallSid")))

    async def dialled(form: Form) -> str:
        known = line.known(one(form, "CallSid"))
        agent_next = known is not None and not known.streamed and line.ready
        if after_dial(one(form, "DialCallStatus"), wanted_agent_next=agent_next) is Who.AGENT and known is not None:
            return stream(known)
        if one(form, "DialCallStatus") in ("completed", "answered"):
            return twiml.hang_up()
        return twiml.say_and_hang_up(NOBODY_AT_DESK)

    async def fallback(form: Form) -> str:  # noqa: ARG001
        return twiml.dial(desk_number, addresses.of("/twilio/after-dial"), ring_s=DESK_RING_S) if desk_number else twiml.say_and_hang_up(SORRY)

    async def call_status(form: Form) -> str:
        await store(form, "call", one(form, "CallStatus"), STATUS_ORDER)
        return twiml.nothing()

    async def stream_status(form: Form) -> str:
        await store(form, "stream", one(form, "StreamEvent"), STREAM_ORDER)
        return twiml.nothing()

    async def store(form: Form, kind: str, status: str, order: tuple[str, ...]) -> None:
        known = line.known(one(form, "CallSid"))
        hotel: Hotel | None = known.hotel if known else line.hotels.default
        if hotel is None or not status:
            return
        number = one(form, "SequenceNumber")
        sequence = int(number) if number.isdigit() else order.index(status) if status in order else len(order)
        payload = {
            name: values[0] for name, values in form.items() if name in ("CallDuration", "StreamError", "StreamSid", "Timestamp", "SipResponseCode")
        }
        await statuses.store_status(StatusRecord(hotel.id, one(form, "CallSid"), kind, status, sequence, line.utc_now(), payload))

    for path, answer in (
        ("/voice", voice),
        ("/stream-ended", stream_ended),
        ("/after-dial", dialled),
        ("/fallback", fallback),
        ("/call-status", call_status),
        ("/stream-status", stream_status),
    ):
        routes.add_api_route(path, answered(answer), methods=["POST"], include_in_schema=False)
    return routes


def ringing(form: Form, line: Line) -> Ringing:
    """What Twilio's form says of the call; unknown fields are left alone."""
    caller = number(one(form, "From"))
    last_minute, last_hour = line.counts(caller)
    return Ringing(caller, one(form, "To"), number(one(form, "ForwardedFrom")), bool(one(form, "ParentCallSid")), last_minute, last_hour)


def number(text: str) -> str | None:
    """E.164, None where it is hidden."""
    return None if text.lower() in HIDDEN or not text.startswith("+") else text


def one(form: Form, name: str) -> str:
    return form.get(name, [""])[0]

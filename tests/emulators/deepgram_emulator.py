"""Deepgram Flux (`WS /v2/listen`) without recognition: loudness marks where somebody speaks, a script says what.

`python -m tests.emulators.deepgram_emulator --port 9701 --texts '["Is breakfast included?"]'`, or without texts: the caller's process posts
`{"text": …, "ms": …}` to `/script` before it plays a clip (`ms`: length of the speech in it, so that a pause inside does not end the turn).
Speech for which no text is left is not recognised: no turn. All times are audio time, counted in the bytes received.
"""

import argparse
import contextlib
import json
import uuid
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.emulators.serving import Journal, Running, control_routes, in_thread, knobs_from_flags, run

STEP_MS = 20
STEP_BYTES = 8 * STEP_MS
UPDATE_MS = 240
START_VOICE_MS = 80
"""This much voice in a row starts a turn."""
MS_PER_CHARACTER = 62
EAGER_BEFORE_END_MS = 100
HOLD_MARGIN_MS = 240
UNFINISHED_SENTENCE_MS = 1600
"""A pause longer than this ends a turn although its text should have taken longer."""


@dataclass
class Knobs:
    """Settings and faults."""

    texts: list[str] = field(default_factory=list)
    """Every connection is given these, one for each turn."""
    loop: bool = False
    """Start the texts again after the last."""
    key: str = ""
    """The only key accepted; empty: any."""
    end_of_turn_ms: int = 260
    level: int = 420
    """Mean absolute 16-bit sample above which 20 ms are voice (420: about -38 dBFS)."""
    confidence: float = 0.96
    language: str = "en"
    status: int = 0
    """Refuse the handshake with this HTTP status."""
    refuse_after: int = 0
    """Refuse handshakes after this many were accepted; 0: never."""
    mute: bool = False
    """Accept, say Connected, and then nothing."""
    silent_handshake: bool = False
    """Accept and do not even say Connected."""
    drop_after_ms: int = 0
    """Close with 1011 after this much audio; 0: never. Only the first connection, or …"""
    drop_all: bool = False
    """… every one."""
    fatal_after_ms: int = 0
    """Send an Error message and close after this much audio."""
    never_end: bool = False
    """Turns start and are never ended."""
    garbage: bool = False
    """Send an unknown message type, broken JSON and a binary frame before every turn event."""


def _mulaw_magnitudes() -> bytes:
    """Per mu-law byte: absolute sample / 128, so that sums stay cheap."""
    out = bytearray(256)
    for code in range(256):
        flipped = ~code & 0xFF
        sample = (((flipped & 0x0F) << 3) + 0x84 << ((flipped & 0x70) >> 4)) - 0x84
        out[code] = min(255, sample >> 7)
    return bytes(out)


MAGNITUDES = _mulaw_magnitudes()


def loudness(mulaw: bytes) -> float:
    """Mean absolute 16-bit sample."""
    return sum(mulaw.translate(MAGNITUDES)) * 128 / max(1, len(mulaw))


@dataclass
class Expected:
    """A text and how long it takes to say."""

    text: str
    ms: int = 0

    @property
    def least_ms(self) -> int:
        return max(0, self.ms - HOLD_MARGIN_MS) if self.ms else int(len(self.text) * MS_PER_CHARACTER * 0.5)


@dataclass
class Script:
    """The texts of one connection, and the queue that the caller's process fills for all."""

    knobs: Knobs
    shared: deque[Expected]
    used: int = 0

    def next(self) -> Expected | None:
        texts = self.knobs.texts
        if texts and (self.used < len(texts) or self.knobs.loop):
            self.used += 1
            return Expected(texts[(self.used - 1) % len(texts)])
        return self.shared.popleft() if self.shared else None


@dataclass
class Turns:
    """Audio in, messages out; pure."""

    script: Script
    request_id: str
    sequence: int = 0
    clock_ms: int = 0
    turn: int = 0
    voiced_ms: int = 0
    quiet_ms: int = 0
    started_ms: int | None = None
    turn_from_ms: int = 0
    expected: Expected | None = None
    eager: bool = False
    forced: bool = False
    updated_ms: int = 0
    told: str = ""
    """The text of the open turn as last sent."""

    def message(self, kind: str, **fields: Any) -> dict[str, Any]:
        out = {"type": kind, "request_id": self.request_id, "sequence_id": self.sequence, **fields}
        self.sequence += 1
        return out

    def info(self, event: str, text: str) -> dict[str, Any]:
        knobs = self.script.knobs
        self.told = text
        words = text.split()
        begin = self.started_ms if self.started_ms is not None else self.clock_ms
        each = (self.clock_ms - begin) / 1000 / max(1, len(words))
        out = self.message(
            "TurnInfo",
            event=event,
            turn_index=self.turn,
            audio_window_start=self.turn_from_ms / 1000,
            audio_window_end=self.clock_ms / 1000,
            transcript=text,
            words=[
                {
                    "word": word,
                    "confidence": knobs.confidence,
                    "start": round(begin / 1000 + index * each, 3),
                    "end": round(begin / 1000 + (index + 1) * each, 3),
                }
                for index, word in enumerate(words)
            ],
            end_of_turn_confidence={"EndOfTurn": 0.85, "EagerEndOfTurn": 0.55}.get(event, 0.05),
        )
        if event == "EndOfTurn":
            out["trigger"] = "manual" if self.forced else "model"
        if text and knobs.language:
            out["languages"] = [knobs.language]
        return out

    def text_so_far(self) -> str:
        assert self.expected is not None
        assert self.started_ms is not None
        words = self.expected.text.split()
        whole = self.expected.ms or len(self.expected.text) * MS_PER_CHARACTER
        spoken = self.clock_ms - self.started_ms - self.quiet_ms
        return " ".join(words[: max(1, min(len(words), int(len(words) * spoken / max(1, whole))))])

    def untold(self) -> Expected | None:
        """What the next connection will hear of the open turn when this one breaks."""
        if self.expected is None:
            return None
        words = self.expected.text.split()[len(self.told.split()) :]
        return Expected(" ".join(words)) if words else None

    def step(self, mulaw: bytes) -> Iterator[dict[str, Any]]:
        self.clock_ms += STEP_MS
        if loudness(mulaw) > self.script.knobs.level:
            self.voiced_ms += STEP_MS
            self.quiet_ms = 0
        else:
            self.voiced_ms = 0
            self.quiet_ms += STEP_MS
        yield from self._outside() if self.started_ms is None else self._inside()

    def _outside(self) -> Iterator[dict[str, Any]]:
        if self.voiced_ms >= START_VOICE_MS and (expected := self.script.next()) is not None:
            self.expected, self.started_ms, self.updated_ms = expected, self.clock_ms - self.voiced_ms, self.clock_ms
            yield self.info("StartOfTurn", self.text_so_far())
        elif self.clock_ms - self.updated_ms >= UPDATE_MS:
            self.updated_ms = self.clock_ms
            yield self.info("Update", "")

    def _inside(self) -> Iterator[dict[str, Any]]:
        assert self.expected is not None
        assert self.started_ms is not None
        knobs = self.script.knobs
        spoken_ms = self.clock_ms - self.started_ms - self.quiet_ms
        whole = spoken_ms >= self.expected.least_ms or self.quiet_ms >= UNFINISHED_SENTENCE_MS
        if self.forced or (whole and self.quiet_ms >= knobs.end_of_turn_ms and not knobs.never_end):
            if not self.eager:
                yield self.info("EagerEndOfTurn", self.expected.text)
            yield self.info("EndOfTurn", self.expected.text)
            self.turn += 1
            self.turn_from_ms = self.updated_ms = self.clock_ms
            self.expected, self.started_ms, self.eager, self.forced = None, None, False, False
        elif whole and not self.eager and self.quiet_ms >= knobs.end_of_turn_ms - EAGER_BEFORE_END_MS:
            self.eager = True
            yield self.info("EagerEndOfTurn", self.expected.text)
        elif self.eager and self.voiced_ms >= STEP_MS:
            self.eager = False
            yield self.info("TurnResumed", self.text_so_far())
        elif self.clock_ms - self.updated_ms >= UPDATE_MS:
            self.updated_ms = self.clock_ms
            yield self.info("Update", self.expected.text if self.eager else self.text_so_far())


GARBAGE: tuple[str | bytes, ...] = (json.dumps({"type": "Weather", "sequence_id": 7}), "{not json", b"\x00\x01", json.dumps([1, 2]))


class Flux:
    """The emulator."""

    def __init__(self, knobs: Knobs) -> None:
        self.knobs = knobs
        self.journal = Journal()
        self.shared: deque[Expected] = deque()
        self.accepted = 0
        self.app = Starlette(
            routes=[
                WebSocketRoute("/v2/listen", self.listen),
                Route("/script", self.add_text, methods=["POST", "DELETE"]),
                *control_routes(self.journal, knobs),
            ]
        )

    async def add_text(self, request: Request) -> JSONResponse:
        if request.method == "DELETE":
            self.shared.clear()
        else:
            body = await request.json()
            for one in body if isinstance(body, list) else [body]:
                self.shared.append(Expected(one) if isinstance(one, str) else Expected(one["text"], int(one.get("ms", 0))))
        return JSONResponse({"waiting": len(self.shared)})

    def refusal(self, websocket: WebSocket) -> int:
        scheme, _, key = websocket.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "token" or not key or (self.knobs.key and key != self.knobs.key):
            return 401
        query = websocket.query_params
        if query.get("encoding") != "mulaw" or query.get("sample_rate") != "8000" or not query.get("model", "").startswith("flux-"):
            return 400
        if self.knobs.refuse_after and self.accepted >= self.knobs.refuse_after:
            return self.knobs.status or 503
        return self.knobs.status if not self.knobs.refuse_after else 0

    async def listen(self, websocket: WebSocket) -> None:
        query = [list(pair) for pair in websocket.query_params.multi_items()]
        if status := self.refusal(websocket):
            self.journal.note("refused", status=status, query=query)
            await websocket.send_denial_response(JSONResponse({"err_code": "REFUSED", "err_msg": "refused", "request_id": "none"}, status))
            return
        await websocket.accept()
        self.accepted += 1
        self.journal.note("connected", query=query)
        turns = Turns(Script(self.knobs, self.shared), str(uuid.uuid4()))
        try:
            if not self.knobs.silent_handshake:
                await websocket.send_json(turns.message("Connected"))
            await self.serve(websocket, turns)
        except (WebSocketDisconnect, RuntimeError):  # starlette: RuntimeError when the peer went while we were sending
            pass
        self.journal.note("closed", audio_ms=turns.clock_ms)

    async def serve(self, websocket: WebSocket, turns: Turns) -> None:
        held = bytearray()
        first = self.accepted == 1
        while True:
            frame = await websocket.receive()
            if frame["type"] == "websocket.disconnect":
                return
            if (text := frame.get("text")) is not None:
                if await self.control(websocket, turns, json.loads(text)):
                    return
                continue
            held += frame["bytes"]
            while len(held) >= STEP_BYTES:
                messages = list(turns.step(bytes(held[:STEP_BYTES])))
                del held[:STEP_BYTES]
                for message in messages:
                    await self.send(websocket, message)
                if (first or self.knobs.drop_all) and self.knobs.drop_after_ms and turns.clock_ms >= self.knobs.drop_after_ms:
                    if (untold := turns.untold()) is not None:
                        self.shared.appendleft(untold)
                    await websocket.close(1011, "NET-0001")
                    return
                if self.knobs.fatal_after_ms and turns.clock_ms >= self.knobs.fatal_after_ms:
                    fault = {"code": "INTERNAL_SERVER_ERROR", "description": "an emulated fault"}
                    await websocket.send_json({"type": "Error", "sequence_id": turns.sequence, **fault})
                    await websocket.close(1011)
                    return

    async def send(self, websocket: WebSocket, message: dict[str, Any]) -> None:
        if self.knobs.mute:
            return
        if message["event"] != "Update":
            self.journal.note("turn", kind=message["event"], text=message["transcript"], audio_ms=round(message["audio_window_end"] * 1000))
            if self.knobs.garbage:
                for piece in GARBAGE:
                    await (websocket.send_bytes(piece) if isinstance(piece, bytes) else websocket.send_text(piece))
        await websocket.send_json(message)

    async def control(self, websocket: WebSocket, turns: Turns, message: dict[str, Any]) -> bool:
        """A client's text frame; True: the connection ends."""
        self.journal.note("control", message=message)
        kind = message.get("type")
        if kind == "CloseStream":
            await websocket.close()
            return True
        if kind == "ForceEndTurn" and turns.started_ms is not None and not self.knobs.never_end:
            turns.forced = True
        elif kind == "Configure" and not self.knobs.mute:
            await websocket.send_json(
                turns.message(
                    "ConfigureSuccess",
                    thresholds=message.get("thresholds") or {},
                    keyterms=message.get("keyterms") or [],
                    language_hints=message.get("language_hints") or [],
                )
            )
        return False


@contextlib.contextmanager
def running(knobs: Knobs | None = None) -> Iterator[Running[Knobs]]:
    flux = Flux(knobs or Knobs())
    with in_thread(flux.app, flux.journal, flux.knobs) as emulator:
        yield emulator


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--script", type=argparse.FileType(), help="a JSON file: a list of texts")
    parser.add_argument("--texts-from-caller", action="store_true", help="wait for texts posted to /script")
    knobs, flags = knobs_from_flags(parser, Knobs)
    if flags.script:
        knobs.texts = json.load(flags.script)
    if flags.texts_from_caller:
        knobs.texts = []
    run(Flux(knobs).app, flags.host, flags.port)


if __name__ == "__main__":
    main()

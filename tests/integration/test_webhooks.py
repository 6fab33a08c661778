"""Twilio's webhooks, asked as Twilio asks them: what comes next for a call, and what is stored of it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree

import pytest

from telephony.call import Call
from telephony.events import Ended
from telephony.routing import FULL, Who
from telephony.twilio_webhooks import NOBODY_AT_DESK, number
from tests.e2e.conftest import CALLER, Up, call_sid, line_up, up
from tools.catalogue import NextStep

__all__ = ["up"]
DESK = "+12025550177"


async def post(up: Up, path: str, sid: str, **fields: str) -> ElementTree.Element:
    answered = await up.carrier.post(f"/twilio/{path}", up.carrier.form(sid, CALLER, up.number) | fields)
    assert answered.status == 200
    assert answered.twiml is not None
    return answered.twiml


def verbs(answer: ElementTree.Element) -> list[str]:
    return [each.tag for each in answer]


def dials(answer: ElementTree.Element) -> str | None:
    return answer.findtext("./Dial/Number")


def stream_token(answer: ElementTree.Element) -> str:
    return answer.find("./Connect/Stream/Parameter").get("value", "")  # type: ignore[union-attr]


def had_its_stream(up: Up, sid: str, ended: Ended | None) -> None:
    """As if its media stream had come and ended so."""
    known = up.process.line.known(sid)
    assert known is not None
    known.streamed, known.call = True, cast("Call", SimpleNamespace(ended=ended))


async def test_a_ringing_call_is_connected_to_our_stream(up: Up) -> None:
    answer = await post(up, "voice", call_sid(), Unknown="field", CallerName="", FromCity="SÃO TOMÉ")
    assert verbs(answer) == ["Connect"]
    stream = answer.find("./Connect/Stream")
    assert stream is not None
    assert stream.get("url") == "wss://line.example.org/twilio/media"
    assert answer[0].get("action") == "https://line.example.org/twilio/stream-ended"


async def test_a_repeated_webhook_gets_the_same_token_until_its_stream_has_come(up: Up) -> None:
    sid = call_sid()
    first, second = await post(up, "voice", sid), await post(up, "voice", sid)
    assert stream_token(first) == stream_token(second)
    assert stream_token(await post(up, "voice", call_sid())) != stream_token(first)
    had_its_stream(up, sid, Ended("goodbye", NextStep.HANG_UP))
    assert verbs(await post(up, "voice", sid)) == ["Hangup"]
    up.process.line._live[sid] = cast("Call", None)
    assert verbs(await post(up, "voice", sid)) == []
    del up.process.line._live[sid]


@pytest.mark.parametrize(
    ("ended", "verb"),
    [
        (Ended("goodbye", NextStep.HANG_UP), "Hangup"),
        (Ended("caller hung up"), "Hangup"),
        (Ended("silent"), "Hangup"),
        (Ended("silence", NextStep.HANG_UP), "Hangup"),
        (Ended("recorded pitch"), "Hangup"),
        (Ended("fax"), "Hangup"),
        (Ended("key 0", NextStep.DESK), "Dial"),
        (Ended("voice failed", NextStep.DESK), "Dial"),
        (Ended("not understood", NextStep.DESK), "Dial"),
        (Ended("too long", NextStep.DESK), "Dial"),
        (Ended("teletype", NextStep.DESK), "Dial"),
        (Ended("error"), "Dial"),
        (Ended("server stopped"), "Dial"),
        (Ended("protocol broken"), "Dial"),
        (Ended("line lost"), "Dial"),
    ],
)
async def test_what_follows_a_stream(up: Up, ended: Ended, verb: str) -> None:
    sid = call_sid()
    await post(up, "voice", sid)
    had_its_stream(up, sid, ended)
    answer = await post(up, "stream-ended", sid)
    assert verbs(answer) == [verb]
    if verb == "Dial":
        assert dials(answer) == up.hotel.desk_number
        again = await post(up, "after-dial", sid, DialCallStatus="no-answer")
        assert verbs(again) == ["Say", "Hangup"]
        assert again.findtext("Say") == NOBODY_AT_DESK
        assert verbs(await post(up, "stream-ended", sid)) == ["Say", "Hangup"]


@pytest.mark.parametrize(("status", "verb"), [("completed", "Hangup"), ("no-answer", "Connect"), ("busy", "Connect"), ("failed", "Connect")])
async def test_after_the_desk_rang_first(up: Up, status: str, verb: str) -> None:
    """A house whose desk rings first: the agent answers if nobody does."""
    sid = call_sid()
    await post(up, "voice", sid)
    assert verbs(await post(up, "after-dial", sid, DialCallStatus=status)) == [verb]


async def test_a_call_that_the_desk_forwards_back_is_answered_by_the_agent(up: Up) -> None:
    desk = up.hotel.desk_number
    assert desk is not None
    for fields in ({"From": desk}, {"ForwardedFrom": desk}, {"ParentCallSid": "CA1"}):
        assert verbs(await post(up, "voice", call_sid(), **fields)) == ["Connect"]


async def test_a_stream_or_dial_of_a_call_that_nobody_knows(up: Up) -> None:
    assert verbs(await post(up, "stream-ended", "CAunknown")) == ["Say", "Hangup"]
    assert verbs(await post(up, "after-dial", "CAunknown", DialCallStatus="no-answer")) == ["Say", "Hangup"]
    assert verbs(await post(up, "voice", "")) == ["Say", "Hangup"]


@pytest.mark.parametrize("desk", [DESK, ""])
async def test_a_line_that_breaks_still_answers(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, desk: str) -> None:
    async with line_up(tmp_path, database_url, FRONT_DESK_NUMBER=desk) as up:

        def broken(*_: Any) -> None:
            raise RuntimeError("broken")

        monkeypatch.setattr(up.process.line, "ring", broken)
        monkeypatch.setattr(up.process.line.tokens, "issue", broken)
        monkeypatch.setattr(up.process, "store_status", broken)
        for path in ("voice", "fallback", "call-status"):
            answer = await post(up, path, call_sid())
            assert verbs(answer) == (["Dial"] if desk else ["Say", "Hangup"])
            assert dials(answer) == (desk or None)


@pytest.mark.parametrize("state", ["full", "lagging", "draining", "starting"])
async def test_a_line_that_cannot_take_a_call_gives_it_to_the_desk(up: Up, state: str) -> None:
    line = up.process.line
    if state == "full":
        line._most_calls = 0
    elif state == "lagging":
        line._lagging = lambda: True
    elif state == "draining":
        line.draining = True
    else:
        line.ready = False
    answer = await post(up, "voice", call_sid())
    assert verbs(answer) == ["Say", "Dial"]
    assert answer.findtext("Say") == FULL
    assert dials(answer) == up.hotel.desk_number


async def test_numbers_that_call_too_often_are_refused(up: Up) -> None:
    seen = [verbs(await post(up, "voice", call_sid())) for _ in range(up.hotel.calls_per_number_hour + 2)]
    assert seen[0] == ["Connect"]
    assert seen[-1] == ["Reject"]


async def test_statuses_are_kept_in_their_order_however_they_come(up: Up) -> None:
    sid = call_sid()
    await post(up, "call-status", sid, CallStatus="completed", SequenceNumber="2", CallDuration="31")
    await post(up, "call-status", sid, CallStatus="ringing", SequenceNumber="0")
    await post(up, "call-status", sid, CallStatus="in-progress", SequenceNumber="1")
    await post(up, "call-status", sid, CallStatus="in-progress", SequenceNumber="1")
    await post(up, "stream-status", sid, StreamEvent="stream-stopped", StreamSid="MZ1")
    await post(up, "stream-status", sid, StreamEvent="stream-started", StreamSid="MZ1")
    await post(up, "stream-status", sid, StreamEvent="")
    kept = await up.statuses(sid)
    assert [each.status for each in kept if each.kind == "call"] == ["ringing", "in-progress", "completed"]
    assert [each.status for each in kept if each.kind == "stream"] == ["stream-started", "stream-stopped"]
    assert next(each for each in kept if each.status == "completed").payload == {"CallDuration": "31"}


@pytest.mark.parametrize("hidden", ["", "anonymous", "Restricted", "unknown", "+266696687", "sip:someone@example.org"])
async def test_hidden_callers_have_no_number(up: Up, hidden: str) -> None:
    assert number(hidden) is None
    sid = call_sid()
    await post(up, "voice", sid, From=hidden)
    known = up.process.line.known(sid)
    assert known is not None
    assert known.facts.from_number is None
    assert known.answer.who is Who.AGENT


async def test_a_number_of_no_hotel_is_the_default_hotels(up: Up) -> None:
    assert verbs(await post(up, "voice", call_sid(), To="+12025550111")) == ["Connect"]

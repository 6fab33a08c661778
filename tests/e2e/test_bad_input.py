"""What broken, hostile and unlucky peers send: refused or shrugged off, and no other call notices."""

import asyncio
import base64
import json
from typing import Any
from urllib.request import Request, urlopen

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from telephony import media_socket
from telephony.process.carrier import Stream, open_stream, sign
from telephony.stream_tokens import LIFE_S
from tests.calls.line import VOICE
from tests.e2e.conftest import ANSWER, BASE, CALLER, QUESTION, TOKEN, Up, call_sid, closed, start

PAYLOAD = base64.b64encode(VOICE).decode()


def media(stream_sid: str, **changes: Any) -> str:
    inner = {"track": "inbound", "timestamp": "0", "payload": PAYLOAD} | changes
    return json.dumps({"event": "media", "streamSid": stream_sid, "media": inner})


async def post(up: Up, path: str, form: str, signature: str | None, **headers: str) -> tuple[int, bytes]:
    """A webhook as anybody could send it."""
    given = {"Content-Type": "application/x-www-form-urlencoded"} | headers
    if signature is not None:
        given["X-Twilio-Signature"] = signature
    request = Request(up.carrier.inner + path, form.encode(), given, method="POST")  # noqa: S310 - the line under test

    def fetch() -> tuple[int, bytes]:
        try:
            with urlopen(request, timeout=10) as response:  # noqa: S310
                return response.status, response.read()
        except OSError as error:
            return getattr(error, "code", 0), error.read() if hasattr(error, "read") else b""

    return await asyncio.to_thread(fetch)


@pytest.mark.parametrize(
    ("path", "signed_for", "form", "headers", "status"),
    [
        ("/twilio/voice", BASE + "/twilio/voice", {}, {}, 200),
        ("/twilio/voice", BASE + ":443/twilio/voice", {}, {}, 200),
        ("/twilio/voice", BASE + "/twilio/voice", {}, {"X-Forwarded-Proto": "https", "Host": "127.0.0.1:8000"}, 200),
        ("/twilio/after-dial?note=D%27Arcy", BASE + "/twilio/after-dial?note=D%27Arcy", {}, {}, 200),
        ("/twilio/voice", "https://other.example.org/twilio/voice", {}, {"X-Forwarded-Host": "other.example.org"}, 403),
        ("/twilio/voice", "https://other.example.org/twilio/voice", {}, {"Host": "other.example.org"}, 403),
        ("/twilio/call-status", BASE + "/twilio/voice", {}, {"Host": "line.example.org/twilio/voice?"}, 403),
        ("/twilio/voice", BASE + "/twilio/voice", {"From": "+12025550199"}, {}, 403),
        ("/twilio/voice", "", {}, {}, 403),
    ],
)
async def test_only_what_twilio_signed_for_the_public_address_counts(
    up: Up, path: str, signed_for: str, form: dict[str, str], headers: dict[str, str], status: int
) -> None:
    sid = call_sid()
    basic = up.carrier.form(sid, CALLER, up.number)
    signature = sign(TOKEN, signed_for, basic) if signed_for else None
    body = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in (basic | form).items())
    answered = await post(up, path, body, signature, **headers)
    assert answered[0] == status
    if status == 403:
        assert answered[1] == b""
        assert up.process.line.known(sid) is None
        assert await up.row(sid) is None


async def test_a_flood_of_bytes_is_no_webhook(up: Up) -> None:
    status, _ = await post(up, "/twilio/voice", "CallSid=" + "x" * 300_000, "x")
    assert status == 403


async def test_streams_that_nobody_announced_are_refused(up: Up) -> None:
    """Made up, replayed, another call's, none, and after its minute: nothing is opened, nothing is said, no row."""
    sid, other = call_sid(), call_sid()
    good = await up.ring(sid)
    stale = await up.ring(other)
    for call, parameters in ((call_sid(), {}), (call_sid(), {"token": "guess"}), (other, good), (sid, {}), (sid, {"token": ""})):
        async with up.socket() as socket:
            await socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
            await socket.send(start(call, "MZ1", parameters))
            assert await closed(socket) == (1008, [])
        assert await up.row(call) is None
    up.process.line.tokens._clock = lambda: asyncio.get_running_loop().time() + LIFE_S
    async with up.socket() as socket:
        await socket.send(start(other, "MZ1", stale))
        assert await closed(socket) == (1008, [])
    assert up.ear.open == up.voice.open_count == 0
    assert not up.process.line.live_calls


async def test_a_token_works_once_during_and_after_its_call(up: Up) -> None:
    sid = call_sid()
    parameters = await up.ring(sid)
    async with up.socket() as socket:
        await socket.send(start(sid, "MZ1", parameters))
        await up.until(lambda: up.process.line.live(sid))
        async with up.socket() as second:
            await second.send(start(sid, "MZ2", parameters))
            assert await closed(second) == (1008, [])
        assert up.process.line.live(sid)
        await socket.send('{"event":"stop","streamSid":"MZ1"}')
    await up.nothing_lives()
    async with up.socket() as replayed:
        await replayed.send(start(sid, "MZ1", parameters))
        assert await closed(replayed) == (1008, [])
    row = await up.row(sid)
    assert row is not None
    assert row.end_reason == "caller hung up"


@pytest.mark.parametrize(
    "before",
    [
        [],
        ['{"event":"connected"}'],
        ["{not json", "[]", b"\x00\x01", media("MZ1"), '{"event":"stop"}', '{"event":"mark","mark":{"name":"m"}}', '{"event":"?"}'],
    ],
    ids=["silence", "connected only", "everything but a start"],
)
async def test_a_start_that_never_comes(up: Up, monkeypatch: pytest.MonkeyPatch, before: list[str | bytes]) -> None:
    monkeypatch.setattr(media_socket, "START_LIMIT_S", 0.3)
    async with up.socket() as socket:
        for message in before:
            await socket.send(message)
        assert await closed(socket) == (1008, [])
    assert not up.process.line.live_calls


@pytest.mark.parametrize("bad", [{"callSid": ""}, {"mediaFormat": {"encoding": "audio/l16"}}, None], ids=["no sid", "not mu-law", "no start"])
async def test_a_start_that_cannot_be(up: Up, bad: dict[str, Any] | None) -> None:
    message = json.loads(start(call_sid(), "MZ1", {}))
    message["start"] = None if bad is None else message["start"] | bad
    async with up.socket() as socket:
        await socket.send(json.dumps(message))
        assert await closed(socket) == (1008, [])


async def test_odd_messages_and_then_the_question_is_answered(up: Up) -> None:
    sid = call_sid()
    stream, _ = await open_stream(up.carrier, sid, CALLER, up.number)
    running = asyncio.ensure_future(stream.run())
    await stream.agent_finished()
    for odd in (
        bytes(160),
        "[]",
        "{",
        '{"event":"media"}',
        '{"event":"media","media":{"payload":"!?"}}',
        '{"event":"surprise"}',
        media(stream.sid, payload=""),
        media("MZsomebody"),
        media(stream.sid, timestamp="-7"),
        media(stream.sid, timestamp="86000000"),
        start(sid, stream.sid, {}),
        '{"event":"mark","mark":{"name":"never sent"}}',
        '{"event":"dtmf","dtmf":{"digit":"!"}}',
    ):
        await stream.socket.send(odd)
    stream.say(VOICE * 40)
    assert await stream.agent_finished()
    await stream.hang_up()
    await running
    await up.nothing_lives()
    assert [said for who, said in await up.heard(sid) if who == "caller"] == [QUESTION]
    assert ("agent", ANSWER) in await up.heard(sid)


async def talk(up: Up) -> tuple[str, Stream, "asyncio.Task[None]"]:
    sid = call_sid()
    stream, _ = await open_stream(up.carrier, sid, CALLER, up.number)
    running = asyncio.ensure_future(stream.run())
    await stream.agent_audible()
    return sid, stream, running


async def test_a_monster_message_closes_its_own_socket_only(up: Up) -> None:
    sid, stream, running = await talk(up)
    bad = call_sid()
    parameters = await up.ring(bad)
    async with up.socket() as socket:
        await socket.send(start(bad, "MZ1", parameters))
        await up.until(lambda: up.process.line.live(bad))
        await socket.send('{"event":"media","x":"' + "y" * (1 << 20) + '"}')
        code, _ = await closed(socket)
        assert code == 1009
    await up.until(lambda: not up.process.line.live(bad))
    after = await up.carrier.post("/twilio/stream-ended", up.carrier.form(bad, CALLER, up.number))
    assert after.twiml is not None
    assert after.twiml.find("Dial") is not None
    assert await stream.agent_finished()
    stream.say(VOICE * 40)
    assert await stream.agent_finished()
    await stream.hang_up()
    await running
    await up.nothing_lives()
    assert ("agent", ANSWER) in await up.heard(sid)


async def test_a_peer_that_is_only_odd_is_put_out(up: Up) -> None:
    _, stream, running = await talk(up)
    bad = call_sid()
    parameters = await up.ring(bad)
    async with up.socket() as socket:
        await socket.send(start(bad, "MZ1", parameters))
        for _ in range(1100):
            await socket.send('{"event":"surprise"}')
        code, _ = await closed(socket)
        assert code == 1000
    row = await up.row(bad)
    assert row is not None
    assert row.end_reason == "protocol broken"
    assert not stream.closed.is_set()
    await stream.hang_up()
    await running
    await up.nothing_lives()


@pytest.mark.parametrize(("path", "headers", "status"), [("/twilio/media", {"X-Twilio-Signature": "wrong"}, 403), ("/elsewhere", {}, 404)])
async def test_sockets_elsewhere_and_wrongly_signed_ones_are_refused(up: Up, path: str, headers: dict[str, str], status: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{up.port}{path}", additional_headers=headers)
    assert refused.value.response.status_code == status

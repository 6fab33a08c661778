"""Whole calls over the real websocket: what is heard, what is left in rows and on disk, and what follows."""

import asyncio
import os
import signal
import sys
import wave
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from streamdouble.protocol import StreamIdentity
from streamdouble.scenario import parse
from streamdouble.session import Session, SessionConfig

from agent.ports import Farewell, Finished, TextDelta
from data.queries.calls import show_call
from telephony.process import server
from telephony.process.carrier import Carrier, open_stream, read_wav
from telephony.process.settings import read
from tests.calls.line import VOICE
from tests.e2e.conftest import ANSWER, BASE, CALLER, QUESTION, TOKEN, Brain, Up, call_sid, closed, line_up, start

REPOSITORY = Path(__file__).resolve().parents[2]
VOICES = REPOSITORY / "scripts" / "demo_call" / "voices" / "joe"


class Call:
    """A caller on the line: `async with`, then speak and listen."""

    def __init__(self, up: Up, **options: Any) -> None:
        self.up, self.sid, self._options = up, call_sid(), options

    async def __aenter__(self) -> "Call":
        self.stream, self._action = await open_stream(self.up.carrier, self.sid, CALLER, self.up.number, **self._options)
        self._running = asyncio.ensure_future(self.stream.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self.stream.closed.is_set():
            await self.stream.hang_up()
        await self._running
        await self.up.nothing_lives()

    async def next_step(self) -> list[str]:
        after = await self.up.carrier.post(urlsplit(self._action).path, self.up.carrier.form(self.sid, CALLER, self.up.number))
        assert after.twiml is not None
        return [each.tag for each in after.twiml]


async def test_a_call_from_ring_to_rows(up: Up) -> None:
    before = asyncio.all_tasks()
    async with Call(up) as call:
        assert await call.stream.agent_finished()
        call.stream.say(VOICE * 40)
        assert await call.stream.agent_finished()
    row = await up.row(call.sid)
    assert row is not None
    assert (row.end_reason, row.from_number, row.to_number) == ("caller hung up", CALLER, up.number)
    assert row.ended_at is not None
    assert await up.heard(call.sid) == [("agent", up.hotel.greeting), ("caller", QUESTION), ("agent", ANSWER)]
    async with up.process.database.read() as session:
        whole = await show_call(session, row.id)
    assert [turn.caller_text for turn in whole.turns] == [QUESTION]
    (recording,) = whole.recordings
    assert recording.state == "finished"
    with wave.open(str(up.process.settings.line.state_dir / recording.path)) as file:
        assert abs(file.getnframes() // 8 - recording.duration_ms) <= 20
        assert file.getnframes() // 8 == call.stream._sent * 20
    assert await call.next_step() == ["Hangup"]
    await up.until(lambda: asyncio.all_tasks() <= before | {asyncio.current_task()})


async def test_the_agent_hangs_up_once_its_goodbye_is_heard(up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    async def goodbye(brain: Brain, turn: Any) -> Any:
        yield TextDelta("Goodbye.")
        yield Farewell()
        yield Finished()

    monkeypatch.setattr(Brain, "respond", goodbye)
    async with Call(up, speed=0.8, lose_marks=0.2) as call:
        await call.stream.agent_finished()
        call.stream.say(VOICE * 40)
        await call.stream.closed.wait()
    assert (await up.heard(call.sid))[-1] == ("agent", "Goodbye.")
    assert await call.next_step() == ["Hangup"]


async def test_zero_is_a_person(up: Up) -> None:
    async with Call(up) as call:
        await call.stream.agent_audible()
        await call.stream.key("0")
        await call.stream.closed.wait()
        assert call.stream.heard.clears == 1
    row = await up.row(call.sid)
    assert row is not None
    assert (row.end_reason, row.next_step) == ("key 0", "desk")
    assert await call.next_step() == ["Dial"]


async def test_an_interruption_clears_the_carriers_queue(up: Up) -> None:
    async with Call(up) as call:
        assert await call.stream.agent_finished()
        up.voice.slow = True
        call.stream.say(VOICE * 40)
        assert await call.stream.agent_audible()
        before = call.stream.heard.clears
        assert before == 0
        call.stream.say(VOICE * 50)
        await up.until(lambda: call.stream.heard.clears)
        up.voice.slow = False
        assert await call.stream.agent_finished()
    who, cut = (await up.heard(call.sid))[2]
    assert who == "agent"
    assert ANSWER.startswith(cut)
    assert cut != ANSWER
    assert (await up.heard(call.sid))[3:] == [("caller", QUESTION), ("agent", ANSWER)]
    assert call.stream.heard.clears == 1


async def test_a_dropped_socket_is_a_lost_line(up: Up) -> None:
    sid = call_sid()
    parameters = await up.ring(sid)
    async with up.socket() as socket:
        await socket.send(start(sid, "MZ1", parameters))
        await up.until(lambda: up.process.line.live(sid))
        socket.transport.abort()
    await up.nothing_lives()
    row = await up.row(sid)
    assert row is not None
    assert row.end_reason == "line lost"


async def test_a_full_house_says_so_and_rings_the_desk(tmp_path: Path, database_url: str) -> None:
    async with line_up(tmp_path, database_url, MAX_LIVE_CALLS="1") as up:
        async with Call(up) as call:
            await call.stream.agent_audible()
            refused = await up.carrier.ring(call_sid(), "+12025550143", up.number)
            assert refused.twiml is not None
            assert [each.tag for each in refused.twiml] == ["Say", "Dial"]
        taken = await up.carrier.ring(call_sid(), "+12025550144", up.number)
        assert taken.stream[1]["token"]


async def test_a_server_that_stops_finishes_its_calls(tmp_path: Path, database_url: str) -> None:
    sid = call_sid()
    async with line_up(tmp_path / "first", database_url) as up:
        parameters = await up.ring(sid)
        socket = await up.socket()
        await socket.send(start(sid, "MZ1", parameters))
        await up.until(lambda: up.process.line.live(sid))
        up.process.line.end_all("server stopped")
        assert (await closed(socket))[0] == 1000
        await up.nothing_lives()
    async with line_up(tmp_path / "second", database_url) as up:
        row = await up.row(sid)
        assert row is not None
        assert row.end_reason == "server stopped"


CHILD = """
import asyncio, sys
from pathlib import Path
from tests.e2e.conftest import line_up
async def main():
    async with line_up(Path(sys.argv[1]), sys.argv[2]) as up:
        print(f"PORT {up.port} {up.number}", flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""


async def test_after_a_kill_open_calls_are_finished_and_the_recording_plays(tmp_path: Path, database_url: str) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(tmp_path), database_url, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    line = ""
    while not line.startswith("PORT"):
        line = (await child.stdout.readline()).decode()
    _, port, called = line.split()
    sid = call_sid()
    carrier = Carrier(f"http://127.0.0.1:{port}", BASE, TOKEN)
    stream, _ = await open_stream(carrier, sid, CALLER, called)
    running = asyncio.ensure_future(stream.run())
    await stream.agent_finished()
    os.kill(child.pid, signal.SIGKILL)
    await child.wait()
    await running
    (recording,) = tmp_path.rglob("*.wav")  # noqa: ASYNC240 - nothing else runs
    with wave.open(str(recording)) as file:
        assert file.getnframes() // 8 >= stream._sent * 20 - 1000
    async with line_up(tmp_path, database_url) as up:
        row = await up.row(sid)
        assert row is not None
        assert row.ended_at is not None
        assert row.end_reason


async def test_an_independent_carrier_finds_no_fault(up: Up) -> None:
    """streamdouble checks every message we send against its own reading of the protocol."""
    identity = StreamIdentity()
    parameters = await up.ring(identity.call_sid)
    steps = [{"wait_for": "audio"}, {"wait": 3}, {"say": str(VOICES / "policy.wav")}, {"wait": 2}, {"expect": "audio"}, {"dtmf": "0"}, {"wait": 2}]
    session = Session(
        f"ws://127.0.0.1:{up.port}/twilio/media",
        scenario=parse({"name": "a question, then a person", "steps": steps}),
        config=SessionConfig(custom_parameters=parameters),
        identity=identity,
    )
    result = await session.run()
    assert not result.violations
    assert not result.failed_expectations
    await up.nothing_lives()
    heard = await up.heard(identity.call_sid)
    assert heard[:3] == [("agent", up.hotel.greeting), ("caller", QUESTION), ("agent", ANSWER)]
    row = await up.row(identity.call_sid)
    assert row is not None
    assert row.next_step == "desk"


@pytest.mark.timeout(300)
async def test_the_embedded_engines_hear_think_and_speak(tmp_path: Path, database_url: str) -> None:
    """No fakes: recorded speech goes in, an answer from the house's articles comes out."""
    given = {"STATE_DIR": str(tmp_path), "PORT": "0", "ENV": "test", "TWILIO_AUTH_TOKEN": TOKEN, "PUBLIC_BASE_URL": BASE}
    async with server.running(read(given), database_url) as process:
        await server.make_ready(process)
        process.line._lagging = lambda: False
        hotel = process.line.hotels.default
        assert hotel is not None
        async with server.listening(process) as web:
            carrier, sid = Carrier(f"http://127.0.0.1:{web.bound_port}", BASE, TOKEN), call_sid()
            stream, _ = await open_stream(carrier, sid, CALLER, hotel.numbers[0])
            running = asyncio.ensure_future(stream.run())
            assert await stream.agent_finished()
            stream.say(read_wav(VOICES / "policy.wav"))
            assert await stream.agent_finished()
            await stream.hang_up()
            await running
            assert await process.line.drained(20)
        await process.rows.flush()
        known = process.line.known(sid)
        assert known is not None
        async with process.database.read() as session:
            whole = await show_call(session, known.facts.id)
    said = [(each.speaker, each.heard) for each in whole.utterances]
    assert said[0] == ("agent", hotel.greeting)
    assert "breakfast" in next(text for who, text in said if who == "caller").lower()
    assert any("breakfast" in text.lower() for who, text in said[2:] if who == "agent")

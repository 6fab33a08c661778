"""The process on real sockets and a real PostgreSQL, with stand-ins for speech and brain: starting, serving, losing the database, stopping."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from httpx import AsyncClient
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from data.errors import DatabaseUnavailable
from data.queries.calls import call_by_sid, show_call, statuses
from data.records import CallRecord, CallUpdate, StatusRecord
from telephony.process.carrier import Carrier, Stream, new_sid, open_stream
from telephony.process.drain import DrainingServer
from telephony.process.phone import phone
from telephony.process.server import Process, listening, make_ready, running
from telephony.process.settings import Settings, parse
from telephony.process.stores.embedded_postgres import EmbeddedPostgres
from telephony.wiring import stand_in_engines

TOKEN, PUBLIC = "token", "https://line.example"
GUEST, HOTEL = "+12025550142", "+12075550100"
YES = Path(__file__).resolve().parents[2] / "scripts" / "demo_call" / "voices" / "joe" / "yes.wav"
LIMIT_S = 20.0


def settings_of(folder: Path, **more: str) -> Settings:
    return parse(
        {"ENV": "test", "STATE_DIR": str(folder), "PORT": "0", "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_ACCOUNT_SID": "AC1", "PUBLIC_BASE_URL": PUBLIC}
        | more
    )


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vectors are computed once."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(autouse=True)
def with_models(tmp_path: Path, models: Path) -> None:
    (tmp_path / "models").symlink_to(models)


@dataclass
class Site:
    process: Process
    web: DrainingServer
    carrier: Carrier
    client: AsyncClient

    async def call(self) -> tuple[Stream, asyncio.Task[None]]:
        """A connected call, greeted."""
        stream, _ = await open_stream(self.carrier, new_sid("CA"), GUEST, HOTEL)
        task = asyncio.ensure_future(stream.run())
        async with asyncio.timeout(LIMIT_S):
            assert await stream.agent_audible(LIMIT_S)
        return stream, task

    async def readiness(self) -> tuple[int, dict[str, dict[str, str]]]:
        answer = await self.client.get("/health/readiness")
        return answer.status_code, answer.json()["checks"]


@asynccontextmanager
async def site(settings: Settings, url: str, *, ready: bool = True, drain_limit_s: float = LIMIT_S) -> AsyncIterator[Site]:
    async with running(settings, url, stand_in_engines(settings, marks_turns=True)) as process, listening(process, drain_limit_s) as web:
        if ready:
            await make_ready(process)
        inner = f"http://127.0.0.1:{web.bound_port}"
        async with AsyncClient(base_url=inner) as client:
            yield Site(process, web, Carrier(inner, PUBLIC, TOKEN), client)


async def until(what: Callable[[], Awaitable[bool]]) -> None:
    """A condition that comes true within the limit."""
    async with asyncio.timeout(LIMIT_S):
        while not await what():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)


async def test_before_it_is_ready_webhooks_are_answered_and_readiness_says_so(database_url: str, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, FRONT_DESK_NUMBER="+12025550199")
    async with site(settings, database_url, ready=False) as line:
        code, checks = await line.readiness()
        assert (code, checks["line"]["state"]) == (503, "failed")
        answer = await line.carrier.ring(new_sid("CA"), GUEST, HOTEL)
        assert answer.twiml is not None
        dial = answer.twiml.find("./Dial")
        assert dial is not None
        assert "+12025550199" in "".join(dial.itertext())


async def test_a_call_leaves_rows_and_nothing_running(database_url: str, tmp_path: Path) -> None:
    async with site(settings_of(tmp_path), database_url) as line:
        first, task = await line.call()
        await first.hang_up()
        await task
        await until(lambda: _no_calls(line.process))
        tasks, threads = len(asyncio.all_tasks()), threading.active_count()
        stream, task = await line.call()
        assert (await line.readiness())[1]["line"]["detail"] == "1 live calls"
        await stream.hang_up()
        await task
        await until(lambda: _no_calls(line.process))
        assert len(asyncio.all_tasks()) <= tasks
        assert threading.active_count() <= threads + 1
        async with line.process.database.read() as session:
            call = await call_by_sid(session, stream.call_sid)
            assert call is not None
            whole = await show_call(session, call.id)
        assert (call.end_reason, call.from_number) == ("caller hung up", GUEST)
        assert [each.speaker for each in whole.utterances][:1] == ["agent"]
        assert (tmp_path / whole.recordings[0].path).stat().st_size > 44


async def _no_calls(process: Process) -> bool:
    return process.line.live_calls == 0


async def test_refusals_carry_the_headers_too(database_url: str, tmp_path: Path) -> None:
    async with site(settings_of(tmp_path), database_url) as line:
        unsigned = await line.client.post("/twilio/voice", data={"CallSid": "CA1"})
        assert (unsigned.status_code, unsigned.headers["x-frame-options"]) == (403, "DENY")
        assert "server" not in unsigned.headers
        head = await line.client.head("/health")
        assert (head.status_code, head.content) == (200, b"")
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{line.web.bound_port}/elsewhere")
        assert refused.value.response.status_code in (403, 404)


async def test_full_is_not_ready(database_url: str, tmp_path: Path) -> None:
    async with site(settings_of(tmp_path, MAX_LIVE_CALLS="1"), database_url) as line:
        stream, task = await line.call()
        assert (await line.readiness())[0] == 503
        await stream.hang_up()
        await task
        await until(lambda: _no_calls(line.process))
        assert (await line.readiness())[0] == 200


@pytest.mark.parametrize("twice", [False, True])
async def test_sigterm_lets_the_live_call_go_on_and_a_second_one_ends_it(database_url: str, tmp_path: Path, twice: bool) -> None:
    async with site(settings_of(tmp_path), database_url) as line:
        stream, task = await line.call()
        line.web.handle_exit(signal.SIGTERM, None)
        await until(lambda: _draining(line.process))
        code, checks = await line.readiness()
        assert (code, checks["line"]["detail"]) == (503, "draining")
        assert not stream.closed.is_set()
        if twice:
            line.web.handle_exit(signal.SIGTERM, None)
        else:
            await stream.hang_up()
        async with asyncio.timeout(LIMIT_S):
            await task
            await line.web.stopped.wait()
        async with line.process.database.read() as session:
            call = await call_by_sid(session, stream.call_sid)
        assert call is not None
        assert call.end_reason == ("server stopped" if twice else "caller hung up")


async def _draining(process: Process) -> bool:
    return process.line.draining


async def test_a_drain_has_a_limit(database_url: str, tmp_path: Path) -> None:
    async with site(settings_of(tmp_path), database_url, drain_limit_s=0.1) as line:
        stream, task = await line.call()
        line.web.handle_exit(signal.SIGTERM, None)
        async with asyncio.timeout(LIMIT_S):
            await line.web.stopped.wait()
            await task
        assert stream.closed.is_set()


async def test_calls_left_open_by_a_kill_are_finished_at_the_next_start(database_url: str, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    left = uuid4()
    async with site(settings, database_url) as line:
        hotel = line.process.line.hotels.default
        assert hotel is not None
        line.process.rows.put(CallRecord(left, hotel.id, "CAleft", datetime.now(UTC)))
    async with site(settings, database_url) as line, line.process.database.read() as session:
        call = await call_by_sid(session, "CAleft")
        assert call is not None
        assert (call.end_reason, call.ended_at is not None) == ("server stopped", True)


async def test_postgresql_goes_and_comes_back_while_calls_go_on(tmp_path: Path) -> None:
    postgres = EmbeddedPostgres(tmp_path / "pg", durable=False)
    postgres.start()
    try:
        async with site(settings_of(tmp_path), postgres.url) as line:
            process = line.process
            postgres.stop()
            stream, task = await line.call()
            hotel = process.line.hotels.default
            assert hotel is not None
            await process.store_status(StatusRecord(hotel.id, stream.call_sid, "call", "in-progress", 3, datetime.now(UTC)))
            process.rows.put(CallUpdate(uuid4(), {"language": "en"}))
            code, checks = await line.readiness()
            assert (code, checks["database"]["state"]) == (200, "degraded")
            await stream.hang_up()
            await task
            await until(lambda: _no_calls(process))
            assert process.journal.waiting
            postgres.start()
            await until(lambda: _drained(process))
            async with process.database.read() as session:
                call = await call_by_sid(session, stream.call_sid)
                told = await statuses(session, stream.call_sid)
            assert call is not None
            assert (call.end_reason, call.ended_at is not None) == ("caller hung up", True)
            assert [each.status for each in told] == ["in-progress"]
            assert (await line.readiness())[1]["database"]["state"] == "ok"
    finally:
        postgres.stop()


async def _drained(process: Process) -> bool:
    return not process.journal.waiting


async def test_a_database_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    postgres = EmbeddedPostgres(tmp_path / "pg", durable=False)
    try:
        async with site(settings_of(tmp_path), postgres.url, ready=False) as line:
            getting_ready = asyncio.ensure_future(make_ready(line.process))
            with pytest.raises(DatabaseUnavailable):
                async with line.process.database.read():
                    pass
            assert (await line.readiness())[0] == 503
            postgres.start()
            async with asyncio.timeout(LIMIT_S):
                await getting_ready
            assert (await line.readiness())[0] == 200
    finally:
        postgres.stop()


async def test_a_port_that_is_taken(database_url: str, tmp_path: Path) -> None:
    async with site(settings_of(tmp_path), database_url) as line:
        taken = settings_of(tmp_path, PORT=str(line.web.bound_port))
        async with running(taken, database_url, line.process.engines) as other:
            with pytest.raises(OSError, match="use"):
                async with listening(other):
                    pass


async def test_a_line_is_phoned_from_the_terminal(database_url: str, tmp_path: Path) -> None:
    settings, told = settings_of(tmp_path), list[str]()
    async with site(settings, database_url) as line:
        assert await phone(settings, line.carrier.inner, GUEST, [YES], told.append) == 0
        assert [text.split()[0] for text in told] == ["Ringing", "Greeted", "Turn", "Over;"]
        unsigned = parse({"PUBLIC_BASE_URL": PUBLIC})
        assert await phone(unsigned, line.carrier.inner, GUEST, [YES], told.append) == 1
        assert told[-1].startswith("No call")

"""The process around the line: stores, engines, the HTTP and websocket application, start and stop."""

import asyncio
import concurrent.futures
import gc
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import structlog
import uvicorn
from fastapi import FastAPI

from data.database import Database
from data.errors import DatabaseUnavailable, JournalError
from data.hotel import Hotel
from data.hotel_files import DEMO_HOTEL, load_hotel
from data.journal import Journal
from data.queries.articles import published_articles
from data.queries.calls import add_status, finish_open_calls
from data.records import StatusRecord
from speech.errors import SpeechError
from speech.speakable import speakable
from telephony import public_api, twilio_webhooks
from telephony.call import CallFacts, Part
from telephony.line import Hotels, Line
from telephony.media_socket import MediaSocket, Socket
from telephony.media_stream import MediaStream
from telephony.process import health
from telephony.process.drain import DRAIN_LIMIT_S, REASON, STOP_LIMIT_S, DrainingServer
from telephony.process.http import Answered, App, Receive, Scope, Send, no_such_socket
from telephony.process.metrics import LoopLag, Metrics
from telephony.process.row_writer import RowWriter
from telephony.process.settings import Settings
from telephony.process.stores.embedded_postgres import EmbeddedPostgres
from telephony.process.websocket import StraightWebSocket
from telephony.stream_tokens import StreamTokens
from telephony.twilio_signature import TwilioSignature
from telephony.wiring import CallParts, Engines, choose_engines

MEDIA_PATH: Final = "/twilio/media"
MOST_MESSAGE_BYTES: Final = 64 * 1024
BACKLOG: Final = 2048
PING_S: Final = 20.0
RECHECK_S: Final = 2.0
"""How often a database that is away is asked for."""

log = structlog.get_logger()


class Process:
    """Everything that runs, for the ones who look at it."""

    def __init__(self, settings: Settings, database_url: str) -> None:
        self.settings = settings
        self.database = Database(database_url)
        self.journal = Journal(settings.line.state_dir / "journal")
        self.metrics = Metrics()
        self.lag = LoopLag(self.metrics)
        self.rows = RowWriter(self.database, self.journal)
        self.metrics.rows_journaled.set_function(lambda: float(self.rows.journaled))
        self.line = Line(
            Hotels(self.database, settings.line.answering_hotel),
            self._build,
            StreamTokens(asyncio.get_running_loop().time),
            most_calls=settings.line.max_live_calls,
            lagging=self.lag.lagging,
        )
        self._parts: CallParts | None = None

    def _build(self, facts: CallFacts, hotel: Hotel, stream: MediaStream, socket: Socket) -> list[Part]:
        return self.parts(facts, hotel, stream, socket)

    def equip(self, engines: Engines) -> None:
        """Give it what hears, thinks and speaks."""
        self._parts = CallParts(engines, self.database, self.journal, self.rows, self.metrics, self.settings.line.state_dir)

    @property
    def equipped(self) -> bool:
        return self._parts is not None

    @property
    def parts(self) -> CallParts:
        if self._parts is None:
            raise RuntimeError("the engines are not chosen yet")
        return self._parts

    @property
    def engines(self) -> Engines:
        return self.parts.engines

    async def store_status(self, record: StatusRecord) -> None:
        """A status callback; journaled while PostgreSQL is away."""
        try:
            async with self.database.begin() as session:
                await add_status(session, record)
        except DatabaseUnavailable:
            await asyncio.to_thread(self.journal.append, "status", record)

    async def checks(self) -> health.Checks:
        """For readiness."""
        reachable = await self.database.reachable()
        found = {"database": _check(reachable, "" if reachable else "not reached: calls go on, rows are journaled")}
        if self.journal.waiting:
            found["journal"] = _check(False, "rows wait for the database")
        if self.equipped:
            engines = self.engines
            found["speech"] = _check(True, f"{engines.transcriber.name}, {engines.synthesizer.name}")
            found["model"] = _check(True, engines.model.name)
        if not self.settings.twilio.checks_signatures:
            found["twilio"] = _check(False, "TWILIO_AUTH_TOKEN is not set: webhooks are not checked")
        return found

    async def drain_journal(self) -> None:
        """What was kept while PostgreSQL was away goes in when it is back."""
        while True:
            await asyncio.sleep(RECHECK_S)
            if self.journal.waiting and await self.database.reachable():
                try:
                    log.info("journal drained", count=await self.journal.drain(self.database))
                except (DatabaseUnavailable, JournalError, OSError) as error:
                    log.warning("journal not drained", reason=type(error).__name__)


def _check(good: bool, detail: str) -> dict[str, str]:
    return {"state": health.OK if good else health.DEGRADED, "detail": detail}


def application(process: Process) -> App:
    """The media stream by the shortest way, everything else by FastAPI."""
    settings, line = process.settings, process.line
    token = settings.twilio.auth_token.get_secret_value()
    signature = TwilioSignature(token, settings.line.base_url) if token else None
    addresses = twilio_webhooks.Addresses(settings.line.base_url, settings.line.stream_url)
    web = FastAPI(title="Hotel concierge line", openapi_url=None, docs_url=None, redoc_url=None)
    web.include_router(twilio_webhooks.router(line, process, signature, addresses, settings.line.front_desk_number))
    web.include_router(health.router(line, process.checks, process.metrics))
    web.include_router(public_api.router(line, process.database))
    pages = Answered(web, process.metrics)
    media = MediaSocket(line, signature)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await pages(scope, receive, send)
        elif scope["path"] == MEDIA_PATH:
            await media(scope, receive, send)
        else:
            await no_such_socket(scope, receive, send)

    return app


@asynccontextmanager
async def running(settings: Settings, database_url: str, engines: Engines | None = None) -> AsyncIterator[Process]:
    """The line, not ready yet (`make_ready`); closed in the reverse order at the end. `engines`: in place of those the settings choose."""
    process = Process(settings, database_url)
    if engines is not None:
        process.equip(engines)
    line = process.line
    async with AsyncExitStack() as stack:
        stack.push_async_callback(process.database.aclose)
        stack.push_async_callback(_close_engines, process)
        writing = _task(process.rows.run(), "row writer")
        others = [_task(process.lag.run(), "loop lag"), _task(process.drain_journal(), "journal")]
        try:
            yield process
        finally:
            line.draining = True
            line.end_all(REASON)
            await line.drained(STOP_LIMIT_S)
            process.rows.close()
            for task in others:
                task.cancel()
            await asyncio.gather(writing, *others, return_exceptions=True)


def _task(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """A task of the process; one that fails is heard of."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a task of the process failed", task=name, exc_info=error)

    task = asyncio.get_running_loop().create_task(work, name=name)
    task.add_done_callback(ended)
    return task


async def _close_engines(process: Process) -> None:
    if process.equipped:
        await process.engines.aclose()


async def make_ready(process: Process, database_starts: concurrent.futures.Future[str] | None = None) -> None:
    """Tables and hotels, and meanwhile models; then knowledge and greetings; then the line takes calls.

    Raises what makes a start impossible: SpeechError (no models), EmbeddedPostgresError, HotelFileError.
    """
    async with asyncio.TaskGroup() as group:
        group.create_task(_prepare(process, database_starts))
        group.create_task(_warm(process))
    engines, hotels = process.engines, process.line.hotels
    for hotel in hotels.all:
        async with process.database.read() as session:
            articles = await published_articles(session, hotel.id)
        await engines.knowledge.load(hotel.id, articles)
        try:
            await engines.synthesizer.learn({speakable(hotel.greeting)}, hotel.voice)
        except SpeechError as error:
            log.warning("greeting not learnt, it is spoken anew in each call", hotel=hotel.slug, reason=str(error))
    if hotels.default is None and process.settings.line.answering_hotel:
        log.error("there is no such hotel: DEFAULT_HOTEL", slug=process.settings.line.answering_hotel)
    process.line.ready = True


async def _warm(process: Process) -> None:
    if not process.equipped:
        process.equip(await asyncio.to_thread(choose_engines, process.settings))
    await process.engines.warm()


async def _prepare(process: Process, starts: concurrent.futures.Future[str] | None) -> None:
    """Tables, hotels, and the calls that a crash left open. Waits for a database that is not there yet."""
    if starts is not None:
        await asyncio.wrap_future(starts)
    while True:
        try:
            await process.database.migrate()
            if process.settings.line.env != "production":
                await load_hotel(process.database, DEMO_HOTEL, datetime.now(UTC).date())
            await process.journal.drain(process.database)
            async with process.database.begin() as session:
                left = await finish_open_calls(session, datetime.now(UTC))
            await process.line.hotels.read()
        except DatabaseUnavailable:
            log.warning("database not reached, trying again")
            await asyncio.sleep(RECHECK_S)
            continue
        if left:
            log.info("calls left open by a crash are finished", count=len(left))
        return


async def serve(
    settings: Settings,
    database_url: str,
    *,
    database_starts: concurrent.futures.Future[str] | None = None,
    started: Callable[[Process], None] = lambda _: None,
) -> bool:
    """Until a signal ends it; False: before it was ready. Webhooks are answered from the first moment, by the agent once all is ready.

    Raises as `make_ready`, and OSError.
    """
    async with running(settings, database_url) as process, listening(process) as web:
        ready, stopped = asyncio.ensure_future(make_ready(process, database_starts)), asyncio.ensure_future(web.stopped.wait())
        await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
        was_ready = ready.done()
        if was_ready:
            try:
                ready.result()
            except ExceptionGroup as failed:
                raise failed.exceptions[0] from None
            spare_collector()
            started(process)
        ready.cancel()
        await stopped
    return was_ready


def spare_collector() -> None:
    """What lives as long as the process is looked through no more: a full collection would stop every call for a tenth of a second."""
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def listening(process: Process, drain_limit_s: float = DRAIN_LIMIT_S) -> AsyncIterator[DrainingServer]:
    """The application on a real socket until it is stopped or this block is left. Raises OSError: the port is taken."""
    line = process.settings.line
    config = uvicorn.Config(
        application(process),
        ws=StraightWebSocket,
        ws_max_size=MOST_MESSAGE_BYTES,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=int(STOP_LIMIT_S),
    )
    web = DrainingServer(config, process.line, drain_limit_s)
    family = socket.AF_INET6 if ":" in line.host else socket.AF_INET
    with socket.create_server((line.host, line.port), family=family, backlog=BACKLOG) as taken:
        task = asyncio.ensure_future(web.serve(sockets=[taken]))
        task.add_done_callback(lambda _: web.stopped.set())
        await web.opened.wait()
        try:
            yield web
        finally:
            web.should_exit = True
            await task


class EmbeddedStores:
    """The PostgreSQL this process starts for itself when no DATABASE_URL is given.

    It starts, and ends, with a thread of its own, for the kernel ends it with the thread that started it. As a context it gives the address
    once it runs; `url` and `starts` are for those who have other things to do meanwhile.
    """

    def __init__(self, settings: Settings) -> None:
        self._postgres: EmbeddedPostgres | None = None
        """Only where we start it; another process of ours may run it already."""
        self._thread = concurrent.futures.ThreadPoolExecutor(1, "postgres")
        if (given := settings.line.database_url) is not None:
            self.url = given.get_secret_value()
        else:
            postgres = EmbeddedPostgres(settings.line.state_dir)
            if (url := postgres.running_url()) is None:
                self._postgres, url = postgres, postgres.url
            self.url = url
        self.starts: concurrent.futures.Future[str] = concurrent.futures.Future()
        """Done once it runs. Raises EmbeddedPostgresError."""

    def open(self) -> "EmbeddedStores":
        """Begin to start it."""
        if self._postgres is not None:
            self.starts = self._thread.submit(self._postgres.start)
        else:
            self.starts.set_result(self.url)
        return self

    def close(self) -> None:
        if self._postgres is not None:
            concurrent.futures.wait([self.starts])
            self._thread.submit(self._postgres.stop).result()
        self._thread.shutdown()

    def __enter__(self) -> str:
        self.open()
        try:
            return self.starts.result()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.close()

"""The real line on a real socket with a real database; the engines are small fakes, the carrier knows nothing of ours."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from agent.ports import Finished, ModelEvent, ModelTurn, TextDelta
from data.hotel import Hotel
from data.knowledge_index import Article, Hit
from data.queries.calls import call_by_sid, show_call, statuses
from data.records import CallRecord, StatusRecord
from speech import mulaw
from speech.phrases import CachedSynthesizer
from speech.ports import Speech
from telephony.process.carrier import Carrier, new_sid
from telephony.process.server import Process, listening, make_ready, running
from telephony.process.settings import read
from telephony.wiring import Engines
from tests.calls.line import VOICE, FakeEar, FakeVoice
from tests.integration.conftest import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]

TOKEN, BASE = "a-test-token", "https://line.example.org"
CALLER = "+12025550142"
QUESTION, ANSWER = "what time is breakfast?", "Breakfast is served in the garden room all morning."
CLOSE_LIMIT_S = 20.0


class Ear(FakeEar):
    """Understands every voice as the same question."""

    def __init__(self) -> None:
        super().__init__(decode_s=0.02)

    def text(self, start_ms: int, end_ms: int) -> str:
        return QUESTION


class QuickVoice(FakeVoice):
    """Speaks several times as fast as people do, unless it is `slow`."""

    slow = False

    async def say(self, sentence: str, *, pace: float = 1.0, gain_db: float = 0.0) -> AsyncGenerator[Speech]:
        self.said.append(sentence)
        yield Speech(VOICE * (150 if self.slow else max(10, len(sentence) // 3)))


class Brain:
    name, answers_at_once = "fake-brain", True

    def __init__(self) -> None:
        self.asked: list[ModelTurn] = []

    async def warm(self) -> None:
        """Nothing to load."""

    def session(self, duties: Sequence[Any]) -> "Brain":
        return self

    async def respond(self, turn: ModelTurn) -> AsyncIterator[ModelEvent]:
        self.asked.append(turn)
        yield TextDelta(ANSWER)
        yield Finished()

    async def aclose(self) -> None:
        """Nothing is held."""


class LevelOnly:
    """Loud is voice."""

    def open(self) -> "LevelOnly":
        return self

    def audio(self, packet: bytes) -> tuple[float, float]:
        level_db = mulaw.level(packet)
        return (0.98 if level_db > -40 else 0.01), level_db


class NoArticles:
    async def load(self, hotel_id: int, articles: Sequence[Article]) -> None:
        """None are kept."""

    async def search(self, hotel_id: int, question: str, limit: int = 3) -> list[Hit]:
        return []


class NoEmbedder:
    def warm(self) -> None:
        """Nothing to load."""


@dataclass
class Up:
    """A line that answers."""

    process: Process
    carrier: Carrier
    ear: Ear
    voice: QuickVoice
    brain: Brain
    port: int

    @property
    def hotel(self) -> Hotel:
        hotel = self.process.line.hotels.default
        assert hotel is not None
        return hotel

    @property
    def number(self) -> str:
        return self.hotel.numbers[0]

    def socket(self, **options: Any) -> connect:
        return connect(f"ws://127.0.0.1:{self.port}/twilio/media", compression=None, max_size=None, **options)

    async def ring(self, call_sid: str) -> dict[str, str]:
        """The stream's parameters."""
        return (await self.carrier.ring(call_sid, CALLER, self.number)).stream[1]

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(CLOSE_LIMIT_S):
            while not true():  # noqa: ASYNC110 - it is looked at from outside
                await asyncio.sleep(0.02)

    async def nothing_lives(self) -> None:
        """All calls are over."""
        assert await self.process.line.drained(CLOSE_LIMIT_S)
        assert self.ear.open == 0
        assert self.voice.open_count == 0

    async def row(self, call_sid: str) -> CallRecord | None:
        await self.process.rows.flush()
        async with self.process.database.read() as session:
            return await call_by_sid(session, call_sid)

    async def heard(self, call_sid: str) -> list[tuple[str, str]]:
        """(who, what) as the rows hold it."""
        row = await self.row(call_sid)
        assert row is not None
        async with self.process.database.read() as session:
            whole = await show_call(session, row.id)
        return [(each.speaker, each.heard) for each in whole.utterances]

    async def statuses(self, call_sid: str) -> list[StatusRecord]:
        async with self.process.database.read() as session:
            return await statuses(session, call_sid)


@asynccontextmanager
async def line_up(state: Path, url: str, **environment: str) -> AsyncIterator[Up]:
    given = {"STATE_DIR": str(state), "PORT": "0", "ENV": "test", "TWILIO_AUTH_TOKEN": TOKEN, "PUBLIC_BASE_URL": BASE}
    ear, voice, brain = Ear(), QuickVoice(), Brain()
    synthesizer = CachedSynthesizer(voice)
    engines = Engines(
        transcriber=ear,
        synthesizer=synthesizer,
        voice_activity=LevelOnly(),
        model=cast("Any", brain),
        knowledge=NoArticles(),
        embedder=cast("Any", NoEmbedder()),
    )
    async with running(read(given | environment), url, engines) as process:
        await make_ready(process)
        process.line._lagging = lambda: False  # a busy machine is not what is tested
        async with listening(process) as web:
            port = web.bound_port
            yield Up(process, Carrier(f"http://127.0.0.1:{port}", BASE, TOKEN), ear, voice, brain, port)


@pytest.fixture
async def up(tmp_path: Path, database_url: str) -> AsyncIterator[Up]:
    async with line_up(tmp_path, database_url) as line:
        yield line


def start(call_sid: str, stream_sid: str, parameters: dict[str, str]) -> str:
    inner = {
        "streamSid": stream_sid,
        "callSid": call_sid,
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": parameters,
    }
    return json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": stream_sid, "start": inner})


async def closed(socket: ClientConnection) -> tuple[int | None, list[dict[str, Any]]]:
    """The close code, and what came before it."""
    got: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(CLOSE_LIMIT_S):
            async for text in socket:
                got.append(json.loads(text))  # noqa: PERF401 - what came before the close is kept
    except ConnectionClosed:
        pass
    return socket.close_code, got


def call_sid() -> str:
    return new_sid("CA")

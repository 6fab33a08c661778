"""The embedded recogniser: one model for all calls, decoding in a few worker threads, the call that waits longest first."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

import numpy as np
import structlog

from speech import mulaw
from speech.errors import TranscriberError
from speech.ports import Answer, ListenHints, TranscriberEvent, TranscriberFailed, Transcript
from speech.whisper_decode import MAX_PIECE_MS, Heard

log = structlog.get_logger(__name__)

KEPT_MS: Final = 60_000
_SLACK_MS: Final = 2_000
"""The front of a full buffer is cut off in strides of this."""
_CUT_FROM_MS: Final = 8_000
"""A piece that must be cut is cut at its quietest moment from here on."""
_QUIET_STEP_MS: Final = 20
_QUIET_WIDTH: Final = 10
"""Steps (200 ms) whose mean loudness says how quiet a moment is."""
_LANGUAGE_FROM_MS: Final = 1_000
"""Shorter pieces do not tell their language."""
_EXACT: Final = frozenset({Answer.DATE, Answer.NAME, Answer.SPELLING, Answer.PHONE, Answer.EMAIL, Answer.CODE})
"""Kinds of answer of which a wrong digit or letter is a wrong answer."""
_CLOSE_LIMIT_S: Final = 0.9
_NOISE: Final = bytes(range(0x40, 0xC0)) * 64
"""A second of loud sound: the first decode after loading is the slowest."""


class Engine(Protocol):
    """What decodes one piece, in a worker thread."""

    def decode(self, sound: bytes, *, language: str = "en", look_at_language: bool = False, exact: bool = False) -> Heard: ...


class Sound:
    """The caller's last minute as one stretch of mu-law; gaps are silence, what comes twice or late takes its own place."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._from_ms = 0

    def add(self, mulaw_bytes: bytes, at_ms: int) -> None:
        if not self._bytes or at_ms - self._end_ms >= KEPT_MS:
            self._bytes.clear()
            self._from_ms = max(at_ms, 0)
        place = (at_ms - self._from_ms) * mulaw.BYTES_PER_MS
        if place < 0:
            return
        if place > len(self._bytes):
            self._bytes += mulaw.SILENCE * (place - len(self._bytes))
        self._bytes[place : place + len(mulaw_bytes)] = mulaw_bytes
        if len(self._bytes) > (KEPT_MS + _SLACK_MS) * mulaw.BYTES_PER_MS:
            self.forget(self._end_ms - KEPT_MS)

    def read(self, start_ms: int, end_ms: int) -> bytes:
        """What there is of the stretch."""
        begin = max(0, start_ms - self._from_ms) * mulaw.BYTES_PER_MS
        return bytes(self._bytes[begin : max(0, end_ms - self._from_ms) * mulaw.BYTES_PER_MS])

    def forget(self, before_ms: int) -> None:
        if before_ms > self._from_ms:
            del self._bytes[: (before_ms - self._from_ms) * mulaw.BYTES_PER_MS]
            self._from_ms = before_ms

    @property
    def from_ms(self) -> int:
        return self._from_ms

    @property
    def _end_ms(self) -> int:
        return self._from_ms + len(self._bytes) // mulaw.BYTES_PER_MS


def quietest_ms(sound: bytes, from_ms: int) -> int:
    """The middle of the quietest moment of the sound, not before `from_ms`; of equal ones the last."""
    powers = mulaw.powers(sound, _QUIET_STEP_MS)[from_ms // _QUIET_STEP_MS :]
    if len(powers) < _QUIET_WIDTH:
        return from_ms
    smooth = np.convolve(powers, np.ones(_QUIET_WIDTH), "valid")
    last = len(smooth) - 1 - int(np.argmin(smooth[::-1]))
    return from_ms + (last + _QUIET_WIDTH // 2) * _QUIET_STEP_MS


@dataclass(eq=False, slots=True)
class _Request:
    start_ms: int
    at_ms: int
    timer: asyncio.TimerHandle | None = None
    settled: bool = False

    def settle(self) -> None:
        """It has its answer, or needs none."""
        self.settled = True
        if self.timer:
            self.timer.cancel()


@dataclass(eq=False, slots=True)
class _Turn:
    """One turn's sound in pieces, cut at pauses; each is decoded once and its text outlives its sound."""

    start_ms: int
    cuts: list[int] = field(default_factory=list)
    heard: dict[tuple[int, int], Heard] = field(default_factory=dict)

    def spans(self, sound: Sound, at_ms: int) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        begin = self.start_ms
        while at_ms - begin > MAX_PIECE_MS:
            if len(spans) == len(self.cuts):
                lost = begin < sound.from_ms
                piece = sound.read(begin, begin + MAX_PIECE_MS)
                self.cuts.append(min(sound.from_ms, at_ms) if lost else begin + quietest_ms(piece, _CUT_FROM_MS))
            spans.append((begin, self.cuts[len(spans)]))
            begin = spans[-1][1]
        return [*spans, (begin, at_ms)]


class LocalListening:
    """One call's ear on the shared model."""

    marks_turns = False

    def __init__(self, transcriber: "LocalTranscriber", tell: Callable[[TranscriberEvent], None], hints: ListenHints) -> None:
        self._transcriber = transcriber
        self._tell = tell
        self._expected_language = (hints.languages or ("en",))[0].partition("-")[0]
        self._language: str | None = None
        self._exact = False
        self._sound = Sound()
        self._turn = _Turn(0)
        self._closed = False

    def audio(self, mulaw: bytes, at_ms: int) -> None:
        if not self._closed:
            self._sound.add(mulaw, at_ms)

    def decode(self, start_ms: int, at_ms: int) -> None:
        if not self._closed:
            self._transcriber.ask(self, _Request(start_ms, at_ms))

    def forget(self, before_ms: int) -> None:
        self._sound.forget(before_ms)
        self._transcriber.drop(self, before_ms)

    def expect(self, answer: Answer) -> None:
        """The model is not told: prompts did not make it hear values better, and it reads them out when there is noise. But where a value is
        expected the longer pause leaves time to hear exactly."""
        self._exact = answer in _EXACT

    async def close(self) -> None:
        self._closed = True
        self._transcriber.drop(self, None)
        self._sound = Sound()
        self._turn = _Turn(0)

    def work(self, request: _Request) -> tuple[tuple[int, int], Callable[[Engine], Heard]] | None:
        """The first piece of the request that is not decoded yet, and how to decode it."""
        if request.start_ms != self._turn.start_ms:
            self._turn = _Turn(request.start_ms)
        for span in self._turn.spans(self._sound, request.at_ms):
            if span not in self._turn.heard:
                look = self._language is None and span[1] - span[0] >= _LANGUAGE_FROM_MS
                return span, partial(_decode, self._sound.read(*span), self._expected_language, look, self._exact)
        return None

    def heard(self, request: _Request, span: tuple[int, int], heard: Heard) -> None:
        self._language = heard.language or self._language
        if self._turn.start_ms == request.start_ms:
            self._turn.heard[span] = heard

    def answer(self, request: _Request) -> None:
        pieces = [self._turn.heard[span] for span in self._turn.spans(self._sound, request.at_ms)]
        said = [piece for piece in pieces if piece.text]
        letters = sum(len(piece.text) for piece in said)
        confidence = sum(piece.confidence * len(piece.text) for piece in said) / letters if letters else 1.0
        language = next((piece.language for piece in said if piece.language), self._language)
        self.tell(request, Transcript(" ".join(piece.text for piece in said), request.at_ms, True, confidence, language))

    def tell(self, request: _Request, event: TranscriberEvent) -> None:
        """At most one answer for a request."""
        if not request.settled:
            request.settle()
            self._tell(event)


def _decode(sound: bytes, language: str, look_at_language: bool, exact: bool, engine: Engine) -> Heard:
    return engine.decode(sound, language=language, look_at_language=look_at_language, exact=exact)


class LocalTranscriber:
    """`load` makes the engine, in a thread. An answer that takes longer than `limit_s` from its request on is a TranscriberFailed."""

    name = "whisper-base"
    marks_turns = False

    def __init__(self, load: Callable[[], Engine], *, workers: int = 2, limit_s: float = 8.0) -> None:
        self._load = load
        self._workers = workers
        self._limit_s = limit_s
        self._engine: Engine | None = None
        self._warming = asyncio.Lock()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="whisper")
        self._waiting: dict[LocalListening, _Request] = {}
        """The longest waiting first."""
        self._running: dict[LocalListening, tuple[_Request, asyncio.Future[Heard]]] = {}
        self._closed = False

    async def warm(self) -> None:
        async with self._warming:
            if self._engine is None:
                try:
                    self._engine = await asyncio.get_running_loop().run_in_executor(self._pool, self._loaded)
                except Exception as error:
                    raise TranscriberError(f"the embedded recogniser cannot start: {error}") from error

    async def listen(self, tell: Callable[[TranscriberEvent], None], hints: ListenHints) -> LocalListening:
        if self._closed:
            raise TranscriberError("the embedded recogniser is closed")
        await self.warm()
        return LocalListening(self, tell, hints)

    async def aclose(self) -> None:
        self._closed = True
        for listening in {*self._waiting, *self._running}:
            self.drop(listening, None)
        running = [future for _, future in self._running.values()]
        self._pool.shutdown(wait=False, cancel_futures=True)
        if running:
            await asyncio.wait(running, timeout=_CLOSE_LIMIT_S)

    def ask(self, listening: LocalListening, request: _Request) -> None:
        """A call has one place in the queue: a newer request takes over the place of its older one."""
        if self._closed:
            asyncio.get_running_loop().call_soon(listening.tell, request, TranscriberFailed("the recogniser is closed", request.at_ms))
            return
        if older := self._waiting.get(listening):
            older.settle()
        request.timer = asyncio.get_running_loop().call_later(self._limit_s, self._late, listening, request)
        self._waiting[listening] = request
        self._next()

    def drop(self, listening: LocalListening, before_ms: int | None) -> None:
        """Requests of sound before this time, or all, need no answer any more."""
        waiting, running = self._waiting.get(listening), self._running.get(listening)
        if waiting and (before_ms is None or waiting.at_ms <= before_ms):
            self._waiting.pop(listening).settle()
        if running and (before_ms is None or running[0].at_ms <= before_ms):
            running[0].settle()

    def _next(self) -> None:
        while len(self._running) < self._workers and not self._closed:
            listening = next((each for each in self._waiting if each not in self._running), None)
            if listening is None or self._engine is None:
                return
            request = self._waiting.pop(listening)
            work = listening.work(request)
            if work is None:
                listening.answer(request)
                continue
            span, decode = work
            future = asyncio.get_running_loop().run_in_executor(self._pool, decode, self._engine)
            self._running[listening] = request, future
            future.add_done_callback(partial(self._decoded, listening, request, span))

    def _decoded(self, listening: LocalListening, request: _Request, span: tuple[int, int], future: asyncio.Future[Heard]) -> None:
        del self._running[listening]
        if future.cancelled():
            request.settle()
        elif error := future.exception():
            log.error("decoding failed", error=repr(error))
            listening.tell(request, TranscriberFailed(f"decoding failed: {type(error).__name__}", request.at_ms))
        elif not request.settled:
            listening.heard(request, span, future.result())
            if listening.work(request) is None:
                listening.answer(request)
            elif listening in self._waiting:
                request.settle()
            else:
                self._waiting[listening] = request
        self._next()

    def _late(self, listening: LocalListening, request: _Request) -> None:
        if self._waiting.get(listening) is request:
            del self._waiting[listening]
        log.warning("decoding is late", limit_s=self._limit_s)
        listening.tell(request, TranscriberFailed("no transcript in time", request.at_ms))

    def _loaded(self) -> Engine:
        engine = self._load()
        engine.decode(_NOISE)
        return engine

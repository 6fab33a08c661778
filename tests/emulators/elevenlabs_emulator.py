"""ElevenLabs: `WS /v1/text-to-speech/{voice}/multi-stream-input` and `POST …/stream`, with a hum for a voice.

`python -m tests.emulators.elevenlabs_emulator --port 9702`. Kept from the real one because it bites: a context that is closed before its
first audio loses its text without a word; no isFinal without close_context; a sixth context closes the socket with 1008.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import math
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.emulators.serving import Journal, Running, control_routes, in_thread, knobs_from_flags, run

BYTES_PER_MS = 8
CHUNK_CHARACTERS = 8
MOST_CONTEXTS = 5


@dataclass
class Knobs:
    """Settings and faults."""

    key: str = ""
    """The only key accepted; empty: any."""
    first_audio_ms: int = 150
    chunk_gap_ms: int = 10
    """Between chunks; audio is made faster than it plays."""
    ms_per_character: int = 60
    status: int = 0
    """Refuse the websocket with this HTTP status."""
    http_status: int = 0
    """Refuse the HTTP stream with this one."""
    mute_contexts: int = 0
    """The next so many contexts never give audio."""
    mute_http: bool = False
    drop_after_chunks: int = 0
    """Close the socket with 1011 after this many chunks; 0: never."""
    stall_after_chunks: int = 0
    """A context goes quiet after this many chunks; 0: never."""
    lose_finals: bool = False
    """isFinal is never sent."""
    snake_case: bool = False
    """context_id and is_final instead of contextId and isFinal."""
    alignment: bool = True


def _encode_sample(sample: int) -> int:
    magnitude = min(abs(sample), 32635) + 0x84
    exponent = magnitude.bit_length() - 8
    return ~((0x80 if sample < 0 else 0) | exponent << 4 | magnitude >> (exponent + 3) & 0x0F) & 0xFF


@lru_cache(maxsize=1)
def _hum() -> bytes:
    """One second of something voiced: 120 Hz with harmonics, swelling like syllables."""
    out = bytearray()
    for index in range(8000):
        at = index / 8000
        swell = 0.25 + 0.75 * abs(math.sin(math.pi * 5 * at))
        wave = sum(math.sin(2 * math.pi * 120 * harmonic * at) / harmonic for harmonic in range(1, 7))
        out.append(_encode_sample(int(5200 * swell * wave)))
    return bytes(out)


def voiced(start_ms: int, ms: int) -> bytes:
    hum = _hum()
    start, length = start_ms * BYTES_PER_MS % len(hum), ms * BYTES_PER_MS
    return (hum * (2 + length // len(hum)))[start : start + length]


@dataclass
class Piece:
    """A chunk of audio and the characters in it."""

    audio: bytes
    alignment: dict[str, list[Any]]


def pieces(text: str, ms_per_character: float) -> Iterator[Piece]:
    at_ms = 0.0
    for begin in range(0, len(text), CHUNK_CHARACTERS):
        characters = list(text[begin : begin + CHUNK_CHARACTERS])
        ms = round(ms_per_character * len(characters))
        starts = [round(index * ms_per_character) for index in range(len(characters))]
        durations = [round(ms_per_character)] * len(characters)
        yield Piece(voiced(round(at_ms), ms), {"chars": characters, "charStartTimesMs": starts, "charDurationsMs": durations})
        at_ms += ms


@dataclass
class Context:
    """One text on the way to sound."""

    name: str
    speed: float = 1.0
    text: str = ""
    sounded: bool = False
    closing: bool = False
    jobs: list[asyncio.Task[None]] = field(default_factory=list)


class Voice:
    """One multi-context websocket."""

    def __init__(self, websocket: WebSocket, knobs: Knobs, journal: Journal) -> None:
        self.websocket, self.knobs, self.journal = websocket, knobs, journal
        self.contexts: dict[str, Context] = {}
        self.chunks = 0
        self.closed = asyncio.Event()

    def names(self, context: Context, *, final: bool = False) -> dict[str, Any]:
        out: dict[str, Any] = {"context_id" if self.knobs.snake_case else "contextId": context.name}
        if final:
            out["is_final" if self.knobs.snake_case else "isFinal"] = True
        return out

    async def serve(self) -> None:
        receiving = asyncio.create_task(self.receive())
        closing = asyncio.create_task(self.closed.wait())
        await asyncio.wait({receiving, closing}, return_when=asyncio.FIRST_COMPLETED)
        jobs = [job for context in self.contexts.values() for job in context.jobs]
        for task in (receiving, closing, *jobs):
            task.cancel()
        await asyncio.gather(receiving, closing, *jobs, return_exceptions=True)

    async def receive(self) -> None:
        while True:
            try:
                message = await self.websocket.receive_json()
            except (WebSocketDisconnect, RuntimeError):
                return
            self.journal.note("message", message=message)
            if message.get("close_socket"):
                await self.websocket.close()
                return
            await self.take(message)

    async def take(self, message: dict[str, Any]) -> None:
        name = message.get("context_id", "default")
        context = self.contexts.get(name)
        if message.get("close_context"):
            if context is not None:
                await self.close_context(context)
            return
        if context is None:
            if len(self.contexts) >= MOST_CONTEXTS:
                await self.websocket.send_json({"message": "too many contexts", "error": "max_active_conversations", "code": 1008})
                await self.websocket.close(1008, "max_active_conversations")
                self.closed.set()
                return
            context = self.contexts[name] = Context(name)
        context.speed = (message.get("voice_settings") or {}).get("speed") or context.speed
        context.text += message.get("text", "")
        if message.get("flush") or context.text.rstrip().endswith((".", "?", "!")):
            text, context.text = context.text.strip(), ""
            if text:
                context.jobs.append(asyncio.create_task(self.speak(context, text + " ")))

    async def close_context(self, context: Context) -> None:
        context.closing = True
        if not context.sounded:
            for job in context.jobs:
                job.cancel()
            self.journal.note("lost_text", context=context.name)
        if all(job.done() for job in context.jobs) or not context.sounded:
            await self.finish(context)

    async def finish(self, context: Context) -> None:
        if self.contexts.pop(context.name, None) is not None and not self.knobs.lose_finals:
            await self.websocket.send_json({"audio": None, "alignment": None, "normalizedAlignment": None, **self.names(context, final=True)})

    async def speak(self, context: Context, text: str) -> None:
        knobs = self.knobs
        if knobs.mute_contexts > 0:
            knobs.mute_contexts -= 1
            return
        await asyncio.sleep(knobs.first_audio_ms / 1000)
        for index, piece in enumerate(pieces(text, knobs.ms_per_character / context.speed)):
            if knobs.stall_after_chunks and index >= knobs.stall_after_chunks:
                return
            context.sounded = True
            aligned = piece.alignment if knobs.alignment else None
            try:
                await self.websocket.send_json(
                    {
                        "audio": base64.b64encode(piece.audio).decode(),
                        "isFinal": None,
                        "alignment": aligned,
                        "normalizedAlignment": aligned,
                        **self.names(context),
                    }
                )
            except (WebSocketDisconnect, RuntimeError):
                return
            self.chunks += 1
            if knobs.drop_after_chunks and self.chunks >= knobs.drop_after_chunks:
                await self.websocket.close(1011, "an emulated fault")
                self.closed.set()
                return
            await asyncio.sleep(knobs.chunk_gap_ms / 1000)
        self.journal.note("spoken", context=context.name, text=text.strip())
        if context.closing:
            await self.finish(context)


class ElevenLabs:
    """The emulator."""

    def __init__(self, knobs: Knobs) -> None:
        self.knobs = knobs
        self.journal = Journal()
        self.app = Starlette(
            routes=[
                WebSocketRoute("/v1/text-to-speech/{voice}/multi-stream-input", self.multi),
                Route("/v1/text-to-speech/{voice}/stream", self.stream, methods=["POST"]),
                *control_routes(self.journal, knobs),
            ]
        )

    def allowed(self, key: str | None) -> bool:
        return bool(key) and self.knobs.key in ("", key)

    async def multi(self, websocket: WebSocket) -> None:
        query = dict(websocket.query_params)
        status = self.knobs.status or (0 if self.allowed(websocket.headers.get("xi-api-key")) else 401)
        if not status and query.get("output_format") != "ulaw_8000":
            status = 400
        if status:
            self.journal.note("refused", status=status)
            await websocket.send_denial_response(JSONResponse({"detail": {"status": "refused"}}, status))
            return
        await websocket.accept()
        self.journal.note("connected", voice=websocket.path_params["voice"], query=query)
        await Voice(websocket, self.knobs, self.journal).serve()
        self.journal.note("closed")

    async def stream(self, request: Request) -> Response:
        body = await request.json()
        status = self.knobs.http_status or (0 if self.allowed(request.headers.get("xi-api-key")) else 401)
        self.journal.note("http", voice=request.path_params["voice"], query=dict(request.query_params), body=body, status=status)
        if status:
            return JSONResponse({"detail": {"status": "refused", "message": "refused"}}, status)
        speed = (body.get("voice_settings") or {}).get("speed") or 1.0
        return StreamingResponse(self.audio(body["text"], speed), media_type="audio/basic")

    async def audio(self, text: str, speed: float) -> AsyncIterator[bytes]:
        whole = False
        try:
            await asyncio.sleep(3600 if self.knobs.mute_http else self.knobs.first_audio_ms / 1000)
            for piece in pieces(text, self.knobs.ms_per_character / speed):
                yield piece.audio
                await asyncio.sleep(self.knobs.chunk_gap_ms / 1000)
            whole = True
        finally:
            self.journal.note("http_ended", whole=whole)


@contextlib.contextmanager
def running(knobs: Knobs | None = None) -> Iterator[Running[Knobs]]:
    voices = ElevenLabs(knobs or Knobs())
    with in_thread(voices.app, voices.journal, voices.knobs) as emulator:
        yield emulator


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=json.loads, default={}, help="a JSON object of knobs")
    knobs, flags = knobs_from_flags(parser, Knobs)
    for name, value in flags.faults.items():
        setattr(knobs, name, value)
    run(ElevenLabs(knobs).app, flags.host, flags.port)


if __name__ == "__main__":
    main()

"""ElevenLabs: sentences to 8 kHz mu-law over one multi-context websocket per call, by HTTP where the socket cannot be had.

Decision: the SDK has no asynchronous websocket, so the socket is our own `websockets` client at an address built by the SDK; the HTTP
stream is the SDK's. A context is closed only after its first audio: closed earlier it loses its sentence without a word.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx
import structlog
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.types.voice_settings import VoiceSettings
from elevenlabs.url_utils import build_ws_url
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from speech.elevenlabs_pieces import Alignment, Piece, audio_of, context_of, gain_table, is_final
from speech.errors import SynthesizerError
from speech.mulaw import BYTES_PER_MS
from speech.ports import Speech
from speech.sockets import REFUSED_FOR_GOOD, NoSocketError, dial, hang_up, tls_for

log = structlog.get_logger()

PRODUCTION: Final = "https://api.elevenlabs.io"
SLOWEST: Final = 0.7
FASTEST: Final = 1.2
STABILITY: Final = 0.5
SIMILARITY: Final = 0.75
HTTP_CHUNK: Final = 100 * BYTES_PER_MS
IDLE_CONTEXT: Final = "idle"


@dataclass(frozen=True, slots=True)
class ElevenLabsLimits:
    """Every wait of this adapter, seconds, and how many contexts a socket may have."""

    connect_s: float = 1.5
    first_audio_s: float = 1.0
    """From a whole sentence to its first sound; then the same text goes to a new context, once."""
    between_s: float = 2.0
    """From one piece of a sentence to the next."""
    order_s: float = 0.3
    """To hand a message to the socket."""
    close_s: float = 0.6
    keep_alive_s: float = 100.0
    """The server closes a socket without messages after `inactivity_s`."""
    inactivity_s: int = 180
    again_s: float = 10.0
    """After a refused socket, HTTP alone is used for this long."""
    contexts: int = 5


class _LostError(Exception):
    """The socket is gone or was never there."""


class _SilentError(Exception):
    """A context gave no sound in time."""


class ElevenLabsSpeaking:
    """One call's voice."""

    def __init__(self, synthesizer: "ElevenLabsSynthesizer", voice: str) -> None:
        self._synthesizer, self._voice, self._limits = synthesizer, voice, synthesizer.limits
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._queues: dict[str, asyncio.Queue[dict[str, Any] | None]] = {}
        self._used: set[str] = set()
        self._freed = asyncio.Event()
        self._dialling = asyncio.Lock()
        self._not_before = 0.0
        self._count = 0
        self._closed = False

    async def say(self, sentence: str, *, pace: float = 1.0, gain_db: float = 0.0) -> AsyncGenerator[Speech, None]:
        """`pace`: 0.7 to 1.2 of the usual speed. `gain_db`: louder, rounded off below full scale."""
        if not any(character.isalnum() for character in sentence):
            return
        speed = min(FASTEST, max(SLOWEST, pace))
        table = gain_table(gain_db) if gain_db else None
        alignment = Alignment(sentence)
        sounded = False
        async with aclosing(self._pieces(sentence, speed, alignment)) as pieces:
            async for mulaw, aligned in pieces:
                sounded = True
                yield alignment.speech(mulaw.translate(table) if table else mulaw, aligned)
        if not sounded:
            raise SynthesizerError("no sound for a sentence")

    @property
    def closed(self) -> bool:
        return self._closed

    async def connect(self) -> None:
        """Raises NoSocketError."""
        async with self._dialling:
            if self._socket is not None:
                return
            try:
                socket = await self._synthesizer.dial(self._voice)
            except NoSocketError:
                self._not_before = asyncio.get_running_loop().time() + self._limits.again_s
                raise
            if self._reader is not None:
                await asyncio.wait({self._reader}, timeout=self._limits.close_s)
            self._socket = socket
            self._reader = asyncio.create_task(self._read(socket), name="elevenlabs")

    async def close(self) -> None:
        self._closed = True
        if self._reader is not None and not self._reader.done():
            self._reader.cancel()
            await asyncio.wait({self._reader}, timeout=self._limits.close_s)
        if self._socket is not None:  # its reader never began
            await hang_up(self._socket, self._limits.close_s)
            self._socket = None

    async def _pieces(self, sentence: str, speed: float, alignment: Alignment) -> AsyncGenerator[Piece, None]:
        """By the socket; in a new context if the first stays silent; by HTTP if there is no socket."""
        sounded = False
        for last in (False, True):
            try:
                async with aclosing(self._by_socket(sentence, speed, alignment)) as pieces:
                    async for piece in pieces:
                        sounded = True
                        yield piece
            except _LostError as lost:
                log.warning("elevenlabs_socket_lost", reason=str(lost), sounded=sounded)
                if sounded or self._closed:
                    raise SynthesizerError(str(lost)) from lost
                break
            except _SilentError as silent:
                log.warning("elevenlabs_context_silent", sounded=sounded)
                if sounded or last:
                    raise SynthesizerError("no sound in time") from silent
            else:
                return
        async with aclosing(self._synthesizer.by_http(self._voice, sentence, speed)) as chunks:
            async for chunk in chunks:
                yield chunk, None

    async def _by_socket(self, sentence: str, speed: float, alignment: Alignment) -> AsyncGenerator[Piece, None]:
        context = await self._open_context()
        queue = self._queues[context] = asyncio.Queue()
        ended = False
        try:
            settings = {"stability": STABILITY, "similarity_boost": SIMILARITY, "speed": speed}
            await self._order(text=" ", context_id=context, voice_settings=settings)
            await self._order(text=sentence.strip() + " ", context_id=context, flush=True)
            sounded = False
            while True:
                try:
                    async with asyncio.timeout(self._limits.between_s if sounded else self._limits.first_audio_s):
                        message = await queue.get()
                except TimeoutError:
                    if sounded and alignment.whole:
                        return
                    raise _SilentError from None
                if message is None:
                    raise _LostError("in the middle of a sentence")
                if mulaw := audio_of(message):
                    if not sounded:
                        sounded = ended = True
                        await self._order(context_id=context, close_context=True)
                    yield mulaw, message.get("alignment")
                if is_final(message):
                    ended = True
                    if not sounded:
                        raise _SilentError
                    return
        finally:
            self._queues.pop(context, None)
            if not ended:
                with suppress(_LostError):
                    await self._order(context_id=context, close_context=True)

    async def _open_context(self) -> str:
        """A name for a new context, once the socket is there and has room for it."""
        if self._closed:
            raise _LostError("closed")
        if self._socket is None:
            if asyncio.get_running_loop().time() < self._not_before:
                raise _LostError("refused a moment ago")
            try:
                await self.connect()
            except NoSocketError as refused:
                raise _LostError(str(refused)) from refused
        try:
            async with asyncio.timeout(self._limits.first_audio_s):
                while len(self._used) >= self._limits.contexts:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            if self._reader is not None:
                self._reader.cancel()
            raise _LostError("no context became free") from None
        self._count += 1
        context = f"s{self._count}"
        self._used.add(context)
        return context

    async def _order(self, **message: Any) -> None:
        if self._socket is None:
            raise _LostError("no socket")
        try:
            async with asyncio.timeout(self._limits.order_s):
                await self._socket.send(json.dumps(message))
        except (TimeoutError, OSError, WebSocketException) as error:
            raise _LostError(type(error).__name__) from error

    async def _read(self, socket: ClientConnection) -> None:
        try:
            while True:
                try:
                    async with asyncio.timeout(self._limits.keep_alive_s):
                        raw = await socket.recv()
                except TimeoutError:
                    await self._keep_alive(socket)
                else:
                    self._dispatch(raw)
        except (OSError, WebSocketException) as error:
            log.info("elevenlabs_socket_closed", reason=type(error).__name__)
        finally:
            self._socket = None
            self._used.clear()
            self._freed.set()
            for queue in self._queues.values():
                queue.put_nowait(None)
            await hang_up(socket, self._limits.close_s)

    async def _keep_alive(self, socket: ClientConnection) -> None:
        """Only a context can be kept alive; one without text is kept for it."""
        new = IDLE_CONTEXT not in self._used
        self._used.add(IDLE_CONTEXT)
        await socket.send(json.dumps({"text": " " if new else "", "context_id": IDLE_CONTEXT}))

    def _dispatch(self, raw: str | bytes) -> None:
        try:
            message = json.loads(raw)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            log.warning("elevenlabs_message_unreadable")
            return
        if message.get("error"):
            log.warning("elevenlabs_error", code=str(message["error"])[:80])
        context = context_of(message)
        if (queue := self._queues.get(context)) is not None:
            queue.put_nowait(message)
        if is_final(message):
            self._used.discard(context)
            self._freed.set()


class ElevenLabsSynthesizer:
    """The voice of all calls: key, address, HTTP client and TLS context; each call has its own socket."""

    name = "elevenlabs"

    def __init__(
        self,
        key: str,
        base_url: str | None,
        voice_id: str,
        *,
        model: str = "eleven_flash_v2_5",
        limits: ElevenLabsLimits = ElevenLabsLimits(),
    ) -> None:
        self.limits = limits
        self._base = (base_url or PRODUCTION).rstrip("/")
        self._key, self._voice, self._model = key, voice_id, model
        self._tls = tls_for(self._base)
        wait = httpx.Timeout(limits.between_s, connect=limits.connect_s)
        self._http = httpx.AsyncClient(timeout=wait, limits=httpx.Limits(keepalive_expiry=60))
        self._client = AsyncElevenLabs(api_key=key, base_url=self._base, httpx_client=self._http, timeout=limits.between_s)
        self._live: set[ElevenLabsSpeaking] = set()

    async def warm(self) -> None:
        """The SDK imports a client when it is first used."""
        _ = self._client.text_to_speech

    async def open(self, voice: str | None = None) -> ElevenLabsSpeaking:
        speaking = ElevenLabsSpeaking(self, voice or self._voice)
        try:
            await speaking.connect()
        except NoSocketError as refused:
            if refused.for_good or refused.status is None:
                error = SynthesizerError(str(refused))
                error.retryable = not refused.for_good
                raise error from refused
            log.warning("elevenlabs_by_http_only", status=refused.status)
        self._live = {one for one in self._live if not one.closed} | {speaking}
        return speaking

    async def aclose(self) -> None:
        await asyncio.gather(*(one.close() for one in self._live))
        self._live.clear()
        await self._http.aclose()

    async def dial(self, voice: str) -> ClientConnection:
        """A new socket. Raises NoSocketError."""
        query = {
            "model_id": self._model,
            "output_format": "ulaw_8000",
            "auto_mode": "true",
            "inactivity_timeout": str(self.limits.inactivity_s),
        }
        url = build_ws_url(self._base, ["v1", "text-to-speech", voice, "multi-stream-input"], query)
        return await dial(url, {"xi-api-key": self._key}, self._tls, limit_s=self.limits.connect_s, close_s=self.limits.close_s)

    async def by_http(self, voice: str, sentence: str, speed: float) -> AsyncGenerator[bytes, None]:
        """One sentence without a socket; no alignment. Raises SynthesizerError."""
        stream = self._client.text_to_speech.stream(
            voice_id=voice,
            text=sentence,
            model_id=self._model,
            output_format="ulaw_8000",
            voice_settings=VoiceSettings(stability=STABILITY, similarity_boost=SIMILARITY, speed=speed),
            request_options={"chunk_size": HTTP_CHUNK},
        )
        limit = self.limits.first_audio_s
        async with aclosing(stream):
            try:
                while True:
                    async with asyncio.timeout(limit):
                        chunk = await anext(stream, b"")
                    if not chunk:
                        return
                    limit = self.limits.between_s
                    yield chunk
            except ApiError as refused:
                error = SynthesizerError(f"refused with {refused.status_code}")
                error.retryable = refused.status_code not in REFUSED_FOR_GOOD
                raise error from refused
            except (TimeoutError, httpx.HTTPError) as broken:
                raise SynthesizerError(f"no sound: {type(broken).__name__}") from broken

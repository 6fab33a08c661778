"""The other end of the line: a telephone company as Twilio behaves, with a caller who plays recorded speech. For the demo, tests and benches.

It imports nothing of this product and knows the line only by HTTP and websocket: signed webhook → TwiML → media stream in real time, 20 ms
mu-law frames, marks returned when played, `clear` honoured, the `<Connect action>` asked when our side closes. Run as a program it reads a script
(JSON on standard input: {"inner", "public_base_url", "auth_token", "from", "to", "script_url", "goodbye_s", "turns": [{"wav", "text", "after_s",
"interrupts", "next_interrupts"}]}) and prints what it notices as JSON lines.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
import wave
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import soxr
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

RATE = 8000
BYTES_A_SAMPLE = 2
FRAME = 160
FRAME_S = 0.02
SILENCE = b"\xff" * FRAME
LOUD_DB = -45.0
AUDIBLE_DB = -50.0
QUIET_AFTER_S = 0.7
"""The agent has finished when nothing of it was heard for this long."""
HTTP_LIMIT_S = 15.0
TURN_LIMIT_S = 40.0
_DECODED: npt.NDArray[np.float64] = np.array(
    [(-1.0 if code & 0x80 == 0 else 1.0) * ((((~code & 0x0F) << 3) + 0x84 << ((~code & 0x70) >> 4)) - 0x84) for code in range(256)]
)


def level_db(mulaw: bytes) -> float:
    """RMS in dBFS."""
    if not mulaw:
        return -99.0
    samples = _DECODED[np.frombuffer(mulaw, np.uint8)]
    return float(10 * np.log10(np.mean(samples**2) / 32768.0**2 + 1e-10))


def encode(pcm: npt.NDArray[np.int16]) -> bytes:
    """16-bit to mu-law (ITU-T G.711)."""
    value = np.clip(pcm.astype(np.int32), -32635, 32635)
    sign = np.where(value < 0, 0x80, 0)
    magnitude = np.abs(value) + 0x84
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return bytes((~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8))


def read_wav(path: Path) -> bytes:
    """A 16-bit WAV of any rate as 8 kHz mu-law; of several channels the mean. Raises ValueError."""
    try:
        with wave.open(str(path)) as file:
            rate, channels, width, raw = file.getframerate(), file.getnchannels(), file.getsampwidth(), file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path} is no WAV: {error}") from error
    if width != BYTES_A_SAMPLE:
        raise ValueError(f"{path}: 16-bit samples are needed")
    samples = np.frombuffer(raw, "<i2").reshape(-1, channels).mean(axis=1)
    if rate != RATE:
        samples = soxr.resample(samples, rate, RATE)
    return encode(np.clip(samples, -32768, 32767).astype(np.int16))


def voice_ms(mulaw: bytes) -> int:
    """From the first loud frame to the last."""
    loud = [at for at in range(0, len(mulaw), FRAME) if level_db(mulaw[at : at + FRAME]) > LOUD_DB]
    return (loud[-1] - loud[0]) // 8 + 20 if loud else 0


def sign(token: str, url: str, form: dict[str, str]) -> str:
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


@dataclass(frozen=True, slots=True)
class Answered:
    """What a webhook said."""

    status: int
    twiml: ElementTree.Element | None

    @property
    def stream(self) -> tuple[str, dict[str, str], str]:
        """(address, parameters, action) of `<Connect><Stream>`. Raises LookupError."""
        connect_ = self.twiml.find("./Connect") if self.twiml is not None else None
        stream = connect_.find("./Stream") if connect_ is not None else None
        if connect_ is None or stream is None:
            raise LookupError("the answer is no media stream")
        parameters = {each.get("name", ""): each.get("value", "") for each in stream.findall("Parameter")}
        return stream.get("url", ""), parameters, connect_.get("action", "")


@dataclass(slots=True)
class Carrier:
    """Twilio, towards one line. `public_base_url`: what the line believes its address to be; `inner`: where it is reached."""

    inner: str
    public_base_url: str
    auth_token: str = ""
    account_sid: str = "AC" + "0" * 32

    async def post(self, path: str, form: dict[str, str]) -> Answered:
        """One signed webhook."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "TwilioProxy/1.1"}
        if self.auth_token:
            headers["X-Twilio-Signature"] = sign(self.auth_token, self.public_base_url + path, form)
        request = Request(self.inner + path, urlencode(form).encode(), headers, method="POST")  # noqa: S310 - http to the line under test
        return await asyncio.to_thread(_fetch, request)

    def form(self, call_sid: str, caller: str, called: str, **more: str) -> dict[str, str]:
        basic = {"CallSid": call_sid, "AccountSid": self.account_sid, "From": caller, "To": called}
        return basic | {"Direction": "inbound", "CallStatus": "ringing", "ApiVersion": "2010-04-01"} | more

    async def ring(self, call_sid: str, caller: str, called: str) -> Answered:
        return await self.post("/twilio/voice", self.form(call_sid, caller, called))


def _fetch(request: Request) -> Answered:
    try:
        with urlopen(request, timeout=HTTP_LIMIT_S) as response:  # noqa: S310
            body = response.read()
            return Answered(response.status, ElementTree.fromstring(body) if body else None)  # noqa: S314 - the line's own answer
    except OSError as error:
        status = getattr(error, "code", 0)
        if status:
            return Answered(status, None)
        raise


def new_sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


@dataclass(slots=True)
class Heard:
    """What the caller's ear noticed. Times are seconds since the stream's start."""

    clears: int = 0
    marks: int = 0
    first_audible_s: float | None = None
    last_played_s: float = -1.0
    """When the last loud frame of the agent was played."""


class Stream:
    """One media stream as the carrier plays it."""

    def __init__(self, socket: ClientConnection, call_sid: str, parameters: dict[str, str], *, speed: float = 1.0, lose_marks: float = 0.0) -> None:
        self.socket, self.call_sid, self.parameters = socket, call_sid, parameters
        self.sid = new_sid("MZ")
        self.heard = Heard()
        self.closed = asyncio.Event()
        self.said = asyncio.Event()
        """Set while nothing waits to be said."""
        self.said.set()
        self.speed, self.lose_marks = speed, lose_marks
        self.on_audible: Callable[[float], None] = lambda _: None
        self._began = time.monotonic()
        self._queue: deque[bytes | str] = deque()
        self._to_say: deque[bytes] = deque()
        self._sequence = 0
        self._sent = 0
        self._credit = 0.0
        self.last_loud_sent_s: float | None = None
        self.noise = _room_noise()
        self.agent_audio: list[tuple[float, bytes]] = []

    def now_s(self) -> float:
        return time.monotonic() - self._began

    def say(self, mulaw: bytes) -> None:
        """Speak this from the next frame on."""
        self._to_say.extend(mulaw[at : at + FRAME] for at in range(0, len(mulaw) - FRAME + 1, FRAME))
        if self._to_say and not self.closed.is_set():
            self.said.clear()

    async def run(self) -> None:
        """Until the line closes the socket."""
        await self._send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "streamSid": self.sid,
            "accountSid": "AC" + "0" * 32,
            "callSid": self.call_sid,
            "tracks": ["inbound"],
            "customParameters": self.parameters,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }
        self._began = time.monotonic()
        await self._send({"event": "start", "sequenceNumber": self._next(), "streamSid": self.sid, "start": start})
        reader = asyncio.ensure_future(self._read())
        try:
            await self._pace()
        except ConnectionClosed:
            self.closed.set()
        finally:
            reader.cancel()
            self.closed.set()
            self.said.set()

    async def key(self, digit: str) -> None:
        await self._send({"event": "dtmf", "sequenceNumber": self._next(), "streamSid": self.sid, "dtmf": {"track": "inbound_track", "digit": digit}})

    async def hang_up(self) -> None:
        """The caller puts the phone down."""
        stop = {"accountSid": "AC" + "0" * 32, "callSid": self.call_sid}
        await self._send({"event": "stop", "sequenceNumber": self._next(), "streamSid": self.sid, "stop": stop})
        await self.socket.close()

    async def agent_finished(self, limit_s: float = TURN_LIMIT_S) -> bool:
        """The agent has spoken and is quiet again. False: it did not within the limit, or the line closed."""
        began, until = self.now_s(), self.now_s() + limit_s
        while self.now_s() < until and not self.closed.is_set():
            played = self.heard.last_played_s
            if played > began and not self._queued_audio() and self.now_s() - played > QUIET_AFTER_S:
                return True
            await asyncio.sleep(FRAME_S)
        return False

    async def agent_audible(self, limit_s: float = TURN_LIMIT_S) -> bool:
        """The agent's next word is in the caller's ear."""
        began, until = self.now_s(), self.now_s() + limit_s
        while self.now_s() < until and not self.closed.is_set():
            if self.heard.last_played_s > began:
                return True
            await asyncio.sleep(FRAME_S)
        return False

    async def _pace(self) -> None:
        due = time.monotonic()
        while not self.closed.is_set():
            frame = self._to_say.popleft() if self._to_say else self.noise[self._sent % len(self.noise)]
            if not self._to_say:
                self.said.set()
            media = {
                "track": "inbound",
                "chunk": str(self._sent + 1),
                "timestamp": str(self._sent * 20),
                "payload": base64.b64encode(frame).decode(),
            }
            await self._send({"event": "media", "sequenceNumber": self._next(), "streamSid": self.sid, "media": media})
            self._sent += 1
            if level_db(frame) > LOUD_DB:
                self.last_loud_sent_s = self.now_s()
            await self._play()
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _play(self) -> None:
        """One frame's time passes at the ear."""
        self._credit += self.speed
        while self._credit >= 1.0 or (self._queue and isinstance(self._queue[0], str)):
            if not self._queue:
                self._credit = 0.0
                return
            item = self._queue.popleft()
            if isinstance(item, str):
                await self._return_mark(item)
                continue
            self._credit -= 1.0
            self.agent_audio.append((self.now_s(), item))
            if level_db(item) > AUDIBLE_DB:
                self.heard.last_played_s = self.now_s()

    async def _return_mark(self, name: str) -> None:
        if self.lose_marks and secrets.randbelow(1000) < self.lose_marks * 1000:
            return
        await self._send({"event": "mark", "sequenceNumber": self._next(), "streamSid": self.sid, "mark": {"name": name}})

    async def _read(self) -> None:
        try:
            async for raw in self.socket:
                message = json.loads(raw)
                if message["event"] == "media":
                    self._media(base64.b64decode(message["media"]["payload"]))
                elif message["event"] == "mark":
                    self.heard.marks += 1
                    self._queue.append(message["mark"]["name"])
                elif message["event"] == "clear":
                    await self._clear()
        except ConnectionClosed:
            pass
        finally:
            self.closed.set()

    def _media(self, audio: bytes) -> None:
        if any(level_db(audio[at : at + FRAME]) > AUDIBLE_DB for at in range(0, len(audio), FRAME)):
            now_s = self.now_s()
            if self.heard.first_audible_s is None:
                self.heard.first_audible_s = now_s
            self.on_audible(now_s)
        self._queue.extend(audio[at : at + FRAME] for at in range(0, len(audio), FRAME))

    async def _clear(self) -> None:
        self.heard.clears += 1
        marks = [item for item in self._queue if isinstance(item, str)]
        self._queue.clear()
        for name in marks:
            await self._return_mark(name)

    def _queued_audio(self) -> bool:
        return any(isinstance(item, bytes) for item in self._queue)

    def _next(self) -> str:
        self._sequence += 1
        return str(self._sequence)

    async def _send(self, message: dict[str, Any]) -> None:
        await self.socket.send(json.dumps(message))


def _room_noise(seconds: int = 4, db: float = -62.0) -> Sequence[bytes]:
    """Frames of a quiet room: no line is digitally silent."""
    noise = np.random.default_rng(7).normal(0.0, 32768.0 * 10 ** (db / 20), seconds * 8000)
    mulaw = encode(noise.astype(np.int16))
    return [mulaw[at : at + FRAME] for at in range(0, len(mulaw), FRAME)]


async def open_stream(carrier: Carrier, call_sid: str, caller: str, called: str, **options: Any) -> tuple[Stream, str]:
    """Ring, and connect the media stream of the answer. Returns it and the `<Connect action>`. Raises LookupError."""
    answered = await carrier.ring(call_sid, caller, called)
    url, parameters, action = answered.stream
    inner = carrier.inner.replace("http", "ws", 1)
    socket = await connect(inner + urlsplit(url).path, compression=None, max_size=None)
    return Stream(socket, call_sid, parameters, **options), action


async def play_script(script: dict[str, Any], note: Callable[[dict[str, Any]], None]) -> None:
    """One call as the script says; `note` gets what is noticed."""
    carrier = Carrier(script["inner"], script["public_base_url"], script.get("auth_token", ""))
    call_sid = new_sid("CA")
    note({"event": "ringing", "call_sid": call_sid})
    stream, action = await open_stream(carrier, call_sid, script["from"], script["to"])
    running = asyncio.ensure_future(stream.run())
    note({"event": "connected", "call_sid": call_sid})
    await stream.agent_finished()
    note({"event": "greeted", "greeting_ms": round((stream.heard.first_audible_s or 0.0) * 1000)})
    for number, turn in enumerate(script["turns"], 1):
        if stream.closed.is_set():
            break
        await _turn(stream, number, turn, script.get("script_url", ""), note)
    try:
        async with asyncio.timeout(script.get("goodbye_s", TURN_LIMIT_S)):
            await stream.closed.wait()
    except TimeoutError:
        await stream.hang_up()
    await running
    after = await carrier.post(urlsplit(action).path, carrier.form(call_sid, script["from"], script["to"]))
    verbs = [each.tag for each in after.twiml] if after.twiml is not None else []
    note({"event": "over", "clears": stream.heard.clears, "marks": stream.heard.marks, "next": verbs})


def _tell(script_url: str, turn: dict[str, Any]) -> None:
    """An emulated recogniser cannot hear: it is told what is about to be said, and for how long."""
    said = {"text": turn["text"], "ms": voice_ms(read_wav(Path(turn["wav"])))}
    request = Request(script_url, json.dumps(said).encode(), {"Content-Type": "application/json"}, method="POST")  # noqa: S310
    with urlopen(request, timeout=HTTP_LIMIT_S):  # noqa: S310
        pass


async def _turn(stream: Stream, number: int, turn: dict[str, Any], script_url: str, note: Callable[[dict[str, Any]], None]) -> None:
    if turn.get("interrupts"):
        await asyncio.sleep(turn["after_s"])
    if script_url:
        await asyncio.to_thread(_tell, script_url, turn)
    heard: list[float] = []
    stream.on_audible = heard.append
    stream.say(read_wav(Path(turn["wav"])))
    await stream.said.wait()
    ended_s = stream.last_loud_sent_s or stream.now_s()
    if turn.get("next_interrupts"):
        await stream.agent_audible()
    else:
        await stream.agent_finished()
    answered = next((at for at in heard if at > ended_s), None)
    stream.on_audible = lambda _: None
    note(
        {
            "event": "turn",
            "number": number,
            "ended_ms": round(ended_s * 1000),
            "voice_to_voice_ms": round((answered - ended_s) * 1000) if answered else None,
            "wav": turn["wav"],
        }
    )


def main() -> None:
    script = json.loads(sys.stdin.read())
    asyncio.run(play_script(script, lambda event: print(json.dumps(event), flush=True)))  # noqa: T201 - its protocol


if __name__ == "__main__":
    main()

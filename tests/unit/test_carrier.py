"""The other end of the line: how it signs, encodes, plays and reads recordings."""

import asyncio
import base64
import json
import wave
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import numpy as np
import pytest
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import ClientConnection

from speech import mulaw
from telephony.process import carrier
from telephony.process.carrier import Carrier, Stream, encode, level_db, read_wav, sign, voice_ms


def write_wav(path: Path, samples: np.ndarray[Any, Any], rate: int = 8000, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2" if width == 2 else np.uint8).tobytes())
    return path


def tone(rate: int, seconds: float = 1.0, level: float = 8000.0) -> np.ndarray[Any, Any]:
    return level * np.sin(2 * np.pi * 400 * np.arange(int(rate * seconds)) / rate)


def test_it_signs_as_twilio_does() -> None:
    form = {"CallSid": "CA1", "From": "+12025550142", "To": "+12075550100", "Empty": ""}
    url = "https://line.example/twilio/voice"
    assert RequestValidator("token").validate(url, form, sign("token", url, form))


def test_it_encodes_as_the_line_decodes() -> None:
    samples = np.linspace(-32000, 32000, 4000).astype(np.int16)
    back = np.asarray(mulaw.decode(encode(samples)), dtype=np.int32)
    assert np.max(np.abs(back - samples) / (np.abs(samples.astype(np.int32)) + 200)) < 0.05


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16000, 1), (22050, 1), (44100, 2), (48000, 2)])
def test_any_wav_becomes_8_khz_mono(tmp_path: Path, rate: int, channels: int) -> None:
    samples = np.repeat(tone(rate), channels)
    audio = read_wav(write_wav(tmp_path / "a.wav", samples, rate, channels))
    assert abs(len(audio) - 8000) <= 2
    assert level_db(audio) == pytest.approx(level_db(encode(tone(8000).astype(np.int16))), abs=0.5)


def test_what_is_no_wav_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="no WAV"):
        read_wav(tmp_path / "a.wav")
    with pytest.raises(ValueError, match="16-bit"):
        read_wav(write_wav(tmp_path / "b.wav", np.zeros(800), width=1))


def test_how_long_a_voice_is() -> None:
    silence = np.zeros(4000, np.int16)
    spoken = np.concatenate([silence, tone(8000, 0.5).astype(np.int16), silence])
    assert abs(voice_ms(encode(spoken)) - 500) <= 20
    assert voice_ms(encode(silence)) == 0


@pytest.mark.parametrize(
    ("twiml", "found"),
    [
        (b"<Response><Connect action='https://x/e'><Stream url='wss://x/m'><Parameter name='token' value='t'/></Stream></Connect></Response>", True),
        (b"<Response><Dial>+1</Dial></Response>", False),
        (b"<Response/>", False),
    ],
)
def test_the_answers_stream(twiml: bytes, found: bool) -> None:
    answered = carrier.Answered(200, ElementTree.fromstring(twiml))
    if found:
        assert answered.stream == ("wss://x/m", {"token": "t"}, "https://x/e")
    else:
        with pytest.raises(LookupError):
            _ = answered.stream


class Peer:
    """The line's side of a websocket, by hand."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self._incoming: asyncio.Queue[str | None] = asyncio.Queue()

    async def send(self, text: str) -> None:
        self.got.append(json.loads(text))

    def tell(self, **message: Any) -> None:
        self._incoming.put_nowait(json.dumps(message))

    def close(self) -> None:
        self._incoming.put_nowait(None)

    def __aiter__(self) -> "Peer":
        return self

    async def __anext__(self) -> str:
        if (text := await self._incoming.get()) is None:
            raise StopAsyncIteration
        return text

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.got if each["event"] == kind]


async def test_a_stream_opens_as_twilio_opens_it_and_clear_returns_every_mark() -> None:
    peer = Peer()
    stream = Stream(cast("ClientConnection", peer), "CA1", {"token": "t"})
    running = asyncio.ensure_future(stream.run())
    audio = base64.b64encode(encode(tone(8000, 5.0).astype(np.int16))).decode()
    peer.tell(event="media", media={"payload": audio})
    peer.tell(event="mark", mark={"name": "m1"})
    peer.tell(event="clear")
    stream.say(encode(tone(8000, 0.1).astype(np.int16)))
    await stream.said.wait()
    peer.close()
    await running
    assert [each["event"] for each in peer.got[:2]] == ["connected", "start"]
    assert peer.got[1]["start"]["customParameters"] == {"token": "t"}
    assert [each["mark"]["name"] for each in peer.events("mark")] == ["m1"]
    stamps = [int(each["media"]["timestamp"]) for each in peer.events("media")]
    assert stamps == list(range(0, 20 * len(stamps), 20))
    assert stream.heard.clears == 1
    assert stream.heard.first_audible_s is not None


def test_the_form_of_a_ringing_call() -> None:
    form = Carrier("http://x", "https://y").form("CA1", "+1", "+2", CallStatus="completed")
    assert (form["CallSid"], form["From"], form["To"], form["CallStatus"]) == ("CA1", "+1", "+2", "completed")

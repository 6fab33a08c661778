"""The Media Streams codec: lenient in what it reads, exact in what it writes."""

import base64
import json
from typing import Any

import pytest

from telephony.errors import ProtocolError
from telephony.media_stream import (
    MAX_ODDITIES,
    MAX_PAYLOAD_BYTES,
    Connected,
    Digit,
    Marked,
    Media,
    MediaStream,
    Started,
    Stopped,
    StreamEvent,
)

SID, CALL = "MZ" + "1" * 32, "CA" + "2" * 32
PACKET = bytes(range(160))


def start(**changes: Any) -> dict[str, Any]:
    inner = {
        "streamSid": SID,
        "callSid": CALL,
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": "t", "nights": 3},
    }
    return {"event": "start", "sequenceNumber": "1", "streamSid": SID, "start": inner | changes}


def media(payload: object = None, **changes: Any) -> dict[str, Any]:
    inner = {"track": "inbound", "chunk": "1", "timestamp": "40", "payload": base64.b64encode(PACKET).decode()}
    if payload is not None:
        inner["payload"] = payload  # type: ignore[assignment]
    return {"event": "media", "sequenceNumber": "2", "streamSid": SID, "media": inner | changes}


def read(stream: MediaStream, message: object) -> StreamEvent | None:
    return stream.receive(json.dumps(message))


@pytest.fixture
def stream() -> MediaStream:
    running = MediaStream()
    assert isinstance(read(running, start()), Started)
    return running


def test_a_stream_is_read_from_its_start_to_its_stop() -> None:
    stream = MediaStream()
    messages = [
        {"event": "connected", "protocol": "Call", "version": "1.0.0"},
        start(),
        media(),
        {"event": "dtmf", "streamSid": SID, "sequenceNumber": "3", "dtmf": {"track": "inbound_track", "digit": "5"}},
        {"event": "mark", "streamSid": SID, "sequenceNumber": "4", "mark": {"name": "g0-1"}},
        {"event": "stop", "streamSid": SID, "sequenceNumber": "5", "stop": {"callSid": CALL}},
    ]
    assert [read(stream, message) for message in messages] == [
        Connected(),
        Started(SID, CALL, {"token": "t", "nights": "3"}),
        Media(PACKET, 40),
        Digit("5"),
        Marked("g0-1"),
        Stopped(),
    ]
    assert not stream.oddities
    assert stream.stopped


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
        ("[]", "not_an_object"),
        ("7", "not_an_object"),
        ("{}", "unknown_event"),
        ('{"event":["media"]}', "unknown_event"),
        ('{"event":"surprise"}', "unknown_event"),
        ('{"event":"media"}', "bad_media"),
        ('{"event":"media","media":[]}', "bad_media"),
        ('{"event":"media","media":{}}', "bad_payload"),
        ('{"event":"media","media":{"payload":"***"}}', "bad_payload"),
        ('{"event":"media","media":{"payload":"/w"}}', "bad_payload"),
        ('{"event":"media","media":{"payload":7}}', "bad_payload"),
        ('{"event":"media","media":{"payload":""}}', "bad_payload_size"),
        ('{"event":"media","media":{"track":"outbound","payload":"/w=="}}', "other_track"),
        ('{"event":"media","streamSid":"MZother","media":{"payload":"/w=="}}', "bad_media"),
        ('{"event":"mark"}', "bad_mark"),
        ('{"event":"mark","mark":{"name":7}}', "bad_mark"),
        ('{"event":"dtmf","dtmf":{"digit":"55"}}', "bad_dtmf"),
        ('{"event":"dtmf","dtmf":{"digit":""}}', "bad_dtmf"),
        ('{"event":"dtmf","dtmf":"5"}', "bad_dtmf"),
        ('{"event":"stop","streamSid":"MZother"}', "bad_stop"),
        ('{"event":"connected"}', "connected_again"),
    ],
)
def test_odd_messages_are_counted_once_and_left_out(stream: MediaStream, text: str, kind: str) -> None:
    assert stream.receive(text) is None
    assert dict(stream.oddities) == {kind: 1}
    assert read(stream, media()) == Media(PACKET, 40)


def test_binary_frames_and_a_second_start_are_odd(stream: MediaStream) -> None:
    stream.receive_binary()
    assert read(stream, start(callSid="CAother")) is None
    assert dict(stream.oddities) == {"binary_frame": 1, "start_again": 1}


@pytest.mark.parametrize("message", [media(), {"event": "stop"}, {"event": "mark", "mark": {"name": "m"}}])
def test_nothing_counts_before_the_start_or_after_the_stop(message: dict[str, Any]) -> None:
    stream = MediaStream()
    assert read(stream, message) is None
    read(stream, start())
    read(stream, {"event": "stop", "streamSid": SID})
    assert read(stream, message) is None
    assert stream.oddities.total() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"streamSid": "", "callSid": CALL},
        {"callSid": None},
        {"callSid": "CA/../../etc"},
        {"callSid": "C" * 65},
        {"callSid": {"$ne": 1}},
        {"mediaFormat": {"encoding": "audio/l16"}},
    ],
)
def test_a_start_that_cannot_be_a_call_closes_the_socket(changes: dict[str, Any]) -> None:
    message = start(**changes)
    if changes.get("streamSid") == "":
        message["streamSid"] = ""
    with pytest.raises(ProtocolError):
        read(MediaStream(), message)


def test_a_start_may_lack_what_is_not_needed() -> None:
    bare = {"event": "start", "start": {"streamSid": SID, "callSid": CALL, "customParameters": None}}
    assert read(MediaStream(), bare) == Started(SID, CALL, {})


def test_a_peer_that_is_only_odd_is_closed(stream: MediaStream) -> None:
    for _ in range(MAX_ODDITIES):
        stream.receive("?")
    with pytest.raises(ProtocolError):
        stream.receive("?")


@pytest.mark.parametrize("timestamp", [None, "soon", "-20", [], {}, "9" * 30, 1e300, "1e999", 90_000_000])
def test_time_goes_on_where_a_timestamp_is_absurd(stream: MediaStream, timestamp: object) -> None:
    assert read(stream, media()) == Media(PACKET, 40)
    assert read(stream, media(timestamp=timestamp)) == Media(PACKET, 60)


def test_numbers_may_come_as_numbers(stream: MediaStream) -> None:
    assert read(stream, media(timestamp=1234)) == Media(PACKET, 1234)


def test_a_message_carries_two_seconds_at_most(stream: MediaStream) -> None:
    most = base64.b64encode(bytes(MAX_PAYLOAD_BYTES)).decode()
    more = base64.b64encode(bytes(MAX_PAYLOAD_BYTES + 1)).decode()
    assert isinstance(read(stream, media(most)), Media)
    assert read(stream, media(more)) is None


def test_what_we_write_is_exactly_the_protocol(stream: MediaStream) -> None:
    assert json.loads(stream.media(PACKET)) == {
        "event": "media",
        "streamSid": SID,
        "media": {"payload": base64.b64encode(PACKET).decode()},
    }
    assert json.loads(stream.mark("g3-14")) == {"event": "mark", "streamSid": SID, "mark": {"name": "g3-14"}}
    assert json.loads(stream.clear()) == {"event": "clear", "streamSid": SID}

"""Whatever a peer sends, the codec gives an event, nothing, or ProtocolError; and it keeps nothing of it."""

import base64
import json
import tracemalloc
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.errors import ProtocolError
from telephony.media_stream import MAX_PAYLOAD_BYTES, MAX_TIMESTAMP_MS, Media, MediaStream

START = '{"event":"start","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":"CA1"}}'
EVENTS = ("connected", "start", "media", "mark", "dtmf", "stop", "clear", "")
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=12
)
sound = st.binary(max_size=400).map(lambda data: base64.b64encode(data).decode())
inner_media = st.fixed_dictionaries({"payload": sound | json_values, "timestamp": json_values, "track": st.just("inbound")})
inner_start = st.fixed_dictionaries(
    {"streamSid": json_values, "callSid": st.just("CA1") | json_values, "customParameters": json_values, "mediaFormat": json_values}
)
almost = st.fixed_dictionaries(
    {"event": st.sampled_from(EVENTS) | json_values},
    optional={
        "streamSid": st.sampled_from(["MZ1", "MZ2", ""]) | json_values,
        "media": json_values | inner_media,
        "mark": json_values | st.fixed_dictionaries({"name": json_values}),
        "dtmf": json_values | st.fixed_dictionaries({"digit": st.sampled_from("0123456789*#ABCDx") | json_values}),
        "start": json_values | inner_start,
        "sequenceNumber": json_values,
    },
)


def takes(stream: MediaStream, text: str | bytes) -> None:
    try:
        event = stream.receive(text)
    except ProtocolError:
        return
    if isinstance(event, Media):
        assert 0 < len(event.mulaw) <= MAX_PAYLOAD_BYTES
        assert 0 <= event.at_ms <= MAX_TIMESTAMP_MS + 60_000


@given(st.lists(st.binary(max_size=200) | st.text(max_size=200), max_size=20))
@settings(max_examples=150, deadline=None)
def test_any_bytes(messages: list[str | bytes]) -> None:
    stream = MediaStream()
    for message in messages:
        takes(stream, message)


@given(st.booleans(), st.lists(almost | json_values, max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_message(started: bool, messages: list[Any]) -> None:
    stream = MediaStream()
    if started:
        stream.receive(START)
    for message in messages:
        takes(stream, json.dumps(message))


@given(st.binary(min_size=1, max_size=MAX_PAYLOAD_BYTES), st.integers(0, MAX_TIMESTAMP_MS))
@settings(max_examples=60, deadline=None)
def test_sound_comes_through_unchanged(sound: bytes, at_ms: int) -> None:
    stream = MediaStream()
    stream.receive(START)
    said = json.loads(stream.media(sound))
    said["media"] |= {"track": "inbound", "timestamp": str(at_ms)}
    assert stream.receive(json.dumps(said)) == Media(sound, at_ms)


def test_an_hour_of_packets_and_oddities_leaves_nothing_behind() -> None:
    stream = MediaStream()
    stream.receive(START)
    packet = json.dumps({"event": "media", "streamSid": "MZ1", "media": {"timestamp": "0", "payload": base64.b64encode(bytes(160)).decode()}})
    odd = [json.dumps({"event": f"odd-{number}", "x": "y" * 1000}) for number in range(900)]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for text in odd:
            takes(stream, text)
        for _ in range(20_000):
            stream.receive(packet)
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert kept < 20_000

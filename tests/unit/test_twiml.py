"""The few answers, read as Twilio reads them."""

from xml.etree import ElementTree

from telephony import twiml


def test_a_stream_carries_its_token_beside_the_address_never_in_it() -> None:
    answer = ElementTree.fromstring(twiml.stream("wss://h/twilio/media", "https://h/ended", "https://h/status", "se<cret"))
    connect = answer.find("Connect")
    assert connect is not None
    assert connect.attrib == {"action": "https://h/ended", "method": "POST"}
    stream = connect.find("Stream")
    assert stream is not None
    assert stream.get("url") == "wss://h/twilio/media"
    assert stream.get("statusCallback") == "https://h/status"
    assert [each.attrib for each in stream] == [{"name": "token", "value": "se<cret"}]


def test_the_desk_rings_after_a_word() -> None:
    answer = ElementTree.fromstring(twiml.dial("+12025550101", "https://h/after", ring_s=20, say="One moment."))
    assert [each.tag for each in answer] == ["Say", "Dial"]
    dial = answer[1]
    assert (dial.get("timeout"), dial.get("action"), dial.get("answerOnBridge"), dial.get("callerId")) == ("20", "https://h/after", "true", None)
    assert [each.text for each in dial] == ["+12025550101"]


def test_the_desk_rings_without_a_word() -> None:
    assert [each.tag for each in ElementTree.fromstring(twiml.dial("+1", "https://h", ring_s=5))] == ["Dial"]


def test_ends() -> None:
    tags = {name: [each.tag for each in ElementTree.fromstring(text)] for name, text in {
        "sorry": twiml.say_and_hang_up("Sorry & goodbye."), "hang up": twiml.hang_up(), "busy": twiml.reject(), "nothing": twiml.nothing(),
    }.items()}  # fmt: skip
    assert tags == {"sorry": ["Say", "Hangup"], "hang up": ["Hangup"], "busy": ["Reject"], "nothing": []}

"""The few answers we ever give to Twilio, as TwiML."""

from twilio.twiml.voice_response import Connect, Dial, VoiceResponse

STREAM_NAME = "concierge"


def stream(websocket_url: str, ended_url: str, status_url: str, token: str) -> str:
    """Connect the call to our media stream; when we close it, `ended_url` is asked what comes next. Never a query string on the stream URL."""
    response = VoiceResponse()
    connect = Connect(action=ended_url, method="POST")
    media = connect.stream(url=websocket_url, name=STREAM_NAME, status_callback=status_url, status_callback_method="POST")
    media.parameter(name="token", value=token)
    response.append(connect)
    return str(response)


def dial(number: str, after_url: str, *, ring_s: int, say: str = "") -> str:
    """Ring the desk; `after_url` is asked with the outcome."""
    response = VoiceResponse()
    if say:
        response.say(say)
    desk = Dial(action=after_url, method="POST", timeout=ring_s, answer_on_bridge=True)
    desk.number(number)
    response.append(desk)
    return str(response)


def say_and_hang_up(text: str) -> str:
    response = VoiceResponse()
    response.say(text)
    response.hangup()
    return str(response)


def hang_up() -> str:
    response = VoiceResponse()
    response.hangup()
    return str(response)


def reject() -> str:
    """Busy signal; costs nothing."""
    response = VoiceResponse()
    response.reject(reason="busy")
    return str(response)


def nothing() -> str:
    return str(VoiceResponse())

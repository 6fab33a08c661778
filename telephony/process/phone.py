"""Phones a running line from the terminal: recorded turns in, what happens and when out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from websockets.exceptions import WebSocketException

from telephony.process.carrier import play_script
from telephony.process.settings import Settings

CALLED: Final = "+12075550100"
"""Of the demo hotel; TWILIO_PHONE_NUMBER wins."""
WAIT_FOR_GOODBYE_S: Final = 8.0
"""How long the line may take to end the call after the last turn; then we hang up."""

Echo = Callable[[str], None]


async def phone(settings: Settings, url: str, number: str, says: Sequence[Path], echo: Echo) -> int:
    """One call from `number` to the line at `url`. 0: it answered every turn."""
    answered: list[bool] = []

    def note(event: dict[str, Any]) -> None:
        match event["event"]:
            case "ringing":
                echo(f"Ringing {url} as {number} ({event['call_sid']})")
            case "greeted":
                echo(f"Greeted after {event['greeting_ms']} ms" if event["greeting_ms"] else "No greeting was heard")
            case "turn":
                answered.append(event["voice_to_voice_ms"] is not None)
                took = f"answered after {event['voice_to_voice_ms']} ms" if answered[-1] else "not answered"
                echo(f"Turn {event['number']} ({Path(event['wav']).name}): {took}")
            case "over":
                echo(f"Over; next: {', '.join(event['next']) or 'nothing'}")

    script = {
        "inner": url.rstrip("/"),
        "public_base_url": settings.line.base_url,
        "auth_token": settings.twilio.auth_token.get_secret_value(),
        "from": number,
        "to": settings.twilio.phone_number or CALLED,
        "turns": [{"wav": str(wav)} for wav in says],
        "goodbye_s": WAIT_FOR_GOODBYE_S,
    }
    try:
        await play_script(script, note)
    except (OSError, LookupError, ValueError, WebSocketException) as error:
        echo(f"No call: {error}")
        return 1
    return 0 if len(answered) == len(says) and all(answered) else 1

"""What is set, what is missing and what is embedded instead, for the person who sets the line up. Secrets are never shown."""

from collections.abc import Callable

from pydantic import SecretStr

from telephony.process.settings import GROUPS, Settings, half_set, not_for_production, variables

NEEDED_FOR = {
    "TWILIO_AUTH_TOKEN": "webhooks are not checked",
    "PUBLIC_BASE_URL": "Twilio cannot find the line",
    "FRONT_DESK_NUMBER": "callers whom no hotel claims hear an apology",
    "DATABASE_URL": "embedded PostgreSQL",
    "DEEPGRAM_API_KEY": "embedded Whisper",
    "OPENAI_API_KEY": "embedded model",
    "ELEVENLABS_API_KEY": "embedded voice",
}
"""What happens where a setting is missing."""
EMBEDDED = "embedded"

Echo = Callable[[str], None]


def report(settings: Settings, echo: Echo) -> list[str]:
    """Every setting by name; returns what is wrong: half-set providers, and, with ENV=production, what it would refuse."""
    for kind in GROUPS:
        group = getattr(settings, kind.__name__.lower())
        for name, field in variables(kind).items():
            echo(f"  {name:20} {_state(name, getattr(group, field), given=field in group.model_fields_set)}")
    wrong, refused = half_set(settings), not_for_production(settings)
    if settings.line.env == "production":
        wrong = refused
    echo("")
    for each in wrong:
        echo(f"WRONG: {each}")
    for each in refused:
        if each not in wrong:
            echo(f"ENV=production would refuse: {each}")
    if not refused:
        echo("Fit for ENV=production.")
    return wrong


def _state(name: str, value: object, *, given: bool) -> str:
    if given:
        return "set" if isinstance(value, SecretStr) else f"set      {value}"
    because = NEEDED_FOR.get(name, "")
    if because.startswith(EMBEDDED):
        return f"{EMBEDDED} ({because.removeprefix(EMBEDDED).strip()})"
    if isinstance(value, SecretStr) or value in (None, ""):
        return f"missing  ({because})" if because else "missing"
    return f"default  {value}"

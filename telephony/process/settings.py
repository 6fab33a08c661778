"""Everything that is set from outside, read once at start into small frozen groups. A secret may also come from a file: NAME_FILE."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError

REPOSITORY: Final = Path(__file__).resolve().parents[2]
DEFAULT_PORT: Final = 8080
DEMO_HOTEL: Final = "harborview"
"""Answers unknown numbers outside production, unless DEFAULT_HOTEL names another."""
_E164: Final = re.compile(r"\+[1-9]\d{6,14}")
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class SettingsError(Exception):
    """The line must not start like this; the message says what to set."""


def _address(text: str, path: str = "") -> str:
    """http(s)://host[:port] and nothing else but `path`; without a slash at the end."""
    parts = urlsplit(text)
    try:
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        port_fits = False
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_fits:
        raise ValueError("must be http(s)://host[:port]")
    if parts.username is not None or parts.query or parts.fragment or parts.path.rstrip("/") != path:
        raise ValueError(f"must be http(s)://host[:port]{path} without anything behind it")
    return text.rstrip("/")


def _number(text: str) -> str:
    if not _E164.fullmatch(text):
        raise ValueError("must be a number as +12025550100")
    return text


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise ValueError("must be a hotel's short name: small letters, digits, hyphens")
    return text


Address = Annotated[str, AfterValidator(_address)]
VersionedAddress = Annotated[str, AfterValidator(lambda text: _address(text, "/v1"))]
Number = Annotated[str, AfterValidator(_number)]
Slug = Annotated[str, AfterValidator(_slug)]
NONE: Final = SecretStr("")


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


def _env(name: str, default: Any = None) -> Any:
    return Field(default=default, validation_alias=AliasChoices(name))


class Twilio(_Group):
    account_sid: str = _env("TWILIO_ACCOUNT_SID", "")
    auth_token: SecretStr = _env("TWILIO_AUTH_TOKEN", NONE)
    phone_number: Number | None = _env("TWILIO_PHONE_NUMBER")

    @property
    def checks_signatures(self) -> bool:
        return bool(self.auth_token.get_secret_value())


class Deepgram(_Group):
    api_key: SecretStr = _env("DEEPGRAM_API_KEY", NONE)
    base_url: Address | None = _env("DEEPGRAM_BASE_URL")


class OpenAI(_Group):
    api_key: SecretStr = _env("OPENAI_API_KEY", NONE)
    base_url: VersionedAddress | None = _env("OPENAI_BASE_URL")
    model: str = _env("OPENAI_MODEL", "gpt-6-luna")


class ElevenLabs(_Group):
    api_key: SecretStr = _env("ELEVENLABS_API_KEY", NONE)
    base_url: Address | None = _env("ELEVENLABS_BASE_URL")
    voice_id: str = _env("ELEVENLABS_VOICE_ID", "EXAVITQu4vr4xnSDxMaL")


class Line(_Group):
    """The process and the house."""

    env: Literal["development", "test", "production"] = _env("ENV", "development")
    host: str = _env("HOST", "127.0.0.1")
    port: Annotated[int, Field(ge=0, le=65535)] = _env("PORT", DEFAULT_PORT)
    public_base_url: Address | None = _env("PUBLIC_BASE_URL")
    state_dir: Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())] = _env("STATE_DIR", REPOSITORY / ".state")
    database_url: SecretStr | None = _env("DATABASE_URL")
    log_level: Literal["debug", "info", "warning", "error"] = _env("LOG_LEVEL", "info")
    front_desk_number: Number | None = _env("FRONT_DESK_NUMBER")
    default_hotel: Slug | None = _env("DEFAULT_HOTEL")
    max_live_calls: Annotated[int, Field(ge=1)] = _env("MAX_LIVE_CALLS", 40)

    @property
    def base_url(self) -> str:
        """What Twilio was told, without a slash at the end."""
        return self.public_base_url or f"http://{self.host}:{self.port}"

    @property
    def stream_url(self) -> str:
        return f"wss://{self.base_url.split('://', 1)[1]}/twilio/media"

    @property
    def answering_hotel(self) -> str | None:
        """Slug of the hotel that answers a number which no hotel claims."""
        return self.default_hotel or (None if self.env == "production" else DEMO_HOTEL)


class Settings(_Group):
    line: Line = Line()
    twilio: Twilio = Twilio()
    deepgram: Deepgram = Deepgram()
    openai: OpenAI = OpenAI()
    elevenlabs: ElevenLabs = ElevenLabs()


GROUPS: Final[tuple[type[_Group], ...]] = (Line, Twilio, Deepgram, OpenAI, ElevenLabs)
Group = TypeVar("Group", bound=_Group)


def variables(group: type[_Group]) -> dict[str, str]:
    """Environment name → field."""
    found = {}
    for field, info in group.model_fields.items():
        if isinstance(info.validation_alias, AliasChoices):
            found[str(info.validation_alias.choices[0])] = field
    return found


def names() -> list[str]:
    """Every setting there is."""
    return [name for group in GROUPS for name in variables(group)]


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """From the environment and NAME_FILE files. Raises SettingsError: what is wrong, by name, never a value."""
    settings = parse(os.environ if environment is None else environment)
    if settings.line.env == "production" and (wrong := not_for_production(settings)):
        raise SettingsError("not fit for ENV=production: " + "; ".join(wrong))
    return settings


def parse(environment: Mapping[str, str]) -> Settings:
    """As `read`, without asking whether it is fit for production. Raises SettingsError."""
    given = {name: environment[name] for name in names() if environment.get(name)}
    for name in names():
        if name not in given and (path := environment.get(f"{name}_FILE")):
            given[name] = _secret_file(f"{name}_FILE", path)
    return Settings(
        line=_group(Line, given),
        twilio=_group(Twilio, given),
        deepgram=_group(Deepgram, given),
        openai=_group(OpenAI, given),
        elevenlabs=_group(ElevenLabs, given),
    )


def _group(kind: type[Group], given: Mapping[str, str]) -> Group:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        wrong = [f"{each['loc'][0]}: {each['msg'].removeprefix('Value error, ')}" for each in error.errors(include_input=False)]
        raise SettingsError("; ".join(wrong)) from None


def not_for_production(settings: Settings) -> list[str]:
    """What a production line must have and this one has not."""
    line = settings.line
    wrong = []
    if not settings.twilio.checks_signatures:
        wrong.append("TWILIO_AUTH_TOKEN is missing: webhooks would be unsigned")
    if line.database_url is None:
        wrong.append("DATABASE_URL is missing: the embedded PostgreSQL is not for production")
    if not (line.public_base_url or "").startswith("https://"):
        wrong.append("PUBLIC_BASE_URL must be the https address that Twilio calls")
    return wrong + half_set(settings)


def half_set(settings: Settings) -> list[str]:
    """Providers of which a part is missing."""
    twilio = settings.twilio
    found = []
    if bool(twilio.account_sid) != twilio.checks_signatures:
        found.append("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN belong together")
    for name, group in (("DEEPGRAM", settings.deepgram), ("OPENAI", settings.openai), ("ELEVENLABS", settings.elevenlabs)):
        if group.base_url and not group.api_key.get_secret_value():
            found.append(f"{name}_BASE_URL is set without {name}_API_KEY")
    return found


def _secret_file(name: str, path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}: {path} cannot be read") from error
    if not text:
        raise SettingsError(f"{name}: {path} is empty")
    return text

"""What is set from outside: read, refused, warned of."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from telephony.process.settings import DEMO_HOTEL, GROUPS, SettingsError, half_set, names, not_for_production, parse, read, variables

FIT = {
    "ENV": "production",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token",
    "DATABASE_URL": "postgresql://a:b@c/d",
    "PUBLIC_BASE_URL": "https://line.example",
}


def test_nothing_need_be_set() -> None:
    settings = read({})
    assert (settings.line.env, settings.line.port, settings.line.max_live_calls) == ("development", 8080, 40)
    assert settings.line.base_url == "http://127.0.0.1:8080"
    assert settings.line.state_dir.is_absolute()
    assert not settings.twilio.checks_signatures


def test_an_empty_variable_is_none() -> None:
    assert read(dict.fromkeys(names(), "")) == read({})


@pytest.mark.parametrize(
    ("public", "stream"),
    [
        ("https://line.example", "wss://line.example/twilio/media"),
        ("https://line.example/", "wss://line.example/twilio/media"),
        ("http://127.0.0.1:8080", "wss://127.0.0.1:8080/twilio/media"),
    ],
)
def test_stream_address(public: str, stream: str) -> None:
    line = read({"PUBLIC_BASE_URL": public}).line
    assert line.stream_url == stream
    assert line.base_url == public.rstrip("/")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_BASE_URL", "line.example"),
        ("PUBLIC_BASE_URL", "wss://line.example"),
        ("PUBLIC_BASE_URL", "https://line.example/hotel"),
        ("PUBLIC_BASE_URL", "https://line.example?x=1"),
        ("PUBLIC_BASE_URL", "https://me:secret@line.example"),
        ("PUBLIC_BASE_URL", "https://"),
        ("PUBLIC_BASE_URL", "https://line.example:port"),
        ("DEEPGRAM_BASE_URL", "ws://127.0.0.1:1"),
        ("DEEPGRAM_BASE_URL", "http://127.0.0.1:1/v1"),
        ("ELEVENLABS_BASE_URL", "127.0.0.1:1"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:1"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:1/v2"),
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("MAX_LIVE_CALLS", "0"),
        ("ENV", "staging"),
        ("LOG_LEVEL", "chatty"),
        ("FRONT_DESK_NUMBER", "555-0100"),
        ("TWILIO_PHONE_NUMBER", "2025550100"),
        ("DEFAULT_HOTEL", "The Inn"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_not_shown(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        read({name: value})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPENAI_BASE_URL", "http://127.0.0.1:1/v1"), ("DEEPGRAM_BASE_URL", "https://host"), ("ELEVENLABS_BASE_URL", "http://host:9/")],
)
def test_a_providers_address(name: str, value: str) -> None:
    group = getattr(read({name: value}), name.split("_", maxsplit=1)[0].lower())
    assert group.base_url == value.rstrip("/")


def test_a_secret_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from the file\n")
    assert read({"TWILIO_AUTH_TOKEN_FILE": str(file)}).twilio.auth_token == SecretStr("from the file")
    assert read({"TWILIO_AUTH_TOKEN_FILE": str(file), "TWILIO_AUTH_TOKEN": "direct"}).twilio.auth_token == SecretStr("direct")


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_a_secrets_file_that_gives_nothing(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "token"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SettingsError, match="TWILIO_AUTH_TOKEN_FILE"):
        read({"TWILIO_AUTH_TOKEN_FILE": str(file)})


def test_only_known_names_are_read_from_files() -> None:
    assert read({"SOMETHING_ELSE_FILE": "/does/not/exist"}) == read({})


def test_a_relative_state_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read({"STATE_DIR": "state"}).line.state_dir == tmp_path / "state"


def test_the_environment_is_not_read_beside_what_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9999")
    assert read({}).line.port == 8080
    assert read().line.port == 9999


def test_fit_for_production() -> None:
    assert read(FIT).line.env == "production"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN"),
        ({"TWILIO_ACCOUNT_SID": ""}, "TWILIO_ACCOUNT_SID"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"PUBLIC_BASE_URL": ""}, "PUBLIC_BASE_URL"),
        ({"PUBLIC_BASE_URL": "http://line.example"}, "PUBLIC_BASE_URL"),
        ({"OPENAI_BASE_URL": "http://host/v1"}, "OPENAI_API_KEY"),
    ],
)
def test_production_refuses(change: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        read(FIT | change)
    assert any(named in each for each in not_for_production(parse(FIT | change)))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"TWILIO_AUTH_TOKEN": "t"}, "TWILIO_ACCOUNT_SID"),
        ({"TWILIO_ACCOUNT_SID": "AC1"}, "TWILIO_AUTH_TOKEN"),
        ({"DEEPGRAM_BASE_URL": "http://host"}, "DEEPGRAM_API_KEY"),
        ({"OPENAI_BASE_URL": "http://host/v1"}, "OPENAI_API_KEY"),
        ({"ELEVENLABS_BASE_URL": "http://host"}, "ELEVENLABS_API_KEY"),
    ],
)
def test_a_half_set_provider_is_told_and_starts(given: dict[str, str], named: str) -> None:
    (warning,) = half_set(read(given))
    assert named in warning


@pytest.mark.parametrize(
    ("given", "slug"), [({}, DEMO_HOTEL), ({"DEFAULT_HOTEL": "inn"}, "inn"), (FIT, None), (FIT | {"DEFAULT_HOTEL": "inn"}, "inn")]
)
def test_who_answers_a_number_of_nobodys(given: dict[str, str], slug: str | None) -> None:
    assert read(given).line.answering_hotel == slug


def test_secrets_do_not_show() -> None:
    settings = read({"TWILIO_AUTH_TOKEN": "hush", "OPENAI_API_KEY": "hush", "DATABASE_URL": "postgresql://a:hush@b/c"})
    assert "hush" not in repr(settings)
    assert "hush" not in str(settings)


def test_every_setting_is_read_by_the_product() -> None:
    """A setting that nobody reads is a promise that is not kept."""
    root = Path(__file__).resolve().parents[2]
    code = "".join(path.read_text(encoding="utf-8") for path in (root / "telephony").rglob("*.py"))
    for kind in GROUPS:
        for name, field in variables(kind).items():
            assert re.search(rf"(?:settings|line|twilio|deepgram|openai|elevenlabs|self)\.{field}\b", code), name

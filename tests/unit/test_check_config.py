"""The report on the settings."""

import pytest

from telephony.process.check_config import report
from telephony.process.settings import names, parse


def told(environment: dict[str, str]) -> tuple[list[str], str]:
    lines: list[str] = []
    wrong = report(parse(environment), lines.append)
    return wrong, "\n".join(lines)


def test_every_setting_is_named_and_nothing_is_wrong_with_none_set() -> None:
    wrong, text = told({})
    assert wrong == []
    for name in names():
        assert name in text
    assert "embedded (Whisper)" in text
    assert "ENV=production would refuse: DATABASE_URL" in text


def test_secrets_are_never_shown() -> None:
    secrets = {name: f"hush-{name}" for name in names() if name.endswith(("KEY", "TOKEN"))} | {"DATABASE_URL": "postgresql://a:hush@b/c"}
    _, text = told(secrets)
    assert "hush" not in text
    assert all(f"{name:20} set" in text for name in secrets)


@pytest.mark.parametrize(
    ("environment", "named"),
    [({"OPENAI_BASE_URL": "http://h/v1"}, "OPENAI_API_KEY"), ({"ENV": "production", "TWILIO_AUTH_TOKEN": "t"}, "DATABASE_URL")],
)
def test_what_is_wrong_is_named(environment: dict[str, str], named: str) -> None:
    wrong, text = told(environment)
    assert any(named in each for each in wrong)
    assert "WRONG: " in text


def test_fit_for_production() -> None:
    _, text = told(
        {
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIO_AUTH_TOKEN": "t",
            "DATABASE_URL": "postgresql://a:b@c/d",
            "PUBLIC_BASE_URL": "https://line.example",
        }
    )
    assert text.endswith("Fit for ENV=production.")

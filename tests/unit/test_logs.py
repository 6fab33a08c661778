"""Log lines: JSON, constant messages, no personal data."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from telephony.process.logs import mask_personal, set_up


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize(
    ("value", "kept"), [("+12025550142", "…42"), ("Whitfield", "…ld"), ("Ann", "…"), ("", "…"), (None, "…"), (12025550142, "…42")]
)
def test_personal_values_keep_their_end_only(value: object, kept: str) -> None:
    assert mask_personal(None, "", {"pii_x": value, "other": value}) == {"pii_x": kept, "other": value}


def test_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("info")
    log = structlog.get_logger()
    with structlog.contextvars.bound_contextvars(call_id="c1"):
        log.info("call rings", pii_number="+12025550142")
        log.debug("not at this level")
    (line,) = lines(capsys)
    assert (line["event"], line["call_id"], line["pii_number"], line["level"]) == ("call rings", "c1", "…42", "info")


def test_a_traceback_holds_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("info")
    what_a_guest_said = "my name is Ann Whitfield"
    try:
        int(what_a_guest_said[:0])
    except ValueError:
        structlog.get_logger().exception("failed")
    (line,) = lines(capsys)
    assert "Whitfield" not in json.dumps(line)
    assert "ValueError" in json.dumps(line)


def test_other_libraries_warn_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("info")
    logging.getLogger("somewhere").warning("pool %s", "full")
    logging.getLogger("httpx").info("not this")
    (line,) = lines(capsys)
    assert (line["event"], line["level"]) == ("pool full", "warning")

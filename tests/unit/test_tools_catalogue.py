"""The duties as models see them."""

import json
import re
from typing import Any

import pytest
from pydantic import BaseModel

from tools.catalogue import Arguments, Duty, Outcome, Slot, slots, strict_schema
from tools.context import Context
from tools.duties import DUTIES

INTENTS = {
    *("policy_or_amenity_question", "local_info", "availability", "price_question", "book", "give_contact_details", "transfer_human"),
    *("goodbye", "complaint_or_request", "cancel_or_modify", "lookup_reservation", "pay"),
}
NAMES = [duty.name for duty in DUTIES]


@pytest.mark.parametrize("duty", DUTIES, ids=NAMES)
def test_a_strict_schema_leaves_nothing_open(duty: Duty) -> None:
    schema = strict_schema(duty)
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert schema["required"] == list(schema["properties"]) == list(duty.arguments.model_fields)
    text = json.dumps(schema)
    assert not re.search(r'"(\$ref|default|title|minimum|maximum|maxLength|minLength)"', text)


@pytest.mark.parametrize("duty", DUTIES, ids=NAMES)
def test_what_is_optional_may_be_null(duty: Duty) -> None:
    properties = strict_schema(duty)["properties"]
    for name, field in duty.arguments.model_fields.items():
        if not field.is_required():
            assert {"type": "null"} in properties[name]["anyOf"], name


def test_names_are_unique_and_every_intent_has_one_duty() -> None:
    assert len(set(NAMES)) == len(NAMES)
    served = [intent for duty in DUTIES for intent in duty.intents]
    assert sorted(served) == sorted(INTENTS)


@pytest.mark.parametrize("duty", DUTIES, ids=NAMES)
def test_a_question_is_never_asked_twice_in_the_same_words(duty: Duty) -> None:
    for name, (slot, _, _) in slots(duty).items():
        assert len(set(slot.questions)) == len(slot.questions) != 1, name
        assert all(question.endswith("?") for question in slot.questions)


@pytest.mark.parametrize("duty", DUTIES, ids=NAMES)
def test_what_runs_ahead_of_the_caller_does_not_write(duty: Duty) -> None:
    assert duty.writes or duty.receipt is None
    assert duty.description


def test_nights_stand_for_a_departure_day() -> None:
    duty = next(duty for duty in DUTIES if "availability" in duty.intents)
    assert [name for name, part in slots(duty).items() if part.required] == ["check_in", "check_out", "adults"]
    assert [name for name, part in slots(duty, {"check_in", "nights"}).items() if part.required] == ["adults"]


class Point(BaseModel):
    x: int


class OddArguments(Arguments):
    point: Point | None = None
    count: int = 3
    where: str


async def nothing(_: Context, __: Any) -> Outcome:
    return Outcome({}, ())


def test_references_are_written_out_and_plain_fields_have_an_empty_slot() -> None:
    duty = Duty("odd", "", OddArguments, nothing)
    schema = strict_schema(duty)
    assert schema["properties"]["count"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert schema["properties"]["point"]["anyOf"][0]["type"] == "object"
    assert slots(duty)["where"] == (Slot(), True, str)
    assert slots(duty)["count"].required is False

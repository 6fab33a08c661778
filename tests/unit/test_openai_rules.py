"""The emulated brain's rules: enough of a desk for a whole demonstration call."""

import json
from datetime import date
from typing import Any

import pytest

from tests.emulators.openai_rules import Desk, dates_in, facts_in
from tools.catalogue import strict_schema
from tools.duties import DUTIES

TODAY = date(2026, 11, 25)
TOOLS = [{"type": "function", "name": duty.name, "description": duty.description, "parameters": strict_schema(duty)} for duty in DUTIES]


def request(*said: str, more: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {
        "instructions": "Today is Wednesday, 25 November 2026.",
        "input": [*({"role": "user", "content": text} for text in said), *more],
        "tools": TOOLS,
    }


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("from the fifth of December to December 7th", [date(2026, 12, 5), date(2026, 12, 7)]),
        ("tomorrow", [date(2026, 11, 26)]),
        ("next Friday please", [date(2026, 11, 27)]),
        ("Friday, the twenty-first of May", [date(2027, 5, 21)]),
        ("on 2026-12-24", [date(2026, 12, 24)]),
        ("two nights for the thirty first of February", []),
    ],
)
def test_spoken_dates(text: str, days: list[date]) -> None:
    assert dates_in(text, TODAY) == days


def test_later_words_win() -> None:
    facts = facts_in(["The fifth of December for two nights, two adults", "Actually make it three nights"], TODAY)
    assert (facts["check_out"], facts["nights"], facts["adults"]) == (date(2026, 12, 8), 3, 2)


@pytest.mark.parametrize(
    ("said", "tool", "told"),
    [
        (["Can I bring my dog?"], "search_knowledge_base", {"question": "Can I bring my dog?"}),
        (
            ["Do you have a room from December 5th for two nights for two people?"],
            "check_room_availability",
            {"check_in": "2026-12-05", "check_out": "2026-12-07", "adults": 2},
        ),
        (["A room on December 5th", "Actually make it three nights."], "check_room_availability", {"check_out": "2026-12-08", "nights": 3}),
        (
            ["My name is Anna Weber", "and my number is two oh two five five five oh one four two"],
            "create_lead",
            {"name": "Anna Weber", "phone": "2025550142", "email": None},
        ),
        (["I want to talk to a person."], "transfer_to_staff", {}),
        (["No, that's all. Goodbye."], "end_call", {}),
    ],
)
def test_what_the_caller_says_calls_a_tool(said: list[str], tool: str, told: dict[str, Any]) -> None:
    calls = Desk(request(*said)).reply().calls
    assert [name for name, _ in calls] == [tool]
    arguments = json.loads(calls[0][1])
    assert {name: arguments[name] for name in told} == told
    duty = next(duty for duty in DUTIES if duty.name == tool)
    duty.arguments.model_validate({name: value for name, value in arguments.items() if value is not None or name in told})


def test_the_number_they_call_from() -> None:
    hint = {"role": "developer", "content": "The caller's number is +12025550142."}
    body = request("My name is Anna Weber, use the number I'm calling from.")
    body["input"].insert(0, hint)
    (name, arguments), *_ = Desk(body).reply().calls
    assert name == "create_lead"
    assert json.loads(arguments)["phone"] == "+12025550142"


def test_results_are_spoken_with_the_next_question_and_goodbye_only_once() -> None:
    output = json.dumps({"rooms": 2, "spoken": ["Two rooms are free."], "ask_next": "Shall I note it?"})
    asked = {"type": "function_call", "call_id": "c", "name": "check_room_availability", "arguments": "{}"}
    answered = {"type": "function_call_output", "call_id": "c", "output": output}
    reply = Desk(request("A room tomorrow?", more=(asked, answered))).reply()
    assert (reply.text, reply.calls) == ("Two rooms are free. Shall I note it?", [])
    goodbye = {"role": "assistant", "content": "Thank you for calling. Goodbye!"}
    ended = {"type": "function_call", "call_id": "c", "name": "end_call", "arguments": "{}"}
    assert Desk(request("Bye", more=(goodbye, ended, answered))).reply().text == ""


def test_what_is_missing_is_asked_for() -> None:
    assert "dates" in Desk(request("I would like to book a room.")).reply().text
    assert "name" in Desk(request("Yes, please.")).reply().text
    assert [name for name, _ in Desk(request("My name is Anna Weber.")).reply().calls] == ["create_lead"]

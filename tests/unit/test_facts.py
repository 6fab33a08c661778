import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.facts import Fact, facts, unbacked

FACTS = [
    ("That comes to $412.50.", {("money", "41250")}),
    ("four hundred twelve dollars and fifty cents", {("money", "41250")}),
    ("1,284 dollars", {("money", "128400")}),
    ("€89 a night", {("money", "8900")}),
    ("fifty cents", {("money", "50")}),
    ("We open at 7:30 a.m.", {("time", "07:30")}),
    ("seven thirty p.m.", {("time", "19:30")}),
    ("ten oh five a.m.", {("time", "10:05")}),
    ("at 15:00", {("time", "15:00")}),
    ("at 9 o'clock", {("time", "09:00?")}),
    ("noon or midnight", {("time", "12:00"), ("time", "00:00")}),
    ("from 7 to 10:30 a.m.", {("time", "07:00?"), ("time", "10:30")}),
    ("March 5", {("date", "03-05")}),
    ("Friday, March 5th, 2027", {("date", "2027-03-05")}),
    ("the fifth of March", {("date", "03-05")}),
    ("the twenty-first of June, twenty twenty-seven", {("date", "2027-06-21")}),
    ("March 5 to 8", {("date", "03-05"), ("date", "03-08")}),
    ("2027-03-05T15:00", {("date", "2027-03-05"), ("time", "15:00")}),
    ("on the eighth", {("date", "08")}),
    ("room 412", {("number", "412")}),
    ("ten percent", {("number", "10%")}),
    ("1.5 miles", {("number", "1.5")}),
    ("three nights", {("number", "3")}),
    ("Call (617) 555-0142.", {("phone", "6175550142")}),
    ("six one seven, five five five, zero one four two", {("phone", "6175550142")}),
    ("Write to Desk@Bay.example.", {("email", "desk@bay.example")}),
]
NO_FACTS = [
    "", "One moment, please.", "Just a second.", "Which one would you like?", "I have two options for you.", "No one else.", "Anything else?",
    "That one is lovely.", "We are open 24/7.", "Press zero for the desk.", "First of all, welcome.", "May I have your first name?",
]  # fmt: skip

RESULT = json.dumps(
    {"total_cents": 41250, "nightly_cents": 13750, "nights": 3, "check_in": "2027-03-05", "check_out": "2027-03-08", "opens": "15:00",
     "phone": "+16175550142", "free": True}
)  # fmt: skip
KNOWN = (RESULT, "for two adults please, we come around seven", "Breakfast is served from 6:30 to 10:30 a.m. in the Garden Room.")


@pytest.mark.parametrize(("text", "found"), FACTS)
def test_figures_in_one_form(text: str, found: set[tuple[str, str]]) -> None:
    assert {(fact.kind, fact.value) for fact in facts(text)} == found


@pytest.mark.parametrize("text", NO_FACTS)
def test_words_that_are_no_figures(text: str) -> None:
    assert facts(text) == frozenset()


@pytest.mark.parametrize(
    "sentence",
    [
        "That is $412.50 for three nights, two adults.",
        "Four hundred twelve dollars and fifty cents in total.",
        "It is $137.50 a night.",
        "From Friday, March 5th to Monday, March 8th.",
        "You arrive on the fifth of March 2027.",
        "Arriving on the fifth, leaving on the eighth.",
        "Check-in opens at 3 p.m.",
        "Check-in opens at 15:00.",
        "Breakfast starts at half past, sorry, at 6:30 in the morning.",
        "So you come at 7 p.m.",
        "Your number ends in 0142.",
        "I have your number as (617) 555-0142.",
        "One moment, please.",
    ],
)
def test_what_the_call_knows_may_be_said(sentence: str) -> None:
    assert unbacked(sentence, KNOWN) == frozenset()


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("That is $415 in all.", "money"),
        ("Four hundred and fifty dollars.", "money"),
        ("You arrive on March 6th.", "date"),
        ("You arrive on March 5th, 2028.", "date"),
        ("Check-in is at 4 p.m.", "time"),
        ("Check-in is at 3 a.m.", "time"),
        ("The room has 4 windows.", "number"),
        ("Call 617-555-0143.", "phone"),
        ("Write to info@bay.example.", "email"),
        ("Parking is twenty-five dollars a day.", "money"),
        ("There is a fifteen percent fee.", "number"),
    ],
)
def test_what_nobody_said_is_unbacked(sentence: str, kind: str) -> None:
    assert {fact.kind for fact in unbacked(sentence, KNOWN)} == {kind}


def test_broken_json_is_read_as_text() -> None:
    assert facts("{ $5") == {Fact("money", "500")}
    assert facts('[1, {"rate": 2.5, "ok": true, "none": null}]') == {
        Fact("number", "1"), Fact("number", "2"), Fact("number", "2.5"), Fact("money", "2.5"),
    }  # fmt: skip


@given(st.integers(100, 5_000_00))
@settings(max_examples=100, deadline=None)
def test_a_total_from_a_result_may_be_said(cents: int) -> None:
    sentence = f"Your total is ${cents // 100:,}.{cents % 100:02d}."
    assert unbacked(sentence, [json.dumps({"total_cents": cents})]) == frozenset()
    assert unbacked(sentence, [json.dumps({"total_cents": cents + 1})])


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_has_its_own_facts(text: str) -> None:
    assert unbacked(text, [text]) == frozenset()

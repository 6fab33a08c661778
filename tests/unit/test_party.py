"""The travelling party: adults, children, ages, rooms and pets as said."""

import pytest

from agent.local_model.party import PartyRead, read_party

CASES = [
    ("the two of us and the kids, they're four and eleven", PartyRead(adults=2, children=2, child_ages=(4, 11))),
    ("two of us and the children, two nights please", PartyRead(adults=2, children_unstated=True)),
    ("me and a baby", PartyRead(adults=1, children=1)),
    ("me, my husband and our little one", PartyRead(adults=2, children=1)),
    ("me plus my son and daughter", PartyRead(adults=1, children=2)),
    ("just me", PartyRead(adults=1, alone=True)),
    ("it'll only be me", PartyRead(adults=1, alone=True)),
    ("I'm travelling on my own", PartyRead(adults=1, alone=True)),
    ("just me and my wife", PartyRead(adults=2)),
    ("it's just me, my wife isn't coming", PartyRead(adults=1, alone=True, dropped_people=1)),
    ("my wife and I", PartyRead(adults=2)),
    ("myself and my colleague", PartyRead(adults=2)),
    ("me, my husband and our three kids", PartyRead(adults=2, children=3)),
    ("I'm travelling with my wife and our baby", PartyRead(adults=2, children=1)),
    ("my parents and I", PartyRead(adults=3)),
    ("two little humans", PartyRead(children=2)),
    ("two grown-ups and three small kids", PartyRead(adults=2, children=3)),
    ("a family of five", PartyRead(people=5, children_unstated=True)),
    ("a party of eight", PartyRead(people=8)),
    ("there'll be six of us", PartyRead(people=6)),
    ("we're four", PartyRead(people=4)),
    ("both of us", PartyRead(people=2)),
    ("we are a couple", PartyRead(people=2)),
    ("two couples", PartyRead(people=4)),
    ("for a couple of nights", PartyRead()),
    ("a double for three", PartyRead(people=3, rooms=1, rooms_implied=True)),
    ("do you have a room for four", PartyRead(people=4, rooms=1, rooms_implied=True)),
    ("a room for my parents", PartyRead(adults=2, rooms=1, rooms_implied=True)),
    ("a single room", PartyRead(rooms=1, rooms_implied=True)),
    ("2 rooms", PartyRead(rooms=2)),
    ("two doubles and a single", PartyRead(rooms=3)),
    ("four of us, two rooms", PartyRead(people=4, rooms=2)),
    ("two people in separate rooms", PartyRead(people=2, rooms=2)),
    ("five adults in three rooms", PartyRead(adults=5, rooms=3)),
    ("a two bedroom suite", PartyRead(rooms=1, rooms_implied=True)),
    ("2 adults and two kids aged 4 and 7", PartyRead(adults=2, children=2, child_ages=(4, 7))),
    ("2 adults, one child, 6 years old", PartyRead(adults=2, children=1, child_ages=(6,))),
    ("two adults and a six year old", PartyRead(adults=2, children=1, child_ages=(6,))),
    ("my son is 5", PartyRead(children=1, child_ages=(5,))),
    ("our eight month old baby", PartyRead(children=1, child_ages=(0,))),
    ("no kids, two adults", PartyRead(adults=2, children=0)),
    ("four of us including two kids", PartyRead(people=4, children=2)),
    ("the four of us, two adults and two teenagers", PartyRead(adults=2, children=2)),
    ("three adults, sorry, two adults", PartyRead(adults=2)),
    ("me and two friends", PartyRead(people=3)),
    ("two moms and a toddler", PartyRead(adults=2, children=1)),
    ("and a child too", PartyRead(added_children=1)),
    ("one more person", PartyRead(added_people=1)),
    ("me and my dog", PartyRead(pets=1)),
    ("two small dogs", PartyRead(pets=2)),
    ("one room for one on friday", PartyRead(people=1, rooms=1)),
    ("do you have a children's menu", PartyRead()),
    ("how many children can stay free", PartyRead()),
    ("is breakfast for two included", PartyRead()),
    ("room 12 is noisy", PartyRead()),
    ("two nights from the fourth of June", PartyRead()),
    ("I need two keys", PartyRead()),
    ("one moment", PartyRead()),
    ("I can see me and I", PartyRead()),
    ("my number is two oh two five five five oh one four two", PartyRead()),
    ("", PartyRead()),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[row[0] for row in CASES])
def test_party(text: str, expected: PartyRead) -> None:
    assert read_party(text) == expected


@pytest.mark.parametrize(
    ("text", "asked", "context", "expected"),
    [
        ("three", "people", None, PartyRead(people=3)),
        ("just the two please", "adults", None, PartyRead(adults=2)),
        ("none", "children", None, PartyRead(children=0)),
        ("two", "rooms", None, PartyRead(rooms=2)),
        ("one", "pets", None, PartyRead(pets=1)),
        ("six and nine", "child_ages", None, PartyRead(child_ages=(6, 9))),
        ("three", "name", None, PartyRead()),
        ("three", None, None, PartyRead()),
        ("three", None, "How many people will be staying?", PartyRead(people=3)),
        ("three", None, "How many rooms do you need?", PartyRead(rooms=3)),
        ("two nights", "people", None, PartyRead()),
    ],
)
def test_a_bare_number_answers_the_question(text: str, asked: str | None, context: str | None, expected: PartyRead) -> None:
    assert read_party(text, asked, context) == expected


@pytest.mark.parametrize(
    ("text", "adults"),
    [("four people", 4), ("a family of five", None), ("four of us including two kids", 2), ("two adults and a kid", 2), ("a pool", None)],
)
def test_adults_are_the_heads_unless_children_were_spoken_of(text: str, adults: int | None) -> None:
    assert read_party(text).all_adults == adults

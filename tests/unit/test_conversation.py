"""The call's memory: what was heard, one answer for each tool ask, bounded."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.conversation import MOST_ENTRIES, Conversation, is_object
from agent.ports import AgentSaid, CallerSaid, StaffHint, ToolAnswered, ToolAsked
from tools.catalogue import Receipt


def test_what_is_said_counts_until_the_caller_speaks_then_only_what_was_heard() -> None:
    memory = Conversation()
    memory.caller("hello")
    first, second = memory.said("Good morning."), memory.said("We have two rooms.")
    assert memory.messages() == (CallerSaid("hello"), AgentSaid("Good morning. We have two rooms."))
    memory.heard(first, "Good morning.")
    memory.heard(second, "We have", cut=True)
    memory.caller("wait")
    assert memory.messages()[1] == AgentSaid("Good morning. We have", cut=True)


def test_unheard_sentences_are_unknown_to_the_caller() -> None:
    memory = Conversation()
    unheard, never = memory.said("The code is 4711."), memory.said("Anything else?")
    memory.heard(unheard, "")
    memory.caller("sorry?")
    assert memory.messages() == (CallerSaid("sorry?"),)
    memory.heard(never, "Anything else?")
    assert memory.messages() == (AgentSaid("Anything else?"), CallerSaid("sorry?"))


def test_every_ask_has_exactly_one_answer_next_to_it() -> None:
    memory = Conversation()
    memory.caller("a room")
    one, two = memory.asked("c", "look", '{"a": 1}'), memory.asked("c", "look", '{"b": 2}')
    assert one != two
    memory.answered(ToolAnswered(two, "look", {"n": 2}))
    memory.answered(ToolAnswered(two, "look", {"n": 3}))
    asks = [m for m in memory.messages() if isinstance(m, ToolAsked)]
    answers = [m for m in memory.messages() if isinstance(m, ToolAnswered)]
    assert [a.call_id for a in asks] == [a.call_id for a in answers] == [one, two]
    assert not answers[0].ok
    assert answers[1].content == {"n": 2}


@pytest.mark.parametrize("arguments", ['{"check_in":"2027-06-0', "", "[1]", "null", '"x"', "{'a': 1}"])
def test_broken_arguments_never_stay_in_the_memory(arguments: str) -> None:
    memory = Conversation()
    memory.asked("c1", "look", arguments)
    asked = memory.messages()[0]
    assert isinstance(asked, ToolAsked)
    assert json.loads(asked.arguments) == {}
    assert not is_object(arguments)


def test_a_late_answer_stands_with_its_ask() -> None:
    memory = Conversation()
    memory.caller("note it")
    call = memory.asked("c1", "note", "{}")
    memory.caller("hello?")
    memory.answered(ToolAnswered(call, "note", {"id": 5}), Receipt("lead", "5"))
    kinds = [type(m).__name__ for m in memory.messages()]
    assert kinds == ["CallerSaid", "ToolAsked", "ToolAnswered", "CallerSaid"]
    assert memory.receipts == [Receipt("lead", "5")]


def test_facts_are_results_caller_words_and_the_house() -> None:
    memory = Conversation(["The Larch House"])
    memory.caller("for 4 people")
    memory.hint("the caller keyed 2 0")
    call = memory.asked("c1", "look", "{}")
    memory.answered(ToolAnswered(call, "look", {"total": 31800}, ("That is $318 in all.",)))
    known = " ".join(memory.facts)
    assert all(part in known for part in ("Larch", "for 4 people", "2 0", "31800", "$318"))


def test_a_question_may_be_asked_twice_in_the_same_words() -> None:
    memory = Conversation()
    assert not memory.asked_too_often("Which day?")
    memory.said("Which day?")
    assert not memory.asked_too_often("which day?")
    memory.said("Which day ?")
    assert memory.asked_too_often("Which day?")
    assert not memory.asked_too_often("What day shall it be?")


def test_the_last_reply_is_whole_even_where_it_was_cut() -> None:
    memory = Conversation()
    memory.said("Welcome.")
    memory.caller("how much?")
    memory.said("It is $318 in all.")
    cut = memory.said("Breakfast is included.")
    memory.heard(cut, "Breakfast", cut=True)
    assert memory.last_reply == ("It is $318 in all.", "Breakfast is included.")
    memory.caller("sorry?")
    assert memory.last_reply == ("It is $318 in all.", "Breakfast is included.")


def test_long_calls_stay_bounded_and_keep_what_was_found() -> None:
    memory = Conversation()
    memory.caller("a room")
    call = memory.asked("c1", "look", "{}")
    memory.answered(ToolAnswered(call, "look", {"total": 31800}), Receipt("lead", "1"))
    for n in range(200):
        memory.heard(memory.said(f"Sentence {n}."), f"Sentence {n}.")
        memory.caller(f"turn {n}")
    messages = memory.messages()
    assert len(messages) <= MOST_ENTRIES + 1
    assert isinstance(messages[0], StaffHint)
    assert "31800" in messages[0].text
    assert memory.receipts
    assert messages[-1] == CallerSaid("turn 199")


@given(st.lists(st.sampled_from(["caller", "said", "heard", "cut", "ask", "answer", "hint"]), max_size=120))
def test_whatever_happens_the_history_is_valid(happens: list[str]) -> None:
    memory = Conversation()
    said: list[int] = []
    asked: list[str] = []
    for n, what in enumerate(happens):
        match what:
            case "caller":
                memory.caller(f"c{n}")
            case "said":
                said.append(memory.said(f"s{n}?"))
            case "heard" | "cut" if said:
                memory.heard(said[n % len(said)], "part", cut=what == "cut")
            case "ask":
                asked.append(memory.asked("same", "t", "{"))
            case "answer" if asked:
                memory.answered(ToolAnswered(asked[n % len(asked)], "t", {}))
            case "hint":
                memory.hint("keyed")
    messages = memory.messages()
    asks = [m.call_id for m in messages if isinstance(m, ToolAsked)]
    assert len(set(asks)) == len(asks)
    assert asks == [m.call_id for m in messages if isinstance(m, ToolAnswered)]
    assert all(isinstance(json.loads(m.arguments), dict) for m in messages if isinstance(m, ToolAsked))
    assert all(m.text for m in messages if isinstance(m, AgentSaid))

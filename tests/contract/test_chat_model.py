"""What every chat model must do. A new adapter adds a function to MODELS that opens it over the desk of the dialogue tests."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from agent.conversation import Conversation
from agent.openai_model import OpenAIModel
from agent.ports import Asking, ChatModel, ChatSession, Finished, Message, ModelEvent, ModelTurn, TextDelta, ToolAnswered, ToolCall
from speech.ports import Answer
from tests.emulators import openai_emulator
from tests.unit.desk import HOTEL, Desk, model
from tools.run import checked

NOW = datetime(2027, 6, 9, 15, tzinfo=ZoneInfo("America/New_York"))


@asynccontextmanager
async def embedded() -> AsyncIterator[ChatModel]:
    opened = model()
    yield opened
    await opened.aclose()


@asynccontextmanager
async def openai() -> AsyncIterator[ChatModel]:
    with openai_emulator.running(openai_emulator.Knobs(first_token_ms=1, token_ms=0)) as emulator:
        opened = OpenAIModel("key", emulator.base_url + "/v1")
        yield opened
        await opened.aclose()


MODELS: dict[str, Callable[[], AbstractAsyncContextManager[ChatModel]]] = {"embedded": embedded, "openai": openai}


@pytest.fixture(params=list(MODELS.values()), ids=list(MODELS))
async def chat_model(request: pytest.FixtureRequest) -> AsyncIterator[ChatModel]:
    async with request.param() as opened:
        await opened.warm()
        yield opened


def turn(messages: tuple[Message, ...]) -> ModelTurn:
    return ModelTurn("Be kind.", messages, NOW, HOTEL, "+12025550199", "Alder Bay", "US")


async def reply(session: ChatSession, memory: Conversation) -> list[ModelEvent]:
    return [event async for event in session.respond(turn(memory.messages()))]


async def asked(session: ChatSession, memory: Conversation, text: str) -> tuple[str, list[ModelEvent]]:
    """One caller turn with the tools run; the words of the whole reply and all its events."""
    desk, events, said = Desk(), [], ""
    duties = {duty.name: duty for duty in desk.duties}
    memory.caller(text)
    for _ in range(4):
        step = await reply(session, memory)
        events += step
        words = "".join(e.text for e in step if isinstance(e, TextDelta))
        said += words
        if words:
            memory.heard(memory.said(words), words)
        calls = [e for e in step if isinstance(e, ToolCall)]
        if not calls:
            break
        for call in calls:
            duty = duties[call.name]
            outcome = await duty.run(None, checked(duty, call.arguments))  # type: ignore[arg-type]
            known = memory.asked(call.call_id, call.name, call.arguments)
            memory.answered(
                ToolAnswered(
                    known, call.name, outcome.content, outcome.spoken, outcome.ok, tuple(outcome.offers),
                    outcome.follow_up, outcome.follow_duty, outcome.follow_arguments,
                ),
                outcome.receipt,
            )  # fmt: skip
    return said, events


def test_it_says_who_it_is_and_whether_it_needs_cover(chat_model: ChatModel) -> None:
    assert chat_model.name
    assert isinstance(chat_model.answers_at_once, bool)


async def test_a_reply_ends_with_finished_once(chat_model: ChatModel) -> None:
    session = chat_model.session(Desk().duties)
    memory = Conversation()
    memory.caller("Hello")
    events = await reply(session, memory)
    assert [isinstance(event, Finished) for event in events] == [False] * (len(events) - 1) + [True]
    assert any(isinstance(event, TextDelta) and event.text for event in events)


async def test_it_asks_only_for_tools_it_was_given_with_whole_arguments(chat_model: ChatModel) -> None:
    session = chat_model.session(Desk().duties)
    _, events = await asked(session, Conversation(), "Is there a pool, and a room from Friday for two nights for two people?")
    calls = [event for event in events if isinstance(event, ToolCall)]
    assert {call.name for call in calls} <= {duty.name for duty in Desk().duties}
    assert calls
    assert len({call.call_id for call in calls}) == len(calls)
    assert all(isinstance(json.loads(call.arguments), dict) for call in calls)


async def test_it_speaks_from_the_result(chat_model: ChatModel) -> None:
    said, _ = await asked(chat_model.session(Desk().duties), Conversation(), "What time is breakfast?")
    assert "7 to 10" in said


async def test_sessions_know_nothing_of_each_other(chat_model: ChatModel) -> None:
    one, other = chat_model.session(Desk().duties), chat_model.session(Desk().duties)
    mine, theirs = Conversation(), Conversation()
    await asked(one, mine, "a room from Friday for two nights for two people")
    said, _ = await asked(other, theirs, "make it three nights")
    assert "$300" not in said


async def test_a_reply_may_be_dropped_at_any_event_and_the_next_one_is_whole(chat_model: ChatModel) -> None:
    session = chat_model.session(Desk().duties)
    memory = Conversation()
    for kept in range(3):
        memory.caller("a room from Friday for two nights for two people")
        events = session.respond(turn(memory.messages()))
        for _ in range(kept):
            if await anext(events, None) is None:
                break
        await events.aclose()  # type: ignore[attr-defined]
    said, events_after = await asked(session, memory, "What time is breakfast?")
    assert "7 to 10" in said
    assert isinstance(events_after[-1], Finished)


async def test_without_tools_it_still_answers(chat_model: ChatModel) -> None:
    memory = Conversation()
    for text in ("Hello", "Is there a pool?", "I want to cancel my stay", "bye"):
        memory.caller(text)
        events = await reply(chat_model.session(()), memory)
        assert isinstance(events[-1], Finished)
        assert not any(isinstance(event, ToolCall) for event in events)


async def test_what_it_asks_for_is_an_answer_we_know(chat_model: ChatModel) -> None:
    _, events = await asked(chat_model.session(Desk().duties), Conversation(), "Do you have a room?")
    assert all(isinstance(event.answer, Answer) for event in events if isinstance(event, Asking))


async def test_closing_leaves_no_task(chat_model: ChatModel) -> None:
    await asked(chat_model.session(Desk().duties), Conversation(), "Hello")
    before = asyncio.all_tasks()
    await chat_model.aclose()
    assert asyncio.all_tasks() <= before

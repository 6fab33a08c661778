"""The OpenAI adapter on a real connection: what it sends, what it makes of the stream, and everything that can go wrong."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from openai import AsyncOpenAI

from agent import openai_warmup
from agent.errors import ModelBusy, ModelError
from agent.openai_model import OpenAILimits, OpenAIModel, OpenAISession
from agent.ports import (
    AgentSaid,
    CallerSaid,
    Finished,
    Message,
    ModelEvent,
    ModelTurn,
    StaffHint,
    TextDelta,
    ToolAnswered,
    ToolAsked,
    ToolBegun,
    ToolCall,
)
from tests.contract.providers import nothing_left, until
from tests.emulators import openai_emulator
from tests.emulators.openai_emulator import Knobs
from tests.emulators.peers import silent_peer
from tests.emulators.serving import Running

QUICK = OpenAILimits(connect_s=0.5, first_token_s=0.5, between_s=0.3, total_s=5.0)
NOW = datetime(2026, 11, 25, 14, 5, tzinfo=UTC)
SPEECH = "We keep bicycles in the cellar. Shall I note it down for you?"


@dataclass(frozen=True)
class Duty:
    """As much of a duty as the adapter reads."""

    name: str
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)


def duty(name: str, **parameters: Any) -> Duty:
    schema = {"type": "object", "properties": parameters, "required": list(parameters), "additionalProperties": False}
    return Duty(name, f"Does {name}.", schema)


TEXT = {"type": "string"}
DUTIES = (duty("search_house_rules", question=TEXT), duty("check_availability", check_in=TEXT, check_out=TEXT))


@pytest.fixture(scope="module", autouse=True)
def warmed() -> None:
    """The SDK's models are built once, so that no limit below is spent on them."""
    assert asyncio.run(openai_warmup.warm()) == 13


@pytest.fixture
def brain() -> Iterator[Running[Knobs]]:
    with openai_emulator.running(Knobs(key="right", first_token_ms=10, token_ms=1)) as emulator:
        yield emulator


@asynccontextmanager
async def session(address: str, key: str = "right", duties: Sequence[Duty] = DUTIES) -> AsyncIterator[OpenAISession]:
    async with nothing_left():
        model = OpenAIModel(key, address + "/v1", schema=lambda one: dict(one.parameters), limits=QUICK)
        try:
            yield model.session(duties)
        finally:
            await model.aclose()


def turn(*messages: Message, **more: Any) -> ModelTurn:
    return ModelTurn("You answer the telephone. Today is Wednesday, 25 November 2026.", messages, NOW, "Hotel Linden", **more)


async def answer(model: OpenAISession, *messages: Message, **more: Any) -> list[ModelEvent]:
    return [event async for event in model.respond(turn(*messages, **more))]


def spoken(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def sent(brain: Running[Knobs]) -> dict[str, Any]:
    body: dict[str, Any] = brain.journal.of("request")[-1]["body"]
    return body


async def test_text_comes_in_pieces_and_ends_with_its_cost(brain: Running[Knobs]) -> None:
    brain.knobs.script = [{"text": SPEECH}]
    async with session(brain.base_url) as model:
        events = await answer(model, CallerSaid("Where do bicycles go?"))
    assert spoken(events) == SPEECH
    assert len([event for event in events if isinstance(event, TextDelta)]) == len(SPEECH.split())
    assert isinstance(finished := events[-1], Finished)
    assert finished.output_tokens == len(SPEECH.split())
    assert finished.input_tokens > 0


async def test_tool_calls_come_whole_and_in_order(brain: Running[Knobs]) -> None:
    calls = [{"name": "search_house_rules", "arguments": {"question": "dogs"}}, {"name": "check_availability", "arguments": '{"check_in": '}]
    brain.knobs.script = [{"text": "Let me see.", "calls": calls}]
    async with session(brain.base_url) as model:
        events = await answer(model, CallerSaid("Dogs? And is there a room?"))
    asked = [event for event in events if isinstance(event, ToolCall)]
    assert [(one.name, one.arguments) for one in asked] == [("search_house_rules", '{"question": "dogs"}'), ("check_availability", '{"check_in": ')]
    assert len({one.call_id for one in asked}) == 2
    assert isinstance(events[-1], Finished)


async def test_what_is_sent(brain: Running[Knobs]) -> None:
    brain.knobs.script = [{"text": "Yes."}]
    history: list[Message] = [
        CallerSaid("Is there a sauna?"),
        ToolAsked("c1", "search_house_rules", '{"question": "sauna"}'),
        ToolAnswered("c1", "search_house_rules", {"article": "wellness"}, ("The sauna is open from four.",), follow_up="Shall I book it?"),
        AgentSaid("The sauna is", cut=True),
        CallerSaid("And the pool?"),
        ToolAsked("c2", "search_house_rules", "{}"),
        ToolAnswered("c2", "search_house_rules", {"error": "nothing found"}, ok=False),
        AgentSaid("", cut=True),
        StaffHint("The caller keyed 4."),
    ]
    async with session(brain.base_url) as model:
        await answer(model, *history, caller_number="+12025550142")
    body = sent(brain)
    items = body["input"]
    assert [item.get("role") or item["type"] for item in items] == [
        "developer",
        "user",
        "function_call",
        "function_call_output",
        "assistant",
        "developer",
        "user",
        "function_call",
        "function_call_output",
        "developer",
        "developer",
    ]
    assert "+12025550142" in items[0]["content"]
    assert items[4]["content"] == "The sauna is"
    assert "interrupted" in items[5]["content"]
    assert json.loads(items[3]["output"]) == {
        "article": "wellness",
        "spoken": ["The sauna is open from four."],
        "ask_next": "Shall I book it?",
    }
    assert json.loads(items[8]["output"]) == {"failed": True, "error": "nothing found"}
    assert (body["store"], body["parallel_tool_calls"], body["stream"], body["model"]) == (False, True, True, "gpt-6-luna")
    assert "reasoning" not in body, "other servers may not know the field"
    assert body["max_output_tokens"] == QUICK.output_tokens
    assert "Hotel Linden" in body["prompt_cache_key"]
    tools = {tool["name"]: tool for tool in body["tools"]}
    assert set(tools) == {"search_house_rules", "check_availability"}
    assert tools["check_availability"]["parameters"] == DUTIES[1].parameters
    assert all(tool["strict"] is True and tool["type"] == "function" for tool in tools.values())


async def test_the_real_service_is_told_not_to_reason() -> None:
    bodies: list[dict[str, Any]] = []

    def refuse(request: httpx2.Request) -> httpx2.Response:
        bodies.append({"url": str(request.url), **json.loads(request.content)})
        return httpx2.Response(401, json={"error": {"message": "no", "code": "invalid_api_key"}})

    model = OpenAIModel("k", schema=dict)
    await model.aclose()
    model._client = AsyncOpenAI(
        api_key="k",
        base_url=str(model._client.base_url),
        max_retries=0,
        http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(refuse)),
    )
    with pytest.raises(ModelError):
        await answer(model.session([]), CallerSaid("Hello?"))
    await model.aclose()
    assert bodies[0]["url"] == "https://api.openai.com/v1/responses"
    assert bodies[0]["reasoning"] == {"effort": "none"}


async def test_an_interrupted_reply_closes_its_connection(brain: Running[Knobs]) -> None:
    brain.knobs.script, brain.knobs.token_ms = [{"text": SPEECH * 20}], 20
    async with session(brain.base_url) as model:
        events = model.respond(turn(CallerSaid("Tell me everything.")))
        assert isinstance(await anext(events), TextDelta)
        await events.aclose()
        await until(lambda: brain.journal.of("stream"))
    stopped = brain.journal.of("stream")[0]
    assert stopped["whole"] is False
    assert stopped["tokens"] < 100


async def test_a_reply_cancelled_before_its_first_word_closes_its_connection(brain: Running[Knobs]) -> None:
    brain.knobs.hang = True
    async with session(brain.base_url) as model:
        task = asyncio.ensure_future(answer(model, CallerSaid("Hello?")))
        await until(lambda: brain.journal.of("request"))
        task.cancel()
        await asyncio.wait({task})
        await until(lambda: brain.journal.of("stream"))
    assert task.cancelled()


FAULTS: list[tuple[str, dict[str, Any], type[ModelError], str]] = [
    ("refused key", {"status": 401}, ModelError, "401"),
    ("bad request", {"status": 400}, ModelError, "400"),
    ("rate limit", {"status": 429}, ModelBusy, "429"),
    ("broken service", {"status": 500}, ModelError, "500"),
    ("hangs", {"hang": True}, ModelError, "in time"),
    ("hangs in the middle", {"hang_after_tokens": 2}, ModelError, "in time"),
    ("ends politely too early", {"truncate_after_tokens": 3}, ModelError, "without its end"),
    ("connection cut", {"cut_after_tokens": 3}, ModelError, "no reply"),
    ("response.failed", {"fail_after_tokens": 3}, ModelBusy, "rate_limit_exceeded"),
    ("error event", {"error_after_tokens": 3}, ModelError, "server_error"),
    ("incomplete", {"incomplete": True}, ModelError, "max_output_tokens"),
]


@pytest.mark.parametrize(("knobs", "kind", "reason"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
async def test_faults(brain: Running[Knobs], knobs: dict[str, Any], kind: type[ModelError], reason: str) -> None:
    brain.knobs.script = [{"text": SPEECH}]
    for name, value in knobs.items():
        setattr(brain.knobs, name, value)
    async with session(brain.base_url) as model:
        with pytest.raises(ModelError, match=reason) as caught:
            await answer(model, CallerSaid("Hello?"))
    assert type(caught.value) is kind


async def test_a_cut_call_is_never_passed_on(brain: Running[Knobs]) -> None:
    brain.knobs.script = [{"calls": [{"name": "search_house_rules", "arguments": {"question": "a question with some words in it"}}]}]
    brain.knobs.truncate_after_tokens = 3
    events: list[ModelEvent] = []
    async with session(brain.base_url) as model:
        stream = model.respond(turn(CallerSaid("Hello?")))

        async def collect() -> None:
            async for event in stream:
                events.append(event)  # noqa: PERF401 - what came before the error counts

        with pytest.raises(ModelError):
            await collect()
    assert events == [ToolBegun()]


@pytest.mark.parametrize(("status", "retryable"), [(401, False), (404, False), (500, True)])
async def test_whether_asking_again_makes_sense(brain: Running[Knobs], status: int, retryable: bool) -> None:
    brain.knobs.status = status
    async with session(brain.base_url) as model:
        with pytest.raises(ModelError) as caught:
            await answer(model, CallerSaid("Hello?"))
    assert caught.value.retryable is retryable


@pytest.mark.parametrize("retry_after", ["7", ""])
async def test_a_busy_service_is_not_asked_again(brain: Running[Knobs], retry_after: str) -> None:
    brain.knobs.status, brain.knobs.retry_after = 429, retry_after
    async with session(brain.base_url) as model:
        with pytest.raises(ModelBusy):
            await answer(model, CallerSaid("Hello?"))
    assert len(brain.journal.of("request")) == 1, "a caller does not wait for a rate limit"


async def test_one_failure_before_the_stream_is_tried_again(brain: Running[Knobs]) -> None:
    brain.knobs.script, brain.knobs.status, brain.knobs.fail_times = [{"text": SPEECH}], 503, 1
    async with session(brain.base_url) as model:
        assert spoken(await answer(model, CallerSaid("Hello?"))) == SPEECH
    assert [entry["status"] for entry in brain.journal.of("request")] == [503, 200]


async def test_a_wrong_key(brain: Running[Knobs]) -> None:
    async with session(brain.base_url, key="wrong") as model:
        with pytest.raises(ModelError, match="401"):
            await answer(model, CallerSaid("Hello?"))


async def test_a_peer_that_says_nothing_and_nobody_at_all() -> None:
    async with silent_peer() as address, session(address) as model:
        with pytest.raises(ModelError, match="in time"):
            await answer(model, CallerSaid("Hello?"))
    async with session("http://127.0.0.1:9") as model:
        with pytest.raises(ModelError, match="no reply"):
            await answer(model, CallerSaid("Hello?"))


async def test_calls_share_connections_and_keep_them_between_turns(brain: Running[Knobs]) -> None:
    brain.knobs.script = [{"text": "One."}, {"text": "Two."}, {"text": "Three."}]
    async with session(brain.base_url) as model:
        texts = [spoken(await answer(model, CallerSaid("Hello?"))) for _ in range(3)]
    assert texts == ["One.", "Two.", "Three."]

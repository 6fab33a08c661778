"""OpenAI's Responses API as the chat model: streamed text and strict tool calls."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import openai
import structlog
from httpx2 import Limits
from openai import AsyncOpenAI, AsyncStream, DefaultAsyncHttpxClient
from openai.types.responses import Response, ResponseStreamEvent

from agent import openai_warmup
from agent.errors import ModelBusy, ModelError
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
from tools.catalogue import strict_schema

log = structlog.get_logger()

PRODUCTION: Final = "https://api.openai.com/v1"
CUT: Final = "The caller interrupted you there and did not hear the rest."
BUSY_CODES: Final = frozenset({"rate_limit_exceeded", "insufficient_quota", "server_overloaded"})


@dataclass(frozen=True, slots=True)
class OpenAILimits:
    """Every wait of this adapter, seconds, and how long a reply may be."""

    connect_s: float = 2.0
    first_token_s: float = 4.0
    """From the request to the first text or tool call."""
    between_s: float = 4.0
    total_s: float = 20.0
    keep_connection_s: float = 90.0
    """Between turns: a new TLS connection costs a tenth of a second or more."""
    output_tokens: int = 500


def items(messages: Sequence[Message]) -> Iterator[dict[str, Any]]:
    """The conversation as Responses input items."""
    for message in messages:
        match message:
            case CallerSaid(text=text):
                yield {"role": "user", "content": text}
            case AgentSaid(text=text, cut=cut):
                if text:
                    yield {"role": "assistant", "content": text}
                if cut:
                    yield {"role": "developer", "content": CUT}
            case StaffHint(text=text):
                yield {"role": "developer", "content": text}
            case ToolAsked():
                yield {"type": "function_call", "call_id": message.call_id, "name": message.name, "arguments": message.arguments}
            case ToolAnswered():
                yield {"type": "function_call_output", "call_id": message.call_id, "output": _result(message)}


def _result(answer: ToolAnswered) -> str:
    told = {
        **({} if answer.ok else {"failed": True}),
        **answer.content,
        **({"spoken": list(answer.spoken)} if answer.spoken else {}),
        **({"ask_next": answer.follow_up} if answer.follow_up else {}),
    }
    return json.dumps(told, ensure_ascii=False, default=str)


class OpenAISession:
    """One call's model."""

    def __init__(self, model: "OpenAIModel", tools: list[dict[str, Any]]) -> None:
        self._model, self._tools = model, tools

    async def respond(self, turn: ModelTurn) -> AsyncGenerator[ModelEvent, None]:
        """Closing the generator closes the connection, so an interrupted reply costs no more tokens."""
        limits = self._model.limits
        clock = asyncio.get_running_loop().time
        begun = clock()
        due = begun + limits.first_token_s
        try:
            async with asyncio.timeout_at(due):
                stream = await self._model.stream(turn, self._tools)
            async with stream:
                events = aiter(stream)
                while True:
                    async with asyncio.timeout_at(min(due, begun + limits.total_s)):
                        event = await anext(events, None)
                    if event is None:
                        raise ModelError("the stream ended without its end")
                    match event.type:
                        case "response.output_text.delta" | "response.refusal.delta":
                            due = clock() + limits.between_s
                            yield TextDelta(event.delta)
                        case "response.output_item.added":
                            due = clock() + limits.between_s
                            if event.item.type == "function_call":
                                yield ToolBegun()
                        case "response.function_call_arguments.delta":
                            due = clock() + limits.between_s
                        case "response.output_item.done" if event.item.type == "function_call":
                            due = clock() + limits.between_s
                            yield ToolCall(event.item.call_id, event.item.name, event.item.arguments)
                        case "response.completed":
                            usage = event.response.usage
                            break
                        case "response.failed" | "response.incomplete":
                            raise _unfinished(event.response)
                        case "error":
                            raise _error(event.code, event.message)
        except TimeoutError as late:
            raise ModelError("nothing in time") from late
        except openai.APIError as broken:
            raise _as_model_error(broken) from broken
        yield Finished(usage.input_tokens, usage.output_tokens) if usage else Finished()


class OpenAIModel:
    """The model of all calls: one client, one pool of connections."""

    name = "openai"
    answers_at_once = False

    def __init__(
        self,
        key: str,
        base_url: str | None = None,
        model: str = "gpt-6-luna",
        *,
        schema: Callable[[Any], dict[str, Any]] = strict_schema,
        limits: OpenAILimits = OpenAILimits(),
    ) -> None:
        """`schema`: a duty's strict JSON schema. `base_url` includes `/v1`."""
        self.limits = limits
        self._schema, self._model = schema, model
        self._extra: dict[str, Any] = {} if base_url else {"reasoning": {"effort": "none"}}
        wait = openai.Timeout(limits.total_s, connect=limits.connect_s)
        pool = Limits(max_connections=1000, max_keepalive_connections=100, keepalive_expiry=limits.keep_connection_s)
        self._client = AsyncOpenAI(
            api_key=key,
            base_url=base_url or PRODUCTION,
            timeout=wait,
            max_retries=0,
            http_client=DefaultAsyncHttpxClient(timeout=wait, limits=pool),
        )

    async def warm(self) -> None:
        await openai_warmup.warm()

    def session(self, duties: Sequence[Any]) -> OpenAISession:
        tools = [
            {"type": "function", "name": duty.name, "description": duty.description, "strict": True, "parameters": self._schema(duty)}
            for duty in duties
        ]
        return OpenAISession(self, tools)

    async def aclose(self) -> None:
        await self._client.close()

    async def stream(self, turn: ModelTurn, tools: list[dict[str, Any]]) -> AsyncStream[ResponseStreamEvent]:
        """The reply's stream. A connection that broke before it began is tried once more: a kept one may have died between turns."""
        request: dict[str, Any] = {
            "model": self._model,
            "instructions": turn.instructions,
            "input": [*_about_caller(turn), *items(turn.messages)],
            "tools": tools,
            "store": False,
            "parallel_tool_calls": True,
            "max_output_tokens": self.limits.output_tokens,
            "prompt_cache_key": f"concierge {turn.hotel_name}"[:64],
            **self._extra,
        }
        try:
            return await self._client.responses.create(**request, stream=True)  # type: ignore[no-any-return]
        except openai.APITimeoutError:
            raise
        except (openai.APIConnectionError, openai.InternalServerError) as error:
            log.info("openai_asked_again", reason=type(error).__name__)
            return await self._client.responses.create(**request, stream=True)  # type: ignore[no-any-return]


def _about_caller(turn: ModelTurn) -> Iterator[dict[str, Any]]:
    if turn.caller_number:
        yield {"role": "developer", "content": f"The caller's number is {turn.caller_number}."}


def _unfinished(response: Response) -> ModelError:
    if response.error is not None:
        return _error(response.error.code, response.error.message)
    reason = response.incomplete_details.reason if response.incomplete_details else None
    return ModelError(f"the reply is incomplete: {reason or response.status}")


def _error(code: str | None, message: str) -> ModelError:
    kind = ModelBusy if code in BUSY_CODES else ModelError
    return kind(f"{code}: {message[:120]}")


def _as_model_error(error: openai.APIError) -> ModelError:
    if isinstance(error, openai.RateLimitError):
        return ModelBusy(f"refused with 429: {error.code or 'rate limit'}")
    if isinstance(error, openai.APIStatusError):
        refused = ModelError(f"refused with {error.status_code}")
        refused.retryable = error.status_code >= 500
        return refused
    if error.code in BUSY_CODES:
        return ModelBusy(str(error.code))
    return ModelError(f"no reply: {type(error).__name__}")

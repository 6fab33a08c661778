"""A canned reply that makes the OpenAI SDK build its lazy models before the first caller: in a call that holds up the loop for seconds."""

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx2
from openai import AsyncOpenAI

_PART: Final[dict[str, Any]] = {"type": "output_text", "text": "hi", "annotations": [], "logprobs": []}
_MESSAGE: Final[dict[str, Any]] = {"id": "m", "type": "message", "status": "completed", "role": "assistant", "content": [_PART]}
_CALL: Final[dict[str, Any]] = {"id": "f", "type": "function_call", "status": "completed", "call_id": "c", "name": "n", "arguments": "{}"}
_TOOL: Final[dict[str, Any]] = {
    "type": "function",
    "name": "n",
    "description": "d",
    "strict": True,
    "parameters": {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
}
_RESPONSE: Final[dict[str, Any]] = {
    "id": "r",
    "object": "response",
    "created_at": 1,
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "instructions": "x",
    "max_output_tokens": None,
    "model": "m",
    "output": [_MESSAGE, _CALL],
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "reasoning": {"effort": None, "summary": None},
    "store": False,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [_TOOL],
    "top_p": 1.0,
    "truncation": "disabled",
    "metadata": {},
    "user": None,
    "usage": {
        "input_tokens": 1,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": 1,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 2,
    },
}


def _events() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every event of a reply with a sentence and a tool call, with full bodies."""
    begun = {"response": {**_RESPONSE, "output": [], "status": "in_progress", "usage": None}}
    text = {"item_id": "m", "output_index": 0, "content_index": 0}
    call = {"item_id": "f", "output_index": 1}
    yield "response.created", begun
    yield "response.in_progress", begun
    yield "response.output_item.added", {"output_index": 0, "item": {**_MESSAGE, "content": [], "status": "in_progress"}}
    yield "response.content_part.added", {**text, "part": {**_PART, "text": ""}}
    yield "response.output_text.delta", {**text, "delta": "hi", "logprobs": []}
    yield "response.output_text.done", {**text, "text": "hi", "logprobs": []}
    yield "response.content_part.done", {**text, "part": _PART}
    yield "response.output_item.done", {"output_index": 0, "item": _MESSAGE}
    yield "response.output_item.added", {"output_index": 1, "item": {**_CALL, "arguments": "", "status": "in_progress"}}
    yield "response.function_call_arguments.delta", {**call, "delta": "{}"}
    yield "response.function_call_arguments.done", {**call, "arguments": "{}", "name": "n"}
    yield "response.output_item.done", {"output_index": 1, "item": _CALL}
    yield "response.completed", {"response": _RESPONSE}


def _canned(_: httpx2.Request) -> httpx2.Response:
    lines = (
        f"event: {kind}\ndata: {json.dumps({**fields, 'type': kind, 'sequence_number': number})}\n\n"
        for number, (kind, fields) in enumerate(_events())
    )
    return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content="".join(lines).encode())


async def warm() -> int:
    """Once per process; nothing leaves it. How many events were read."""
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(_canned)) as transport:
        client = AsyncOpenAI(api_key="warm", base_url="http://warm.invalid/v1", http_client=transport)
        stream = await client.responses.create(model="m", input="x", stream=True)
        return len([event async for event in stream])

"""OpenAI's streamed `POST /v1/responses`, paced like the real one: rules of a hotel desk, or a script.

`python -m tests.emulators.openai_emulator --port 9703`; `--script-file FILE`: a JSON list, one for each request, of
`{"text": …, "calls": [{"name": …, "arguments": {…}}]}`.
"""

import argparse
import asyncio
import contextlib
import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.emulators.openai_rules import Desk, Reply
from tests.emulators.serving import Journal, Running, control_routes, in_thread, knobs_from_flags, run


@dataclass
class Knobs:
    """Settings and faults."""

    key: str = ""
    """The only key accepted; empty: any."""
    first_token_ms: int = 450
    token_ms: int = 12
    script: list[dict[str, Any]] = field(default_factory=list)
    """Replies, one for each request; then the rules again."""
    status: int = 0
    """Refuse with this HTTP status."""
    fail_times: int = 0
    """Refuse only so many requests; 0: all."""
    retry_after: str = ""
    hang: bool = False
    """Take the request and never answer."""
    hang_after_tokens: int = 0
    truncate_after_tokens: int = 0
    """End the stream politely without response.completed."""
    cut_after_tokens: int = 0
    """Break the connection."""
    fail_after_tokens: int = 0
    """Send response.failed."""
    error_after_tokens: int = 0
    """Send an error event."""
    incomplete: bool = False
    """End with response.incomplete instead of completed."""


class BrokenOffError(Exception):
    """Makes the server drop the connection."""


def tokens(text: str) -> list[str]:
    return re.findall(r"\s*\S+", text)


def _event(number: int, kind: str, fields: dict[str, Any]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, 'sequence_number': number, **fields})}\n\n".encode()


class Stream:
    """One reply on the wire."""

    def __init__(self, body: dict[str, Any], reply: Reply, knobs: Knobs) -> None:
        self.body, self.reply, self.knobs = body, reply, knobs
        self.output: list[dict[str, Any]] = []
        self.sent_tokens = 0
        self.number = -1
        self.id = "resp_" + uuid.uuid4().hex

    def response(self, status: str, **more: Any) -> dict[str, Any]:
        counted = len(json.dumps(self.body)) // 4
        done = status == "completed"
        return {
            "id": self.id,
            "object": "response",
            "created_at": int(time.time()),
            "status": status,
            "error": None,
            "incomplete_details": None,
            "instructions": self.body.get("instructions"),
            "max_output_tokens": self.body.get("max_output_tokens"),
            "model": self.body.get("model", "gpt-6-luna"),
            "output": list(self.output),
            "parallel_tool_calls": self.body.get("parallel_tool_calls", True),
            "previous_response_id": None,
            "reasoning": {"effort": (self.body.get("reasoning") or {}).get("effort"), "summary": None},
            "store": self.body.get("store", True),
            "temperature": 1.0,
            "text": {"format": {"type": "text"}},
            "tool_choice": "auto",
            "tools": self.body.get("tools") or [],
            "top_p": 1.0,
            "truncation": "disabled",
            "metadata": {},
            "user": None,
            "usage": {
                "input_tokens": counted,
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": self.sent_tokens,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": counted + self.sent_tokens,
            }
            if done
            else None,
            **more,
        }

    def event(self, kind: str, **fields: Any) -> bytes:
        self.number += 1
        return _event(self.number, kind, fields)

    async def events(self) -> AsyncIterator[bytes]:
        knobs = self.knobs
        yield self.event("response.created", response=self.response("in_progress"))
        yield self.event("response.in_progress", response=self.response("in_progress"))
        await asyncio.sleep(3600 if knobs.hang else knobs.first_token_ms / 1000)
        parts = [self.text_events(self.reply.text)] if self.reply.text else []
        parts += [self.call_events(name, arguments) for name, arguments in self.reply.calls]
        for part in parts:
            async for event in part:
                yield event
                if (fault := self.fault()) is not None:
                    if fault:
                        yield fault
                    return
        if knobs.incomplete:
            yield self.event("response.incomplete", response=self.response("incomplete", incomplete_details={"reason": "max_output_tokens"}))
        else:
            yield self.event("response.completed", response=self.response("completed"))

    def fault(self) -> bytes | None:
        """What ends the stream now; empty bytes: nothing more is sent."""
        knobs, sent = self.knobs, self.sent_tokens
        if knobs.cut_after_tokens and sent >= knobs.cut_after_tokens:
            raise BrokenOffError
        if knobs.truncate_after_tokens and sent >= knobs.truncate_after_tokens:
            return b""
        if knobs.fail_after_tokens and sent >= knobs.fail_after_tokens:
            error = {"code": "rate_limit_exceeded", "message": "an emulated fault"}
            return self.event("response.failed", response=self.response("failed", error=error))
        if knobs.error_after_tokens and sent >= knobs.error_after_tokens:
            return self.event("error", code="server_error", message="an emulated fault", param=None)
        return None

    async def token(self) -> None:
        self.sent_tokens += 1
        hang = self.knobs.hang_after_tokens and self.sent_tokens > self.knobs.hang_after_tokens
        await asyncio.sleep(3600 if hang else self.knobs.token_ms / 1000)

    async def text_events(self, text: str) -> AsyncIterator[bytes]:
        name, index = "msg_" + uuid.uuid4().hex, len(self.output)
        place = {"item_id": name, "output_index": index, "content_index": 0}
        part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
        message = {"id": name, "type": "message", "status": "completed", "role": "assistant", "content": [part]}
        yield self.event("response.output_item.added", output_index=index, item={**message, "status": "in_progress", "content": []})
        yield self.event("response.content_part.added", **place, part={**part, "text": ""})
        for token in tokens(text):
            await self.token()
            yield self.event("response.output_text.delta", **place, delta=token, logprobs=[])
        yield self.event("response.output_text.done", **place, text=text, logprobs=[])
        yield self.event("response.content_part.done", **place, part=part)
        self.output.append(message)
        yield self.event("response.output_item.done", output_index=index, item=message)

    async def call_events(self, name: str, arguments: str) -> AsyncIterator[bytes]:
        item_id, index = "fc_" + uuid.uuid4().hex, len(self.output)
        place = {"item_id": item_id, "output_index": index}
        call_id = "call_" + uuid.uuid4().hex
        call = {"id": item_id, "type": "function_call", "status": "completed", "call_id": call_id, "name": name, "arguments": arguments}
        yield self.event("response.output_item.added", output_index=index, item={**call, "status": "in_progress", "arguments": ""})
        for token in tokens(arguments):
            await self.token()
            yield self.event("response.function_call_arguments.delta", **place, delta=token)
        yield self.event("response.function_call_arguments.done", **place, arguments=arguments, name=name)
        self.output.append(call)
        yield self.event("response.output_item.done", output_index=index, item=call)


class OpenAI:
    """The emulator."""

    def __init__(self, knobs: Knobs) -> None:
        self.knobs = knobs
        self.journal = Journal()
        self.used = 0
        self.refused = 0
        self.app = Starlette(
            routes=[Route("/v1/responses", self.responses, methods=["POST"]), *control_routes(self.journal, knobs)],
        )

    async def responses(self, request: Request) -> Response:
        body = await request.json()
        status, code = self.refusal(request), "refused"
        if problem := "" if status else malformed(body):
            status, code = 400, problem
        self.journal.note("request", status=status or 200, body=body)
        if status:
            headers = {"retry-after": self.knobs.retry_after} if self.knobs.retry_after else None
            return JSONResponse({"error": {"message": code, "type": "error", "code": code, "param": None}}, status, headers=headers)
        stream = Stream(body, self.next_reply(body), self.knobs)
        return StreamingResponse(self.journalled(stream), media_type="text/event-stream")

    def refusal(self, request: Request) -> int:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not key or self.knobs.key not in ("", key):
            return 401
        if self.knobs.status and (not self.knobs.fail_times or self.refused < self.knobs.fail_times):
            self.refused += 1
            return self.knobs.status
        return 0

    def next_reply(self, body: dict[str, Any]) -> Reply:
        if self.used < len(self.knobs.script):
            scripted = self.knobs.script[self.used]
            self.used += 1
            calls = [(call["name"], _as_text(call.get("arguments", {}))) for call in scripted.get("calls", [])]
            return Reply(scripted.get("text", ""), calls)
        return Desk(body).reply()

    async def journalled(self, stream: Stream) -> AsyncIterator[bytes]:
        ended = False
        try:
            async for event in stream.events():
                yield event
            ended = True
        finally:
            self.journal.note("stream", tokens=stream.sent_tokens, whole=ended)


def _as_text(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def malformed(body: dict[str, Any]) -> str:
    """What the real one refuses with 400: loose strict schemas, and answers to calls that nobody made."""
    for tool in body.get("tools") or []:
        parameters = tool.get("parameters") or {}
        if tool.get("strict") and (parameters.get("additionalProperties") is not False or not _all_required(parameters)):
            return f"invalid_function_parameters: {tool.get('name')}"
    inputs = body["input"] if isinstance(body.get("input"), list) else []
    asked = {item["call_id"] for item in inputs if item.get("type") == "function_call"}
    answered = {item["call_id"] for item in inputs if item.get("type") == "function_call_output"}
    return "" if asked == answered else f"call ids without a counterpart: {sorted(asked ^ answered)}"


def _all_required(parameters: dict[str, Any]) -> bool:
    return set(parameters.get("properties") or {}) == set(parameters.get("required") or [])


@contextlib.contextmanager
def running(knobs: Knobs | None = None) -> Iterator[Running[Knobs]]:
    openai = OpenAI(knobs or Knobs())
    with in_thread(openai.app, openai.journal, openai.knobs) as emulator:
        yield emulator


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--script-file", type=argparse.FileType(), help="a JSON file: the script")
    knobs, flags = knobs_from_flags(parser, Knobs)
    if flags.script_file:
        knobs.script = json.load(flags.script_file)
    run(OpenAI(knobs).app, flags.host, flags.port)


if __name__ == "__main__":
    main()

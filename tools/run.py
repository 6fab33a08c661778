"""Runs one duty as a model asked for it: arguments checked, a limit on its time, a result in any case."""

import asyncio
from types import NoneType
from typing import get_args

import structlog
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from data.errors import DataError
from tools.catalogue import Duty, Outcome, slots
from tools.context import Context
from tools.errors import ToolError

log = structlog.get_logger()

SLOW = "I'm sorry, that is taking too long just now."
MESSAGE = "Shall I take your details, so that the desk calls you back?"
AWAY = "I'm sorry, I can't get at that just now."


def checked(duty: Duty, arguments_json: str) -> BaseModel:
    """The arguments as the duty takes them; null is a value not given. Raises ValueError (pydantic's says which), TypeError."""
    found = from_json(arguments_json or "{}")
    if not isinstance(found, dict):
        raise TypeError("arguments must be one JSON object")
    given = {name: value for name, value in found.items() if value is not None}
    unknown = {name: None for name, part in duty.arguments.model_fields.items() if part.is_required() and NoneType in get_args(part.annotation)}
    return duty.arguments.model_validate(unknown | given)


def not_understood(duty: Duty, error: ValidationError) -> Outcome:
    """What is missing or impossible, in words for the model, and as the question for the caller."""
    problems = {str(part["loc"][0]) if part["loc"] else "": part["msg"] for part in error.errors()}
    ways = slots(duty)
    question = next((ways[name].slot.questions[0] for name in ways if name in problems and ways[name].slot.questions), "")
    return Outcome({"error": "arguments", "problems": problems, "missing": list(problems)}, (question,) if question else (), ok=False)


async def run_duty(duty: Duty, context: Context, arguments_json: str) -> Outcome:
    """The duty's outcome; trouble becomes an outcome that is not ok. Cancelling it stops a duty that reads; one that writes finishes."""
    try:
        arguments = checked(duty, arguments_json)
    except ValidationError as error:
        return not_understood(duty, error)
    except (ValueError, TypeError) as error:
        return Outcome({"error": "arguments", "problems": {"": str(error)}, "missing": []}, (), ok=False)
    try:
        if duty.writes:
            return await _write(duty, context, arguments)
        async with asyncio.timeout(duty.limit_s):
            return await duty.run(context, arguments)
    except ToolError as error:
        return Outcome({"error": error.say, "retryable": error.retryable, "missing": list(error.missing)}, (error.say,), ok=False)
    except TimeoutError:
        log.warning("duty too slow", duty=duty.name, limit_s=duty.limit_s)
        return _failed(duty, SLOW, "too slow")
    except DataError as error:
        log.warning("duty without its data", duty=duty.name, reason=type(error).__name__)
        return _failed(duty, AWAY, "unavailable")
    except Exception as error:  # noqa: BLE001  a caller is waiting: whatever broke, they get an answer
        log.error("duty broke", duty=duty.name, reason=type(error).__name__)  # noqa: TRY400  a traceback holds what callers told
        return _failed(duty, AWAY, "broken")


def _failed(duty: Duty, say: str, why: str) -> Outcome:
    """Nothing was found, or it is not known whether it was written; where only looking failed, a message can be left."""
    if duty.writes:
        return Outcome({"error": why}, (say,), ok=False)
    return Outcome({"error": why}, (say,), ok=False, follow_up=MESSAGE, follow_duty="create_lead", follow_arguments={"kind": "callback"})


async def _write(duty: Duty, context: Context, arguments: BaseModel) -> Outcome:
    """The same write asked for again while it runs is joined, not repeated; beyond its limit it goes on by itself."""
    key = f"{duty.name} {arguments.model_dump_json()}"
    writing = context.writing.get(key)
    if writing is None:
        writing = context.writing[key] = asyncio.ensure_future(duty.run(context, arguments))
        writing.add_done_callback(lambda _: context.writing.pop(key, None))
    async with asyncio.timeout(duty.limit_s):
        return await asyncio.shield(writing)

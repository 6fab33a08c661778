"""One duty run: whatever happens, there is a result."""

import asyncio
import json
from typing import Annotated, Any

import pytest

from data.errors import DatabaseUnavailable
from tests.house import a_call
from tools.catalogue import Arguments, Duty, Outcome, Slot
from tools.context import Context
from tools.errors import Refused, StoreAway
from tools.run import AWAY, MESSAGE, SLOW, run_duty


class AskArguments(Arguments):
    what: Annotated[str | None, Slot(questions=("What?", "Which one?"))]
    times: Annotated[int, Slot(questions=("How often?", "How many times?"))]
    loud: bool = False


def duty(run: Any, *, writes: bool = False, limit_s: float = 5.0) -> Duty:
    return Duty("ask", "", AskArguments, run, writes=writes, limit_s=limit_s)


async def repeat(_: Context, arguments: AskArguments) -> Outcome:
    return Outcome({"said": [arguments.what] * arguments.times, "loud": arguments.loud}, ())


@pytest.mark.parametrize(
    ("arguments", "said", "loud"),
    [
        ('{"what": " hey ", "times": 2, "loud": true}', ["hey", "hey"], True),
        ('{"what": null, "times": 1, "loud": null}', [None], False),
        ('{"times": 1}', [None], False),
    ],
)
async def test_null_is_a_value_not_given(arguments: str, said: list[str | None], loud: bool) -> None:
    outcome = await run_duty(duty(repeat), a_call(), arguments)
    assert outcome.ok
    assert outcome.content == {"said": said, "loud": loud}


@pytest.mark.parametrize(
    ("arguments", "missing", "spoken"),
    [
        ("{}", ["times"], ("How often?",)),
        ("", ["times"], ("How often?",)),
        ('{"times": "often"}', ["times"], ("How often?",)),
        ('{"times": 1, "volume": 3}', ["volume"], ()),
        ('{"times": 1, "loud": "very"}', ["loud"], ()),
        ("[1]", [], ()),
        ('{"times": ', [], ()),
    ],
)
async def test_arguments_that_do_not_fit_are_told_in_words(arguments: str, missing: list[str], spoken: tuple[str, ...]) -> None:
    outcome = await run_duty(duty(repeat), a_call(), arguments)
    assert not outcome.ok
    assert outcome.content["error"] == "arguments"
    assert outcome.content["missing"] == missing
    assert outcome.spoken == spoken
    assert next(iter(outcome.content["problems"].values()))


class PickyArguments(Arguments):
    def model_post_init(self, _: Any) -> None:
        raise ValueError("never right")


async def test_arguments_refused_as_a_whole() -> None:
    outcome = await run_duty(Duty("picky", "", PickyArguments, repeat), a_call(), "{}")
    assert outcome.content["error"] == "arguments"


def raising(error: Exception) -> Any:
    async def run(_: Context, __: AskArguments) -> Outcome:
        raise error

    return run


@pytest.mark.parametrize("writes", [False, True])
@pytest.mark.parametrize(
    ("error", "why", "spoken"),
    [
        (Refused("Which day?", ("day",)), "Which day?", "Which day?"),
        (StoreAway("Not now."), "Not now.", "Not now."),
        (DatabaseUnavailable("away"), "unavailable", AWAY),
        (ZeroDivisionError("oops"), "broken", AWAY),
    ],
)
async def test_trouble_becomes_an_outcome(error: Exception, why: str, spoken: str, writes: bool) -> None:
    outcome = await run_duty(duty(raising(error), writes=writes), a_call(), '{"times": 1}')
    assert not outcome.ok
    assert outcome.content["error"] == why
    assert outcome.spoken == (spoken,)
    offers_message = not writes and spoken == AWAY
    assert outcome.follow_up == (MESSAGE if offers_message else "")


async def test_a_slow_reader_is_stopped() -> None:
    stopped = asyncio.Event()

    async def forever(_: Context, __: AskArguments) -> Outcome:
        try:
            return await asyncio.Future()
        finally:
            stopped.set()

    outcome = await run_duty(duty(forever, limit_s=0.01), a_call(), '{"times": 1}')
    assert outcome.spoken == (SLOW,)
    assert outcome.content == {"error": "too slow"}
    assert stopped.is_set()


class Writing:
    """A write that ends when told to."""

    def __init__(self) -> None:
        self.go, self.begun, self.runs = asyncio.Event(), asyncio.Event(), 0

    async def __call__(self, _: Context, __: AskArguments) -> Outcome:
        self.runs += 1
        self.begun.set()
        await self.go.wait()
        return Outcome({"run": self.runs}, ())


async def test_a_slow_write_goes_on_and_is_joined_when_asked_for_again() -> None:
    write, call = Writing(), a_call()
    slow = await run_duty(duty(write, writes=True, limit_s=0.01), call, '{"times": 1}')
    assert slow.spoken == (SLOW,)
    assert not slow.ok
    assert len(call.writing) == 1
    again = asyncio.ensure_future(run_duty(duty(write, writes=True), call, json.dumps({"times": 1, "what": None})))
    await asyncio.sleep(0)
    write.go.set()
    assert (await again).content == {"run": 1}
    assert write.runs == 1
    assert call.writing == {}


async def test_a_write_outlives_the_one_who_asked() -> None:
    write, call = Writing(), a_call()
    asking = asyncio.ensure_future(run_duty(duty(write, writes=True), call, '{"times": 1}'))
    await write.begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    (running,) = call.writing.values()
    write.go.set()
    assert (await running).content == {"run": 1}


async def test_other_arguments_are_another_write() -> None:
    write, call = Writing(), a_call()
    write.go.set()
    await run_duty(duty(write, writes=True), call, '{"times": 1}')
    await run_duty(duty(write, writes=True), call, '{"times": 2}')
    assert write.runs == 2

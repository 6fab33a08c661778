"""What is queued, heard and dropped, on carriers that are slow, forgetful and late."""

import json
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from agent.steps import Say
from telephony.events import AgentAudible, Interrupted, UtteranceProven
from tests.calls.line import MS_PER_LETTER, Phone, Wire
from tests.virtual_time import run

ANSWER = "The garden room serves breakfast from seven until ten, and on Sundays the kitchen stays open for half an hour more."
CARRIERS: dict[str, dict[str, Any]] = {
    "perfect": {},
    "20 % slow": {"speed": 0.8},
    "loses marks": {"lose": lambda number: Random(number).random() < 0.3},
    "late marks": {"mark_delay_ms": 150},
    "all of it": {"speed": 0.8, "lose": lambda number: Random(number).random() < 0.2, "mark_delay_ms": 150},
}
carriers = pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS.keys())


def answers(_: str) -> tuple[Say, ...]:
    return (Say(ANSWER),)


def words_in(sound_ms: float) -> int:
    """Words of the answer whose last letter lies within that much of its sound: the fake voice gives each letter the same time."""
    words, upto, count = ANSWER.split(), 0, 0
    for word in words:
        upto += len(word)
        if upto * MS_PER_LETTER > sound_ms:
            break
        upto += 1
        count += 1
    return count


@carriers
def test_heard_is_within_one_word_of_what_was_played(tmp_path: Path, carrier: dict[str, Any]) -> None:
    """The caller cuts in at many moments; the ledger is compared with the bytes that left the carrier's queue."""

    async def cut_at(ms: int, state: Path) -> tuple[int, int]:
        async with Phone(state, answers, **carrier) as phone:
            await phone.until_quiet()
            before = len(phone.wire.played)
            await phone.say("when is breakfast?")
            await phone.until(lambda: len(phone.wire.played) > before)
            await phone.wait(ms)
            phone.playback.drop()
            played_ms = (len(phone.wire.played) - before) / 8
        proven = phone.watch.of(UtteranceProven)[-1]
        assert proven.utterance.text == ANSWER
        assert ANSWER.startswith(proven.heard)
        return len(proven.heard.split()), words_in(played_ms)

    for number, ms in enumerate(range(60, 6800, 613)):
        heard, played = run(cut_at(ms, tmp_path / str(number)))
        assert abs(heard - played) <= 1, f"cut after {ms} ms: {heard} words heard, {played} played"


@carriers
def test_hardly_more_than_the_limit_is_ever_queued(tmp_path: Path, carrier: dict[str, Any]) -> None:
    most = 0

    async def call() -> None:
        nonlocal most
        put = Wire.put

        def measured(wire: Wire, text: str) -> None:
            nonlocal most
            put(wire, text)
            most = max(most, wire.queued_ms())

        async with Phone(tmp_path, answers, **carrier) as phone:
            Wire.put = measured  # type: ignore[assignment,method-assign]
            try:
                await phone.ask("when is breakfast?")
                await phone.ask("and on Sundays?")
            finally:
                Wire.put = put  # type: ignore[method-assign]
        assert phone.heard.count(ANSWER) == 2

    run(call())
    assert most <= (400 if "speed" not in carrier else 500)


@carriers
def test_all_of_it_is_played_without_a_gap(tmp_path: Path, carrier: dict[str, Any]) -> None:
    async def call() -> None:
        async with Phone(tmp_path, answers, **carrier) as phone:
            await phone.until_quiet()
            before = len(phone.wire.played)
            await phone.ask("when is breakfast?")
            assert len(phone.wire.played) - before == len(ANSWER) * MS_PER_LETTER * 8
        assert phone.heard[-1] == ANSWER

    run(call())


@carriers
def test_after_a_clear_nothing_old_comes(tmp_path: Path, carrier: dict[str, Any]) -> None:
    """Marks that come back by a clear prove nothing; sound of an older generation is never sent."""

    async def call() -> Phone:
        async with Phone(tmp_path, answers, **carrier) as phone:
            await phone.until_quiet()
            await phone.say("when is breakfast?")
            await phone.until(lambda: phone.watch.of(AgentAudible)[-1].utterance.text == ANSWER)
            await phone.wait(1500)
            await phone.ask("wait, do you have vegan food?")
        return phone

    phone = run(call())
    assert len(phone.wire.clears) == 1
    cleared = next(at for at, message in enumerate(phone.wire.sent) if message["event"] == "clear")
    after = [message["mark"]["name"] for message in phone.wire.sent[cleared:] if message["event"] == "mark"]
    assert after
    assert all(name.startswith("g1-") for name in after)
    first = phone.rows.utterances()
    cut = [row for row in first.values() if row.cut]
    assert len(cut) == 1
    assert cut[0].said == ANSWER
    assert 0 < len(cut[0].heard) < len(ANSWER)
    assert phone.heard[-1] == ANSWER


def test_every_sound_is_followed_by_its_mark(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, answers) as phone:
            await phone.ask("when is breakfast?")
        return phone

    sent = run(call()).wire.sent
    for sound, mark in pairwise(sent):
        if sound["event"] == "media":
            assert mark["event"] == "mark"
    names = [message["mark"]["name"] for message in sent if message["event"] == "mark"]
    assert len(names) == len(set(names))
    assert {message["streamSid"] for message in sent} == {"MZ1"}
    assert json.dumps(sent)


def test_an_interruption_clears_at_once(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, answers) as phone:
            await phone.until_quiet()
            await phone.say("when is breakfast?")
            await phone.until(lambda: phone.watch.of(AgentAudible)[-1].utterance.text == ANSWER)
            await phone.wait(2000)
            phone.began_ms = phone.call.now_ms()  # type: ignore[attr-defined]
            await phone.say("excuse me, I have another question about parking")
        return phone

    phone = run(call())
    began = phone.began_ms  # type: ignore[attr-defined]
    decided = next(at for at, event in phone.watch.seen if type(event).__name__ == "Interrupt")
    assert phone.wire.clears == [decided]
    assert phone.watch.of(Interrupted)[0].at_ms == decided
    assert decided - began <= 750

"""A call's states and deadlines: every wait ends in something."""

import pytest

from telephony.lifecycle import Action, Deadlines, End, Lifecycle, Prompt
from tools.catalogue import NextStep

D = Deadlines()
HANG_UP, DESK = NextStep.HANG_UP, NextStep.DESK


class Line:
    """A lifecycle with packets that never stop."""

    def __init__(self) -> None:
        self.life = Lifecycle()
        self.now = 0
        self.life.agent_quiet(0)

    def passes(self, ms: int) -> list[tuple[int, Action]]:
        """Time goes by; what was decided, and when."""
        found: list[tuple[int, Action]] = []
        until = self.now + ms
        while self.now < until:
            self.now += 100
            self.life.packet(self.now)
            found += [(self.now, action) for action in self.life.tick(self.now)]
            if any(isinstance(action, End) for _, action in found):
                break
        return found

    def turn(self, words: bool = True) -> None:
        self.life.caller_speaks()
        self.passes(600)
        self.life.caller_silent(self.now)
        self.life.turn_ended(self.now, words=words)

    def says(self, ms: int = 2000) -> None:
        """The agent answers and is heard."""
        self.life.reply_began(self.now)
        self.life.agent_audible(self.now)
        self.life.reply_ended(self.now)
        self.passes(ms)
        self.life.agent_quiet(self.now)


@pytest.fixture
def line() -> Line:
    return Line()


def test_the_silence_ladder(line: Line) -> None:
    line.turn()
    line.says()
    began = line.now
    steps = []
    for _ in range(3):
        found = line.passes(D.silence_ms + 200)
        assert len(found) == 1
        steps.append(found[0])
        line.says()
    assert [action for _, action in steps] == [Prompt(1), Prompt(2), Prompt(3)]
    assert steps[0][0] - began == pytest.approx(D.silence_ms, abs=200)
    assert [action for _, action in line.passes(D.silence_ms + 200)] == [End("silent", HANG_UP)]


def test_words_start_the_ladder_anew_and_noises_do_not(line: Line) -> None:
    line.turn()
    assert [action for _, action in line.passes(D.silence_ms + 200)] == [Prompt(1)]
    line.turn(words=False)
    assert [action for _, action in line.passes(D.silence_ms + 200)] == [Prompt(2)]
    line.turn()
    assert [action for _, action in line.passes(D.silence_ms + 200)] == [Prompt(1)]
    line.life.keyed()
    assert [action for _, action in line.passes(D.silence_ms + 200)] == [Prompt(1)]


@pytest.mark.parametrize("busy", ["caller", "agent", "reply"])
def test_nobody_is_called_silent_while_something_goes_on(line: Line, busy: str) -> None:
    line.turn()
    if busy == "caller":
        line.life.caller_speaks()
    elif busy == "agent":
        line.life.agent_audible(line.now)
    else:
        line.life.reply_began(line.now)
    assert line.passes(D.silence_ms + 2000) == []


def test_hold_on_waits_then_asks_once(line: Line) -> None:
    line.turn()
    line.life.holds_on(line.now)
    line.says(1500)
    found = line.passes(D.hold_ms + 3000)
    assert [action for _, action in found] == [Prompt(1)]
    assert found[0][0] == pytest.approx(600 + D.hold_ms, abs=300)


def test_talk_aside_does_not_end_a_hold_and_words_do(line: Line) -> None:
    line.turn()
    line.life.holds_on(line.now)
    line.passes(20_000)
    line.turn(words=False)
    assert line.passes(40_000) == []
    line.turn()
    assert [action for _, action in line.passes(D.silence_ms + 200)] == [Prompt(1)]


def test_a_goodbye_ends_the_call_when_it_was_heard(line: Line) -> None:
    line.turn()
    line.life.reply_began(line.now)
    line.life.agent_audible(line.now)
    line.life.moves_on(HANG_UP, "goodbye", line.now)
    line.life.reply_ended(line.now)
    assert line.passes(3000) == []
    line.life.agent_quiet(line.now)
    assert [action for _, action in line.passes(200)] == [End("goodbye", HANG_UP)]


def test_one_more_thing_after_the_goodbye_goes_on(line: Line) -> None:
    """The call waits for what the caller has begun to say, also in the silence before it is understood."""
    line.turn()
    line.life.moves_on(HANG_UP, "goodbye", line.now)
    line.life.agent_audible(line.now)
    line.passes(500)
    line.life.caller_speaks()
    line.life.agent_quiet(line.now)
    assert line.passes(1000) == []
    line.life.caller_silent(line.now)
    assert line.passes(1500) == []
    line.life.turn_ended(line.now)
    assert line.passes(3000) == []


@pytest.mark.parametrize("noise", ["turn", "key"])
def test_a_noise_or_a_second_key_does_not_undo_a_planned_end(line: Line, noise: str) -> None:
    line.turn()
    line.life.agent_audible(line.now)
    line.life.moves_on(DESK, "key 0", line.now)
    if noise == "turn":
        line.turn(words=False)
    else:
        line.life.keyed()
    line.life.agent_quiet(line.now)
    assert [action for _, action in line.passes(300)] == [End("key 0", DESK)]


@pytest.mark.parametrize("stuck", ["agent", "caller"])
def test_a_planned_end_does_not_wait_for_ever(line: Line, stuck: str) -> None:
    line.turn()
    line.life.moves_on(DESK, "asked", line.now)
    if stuck == "agent":
        line.life.agent_audible(line.now)
    else:
        line.life.caller_speaks()
    began = line.now
    found = line.passes(D.move_ms + 1000)
    assert [action for _, action in found] == [End("asked", DESK)]
    assert found[0][0] - began == pytest.approx(D.move_ms, abs=300)


def test_a_reply_that_does_not_come_is_the_desks(line: Line) -> None:
    line.turn()
    line.life.reply_began(line.now)
    began = line.now
    found = line.passes(D.reply_ms + 1000)
    assert [action for _, action in found] == [End("no reply", DESK)]
    assert found[0][0] - began == pytest.approx(D.reply_ms, abs=300)


def test_a_line_without_packets_is_lost() -> None:
    life = Lifecycle()
    life.packet(1000)
    assert life.tick(1000 + D.no_media_ms) == ()
    assert life.tick(1001 + D.no_media_ms) == (End("line lost"),)


def test_a_call_without_a_word_ends_within_a_minute(line: Line) -> None:
    line.says(5000)
    found: list[tuple[int, Action]] = []
    while line.now < 60_000 and not any(isinstance(action, End) for _, action in found):
        found += line.passes(1000)
        if found and isinstance(found[-1][1], Prompt):
            line.says(3000)
            found = []
    assert isinstance(found[-1][1], End)
    assert found[-1][1].reason == "silent"


def test_a_call_that_never_ends_goes_to_the_desk(line: Line) -> None:
    line.turn()
    line.life.packet(D.longest_ms + 1)
    assert line.life.tick(D.longest_ms + 1) == (End("too long", DESK),)

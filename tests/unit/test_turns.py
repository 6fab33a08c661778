"""Whose turn it is: pauses per situation, interruptions, and what must always hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from speech.endpointing import Waits
from speech.ports import Answer, TranscriberEvent, TranscriberFailed, Transcript, TurnMark, TurnSignal
from speech.turns import (
    Backchannel,
    CallerSilent,
    CallerSpeaking,
    Decision,
    EndOfTurn,
    GiveUp,
    Interrupt,
    LikelyEnd,
    PartialDecode,
    Resume,
    Turns,
    WaitMore,
    Why,
)

WAITS = Waits()
T = TypeVar("T")


@dataclass
class Line:
    """A caller made of voice and silence; `decoded` is the text each decode gives, `None` none at all, `delay_ms` how late."""

    turns: Turns = field(default_factory=Turns)
    decoded: str | None = "A room for tonight."
    delay_ms: int = 300
    confidence: float = 0.9
    at_ms: int = 0
    decisions: list[Decision] = field(default_factory=list)
    _due: list[tuple[int, TranscriberEvent]] = field(default_factory=list)

    def play(self, ms: int, probability: float, level_db: float) -> "Line":
        for _ in range(ms // 20):
            self.take(self.turns.frame(probability, level_db, self.at_ms))
            self.at_ms += 20
            while self._due and self._due[0][0] <= self.at_ms:
                self.take(self.turns.hear(self._due.pop(0)[1]))
        return self

    def voice(self, ms: int, level_db: float = -20.0) -> "Line":
        return self.play(ms, 0.95, level_db)

    def silence(self, ms: int) -> "Line":
        return self.play(ms, 0.02, -70.0)

    def take(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            self.decisions.append(decision)
            if isinstance(decision, LikelyEnd | PartialDecode) and self.decoded is not None:
                text = Transcript(self.decoded, decision.at_ms, final=True, confidence=self.confidence)
                self._due.append((self.at_ms + self.delay_ms, text))
            if isinstance(decision, Interrupt):
                self.turns.agent_speaking(None, decision.at_ms)

    def of(self, kind: type[T]) -> list[T]:
        return [each for each in self.decisions if isinstance(each, kind)]


@pytest.mark.parametrize(
    ("answer", "text", "pause_ms", "ends"),
    [
        (Answer.ANYTHING, "Do you have a pool?", 440, False),
        (Answer.ANYTHING, "Do you have a pool?", 600, True),
        (Answer.ANYTHING, "A room for tonight.", 480, False),
        (Answer.ANYTHING, "A room for tonight.", 660, True),
        (Answer.ANYTHING, "A room for", 1_400, False),
        (Answer.ANYTHING, "A room for", 1_600, True),
        (Answer.YES_NO, "Yes.", 600, True),
        (Answer.NUMBER, "Two.", 600, True),
        (Answer.NUMBER, "There are many.", 600, False),
        (Answer.DATE, "The twelfth.", 800, False),
        (Answer.DATE, "The twelfth of May.", 600, True),
        (Answer.NAME, "Margaret.", 700, False),
        (Answer.SPELLING, "H O L", 1_600, False),
        (Answer.SPELLING, "H O L", 1_800, True),
        (Answer.PHONE, "617 555", 1_800, False),
        (Answer.PHONE, "617 555 0182", 1_000, True),
        (Answer.EMAIL, "holly at example", 1_400, False),
        (Answer.EMAIL, "holly at example dot com", 600, True),
        (Answer.CODE, "4 4 7", 1_800, False),
    ],
)
def test_pauses(answer: Answer, text: str, pause_ms: int, ends: bool) -> None:
    line = Line(decoded=text)
    line.turns.expect(answer)
    line.voice(1_000).silence(pause_ms)
    assert bool(line.of(EndOfTurn)) is ends


def test_one_turn_from_start_to_end() -> None:
    line = Line().silence(500).voice(1_000).silence(2_000)
    assert [type(each) for each in line.decisions] == [CallerSpeaking, CallerSilent, LikelyEnd, WaitMore, EndOfTurn]
    end = line.of(EndOfTurn)[0]
    assert (end.text, end.start_ms, end.end_ms, end.confidence) == ("A room for tonight.", 500, 1_500, 0.9)
    assert end.at_ms == 1_500 + WAITS.anything_ms + 10
    asked = line.of(LikelyEnd)[0]
    assert (asked.start_ms, asked.at_ms) == (500 - WAITS.lead_ms, 1_500 + WAITS.likely_end_ms)


def test_voice_before_the_end_keeps_the_turn() -> None:
    line = Line().voice(600).silence(460).voice(600).silence(2_000)
    assert [end.start_ms for end in line.of(EndOfTurn)] == [0]
    assert len(line.of(LikelyEnd)) == 2


def test_text_that_misses_the_last_voice_does_not_end_the_turn() -> None:
    line = Line(delay_ms=900).voice(600).silence(240).voice(200).silence(700)
    assert not line.of(EndOfTurn)
    line.silence(1_500)
    assert len(line.of(EndOfTurn)) == 1


def test_patience_waits_longer() -> None:
    line = Line()
    line.turns.patience(2.0)
    line.voice(600).silence(1_000)
    assert not line.of(EndOfTurn)
    line.silence(200)
    assert line.of(EndOfTurn)


@pytest.mark.parametrize("click_ms", [20, 40])
def test_a_click_opens_no_turn(click_ms: int) -> None:
    assert not Line().silence(200).voice(click_ms).silence(2_000).decisions


def test_a_noise_without_words_is_given_up() -> None:
    line = Line(decoded="").voice(400).silence(1_500)
    assert [each.why for each in line.of(GiveUp)] == [Why.NO_WORDS]


def test_while_holding_a_noise_is_nothing() -> None:
    line = Line(decoded="")
    line.turns.hold(90_000)
    line.voice(400).silence(1_500)
    assert not line.of(GiveUp)


def test_no_text_within_the_limit_is_given_up() -> None:
    line = Line(decoded=None).voice(400).silence(WAITS.likely_end_ms + WAITS.text_limit_ms + 40)
    assert [each.why for each in line.of(GiveUp)] == [Why.NO_TEXT]


def test_without_packets_the_clock_ends_the_turn() -> None:
    line = Line(decoded=None).voice(400)
    line.take(line.turns.tick(600))
    assert line.of(CallerSilent)
    assert line.of(LikelyEnd)
    line.take(line.turns.tick(600 + WAITS.text_limit_ms))
    assert line.of(GiveUp)
    assert not line.turns.tick(100)


def test_a_broken_recogniser_is_given_up_in_silence_but_not_in_speech() -> None:
    line = Line(decoded=None).voice(1_000)
    line.take(line.turns.hear(TranscriberFailed("gone", line.at_ms)))
    assert not line.of(GiveUp)
    line.silence(300)
    line.take(line.turns.hear(TranscriberFailed("gone", line.at_ms)))
    assert [each.why for each in line.of(GiveUp)] == [Why.FAILED]


def test_a_caller_who_never_stops() -> None:
    line = Line(decoded="and on it goes and").voice(WAITS.turn_max_ms + 1_000)
    assert len(line.of(PartialDecode)) == WAITS.turn_max_ms // WAITS.partial_every_ms - 1
    assert len(line.of(EndOfTurn)) == 1


def test_a_late_text_of_a_finished_turn_is_ignored() -> None:
    line = Line().voice(600).silence(2_000)
    end = line.of(EndOfTurn)[0]
    line.voice(200)
    assert not line.turns.hear(Transcript("A room for tonight.", end.at_ms))


# While the agent speaks

SENTENCE = "Our rooms look out on the harbour and have a balcony."


def over_agent(decoded: str | None, confidence: float = 0.9, sentence: str = SENTENCE, delay_ms: int = 300) -> Line:
    line = Line(decoded=decoded, confidence=confidence, delay_ms=delay_ms)
    line.turns.agent_speaking(sentence, 0)
    return line.play(2_000, 0.9, -45.0)


def test_echo_alone_does_nothing() -> None:
    assert not over_agent("").play(20_000, 0.95, -36.0).decisions


def test_words_stop_the_agent() -> None:
    line = over_agent("Stop, please.").voice(300).silence(600)
    assert [stop.why for stop in line.of(Interrupt)] == ["interruption"]


def test_voice_without_words_stops_the_agent() -> None:
    line = over_agent(None).voice(WAITS.interrupt_ms + 20)
    assert [(stop.at_ms, stop.why) for stop in line.of(Interrupt)] == [(2_000 + WAITS.interrupt_ms, "voice")]


def test_one_who_goes_on_softly_stops_the_agent_where_nothing_else_sounds_like_a_voice() -> None:
    line = over_agent(None).play(1_000, 0.1, -45.0)
    line.play(300, 0.99, -20.0).play(200, 0.99, -43.0)
    assert [(stop.at_ms, stop.why) for stop in line.of(Interrupt)] == [(3_000 + WAITS.interrupt_sure_ms, "voice")]


def test_but_not_where_our_echo_does() -> None:
    line = over_agent(None).play(300, 0.99, -20.0).play(200, 0.99, -43.0)
    assert not line.of(Interrupt)


@pytest.mark.parametrize("words", ["Mm-hm.", "Yeah.", "Okay.", "Right, right."])
def test_a_backchannel_does_not(words: str) -> None:
    line = over_agent(words).voice(320).silence(1_500)
    assert not line.of(Interrupt)
    assert [each.text for each in line.of(Backchannel)] == [words]


def test_a_backchannel_that_goes_on_is_an_interruption() -> None:
    line = over_agent("Yeah", delay_ms=100).voice(1_200)
    assert [stop.at_ms for stop in line.of(Interrupt)] == [2_000 + WAITS.backchannel_most_ms]


def test_our_own_words_do_not() -> None:
    line = over_agent("on the harbour", delay_ms=100).voice(600).silence(1_500)
    assert not line.of(Interrupt)


def test_yes_to_our_question_counts() -> None:
    line = over_agent("Yes.", sentence="Shall I book it for you?").voice(300).silence(1_500)
    assert line.of(Interrupt)
    assert [end.text for end in line.of(EndOfTurn)] == ["Yes."]


def test_an_interruption_becomes_the_turn() -> None:
    line = over_agent("Actually, is there parking?").voice(1_200).silence(2_000)
    assert [(end.text, end.start_ms) for end in line.of(EndOfTurn)] == [("Actually, is there parking?", 2_000)]


@pytest.mark.parametrize("words", ["", "Okay."])
def test_a_false_stop_is_taken_back_within_a_second(words: str) -> None:
    line = over_agent(words, delay_ms=400).voice(460).silence(2_000)
    stopped, resumed = line.of(Interrupt)[0], line.of(Resume)[0]
    assert resumed.at_ms - stopped.at_ms <= WAITS.resume_ms + 20
    assert not line.of(EndOfTurn)


def test_words_over_our_last_word_are_a_turn() -> None:
    line = over_agent("A double room.", delay_ms=800).voice(300)
    line.turns.agent_speaking(None, line.at_ms)
    line.voice(600).silence(2_000)
    assert [end.text for end in line.of(EndOfTurn)] == ["A double room."]
    assert not line.of(Interrupt)


def test_a_cough_is_nothing() -> None:
    assert not over_agent("").voice(80).silence(1_000).decisions


def test_loud_noise_is_nothing() -> None:
    assert not over_agent("").play(3_000, 0.05, -10.0).decisions


def test_our_own_level_raises_the_floor() -> None:
    line = over_agent("")
    for _ in range(100):
        line.turns.agent_audio(-4.0, line.at_ms)
        line.voice(20, level_db=-18.0)
    assert not line.decisions


# A recogniser that marks turns itself


def marked() -> Line:
    return Line(turns=Turns(marks_turns=True), decoded=None)


def test_the_mark_ends_the_turn() -> None:
    line = marked().voice(600)
    line.take(line.turns.hear(Transcript("Two rooms", 500)))
    line.silence(200)
    line.take(line.turns.hear(TurnSignal(TurnMark.LIKELY_END, line.at_ms)))
    line.take(line.turns.hear(TurnSignal(TurnMark.RESUMED, line.at_ms)))
    line.take(line.turns.hear(Transcript("Two rooms please", 600)))
    line.take(line.turns.hear(TurnSignal(TurnMark.ENDED, line.at_ms)))
    assert len(line.of(LikelyEnd)) == 1
    assert [end.text for end in line.of(EndOfTurn)] == ["Two rooms please"]


def test_a_voice_too_soft_for_us_still_has_its_turn() -> None:
    line = marked().silence(1_000)
    line.take(line.turns.hear(TurnSignal(TurnMark.STARTED, 900)))
    line.take(line.turns.hear(Transcript("Hello", 1_000)))
    line.take(line.turns.hear(TurnSignal(TurnMark.ENDED, 1_300)))
    assert [end.text for end in line.of(EndOfTurn)] == ["Hello"]


def test_the_watchdog_ends_a_turn_whose_mark_never_comes() -> None:
    line = marked().voice(600)
    line.take(line.turns.hear(Transcript("Two rooms.", 600)))
    line.silence(WAITS.marked_least_ms - 40)
    assert not line.of(EndOfTurn)
    line.silence(80)
    assert line.of(EndOfTurn)


def test_the_watchdog_gives_up_without_words() -> None:
    assert marked().voice(600).silence(WAITS.marked_least_ms + 40).of(GiveUp)


def test_running_text_decides_about_an_interruption() -> None:
    line = marked()
    line.turns.agent_speaking(SENTENCE, 0)
    line.voice(200)
    line.take(line.turns.hear(Transcript("wait a", line.at_ms)))
    assert line.of(Interrupt)


def test_a_marked_backchannel() -> None:
    line = marked()
    line.turns.agent_speaking(SENTENCE, 0)
    line.voice(240)
    line.take(line.turns.hear(Transcript("okay", line.at_ms)))
    line.take(line.turns.hear(TurnSignal(TurnMark.ENDED, line.at_ms + 100)))
    assert line.of(Backchannel)
    assert not line.of(Interrupt)
    assert not line.of(EndOfTurn)


def test_words_from_ahead_of_time_end_no_turn_in_the_future() -> None:
    turns = Turns(marks_turns=True)
    turns.hear(Transcript("Yes.", 1))
    (ended,) = [each for each in turns.hear(TurnSignal(TurnMark.ENDED, 0)) if isinstance(each, EndOfTurn)]
    assert ended.start_ms <= ended.end_ms <= ended.at_ms


def test_the_tail_of_a_marked_turn_is_noise_and_no_turn_of_its_own() -> None:
    turns = Turns(marks_turns=True)
    decided: list[Decision] = []
    now = 0
    for _ in range(50):
        decided += turns.frame(0.9, -20.0, now)
        now += 20
    decided += turns.hear(Transcript("How much is parking?", now, final=True))
    decided += turns.hear(TurnSignal(TurnMark.ENDED, now))
    for probability in [0.9] * 10 + [0.0] * 400:
        decided += turns.frame(probability, -20.0 if probability else -70.0, now)
        now += 20
    assert [each.text for each in decided if isinstance(each, EndOfTurn)] == ["How much is parking?"]
    assert [each.why for each in decided if isinstance(each, GiveUp)] == [Why.NOISE]

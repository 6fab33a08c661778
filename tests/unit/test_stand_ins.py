"""The bench's stand-ins keep the ports' contracts and the bench's own: turns by the frame, a reply that identifies itself."""

import asyncio

import pytest

from agent.ports import Finished, TextDelta
from agent.sentences import sentences
from speech.interruptions import Meaning, meaning
from speech.ports import ListenHints, TranscriberEvent, Transcript, TurnMark, TurnSignal
from speech.turns import CallerSilent, CallerSpeaking, Decision, EndOfTurn, Interrupt, Turns
from telephony.process.stand_ins import (
    FRAME_BYTES,
    SAID,
    SILENCE,
    TOKENS,
    OracleVoiceActivity,
    StandInModel,
    StandInSynthesizer,
    StandInTranscriber,
    reply_audio,
)

SOUND = b"\xfe" * FRAME_BYTES


async def test_the_oracle_marks_a_turn_by_its_first_sound_and_its_first_silence() -> None:
    told: list[TranscriberEvent] = []
    listening = await StandInTranscriber(marks_turns=True).listen(told.append, ListenHints())
    for number, frame in enumerate((SILENCE, SOUND, SOUND, SILENCE, SILENCE)):
        listening.audio(frame, number * 20)
    assert told == [
        TurnSignal(TurnMark.STARTED, 20),
        Transcript(SAID, 40),
        Transcript(SAID, 60, final=True),
        TurnSignal(TurnMark.ENDED, 60),
    ]


@pytest.mark.parametrize("agent", [None, "Good evening, how may I help you?"])
async def test_the_turn_machine_decides_in_the_very_frames_of_the_oracle(agent: str | None) -> None:
    turns, decided = Turns(marks_turns=True), list[tuple[int, Decision]]()
    if agent:
        turns.agent_speaking(agent, 0)
    now = 0

    def tell(event: TranscriberEvent) -> None:
        decided.extend((now, decision) for decision in turns.hear(event))

    listening = await StandInTranscriber(marks_turns=True).listen(tell, ListenHints())
    voice = OracleVoiceActivity().open()
    for number in range(150):
        frame, now = SOUND if 10 <= number < 120 else SILENCE, number * 20
        listening.audio(frame, now)
        decided += [(now, decision) for decision in turns.frame(*voice.audio(frame), now)]
        if any(isinstance(decision, Interrupt) for _, decision in decided):
            turns.agent_speaking(None, now)
    kinds = [(at, type(decision)) for at, decision in decided if not isinstance(decision, CallerSilent)]
    assert kinds == [*([(200, Interrupt)] if agent else []), (200, CallerSpeaking), (2400, EndOfTurn)]


async def test_without_turn_marks_every_decode_is_answered_once_in_the_next_round() -> None:
    told: list[TranscriberEvent] = []
    listening = await StandInTranscriber(marks_turns=False).listen(told.append, ListenHints())
    listening.audio(SOUND, 0)
    listening.decode(0, 500)
    assert told == []
    await asyncio.sleep(0)
    assert told == [Transcript(SAID, 500, final=True)]


def test_what_callers_say_is_no_backchannel() -> None:
    assert meaning(SAID, " ".join(TOKENS)) is Meaning.INTERRUPTION


async def test_the_reply_is_one_sentence_of_twenty_tokens() -> None:
    events = [event async for event in StandInModel().session(()).respond(None)]  # type: ignore[arg-type]
    tokens = [event.text for event in events if isinstance(event, TextDelta)]
    assert len(tokens) == 20
    assert len(sentences("".join(tokens))) == 1
    assert isinstance(events[-1], Finished)


async def test_the_voice_gives_two_seconds_that_identify_themselves() -> None:
    speaking = await StandInSynthesizer().open()
    pieces = [piece.mulaw async for piece in speaking.say("Anything.")]
    assert b"".join(pieces) == reply_audio()
    assert len(reply_audio()) == 2 * 8000
    assert [reply_audio()[frame * FRAME_BYTES] for frame in range(100)] == list(range(0x10, 0x10 + 100))
    assert 0xFF not in reply_audio()

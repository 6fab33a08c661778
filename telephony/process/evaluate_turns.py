"""Recordings through the product's own turn taking: when it would end the caller's turn, and when it would stop talking.

Time is the file's own clock: a decode is answered a fixed time after it was asked, so the figures do not hang on the machine."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from speech import mulaw
from speech.ports import Answer, ListenHints, Listening, Transcriber, TranscriberEvent, VoiceActivity
from speech.turns import Decision, EndOfTurn, GiveUp, Interrupt, LikelyEnd, PartialDecode, Resume, Turns
from telephony.process.evaluate_speech import answers, telephone

PACKET_MS: Final = 20
SILENCE_AFTER_MS: Final = 3_000
DECODE_MS: Final = 350
"""What a decode of the embedded recogniser costs on one quiet core."""
_LIMIT_S: Final = 60.0
_TURNS: Final = ("turns_must_not_cut", "turns_end", "details", "pauses")
_BARGEIN: Final = ("bargein_must", "bargein_must_not", "takeover", "backchannel", "not_speech")


async def evaluate_turns(folder: Path, transcriber: Transcriber, activity: VoiceActivity) -> AsyncIterator[dict[str, Any]]:
    """One {"id", "events": [[ms, "EndOfTurn"], …]} for each recording; those of `details` are told their slot. Raises SpeechError."""
    sets = json.loads((folder / "sets.json").read_text())
    slots = answers(folder)
    for file in _files(sets, _TURNS):
        answer = slots.get(file, Answer.ANYTHING) if file in sets.get("details", ()) else Answer.ANYTHING
        played = await _play(telephone(folder / file), transcriber, activity, answer=answer)
        yield {"id": file, "events": [[each.at_ms, "EndOfTurn"] for each in played if isinstance(each, EndOfTurn)]}


async def evaluate_bargein(folder: Path, transcriber: Transcriber, activity: VoiceActivity) -> AsyncIterator[dict[str, Any]]:
    """One {"id", "events": [[ms, "Interrupt"], …]} for each recording, the agent talking all through it. Raises SpeechError."""
    sets = json.loads((folder / "sets.json").read_text())
    for file in _files(sets, _BARGEIN):
        played = await _play(telephone(folder / file), transcriber, activity, agent_talks=True)
        yield {"id": file, "events": [[each.at_ms, "Interrupt"] for each in played if isinstance(each, Interrupt)]}


def _files(sets: dict[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(file for name in names for file in sets.get(name, ())))


async def _play(
    sound: bytes, transcriber: Transcriber, activity: VoiceActivity, *, answer: Answer = Answer.ANYTHING, agent_talks: bool = False
) -> list[Decision]:
    told: asyncio.Queue[TranscriberEvent] = asyncio.Queue()
    listening = await transcriber.listen(told.put_nowait, ListenHints())
    try:
        listening.expect(answer)
        return await _Line(listening, told, activity, answer, agent_talks=agent_talks).play(sound)
    finally:
        await listening.close()


class _Line:
    """One recording as a call: packets in, decisions out, decodes answered in their time."""

    def __init__(
        self, listening: Listening, told: asyncio.Queue[TranscriberEvent], activity: VoiceActivity, answer: Answer, *, agent_talks: bool
    ) -> None:
        self._listening, self._told, self._voice = listening, told, activity.open()
        self._turns, self._agent_talks = Turns(), agent_talks
        self._turns.expect(answer)
        self._due: list[tuple[int, TranscriberEvent]] = []
        self._busy_until = 0
        self._decided: list[Decision] = []

    async def play(self, sound: bytes) -> list[Decision]:
        self._agent(0, talks=self._agent_talks)
        step = PACKET_MS * mulaw.BYTES_PER_MS
        sound += mulaw.SILENCE * (SILENCE_AFTER_MS * mulaw.BYTES_PER_MS + -len(sound) % step)
        for begin in range(0, len(sound), step):
            at_ms, packet = begin // mulaw.BYTES_PER_MS, sound[begin : begin + step]
            self._listening.audio(packet, at_ms)
            probability, level_db = self._voice.audio(packet)
            await self._act(self._turns.frame(probability, level_db, at_ms))
            while self._due and self._due[0][0] <= at_ms + PACKET_MS:
                await self._act(self._turns.hear(self._due.pop(0)[1]))
        return self._decided

    async def _act(self, decisions: Any) -> None:
        for decision in decisions:
            self._decided.append(decision)
            match decision:
                case LikelyEnd() | PartialDecode():
                    await self._decode(decision.start_ms, decision.at_ms)
                case EndOfTurn() | Resume() | GiveUp():
                    self._listening.forget(decision.at_ms)
                    self._agent(decision.at_ms, talks=self._agent_talks)
                case Interrupt():
                    self._agent(decision.at_ms, talks=False)
                case _:
                    pass

    def _agent(self, at_ms: int, *, talks: bool) -> None:
        """What it says is not known."""
        self._turns.agent_speaking("" if talks else None, at_ms)

    async def _decode(self, start_ms: int, at_ms: int) -> None:
        self._listening.decode(start_ms, at_ms)
        async with asyncio.timeout(_LIMIT_S):
            event = await self._told.get()
        self._busy_until = max(self._busy_until, at_ms) + DECODE_MS
        self._due.append((self._busy_until, event))

"""The call's ear: packets to the recogniser and the voice activity, what they say to the turn machine, what it decides to everybody."""

from collections import deque
from collections.abc import Sequence

import structlog

from speech import mulaw
from speech.errors import SpeechError
from speech.ports import Answer, ListenHints, Listening, Transcriber, TranscriberEvent, TranscriberFailed, Transcript, VoiceStream
from speech.turns import Backchannel, Decision, EndOfTurn, GiveUp, LikelyEnd, PartialDecode, Resume, Turns
from telephony.call import Part
from telephony.events import AgentAudible, AgentQuiet, Decoded, Event, Expecting, Heard, HoldsOn, Patience, SpeechFailed

EARLY_PACKETS = 500
"""How many packets are kept while the recogniser opens: ten seconds."""
HOLD_MS = 90_000
"""How long "hold on" may last before we ask once."""

log = structlog.get_logger()


class Hearing(Part):
    """Straight calls from packet to decision; nothing waits here."""

    def __init__(self, transcriber: Transcriber, voice: VoiceStream, turns: Turns, hints: ListenHints) -> None:
        self._transcriber, self._voice, self._turns, self._hints = transcriber, voice, turns, hints
        self._listening: Listening | None = None
        self._early: deque[tuple[bytes, int]] = deque(maxlen=EARLY_PACKETS)
        self._asked_ms: dict[int, int] = {}
        """When each decode was asked, by its `upto_ms`."""

    def start(self) -> None:
        self.call.run(self._open(), "listen")

    def audio(self, packet: bytes, at_ms: int) -> None:
        probability, level_db = self._voice.audio(packet)
        if self._listening is not None:
            self._listening.audio(packet, at_ms)
        else:
            self._early.append((packet, at_ms))
        if decisions := self._turns.frame(probability, level_db, at_ms):
            self._act(decisions)

    def played(self, chunk: bytes, at_ms: int) -> None:
        """A chunk of the agent's own sound, mu-law, played from `at_ms` on: its echo is as loud as it is."""
        self._turns.agent_audio(mulaw.level(chunk), at_ms)

    def tick(self, now_ms: int) -> None:
        self._act(self._turns.tick(now_ms))

    def event(self, event: Event) -> None:
        if isinstance(event, AgentAudible):
            self._turns.agent_speaking(event.utterance.text, event.at_ms)
        elif isinstance(event, AgentQuiet):
            self._turns.agent_speaking(None, event.at_ms)
        elif isinstance(event, Expecting):
            self._expect(event.answer)
        elif isinstance(event, Patience):
            self._turns.patience(event.factor)
        elif isinstance(event, HoldsOn):
            self._turns.hold(self.call.now_ms() + HOLD_MS)

    async def end(self) -> None:
        if self._listening is not None:
            await self._listening.close()

    def _expect(self, answer: Answer) -> None:
        self._turns.expect(answer)
        if self._listening is not None:
            self._listening.expect(answer)

    async def _open(self) -> None:
        try:
            listening = await self._transcriber.listen(self._hear, self._hints)
        except SpeechError as error:
            log.warning("recogniser not reached", transcriber=self._transcriber.name, error=str(error))
            self.tell(SpeechFailed("transcriber", str(error)))
            return
        while self._early:
            listening.audio(*self._early.popleft())
        self._listening = listening
        if self.call.ended:
            await listening.close()

    def _hear(self, event: TranscriberEvent) -> None:
        """From the recogniser, on the event loop."""
        if self.call.ended:
            return
        if isinstance(event, Transcript):
            asked_ms = self._asked_ms.pop(event.upto_ms, None)
            self.tell(Decoded(self.call.now_ms() - asked_ms if asked_ms is not None else 0))
            self.tell(Heard(event))
        elif isinstance(event, TranscriberFailed):
            log.warning("recogniser failed", reason=event.reason)
            self.tell(SpeechFailed("transcriber", event.reason))
        self._act(self._turns.hear(event))

    def _act(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            if isinstance(decision, LikelyEnd | PartialDecode):
                if self._listening is not None:
                    self._asked_ms[decision.at_ms] = self.call.now_ms()
                    self._listening.decode(decision.start_ms, decision.at_ms)
            elif isinstance(decision, EndOfTurn | GiveUp | Resume | Backchannel) and self._listening is not None:
                self._asked_ms.clear()
                self._listening.forget(decision.at_ms)
            self.tell(decision)

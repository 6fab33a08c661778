"""What we say, on its way to the caller's ear: at most 400 ms ahead at the carrier, each chunk followed by a mark, every chunk of a generation.

A mark that returns proves what was sent before it was played, unless a `clear` came between: Twilio then returns all marks at once, so marks of an
older generation prove nothing. Between marks the play position runs with the clock and never passes the next mark that is still out.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from telephony.call import Part
from telephony.events import AgentAudible, AgentQuiet, Ended, Event, Interrupted, MarkReturned, Utterance, UtteranceProven
from telephony.heard import SpokenSentence
from telephony.media_stream import MediaStream

AHEAD_MS = 400
"""The most that waits at the carrier: what an interruption has to clear, and what a late event loop may cost."""
CHUNK_MS = 200
"""The most one message carries."""
LOST_MARK_MS = 600
"""A mark this late after its audio must have been played is taken for lost."""


@dataclass(slots=True)
class _Sentence:
    utterance: Utterance
    words: SpokenSentence
    audio: bytearray
    """All of it: what a resume needs again."""
    sent_ms: int = 0
    base_ms: int = 0
    """Where in `audio` the first byte sent in this generation lies: 0, or where it was resumed."""
    queue_ms: int = 0
    """Queue position of that byte."""
    audible_ms: int | None = None
    """Stream time when it was first heard."""


@dataclass(frozen=True, slots=True)
class _Mark:
    name: str
    position_ms: int
    due_ms: int
    """Stream time when it should be back at the latest on a carrier that plays at full speed."""


class Playback(Part):
    """The agent's side of the line. Positions count ms of audio sent since the last clear."""

    def __init__(self, stream: MediaStream, send: Callable[[str], None], record: Callable[[bytes, int], None]) -> None:
        self.generation = 0
        self._stream, self._send, self._record = stream, send, record
        self._sentences: deque[_Sentence] = deque()
        self._held: deque[_Sentence] | None = None
        """What an interruption stopped: resumed or dropped."""
        self._held_ms = 0
        self._marks: deque[_Mark] = deque()
        self._sent_ms = 0
        self._proven_ms = 0
        self._proven_at_ms = 0
        self._timer: asyncio.TimerHandle | None = None
        self._count = 0
        self._audible: Utterance | None = None

    # what the reply does

    def begin(self, utterance: Utterance, spoken: str) -> None:
        """A sentence whose audio follows."""
        line = self._sentences if self._held is None else self._held
        line.append(_Sentence(utterance, SpokenSentence(utterance.text, spoken), bytearray()))

    def feed(self, utterance: Utterance, mulaw: bytes, starts: tuple[tuple[int, int], ...] = ()) -> None:
        """A piece of the sentence's audio; ignored if it was dropped meanwhile."""
        if sentence := self._find(utterance):
            sentence.audio += mulaw
            sentence.words.length_ms = len(sentence.audio) // 8
            sentence.words.starts.extend(starts)
            self._pump()

    def finish(self, utterance: Utterance) -> None:
        """The sentence's audio is whole."""
        if sentence := self._find(utterance):
            sentence.words.complete = True
            self._pump()
            now_ms = self.call.now_ms()
            self._prove(self._position(now_ms), now_ms)

    @property
    def busy(self) -> bool:
        """Something is being said, about to be, or held."""
        return bool(self._sentences or self._held)

    @property
    def held(self) -> bool:
        """An interruption has stopped what was being said; it may yet be resumed."""
        return self._held is not None

    # what the conversation does

    def hold(self) -> None:
        """Silence now (the caller speaks), keeping what was not heard."""
        if not self._sentences:
            return
        at_ms = self.call.now_ms()
        played_ms = self._position(at_ms)
        self._prove(played_ms, at_ms)
        for sentence in self._sentences:
            sentence.base_ms += int(max(0, min(sentence.sent_ms, played_ms - sentence.queue_ms)))
            sentence.sent_ms = 0
        self._held, self._sentences, self._held_ms = self._sentences, deque(), at_ms
        self._clear(at_ms)

    def resume(self) -> None:
        """The stop was no interruption: go on from the last heard word."""
        if self._held is None:
            return
        self._sentences, self._held = self._held, None
        for sentence in self._sentences:
            sentence.base_ms = sentence.words.word_began_ms(sentence.base_ms)
        self._pump()

    def drop(self, keep: int | None = None) -> None:
        """What was held or still waits will not be said, but for the utterance to keep: that goes on from its last heard word."""
        if self._held is None and all(sentence.utterance.id == keep for sentence in self._sentences):
            return
        self.hold()
        held = self._held or deque()
        self._held = deque(sentence for sentence in held if sentence.utterance.id == keep)
        self.resume()
        at_ms = self._held_ms
        for sentence in held:
            if sentence.utterance.id == keep:
                continue
            text = sentence.words.heard(sentence.base_ms)
            start_ms = at_ms if sentence.audible_ms is None else sentence.audible_ms
            self.tell(UtteranceProven(sentence.utterance, text, True, start_ms, at_ms))

    # what the line does

    def event(self, event: Event) -> None:
        if isinstance(event, MarkReturned):
            self._returned(event.name)
        elif isinstance(event, Ended):
            self._prove(self._position(self.call.now_ms()), self.call.now_ms())
            self.drop()

    def tick(self, now_ms: int) -> None:
        if self._marks and now_ms > self._marks[0].due_ms + LOST_MARK_MS:
            lost = self._marks.popleft()
            self._proved(lost.position_ms, now_ms)

    async def end(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _find(self, utterance: Utterance) -> _Sentence | None:
        line = self._sentences if self._held is None else self._held
        return next((sentence for sentence in reversed(line) if sentence.utterance is utterance), None)

    def _pump(self) -> None:
        """Send what fits; come back when more will."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        now_ms = self.call.now_ms()
        played_ms = self._position(now_ms)
        for sentence in self._sentences:
            while rest_ms := len(sentence.audio) // 8 - sentence.base_ms - sentence.sent_ms:
                room_ms = AHEAD_MS - (self._sent_ms - played_ms)
                size_ms = min(CHUNK_MS, rest_ms)
                if room_ms < size_ms:
                    self._timer = asyncio.get_running_loop().call_later((size_ms - room_ms) / 1000, self._pump)
                    return
                self._send_chunk(sentence, size_ms, now_ms, played_ms)
            if not sentence.words.complete:
                return

    def _send_chunk(self, sentence: _Sentence, size_ms: int, now_ms: int, played_ms: float) -> None:
        first = (sentence.base_ms + sentence.sent_ms) * 8
        chunk = bytes(sentence.audio[first : first + size_ms * 8])
        if not sentence.sent_ms:
            sentence.queue_ms = self._sent_ms
        plays_at_ms = now_ms + int(max(0.0, self._sent_ms - played_ms))
        if self._proven_ms >= self._sent_ms and not self._marks:
            self._proven_at_ms = now_ms
        self._count += 1
        self._sent_ms += size_ms
        sentence.sent_ms += size_ms
        mark = _Mark(f"g{self.generation}-{self._count}", self._sent_ms, plays_at_ms + size_ms)
        self._marks.append(mark)
        self._send(self._stream.media(chunk))
        self._send(self._stream.mark(mark.name))
        self._record(chunk, plays_at_ms)
        if sentence.audible_ms is None:
            sentence.audible_ms = plays_at_ms
        if self._audible is not sentence.utterance:
            self._audible = sentence.utterance
            self.tell(AgentAudible(sentence.utterance, plays_at_ms))

    def _position(self, now_ms: int) -> float:
        """How much of what was sent has been played, in ms."""
        if self._proven_ms >= self._sent_ms:
            return self._sent_ms
        ceiling = self._marks[0].position_ms - 1 if self._marks else self._sent_ms
        return min(ceiling, self._proven_ms + max(0, now_ms - self._proven_at_ms))

    def _returned(self, name: str) -> None:
        if not any(mark.name == name for mark in self._marks):
            return
        while self._marks:
            mark = self._marks.popleft()
            if mark.name == name:
                self._proved(mark.position_ms, self.call.now_ms())
                return

    def _proved(self, position_ms: int, now_ms: int) -> None:
        self._proven_ms, self._proven_at_ms = position_ms, now_ms
        self._prove(position_ms, now_ms)
        self._pump()

    def _prove(self, played_ms: float, now_ms: int) -> None:
        """Sentences that are wholly over."""
        while self._sentences:
            sentence = self._sentences[0]
            whole_ms = len(sentence.audio) // 8 - sentence.base_ms
            if not sentence.words.complete or sentence.sent_ms < whole_ms or played_ms < sentence.queue_ms + whole_ms:
                return
            self._sentences.popleft()
            start_ms = now_ms if sentence.audible_ms is None else sentence.audible_ms
            silent = not sentence.audio
            self.tell(UtteranceProven(sentence.utterance, "" if silent else sentence.words.text, silent, start_ms, now_ms))
            if not self._sentences:
                self._audible = None
                self.tell(AgentQuiet(now_ms))

    def _clear(self, at_ms: int) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._send(self._stream.clear())
        self.generation += 1
        self._marks.clear()
        self._sent_ms = self._proven_ms = 0
        self._audible = None
        self.tell(Interrupted(at_ms))
        self.tell(AgentQuiet(at_ms))

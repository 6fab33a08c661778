"""The heard ledger: how much of a sentence the caller has heard, from milliseconds played to words of the text."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from difflib import SequenceMatcher

TAIL_MS = 60
"""A word whose last sound lies this far behind the cut was understood."""
LETTER_MS = 65.0
"""A letter's time where the sentence's length is not known yet."""
_WORD = re.compile(r"\S+")
_PAUSES = {",": 4.0, ";": 5.0, ":": 5.0, ".": 7.0, "!": 7.0, "?": 7.0}
"""A pause after punctuation, in letters' worth of time."""


@dataclass(slots=True)
class SpokenSentence:
    """One sentence as text, as it was spoken, and the time of its letters. Grows while the voice delivers."""

    text: str
    """What the conversation remembers, e.g. "It is $40."."""
    spoken: str
    """What the voice was given, e.g. "It is forty dollars."."""
    length_ms: int = 0
    """Audio delivered so far."""
    complete: bool = False
    """The voice has delivered all of it."""
    starts: list[tuple[int, int]] = field(default_factory=list)
    """(index into `spoken`, ms) where the voice told it."""

    def heard(self, played_ms: float) -> str:
        """The words whose end lies before `played_ms`, cut between words."""
        if self.complete and played_ms >= self.length_ms:
            return self.text
        if played_ms <= 0:
            return ""
        said = self._spoken_words(played_ms + TAIL_MS)
        total = len(_WORD.findall(self.spoken))
        words = list(_WORD.finditer(self.text))
        count = _carried_over(self.spoken, self.text, said) if said < total else len(words)
        return self.text[: words[count - 1].end()] if count else ""

    def word_began_ms(self, played_ms: float) -> int:
        """When the word began that is being said at `played_ms`: where to go on after a false stop."""
        return int(max((end_ms for end_ms in self._word_ends() if end_ms <= played_ms), default=0.0))

    def _spoken_words(self, played_ms: float) -> int:
        """How many words of `spoken` are over at `played_ms`."""
        return sum(1 for end_ms in self._word_ends() if end_ms <= played_ms)

    def _word_ends(self) -> list[float]:
        words = list(_WORD.finditer(self.spoken))
        if not words:
            return []
        if self.starts:
            indexes = [index for index, _ in self.starts]
            times = [ms for _, ms in self.starts]
            return [_end_ms(word.end(), indexes, times, self.length_ms) for word in words]
        weights = [len(word[0]) + 1 + _PAUSES.get(word[0][-1], 0.0) for word in words]
        weights[-1] = len(words[-1][0])
        length_ms = self.length_ms if self.complete else max(self.length_ms, LETTER_MS * sum(weights))
        per_weight = length_ms / sum(weights)
        ends, before = [], 0.0
        for word, weight in zip(words, weights, strict=True):
            ends.append((before + len(word[0])) * per_weight)
            before += weight
        return ends


def _end_ms(end: int, indexes: list[int], times: list[int], length_ms: int) -> float:
    """When the letter before index `end` is over: the start of the next known letter."""
    at = bisect_right(indexes, end - 1)
    return times[at] if at < len(times) else length_ms


def _carried_over(spoken: str, text: str, said: int) -> int:
    """How many words of `text` the first `said` words of `spoken` amount to: equal words are anchors, between them in proportion."""
    there, here = ([re.sub(r"\W", "", word).lower() for word in line.split()] for line in (spoken, text))
    for tag, spoken_from, spoken_to, text_from, text_to in SequenceMatcher(None, there, here, autojunk=False).get_opcodes():
        if said >= spoken_to and not (tag == "delete" and said == spoken_to):
            continue
        if said <= spoken_from:
            return text_from
        if tag == "equal":
            return text_from + said - spoken_from
        return text_from + int((text_to - text_from) * (said - spoken_from) / (spoken_to - spoken_from))
    return len(here)

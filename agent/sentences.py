"""Running text into whole spoken sentences, and what kind of answer a question asks for. Pure."""

import re

from speech.ports import Answer

_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=\S)|\n+")
_NOT_AN_END = re.compile(r"(?:\b(?:mr|mrs|ms|dr|prof|st|no|nr|vs|approx|e\.g|i\.e|a\.m|p\.m|u\.s|u\.k)|\b[A-Z])\.$", re.IGNORECASE)
_HOUR = re.compile(r"\b[ap]\.m\.$", re.IGNORECASE)
LONGEST_SENTENCE = 400
"""Characters after which a text without an end is spoken anyway."""


class SentenceCutter:
    """Streamed text in, whole sentences out as soon as they are whole."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that `piece` completes."""
        self._text += piece
        done: list[str] = []
        while (cut := self._cut()) is not None:
            sentence, self._text = self._text[:cut].strip(), self._text[cut:].lstrip()
            if sentence:
                done.append(sentence)
        return done

    def rest(self) -> list[str]:
        """What is left at the end of the reply."""
        sentence, self._text = self._text.strip(), ""
        return [sentence] if sentence else []

    def _cut(self) -> int | None:
        for end in _END.finditer(self._text):
            before, after = self._text[: end.start()].rstrip("\"')]"), self._text[end.end() :]
            if _NOT_AN_END.search(before) and not (_HOUR.search(before) and after[:1].isupper()):
                continue
            return end.end()
        if len(self._text) > LONGEST_SENTENCE:
            comma = self._text.rfind(", ", 0, LONGEST_SENTENCE)
            return comma + 1 if comma > 0 else (self._text.rfind(" ", 0, LONGEST_SENTENCE) + 1 or LONGEST_SENTENCE)
        return None


def sentences(text: str) -> list[str]:
    """All sentences of a finished text."""
    cutter = SentenceCutter()
    return [*cutter.feed(text), *cutter.rest()]


_ASKS: tuple[tuple[Answer, re.Pattern[str]], ...] = (
    (Answer.SPELLING, re.compile(r"\bspell\b", re.IGNORECASE)),
    (Answer.EMAIL, re.compile(r"\be-?mail\b", re.IGNORECASE)),
    (Answer.PHONE, re.compile(
        r"\b(?:phone|telephone|mobile|cell|callback|contact)? ?number (?:can|should|may|to|do|is best)|\b(?:phone|telephone"
        r"|mobile|cell) number", re.IGNORECASE)),
    (Answer.CODE, re.compile(r"\b(?:confirmation|reservation|booking) (?:code|number)\b", re.IGNORECASE)),
    (Answer.YES_NO, re.compile(
        r"^(?:and |so |then |ok(?:ay)?,? |great,? )*(?:shall|would|is|are|was|do|does|did|can|could|may|should|will|have"
        r"|has) (?!.*\b(?:have|get|tell|give|ask)\b.*\b(?:name|number|date)).*\?$|\b(?:is that (?:right|correct|all right)"
        r"|right|correct|okay)\?$", re.IGNORECASE)),
    (Answer.NUMBER, re.compile(r"\bhow (?:many|old)\b", re.IGNORECASE)),
    (Answer.DATE, re.compile(r"\b(?:which|what) (?:date|day|night|evening)"
                            r"|\bwhen\b|\b(?:check(?:ing)? in|arriv|leav|check(?:ing)? out|dates)", re.IGNORECASE)),
    (Answer.NAME, re.compile(r"\bname\b", re.IGNORECASE)),
)  # fmt: skip


def asked_for(text: str) -> Answer:
    """The kind of answer the last question of a reply asks for, for models that do not say it themselves."""
    last = next((s for s in reversed(sentences(text)) if s.endswith("?")), None)
    if last is None:
        return Answer.ANYTHING
    return next((answer for answer, asks in _ASKS if asks.search(last)), Answer.ANYTHING)

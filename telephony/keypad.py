"""Pressed keys, pure: zero is a person, digits are an answer where a number is asked for. Fed with time."""

from dataclasses import dataclass

from speech.ports import Answer

PAUSE_MS = 2_500
"""After this long without another key the answer is whole."""
LONGEST = 24
"""Keys of one answer; what comes beyond in the same burst is left out."""
PHONE_DIGITS = 10
NUMBERS = frozenset({Answer.NUMBER, Answer.DATE, Answer.PHONE, Answer.CODE})


@dataclass(frozen=True, slots=True)
class Keys:
    """A whole answer by keys; "0" alone asks for a person."""

    digits: str


class Keypad:
    def __init__(self) -> None:
        self._digits = ""
        self._last_ms = 0

    def press(self, digit: str, at_ms: int, asked: Answer) -> Keys | None:
        """One key. An answer is whole by `#`, by its full length, or by a pause; zero where no number is asked is whole at once; `*` starts anew."""
        self._last_ms = at_ms
        if digit == "0" and not self._digits and asked not in NUMBERS:
            return Keys("0")
        if digit == "#":
            return self._take()
        if digit == "*":
            self._digits = ""
        elif digit in "0123456789" and len(self._digits) < LONGEST:
            self._digits += digit
        full = asked is Answer.PHONE and len(self._digits) == PHONE_DIGITS and self._digits[0] not in "01"
        return self._take() if full else None

    def tick(self, now_ms: int) -> Keys | None:
        return self._take() if self._digits and now_ms - self._last_ms >= PAUSE_MS else None

    def _take(self) -> Keys | None:
        digits, self._digits = self._digits, ""
        return Keys(digits) if digits else None

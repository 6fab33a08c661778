"""Numbers as English words, both ways: what `speakable` says and `spelled` hears. American style, no "and" inside a number."""

import re
from collections.abc import Sequence

_BELOW_TWENTY = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_BY_TEN = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES = _BELOW_TWENTY.split()
TENS = {name: 10 * place for place, name in enumerate(_BY_TEN.split(), 2)}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_TENS_NAMES = {value: name for name, value in TENS.items()}
_VALUES = {name: value for value, name in enumerate(ONES)} | {"fourty": 40, "nought": 0}
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

DIGITS = {name: str(value) for value, name in enumerate(ONES[:10])} | {"oh": "0", "nought": "0", "naught": "0", "niner": "9"}
"""Words that are one digit. The letter "o" is one only among other digits."""
REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}


def cardinal(number: int) -> str:
    """412 → "four hundred twelve"."""
    if number < 0:
        return "minus " + cardinal(-number)
    if number < 20:
        return ONES[number]
    if number < 100:
        tens, one = _TENS_NAMES[number // 10 * 10], number % 10
        return f"{tens}-{ONES[one]}" if one else tens
    for name, scale in (("billion", 10**9), ("million", 10**6), ("thousand", 1000), ("hundred", 100)):
        if number >= scale:
            many, rest = divmod(number, scale)
            return f"{cardinal(many)} {name}" + (f" {cardinal(rest)}" if rest else "")
    raise AssertionError(number)


def ordinal(number: int) -> str:
    """21 → "twenty-first"."""
    head, last = re.fullmatch(r"(.*?)(\w+)", cardinal(number)).groups()  # type: ignore[union-attr]
    if last in _ORDINALS:
        return head + _ORDINALS[last]
    return head + (last[:-1] + "ieth" if last.endswith("y") else last + "th")


def year(number: int) -> str:
    """2027 → "twenty twenty-seven", 1905 → "nineteen oh five", 2000 → "two thousand"."""
    century, rest = divmod(number, 100)
    if not rest:
        return cardinal(number) if century % 10 == 0 else f"{cardinal(century)} hundred"
    if century % 10 == 0 and rest < 10:
        return cardinal(number)
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def digit_words(digits: str) -> str:
    """ "051" → "zero five one"."""
    return " ".join(ONES[int(digit)] for digit in digits)


def pairs(digits: str) -> str:
    """Rooms, as a desk says them: 412 → "four twelve", 305 → "three oh five", 1204 → "twelve oh four"."""
    if len(digits) not in (3, 4) or digits.startswith("0"):
        return digit_words(digits) if digits.startswith("0") or len(digits) > 4 else cardinal(int(digits))
    head, rest = cardinal(int(digits[:-2])), int(digits[-2:])
    if not rest:
        return f"{head} hundred" if int(digits[:-2]) % 10 else cardinal(int(digits))
    return f"{head} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def read_digits(words: Sequence[str], start: int = 0) -> tuple[str, int]:
    """Digits said in a row ("two oh two triple five", "eight hundred", "twenty six seventy one") and the index after them."""
    said, at = "", start
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        if word in REPEATS and (following in DIGITS or following == "o" or (following.isdecimal() and len(following) == 1)):
            said += DIGITS.get(following, "0" if following == "o" else following) * REPEATS[word]
            at += 2
        elif word in DIGITS:
            said += DIGITS[word]
            at += 1
        elif word == "o" and (said or following in DIGITS or following.isdecimal() or following == "o"):
            said += "0"
            at += 1
        elif word in TENS:
            one = DIGITS.get(following, following if following.isdecimal() and len(following) == 1 else "0")
            joined = one != "0"
            said += str(TENS[word] // 10) + one
            at += 2 if joined else 1
        elif word in _VALUES and _VALUES[word] >= 10:
            said += str(_VALUES[word])
            at += 1
        elif word in ("hundred", "thousand") and said:
            said += "00" if word == "hundred" else "000"
            at += 1
        elif word.isdecimal() and word.isascii():
            said += word
            at += 1
        else:
            break
    return said, at


def read_number(words: Sequence[str], start: int = 0) -> tuple[int | None, int]:
    """A whole number ("one hundred and twenty three", "21", "a dozen") at `start` and the index after it; None: there is none."""
    total = part = 0
    at, seen, last = start, False, ""
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        if word in TENS and last in ("", "hundred", "scale"):
            part, last = part + TENS[word], "tens"
        elif word in _VALUES and (last in ("", "hundred", "scale") or (last == "tens" and 0 < _VALUES[word] < 10)):
            part, last = part + _VALUES[word], "ones"
        elif word == "a" and not seen and following in ("hundred", "thousand", "million"):
            part, last = 1, "ones"
        elif word == "hundred" and part and last != "scale":
            part, last = part * 100, "hundred"
        elif word in SCALES and part:
            total, part, last = total + part * SCALES[word], 0, "scale"
        elif word == "and" and last in ("hundred", "scale") and (following in _VALUES or following in TENS):
            pass
        elif word.isdecimal() and word.isascii() and not seen:
            part, last = int(word), "figures"
        else:
            break
        seen, at = True, at + 1
    return (total + part, at) if seen else (None, start)

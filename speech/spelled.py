"""Spoken letters and digits → exact values: the only door through which what a caller spelled becomes a number, address, name or code."""

import re
from dataclasses import dataclass

import phonenumbers

from speech.letters import CASE_WORDS, FILLERS, NATO, SOUND_LETTERS, Name, letter_of, letter_words, person_name, spelled_name
from speech.numerals import DIGITS, REPEATS, TENS, ordinal, read_digits, read_number
from speech.spoken_email import Email, email

__all__ = ["Email", "Name", "Phone", "code", "digits", "email", "figures", "number", "person_name", "phone", "spelled_name"]


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as said. `complete`: it can be dialled (possible, not necessarily in service); else `e164` is empty."""

    e164: str
    digits: str
    """As the caller said them, without a "+" or its prefix."""
    complete: bool


def _number_words(text: str) -> list[str]:
    """Lower-case words and figures; what only formats figures ("412-268-4142", "1027.62", "(412)") is gone."""
    text = re.sub(r"(?<=\d)[-.,:/() ]+(?=\d)", " ", text.lower())
    return re.findall(r"\d+|[a-z']+|\+", re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text))


def digits(text: str) -> str:
    """Every digit said, in order: "four one two, double six" → "41266"."""
    words = _number_words(text)
    said, at = "", 0
    while at < len(words):
        run, after = read_digits(words, at)
        said, at = said + run, max(after, at + 1)
    return said


_ORDINALS = {ordinal(day): day for day in range(1, 32)} | {ordinal(day).replace("-", " "): day for day in range(21, 32)}
_ORDINAL = re.compile(rf"\b({'|'.join(sorted(_ORDINALS, key=len, reverse=True))})\b", re.IGNORECASE)
_SPOKEN_YEAR = re.compile(r"\b(19|20) (?:oh )?(\d\d?)\b(?! ?(?:[ap]\.?m|dollars|cents|minutes|percent))")


def figures(text: str) -> str:
    """Number words as figures, everything else as it was: "four hundred twelve dollars" → "412 dollars", "the fifth" → "the 5th"."""
    text = _ORDINAL.sub(lambda m: _ordinal_figure(_ORDINALS[m[1].lower()]), text)
    pieces = re.split(r"([A-Za-z]+(?:-[A-Za-z]+)*|\d[\d.,:]*)", text)
    out: list[str] = []
    at = 0
    while at < len(pieces):
        run = _words_from(pieces, at)
        value, used = read_number([word for word, _ in run]) if run and not run[0][0].isdecimal() else (None, 0)
        if value is None:
            out.append("0" if pieces[at].lower() == "oh" else pieces[at])
            at += 1
        else:
            out.append(str(value))
            at = run[used - 1][1] + 1
            out += [f"-{part}" for part, piece in run[used:] if piece == at - 1]
    return _SPOKEN_YEAR.sub(lambda m: m[1] + m[2].rjust(2, "0"), "".join(out))


def _ordinal_figure(day: int) -> str:
    return f"{day}{'th' if 10 <= day <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def _words_from(pieces: list[str], start: int) -> list[tuple[str, int]]:
    """The words from piece `start` on that only spaces part, each with the index of its piece; a hyphened one gives its parts."""
    words: list[tuple[str, int]] = []
    at = start
    while at < len(pieces) and re.fullmatch(r"[A-Za-z]+(?:-[A-Za-z]+)*", pieces[at]):
        words += [(part, at) for part in pieces[at].lower().split("-")]
        if at + 2 >= len(pieces) or pieces[at + 1] != " ":
            break
        at += 2
    return words


_COUNTS = {"couple": 2, "pair": 2, "dozen": 12, "both": 2, "none": 0, "nobody": 0, "single": 1, "once": 1, "twice": 2}
_RETAKES = {"no", "sorry", "actually", "rather", "mean", "make", "wait", "correction"}


def number(text: str) -> int | None:
    """A count ("twenty one", "a couple", "half a dozen"); after "no, sorry, actually" the later one. None: no number was said."""
    words = _number_words(text)
    found: int | None = None
    at, retaken = 0, False
    while at < len(words):
        value, after = read_number(words, at)
        if value is None and words[at] in _COUNTS:
            value, after = _COUNTS[words[at]], at + 1
            if words[at] == "dozen":
                if words[max(0, at - 2) : at] == ["half", "a"] or words[at - 1 : at] == ["half"]:
                    value = 6
                elif found:
                    value, found = found * 12, None
        if value is not None and (found is None or retaken):
            found, retaken = value, False
        if words[at] in _RETAKES and found is not None:
            retaken = True
        at = max(after, at + 1)
    return found


_PHONE_FILLERS = FILLERS | {
    "dash",
    "hyphen",
    "minus",
    "dot",
    "point",
    "space",
    "area",
    "code",
    "that's",
    "thats",
    "pause",
    "comma",
    "is",
    "it's",
}
_MIN_HEARD_DIGITS = 3


def phone(text: str, region: str = "US") -> Phone | None:
    """The phone number said, in E.164; `region`: the hotel's country, for numbers said without a country code. None: no digits."""
    text = re.split(r"\b(?:start (?:over|again)|scratch that|let me start|from the (?:top|beginning))\b", text.lower())[-1]
    text = re.split(r"\b(?:extension|ext)\b", text)[0]
    words = [word for word in _number_words(text) if word not in _PHONE_FILLERS]
    best, international = "", False
    at = 0
    while at < len(words):
        said, after = read_digits(words, at)
        if len(said) > len(best):
            best, international = said, at > 0 and words[at - 1] in ("+", "plus")
        at = max(after, at + 1)
    if len(best) < _MIN_HEARD_DIGITS:
        return None
    e164 = _e164(best, region, international)
    return Phone(e164, best, bool(e164))


def _e164(said: str, region: str, international: bool) -> str:
    candidates: list[tuple[str, str | None]] = [("+" + said, None)] if international else [(said, region)]
    if not international:
        candidates += [("+" + said.removeprefix(prefix), None) for prefix in ("00", "011") if said.startswith(prefix)]
        if len(said) >= 11:
            candidates.append(("+" + said, None))
    for at, (written, country) in enumerate(candidates):
        try:
            parsed = phonenumbers.parse(written, country)
        except phonenumbers.NumberParseException:
            continue
        guessed = at > 0 and not said.startswith(("00", "011"))
        possible = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
        if possible and (not guessed or phonenumbers.is_valid_number(parsed)):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return ""


_CODE_CARRIERS = re.compile(r"^.*\b(?:code|number|reference|reservation|confirmation|booking|pin|it's|it is|that's|is)\b(?=\s*[:,]?\s*\w)", re.I)
_MIN_CODE = 3


def code(text: str) -> str | None:
    """A code of letters and digits ("H V seven Q two", "hotel victor seven", "HV-7Q2"), upper case without separators. None: no code."""
    best = ""
    candidates = [text, _CODE_CARRIERS.sub("", text)]
    for candidate in candidates:
        best = max((best, *_code_runs(candidate)), key=lambda run: (any(map(str.isdecimal, run)), len(run)))
    return best.upper() if len(best) >= _MIN_CODE else None


def _code_runs(text: str) -> list[str]:
    words = letter_words(
        re.sub(
            r"(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=\d)|[-/.](?=\w)",
            " ",
            re.sub(r"\b[A-Z]{2,}(?=[\d-])|(?<=[\d-])[A-Z]{2,}\b|\b[B-DF-HJ-NP-TV-XZ]{3,}\b", lambda m: " ".join(m[0]), text),
        )
    )
    runs, run, at = [], "", 0
    while at < len(words):
        low = words[at].lower()
        said, after = read_digits([word.lower() for word in words], at)
        following = words[at + 1].lower() if at + 1 < len(words) else ""
        if low in REPEATS and (letter_of(following) or following in NATO):
            run, at = run + (letter_of(following) or NATO[following]) * REPEATS[low], at + 2
        elif said and not (low == "o" and not run):
            run, at = run + said, after
        elif letter_of(low) and not (
            low in ("i", "a") and not run and not (letter_of(following) or following in DIGITS or following.isdecimal() or following in NATO)
        ):
            run, at = run + letter_of(low), at + 1
        elif low in NATO and (run or following in NATO or following in DIGITS or following in TENS or letter_of(following) or following.isdecimal()):
            run, at = run + NATO[low], at + 1
        elif low in CASE_WORDS or low in ("dash", "hyphen", "then", "and", "uh", "um", "space"):
            at += 1
        elif run and low in SOUND_LETTERS and low not in ("you", "are", "see", "be", "why", "okay", "hey", "oh"):
            run, at = run + SOUND_LETTERS[low], at + 1
        else:
            runs.append(run)
            run, at = "", at + 1
    return [*runs, run]

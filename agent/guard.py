"""What may not pass: markup and links in speech, our own instructions, other guests' data; and card numbers, whoever says them. Pure.

A card number is masked wherever text is kept, and `CardWatch` notices that one is being read out, so that the call can interrupt kindly.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from speech.spelled import digits

MASK = "[card number]"
FEWEST_DIGITS, MOST_DIGITS = 13, 19
"""Of a card number (ISO/IEC 7812)."""

# ---- what we say

_EMOJI = re.compile("[\U0001f000-\U0001faff\U00002600-\U000027bf\U00002190-\U000021ff\U00002b00-\U00002bff\U0000fe0f\U0000200d\U000020e3]+")
_MARKUP = (
    (re.compile(r"```.*?(?:```|$)", re.DOTALL), " "),
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"<[^<>]{1,200}>"), " "),
    (re.compile(r"^\s{0,3}(?:#{1,6}|>|[-*•+]|\d{1,2}[.)])\s+", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__|~~|\*|`)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)"), r"\1"),
    (
        re.compile(
            r"\[(?:laughs?|sighs?|pause|smiles?|music|silence|typing|clears throat)\]|\*(?:laughs?|sighs?"
            r"|smiles?)\*",
            re.IGNORECASE,
        ),
        " ",
    ),
    (re.compile(r"[*`#|~^\\]+"), " "),
)
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]|(?<![@\w])(?:[a-z0-9-]+\.)+(?:com|net|org|io|info|biz"
                   r"|link|ly|co|app|xyz|ru|cn)\b(?:/\S*[^\s.,;:!?])?", re.IGNORECASE)  # fmt: skip
_LEAK = re.compile(
    r"\b(?:system prompt|my (?:system )?(?:instructions|prompt|guidelines|rules) (?:are|say|tell|state|include|read)|(?:here are"
    r"|these are) my (?:instructions|rules|guidelines)|"
    r"i (?:was|am|have been) (?:instructed|prompted|programmed|told by my instructions) to|as (?:a|an) (?:large )?(?:ai )?language model|"
    r"(?:tool|function) call|json|arguments?:|\w+_\w+_\w+|(?:create|search|check|transfer|get|book|cancel|send)_\w+)\b",
    re.IGNORECASE,
)  # fmt: skip
_LEAK_WORDS = 8
"""So many words in a row of our own instructions are a leak."""
_GUEST = (
    r"(?:(?:[Mm]r|[Mm]rs|[Mm]s|[Mm]iss|[Dd]r|[Mm]ister|[Mm]issus)\.? \w+|(?:[Tt]he|[Tt]hat|[Tt]his|[Aa]nother|[Yy]our) (?:guest|lady"
    r"|gentleman|couple|party"
    r"|person"
    r"|husband|wife|friend|colleague|brother|sister|son|daughter)(?: named \w+)?|"
    r"[Hh]e|[Ss]he|[Tt]hey|(?!The\b|That\b|This\b|Breakfast\b|Your\b|It\b|Our\b|You\b|We\b|Parking\b|There\b|Check\b|What\b|Someone\b"
    r"|Staff\b"
    r"|Who\b|I\b)[A-Z][a-z]+(?: [A-Z][a-z'-]+)?)"
)
_OTHERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_GUEST}(?:'s| is| are|'re| was| were)(?: currently| still| indeed| also)? (?:staying|checked in|registered|a guest"
        rf"|our guest|in house|here with us|booked|in (?:room|suite) )(?!.*\b(?:full|out)\b)",
        rf"\b{_GUEST} (?:has|have|had) (?:not )?(?:already )?(?:checked (?:in|out)|arrived|left the hotel|a (?:room|reservation"
        rf"|booking) (?:with us|here|under|for))",
        rf"\b{_GUEST}(?:'s| is| are) (?:not |isn't )?(?:staying|a guest) (?:here|with us|at)",
        r"\b(?:no one|nobody|no guest|(?:do not|don't) have (?:a |any )?(?:guests?|one|body|anyone)|there is no(?: guest| one"
        r"|body)?)(?: by| with| under| of| named| called)+ (?:that|this|the) name\b.*\b(?:staying|here|guest|checked)",
        r"\b(?:other|another|previous|last) (?:guest|caller)'?s? (?:name|number|room|phone|e-?mail|address|reservation|booking|card)\b",
        r"\b(?:[Tt]onight|[Tt]oday|[Tt]omorrow)'?s? (?:arrivals|departures|guest list)\b.*\b(?:are|is|include)",
    )
)  # fmt: skip


def clean(sentence: str, hosts: Collection[str] = ()) -> str:
    """The sentence without markup, emoji, stage directions and links that are not of our own `hosts`. May be empty."""
    text = sentence
    for pattern, kept in _MARKUP:
        text = pattern.sub(kept, text)
    text = _EMOJI.sub(" ", text)
    text = _LINK.sub(lambda m: m[0] if _ours(m[0], hosts) else " ", text)
    text, _ = mask_card(text)
    text = re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s+", " ", text)).strip()
    return text if re.search(r"\w", text) else ""


def _ours(link: str, hosts: Collection[str]) -> bool:
    host = re.sub(r"^https?://", "", link.lower()).split("/")[0].split(":")[0].rsplit("@", 1)[-1].removeprefix("www.")
    return any(host == ours or host.endswith(f".{ours}") for ours in (known.lower().removeprefix("www.") for known in hosts))


def leaks(sentence: str, instructions: str = "") -> bool:
    """Does it tell our instructions or the names of our tools?"""
    if _LEAK.search(sentence):
        return True
    said, own = _words(sentence), f" {' '.join(_words(instructions))} "
    return any(f" {' '.join(said[at : at + _LEAK_WORDS])} " in own for at in range(len(said) - _LEAK_WORDS + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def of_another_guest(sentence: str) -> bool:
    """Does it say of somebody else that they are, or are not, staying here, or give their data?"""
    return not sentence.rstrip().endswith("?") and any(pattern.search(sentence) for pattern in _OTHERS)


# ---- card numbers

_TOKEN = re.compile(r"\d+|\+|[A-Za-z']+")
_BETWEEN = {"uh", "um", "er", "and", "then", "dash", "hyphen", "space", "so", "okay", "ok", "comma"}
_REPEATS = {"double", "triple", "treble", "quadruple"}
_CARD_WORDS = re.compile(
    r"\b(?:card (?:number|details|is|no)|(?:credit|debit|visa|master|amex|american express|discover)[ -]?card|visa|mastercard|amex"
    r"|american express|"
    r"c ?v ?[vc]\b|security code|expir(?:y|es|ation)|long number)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits said in a row and where they stand in the text; `pieces`: the digits of each token."""

    pieces: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    international: bool

    @property
    def digits(self) -> str:
        return "".join(self.pieces)


def _runs(text: str) -> list[_Run]:
    runs: list[_Run] = []
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    plus, repeat_at = False, -1

    def close() -> None:
        if pieces:
            runs.append(_Run(tuple(pieces), tuple(spans), plus))
        pieces.clear()
        spans.clear()

    for token in _TOKEN.finditer(text):
        word = token[0].lower()
        if word in _REPEATS:
            repeat_at = token.start()
            continue
        begun = repeat_at if repeat_at >= 0 else token.start()
        said = digits(text[begun : token.end()]) if word != "+" else ""
        repeat_at = -1
        if not said and word == "o" and pieces:
            said = "0"
        if said:
            if not pieces:
                plus = text[:begun].rstrip().lower().endswith(("+", "plus"))
            pieces.append(said)
            spans.append((begun, token.end()))
        elif word not in _BETWEEN:
            close()
    close()
    return runs


def luhn(number: str) -> bool:
    """Do the digits carry a right check digit?"""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_card(number: str) -> bool:
    return FEWEST_DIGITS <= len(number) <= MOST_DIGITS and number[0] in "23456" and luhn(number) and len(set(number)) > 1


def _cards_in(run: _Run) -> list[tuple[int, int]]:
    """(start, end) in the text of each card number in the run; of those that begin at a piece the longest."""
    found, first = [], 0
    while first < len(run.pieces):
        for last in range(len(run.pieces) - 1, first - 1, -1):
            if not (run.international and first == 0) and _is_card("".join(run.pieces[first : last + 1])):
                found.append((run.spans[first][0], run.spans[last][1]))
                first = last
                break
        first += 1
    return found


def mask_card(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text with card numbers (in figures or words) masked, and their spans in the text as it was."""
    spans = [span for run in _runs(text) for span in _cards_in(run)]
    masked = text
    for start, end in reversed(spans):
        masked = masked[:start] + MASK + masked[end:]
    return masked, tuple(spans)


@dataclass(slots=True)
class CardWatch:
    """Fed with the caller's words and keys over time; says when a card number is being read out, also in pieces over several turns."""

    forget_ms: int = 45_000
    """Pieces further apart than this do not belong together."""
    fewest_named: int = 8
    """Digits that are enough when the caller has spoken of a card."""
    _pieces: list[tuple[int, str]] = field(default_factory=list)
    _named_ms: int | None = None

    def heard(self, text: str, at_ms: int) -> bool:
        """The words of a final transcript. True: card digits, interrupt kindly and mask."""
        if _CARD_WORDS.search(text):
            self._named_ms = at_ms
        if mask_card(text)[1]:
            return self._seen()
        seen = False
        for run in _runs(text):
            seen = (not run.international and self._piece(run.digits, at_ms)) or seen
        return seen

    def keyed(self, keys: str, at_ms: int) -> bool:
        """Keys pressed in a row."""
        return self._piece("".join(key for key in keys if key.isdecimal()), at_ms)

    def _piece(self, said: str, at_ms: int) -> bool:
        if len(said) < 2:
            return False
        self._pieces = [(when, piece) for when, piece in self._pieces if at_ms - when <= self.forget_ms]
        self._pieces.append((at_ms, said))
        named = self._named_ms is not None and at_ms - self._named_ms <= self.forget_ms
        joined = [piece for _, piece in self._pieces]
        if any(_is_card("".join(joined[first:])) for first in range(len(joined))):
            return self._seen()
        if named and sum(map(len, joined)) >= self.fewest_named:
            return self._seen()
        return False

    def _seen(self) -> bool:
        self._pieces.clear()
        return True

"""Spelled letters and people's names: runs of letters, NATO words, "S as in Sam", "double t". Use it through `speech.spelled`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from speech.numerals import DIGITS, REPEATS

_NATO_WORDS = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango "
    "uniform victor whiskey x-ray yankee zulu alfa juliett whisky xray"
)
NATO = dict(zip(_NATO_WORDS.split(), "abcdefghijklmnopqrstuvwxyzajwx", strict=True))
_SOUNDS = {
    "a": "ay eh hey",
    "b": "be bee",
    "c": "see sea cee",
    "d": "dee de",
    "e": "ee",
    "f": "ef eff",
    "g": "gee",
    "h": "aitch haitch",
    "i": "eye",
    "j": "jay",
    "k": "kay okay cay",
    "l": "el ell",
    "m": "em",
    "n": "en",
    "o": "oh",
    "p": "pee",
    "q": "queue cue",
    "r": "are ar",
    "s": "ess",
    "t": "tea tee",
    "u": "you",
    "v": "vee",
    "w": "double-u double-you",
    "x": "ex",
    "y": "why wye",
    "z": "zee zed",
}
SOUND_LETTERS = {sound: letter for letter, sounds in _SOUNDS.items() for sound in sounds.split()}
FILLERS = {"uh", "um", "er", "erm", "ah", "hmm", "well", "so", "like", "yeah", "yes", "okay", "ok", "please", "then", "and"}
_NAME_MARKS = {"hyphen": "-", "dash": "-", "minus": "-", "apostrophe": "'", "space": " ", "blank": " "}
CASE_WORDS = {"capital", "uppercase", "lowercase", "upper", "lower", "big", "little", "small", "case", "letter", "caps"}


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name; `last` is empty if only one name was said. `spelled`: at least one part was spelled, so it beats what was heard."""

    first: str
    last: str
    spelled: bool = False

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}".strip()


def letter_words(text: str) -> list[str]:
    """Words and signs of a spelling, each letter group of "J-A-N-E-T" or "m.c.k." taken apart, punctuation gone."""
    text = re.sub(r"\b(?:double|dub)[ -](?:u|you)\b(?!\s+as\b.*double)", "double-u", text, flags=re.I)
    text = re.sub(r"\bx[ -]ray\b", "xray", text, flags=re.I)
    text = re.sub(r"\bwith (?:an?|the) \w\b(?! \w\b)[,;]?(?:\s+not \w+ \w\b)?", " ", text, flags=re.I)
    text = re.sub(r"\b(\w)\s*(?:,\s*)?(?:(?:as|is) in|like in|for|like|as)\s+(?!a\b|\d)([a-z]+)\b", as_in, text, flags=re.I)
    text = re.sub(r"\b(?:\w-){1,}\w\b(?!')", lambda m: m[0].replace("-", " "), text)
    text = re.sub(r"\b(?:[A-Za-z]\.){2,}", lambda m: m[0].replace(".", " "), text)
    return re.findall(r"double-u|[^\W\d_]+(?:['’-][^\W\d_]+)*|\d", text)


def as_in(m: re.Match[str]) -> str:
    """ "S as in Sam", "S for sugar" → "S"; a word that does not begin with the letter explains nothing and stays."""
    return m[1] if m[2][0].lower() == m[1].lower() else m[0]


def letter_of(word: str) -> str:
    """The letter this word is for certain: a single letter or its NATO word; else ""."""
    low = word.lower()
    if len(low) == 1 and low.isalpha():
        return low
    return "w" if low == "double-u" else ""


_WORDS_OF_TWO_OR_THREE = """is it of my to in on at or an as no the and for with ok mr dr ms mrs yes um uh we he me so by do go am if its
not but was new all one two six ten van von del la di da du st can her his our out has had name i'm"""
_NOT_CHUNKS = frozenset(_WORDS_OF_TWO_OR_THREE.split())


@dataclass(frozen=True, slots=True)
class _Spelling:
    text: str
    start: int
    end: int


def _spellings(words: Sequence[str], *, least: int = 2) -> list[_Spelling]:
    """Runs of at least `least` spelled letters in `words`, with marks inside them."""
    found, at = [], 0
    while at < len(words):
        text, after, sure = _spelling_at(words, at)
        if sure >= least:
            found.append(_Spelling(text.strip(" -'"), at, after))
            at = after
        else:
            at += 1
    return found


def _spelling_at(words: Sequence[str], start: int) -> tuple[str, int, int]:
    """(letters, index after them, how many are sure) of the spelling that begins at `start`."""
    text, at, sure, end = "", start, 0, start
    nato = nato_run(words, start)
    while at < len(words):
        word, low = words[at], words[at].lower()
        following = words[at + 1] if at + 1 < len(words) else ""
        next_is_letter = bool(letter_of(next((w for w in words[at + 1 :] if w.lower() not in CASE_WORDS), "")))
        letter = letter_of(word)
        if low in REPEATS and (letter_of(following) or following.lower() in SOUND_LETTERS or following.lower() in NATO):
            twice = letter_of(following) or NATO.get(following.lower()) or SOUND_LETTERS[following.lower()]
            text, sure, at, end = text + twice * REPEATS[low], sure + REPEATS[low], at + 2, at + 2
            continue
        if low in ("i", "a") and not text and not next_is_letter and following.lower() not in REPEATS:
            break
        if letter:
            text, sure, end = text + letter, sure + 1, at + 1
        elif at < nato and low in NATO:
            text, sure, end = text + NATO[low], sure + 1, at + 1
        elif text and low in _NAME_MARKS and (next_is_letter or following.lower() in REPEATS or at + 1 < nato):
            text += _NAME_MARKS[low]
        elif low in CASE_WORDS and (next_is_letter or following.lower() in CASE_WORDS):
            pass
        elif low in SOUND_LETTERS and sure >= 1 and (next_is_letter or (sure >= 2 and (not following or following.lower() in SOUND_LETTERS))):
            text, end = text + SOUND_LETTERS[low], at + 1
        elif low in ("uh", "um", "then", "and") and text and next_is_letter:
            pass
        elif (
            (text or len(low) <= 2)
            and low.isalpha()
            and len(low) <= 3
            and low not in _NOT_CHUNKS
            and low not in DIGITS
            and (sure >= 2 or next_is_letter)
        ):
            text, end = text + low, at + 1
        else:
            break
        at += 1
        nato = max(nato, nato_run(words, at))
    return text, end, sure


def nato_run(words: Sequence[str], start: int) -> int:
    """Index after a run of two or more NATO words (letters and marks may stand between) at `start`; else `start`."""
    at, many = start, 0
    while at < len(words) and (words[at].lower() in NATO or (many and (words[at].lower() in _NAME_MARKS or letter_of(words[at])))):
        many += words[at].lower() in NATO
        at += 1
    return at if many >= 2 else start


def spelled_name(text: str) -> str | None:
    """The name that was spelled out ("w h i t f i e l d", "S as in Sam …", "double t", "O apostrophe B …"). None: nothing was spelled."""
    runs = _spellings(letter_words(text))
    if not runs:
        return None
    return _titled(" ".join(run.text for run in runs))


def _titled(name: str) -> str:
    def part(word: str) -> str:
        if word.startswith("mc") and len(word) > 3:
            return "Mc" + word[2:].capitalize()
        return word.capitalize()

    return re.sub(r"[^\W\d_]+", lambda m: part(m[0].lower()), name)


_NAME_CARRIER = re.compile(
    r"\b(?:my (?:full |last |first |family |given |sur)?name(?:'s| is| would be)?|the (?:last |first |full )?name(?:'s| is)?"
    r"|(?:last|first|family|given) name(?: is|'s)?|surname(?: is|'s)?|name(?:'s| is)|this is|i am|i'm|it's|it is|call me"
    r"|under(?: the name(?: of)?)?|in the name of|booked? (?:for|under)|speaking with|for)\b[\s,:]*",
    re.IGNORECASE,
)
_WORDS_NOT_NAMES = """
a about actually afternoon again ah all alright am an and any anything are arriving as asking at available back bad be because
before bit book booked booking but by bye call called calling can cancel check checking coming confirm could day did didn't do
does don't dot double er erm evening excuse fine first for from full get give go going good goodbye got great guest guests had
happy has have hello help here hey hi him hmm hold hotel how human i i'd i'll i'm i've if in interested is isn't it it's its just
kind know last late leaving let like little look looking make maybe me mean minute moment more morning much my name named need new
next night nights no nope not nothing now of off oh ok okay on one only operator or our out over pardon person phone please
possible price problem question quite ready really repeat reservation right room rooms said same say see sent she should single so
some someone sorry speak speaking spell spelled spelling staying still stop sure surname tell thank thanks that that's the their
them then there they thing this three time to today tomorrow tonight trying two uh uhm um under underscore until up us very wait
want wanted was we we'd we're we've week well were what what's when where which who whole why will with wondering word would wrong
yeah yep yes yet you you're your zero
"""
_NOT_NAMES = frozenset(_WORDS_NOT_NAMES.split())
_TITLES = {"mr", "mrs", "ms", "miss", "dr", "doctor", "mister", "missus", "sir", "madam", "ma'am", "professor", "prof"}
_PARTICLES = {"van", "von", "der", "den", "de", "la", "le", "del", "della", "di", "da", "dos", "du", "bin", "al", "el", "st", "ten", "ter"}
_MOST_NAMES = 4


def person_name(text: str) -> Name | None:
    """A person's name ("my name is …", "it's Dana Whitfield, W H I T F I E L D"); spelled letters beat the heard word. None: no name."""
    named = re.search(r"\blast name(?: is|'s)?[\s,:]*(.+?)[\s,]*(?:and )?(?:the |my )?first name(?: is|'s)?[\s,:]*(.+)", text, re.I)
    if named:
        last, first = _parts(named[1]), _parts(named[2])
        if last[0] and first[0]:
            return Name(" ".join(first[0]), " ".join(last[0]), last[1] or first[1])
    parts, was_spelled = _parts(text)
    if not parts:
        return None
    surname_asked = re.search(r"\b(?:last name|surname|family name)\b", text, re.I) and not re.search(r"\bfirst name\b", text, re.I)
    if len(parts) == 1:
        return Name("", parts[0], was_spelled) if surname_asked else Name(parts[0], "", was_spelled)
    at = next((i for i, part in enumerate(parts) if i and part.lower() in _PARTICLES), len(parts) - 1)
    return Name(" ".join(parts[:at]), " ".join(parts[at:]), was_spelled)


def _parts(text: str) -> tuple[list[str], bool]:
    """The words of the name in `text`, spelled ones in place of the heard ones they spell."""
    carriers = list(_NAME_CARRIER.finditer(text))
    for carrier in reversed(carriers):
        parts, was_spelled = _name_in(text[carrier.end() :], strict=carrier[0].split()[0].lower() in ("this", "i'm", "i", "it's", "it", "for"))
        if parts:
            return parts, was_spelled
    return _name_in(text, strict=True) if not carriers or _spellings(letter_words(text)) else ([], False)


def _name_in(text: str, *, strict: bool) -> tuple[list[str], bool]:
    words = letter_words(text)
    runs = _spellings(words)
    spelled_at = {run.start: run for run in runs}
    heard: list[str] = []
    was_spelled = False
    at = 0
    while at < len(words):
        run = spelled_at.get(at)
        word = words[at]
        if run:
            for part in run.text.split():
                _place(heard, _titled(part))
            was_spelled, at = True, run.end
            continue
        low = word.lower()
        if low in _TITLES or (low in FILLERS and not heard):
            pass
        elif word.isdecimal() or (low in _NOT_NAMES and low not in _PARTICLES):
            if heard and not any(later.start > at for later in runs):
                break
            if strict and not heard and not runs and low not in FILLERS:
                return [], False
        elif len(low) > 1 and (not was_spelled or word[0].isupper()):
            heard.append(word if any(c.isupper() for c in word[1:]) and not word.isupper() else _titled(word) if low not in _PARTICLES else low)
        at += 1
    heard = [part.replace("’", "'") for part in heard]
    if not heard or len(heard) > _MOST_NAMES or all(part.lower() in _PARTICLES for part in heard):
        return [], False
    return heard, was_spelled


def _place(heard: list[str], name: str) -> None:
    """Put a spelled name where the heard word it resembles stands, else at the end."""
    alike = [
        (SequenceMatcher(None, word.lower(), name.lower()).ratio() + 0.3 * (word[:1].lower() == name[:1].lower()), at)
        for at, word in enumerate(heard)
    ]
    best = max(alike, default=(0.0, -1))
    if best[0] >= 0.6:
        heard[best[1]] = name
    else:
        heard.append(name)

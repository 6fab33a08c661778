"""E-mail addresses as they are said. Use it through `speech.spelled`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from speech.letters import NATO, as_in, nato_run
from speech.numerals import DIGITS, REPEATS, TENS, read_digits

_EMAIL_MARKS = {
    "dot": ".", "point": ".", "period": ".", "underscore": "_", "underline": "_", "dash": "-", "hyphen": "-", "minus": "-", "plus": "+",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Email:
    """An address as said. `complete`: exactly one @ between a name and a domain; else `address` is empty and `missing` can be asked for."""

    address: str
    complete: bool
    missing: str = ""
    """In words: "the part before the at sign"."""


_PROVIDERS = {
    "g mail": "gmail", "gee mail": "gmail", "jee mail": "gmail", "hot mail": "hotmail", "hot male": "hotmail", "out look": "outlook",
    "i cloud": "icloud", "eye cloud": "icloud", "ya hoo": "yahoo", "a o l": "aol", "ay oh el": "aol", "pro ton mail": "protonmail",
    "proton mail": "protonmail", "pro ton": "proton", "g m x": "gmx", "m s n": "msn",
}  # fmt: skip
_ONE_ENDING = {"gmail": "com", "icloud": "com", "hotmail": "com", "aol": "com", "protonmail": "com"}
"""Providers that are said without their ending; the read-back shows what was understood."""
_ENDINGS = {
    "come": "com",
    "calm": "com",
    "comm": "com",
    "nat": "net",
    "ork": "org",
    "you k": "uk",
    "u k": "uk",
    "d e": "de",
    "e d u": "edu",
    "o r g": "org",
}
_WORDS_BEFORE_LOCAL = """
a actually address again all at be can case confirmation contact e-mail email er for here hmm i i'm is it it's its lower lowercase
mail me my name's no of ok okay on or please reach send so sorry spelled sure that's the then think to try uh um upper use was
well would write yeah yes you
"""
_BEFORE_LOCAL = frozenset(_WORDS_BEFORE_LOCAL.split())
_ENDING_WORDS = "com net org info edu gov io co uk us ca de at ch fr es it pt nl be ie eu au example"
_COMMON_ENDINGS = frozenset(_ENDING_WORDS.split())
_ADDRESS_WORDS = re.compile(r"@|\b(?:dot|under ?score|at sign|e-?mail|mail address)\b", re.IGNORECASE)
"""Without one of these an ordinary sentence ("a house at San Fran.") is not half an address."""
_SPOKEN_SIGNS = {"@": " at ", "_": " underscore ", "+": " plus "}
_MAILBOXES = {"mail", "email", "contact", "address", "confirmation", "hello", "write"}
_MOST_DOMAIN_WORDS = 6
BEFORE_AT, AFTER_AT, ENDING = "the part before the at sign", "the part after the at sign", "the ending, such as dot com"


def email(text: str) -> Email | None:
    """The e-mail address said; without exactly one @ between a name and a domain it is incomplete. None: no address was said."""
    written = re.findall(r"(?<![\w.@])[\w.+-]*\w@\w[\w-]*(?:\.[\w-]+)+(?!@)", text.lower())
    if len(written) == 1 and _well_formed(address := written[0].lstrip(".-+")):
        return Email(address, complete=True)
    spoken = bool(_ADDRESS_WORDS.search(text))
    words = _email_words(text)
    ats = [at for at, word in enumerate(words) if word == "at"]
    for at in reversed(ats):
        domain, ending = _domain(words[at + 1 :])
        if not domain:
            continue
        local = _local(words[:at])
        if not ending:
            if not local or not spoken:
                continue
            return Email("", complete=False, missing=ENDING)
        if not local:
            return Email("", complete=False, missing=BEFORE_AT)
        if not spoken and ending.rsplit(".", 1)[-1] not in _COMMON_ENDINGS:
            continue
        address = f"{local}@{domain}.{ending}"
        return Email(address, complete=True) if _well_formed(address) else Email("", complete=False, missing=BEFORE_AT)
    if any(word == "dot" and _ending(words[at + 1 :])[0].split(".")[-1] in _COMMON_ENDINGS for at, word in enumerate(words)) or any(
        word in _ONE_ENDING for word in words
    ):
        return Email("", complete=False, missing=BEFORE_AT)
    if not spoken:
        return None
    if ats and _local(words[: ats[-1]]) and (ats[-1] == len(words) - 1 or "dot" in words[: ats[-1]]):
        return Email("", complete=False, missing=AFTER_AT)
    if any(word in ("dot", "underscore") for word in words) and len(words) > 1:
        return Email("", complete=False, missing=AFTER_AT)
    return None


def _email_words(text: str) -> list[str]:
    text = text.lower().replace("’", "'")
    text = re.sub(r"\bat[ -]sign\b|\bat[ -]symbol\b|\barroba\b", "@", text)
    text = re.sub(r"\bunder[ -](?:score|line)\b", "underscore", text)
    text = re.sub(r"\bfull stop\b", "dot", text)
    text = re.sub(r"\bx[ -]ray\b", "xray", text)
    text = re.sub(r"\b(?:all )?(?:one word|no spaces?|together|lower ?case|small letters|upper ?case|in caps|capital)\b", " ", text)
    for sign, said in _SPOKEN_SIGNS.items():
        text = text.replace(sign, said)
    text = re.sub(r"(?<=[a-z_])\.(?=\w)|(?<=\w)\.(?=[a-z_])", " dot ", text)
    text = re.sub(r"\b(\w)\s*(?:,\s*)?(?:as in|like in|for|like)\s+(?!a\b)([a-z]+)\b", as_in, text)
    text = re.sub(r"(?<=\b\w)-(?=\w\b)", " ", text)
    text = re.sub(r"(?<=\w)-(?=\w)", " dash ", text)
    for heard, provider in _PROVIDERS.items():
        text = re.sub(rf"\b{heard}\b", provider, text)
    return re.findall(r"[a-z']+|\d+|[,;]", text.replace(".", " , "))


def _ending(words: Sequence[str]) -> tuple[str, int]:
    """A domain ending at the beginning of `words` ("com", "co dot u k") and how many words it takes."""
    said, at = [], 0
    words = [word for word in words if word != ","] if words[:1] == [","] else list(words)
    while at < len(words):
        two = " ".join(words[at : at + 2])
        three = " ".join(words[at : at + 3])
        if three in _ENDINGS:
            said.append(_ENDINGS[three])
            at += 3
        elif two in _ENDINGS:
            said.append(_ENDINGS[two])
            at += 2
        elif len(words[at]) == 1 and words[at].isalpha() and at + 1 < len(words) and len(words[at + 1]) == 1 and words[at + 1].isalpha():
            said.append(words[at] + words[at + 1])
            at += 2
        elif words[at].isalpha() and len(words[at]) >= 2 and words[at] not in _EMAIL_MARKS:
            said.append(_ENDINGS.get(words[at], words[at]))
            at += 1
        else:
            break
        if at + 1 < len(words) and words[at] == "dot":
            at += 1
        else:
            break
    return ".".join(said), at


def _domain(words: Sequence[str]) -> tuple[str, str]:
    """(name, ending) of the domain said in `words`, which follow the at sign; ("", "") if none can be."""
    words = [word for word in words if word not in (",", "uh", "um", "er")]
    dot = next((at for at, word in enumerate(words[: _MOST_DOMAIN_WORDS * 3]) if word in ("dot", "point", "period")), None)
    if dot is None:
        named = words[0] if words else ""
        if named in _ONE_ENDING:
            return named, _ONE_ENDING[named]
        return ("".join(words), "") if 1 <= len(words) <= 3 and all(word.isalnum() and word not in _BEFORE_LOCAL for word in words) else ("", "")
    name = _joined(words[:dot], words_first=True)
    ending, _ = _ending(words[dot + 1 :])
    spelled_letters = sum(len(word) == 1 for word in words[:dot])
    if not name or dot - spelled_letters > _MOST_DOMAIN_WORDS or set(words[:dot]) & {"my", "is", "email", "address"}:
        return "", ""
    return (name, ending) if re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", name) else ("", "")


def _local(words: Sequence[str]) -> str:
    """The part before the at sign, said at the end of `words`."""
    taken: list[str] = []
    at = len(words)
    while at > 0:
        word = words[at - 1]
        if word in (",", ";"):
            before = [w for w in words[max(0, at - 4) : at - 1] if w not in (",", ";")]
            plain = before and len(before[-1]) > 1 and before[-1] not in _EMAIL_MARKS and not _is_number(before[-1])
            if taken and plain and taken[0] not in _EMAIL_MARKS and not _is_number(taken[0]):
                break
        elif word in _BEFORE_LOCAL and not _belongs(words, at - 1, taken):
            break
        else:
            taken.insert(0, word)
        at -= 1
    return _joined(_without_said_name(taken)).strip("-")


def _belongs(words: Sequence[str], at: int, after: Sequence[str]) -> bool:
    """Is this word, common before an address, part of one here: a spelled letter, "mail" before the at sign or beside a mark?"""
    if len(words[at]) > 1:
        return after[0] in _EMAIL_MARKS if after else words[at] in _MAILBOXES
    before = [word for word in words[:at] if word != ","][-1:]
    return not after or any(len(word) == 1 or word in _EMAIL_MARKS or word in REPEATS for word in (*before, *after[:1]))


def _without_said_name(words: list[str]) -> list[str]:
    """ "robert chen robert dot chen" → "robert dot chen": leading plain words that the rest says again are the name, not the address."""
    marks = [at for at, word in enumerate(words) if word in _EMAIL_MARKS or len(word) == 1 or _is_number(word)]
    first = marks[0] if marks else len(words)
    for cut in range(min(first, len(words) - 1), 0, -1):
        if words[cut] in _EMAIL_MARKS or _is_number(words[cut]):
            continue
        head, rest = words[:cut], _joined(words[cut:])
        if all(len(word) > 1 and word not in _EMAIL_MARKS for word in head) and all(word in rest for word in head):
            return words[cut:]
        if 2 <= len(head) <= 3 and rest == "".join(word[0] for word in head):
            return words[cut:]
    return words


def _is_number(word: str) -> bool:
    return word in DIGITS or word in TENS or word.isdecimal() or word in REPEATS or read_digits([word])[0] != ""


def _joined(words: Sequence[str], *, words_first: bool = False) -> str:
    """Spoken pieces of an address glued together: marks, letters, digits, NATO runs, "double t". `words_first`: "three rivers" is words."""
    words = [word for word in words if word not in (",", ";")]
    out, at = "", 0
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        nato_end = nato_run(words, at)
        said, after = read_digits(words, at)
        if word in REPEATS and len(following) == 1 and following.isalpha():
            out, at = out + following * REPEATS[word], at + 2
        elif word in _EMAIL_MARKS:
            out, at = out + _EMAIL_MARKS[word], at + 1
        elif nato_end > at and nato_end - at >= 3:
            out, at = out + "".join(NATO.get(w, w) for w in words[at:nato_end]), nato_end
        elif (
            words_first
            and word in DIGITS
            and len(following) > 1
            and following.isalpha()
            and not _is_number(following)
            and following not in _EMAIL_MARKS
        ):
            out, at = out + word, at + 1
        elif said and not (word == "o" and not _zero_fits(out, following)):
            out, at = out + said, after
        else:
            out, at = out + word.replace("'", ""), at + 1
    return out


def _zero_fits(before: str, following: str) -> bool:
    """May "o" be a zero here: after a digit, or at the beginning of a number behind a mark?"""
    return before[-1:].isdecimal() or (not before[-1:].isalpha() and (following in DIGITS or following.isdecimal()))


def _well_formed(address: str) -> bool:
    local, at, domain = address.partition("@")
    return bool(
        at
        and address.count("@") == 1
        and re.fullmatch(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*", local)
        and re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", domain)
    )

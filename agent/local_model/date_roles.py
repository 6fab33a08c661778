"""Which of the days named is the arrival and which the departure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from agent.local_model.date_grammar import find_mentions
from agent.local_model.date_mention import Mention
from agent.local_model.date_words import Kind, Token, clauses, lex, word_set
from agent.local_model.lengths import Length, find_lengths

Role = Literal["check_in", "check_out", "date"]

_IN = word_set("checkin checking arrive arrives arriving arrival arriv start starts starting begin begins beginning commencing come comes coming in")
_OUT = word_set("checkout leave leaves leaving depart departs departing departure until till til ending ends end out")
_NEAR_IN = word_set("from between starting")
_NEAR_OUT = word_set("to through thru out till until til")
_PASSED_OVER = word_set("the on about around of is say maybe like date be will for at by , it would and then probably no later than")
_BOOKING = word_set(
    "book booking reserve reservation room rooms stay staying need want suite available availability vacancy vacancies "
    "free visit there house accommodation bed bedroom bedrooms spend person people adult adults guests double twin"
)
_MOVES = word_set("move change switch reschedule shift push moving changing changed")
_DROPS = (("not",), ("not", "on"), ("not", "the"), ("not", "from"), ("instead", "of"), ("rather", "than"), ("instead", "of", "on"))


@dataclass(frozen=True, slots=True)
class Said:
    """What one utterance named, corrections applied: a mention per role, a length and a change."""

    days: dict[Role, Mention]
    length: Length | None = None
    change: Length | None = None
    alternatives: tuple[Mention, ...] = ()


def read_roles(text: str, asked: str | None, context: str | None) -> Said:
    """The utterance's days by role; a later clause of a self-correction replaces what it names again."""
    said = Said({})
    for clause in clauses(lex(text)):
        said = _replace(said, _clause(clause))
    unknown = said.days.get("date")
    if unknown is None or set(said.days) != {"date"}:
        return said
    role = _role_asked(asked, context)
    if said.length is not None or (role is None and _BOOKING & {t.text for t in lex(text)}):
        role = "check_in"
    if role is None:
        return said
    return Said({role: unknown}, said.length, said.change, said.alternatives)


def _replace(before: Said, later: Said) -> Said:
    """A correction that names a whole stay replaces everything; one that names a part replaces that part."""
    days = dict(later.days)
    if not before.days and before.length is None and before.change is None:
        return later
    if not days and later.length is None and later.change is None and not later.alternatives:
        return before
    starts = "check_in" in days or "date" in days
    whole = starts and ("check_out" in days or later.length is not None)
    if whole:
        return later
    if set(days) == {"date"} and before.days:
        last = max(before.days, key=lambda role: before.days[role].start)
        days = {last: days["date"]}
    kept: dict[Role, Mention] = {r: m for r, m in before.days.items() if r not in days}
    if days.keys() & {"check_in"}:
        kept.pop("date", None)
    length = later.length or before.length
    if later.length is not None and "check_out" in kept and "check_in" in kept:
        kept.pop("check_out")
    if "check_out" in days and later.length is None and ("check_in" in kept or "check_in" in days):
        length = None
    return Said(kept | days, length, later.change or before.change, later.alternatives)


def _clause(tokens: list[Token]) -> Said:
    mentions = find_mentions(tokens)
    lengths = find_lengths(tokens, mentions)
    mentions = [m for m in mentions if not _dropped(tokens, m)]
    if len(mentions) == 2 and (order := _respectively(tokens, mentions)):
        return Said(dict(zip(order, mentions, strict=True)), None, None)
    if len(mentions) == 2 and _moved(tokens, mentions):
        mentions = mentions[1:]
    fixed = [n for n in lengths if not n.change]
    changes = [n for n in lengths if n.change]
    length, change = (fixed[-1] if fixed else None), (changes[-1] if changes else None)
    if len(mentions) == 2 and _between(tokens, *mentions)[-1:] == ["or"]:
        return Said({}, length, change, tuple(mentions))
    days: dict[Role, Mention] = {}
    for n, mention in enumerate(mentions):
        role = _role(tokens, mentions, n)
        if role == "date" and n + 1 < len(mentions) and _same_day(mention, mentions[n + 1]):
            continue
        if role == "date" and n:
            role = "check_out" if "check_in" in days or "date" in days else "check_in"
        days[role] = mention
    if "date" in days and "check_out" in days and "check_in" not in days:
        days["check_in"] = days.pop("date")
    days.pop("date", None) if len(days) > 1 else None
    return Said(days, length, change)


def _role(tokens: list[Token], mentions: list[Mention], n: int) -> Role:
    mention = mentions[n]
    start = mentions[n - 1].end if n else 0
    left = [t.text for t in tokens[start : mention.start]]
    if n == 0 or not _belongs_left(tokens, mentions, n - 1):
        for back, word in enumerate(reversed(left)):
            if word in ".!?;":
                break
            near = all(w in _PASSED_OVER for w in left[len(left) - back :])
            if word in _NEAR_IN and near:
                return "check_in"
            if word in _NEAR_OUT and near and (n or word != "to" or (back == 0 and len(left) == 1)) and not _named(left):
                return "check_out"
            if word in _OUT and (word not in ("out", "end", "in") or near):
                return "check_out"
            if word in _IN and (word != "in" or near):
                return "check_in"
    if _belongs_left(tokens, mentions, n):
        return "check_in" if _following_cue(tokens, mention) in _IN else "check_out"
    if n and left[-1:] == ["and"] and "between" in [t.text for t in tokens[: mentions[0].start]]:
        return "check_out"
    return "date"


def _same_day(a: Mention, b: Mention) -> bool:
    """ "the flight is on the seventh, so we leave on the seventh"."""
    return (a.day, a.month, a.weekday, a.offset, a.weekend) == (b.day, b.month, b.weekday, b.offset, b.weekend) and a.holiday is b.holiday


def _respectively(tokens: list[Token], mentions: list[Mention]) -> tuple[Role, Role] | None:
    """ "check-in and check-out are the 11th and the 13th": the roles in the order said."""
    left = [t.text for t in tokens[: mentions[0].start]]
    between = _between(tokens, *mentions)
    cues = [word for word in left if word in _IN | _OUT and word != "in"]
    if len(cues) < 2 or between not in (["and"], ["to"], ["through"], []):
        return None
    a, b = len(left) - 1 - left[::-1].index(cues[-2]), len(left) - 1 - left[::-1].index(cues[-1])
    if any(w not in ("and", "the", "my", "date", ",", "/", "or") for w in left[a + 1 : b]) or (cues[-2] in _IN) == (cues[-1] in _IN):
        return None
    return ("check_in", "check_out") if cues[-2] in _IN else ("check_out", "check_in")


def _named(left: Iterable[str]) -> bool:
    """The words before a "to" already say which end it is: "change the check-in to the 2nd"."""
    return any(w in ("checkin", "arrival", "checkout", "departure", "arrive") for w in left)


def _following_cue(tokens: list[Token], mention: Mention) -> str:
    i = mention.end
    while i < len(tokens) and tokens[i].text in ("is", "will", "be", "as", "my", "our", "the", "for", "would", "to"):
        i += 1
    return tokens[i].text if i < len(tokens) else ""


def _belongs_left(tokens: list[Token], mentions: list[Mention], n: int) -> bool:
    """A cue right after a day that belongs to it: "Friday check-in, Sunday check-out", "Monday will be my arrival"."""
    mention = mentions[n]
    cue = _following_cue(tokens, mention)
    if cue not in ("checkin", "checkout", "arrival", "departure", "arriving", "leaving"):
        return False
    following = mentions[n + 1].start if n + 1 < len(mentions) else len(tokens)
    i = mention.end
    while i < following and tokens[i].text != cue:
        i += 1
    tail = tokens[i + 1 : following]
    if n + 1 == len(mentions):
        return True
    return bool(tail) and (tail[0].kind is Kind.STOP or tail[0].text in ("and", "date", "day"))


def _between(tokens: list[Token], a: Mention, b: Mention) -> list[str]:
    words = [t.text for t in tokens[a.end : b.start]]
    while words and words[-1] in ("on", "the", "from", ",", "maybe", "possibly"):
        words.pop()
    return words


def _dropped(tokens: list[Token], mention: Mention) -> bool:
    """ "not the fifth", "instead of Friday": a day named to be refused."""
    before = tuple(t.text for t in tokens[max(0, mention.start - 3) : mention.start])
    return mention.modifier != "after_next" and any(before[-len(d) :] == d for d in _DROPS)


def _moved(tokens: list[Token], mentions: list[Mention]) -> bool:
    """ "move it from the fifth to the seventh": only the second day is wanted."""
    before = [t.text for t in tokens[: mentions[0].start]]
    verbs = [i for i, word in enumerate(before) if word in _MOVES]
    return bool(verbs) and before[-1:] == ["from"] and "to" not in before[verbs[-1] :] and _between(tokens, *mentions)[-1:] == ["to"]


def _role_asked(asked: str | None, context: str | None) -> Role | None:
    if asked in ("check_in", "check_out"):
        return "check_in" if asked == "check_in" else "check_out"
    sentences = [s for s in (context or "").replace("!", ".").replace("?", "?.").split(".") if s.strip()]
    questions = [s for s in sentences if s.strip().endswith("?")] or sentences
    words = {t.text for s in questions for t in lex(s)}
    into, out = bool(words & (_IN - {"in", "come", "coming"})), bool(words & (_OUT - {"out", "end"}))
    if into == out:
        return "check_in" if into else None
    return "check_in" if into else "check_out"

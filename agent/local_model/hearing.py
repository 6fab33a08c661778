"""What a caller told of their stay and themselves over the whole call: one value per thing, the last word counts, nothing is asked twice."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from agent.local_model.date_calendar import Flag
from agent.local_model.dates import choose_date
from agent.local_model.stay import Stay, amend
from agent.manners import yes_or_no
from speech.spelled import email, number, person_name, phone

CHOOSE = frozenset({"ambiguous_next_weekday", "weekday_mismatch", "passed_asks", "passed_next_year", "alternatives", "long_stay"})
"""Doubts that the caller settles before anything is looked up."""
AGAIN = frozenset({"no_such_date", "in_past", "check_out_not_after_check_in", "no_night_left", "nights_mismatch"})
"""Doubts for which the day is asked for again."""
MIN_PHONE_DIGITS = 7
"""Fewer digits are no number that somebody gives unasked."""
_TWICE = re.compile(r"^(\S+) (\S+) \1$")
"""The last name said first: "Reed, Ann Reed"."""
SAME_PART = 0.5
"""How alike a part of a name and its spelling are at least."""
_INTRODUCED = re.compile(
    r"\b(?:my (?:full |last |first )?name(?:'s| is)|name'?s? is|the name'?s?\b|call me|first name|last name|surname|spelled)\b",
    re.IGNORECASE,
)
_INTRODUCED_CASED = re.compile(
    r"\b(?:[Tt]his is|[Ii]t is|[Ii]t's|[Ii]'m|[Ii] am|under)\s+[A-Z][a-z]|\bfor\s+(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur"
    r"|Sun)day|January|February|March|April|May|June|July|August|September|October|November"
    r"|December)[A-Z][a-z]+\s+[A-Z][a-z]"
)
_OTHER_DETAIL = re.compile(r",?\b(?:and )?(?:my |the )?(?:phone|telephone|mobile|cell|number|e-?mail|contact|callback)\b", re.IGNORECASE)
_LOOKS_LIKE_MAIL = re.compile(r"@|\bat\b|\bdot\b", re.IGNORECASE)
_YES_ENOUGH = frozenset({"passed_asks", "passed_next_year", "long_stay"})


@dataclass(slots=True)
class Told:
    """Kept for the call; `values` is keyed by what a slot reads."""

    stay: Stay = field(default_factory=Stay)
    contact: dict[str, str] = field(default_factory=dict)
    agreed: dict[str, str] = field(default_factory=dict)
    """What was said back and agreed to in this call: never said back again."""
    doubt: Flag | None = None
    """What must be settled about the dates first."""

    @property
    def values(self) -> dict[str, Any]:
        s = self.stay
        known = {
            "check_in": s.check_in, "check_out": s.check_out, "nights": s.nights, "adults": s.adults, "children": s.children, "rooms": s.rooms,
        }  # fmt: skip
        return {name: value for name, value in known.items() if value is not None} | self.contact

    def hear_stay(self, text: str, now: datetime, asked: str = "", context: str = "") -> bool:
        """Take up dates, nights and heads; `asked`: what our question was for. True: something changed."""
        before = self.stay, self.doubt
        if self.doubt is not None and self._settle(text, now):
            return True
        stay, flags = amend(self.stay, text, now, asked or None, context or None)
        if asked in {"nights", "check_out"} and (stay, flags) == (self.stay, ()) and (count := number(text)):
            stay, flags = amend(self.stay, f"{count} nights", now)
        kept = self.doubt if stay.check_in == self.stay.check_in else None
        self.doubt = next((f for f in flags if f.name in CHOOSE | AGAIN), kept)
        if self.doubt is not None and self.doubt.name in AGAIN:
            stay = _without(stay, self.doubt.slot)
        self.stay = stay
        return (self.stay, self.doubt) != before

    def hear_contact(self, text: str, region: str, asked: str = "") -> bool:
        """Take up who they are; a name only where it is introduced, spelled or asked for."""
        before = dict(self.contact)
        mail = email(text) if asked == "email" or _LOOKS_LIKE_MAIL.search(text) else None
        if mail and mail.complete:
            self.contact["email"] = mail.address
        said = phone(text, region) if not (mail and mail.complete and asked == "email") else None
        if said and said.complete and (asked == "phone" or len(said.digits) >= MIN_PHONE_DIGITS):
            self.contact["phone"] = said.e164
        if asked == "name" or introduces(text):
            name = person_name(_OTHER_DETAIL.split(text, maxsplit=1)[0] or text)
            if name:
                self.contact["name"] = merged(self.contact.get("name", ""), name.full, spelled=name.spelled)
        return self.contact != before

    def forget(self, reads: str) -> None:
        """A value turned out wrong and nothing stands in its place."""
        self.contact.pop(reads, None)
        self.stay = _without(self.stay, reads)

    def _settle(self, text: str, now: datetime) -> bool:
        doubt = self.doubt
        if doubt is None or doubt.name in AGAIN:
            return False
        if doubt.name in _YES_ENOUGH and yes_or_no(text):
            self.doubt = None
            return True
        chosen = choose_date(text, doubt.dates, now) if doubt.dates else None
        if chosen is None:
            return False
        self.doubt = None
        asked = "check_out" if doubt.slot == "check_out" else "check_in"
        self.stay, _ = amend(self.stay, chosen.strftime("%B %-d %Y"), now, asked)
        return True


def merged(known: str, said: str, *, spelled: bool) -> str:
    """A full name with the one part that was spelled anew ("Sam Okoro", "O K O R A" → "Sam Okora")."""
    said = _TWICE.sub(r"\2 \1", said)
    parts = known.split()
    if not spelled or " " in said or not parts:
        return said
    alike = [SequenceMatcher(None, part.lower(), said.lower()).ratio() for part in parts]
    if len(parts) == 1:
        return said if alike[0] >= SAME_PART else f"{known} {said}"
    at = max(range(len(parts)), key=alike.__getitem__)
    parts[at if alike[at] >= SAME_PART else -1] = said
    return " ".join(parts)


def introduces(text: str) -> bool:
    """Does the caller say their name, as opposed to a sentence that begins the same way ("it's about breakfast")?"""
    return bool(_INTRODUCED.search(text) or _INTRODUCED_CASED.search(text))


def _without(stay: Stay, reads: str) -> Stay:
    match reads:
        case "check_in" | "date":
            return replace(stay, check_in=None, check_out=None)
        case "check_out" | "nights":
            return replace(stay, check_out=None, nights=None)
        case "adults":
            return replace(stay, adults=None)
        case _:
            return stay

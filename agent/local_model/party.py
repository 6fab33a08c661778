"""Who is coming and into how many rooms: adults, children with their ages, rooms and pets of one utterance."""

from dataclasses import dataclass, fields, replace

from agent.local_model.date_words import Kind, clauses, lex, word_set
from agent.local_model.party_counts import (
    count_children,
    count_dropped,
    count_people,
    count_pets,
    count_rooms,
    counted,
    ends_headcount,
    find_added,
)
from agent.local_model.party_group import find_group
from agent.local_model.party_words import (
    ADULTS,
    CHILDREN,
    PEOPLE,
    ROOMS,
    Words,
)

_COMING = word_set("the our my with and plus some two three few")


@dataclass(frozen=True, slots=True)
class PartyRead:
    """What one utterance says of the party; nothing is filled in that was not said."""

    people: int | None = None
    """Heads, where the caller gave one number for all."""
    adults: int | None = None
    children: int | None = None
    child_ages: tuple[int, ...] = ()
    """Whole years; a baby's months count as 0."""
    rooms: int | None = None
    rooms_implied: bool = False
    """ "a room", not "one room": no change of a number already given."""
    pets: int | None = None
    alone: bool = False
    """ "just me": nobody else comes."""
    children_unstated: bool = False
    """Children come, but not how many ("a family of five", "with the kids")."""
    added_people: int = 0
    added_children: int = 0
    """ "and a child too", "one more person"."""
    dropped_people: int = 0
    """ "my wife isn't coming": 1."""

    def __bool__(self) -> bool:
        return self != PartyRead()

    @property
    def all_adults(self) -> int | None:
        """Adults as said, or the heads when no child was spoken of."""
        if self.adults is not None:
            return self.adults
        if self.people is None or self.children_unstated:
            return None
        return max(0, self.people - (self.children or 0))


def read_party(text: str, asked: str | None = None, context: str | None = None) -> PartyRead:
    """The party in `text`.

    A bare number answers `asked` ("adults", "people", "children", "child_ages", "rooms", "pets") or the question of our last sentence.
    """
    read = PartyRead()
    for clause in clauses(lex(text)):
        later = _clause(Words(clause))
        said = {f.name: getattr(later, f.name) for f in fields(PartyRead) if getattr(later, f.name) != f.default}
        if later.alone:
            said |= {"adults": 1, "people": None, "children": None, "child_ages": ()}
        elif later.all_adults is not None and "people" not in said:
            said["people"] = None
        read = replace(read, **said)
    if read.rooms is None and read.people is None and read.adults is None and read.children is None and not read.alone:
        return _bare(Words(lex(text)), _wanted(asked, context), read)
    if read.adults is None and read.people is None and _wanted(asked, context) == "people":
        answer = _bare(Words(lex(text)), "people", PartyRead(children_unstated=read.children_unstated))
        return replace(read, people=answer.people)
    return read


def _clause(w: Words) -> PartyRead:
    children, ages = count_children(w)
    adults = counted(w, ADULTS)
    people = count_people(w)
    group, group_children, alone = find_group(w)
    if adults is None and people is None and group is not None:
        adults = group
        if children is None and group_children:
            children = group_children
    rooms, implied = count_rooms(w, people or adults)
    mentioned = any(
        (t.text in CHILDREN and {w.word(i - 1), w.word(i - 2)} & _COMING)
        or (t.text == "family" and {w.word(i - 1), w.word(i + 1)} & {"my", "our", "of"})
        for i, t in enumerate(w.tokens)
    )
    if ages and children is None and mentioned:
        children = len(ages)
    if people is not None and adults is None and (children or (mentioned and children is None)) and _beside_children(w):
        adults, people = people, None
    added_people, added_children = find_added(w)
    return PartyRead(
        people=people if not (adults is not None and children is not None) else None,
        adults=adults if not added_people or adults != added_people else None,
        children=children if not added_children or children != added_children else None,
        child_ages=ages,
        rooms=rooms,
        rooms_implied=implied,
        pets=count_pets(w),
        alone=alone,
        children_unstated=children is None and mentioned and not added_children and not _is_room_word(w),
        added_people=added_people,
        added_children=added_children,
        dropped_people=count_dropped(w),
    )


def _beside_children(w: Words) -> bool:
    """Children are counted beside the heads ("two of us and a baby"), not among them ("four of us, two are kids")."""
    words = [t.text for t in w.tokens]
    if set(words) & {"including", "whom", "which", "counting", "includes"} or "family" in words:
        return False
    heads = next((i for i, t in enumerate(words) if t in PEOPLE or (t == "of" and w.word(i + 1) == "us")), None)
    child = next((i for i, t in enumerate(words) if t in CHILDREN), None)
    if heads is None or child is None or child < heads:
        return True
    return w.word(heads) != "of" or (bool(set(words[heads:child]) & {"and", "plus", "with"}) and "," not in words[heads : heads + 3])


def _is_room_word(w: Words) -> bool:
    """ "a family room", "the children's menu": no children are coming by that."""
    return all(
        w.word(i + 1) in ROOMS | {"suite", "menu", "pool", "club", "friendly", "hotel", "discount", "rate", "policy"} or w.word(i - 1) == "no"
        for i, t in enumerate(w.tokens)
        if t.text in CHILDREN or t.text == "family"
    )


def _wanted(asked: str | None, context: str | None) -> str | None:
    """Which count a bare number answers."""
    if asked is not None:
        return asked if asked in ("adults", "people", "children", "child_ages", "rooms", "pets") else None
    questions = [s for s in (context or "").lower().replace("?", "?.").replace("!", ".").split(".") if "?" in s] or [(context or "").lower()]
    last = " ".join(questions)
    people = any(word in last for word in ("people", "guests", "person", "adults", "how big is your", "group", "travelers", "with you"))
    rooms, nights = "room" in last and "how many" in last, "how many nights" in last or "how many days" in last
    if people and not rooms:
        return "people"
    return "rooms" if rooms and not people and not nights else None


def _bare(w: Words, wanted: str | None, read: PartyRead) -> PartyRead:
    if wanted is None:
        return read
    if wanted == "child_ages":
        ages = tuple(t.value for t in w.tokens if t.kind is Kind.NUMBER and t.value < 18)
        return replace(read, child_ages=read.child_ages or ages)
    words = [t.text for t in w.tokens]
    bare = [t.value for i, t in enumerate(w.tokens) if t.kind is Kind.NUMBER and (ends_headcount(w, i + 1) or w.word(i + 1) == "of")]
    if not bare and wanted in ("children", "pets") and set(words) & {"no", "none", "nope"}:
        bare = [0]
    if not bare or not 0 <= bare[0] < 400 or (bare[0] == 0 and wanted not in ("children", "pets")):
        return read
    value = bare[0]
    match wanted:
        case "people":
            return replace(read, people=value)
        case "adults":
            return replace(read, adults=value)
        case "children":
            return replace(read, children=value, children_unstated=False)
        case "rooms":
            return replace(read, rooms=value, rooms_implied=False)
        case _:
            return replace(read, pets=value)

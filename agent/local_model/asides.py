"""Things callers say beside their wish: who are you, another guest's room, another hotel. By patterns, whatever the embeddings say. Pure."""

import re
from enum import StrEnum


class Aside(StrEnum):
    ROBOT = "robot"
    NAME = "name"
    CAPABLE = "capable"
    GUEST = "guest"
    FAREWELL = "farewell"
    THANKS = "thanks"
    LEAVE_IT = "leave_it"


_HOUSE = (
    r"(?:the |your |a |an |somebody |someone |some |any)*(?:front |guest |help )?(?:desk|reception(?:ist)?|manager"
    r"|management|person|human(?: being)?|agent|operator|staff|somebody|someone|"
    r"anybody|anyone|concierge|housekeeping|reservations?|booking|sales|restaurant|spa|bar|kitchen|team|colleague"
    r"|supervisor|representative|department|hotel|who|real|member|else|else)\b"
)
_PATTERNS: tuple[tuple[Aside, str], ...] = (
    (
        Aside.ROBOT,
        r"\b(?:are|r) (?:you|u) (?:(?:a|an|really|even|just|like|some|kind of) )*(?:robot|bot|machine|computer|recording"
        r"|real|human|person|ai|a\.i\.|automated|automatic|alive|living|actual)\b"
        r"|\b(?:am i|i'?m) (?:talking|speaking) (?:to|with) (?:a|an|some|another)(?: (?:real|actual|live|human|automated"
        r"|virtual))* ?(?:person|human(?: being)?|robot|bot|machine|computer|recording|ai|assistant)\b"
        r"|\bis (?:this|that|it) (?:a|an|some)(?: (?:real|actual|live|automated|virtual))* ?(?:person|human(?: being)?"
        r"|robot|bot|machine|computer|recording|ai|answering machine)\b",
    ),
    (Aside.NAME,
        r"\bwhat(?:'s| is| was) your name\b|\bwho (?:am i|is this|are you|'?m i)(?: (?:speaking|talking))?(?: (?:to|with))?\b"
        r"|\bdo you have a name\b|\bwhat (?:can|do|should) i call you\b"),
    (Aside.CAPABLE,
        r"\bwhat (?:can|do|could) you (?:do|help(?: me)?(?: with)?)(?: for me)?\b|\bhow (?:can|do) you help\b|\bwhat (?:are"
        r"|is) you (?:able|capable)\b|\bwhat can i (?:ask|say|do)\b"),
    (
        Aside.GUEST,
        rf"\b(?:put|connect|patch|transfer) (?:me|us|this call|my call) (?:through )?(?:to|with) (?!{_HOUSE})(?:room|mr|mrs"
        rf"|ms|miss|dr|my|[a-z'-]+ [a-z'-]+)"
        rf"|\b(?:is|has|was|did) (?:there )?(?:a |my )?(?!{_HOUSE}|there|it|this|that|breakfast|parking|check|the (?:pool"
        rf"|room|gym|price|restaurant|hotel|spa|bar))[a-z'. -]{{2,40}}? (?:staying (?:with|at|in|there)|checked in"
        rf"|checked out|arrived|in (?:his|her|their) room|registered|a guest(?: (?:there|with|of))?)\b"
        r"|\b(?:what|which) room (?:is|are|was) (?!included|service|type|available|cheapest|best|it|this|that|free"
        r"|left)[a-z'. ]+ (?:in|staying)\b|\bwhat(?:'s| is) (?:his|her|their|[a-z]+'s) room(?: number)?\b"
        r"|\b(?:tell|give) me (?:the|his|her|their|[a-z]+'s) room number\b|\b(?:read|tell|give|send) (?:me"
        r"|us) (?:tonight'?s|today'?s|the|tomorrow'?s|your) (?:arrivals?|guest ?list|guests?|departures?|in-?house)\b"
        r"|\b(?:tell me|do you know|can you (?:confirm|say|check)|at least tell me) (?:if|whether) (?:he|she|they"
        r"|[a-z]+ [a-z]+|my [a-z]+) (?:is|are|has|have|was|were|had)?\b ?(?:arrived|staying|there|checked|in)\b",
    ),
    (
        Aside.FAREWELL,
        r"^(?:(?:ok|okay|alright|all right|thanks|thank you|great|well|so|no|perfect|lovely|cheers|right|very much|so much"
        r"|and)[,.! ]+)*(?:good ?bye|bye(?:[ -]?bye)?|see you(?: (?:then|soon|later))?|take care|have a (?:good|nice|great"
        r"|lovely) (?:day|evening|night|one|weekend|afternoon)|talk to you (?:soon|later)|(?:no,? )?(?:that'?s|that is"
        r"|that(?:'ll| will) be) (?:all|it|everything)(?: (?:for (?:now|today)|i (?:need(?:ed)?|wanted)))?|nothing else"
        r"|i'?m (?:all )?(?:good|done|set)(?! (?:with|for|on|to)\b))\b",
    ),
    (Aside.THANKS,
        r"^(?:(?:ok|okay|great|perfect|lovely|alright|oh|well)[,.! ]+)*(?:thanks|thank you|cheers|much appreciated)(?: (?:very"
        r"|so) much| a lot| for (?:that|your help|the (?:info|information|help))| you)*[.! ]*$"),
    (Aside.LEAVE_IT,
        r"\b(?:no,? )?(?:leave it(?: (?:as it is|like that|alone|at that))?|forget (?:it|that|about it)|never ?mind"
        r"|scratch that|don'?t (?:bother|worry about it))[.! ]*$"),
)  # fmt: skip
_READY = tuple((aside, re.compile(pattern, re.IGNORECASE)) for aside, pattern in _PATTERNS)
_READY_FAREWELL = dict(_READY)[Aside.FAREWELL]
_PLACE = r"(?:the )?((?:[A-Z][\w'’&-]+ ?){1,4})"
_MISDIALLED = (
    re.compile(
        rf"\b(?i:is this|have i (?:reached|called|dialled|dialed|got)|am i (?:through to|calling)|i'?m (?:calling"
        rf"|trying to reach|looking for)|do i have) {_PLACE}"),
    re.compile(rf"\b(?i:booked|booking|reservation|staying|stay|room|reserved|guest)\b[^.?!]{{0,40}}? at {_PLACE}"),
)  # fmt: skip
_NOT_A_HOUSE = frozenset(
    [
        "hotel",
        "inn",
        "lodge",
        "resort",
        "suites",
        "house",
        "motel",
        "the",
        "and",
        "reception",
        "front",
        "desk",
        "reservations",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)


def aside(text: str) -> Aside | None:
    """The first of these that the caller's words are."""
    plain = text.replace("’", "'").strip()
    return next((kind for kind, pattern in _READY if pattern.search(plain)), None)


def other_house(text: str, hotel_name: str) -> str | None:
    """The hotel the caller thinks they reached, if it is another one than ours."""
    ours = {w.lower() for w in re.findall(r"[\w'’&-]+", hotel_name)} - _NOT_A_HOUSE
    for pattern in _MISDIALLED:
        if found := pattern.search(text):
            said = {w.lower() for w in found.group(1).split()}
            if said - _NOT_A_HOUSE and (len(said) > 1) and not said & ours:
                return found.group(1).strip()
    return None


_MORE = re.compile(
    r"^[\s,.!…-]*(?:(?:oh|wait|actually|sorry|but|and|hold on|one more (?:thing|question)|just one|another thing"
    r"|before i (?:go|forget))\b[\s,.!:…-]*)+",
    re.IGNORECASE,
)


def beyond_farewell(text: str) -> str:
    """What comes after a goodbye that was none ("goodbye, oh, one more thing, …"); empty: nothing."""
    found = _READY_FAREWELL.search(text.replace("’", "'").strip())
    more = _MORE.match(text.strip()[found.end() :]) if found else None
    return text.strip()[found.end() + more.end() :].strip() if found and more else ""

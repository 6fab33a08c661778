"""Wishes about the call itself (slower, louder, repeat, hold on, no recording): understood by code, the same for every model. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Manner(StrEnum):
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    QUIETER = "quieter"
    REPEAT = "repeat"
    HOLD_ON = "hold_on"
    NO_RECORDING = "no_recording"


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish about the call and what else the caller said beside it."""

    manner: Manner
    rest: str


_FILL = r"(?:(?:oh|um|uh|ah|er|okay|ok|sorry|excuse me|pardon|hey|well|please|and|but|hi|hello|wait|no|yes|yeah|i'?m sorry)[,.!?]* +)*"
_ASK = r"(?:(?:can|could|would|will) you (?:please |kindly |maybe |just )*|please |i need you to |you(?:'ll| will)? (?:have|need) to )?"
_END = (
    r"(?: for me| again| once more| one more time| please| thanks| thank you| a bit| a little| a little bit| now| then"
    r"| for (?:a|one|just a) \w+)*"
)
_PATTERNS: tuple[tuple[Manner, str], ...] = (
    (
        Manner.NO_RECORDING,
        r"(?:i )?(?:please )?(?:(?:don'?t|do not|stop|never|without|quit|turn off|switch off)(?: (?:want|like|wish|agree"
        r"|consent|you|to|me|be|being|the|this|my|have|it|us|call|voice|any))*"
        r" record(?:ed|ing|ings)?\b|no recording|(?:rather |prefer |would |like )*not (?:(?:to |be |being |want |okay |ok "
        r"|happy |with |agree |consent |have |like )+)record(?:ed|ing)\b)"
        r"(?: (?:me|this|us|it|of|the|my|call|conversation|off|voice|please|down))*",
    ),
    (
        Manner.SLOWER,
        _ASK +
            r"(?:(?:speak|talk|say (?:it|that)|go|slow)(?: (?:a (?:bit|little)(?: bit)?|more|much|way|down|it))* ?(?:slow(?:er"
            r"|ly)|down)\b"
        r"|slow(?:er| down)|(?:a (?:bit|little)(?: bit)? )slower|(?:not|don'?t (?:speak|talk|go)) so fast|you(?:'re"
        r"| are) (?:speaking |talking |going )?(?:too|so|very|way too) (?:fast|quick(?:ly)?))",
    ),
    (
        Manner.FASTER,
        _ASK +
            r"(?:(?:speak|talk|go)(?: (?:a (?:bit|little)(?: bit)?|more|much))* ?(?:faster|quicker|more quickly)"
            r"|(?:a (?:bit|little)(?: bit)? )?faster"
            r"|speed(?: it)? up|you(?:'re| are) (?:speaking |talking )?(?:too|so) slow(?:ly)?)",
    ),
    (
        Manner.LOUDER,
        _ASK +
            r"(?:(?:speak|talk|say (?:it|that))(?: (?:a (?:bit|little)(?: bit)?|more|much))* ?(?:up|louder|more loudly)|louder"
            r"|(?:a (?:bit|little)(?: bit)? )louder|turn (?:it|the volume|yourself) up"
        r"|i can(?:'?t| ?not| hardly| barely) hear you(?: (?:very |too |so |that )?well)?|you(?:'re| are) (?:too|very|so"
        r"|really) (?:quiet|soft|faint)|it'?s too quiet)",
    ),
    (
        Manner.QUIETER,
        _ASK +
            r"(?:(?:speak|talk)(?: (?:a (?:bit|little)(?: bit)?|more))* ?(?:quieter|softer|more (?:quietly|softly)"
            r"|less loud(?:ly)?)|quieter|not so loud|you(?:'re| are) (?:too|very|so) loud)",
    ),
    (
        Manner.REPEAT,
        _ASK +
            r"(?:repeat(?: (?:that|it|what you said|the question|yourself|the last (?:bit|part|thing)|please))*|say (?:that"
            r"|it)(?: all)? (?:again|once more|one more time)|come again"
        r"|(?:what|how) (?:was|were) (?:that|you saying)|what did you (?:just )?say|i (?:didn'?t|did not"
        r"|couldn'?t) (?:catch|hear|get|understand) (?:that|you|it|what you said|a word)"
        r"|once (?:again|more)|one more time|run that by me again|pardon(?: me)?|sorry,? what|what'?s that again)",
    ),
    (
        Manner.HOLD_ON,
        _ASK +
            r"(?:hold on|hang on|hold the line|hold please|wait(?= (?:a|one|for)\b)|bear with me|give me"
            r"|let me (?:just )?(?:get|grab|find|check|look (?:at|for)|fetch|see|think|ask)|just|one|a)"
        r"(?: (?:a|one|just a|me|for|for a|my|please|the|with|on))*(?: ?\b(?:sec(?:ond)?s?|minute|moment|bit|mo|tick"
        r"|calendar|diary|pen|glasses|wallet|wife|husband|partner|colleague|paper|phone|about it)\b)?",
    ),
)  # fmt: skip
_READY = {
    manner: re.compile(rf"^{_FILL}(?:{pattern}){_END}(?=[,.;:!?]|$| and | but | because | my | what | i\b| let me )", re.IGNORECASE)
    for manner, pattern in _PATTERNS
}
_ANYWHERE = re.compile(_PATTERNS[0][1], re.IGNORECASE)
_VOICE = re.compile(
    r"[\s,]*\b(?:so |and )?(?:please|could you|can you|would you)(?: please)? (?:speak|talk)(?: a (?:bit|little)| more| much| to me)* "
    r"(?P<how>slowly|slower|up|louder)\b(?! for)(?: please| a bit| a little)*",
    re.IGNORECASE,
)
"""The clearest of these may stand anywhere ("I'm hard of hearing, so please speak up")."""
_HOLDING = re.compile(r"\b(?:hold (?:on|please|the line)|hang on|sec(?:ond)?s?|minute|moment|mo|tick|bear with me|let me)\b", re.IGNORECASE)
_ASIDE = re.compile(r"^(?:let me|i(?:'m| am|'ll| have to| need to| must| will|'ve got to)|my (?:wife|husband|partner|phone|kids?))\b", re.IGNORECASE)
_REST = re.compile(r"^[\s,.;:!?]*(?:and|but|then|because)?[\s,.;:!?]*", re.IGNORECASE)
_EMPTY = re.compile(r"^(?:please|thanks|thank you|sorry|okay|ok|no|yes|hi|hello|i'?d|i'?m getting my \w+|[\s,.!?])*$", re.IGNORECASE)


def manner(text: str) -> Asked | None:
    """A wish about the call that stands at the beginning ("slower please"), or a refused recording anywhere; else None."""
    if found := _ANYWHERE.search(text):
        return Asked(Manner.NO_RECORDING, _tidy(text[: found.start()] + " " + text[found.end() :]))
    if (found := _VOICE.search(text)) and not _READY[Manner.REPEAT].match(text):
        kind = Manner.LOUDER if found["how"].lower() in ("up", "louder") else Manner.SLOWER
        return Asked(kind, _tidy(text[: found.start()] + " " + text[found.end() :]))
    for kind, pattern in _READY.items():
        if (found := pattern.match(text)) and (kind is not Manner.HOLD_ON or _HOLDING.search(found.group())):
            rest = _tidy(text[found.end() :])
            if kind is Manner.HOLD_ON and rest and not _ASIDE.match(rest):
                return None
            return Asked(kind, rest)
    return None


def _tidy(rest: str) -> str:
    rest = _REST.sub("", rest.strip(), count=1)
    return "" if _EMPTY.match(rest) else rest


_YES = re.compile(
    r"^(?:(?:oh|um|uh|ah|well|so|and|great|perfect|good|nice|lovely|excellent|wonderful|super|thanks|thank you|ok|okay"
    r"|alright|all right)[,.! ]+)*"
    r"(?:yes|yeah|yep|yup|ya|sure|of course|certainly|absolutely|definitely|correct|right|exactly|indeed|please(?: do)?$"
    r"|go ahead|do (?:it|that|so)|that(?:'s| is| was)? (?:right|correct|fine|good|great|perfect|it|all right|ok(?:ay)?"
    r"|works?)"
    r"|that (?:works|would be|sounds)|sounds (?:good|great|fine|perfect)|i (?:do|would|am|will)(?=$|[,. ]*(?:please"
    r"|thanks))|i'?d (?:like|love) (?:that|to)|let'?s do (?:it|that)|fine|perfect|why not|ok(?:ay)?|alright|all right"
    r"|great|good(?! (?:morning|afternoon|evening|day|night))|mm-?hm+|uh-?huh|you bet|please|confirmed|affirmative"
    r"|by all means)\b(?! (?:but )?(?:not|no)\b)",
    re.IGNORECASE,
)  # fmt: skip
_NO = re.compile(
    r"^(?:(?:oh|um|uh|ah|well|ok|okay|sorry|actually|thanks|thank you|i'?m sorry)[,.! ]+)*"
    r"(?:no|nope|nah|not|never(?: ?mind)?|don'?t|do not|that(?:'s| is| was) (?:not|wrong|incorrect|all wrong|n't)"
    r"|that isn'?t|it isn'?t|it'?s not|wrong|incorrect|i (?:don'?t|do not|didn'?t|did not|won'?t|wouldn'?t)"
    r"|i'?d rather not|negative|leave it|forget (?:it|that)|cancel that|maybe (?:later|not)|later|uh-uh)\b(?! problem)",
    re.IGNORECASE,
)  # fmt: skip


def yes_or_no(text: str) -> bool | None:
    """Does an answer begin as a yes or as a no? None: neither."""
    plain = text.strip().replace("’", "'")
    if re.match(r"^no(?:,|\.)? (?:problem|worries|that'?s (?:fine|right|correct|good))", plain, re.IGNORECASE):
        return True
    if _NO.match(plain):
        return False
    return True if _YES.match(plain) else None


MOST_BESIDE_YES = 4
"""Words that may go with a yes ("yes, put me through")."""
_ONLY_THAT = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|yup|sure|ok|okay|please|no|nope|nah|thanks|thank you|correct|right|exactly|great|perfect|fine|good|absolutely|"
    r"of course|go ahead|do (?:it|that|so)|not (?:really|now|yet)|wrong|incorrect|that(?:'s| is| was) (?:all )?(?:right"
    r"|correct|fine|good|great|perfect|"
    r"it|wrong|not right|incorrect)|that isn'?t (?:right|correct)|it'?s (?:wrong|not right)|i (?:do|would|don'?t think so)"
    r"|sounds (?:good|great)|"
    r"all right|alright|sorry|actually)\b[\s,.!;]*)+(?:(?:and|but)\b\s*)?",
    re.IGNORECASE,
)


def beyond_yes_or_no(text: str) -> str:
    """What was said after the yes or no; empty: nothing."""
    return _ONLY_THAT.sub("", text.replace("’", "'"), count=1).strip()


def only_yes(text: str) -> bool:
    """A yes and nothing of its own beside it ("okay, what time is breakfast?" is none)."""
    rest = beyond_yes_or_no(text)
    return bool(yes_or_no(text)) and not rest.endswith("?") and len(rest.split()) <= MOST_BESIDE_YES

"""How long a pause may be before the caller's turn counts as over: pure, by what was asked and what has been said so far."""

import re
from dataclasses import dataclass

from speech.ports import Answer


@dataclass(frozen=True, slots=True)
class Waits:
    """Every wait of turn taking. Milliseconds of stream time unless said otherwise; pauses count from the last voice."""

    voice_on: float = 0.5
    """Probability that starts voice."""
    voice_off: float = 0.35
    """Probability under which voice stops: lower than `voice_on`, so that soft syllables do not break it."""
    voice_min_ms: int = 60
    """Shorter is a click, not voice."""
    voice_gap_ms: int = 100
    """A silence shorter than this lies inside a word."""
    quiet_below_db: float = 28.0
    """A packet this far under the caller's own level is silence, whatever the slow model still says."""

    likely_end_ms: int = 180
    """Silence after which an early decode pays: most pauses inside a phrase are shorter."""
    text_limit_ms: int = 4_000
    """A decode that takes longer has failed for this turn."""
    turn_max_ms: int = 60_000
    """A caller who never stops is answered after this."""
    partial_every_ms: int = 3_000
    """While the caller goes on, the urgent path gets words this often."""

    complete_ms: int = 450
    """After a full answer to what was asked, or a question: nothing more is expected."""
    anything_ms: int = 530
    yes_no_ms: int = 500
    number_ms: int = 800
    date_ms: int = 900
    """"The third … of June": a date is thought about while it is said."""
    name_ms: int = 800
    spelled_ms: int = 1_200
    """The letters make up the word that was said before them: the spelling is whole."""
    spelling_ms: int = 1_700
    """Letters come one by one, with the next one looked up in the head."""
    digits_ms: int = 1_900
    """Groups of a phone number or code: people read them off a card."""
    email_ms: int = 1_500
    full_number_ms: int = 900
    """Enough digits for a phone number: a country code or extension may still follow."""
    open_sentence_ms: int = 800
    """No final punctuation: the recogniser heard no closing intonation."""
    unfinished_ms: int = 1_500
    """The last word cannot be the last ("and", "my number is")."""
    story_ms: int = 5_000
    """A turn longer than this is a story …"""
    story_more_ms: int = 250
    """… and its teller gets this much more at each pause."""
    patient_most_ms: int = 5_000
    """However patient, no pause is waited for longer than this."""

    marked_least_ms: int = 3_000
    """A recogniser with turn marks that says nothing for so long after the voice has missed the end …"""
    marked_factor: int = 4
    """… or for so many times the usual wait, whichever is longer."""

    echo_tail_ms: int = 300
    """Our own sound comes back this long after we fall silent."""
    burst_decode_ms: int = 240
    """Voice over the agent this long is decoded at once, so that words may decide."""
    burst_end_ms: int = 260
    """Voice over the agent followed by this much silence is complete: a backchannel or a short word."""
    burst_least_ms: int = 120
    """Shorter sounds over the agent are coughs and clicks."""
    interrupt_ms: int = 440
    """Voice over the agent that is still up after this, without words: the caller wants the floor."""
    interrupt_sure_ms: int = 400
    """The same where nothing but the caller sounds like a voice, so that one who goes on softly is known sooner."""
    backchannel_most_ms: int = 900
    """"Mm-hm" and its like never last longer; beyond, the caller goes on talking, loud or soft."""
    resume_ms: int = 1_000
    """A stop without words behind it is taken back within this."""
    lead_ms: int = 200
    """Sound before the voice was noticed that belongs to it."""


def table(text: str) -> frozenset[str]:
    """The words of a table written as text."""
    return frozenset(text.split())


_UNFINISHED = table(
    """a an the and or but so because if when that which who with without for from to of in on at by about into than as is are was were
    am be been my your our his her their its this these i we you he she they it's i'm we're and/or uh um er erm like between until till plus also
    maybe just not don't would could should can will do does did have has had
    let's please number's name's area code dot underscore dash at"""
)
_UNFINISHED_ENDS = (
    "my number is",
    "my name is",
    "the number is",
    "my email is",
    "my phone number is",
    "email address is",
    "i'd like",
    "i would like",
    "i want",
    "i need",
)
_OPENERS = table("sorry wait excuse me um uh er erm actually well so oh listen")
"""Words that only open what is to be said: alone they end nothing ("Sorry, wait. …")."""
_MAY_END = table("please not on in at it's you do")
"""Unfinished words that do end a sentence when the recogniser wrote a full stop ("yes, please.", "come in.")."""

_DIGITS = table("zero oh one two three four five six seven eight nine double triple hundred")
_YES_NO = table(
    """yes yeah yep yup no nope nah sure okay ok correct right exactly absolutely certainly definitely perfect fine great sounds good
    that's is it not thanks thank you please of course i do don't we all"""
)
_MONTHS = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_DAY = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?|(?:twenty|thirty)?[- ]?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
    r"|\w+teenth|tenth|eleventh|twelfth|twentieth|thirtieth)"
)
_FULL_DATE = re.compile(
    rf"\b(?:{_MONTHS})\.? (?:the )?{_DAY}\b|\b{_DAY} (?:of )?(?:{_MONTHS})\b|\b\d{{1,2}}/\d{{1,2}}\b"
    r"|\b(?:today|tonight|tomorrow)\b"
    r"|\b(?:this|next|on|coming) (?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bnext (?:week|weekend|month)\b",
)
_FULL_EMAIL = re.compile(r"(?:@| at ).*(?:\.| dot ?)\s?(?:com|net|org|edu|gov|info|biz|io|co|uk|de|fr|es|it|ie|ca|us|eu|au|nz|in|ch|at|nl)\W*$")
_SPELLED_TAIL = re.compile(r"(?:\b[a-z]\b[\s.,-]*){2,}$")
_WORD = re.compile(r"[a-z0-9']+")
_CLOSED = (".", "!", "?", '."', '?"', '…"')


def words(text: str) -> list[str]:
    """The words of a text, lower case, without punctuation."""
    return _WORD.findall(text.lower().replace("’", "'"))


def digits_in(text: str) -> int:
    """How many digits were said, written as digits or as words."""
    return sum(len(w) if w.isdigit() else w in _DIGITS for w in words(text))


def unfinished(text: str) -> bool:
    """Does the text end in a word after which something must come?"""
    tail = words(text)
    if not tail:
        return False
    closed = text.rstrip().endswith(_CLOSED) and not text.rstrip().endswith("...")
    if not text.rstrip().endswith("?") and all(word in _OPENERS for word in tail):
        return True
    if text.rstrip().endswith((",", "-", "–", "—", ":")):
        return True
    if " ".join(tail).endswith(_UNFINISHED_ENDS) and len(tail) <= 12:
        return True
    return tail[-1] in _UNFINISHED and not (closed and tail[-1] in _MAY_END)


def spelled_out(text: str) -> bool:
    """Do the letters at the end make up a word said before them ("Carlisle, C A R L Y L E")? The word may be heard a letter longer or shorter."""
    tail = _SPELLED_TAIL.search(text.lower())
    if tail is None:
        return False
    letters = [letter for letter in tail[0] if letter.isalpha()]
    before = words(text[: tail.start()])
    return len(letters) >= 4 and any(word[0] == letters[0] and abs(len(word) - len(letters)) <= 1 for word in before)


def complete(answer: Answer, text: str) -> bool:
    """Is the text a full answer of this kind, so that nothing more is expected?"""
    said = words(text)
    match answer:
        case Answer.YES_NO:
            return 0 < len(said) <= 4 and all(w in _YES_NO for w in said)
        case Answer.NUMBER:
            return 0 < len(said) <= 3 and digits_in(text) in (1, 2)
        case Answer.DATE:
            return bool(_FULL_DATE.search(text.lower()))
        case Answer.EMAIL:
            return bool(_FULL_EMAIL.search(text.lower()))
        case _:
            return False


def wait_ms(waits: Waits, answer: Answer, text: str, turn_ms: int = 0) -> tuple[int, str]:
    """How long to wait after the last voice before the turn is over, and why. `turn_ms`: how long the turn is already."""
    if not words(text):
        return waits.complete_ms, "no words"
    if answer is Answer.PHONE and digits_in(text) >= 10:
        return waits.full_number_ms, "a whole number"
    if answer in (Answer.PHONE, Answer.CODE) and digits_in(text):
        return waits.digits_ms, "digits go on"
    if spelled_out(text):
        return waits.spelled_ms, "spelled"
    if answer is Answer.SPELLING or _SPELLED_TAIL.search(text.lower()):
        return waits.spelling_ms, "spelling"
    if unfinished(text):
        return waits.unfinished_ms, "unfinished"
    if complete(answer, text):
        return waits.complete_ms, "answered"
    base, why = (
        {
            Answer.ANYTHING: waits.anything_ms,
            Answer.YES_NO: waits.yes_no_ms,
            Answer.NUMBER: waits.number_ms,
            Answer.DATE: waits.date_ms,
            Answer.NAME: waits.name_ms,
            Answer.EMAIL: waits.email_ms,
        }.get(answer, waits.anything_ms),
        answer.value,
    )
    closed = text.rstrip().endswith(_CLOSED) and not text.rstrip().endswith("...")
    if closed and text.rstrip().endswith("?") and answer in (Answer.ANYTHING, Answer.YES_NO):
        return waits.complete_ms, "a question"
    if not closed:
        base, why = max(base, waits.open_sentence_ms), "open sentence"
    if turn_ms > waits.story_ms:
        base, why = base + waits.story_more_ms, "a story"
    return base, why

"""No claim without a receipt: does a sentence say that something was done, and does a committed result of this call back it? Pure.

A claim is told from its grammar, not from a word: who did it (we, or nobody named), the tense (perfect, past, present passive),
and that it is neither asked, denied, conditional, possible, habitual nor reported. Verbs only decide which receipt would back it.
"""

import re
from collections.abc import Collection

from tools.catalogue import Receipt

_VERBS: dict[str, str] = {
    "booking": "booked reserved secured confirmed guaranteed held locked blocked",
    "cancellation": "cancelled canceled deleted voided",
    "change": "changed moved updated extended switched upgraded downgraded added removed shortened pushed corrected modified adjusted "
    "amended rescheduled swapped applied waived granted approved altered edited lengthened enrolled fixed",
    "text": "sent texted emailed e-mailed mailed messaged forwarded shot resent",
    "transfer": "transferred connected",
    "note": "noted recorded saved logged wrote written filed registered submitted passed handed told informed notified alerted reported "
    "flagged stored relayed let captured jotted",
    "payment": "charged paid refunded processed received issued reversed credited debited collected billed settled",
    "request": "arranged scheduled ordered placed assigned set dispatched organized organised prepared requested",
}  # fmt: skip
_KINDS = {verb: kind for kind, verbs in _VERBS.items() for verb in verbs.split()}
_BACKING: dict[str, frozenset[str]] = {
    "booking": frozenset({"booking"}),
    "cancellation": frozenset({"cancellation"}),
    "change": frozenset({"change"}),
    "text": frozenset({"text", "payment_link"}),
    "transfer": frozenset({"transfer"}),
    "note": frozenset({"lead", "message", "callback", "booking", "change", "cancellation"}),
    "payment": frozenset({"payment"}),
    "request": frozenset({"request", "callback"}),
}
_HONEST = {
    "booking": "I haven't booked anything yet.",
    "cancellation": "I haven't cancelled anything yet.",
    "change": "I haven't changed anything yet.",
    "text": "I haven't sent anything yet.",
    "transfer": "I haven't put you through yet.",
    "note": "I haven't passed that on yet.",
    "payment": "I can't see a payment from here, so the desk has to look into that.",
    "request": "I haven't arranged that yet.",
    "done": "I haven't done that yet.",
}

_DONE = "|".join(sorted(_KINDS, key=len, reverse=True))
_ADVERB = (
    r"(?:(?:just|already|now|also|all|successfully|succesfully|quickly|personally|officially|both|so|then|safely|duly|gone ahead and"
    r"|went ahead and|"
    r"gone and) )*"
)
_OBJECT = r"(?:(?:you|that|it|this|them|both|everything|us|(?:your|the|a|an|two|three|that|this) (?:[\w'-]+ ){0,3}?[\w'-]+) )"
_BENIGN = (
    r"(?:got|been|had|found|located|identified|gathered|pulled|picked|narrowed|searched|reviewed|discovered|checked|looked|seen|heard"
    r"|understood|read|asked|listed|mentioned|said|noticed|worked|enjoyed|thought|come"
    r"|started|"
    r"tried|misunderstood|repeated|spoken|explained|talked|learned|known|missed|gone|a|an|the|no|not|only|two|three|four|five|six|one"
    r"|some|any|"
    r"both|several|many|plenty|your|to|rooms|never|always|ever|it|you|everything|that|what|free|still|nothing|been|indoor|outdoor"
    r"|different)"
)
_MATTER = (
    r"(?:you|it|that|this|everything|all of (?:it|that)|both|we|the (?:desk|kitchen|manager|staff|team|night manager)|housekeeping"
    r"|maintenance|"
    r"reception|security|someone|somebody|late checkout|early check-in|(?:booking|reservation|payment|cancellation|room|order"
    r"|transfer|refund)|(?:a|an|the|your|that|this|our) (?:[\w'-]+ ){0,3}?(?:room"
    r"|suite|booking|"
    r"reservation|stay|dates?|arrival|checkout|check-out|check-in|night|table|taxi|cab|car|shuttle|spot|crib|cot|bed|breakfast|link"
    r"|text|message|"
    r"e-?mail|confirmation|directions|details|note|name|call|callback|alarm|request|change|payment|deposit|refund|card|charge|fee"
    r"|bill|money|order|"
    r"complaint|report|rate|discount|parking|towels|list|balance|hotel|house|cancellation|transfer|invoice|bag|luggage|place|seat"
    r"|treatment|tour|staff|desk|kitchen"
    r"|manager|team|code|invoice"
    r"|receipt)s?)"
)

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        # we did it: "I've just booked", "we moved", "I have you down", "I got that booked"
        (rf"\b(?:i|we)(?:'ve| have|'d| had)? {_ADVERB}(?P<verb>{_DONE})\b(?! out\b)", ""),
        (rf"\b(?:i|we)(?:'ve| have)? (?:[\w'-]+ )+?and {_ADVERB}(?P<verb>{_DONE})\b", ""),
        (rf"\b(?:i|we)(?:'ve| have) {_ADVERB}(?!{_BENIGN}\b)(?P<verb>[a-z-]+(?:ed|en|t|ne|ut|de|wn|ven|ung))\b(?=.*\b(?:you|your|that"
         rf"|it|this|them|those)\b|.*\b(?:for|to) )", "done"),
        (rf"\b(?:have|'ve|got|'ve got|have got) {_OBJECT}{_ADVERB}(?P<verb>{_DONE})\b", ""),
        (rf"\b(?:have|'ve|got|put|have got|had) {_OBJECT}{_ADVERB}(?:down|in)\b(?! (?:the|our))", "booking"),
        (r"\b(?:i|we|you)(?:'ve| have)? (?:just |now |successfully |already |also )*(?:made|completed|finalized|finalised) (?:the"
         r"|your|that|a"
         r"|this) (?:[\w-]+ )?(?P<noun>\w+)", "noun"),
        (rf"\b(?:i|we)(?:'ve| have)? {_ADVERB}(?:put|placed|got|gotten) (?:you|your name|that|it) on\b", "request"),
        (r"\b(?:i|we)(?:'ve| have)? (?:just )?(?:made|taken|took|left) (?:a|your) (?:note|message)\b", "note"),
        (rf"\b(?:i|we)(?:'ve| have)? {_ADVERB}(?:taken|took) (?:that|the|your|this) .*\boff\b", "change"),
        (r"\b(?:i|we)(?:'ve| have)? (?:just )?set (?:aside|up)\b", "request"),
        (r"\b(?:i|we)(?:'ve| have)? (?:just )?(?:checked (?:you|them|him|her|everyone) (?:in|out)|got (?:a|an|the|your"
         r"|someone) .*\bcoming)\b", "done"),
        (r"\byou(?:'re| are) (?:all |now )*checked (?:in|out)\b|\byour new (?:[\w-]+ )?(?:dates?|arrival|departure|room|rate"
         r"|total) (?:is|are)\b", "change"),
        (r"\b(?:i|we)(?:'ve| have)? (?:just )?(?:asked|called|rung|phoned|contacted|messaged|spoken to|spoke to|talked to) (?:the|our"
         r"|housekeeping|"
         r"maintenance|security|reception|someone|somebody|a (?:taxi|cab|doctor|colleague)|an ambulance)\b", "note"),
        (r"\b(?:i|we)(?:'ve| have)? (?:just )?(?:got|gotten|given) you (?:a|an|the)\b(?! (?:price|rate|number|few|list|choice|answer"
         r"|total))", "change"),
        (rf"\b(?:i|we)(?:'ve| have)? {_ADVERB}(?:put|patched) (?:you|the call|your call) through\b", "transfer"),
        (r"\b(?:i|we)(?:'ve| have)? let (?:the|housekeeping|maintenance|them|our|someone|reception)\b.*\bknow\b", "note"),
        # it is being done: "I'm transferring you", "connecting you now", "you're being put through", "I'll connect you now"
        (r"(?:\b(?:i'm|i am|we're|we are) (?:now |just )?|^)(?:transferring|connecting|passing you|putting (?:you"
         r"|the call) (?:through|on to|over))\b", "transfer"),
        (r"\b(?:i'm|i am|we're|we are) (?:now |just )?(?:sending|texting|e-?mailing|forwarding)\b", "text"),
        (r"\b(?:i'm|i am|we're|we are) (?:now |just )?(?:holding|booking|reserving|blocking)\b", "booking"),
        (r"\b(?:i'm|i am|we're|we are) (?:now |just )?cancell?ing\b", "cancellation"),
        (r"\byou(?:'re| are)? (?:now )?(?:are )?being (?:now )?(?:put|connected|transferred|passed)\b", "transfer"),
        (r"\b(?:i'll|i will|we'll|we will) (?:now |just )?(?:transfer|connect|put) (?:you|your call)\b", "transfer"),
        # it was done: "your booking has been cancelled", "the link was sent", "it's been paid"
        (rf"\b{_MATTER}(?:'s|'ve| has| have| was| were) (?:(?:already|now|also|just|all|successfully) )*"
         rf"(?:been )?{_ADVERB}(?:being )?(?P<verb>{_DONE})\b", "past"),
        (rf"\b{_MATTER}(?:'s|'ve| has| have|'re| are) been {_ADVERB}(?:put|set|taken|made)\b", "request"),
        # it stands: "you're confirmed for the ninth", "your wake-up call is set", "a table is reserved for you"
        (rf"\b{_MATTER}(?:'s|'re| is| are) {_ADVERB}(?P<verb>{_DONE})\b", "present"),
        (r"\b(?:bookings?|reservations?|payment|changes?|refund|cancellation|transfer|order|charge|deposit|room|stay|table)"
         r"(?:'s| has| have| is| was| are| were)?(?: now| just| all| already| been| successfully| succesfully| duly)* "
         r"(?:gone through|went through|came through|come through|cleared|made|completed?|finali[sz]ed|done|in(?= and\b|$)|in place"
         r"|in the system"
         r"|on its way|(?:a (?:\w+ )?)?success(?:ful(?:ly)?)?|succesfull?y?)\b(?! (?:by|advance|cash|person))", "through"),
        (r"\byour (?:new )?(?:[\w'-]+ )?(?:check-?out|check-?in|arrival|departure|room|dates?|rate|booking|reservation) (?:is"
         r"|are) now\b", "change"),
        # set phrases
        (r"\b(?:all|you'?re) (?:set|booked|sorted|arranged|settled|good to go)\b|\bgood to go\b|\btak(?:en|ing) care of\b"
         r"|\btook care of\b|\bdone deal\b", "done"),
        (r"\bconsider (?:it|that|your [\w ]+|the [\w ]+) (?P<verb>booked|cancelled|canceled|changed|sent|reserved|confirmed)\b", ""),
        (r"\bconsider (?:it|that|your [\w ]+|the [\w ]+) (?:done|settled|sorted)\b", "done"),
        (r"^(?:ok(?:ay)?,? |alright,? |perfect,? |great,? |and |so |there,? )*(?:all )?(?:done|booked|sorted|cancelled|canceled"
         r"|confirmed|settled|sent|arranged)\b(?! (?:by|bookings?|reservations?|rooms?|with))", "done"),
        (r"\b(?:that's|it's|that is|it is|and that's) (?:you |all |now )*(?:done|booked|sorted|settled|arranged|confirmed|cancelled"
         r"|in the system)\b", "done"),
        (r"^(?:there|here) (?:we|you) go,", "done"),
        (r"\b(?:room|suite|table|it|spot)(?:'s| is) (?:all |now )?yours\b", "booking"),
        (r"\b(?:text|link|confirmation|e-?mail|message|invoice|receipt|directions)(?:'s| is| are) (?:now |already )?(?:on (?:its|the"
         r"|their) way|with you|in your inbox|waiting)\b", "text"),
        (r"\bin your inbox\b|\byou(?:'ll| will| should) (?:now )?have (?:the|our|a|my|received|got|gotten) ?(?:\w+ )?(?:text|link"
         r"|e-?mail|confirmation|message)\b", "text"),
        (r"\bcheck your (?:phone|inbox|e-?mail|messages)\b", "text"),
        (r"\b(?:housekeeping|maintenance|(?:some|any)(?:one|body)|an? (?:engineer|porter|colleague)|towels|help|they|he|she"
         r"|the \w+)(?:'s| is| are|'re) (?:now |already )?(?:on (?:it|(?:the|its|their|his|her) way)|coming up|(?:being )?(?:headed"
         r"|heading|sent|brought) up)\b", "request"),
        (r"\b(?:is|are|'s|you're) (?:now )?(?:in (?:our|the) system|with the (?:desk|manager|team))\b", "note"),
        (r"\b(?:is|are|'s|'re) (?:now )?on (?:the|our) (?:wait(?:ing)?[- ]?)?list\b", "request"),
        (r"^(?:your )?(?:request|payment|message|booking|order) (?:received|noted|confirmed)\b|^paid in full\b", "done"),
    )
)  # fmt: skip
_QUESTION = re.compile(
    r"^(?:(?:and|so|or|okay|ok|great|thanks|thank you|sorry|perfect|alright|then|well),? )*"
    r"(?:what|which|who|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|am)\b",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"[,.] *(?:(?:is|was) (?:that|this|it) (?:right|correct|so)|right|correct|yes|did(?:n't)? you|have(?:n't)? you|are(?:n't)? you)\?$",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"n't\b|n’t\b|\b(?:not|never|nothing|nobody|no|none|neither|cannot|unable|without|failed to|fail to|isnt|yet to|hardly"
    r"|unfortunately|fully|sorry|booked out|sold out)\b",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(
    r"\b(?:can|could|may|might|would|'d|must|shall|to be|need to|needs to|have to|has to|want to|able to|happy to|going to)\b",
    re.IGNORECASE,
)
_CONDITION = r"\b(?:once|if|when|whenever|until|till|unless|before|after|as soon as|in case|provided|by the time|as long as)\b"
_STARTS_CONDITIONAL = re.compile(rf"^(?:(?:and|but|so|then|okay|please|only),? )*{_CONDITION}", re.IGNORECASE)
_HABIT = re.compile(
    rf"\b(?:by (?:the|our|a|stripe|phone|e-?mail)|within|every|daily|usually|always|normally|only|on request|in advance|at (?:the"
    rf"|our) (?:front )?desk|"
    rf"each|guests|per)\b|{_CONDITION}",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:you (?:said|mentioned|told|asked|wrote|say|want(?:ed)?|think|thought)|you'd like|i (?:see|understand|hear) (?:that )?you|"
    r"(?:the|this|your|our|that) calls? (?:is|are|was|will)(?: being)? recorded)\b.*",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:.!]+(?=\s|$)|\s(?:and|but|so|because|though|although)\s(?=(?:i|we|you|your|the|that|it|they|a|an|let|is|may|what|how"
    r"|which)\b)|\s[–—-]\s",
    re.IGNORECASE,
)
_AT_THAT_TIME = re.compile(
    r"\b(?:when|after|before|at the time) (?:you|we|the guests?) (?:\w+ed|made|came|paid|left|spoke"
    r"|stayed)\b",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(
    r"\b(?:ago|since|last (?:year|month|week|winter|summer|spring|fall|autumn)|in (?:19|20)\d\d|in (?:nineteen|twenty))\b", re.IGNORECASE
)
_PRESENT_OF_OTHERS = re.compile(r"\b(?:already|fully) (?:booked|taken|reserved|sold)\b", re.IGNORECASE)


def claims(sentence: str) -> frozenset[str]:
    """What the sentence says was done, as kinds of receipts, or "payment", "request" and "done", that no duty can prove; empty: nothing."""
    text = re.sub(r"\s+", " ", sentence.replace("’", "'").strip())
    if _TAG.search(text):
        return frozenset()
    conditional = bool(_STARTS_CONDITIONAL.match(text))
    text = _REPORTED.sub("", re.sub(rf"{_CONDITION}[^,;.!?]*\?", "?", text, flags=re.IGNORECASE))
    found: set[str] = set()
    for clause in _clauses(text):
        if not clause.endswith("?") and not _QUESTION.match(clause):
            found |= _claims_of(clause, conditional=conditional)
    return frozenset(found - {"done"} or found)


def _clauses(text: str) -> list[str]:
    """The sentence's clauses; the last keeps its question mark. "There we go, …" and "consider …" stay whole."""
    if re.match(r"^(?:there|here) (?:we|you) go,", text, re.IGNORECASE):
        return [text]
    question = text.endswith("?")
    parts = [part.strip(" ?\"'") for part in _CLAUSE.split(text) if part and part.strip(" ?\"'")]
    if question and parts:
        parts[-1] += "?"
    return parts


def _claims_of(clause: str, *, conditional: bool) -> set[str]:
    main = re.sub(rf"\s*{_CONDITION}.*", "", clause, flags=re.IGNORECASE)
    if not main or _DENIED.search(main) or _AT_THAT_TIME.search(clause):
        return set()
    found: set[str] = set()
    for pattern, form in _PATTERNS:
        match = pattern.search(main)
        if not match or _POSSIBLE.search(main[: match.start()] + _modal_inside(match[0])):
            continue
        verb = (match.groupdict().get("verb") or "").lower()
        if form == "present" and (conditional or _HABIT.search(clause) or _PRESENT_OF_OTHERS.search(main)):
            continue
        if form == "past" and (conditional or _LONG_AGO.search(clause)):
            continue
        if form == "through" and conditional:
            continue
        if form == "noun":
            found.add(_kind_of_noun(match["noun"]))
        elif form in ("", "past", "present"):
            found.add("done" if re.search(r"\ball (?:set|arranged)\b", match[0], re.IGNORECASE) else _KINDS[verb])
        elif form == "through":
            found.add(_kind_of_noun(match[0].split()[0].split("'")[0]))
        elif not (conditional and form == "done"):
            found.add(form)
    return found


def _modal_inside(matched: str) -> str:
    """ "I'd booked" is a claim in the past, not a wish: only what stands before the match may make it possible."""
    return "" if re.match(r"(?:i|we)\b", matched, re.IGNORECASE) else matched


def _kind_of_noun(noun: str) -> str:
    return {
        "booking": "booking", "reservation": "booking", "change": "change", "changes": "change", "cancellation": "cancellation",
        "payment": "payment", "refund": "payment", "charge": "payment", "deposit": "payment", "transfer": "transfer", "note": "note",
        "order": "request", "call": "request",
    }.get(noun.lower(), "done")  # fmt: skip


def unbacked(sentence: str, receipts: Collection[Receipt]) -> frozenset[str]:
    """The claims of the sentence that nothing backs."""
    kinds = {receipt.kind for receipt in receipts}
    return frozenset(claim for claim in claims(sentence) if not (_BACKING.get(claim, kinds) & kinds))


def honest(kinds: Collection[str]) -> str:
    """What is said instead of a sentence with these unbacked claims."""
    return next((said for kind, said in _HONEST.items() if kind in kinds), _HONEST["done"])

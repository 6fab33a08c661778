"""What is said back to the caller before it is used, and how they answer: yes, no, or what is right instead. Pure."""

import re

import phonenumbers

_SIGNS = {"'": "apostrophe", "-": "hyphen", ".": "dot", "_": "underscore", "+": "plus"}
_EMAIL_SIGNS = _SIGNS | {"-": "dash"}


def letters(word: str) -> str:
    """ "Whitfield" → "W, H, I, T, F, I, E, L, D"."""
    return ", ".join(_SIGNS.get(sign, sign.upper()) for sign in word if not sign.isspace())


def name(full: str) -> str:
    """The name and its last part spelled: "Dana Whitfield, W, H, I, …"."""
    return f"{full}, {letters(full.rsplit(maxsplit=1)[-1])}" if full.split() else ""


def phone(e164: str, region: str = "US") -> str:
    """Digit by digit in groups; the country code only if it is not the hotel's own."""
    try:
        parsed = phonenumbers.parse(e164, region)
    except phonenumbers.NumberParseException:
        return ", ".join(" ".join(group) for group in re.findall(r"\d{1,3}", e164))
    own = phonenumbers.country_code_for_region(region) == parsed.country_code
    form = phonenumbers.PhoneNumberFormat.NATIONAL if own else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    groups = re.findall(r"\d+", phonenumbers.format_number(parsed, form))
    return ("" if own else "plus ") + ", ".join(" ".join(group) for group in groups)


def email(address: str) -> str:
    """The part before the at sign letter by letter, then the domain: "N, dot, Q, 7, at bay.example"."""
    local, _, domain = address.partition("@")
    return f"{', '.join(_EMAIL_SIGNS.get(sign, sign.upper()) for sign in local)}, at {domain}"


def code(value: str) -> str:
    """Sign by sign."""
    return ", ".join(sign for sign in value.upper() if sign.isalnum())


_FILL = r"(?:(?:oh|um|uh|ah|er|well|so|and|okay|ok|right|great|perfect|good|sorry|thanks|thank you|actually|hmm|mm)[,.! ]+)*"
_YES = re.compile(
    rf"^{_FILL}(?:yes|yeah|yep|yup|ya|yah|aye|sure|correct|right|exactly|precisely|absolutely|definitely|certainly|indeed|of course"
    rf"|perfect|great|"
    r"good|fine|lovely|wonderful|excellent|ok|okay|alright|all right|spot on|bingo|you got it|you've got it|got it|mm-?hm+|uh-?huh"
    r"|affirmative|"
    r"please(?: do)?|go ahead|do (?:it|that)|let's do (?:it|that)|confirmed?|i do|it is|it does|they are|i am|"
    r"(?:that|this|it|everything|all of (?:it|that)|all)(?:'s| is| was| looks| sounds| seems)? ?(?:all )?(?:right|correct|it|fine"
    r"|good|great|perfect|okay|ok|me|mine|"
    r"works?(?: for me)?|spot on|the one|true|accurate)|sounds (?:good|great|fine|right|perfect)|looks (?:good|right)|no problem"
    r"|no,? that'?s (?:right|correct|fine|good|it|perfect))\b",
    re.IGNORECASE,
)
_NO = re.compile(
    rf"^{_FILL}(?:no|nope|nah|not|never|wrong|incorrect|negative|almost|nearly|close|that(?:'s| is| was)(?:n't)? (?:not|wrong"
    rf"|incorrect|almost|nearly)|"
    r"that isn'?t|it isn'?t|it'?s not|isn'?t|wait|hold on|uh-uh|nuh-uh|i (?:said|meant|don'?t|didn'?t|wouldn'?t)|don'?t|you (?:got"
    r"|have) (?:it|that|my \w+) wrong|"
    r"i'?m afraid not|far from it)\b",
    re.IGNORECASE,
)
_NO_BUT_YES = re.compile(r"^no,? (?:that'?s|it'?s|that is|this is)(?: all| absolutely)? (?:right|correct|fine|good|it|perfect"
                         r"|great)\b|^no (?:problem|worries)\b", re.IGNORECASE)  # fmt: skip
_CHANGE = re.compile(
    r"\b(?:but|except|only|just|actually|instead|rather|though|wait|however)\b.*\b(?:make|made|change|it'?s|should|with|not|no|add|is"
    r"|one|two|three|four|the|until|from|my|could|can)\b"
    r"|\b(?:make (?:it|that)|change (?:it|that|the)|it should be|should be)\b",
    re.IGNORECASE,
)
_NOT_RIGHT = re.compile(
    r"\b(?:not (?:quite|right|correct|exactly|really)|isn'?t (?:right|correct|quite)|wrong|incorrect"
    r"|doesn'?t (?:sound|look) right)\b",
    re.IGNORECASE,
)


def agrees(text: str) -> bool | None:
    """Is what was read back right? "yes, but make it three" is no. None: neither yes nor no."""
    said = text.strip().replace("’", "'")
    if _NO_BUT_YES.match(said):
        return not _CHANGE.search(said)
    if _NO.match(said) or _NOT_RIGHT.search(said):
        return False
    if _YES.match(said):
        return not _CHANGE.search(_YES.sub("", said, count=1))
    return None


_REFUSAL = re.compile(
    rf"^{_FILL}(?:(?:no|nope|nah|yes|yeah|not quite|almost|nearly|wrong|wait|sorry|actually|that'?s (?:not (?:right|correct|it)"
    rf"|wrong)|that isn'?t (?:right|correct)|"
    r"i (?:said|meant|mean)|it'?s not \w+|not \w+|it should be|should be|it'?s|it is|make (?:it|that)|change (?:it|that) to|but"
    r"|rather|instead|please)[,.!;: ]+)+",
    re.IGNORECASE,
)


def corrected(text: str) -> str:
    """What the caller says instead: "no, the fifth" → "the fifth"; empty: only that it was wrong."""
    said = text.strip().replace("’", "'").rstrip(".!? ")
    rest = _REFUSAL.sub("", said + " ").strip(" ,.")
    return "" if agrees(rest) is not None and len(rest.split()) <= 4 else rest

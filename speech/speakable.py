"""Written text → what a receptionist would say, so that every voice reads it alike. Pure; spoken text comes out unchanged."""

import re
from collections.abc import Callable

import phonenumbers

from speech.numerals import cardinal, digit_words, ordinal, pairs, year

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_MONTH_NUMBER = {name[:length].lower(): n for n, name in enumerate(MONTHS, 1) for length in (3, len(name))} | {"sept": 9}
_MONTH = rf"({'|'.join(MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_DAY = r"(0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"((?:19|20)\d\d)"
_DASH = r"\s*(?:[-‐-―−]|to|until|through)\s*"

_CURRENCY = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "sen", "sen"),
    "CHF": ("franc", "francs", "centime", "centimes"),
}
_CURRENCY |= {"USD": _CURRENCY["$"], "EUR": _CURRENCY["€"], "GBP": _CURRENCY["£"], "JPY": _CURRENCY["¥"], "US$": _CURRENCY["$"]}
_SIGN = r"(US\$|[$€£¥]|(?:USD|EUR|GBP|JPY|CHF)\b)"
_AMOUNT = r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?(?![\d.]*\d)"

_TLD_WORDS = {
    "com",
    "org",
    "net",
    "info",
    "example",
    "hotel",
    "edu",
    "gov",
    "travel",
    "app",
    "test",
    "biz",
    "co",
    "name",
    "email",
    "online",
}
_ENDINGS = "com|org|net|info|example|hotel|edu|gov|travel|app|test|biz|online|io|co|us|uk|de|fr|es|it|pt|at|ch|eu|ca|au|ie|nl"
_HOST = rf"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+(?:{_ENDINGS})"
_MARKS = {
    ".": "dot",
    "_": "underscore",
    "-": "dash",
    "+": "plus",
    "/": "slash",
    "?": "question mark",
    "=": "equals",
    "&": "and",
    "%": "percent",
}

_ABBREVIATIONS = [
    (r"\bext\.?(?=\s*\d)", "extension"),
    (r"\bext\.", "extension"),
    (r"\b(?:No|Nr)\.(?=\s*\d)", "number"),
    (r"#(?=\d)", "number "),
    (r"(?<=[a-z] )St\.(?=\s[A-Z])(?<!^)", "Saint"),
    (r"^St\.(?=\s[A-Z])", "Saint"),
    (r"\bSt\.(?=$|\W)|(?<=[a-z] )St(?=,|$)", "Street"),
    (r"\bAve\.?(?=$|\W)", "Avenue"),
    (r"\bBlvd\.?(?=$|\W)", "Boulevard"),
    (r"\bRd\.?(?=$|\W)", "Road"),
    (r"\bSte\.(?=$|\W)", "Suite"),
    (r"\bDr\.(?=\s[A-Z])", "Doctor"),
    (r"(?<=[a-z] )Dr\.(?=$|\W)", "Drive"),
    (r"\bMr\.", "Mister"),
    (r"\bMrs\.", "Missus"),
    (r"\bMs\.", "Miz"),
    (r"\bapprox\.?(?=$|\W)", "approximately"),
    (r"\bincl\.", "including"),
    (r"\bexcl\.", "excluding"),
    (r"\bmax\.", "maximum"),
    (r"\bmin\.(?=\s[a-z])(?<!\d min\.)", "minimum"),
    (r"\be\.g\.,?", "for example,"),
    (r"\bi\.e\.,?", "that is,"),
    (r"\betc\.", "et cetera"),
    (r"\bvs\.?(?=\s)", "versus"),
    (r"\bw/o\s", "without "),
    (r"\bw/\s?", "with "),
    (r"\b[Aa]/[Cc]\b", "air conditioning"),
    (r"\bp\.p\.", "per person"),
    (r"\bB\s?&\s?B\b", "bed and breakfast"),
    (r"\bASAP\b", "as soon as possible"),
    (r"\bWi-?Fi\b", "Wi-Fi"),
    (r"\b24/7\b", "around the clock"),
    (r"\s&\s", " and "),
]
_WEEKDAYS = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Tues": "Tuesday",
    "Wed": "Wednesday",
    "Thu": "Thursday",
    "Thur": "Thursday",
    "Thurs": "Thursday",
    "Fri": "Friday",
    "Sat": "Saturday",
    "Sun": "Sunday",
}
_UNITS = {
    "km/h": ("kilometer an hour", "kilometers an hour"),
    "mph": ("mile an hour", "miles an hour"),
    "sq. ft.": ("square foot", "square feet"),
    "sq ft": ("square foot", "square feet"),
    "m²": ("square meter", "square meters"),
    "sqm": ("square meter", "square meters"),
    "km": ("kilometer", "kilometers"),
    "mi": ("mile", "miles"),
    "ft": ("foot", "feet"),
    "cm": ("centimeter", "centimeters"),
    "m": ("meter", "meters"),
    "kg": ("kilogram", "kilograms"),
    "lbs": ("pound", "pounds"),
    "lb": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "hrs": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "h": ("hour", "hours"),
    "mins": ("minute", "minutes"),
    "min": ("minute", "minutes"),
    "secs": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "Mbps": ("megabit a second", "megabits a second"),
    "kW": ("kilowatt", "kilowatts"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°": ("degree", "degrees"),
}
_PER = {"night": "a night", "person": "a person", "day": "a day", "hour": "an hour", "week": "a week", "room": "a room", "guest": "a guest"}


_MOST_PASSES = 4
"""What one rule leaves another may read; ordinary text is stable after the first pass."""
_WRITTEN = re.compile(
    r"[^A-Za-z\s,.!?;:'’\"()-]|[A-Za-z]\.[A-Za-z](?<![ap]\.m)|[A-Z]{3}|\bWiFi|\b(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b"
    r"|\b(?:ext|St|Ave|Blvd|Rd|Ste|Dr|Mrs?|Ms|approx|incl|excl|max|min|etc|vs)\b"
)
"""Anything a rule could act on. Most sentences have nothing of it, and spoken text never has."""


def speakable(text: str) -> str:
    """Text as it is said aloud: no digits, signs or abbreviations left. Applied twice it changes nothing more."""
    for _ in range(_MOST_PASSES):
        before = text
        if _WRITTEN.search(text):
            for pattern, say in _RULES:
                text = pattern.sub(say, text)
        text = re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"[ \t]+", " ", text)).strip()
        if text == before:
            break
    return text


def say_code(code: str) -> str:
    """Letters and digits one by one: "H7Q-2X9" → "H, seven, Q, two, X, nine"."""
    return ", ".join(digit_words(sign) if sign.isdecimal() else sign.upper() for sign in code if sign.isalnum())


def say_email(address: str) -> str:
    """An address in words; runs of letters that nobody could pronounce are spelled."""
    local, _, domain = address.partition("@")
    return f"{_say_signs(local)} at {_say_host(domain)}"


def say_phone(number: str) -> str:
    """A written phone number digit by digit in its groups; E.164 without groups gets those of its country."""
    compact = re.sub(r"[^\d+]", "", number)
    if compact.startswith("+"):
        try:
            number = phonenumbers.format_number(phonenumbers.parse(compact), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        except phonenumbers.NumberParseException:
            number = compact
    groups = re.findall(r"\d+", number)
    if len(groups) == 1 and len(groups[0]) in (10, 11):
        cuts = groups[0][:-10], groups[0][-10:-7], groups[0][-7:-4], groups[0][-4:]
        groups = [cut for cut in cuts if cut]
    said = ["eight hundred" if group == "800" and at < 2 else digit_words(group) for at, group in enumerate(groups)]
    return ("plus " if number.startswith("+") else "") + ", ".join(said)


def say_money(sign: str, whole: str, part: str | None = None) -> str:
    """("$", "412", "50") → "four hundred twelve dollars and fifty cents"."""
    one, many, small, smalls = _CURRENCY[sign]
    units, cents = int(whole.replace(",", "")), int((part or "0").ljust(2, "0"))
    said = [f"{cardinal(units)} {one if units == 1 else many}"] if units or not cents else []
    if cents:
        said.append(f"{cardinal(cents)} {small if cents == 1 else smalls}")
    return " and ".join(said)


def say_time(hour: int, minute: int, half: str = "", *, alone: bool = True) -> str:
    """A clock time. `half`: "am", "pm" or "" (a 24-hour time when the hour is 0 or above 12); `alone`: may end in "o'clock"."""
    if half or hour > 12 or hour == 0:
        hour24 = hour % 12 + (12 if half == "pm" else 0) if half else hour % 24
        if minute == 0 and hour24 in (0, 12):
            return "midnight" if hour24 == 0 else "noon"
        half, hour = ("pm" if hour24 >= 12 else "am"), hour24 % 12 or 12
    said = cardinal(hour)
    if minute:
        said += f" {'oh ' if minute < 10 else ''}{cardinal(minute)}"
    if half:
        return f"{said} {half[0]}.m."
    return said if minute or not alone else f"{said} o'clock"


def _say_signs(text: str) -> str:
    said = []
    for piece in re.findall(r"[A-Za-z]+|\d|[^\sA-Za-z\d]", text):
        if piece.isdecimal():
            said.append(digit_words(piece))
        elif piece.isalpha() and piece.isascii():
            word = piece.lower()
            said.append(word if len(word) > 1 and _pronounceable(word) else " ".join("A," if letter == "a" else letter for letter in word))
        else:
            said.append(_MARKS.get(piece, ""))
    return " ".join(filter(None, said))


def _pronounceable(word: str) -> bool:
    return bool(re.search(r"[aeiouy]", word)) and not re.search(r"[^aeiouy]{5}", word)


def _say_host(host: str) -> str:
    *labels, ending = host.lower().split(".")
    if labels and labels[0] == "www":
        labels = labels[1:]
    endings = [label if label in _TLD_WORDS else " ".join("A," if c == "a" else c for c in label) for label in (ending,)]
    return " dot ".join([*(_say_signs(label) for label in labels), *endings])


def _month(name: str) -> str:
    return MONTHS[_MONTH_NUMBER[name.lower().rstrip(".")] - 1]


def _half(text: str | None) -> str:
    return text[0].lower() + "m" if text else ""


def _iso_date(m: re.Match[str]) -> str:
    return f"{MONTHS[int(m[2]) - 1]} {ordinal(int(m[3]))}, {year(int(m[1]))}"


def _us_date(m: re.Match[str]) -> str:
    first, second = int(m[1]), int(m[2])
    month, day = (first, second) if first <= 12 else (second, first)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return " ".join(digit_words(part) for part in m.groups())
    return f"{MONTHS[month - 1]} {ordinal(day)}, {year(int(m[3]))}"


def _month_days(m: re.Match[str]) -> str:
    until = f" to {ordinal(int(m[3]))}" if m[3] else ""
    return f"{_month(m[1])} {ordinal(int(m[2]))}{until}" + (f", {year(int(m[4]))}" if m[4] else "")


def _day_month(m: re.Match[str]) -> str:
    the = "" if m[1] else "the "
    return f"{m[1] or ''}{the}{ordinal(int(m[2]))} of {_month(m[3])}" + (f", {year(int(m[4]))}" if m[4] else "")


def _month_year(m: re.Match[str]) -> str:
    return f"{_month(m[1])} {year(int(m[2]))}"


def _time_range(m: re.Match[str]) -> str:
    h1, m1, half1, h2, m2, half2 = m.groups()
    if (m1 is None and m2 is None and not half2) or int(h1) > 24 or int(h2) > 24:
        return m[0]
    early, late = _half(half1), _half(half2)
    return f"{say_time(int(h1), int(m1 or 0), early, alone=False)} to {say_time(int(h2), int(m2 or 0), late, alone=False)}"


def _clock(m: re.Match[str]) -> str:
    half = _half(m[3]) or ("am" if m[1].startswith("0") and len(m[1]) == 2 and int(m[1]) else "")
    return say_time(int(m[1]), int(m[2]), half)


def _hour(m: re.Match[str]) -> str:
    return say_time(int(m[1]), 0, _half(m[2]))


def _money_range(m: re.Match[str]) -> str:
    if m[3] is None and m[6] is None:
        return f"{cardinal(int(m[2].replace(',', '')))} to {say_money(m[1], m[5])}"
    return f"{say_money(m[1], m[2], m[3])} to {say_money(m[1], m[5], m[6])}"


def _decimal(m: re.Match[str]) -> str:
    return f"{cardinal(int(m[1].replace(',', '')))} point {digit_words(m[2])}"


def _number(m: re.Match[str]) -> str:
    figures = m[0].replace(",", "")
    if "," not in m[0] and ((len(figures) > 1 and figures.startswith("0")) or len(figures) >= 7):
        return digit_words(figures)
    return cardinal(int(figures)) if len(figures) <= 12 else digit_words(figures)


def _rooms(m: re.Match[str]) -> str:
    return m[1] + re.sub(r"\d+", lambda n: pairs(n[0]), m[2])


def _unit(m: re.Match[str]) -> str:
    one, many = _UNITS[m[3]]
    return f"{m[1]}{m[2] or ''} {one if m[1] == '1' and not m[2] else many}"


def _code(m: re.Match[str]) -> str:
    return say_code(m[0])


def _named_code(m: re.Match[str]) -> str:
    return m[1] + say_code(m[2])


def _compile(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


_HALF = r"\s?([AaPp])\.?\s?[Mm]\b\.?"
_CODE_WORDS = r"\b(?:code|PIN|pin|(?:confirmation|reservation|booking|reference|lead|case|request)(?: (?:code|number|no\.))?)"
_YEAR_WORDS = r"(?:[Bb]uilt|[Rr]enovated|[Oo]pened|[Ss]ince|[Ff]ounded|[Ee]stablished|[Yy]ear|[Dd]ates)(?: (?:in|back to|from))?"
_Say = Callable[[re.Match[str]], str]
_RULES: list[tuple[re.Pattern[str], _Say | str]] = [
    (_compile(r"\b[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}\b"), lambda m: say_email(m[0])),
    (_compile(rf"\b(?:https?://)({_HOST})((?:/[\w.?=&%-]*)*)"), lambda m: f"{_say_host(m[1])} {_say_signs(m[2].rstrip('/.'))}".strip()),
    (_compile(rf"(?<![\w.])({_HOST})((?:/[\w?=&%-]+)*)(?![\w-])(?!\.\w)"), lambda m: f"{_say_host(m[1])} {_say_signs(m[2])}".strip()),
    (
        _compile(r"(?<![\w+])\+\d[\d ().-]{6,20}\d(?!\d)|(?<![\w-])(?:1[-. ])?(?:\(\d{3}\)\s?|\d{3}[-. ])\d{3}[-. ]\d{4}\b"),
        lambda m: say_phone(m[0]),
    ),
    (_compile(r"(?<![\w-])\d{3}-\d{4}(?![\w-])"), lambda m: say_phone(m[0])),
    *((_compile(pattern), said) for pattern, said in _ABBREVIATIONS),
    (
        _compile(rf"\b(Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?(?=, \d|, {_MONTH}|\s*[-–](?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)|\s+{_MONTH}|\s+\d)"),
        lambda m: _WEEKDAYS[m[1]],
    ),
    (_compile(r"(?<=day)\s?[-–]\s?(Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?"), lambda m: f" to {_WEEKDAYS[m[1]]}"),
    (_compile(r"(?<=day)\s?[-–]\s?(?=(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"), " to "),
    (
        _compile(r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:T(?=\d))?"),
        lambda m: _iso_date(m) + (" at " if m[0].endswith("T") else ""),
    ),
    (_compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)(?![\d/])"), _us_date),
    (
        _compile(rf"\b{_MONTH} {_DAY}{_DASH}{_MONTH} {_DAY}(?:,? {_YEAR})?\b"),
        lambda m: f"{_month(m[1])} {ordinal(int(m[2]))} to {_month(m[3])} {ordinal(int(m[4]))}" + (f", {year(int(m[5]))}" if m[5] else ""),
    ),
    (_compile(rf"\b{_MONTH} {_DAY}(?:{_DASH}{_DAY})?(?![\d:])(?:,? {_YEAR}\b)?(?!\s?[AaPp]\.?[Mm]\b)"), _month_days),
    (_compile(rf"\b([Tt]he )?{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?\b"), _day_month),
    (_compile(rf"\b{_MONTH},? {_YEAR}\b"), _month_year),
    (
        _compile(rf"(?<![\d:.$€£])(\d{{1,2}})(?::([0-5]\d))?(?:{_HALF})?{_DASH}(\d{{1,2}})(?::([0-5]\d))?(?:{_HALF})?(?![\d:%])"),
        _time_range,
    ),
    (_compile(rf"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?(?![\d:])(?:{_HALF})?"), _clock),
    (_compile(rf"(?<![\d:.])(1[0-2]|0?[1-9]){_HALF}"), _hour),
    (_compile(rf"{_SIGN}\s?{_AMOUNT}{_DASH}{_SIGN}?\s?{_AMOUNT}"), _money_range),
    (_compile(rf"{_SIGN}\s?{_AMOUNT}"), lambda m: say_money(m[1], m[2], m[3])),
    (_compile(rf"(?<![\d.,]){_AMOUNT}\s?([€£]|(?:USD|EUR|GBP|JPY|CHF)\b)"), lambda m: say_money(m[3], m[1], m[2])),
    (_compile(r"\s?/\s?(night|person|day|hour|week|room|guest)\b"), lambda m: " " + _PER[m[1]]),
    (
        _compile(r"\b([Rr]ooms? |[Ss]uites? )(\d{2,4}(?:(?:, | and | or |, and )\d{2,4})*)\b(?![-.]\d|\s*(?:nights?|rooms|guests?|people))"),
        _rooms,
    ),
    (_compile(r"(\b[Ee]xtension )(\d+)\b"), lambda m: m[1] + digit_words(m[2])),
    (_compile(rf"({_CODE_WORDS}(?: is|:)? )(?=[A-Z0-9-]*[A-Z0-9]{{3}})([A-Z0-9]+(?:-[A-Z0-9]+)*)\b(?! (?:nights?|rooms?))"), _named_code),
    (_compile(r"\b(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d)(?:[A-Z0-9]{4,}|[A-Z0-9]{2,}(?:-[A-Z0-9]+)+)\b"), _code),
    (_compile(rf"(?<![\w.,])(\d[\d,]*)(\.\d+)?\s?({'|'.join(re.escape(u) for u in _UNITS)})(?![\w²/])"), _unit),
    (_compile(r"(?<=\d)\s?%"), " percent"),
    (_compile(r"\b(\d+)(?:st|nd|rd|th)\b"), lambda m: ordinal(int(m[1]))),
    (
        _compile(rf"\b({_YEAR_WORDS} )((?:1[5-9]|20)\d\d)\b"),
        lambda m: m[1] + year(int(m[2])),
    ),
    (_compile(r"(?<![\w.,])(\d+)\s?[-–—]\s?(?=\d)"), r"\1 to "),
    (_compile(r"(?<!\d)½"), "half"),
    (_compile(r"½"), " and a half"),
    (_compile(r"(?<![\w/])1/2(?![\w/])"), "half"),
    (_compile(r"(?<=\d)\s?[x×]\s?(?=\d)"), " by "),
    (_compile(r"(?<=\d)\+"), " or more"),
    (_compile(r"(?<=\d)/(?=\d)"), " over "),
    (_compile(r"(?<![\w.])[-−](?=\d)"), "minus "),
    (_compile(r"(\d[\d,]*)\.(\d+)"), _decimal),
    (_compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])"), " "),
    (_compile(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+"), _number),
    (_compile(r"(?<=[A-Za-z])@(?=[A-Za-z])|\s@\s"), " at "),
    *(
        (_compile(re.escape(sign)), f" {said} ")
        for sign, said in (("$", "dollars"), ("€", "euros"), ("£", "pounds"), ("%", "percent"), ("°", "degrees"), ("@", "at"))
    ),
    (_compile(r"[*_#~^|<>\[\]{}\\`¥½²]+"), " "),
]

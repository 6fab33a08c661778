import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.numerals import cardinal, digit_words, ordinal, pairs, year
from speech.speakable import say_code, speakable
from speech.spelled import code, digits, email, number, person_name, phone, spelled_name

PHONES = [
    ("six one seven five five five oh one four two", "+16175550142"),
    ("six one seven, triple five, oh one four two", "+16175550142"),
    ("my number is area code six one seven five five five oh one double two", "+16175550122"),
    ("it's 617-555-0142", "+16175550142"),
    ("(617) 555 0142", "+16175550142"),
    ("617.555.0142", "+16175550142"),
    ("6175550142", "+16175550142"),
    ("6 1 7 5 5 5 0 1 4 2", "+16175550142"),
    ("1-617-555-0142", "+16175550142"),
    ("one six one seven five five five zero one four two", "+16175550142"),
    ("plus one six one seven five five five zero one four two", "+16175550142"),
    ("eight hundred five five five oh one nine nine", "+18005550199"),
    ("six one seven five fifty five oh one forty two", "+16175550142"),
    ("six seventeen, five five five, zero one, forty two", "+16175550142"),
    ("uh six one seven um five five five and then oh one four two", "+16175550142"),
    ("you can reach me at six one seven five five five oh one four two extension twelve", "+16175550142"),
    ("six one two, no let me start over, six one seven five five five oh one four two", "+16175550142"),
    ("plus four four two oh seven nine four six oh one two three", "+442079460123"),
    ("+44 20 7946 0123", "+442079460123"),
    ("double oh four four two oh seven nine four six oh one two three", "+442079460123"),
    ("oh one one four four two oh seven nine four six oh one two three", "+442079460123"),
    ("four four two oh seven nine four six oh one two three", "+442079460123"),
    ("plus four nine three oh nine oh one eight two oh", "+4930901820"),
    ("plus 33 1 42 68 53 00", "+33142685300"),
    ("it's five oh three five five five oh one niner niner", "+15035550199"),
]  # fmt: skip

HALF_PHONES = [
    ("six one seven", "617"),
    ("555-0142", "5550142"),
    ("it ends in oh one four two", "0142"),
    ("1027.62", "102762"),
    ("six one seven five five five oh one four", "617555014"),
]

NO_PHONES = ["", "I don't know it by heart", "one moment please", "the two of us", "hold on"]

EMAILS = [
    ("q dot h a double l underscore oh nine four at sample dot org, q as in quebec", "q.hall_094@sample.org"),
    ("t dot o s e i underscore zero four two at ex ample dot com", "t.osei_042@example.com"),
    ("nora dot quinn at gmail dot com", "nora.quinn@gmail.com"),
    ("it's nora dot quinn at g mail dot com", "nora.quinn@gmail.com"),
    ("my email is n quinn at hot mail dot com", "nquinn@hotmail.com"),
    ("yeah sure it's nora at out look dot com thanks", "nora@outlook.com"),
    ("n o r a at i cloud dot com", "nora@icloud.com"),
    ("N-O-R-A at gmail dot com", "nora@gmail.com"),
    ("N, O, R, A, at gmail.com", "nora@gmail.com"),
    ("nora@gmail.com", "nora@gmail.com"),
    ("It's Nora.Quinn@Gmail.com.", "nora.quinn@gmail.com"),
    ("nora quinn nora dot quinn at gmail dot com", "nora.quinn@gmail.com"),
    ("nora quinn, n q at gmail dot com", "nq@gmail.com"),
    ("you can reach me at nora underscore q at mail dot co dot u k", "nora_q@mail.co.uk"),
    ("nora under score q seven seven at web dot d e", "nora_q77@web.de"),
    ("nora dash quinn at posts hyphen box dot net", "nora-quinn@posts-box.net"),
    ("nora plus hotel at gmail dot com", "nora+hotel@gmail.com"),
    ("nora ninety nine at yahoo dot com", "nora99@yahoo.com"),
    ("nora two thousand at yahoo dot com", "nora2000@yahoo.com"),
    ("nora nineteen eighty four at yahoo dot com", "nora1984@yahoo.com"),
    ("mary lou at gmail dot com", "marylou@gmail.com"),
    ("mary lou all one word at gmail dot com", "marylou@gmail.com"),
    ("w as in whiskey o l f at gmail dot com", "wolf@gmail.com"),
    ("m for mother, e, d at sample dot org", "med@sample.org"),
    ("lima echo oscar at sample dot org", "leo@sample.org"),
    ("capital n o r a at sample dot com all lower case", "nora@sample.com"),
    ("a at sample dot com", "a@sample.com"),
    ("info at green dot house dot org", "info@green.house.org"),
    ("nora at gmail", "nora@gmail.com"),
    ("nora at sign sample dot com", "nora@sample.com"),
    ("the address is n dot q at three rivers dot com", "n.q@threerivers.com"),
    ("send it to booking point team at travel house dot info please", "booking.team@travelhouse.info"),
    ("double e v at sample dot com", "eev@sample.com"),
]  # fmt: skip

HALF_EMAILS = [
    ("T. Osei underscore zero 42 sample.com", "before"),
    ("nora quinn gmail dot com", "before"),
    ("at gmail dot com", "before"),
    ("nora dot quinn at", "after"),
    ("nora underscore quinn", "after"),
    ("nora dot quinn at green house", "ending"),
    ("nora at sign", "after"),
]

NO_EMAILS = ["", "what time is breakfast", "I'm at the airport", "we arrive at three", "I don't have one"]

SPELLED = [
    ("q u i n n", "Quinn"),
    ("Q-U-I-N-N", "Quinn"),
    ("Q. U. I. N. N.", "Quinn"),
    ("q u i double n", "Quinn"),
    ("Q as in queen, U, I, N as in Nora, N as in Nora", "Quinn"),
    ("Q for queen U for uncle I for ink double N for Nora", "Quinn"),
    ("quebec uniform india november november", "Quinn"),
    ("capital q u i n n", "Quinn"),
    ("O apostrophe capital D E A", "O'Dea"),
    ("l e e hyphen k i m", "Lee-Kim"),
    ("m c capital n a b", "McNab"),
    ("d a n a space q u i n n", "Dana Quinn"),
    ("double u o l f", "Wolf"),
    ("double-u o l f", "Wolf"),
    ("k a y e", "Kaye"),
    ("n g o", "Ngo"),
    ("h e l e n", "Helen"),
    ("x-ray uniform", "Xu"),
    ("Smythe with a y, s m y t h e", "Smythe"),
    ("triple x a", "Xxxa"),
    ("p h o e b e", "Phoebe"),
    ("it's spelled s i o b h a n", "Siobhan"),
]  # fmt: skip

NOT_SPELLED = ["", "Nora Quinn", "I need a room", "yes please", "we want two rooms", "I am a guest"]

NAMES = [
    ("my name is Nora Quinn", ("Nora", "Quinn", False)),
    ("Nora Quinn", ("Nora", "Quinn", False)),
    ("nora quinn", ("Nora", "Quinn", False)),
    ("yeah it's Nora Quinn", ("Nora", "Quinn", False)),
    ("this is Nora calling about a room", ("Nora", "", False)),
    ("Hi, I'm Nora Quinn and I need a room", ("Nora", "Quinn", False)),
    ("the name's Quinn", ("Quinn", "", False)),
    ("my last name is Quinn", ("", "Quinn", False)),
    ("last name Quinn first name Nora", ("Nora", "Quinn", False)),
    ("under the name of Tomas Osei please", ("Tomas", "Osei", False)),
    ("it's Nora Quin, Q U I N N", ("Nora", "Quinn", True)),
    ("It's Norah Quinn. N O R A.", ("Nora", "Quinn", True)),
    ("Sean, S E A N, Murphy", ("Sean", "Murphy", True)),
    ("Q U I N N", ("Quinn", "", True)),
    ("d a n a space q u i n n", ("Dana", "Quinn", True)),
    ("Mrs. Nora Quinn", ("Nora", "Quinn", False)),
    ("Ludwig van Beek", ("Ludwig", "van Beek", False)),
    ("Noor O'Hanlon-Nunez", ("Noor", "O'Hanlon-Nunez", False)),
    ("José Muñoz", ("José", "Muñoz", False)),
    ("Jean-Luc Moreau", ("Jean-Luc", "Moreau", False)),
    ("it's Thomas Osay, O S E I", ("Thomas", "Osei", True)),
    ("Katherine with a K, K A T H E R I N E Poole", ("Katherine", "Poole", True)),
    ("Ian McNab", ("Ian", "McNab", False)),
]  # fmt: skip

NO_NAMES = [
    "", "yes", "what", "I'd like to book a room", "I am calling about my reservation", "can you repeat that", "just a moment", "no thanks",
    "two nights", "I'm not sure", "I'm looking for a room", "it's for tomorrow",
]  # fmt: skip

CODES = [
    ("k seven q two x nine", "K7Q2X9"),
    ("K7Q-2X9", "K7Q2X9"),
    ("K7 Q2 X9", "K7Q2X9"),
    ("my code is kilo seven quebec two x-ray nine", "K7Q2X9"),
    ("it's K as in king seven Q two X nine", "K7Q2X9"),
    ("my reservation code is h b double three oh nine", "HB3309"),
    ("H B seventy seven", "HB77"),
    ("the confirmation number is four eight two one three", "48213"),
    ("hotel bravo three zero niner four", "HB3094"),
    ("reservation number HB3094 please", "HB3094"),
    ("B D T P V", "BDTPV"),
    ("a one b two", "A1B2"),
]

NO_CODES = ["", "I don't have it", "I lost it", "it is in my e-mail", "two of us"]

NUMBERS = [
    ("two", 2),
    ("2", 2),
    ("twenty one", 21),
    ("twenty-one", 21),
    ("one hundred and five", 105),
    ("a hundred and twenty", 120),
    ("two thousand", 2000),
    ("a couple of nights", 2),
    ("half a dozen", 6),
    ("two dozen", 24),
    ("a dozen", 12),
    ("just the one", 1),
    ("none", 0),
    ("there are three of us", 3),
    ("two, no, three", 3),
    ("two nights, sorry, make it four", 4),
    ("no, three", 3),
    ("yes", None),
    ("no", None),
    ("", None),
]

DIGITS = [
    ("four one two double six", "41266"),
    ("oh seven", "07"),
    ("4-1-2", "412"),
    ("nothing here", ""),
    ("one nine eight four", "1984"),
    ("nineteen eighty four", "1984"),
]


@pytest.mark.parametrize(("said", "e164"), PHONES)
def test_phone_numbers_become_e164(said: str, e164: str) -> None:
    heard = phone(said)
    assert heard is not None
    assert (heard.e164, heard.complete) == (e164, True)


@pytest.mark.parametrize(("said", "kept"), HALF_PHONES)
def test_a_number_that_cannot_be_dialled_is_incomplete(said: str, kept: str) -> None:
    heard = phone(said)
    assert heard is not None
    assert (heard.e164, heard.digits, heard.complete) == ("", kept, False)


@pytest.mark.parametrize("said", NO_PHONES)
def test_no_phone_number(said: str) -> None:
    assert phone(said) is None


@pytest.mark.parametrize(
    ("said", "region", "e164"),
    [
        ("oh two oh seven nine four six oh one two three", "GB", "+442079460123"),
        ("oh three oh nine oh one eight two oh", "DE", "+4930901820"),
        ("oh one four two six eight five three oh oh", "FR", "+33142685300"),
        ("plus one six one seven five five five oh one four two", "DE", "+16175550142"),
    ],
)
def test_numbers_are_read_in_the_hotels_country(said: str, region: str, e164: str) -> None:
    heard = phone(said, region)
    assert heard is not None
    assert heard.e164 == e164


@pytest.mark.parametrize(("said", "address"), EMAILS)
def test_addresses(said: str, address: str) -> None:
    heard = email(said)
    assert heard is not None
    assert (heard.address, heard.complete) == (address, True)


@pytest.mark.parametrize(("said", "missing"), HALF_EMAILS)
def test_an_incomplete_address_says_what_is_missing(said: str, missing: str) -> None:
    heard = email(said)
    assert heard is not None
    assert not heard.complete
    assert heard.address == ""
    assert missing in heard.missing


@pytest.mark.parametrize("said", NO_EMAILS)
def test_no_address(said: str) -> None:
    assert email(said) is None


@pytest.mark.parametrize(("said", "name"), SPELLED)
def test_spelled_names(said: str, name: str) -> None:
    assert spelled_name(said) == name


@pytest.mark.parametrize("said", NOT_SPELLED)
def test_nothing_was_spelled(said: str) -> None:
    assert spelled_name(said) is None


@pytest.mark.parametrize(("said", "parts"), NAMES)
def test_names_of_people(said: str, parts: tuple[str, str, bool]) -> None:
    name = person_name(said)
    assert name is not None
    assert (name.first, name.last, name.spelled) == parts
    assert name.full == f"{parts[0]} {parts[1]}".strip()


@pytest.mark.parametrize("said", NO_NAMES)
def test_not_a_name(said: str) -> None:
    assert person_name(said) is None


@pytest.mark.parametrize(("said", "value"), CODES)
def test_codes(said: str, value: str) -> None:
    assert code(said) == value


@pytest.mark.parametrize("said", NO_CODES)
def test_no_code(said: str) -> None:
    assert code(said) is None


@pytest.mark.parametrize(("said", "value"), NUMBERS)
def test_numbers(said: str, value: int | None) -> None:
    assert number(said) == value


@pytest.mark.parametrize(("said", "value"), DIGITS)
def test_digits(said: str, value: str) -> None:
    assert digits(said) == value


@pytest.mark.parametrize(
    ("words", "expected"),
    [(cardinal(-3), "minus three"), (cardinal(2_000_015), "two million fifteen"), (ordinal(12), "twelfth"), (ordinal(30), "thirtieth"),
     (ordinal(103), "one hundred third"), (year(1905), "nineteen oh five"), (year(2000), "two thousand"), (year(1900), "nineteen hundred"),
     (pairs("1000"), "one thousand"), (pairs("1200"), "twelve hundred"), (pairs("012"), "zero one two"), (digit_words("90"), "nine zero")],
)  # fmt: skip
def test_number_words(words: str, expected: str) -> None:
    assert words == expected


# What our own voice says, our own ear reads back.

_WORD = st.sampled_from(["nora", "quinn", "tomas", "osei", "harbor", "office", "jrw", "kay", "b", "x"])
_LOCAL = st.lists(st.tuples(_WORD, st.sampled_from([".", "_", "-", "7", "042", "19"])), min_size=1, max_size=3).map(
    lambda pairs_: "".join(word + mark for word, mark in pairs_).strip("._-")
)
_DOMAIN = st.sampled_from(["gmail.com", "sample.org", "mail.co.uk", "web.de", "bay-house.com", "team7.net"])


@given(_LOCAL, _DOMAIN)
@settings(max_examples=300, deadline=None)
def test_spoken_addresses_are_read_back(local: str, domain: str) -> None:
    heard = email("it's " + speakable(f"{local}@{domain}"))
    assert heard is not None
    assert heard.address == f"{local}@{domain}"


@given(st.from_regex(r"[2-9][0-8][0-9][2-9][0-9]{6}", fullmatch=True), st.sampled_from(["+1{}", "+1 {}"]))
@settings(max_examples=200, deadline=None)
def test_spoken_phone_numbers_are_read_back(national: str, form: str) -> None:
    heard = phone(speakable(form.format(national)))
    assert heard is not None
    assert heard.e164 == f"+1{national}"


@given(st.text("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=4, max_size=8).filter(lambda c: any(s.isdecimal() for s in c)))
@settings(max_examples=300, deadline=None)
def test_spoken_codes_are_read_back(value: str) -> None:
    assert code(say_code(value)) == value


@given(st.integers(0, 999_999))
@settings(max_examples=200, deadline=None)
def test_spoken_numbers_are_read_back(value: int) -> None:
    assert number(cardinal(value)) == value


@given(st.sampled_from(["Whitfield", "Nguyen", "Szczepan", "O'Dea", "Anne-Marie", "Ii", "Aaron", "Lee"]), st.sampled_from([" ", ", ", "-"]))
def test_spelled_names_are_read_back(name: str, gap: str) -> None:
    spoken = (
        gap.join({"'": "apostrophe", "-": "hyphen"}.get(sign, sign) for sign in name)
        if gap != "-"
        else " ".join({"'": "apostrophe", "-": "hyphen"}.get(sign, sign) for sign in name)
    )
    assert spelled_name(spoken) == name


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    heard = email(text)
    assert heard is None or heard.complete == (heard.address.count("@") == 1)
    phone(text), spelled_name(text), person_name(text), code(text), number(text), digits(text)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import readback
from speech import spelled
from speech.speakable import speakable

YES = """yes|yeah|yep|sure|correct|that's right|that's correct|that's it|exactly|right|yes please|mm-hm|uh-huh|perfect|sounds good|go ahead|
that works|okay|of course|absolutely|no, that's right|no that's fine|no problem|you got it|looks good|it is|yes it is|that is correct|spot on|
that's perfect, thank you|oh yes|um, yes|all good|great, thanks|I do|do it|let's do that|that's me"""
NO = """no|nope|nah|not quite|that's not right|that's wrong|wrong|no, the fifth|not really|almost|no no no|that isn't right|incorrect|
yes but make it three nights|yes, but it's with a K|right, except the name is wrong|no sorry|it's not Smith|I said the sixth|wait, no|
you got it wrong|that's almost right but the last digit is four|okay but change the date|don't|well, no|I meant Friday|it isn't"""
NEITHER = "|what|can you repeat that|the fifth of March|hmm|how much is it|Dana Whitfield|I'm thinking"


@pytest.mark.parametrize(
    ("text", "agreed"),
    [(text.strip(), agreed) for texts, agreed in ((YES, True), (NO, False), (NEITHER, None)) for text in texts.split("|")],
)
def test_yes_and_no_in_many_words(text: str, agreed: bool | None) -> None:
    assert readback.agrees(text) is agreed
    assert readback.agrees(text.upper()) is agreed


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("no, the fifth", "the fifth"),
        ("No. It's Friday.", "Friday"),
        ("nope, it's with a K", "with a K"),
        ("not quite, it should be three nights", "three nights"),
        ("yes but make it three", "three"),
        ("no", ""),
        ("no, that's wrong", ""),
        ("that's not right", ""),
        ("sorry, I meant Whitfield with an H", "Whitfield with an H"),
        ("no, 617 555 0142", "617 555 0142"),
        ("", ""),
    ],
)
def test_what_is_right_instead(text: str, instead: str) -> None:
    assert readback.corrected(text) == instead


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (readback.letters("O'Dea-Li"), "O, apostrophe, D, E, A, hyphen, L, I"),
        (readback.name("Dana Whitfield"), "Dana Whitfield, W, H, I, T, F, I, E, L, D"),
        (readback.name(""), ""),
        (readback.phone("+16175550142"), "6 1 7, 5 5 5, 0 1 4 2"),
        (readback.phone("+442079460123"), "plus 4 4, 2 0, 7 9 4 6, 0 1 2 3"),
        (readback.phone("+442079460123", "GB"), "0 2 0, 7 9 4 6, 0 1 2 3"),
        (readback.phone("12", "ZZ"), "1 2"),
        (readback.email("n.q_7@bay.example"), "N, dot, Q, underscore, 7, at bay.example"),
        (readback.code("K7Q"), "K, 7, Q"),
    ],
)
def test_what_is_said_back(written: str, expected: str) -> None:
    assert written == expected


@given(st.from_regex(r"\+1[2-9][0-8][0-9][2-9][0-9]{6}", fullmatch=True))
def test_a_phone_number_read_back_is_the_number(e164: str) -> None:
    heard = spelled.phone(speakable(readback.phone(e164)))
    assert heard is not None
    assert heard.e164 == e164


@given(st.from_regex(r"[a-z]{2,8}([._-][a-z]{2,6})?[0-9]{0,3}", fullmatch=True).filter(lambda local: "--" not in local))
def test_an_address_read_back_is_the_address(local: str) -> None:
    heard = spelled.email(speakable(readback.email(f"{local}@bay.example")))
    assert heard is not None
    assert heard.address == f"{local}@bay.example"


@given(st.text("ABCDEFGHJKMNPQRSTUVWXYZ23456789", min_size=4, max_size=8).filter(lambda c: any(s.isdecimal() for s in c)))
def test_a_code_read_back_is_the_code(value: str) -> None:
    assert spelled.code(speakable(readback.code(value))) == value

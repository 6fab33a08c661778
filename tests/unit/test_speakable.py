import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.speakable import speakable

ROWS = [
    # money
    ("$412.50", "four hundred twelve dollars and fifty cents"),
    ("$1", "one dollar"),
    ("$1.01", "one dollar and one cent"),
    ("$0.75", "seventy-five cents"),
    ("$1,284.00 in total", "one thousand two hundred eighty-four dollars in total"),
    ("$ 99", "ninety-nine dollars"),
    ("US$ 250", "two hundred fifty dollars"),
    ("€89", "eighty-nine euros"),
    ("89 €", "eighty-nine euros"),
    ("£15.99", "fifteen pounds and ninety-nine pence"),
    ("120 EUR", "one hundred twenty euros"),
    ("USD 35", "thirty-five dollars"),
    ("¥9000", "nine thousand yen"),
    ("CHF 40.50", "forty francs and fifty centimes"),
    ("$28/night", "twenty-eight dollars a night"),
    ("$15 per person", "fifteen dollars per person"),
    ("$25-$30", "twenty-five to thirty dollars"),
    ("$25–30 a day", "twenty-five to thirty dollars a day"),
    ("$19.50 to $24.50", "nineteen dollars and fifty cents to twenty-four dollars and fifty cents"),
    ("That is $386.40, $322 plus $64.40 tax.",
     "That is three hundred eighty-six dollars and forty cents, "
     "three hundred twenty-two dollars plus sixty-four dollars and forty cents tax."),
    # times
    ("7:00", "seven o'clock"),
    ("7:30 pm", "seven thirty p.m."),
    ("10:05 a.m.", "ten oh five a.m."),
    ("at 3 p.m. We open", "at three p.m. We open"),
    ("3pm", "three p.m."),
    ("11 AM", "eleven a.m."),
    ("12:00 p.m.", "noon"),
    ("12 am", "midnight"),
    ("15:00", "three p.m."),
    ("06:30", "six thirty a.m."),
    ("23:45", "eleven forty-five p.m."),
    ("00:00", "midnight"),
    ("7:00-10:30", "seven to ten thirty"),
    ("7:00 – 10:30 a.m.", "seven to ten thirty a.m."),
    ("from 6:30 a.m. to 11 p.m.", "from six thirty a.m. to eleven p.m."),
    ("7-10 am", "seven to ten a.m."),
    ("16:00-18:30", "four p.m. to six thirty p.m."),
    ("open 24/7", "open around the clock"),
    ("a 24-hour desk", "a twenty-four-hour desk"),
    # dates
    ("2027-03-05", "March fifth, twenty twenty-seven"),
    ("Friday, March 5", "Friday, March fifth"),
    ("March 5th", "March fifth"),
    ("March 5, 2027", "March fifth, twenty twenty-seven"),
    ("Fri, Mar 5", "Friday, March fifth"),
    ("Sept. 21", "September twenty-first"),
    ("5 March 2027", "the fifth of March, twenty twenty-seven"),
    ("the 22nd of August", "the twenty-second of August"),
    ("March 5-8", "March fifth to eighth"),
    ("June 30 to July 2", "June thirtieth to July second"),
    ("May 12 – May 15, 2027", "May twelfth to May fifteenth, twenty twenty-seven"),
    ("3/14/2027", "March fourteenth, twenty twenty-seven"),
    ("31/12/2027", "December thirty-first, twenty twenty-seven"),
    ("2027-10-31T15:00", "October thirty-first, twenty twenty-seven at three p.m."),
    ("in June 2027", "in June twenty twenty-seven"),
    ("Mon-Fri", "Monday to Friday"),
    ("built in 1924", "built in nineteen twenty-four"),
    ("since 2005", "since two thousand five"),
    ("you may arrive on May 1", "you may arrive on May first"),
    # phones
    ("202-555-0142", "two zero two, five five five, zero one four two"),
    ("(202) 555-0142", "two zero two, five five five, zero one four two"),
    ("+12025550142", "plus one, two zero two, five five five, zero one four two"),
    ("+1 202 555 0142", "plus one, two zero two, five five five, zero one four two"),
    ("1-800-555-0199", "one, eight hundred, five five five, zero one nine nine"),
    ("+442079460958", "plus four four, two zero, seven nine four six, zero nine five eight"),
    ("555-0142", "five five five, zero one four two"),
    ("press 0", "press zero"),
    ("ext. 12", "extension one two"),
    ("dial ext 4005 please", "dial extension four zero zero five please"),
    # addresses of the net
    ("t.osei_042@sample.com", "t dot osei underscore zero four two at sample dot com"),
    ("jrw99@mail.co.uk", "j r w nine nine at mail dot co dot u k"),
    ("a-b@b.de", "A, dash b at b dot d e"),
    ("Write to desk@bayhouse.example.", "Write to desk at bayhouse dot example."),
    ("bayhouse.example", "bayhouse dot example"),
    ("https://www.bayhouse.example/pay", "bayhouse dot example slash pay"),
    ("see www.bay-house.com for more", "see bay dash house dot com for more"),
    # codes and rooms
    ("K7Q-2X9", "K, seven, Q, two, X, nine"),
    ("your code is BXQTR", "your code is B, X, Q, T, R"),
    ("confirmation number 48213", "confirmation number four, eight, two, one, three"),
    ("reservation HB3094", "reservation H, B, three, zero, nine, four"),
    ("room 412", "room four twelve"),
    ("Room 305", "Room three oh five"),
    ("Rooms 101 and 1204", "Rooms one oh one and twelve oh four"),
    ("room 12", "room twelve"),
    ("room 400", "room four hundred"),
    ("zip 04101", "zip zero four one zero one"),
    # numbers, ranges, units, ordinals
    ("2-3 nights", "two to three nights"),
    ("2 adults and 1 child", "two adults and one child"),
    ("the 3rd floor", "the third floor"),
    ("a 4-star house", "a four-star house"),
    ("10%", "ten percent"),
    ("12.5 %", "twelve point five percent"),
    ("1,200 guests", "one thousand two hundred guests"),
    ("3 km away", "three kilometers away"),
    ("1 mi", "one mile"),
    ("0.5 mi", "zero point five miles"),
    ("up to 50 lbs", "up to fifty pounds"),
    ("380 sq ft", "three hundred eighty square feet"),
    ("30 m²", "thirty square meters"),
    ("72°F", "seventy-two degrees Fahrenheit"),
    ("15 min walk", "fifteen minutes walk"),
    ("48 hrs before", "forty-eight hours before"),
    ("18+", "eighteen or more"),
    ("-5", "minus five"),
    ("a 1/2 day", "a half day"),
    # abbreviations
    ("200 Harbor St., Portland", "two hundred Harbor Street, Portland"),
    ("St. Mary's church", "Saint Mary's church"),
    ("Mr. and Mrs. Osei", "Mister and Missus Osei"),
    ("approx. 5 minutes", "approximately five minutes"),
    ("bed & breakfast", "bed and breakfast"),
    ("towels, etc.", "towels, et cetera"),
    ("#7", "number seven"),
    ("**Sure!** Anything else?", "Sure! Anything else?"),
    ("We have Wi-Fi.", "We have Wi-Fi."),
]  # fmt: skip


@pytest.mark.parametrize(("written", "spoken"), ROWS, ids=[row[0] for row in ROWS])
def test_a_receptionist_would_say_it(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


@pytest.mark.parametrize("spoken", [row[1] for row in ROWS])
def test_spoken_text_stays_as_it_is(spoken: str) -> None:
    assert speakable(spoken) == spoken


@pytest.mark.parametrize(
    "plain",
    ["One moment, please.", "I am at the desk.", "May I have your name?", "No. That is fine.", "Sun and sea.", "It will be ready.",
     "A king room, a view.", "Call me Sat.", "We march on.", "Set it to go."],
)  # fmt: skip
def test_ordinary_words_are_left_alone(plain: str) -> None:
    assert speakable(plain) == plain


_PIECES = st.sampled_from(
    ["$", "€", "5", "12", "0", "305", "1,200", ".", ",", ":", "30", " ", "-", "–", "/", "March", "Mar", "am", "p.m.", "a@b.com",
     "x.com", "room", "St.",
     "code", "H7Q2", "%", "km", "th", "st", "nights", "and", "to", "#", "+", "2027", "2027-03-05", "the", "Fri", "ext.",
     "°", "½", "(", ")", "No."]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=12).map("".join) | st.lists(_PIECES, max_size=12).map(" ".join))
@settings(max_examples=400, deadline=None)
def test_no_figure_is_left_and_twice_is_once(text: str) -> None:
    spoken = speakable(text)
    assert not re.search(r"[0-9$€@%#°½]", spoken), spoken
    assert speakable(spoken) == spoken


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_said(text: str) -> None:
    assert not re.search(r"[0-9]", speakable(text))

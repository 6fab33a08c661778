"""How the embedded model says things that no duty says: around questions, in wordings that do not repeat. No fact of any hotel is in here."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from agent import readback
from agent.local_model.date_calendar import Flag
from tools.catalogue import Slot
from tools.wording import day, listed, ordinal

NOT_HEARD = (
    "Sorry, I didn't catch that. Could you say it once more?",
    "I'm afraid the line isn't clear. Could you put it in other words{keypad}, or shall I connect you with the desk?",
)
KEYPAD = ", or type it on your keypad"
NOT_UNDERSTOOD = (
    "I'm not sure I follow. Is it about a room, a question about the hotel, or something for the desk?",
    "Sorry, I still don't have it. Could you say it in a few other words, or shall I connect you with the desk?",
)
ROBOT = (
    "Yes, I'm {hotel}'s automated assistant. If you'd rather speak to a person, I can connect you with the desk.",
    "I'm an automated assistant, not a person. I can connect you with somebody at the desk whenever you like.",
)
NAME = (
    "I'm the automated assistant of {hotel}; I don't have a name of my own.",
    "Just {hotel}'s automated assistant, that's all the name I have.",
)
CAPABLE = (
    "I can check rooms and prices, answer questions about the hotel, take your details, or connect you with the desk. What would you like?",
    "Rooms and prices, questions about the house, a note to our reservations team, or a colleague at the desk. Where shall we start?",
)
GREETING = ("Hello! How can I help you?", "Hi there. What can I do for you?")
THANKS = (
    "You're welcome. Is there anything else I can help with?",
    "My pleasure. Anything else?",
    "Happy to help. Is there something else?",
)
GOODBYE = ("Thank you for calling {hotel}. Goodbye!", "Thanks for calling. Have a good day. Goodbye!")
ANYTHING_ELSE = ("Is there anything else I can help with?", "Anything else I can do for you?", "What else may I help you with?")
ALL_RIGHT = ("All right.", "No problem.", "That's fine.")
PRIVACY = (
    "I can't say whether anybody is staying with us, and I can't connect calls to rooms.",
    "For our guests' privacy I can't tell you that, whoever it is about.",
)
LEAVE_MESSAGE = ("Shall I take a message for the desk to look after?", "Would you like to leave a message with the desk?")
MISDIALLED = "This is {hotel}{town}. Is that the hotel you're looking for?"
OTHER_HOTEL = "Then I'm afraid you've reached a different house: this is {hotel}. I can check rooms here if you like, or connect you with the desk."
OUT_OF_SCOPE = (
    "I'm afraid that's something I can't help with. I can help with rooms, prices and questions about the hotel.",
    "That's beyond me, I'm sorry. For rooms and anything about the hotel I'm at your service.",
)
NOT_YET = (
    "I can't do that myself, but a colleague at the desk can. Shall I connect you?",
    "That one is for the desk. Would you like me to put you through?",
)
FOR_THE_DESK = ("I can't do that myself, but I'll note it for the desk.", "That's one for my colleagues at the desk, I'll write it down for them.")
GO_AHEAD = ("Would you like me to go ahead with that?", "Shall we do it that way?")
WHAT_TO_CHANGE = ("What should I change?", "Which part shall I put right?")
CHOICES = {
    "alternatives": ("Do you mean {days}?", "Which day is it: {days}?", "Would that be {days}?"),
    "passed_asks": ("That day has just passed. Did you mean {days}?", "That day lies behind us. Is it for {days}?"),
    "passed_next_year": ("This year's has passed, so that would be next year, {days}. Is that right?", "You mean {days}, next year?"),
    "weekday_mismatch": ("The weekday and the date don't go together. Is it {days}?", "Which one shall I take, {days}?"),
    "long_stay": ("That would be an unusually long stay. Is that right?", "Just to be sure about such a long stay: is that what you have in mind?"),
}
DOUBTS = {
    "no_such_date": "There is no such day in the calendar.",
    "in_past": "That day has already passed.",
    "check_out_not_after_check_in": "The day you leave would have to be after the day you arrive.",
    "no_night_left": "That would leave no night.",
    "nights_mismatch": "The nights and the dates don't go together.",
}
CORRECT = ("Is that right?", "Have I got that right?", "Is that correct?")
AGAIN = ("Sorry about that.", "My mistake.", "Thanks for putting me right.")
PERSON_INSTEAD = (
    "I don't want to keep asking. Shall I connect you with the desk?",
    "A colleague can take that down more easily. Shall I put you through?",
)
FAILED = ("I'm sorry, I couldn't do that just now.", "I'm afraid that didn't work.")


class Wordings:
    """The next wording of a bank, never the same one twice in a row."""

    def __init__(self) -> None:
        self._used: Counter[tuple[str, ...]] = Counter()

    def pick(self, bank: Sequence[str], **blanks: str) -> str:
        """The bank's next sentence, blanks filled."""
        key = tuple(bank)
        sentence = key[self._used[key] % len(key)]
        self._used[key] += 1
        return sentence.format(**blanks)


def about(doubt: str) -> tuple[str, ...]:
    """The ways to ask the question that settles a doubt about a day."""
    return CHOICES.get(doubt, CHOICES["alternatives"])


def candidates(doubt: Flag, today: date) -> str:
    """The days in doubt, with what makes them plain."""
    if doubt.name in ("passed_asks", "passed_next_year"):
        return day_with_year(doubt.dates[0])
    return listed([f"tomorrow, {day(d, today)}" if (d - today).days == 1 else day(d, today) for d in doubt.dates], "or")


def day_with_year(value: date) -> str:
    """ "Monday, August 16th, 2028"."""
    return f"{value:%A}, {value:%B} {ordinal(value.day)}, {value.year}"


def spoken(value: Any, today: date) -> str:
    """A value as it stands in a confirmation."""
    return day(value, today) if isinstance(value, date) else str(value)


def said_back(slot: Slot, value: Any, region: str) -> str:
    """A value in a form in which a mistake would be heard."""
    match slot.expects:
        case "name" | "spelling":
            return f"I have {readback.name(str(value))}."
        case "phone":
            return f"I have {readback.phone(str(value), region)}."
        case "email":
            return f"I have {readback.email(str(value))}."
        case "code":
            return f"I have {readback.code(str(value))}."
        case _:
            return f"I have {value}."

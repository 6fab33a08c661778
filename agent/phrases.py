"""Sentences that code says whatever the model does. Several wordings where one may come twice; no fact of any hotel in them."""

LET_ME_CHECK = ("Let me check.", "One moment.", "Let me see.", "Just a second.")
"""Short, for the answer is only a second away and must not wait for them."""
OFFER_PERSON = (
    "Would you like me to put you through to someone at the desk?",
    "Shall I connect you with a colleague at the desk instead?",
)
TROUBLE = ("I'm sorry, I'm having trouble just now.", "I'm sorry, that still isn't working on my side.")
TO_THE_DESK = "I'll put you through to the desk now. Please stay on the line."
NOT_RECORDED = "All right, this call is no longer being recorded, and what was recorded is deleted."
STILL_THERE = ("Are you still there?", "Hello, can you hear me?")
SILENT_OFFER = "I can't hear you. If you'd like a person at the desk, say yes or press zero."
SILENT_GOODBYE = "I still can't hear you, so I'll hang up now. Please call again any time. Goodbye."
SLOWER = "Of course, I'll speak more slowly."
FASTER = "Sure, I'll speed up a little."
LOUDER = "Of course, I'll speak up."
QUIETER = "Of course, I'll speak more softly."
HOLDING = "Of course, take your time."
NOTHING_TO_REPEAT = "I haven't said much yet. How can I help you?"
GO_ON = "How can I help you?"
REPEATING = ("Of course.", "Sure, once more.")
NO_FIGURE = "I don't have that figure for certain, so I'd rather not guess. The desk can tell you."
ASKED_ENOUGH = "I don't seem to be getting this right."
PRIVATE = "I can't say anything about who is staying with us."
NOT_ABOUT_THAT = "That's nothing I can talk about. Is there something I can do for you?"
NOT_CAUGHT = "Sorry, I didn't catch that. Could you say it again?"
HEARING_BADLY = "I'm afraid I can't hear you well. You can say it in other words, use your keypad, or press zero for a person."
NO_CARD = "Please don't give me card details: I can't take them by phone. Payment is only ever by a secure link."

NOT_CAUGHT = "I'm sorry, I didn't catch that. Could you say it again?"
HEARING_BADLY = "I'm sorry, I still can't hear you well. Please say it once more, or press zero for a person at the desk."
FIXED = (
    *LET_ME_CHECK, *OFFER_PERSON, *TROUBLE, *STILL_THERE, *REPEATING,
    TO_THE_DESK, NOT_RECORDED, SILENT_OFFER, SILENT_GOODBYE, SLOWER, FASTER, LOUDER, QUIETER, HOLDING, GO_ON, NO_CARD, NOT_CAUGHT, HEARING_BADLY,
)  # fmt: skip
"""Spoken word for word, kept as sound."""


def keyed(digits: str) -> str:
    """What models are told about pressed keys."""
    return f"the caller keyed {' '.join(digits)}"


def unkeyed(hint: str) -> str:
    """The digits of such a hint; empty if it is another one."""
    head, sep, digits = hint.partition("the caller keyed ")
    return digits.replace(" ", "") if sep and not head else ""

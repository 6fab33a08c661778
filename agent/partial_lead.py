"""What a caller told before they hung up in the middle, as arguments of the duty that leaves a lead."""

from collections.abc import Sequence

from agent.conversation import Conversation
from agent.local_model.hearing import Told
from agent.local_model.slots import Form
from agent.ports import ToolAnswered
from speech.ports import Answer
from tools.catalogue import Duty
from tools.context import Context

_ASKED = {Answer.NAME: "name", Answer.SPELLING: "name", Answer.PHONE: "phone", Answer.EMAIL: "email"}


def note(told: Told, text: str, asked: Answer, context: Context) -> None:
    """Keep what the caller's words tell of themselves and their stay, whatever model answers them."""
    told.hear_stay(text, context.now())
    if not text.rstrip().endswith("?"):
        told.hear_contact(text, context.hotel.country, _ASKED.get(asked, ""))


def partial_lead(duties: Sequence[Duty], conversation: Conversation, told: Told, context: Context) -> Form | None:
    """The lead to leave; None: it is left already, there is nothing to keep, or nobody to call back."""
    duty = next((d for d in duties if d.receipt == "lead"), None)
    if duty is None or any(receipt.kind == "lead" for receipt in conversation.receipts):
        return None
    known = told.values
    if not (known.keys() & {"phone", "email"} or context.caller_number) or not known.keys() & {"name", "phone", "email", "check_in"}:
        return None
    offered = [m for m in conversation.messages() if isinstance(m, ToolAnswered) and m.follow_duty == duty.name]
    form = Form(duty, values=dict(offered[-1].follow_arguments) if offered else {})
    form.fill(known, context.caller_number)
    return form

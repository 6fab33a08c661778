"""Handing the caller to a person at the desk."""

from typing import Annotated

from pydantic import Field

from tools.catalogue import Arguments, Duty, NextStep, Outcome, Receipt, Slot
from tools.context import Context


class TransferArguments(Arguments):
    reason: Annotated[str, Field(max_length=500, description="Why, in a few words, for the person who takes the call."), Slot(reads="question")] = ""


async def transfer_to_staff(context: Context, arguments: TransferArguments) -> Outcome:
    """The call's next step is the desk; without a desk to call, a message is offered."""
    if context.hotel.desk_number and context.hotel.desk_open(context.utc_now()):
        return Outcome(
            content={"transferring": True, "to": "front desk"},
            spoken=("I'll put you through to the front desk. Please stay on the line.",),
            receipt=Receipt("transfer", str(context.call_id)),
            next_step=NextStep.DESK,
        )
    return Outcome(
        content={"transferring": False, "why": "nobody can take calls at the desk now"},
        spoken=("I'm sorry, nobody at the desk can take a call right now.",),
        ok=False,
        follow_up="Shall I take a message, so that they call you back?",
        follow_duty="create_lead",
        follow_arguments={"kind": "callback"} | ({"note": arguments.reason} if arguments.reason else {}),
    )


TRANSFER = Duty(
    name="transfer_to_staff",
    description=(
        "Puts the caller through to a person at the front desk. Use it when they ask for a person, complain, need something done in the "
        "house, or when you cannot help. Say nothing else with it."
    ),
    arguments=TransferArguments,
    run=transfer_to_staff,
    intents=("transfer_human", "complaint_or_request"),
    writes=True,
    receipt="transfer",
)

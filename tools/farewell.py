"""Ending the call once the caller is done."""

from tools.catalogue import Arguments, Duty, NextStep, Outcome
from tools.context import Context


class FarewellArguments(Arguments):
    pass


async def end_call(context: Context, _: FarewellArguments) -> Outcome:
    return Outcome(
        content={"ending": True},
        spoken=(f"Thank you for calling {context.hotel.name}. Goodbye!",),
        next_step=NextStep.HANG_UP,
    )


FAREWELL = Duty(
    name="end_call",
    description="Says goodbye and ends the call. Only when the caller has said goodbye or that they need nothing else.",
    arguments=FarewellArguments,
    run=end_call,
    intents=("goodbye",),
    writes=True,
)

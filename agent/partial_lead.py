"""What a caller told before they hung up in the middle, as arguments of the duty that leaves a lead."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.conversation import Conversation
from agent.local_model.hearing import Told
from agent.local_model.slots import Form
from agent.ports import ToolAnswered
from speech.ports import Answer
from tools.catalogue import Duty
from tools.context import Context

_ASKED = {Answer.NAME: "name", Answer.SPELLING: "name", Answer.PHONE: "phone", Answer.EMAIL: "email"}


@dataclass(slots=True)
class Remembered:
    """The caller's turns as they were said. What they tell is read only when the call ends without a lead: most turns are never read."""

    context: Context
    _turns: list[tuple[str, Answer, datetime]] = field(default_factory=list)

    def note(self, text: str, asked: Answer) -> None:
        """Keep a turn; `asked`: what our question was for."""
        self._turns.append((text, asked, self.context.now()))

    async def told(self) -> Told:
        """What they tell of the caller and their stay, whatever model answered them. Other calls get their turn in between."""
        told = Told()
        for text, asked, now in self._turns:
            told.hear_stay(text, now)
            if not text.rstrip().endswith("?"):
                told.hear_contact(text, self.context.hotel.country, _ASKED.get(asked, ""))
            await asyncio.sleep(0)
        return told


async def partial_lead(duties: Sequence[Duty], conversation: Conversation, remembered: Remembered) -> Form | None:
    """The lead to leave; None: it is left already, there is nothing to keep, or nobody to call back."""
    duty = next((d for d in duties if d.receipt == "lead"), None)
    if duty is None or any(receipt.kind == "lead" for receipt in conversation.receipts):
        return None
    known, caller_number = (await remembered.told()).values, remembered.context.caller_number
    if not (known.keys() & {"phone", "email"} or caller_number) or not known.keys() & {"name", "phone", "email", "check_in"}:
        return None
    offered = [m for m in conversation.messages() if isinstance(m, ToolAnswered) and m.follow_duty == duty.name]
    form = Form(duty, values=dict(offered[-1].follow_arguments) if offered else {})
    form.fill(known, caller_number)
    return form

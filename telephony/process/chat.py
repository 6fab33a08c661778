"""The terminal's way in: the same agent as on the phone, lines instead of speech. Everything written is heard."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from agent.conversation import Conversation
from agent.ports import CallerSaid
from agent.reply import Receptionist
from agent.steps import Move, Say, Step, Used
from telephony.call import CallFacts
from tools.catalogue import NextStep

if TYPE_CHECKING:
    from telephony.process.server import Process

LEAVE = frozenset({"exit", "quit", "/q"})


async def talk(process: "Process", number: str, write: Callable[[str], None], read: Callable[[], Awaitable[str | None]]) -> None:
    """Call the running process's hotel as `number`, by text."""
    hotel = process.line.hotels.default
    if hotel is None:
        write("There is no hotel to call.")
        return
    facts = CallFacts(uuid4(), "chat", number or None, hotel.numbers[0] if hotel.numbers else "")
    conversation = Conversation(process.parts.house_facts(hotel))
    receptionist = process.parts.receptionist(facts, hotel, conversation, channel="web")
    await chat(receptionist, conversation, hotel.greeting, read=read, write=write, show_tools=True)


async def chat(
    receptionist: Receptionist,
    conversation: Conversation,
    greeting: str,
    *,
    read: Callable[[], Awaitable[str | None]],
    write: Callable[[str], None],
    show_tools: bool = False,
) -> str:
    """Talk until the caller leaves (`read` gives None or "exit") or the call moves on. Returns why it ended."""
    conversation.heard(conversation.said(greeting), greeting)
    write(greeting)
    while (line := await read()) is not None:
        text = line.strip()
        if text.lower() in LEAVE:
            break
        if not text:
            continue
        steps = receptionist.keyed(text[1:]) if text[0] == "#" and text[1:].isdigit() else receptionist.turn(CallerSaid(text))
        moved = None
        async for step in steps:
            moved = _show(step, conversation, write, show_tools) or moved
        if moved is not None:
            await receptionist.hung_up()
            if moved.next_step is NextStep.DESK:
                write("(the call goes to the desk)")
            return moved.reason
    await receptionist.hung_up()
    return "caller left"


def _show(step: Step, conversation: Conversation, write: Callable[[str], None], show_tools: bool) -> Move | None:
    if isinstance(step, Say):
        write(step.text)
        conversation.heard(step.utterance, step.text)
    elif isinstance(step, Used) and show_tools:
        write(f"  [{step.name} {step.arguments} -> {'ok' if step.ok else 'not done'}, {step.ms} ms]")
    elif isinstance(step, Move):
        return step
    return None

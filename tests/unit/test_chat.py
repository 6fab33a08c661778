"""The same agent in the terminal."""

from telephony.process.chat import chat
from tests.unit.desk import Call


async def talk(*lines: str, show_tools: bool = False) -> tuple[str, list[str], Call]:
    call, written, waiting = Call(), list[str](), list(lines)

    async def read() -> str | None:
        return waiting.pop(0) if waiting else None

    ended = await chat(call.receptionist, call.conversation, "Hello.", read=read, write=written.append, show_tools=show_tools)
    return ended, written, call


async def test_lines_are_answered_until_the_caller_leaves() -> None:
    ended, written, _ = await talk("What time is breakfast?", "", "exit", "never read")
    assert ended == "caller left"
    assert written[0] == "Hello."
    assert any("Breakfast is from 7" in line for line in written)


async def test_goodbye_ends_it_and_a_person_is_shown() -> None:
    ended, written, _ = await talk("bye", "never read")
    assert ended == "asked for in the conversation"
    assert "Goodbye" in written[-1]
    _, written, _ = await talk("let me speak to a person")
    assert written[-1] == "(the call goes to the desk)"


async def test_keys_and_tools_can_be_seen() -> None:
    _, written, call = await talk("a room from Friday for two nights", "2", "#0", show_tools=True)
    assert any("room_board" in line for line in written)
    assert written[-1] == "(the call goes to the desk)"
    assert call.desk.count("room_board") == 1


async def test_what_was_told_is_kept_when_the_line_ends() -> None:
    _, _, call = await talk("My name is Dana Whitfield.")
    assert call.desk.last("desk_note").name == "Dana Whitfield"

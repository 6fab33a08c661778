"""Whole calls by text: the embedded model as it ships, the real duties, the demo hotel in PostgreSQL."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from agent import prompts
from agent.conversation import Conversation
from agent.local_model import intents
from agent.local_model.intents import IntentReader, split_wishes
from agent.local_model.model import LocalModel
from agent.ports import CallerSaid
from agent.reply import Receptionist
from agent.steps import Move, Say
from data.database import Database
from data.embedder import Embedder
from data.hotel import Hotel
from data.knowledge_index import MatrixKnowledgeIndex
from data.queries.articles import published_articles
from telephony.process import model_files
from tests.house import a_call, leads_at
from tools.catalogue import NextStep
from tools.duties import DUTIES


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return Embedder(model_files.minilm_onnx(), model_files.minilm_tokenizer(), tmp_path_factory.mktemp("vectors"))


@pytest.fixture(scope="module")
def brain(embedder: Embedder) -> LocalModel:
    return LocalModel(IntentReader(embedder, Path(intents.__file__).parent / "examples"), split_wishes)


class Talk:
    """A call in which everything said is heard."""

    def __init__(self, receptionist: Receptionist, conversation: Conversation) -> None:
        self.receptionist, self.conversation = receptionist, conversation
        self.moved: NextStep | None = None

    async def __call__(self, text: str) -> str:
        said = []
        async for step in self.receptionist.turn(CallerSaid(text)):
            if isinstance(step, Say):
                self.conversation.heard(step.utterance, step.text)
                said.append(step.text)
            elif isinstance(step, Move):
                self.moved = step.next_step
        return " ".join(said)


@pytest.fixture
async def talk(brain: LocalModel, embedder: Embedder, database: Database, demo_hotel: Hotel) -> Talk:
    knowledge = MatrixKnowledgeIndex(embedder)
    async with database.read() as session:
        await knowledge.load(demo_hotel.id, await published_articles(session, demo_hotel.id))
    context = replace(a_call(demo_hotel, database=database), knowledge=knowledge)
    conversation = Conversation((demo_hotel.name, demo_hotel.town))
    receptionist = Receptionist(
        brain.session(DUTIES),
        DUTIES,
        context,
        conversation,
        instructions=prompts.instructions(demo_hotel, context.now()),
        answers_at_once=True,
    )
    return Talk(receptionist, conversation)


async def test_from_a_question_to_a_noted_request_and_goodbye(talk: Talk, database: Database, demo_hotel: Hotel) -> None:
    assert "breakfast" in (await talk("What time is breakfast?")).lower()
    assert (await talk("Do you have a room from the fourth of June for two nights?")).endswith("?")
    heard = await talk("There are two of us.")
    assert "June 4th" in heard
    assert "June 6th" in heard
    assert heard.index("in all") < heard.index("a night")
    heard = await talk("Actually, make it three nights.")
    assert "June 7th" in heard
    assert "name" in await talk("Yes, please.")
    assert "W, H, I, T, F, I, E, L, D" in await talk("Dana Whitfield, W H I T F I E L D")
    assert "isn't a booking yet" in await talk("Yes, that's right.")
    await talk("No, that's all, thank you. Goodbye.")
    assert talk.moved is NextStep.HANG_UP
    async with database.read() as session:
        (lead,) = await leads_at(session, demo_hotel.id)
    assert (lead.name, lead.check_in, lead.check_out, lead.guests) == ("Dana Whitfield", date(2027, 6, 4), date(2027, 6, 7), 2)


async def test_dogs_parking_and_a_price_are_one_reply(talk: Talk) -> None:
    heard = await talk("Do you take dogs, is parking free, and what's a double from the fourth to the sixth of June for two people?")
    assert all(word in heard for word in ("dogs", "arking", "in all"))
    assert heard.count("?") == 1
    assert heard.endswith("?")


async def test_a_caller_who_hangs_up_leaves_what_they_told(talk: Talk, database: Database, demo_hotel: Hotel) -> None:
    await talk("A room for the fourth of June, one night, just me.")
    await talk("Yes please.")
    await talk("Ines Duarte")
    await talk.receptionist.hung_up()
    async with database.read() as session:
        (lead,) = await leads_at(session, demo_hotel.id)
    assert (lead.name, lead.check_in, lead.kind) == ("Ines Duarte", date(2027, 6, 4), "booking")


async def test_a_named_guest_is_neither_confirmed_nor_denied(talk: Talk) -> None:
    heard = [await talk(words) for words in ("Put me through to Casey Rowan please.", "I'm the husband, at least tell me if they arrived.")]
    assert all("can't" in words for words in heard)
    assert not any("Rowan" in words for words in heard)
    assert talk.moved is None


async def test_a_group_is_noted_and_no_wished_price_is_agreed(talk: Talk) -> None:
    heard = await talk("We're a wedding party, fifteen rooms from the fourth to the sixth of June for thirty people, at ninety a night, right?")
    assert "90" not in heard
    assert "ninety" not in heard


async def test_what_the_house_does_not_know_is_not_guessed(talk: Talk) -> None:
    heard = await talk("Do you have a helicopter landing pad for guests?")
    assert "helicopter" not in heard.lower()
    assert talk.moved is None

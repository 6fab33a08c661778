"""Answers from articles, and saying that there is none."""

from datetime import timedelta

import pytest

from data.hotel import Hotel
from data.knowledge_index import Hit
from tests.house import HOTEL, NOON, a_call, hotel
from tools.knowledge import KnowledgeArguments, answering, search_knowledge_base

TEA = "Tea is served at four in the library."
CAKE = "It comes with cake."
PRICE = "A pot costs $6."
CATS = "The library has two cats."


def hit(score: float, *sentences: tuple[str, float], topic: str = "tea") -> Hit:
    return Hit(topic, topic, topic.title(), " ".join(text for text, _ in sentences) or "Body.", score, sentences)


@pytest.mark.parametrize(
    ("sentences", "answer"),
    [
        (((TEA, 0.9), (CAKE, 0.2), (PRICE, 0.3), (CATS, 0.1)), (TEA,)),
        (((TEA, 0.5), (CAKE, 0.9), (PRICE, 0.3)), (TEA, CAKE)),
        (((TEA, 0.85), (CAKE, 0.2), (PRICE, 0.9)), (TEA, PRICE)),
        (((TEA, 0.9), (CAKE, 0.9), (PRICE, 0.9), (CATS, 0.9)), (TEA, CAKE, PRICE)),
        (((CAKE, 0.9), (TEA, 0.1)), (CAKE,)),
        ((), ()),
    ],
)
def test_the_sentences_that_answer(sentences: tuple[tuple[str, float], ...], answer: tuple[str, ...]) -> None:
    assert answering(sentences) == answer


async def test_the_surest_article_answers_in_its_own_words() -> None:
    call = a_call(hits=[hit(0.9, (TEA, 0.9), (CATS, 0.1)), hit(0.6, topic="cats"), hit(0.2, topic="dogs")])
    outcome = await search_knowledge_base(call, KnowledgeArguments(question="when is tea"))
    assert outcome.ok
    assert outcome.spoken == (TEA,)
    assert outcome.offers == ("tea", "cats")
    assert [article["topic"] for article in outcome.content["articles"]] == ["tea", "cats"]


async def test_an_article_without_scored_sentences_is_said_whole() -> None:
    outcome = await search_knowledge_base(a_call(hits=[hit(0.9)]), KnowledgeArguments(question="tea"))
    assert outcome.spoken == ("Body.",)


@pytest.mark.parametrize("hits", [[], [hit(0.2, (TEA, 0.9))]])
@pytest.mark.parametrize(
    ("house", "hours", "duty"),
    [
        (HOTEL, 0, "transfer_to_staff"),
        (HOTEL, 10, "create_lead"),
        (hotel(desk_number=None), 0, "create_lead"),
    ],
)
async def test_what_no_article_says_is_not_answered(hits: list[Hit], house: Hotel, hours: int, duty: str) -> None:
    call = a_call(house, hits=hits, now=NOON + timedelta(hours=hours))
    outcome = await search_knowledge_base(call, KnowledgeArguments(question="is there a ghost"))
    assert outcome.content == {"found": False, "articles": []}
    assert "don't have" in outcome.spoken[0]
    assert outcome.follow_duty == duty
    assert "is there a ghost" in outcome.follow_arguments.values()

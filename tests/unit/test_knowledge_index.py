"""Sentences of an article, and the demo hotel's forty articles."""

import asyncio
import re

import pytest

from data.embedder import Embedder
from data.hotel_files import DEMO_HOTEL, read_article
from data.knowledge_index import ANSWERS_FROM, Article, Hit, MatrixKnowledgeIndex, sentences_of
from telephony.process import model_files

TOPICS = re.findall(
    r"\w+",
    """accessibility air_conditioning airport_shuttle bed_comfort breakfast cancellation checkin_age checkin_time checkout_time children
    concierge deposit events extra_bed front_desk gym housekeeping kitchen languages laundry local location luggage noise parking
    payment_methods pets pool price_value restaurant room_amenities room_cleanliness room_service room_size safe smoking spa staff view
    wifi""",
)
ARTICLES: list[Article] = [read_article(path) for path in sorted((DEMO_HOTEL / "knowledge").glob("*/*.md"))]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> MatrixKnowledgeIndex:
    embedder = Embedder(model_files.minilm_onnx(), model_files.minilm_tokenizer(), tmp_path_factory.mktemp("vectors"))
    index = MatrixKnowledgeIndex(embedder)
    asyncio.run(index.load(1, ARTICLES))
    return index


def best_sentence(hit: Hit) -> str:
    return max(hit.sentences, key=lambda scored: scored[1])[0]


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        ("Open from 7:00 a.m. to 9:00 p.m. every day. Towels are free.", ("Open from 7:00 a.m. to 9:00 p.m. every day.", "Towels are free.")),
        ("Until 11:00 p.m. Please ring.", ("Until 11:00 p.m.", "Please ring.")),
        ("Ask Mr. Cole at St. John Street. He knows!", ("Ask Mr. Cole at St. John Street.", "He knows!")),
        ("It costs $4.50. 12 people fit.", ("It costs $4.50.", "12 people fit.")),
        ("One line\nand its rest.", ("One line and its rest.",)),
        ("", ()),
    ],
)
def test_sentences(body: str, sentences: tuple[str, ...]) -> None:
    assert sentences_of(body) == sentences


def test_one_article_for_every_topic() -> None:
    assert sorted(article.topic for article in ARTICLES) == sorted(TOPICS)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.topic)
def test_an_article_is_short_and_can_be_spoken(article: Article) -> None:
    sentences = sentences_of(article.body)
    assert 2 <= len(sentences) <= 6
    assert all(len(sentence.split()) <= 40 and sentence[-1] in ".!?" for sentence in sentences)
    assert not re.search(r"[*_#|<>\[\]]|https?:", article.body)
    assert len(article.questions) >= 5
    assert len(set(article.questions)) == len(article.questions)


@pytest.mark.parametrize(
    ("question", "topic", "fact"),
    [
        ("how much is the breakfast", "breakfast", "$18"),
        ("what time do you serve breakfast", "breakfast", "7:00 a.m."),
        ("what do you charge for parking overnight", "parking", "$25"),
        ("our two beagles are coming along, is that fine", "pets", "two dogs"),
        ("until when may we swim", "pool", "10:00 p.m."),
        ("what is the fee if somebody smoked in the room", "smoking", "$250"),
        ("by what time must we be out of the room", "checkout_time", "11:00 a.m."),
        ("how old does the person checking in have to be", "checkin_age", "21"),
        ("can you add a bed for my son", "extra_bed", "$30"),
        ("what does a cab from the airport cost", "airport_shuttle", "$45"),
        ("I want to lock up my passport", "safe", "safe"),
    ],
)
async def test_the_sentence_that_answers_scores_best(index: MatrixKnowledgeIndex, question: str, topic: str, fact: str) -> None:
    first = (await index.search(1, question, 1))[0]
    assert first.topic == topic
    assert first.score >= ANSWERS_FROM
    assert fact in best_sentence(first)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.topic)
async def test_own_questions_find_their_article(index: MatrixKnowledgeIndex, article: Article) -> None:
    for question in article.questions:
        first = (await index.search(1, question, 1))[0]
        assert first.topic == article.topic, question
        assert first.score >= ANSWERS_FROM, question


@pytest.mark.parametrize(
    "question",
    ["do you have a helipad", "is there a casino", "can I rent a horse", "who won the game last night", "do you sell stamps", "tell me a joke"],
)
async def test_what_no_article_answers_is_below_the_mark(index: MatrixKnowledgeIndex, question: str) -> None:
    assert (await index.search(1, question, 1))[0].score < ANSWERS_FROM

"""What every knowledge index must do, whatever it is made of."""

from collections.abc import Callable

import pytest

from data.embedder import Embedder
from data.knowledge_index import ANSWERS_FROM, Article, KnowledgeIndex, MatrixKnowledgeIndex
from telephony.process import model_files

POOL = Article("pool", "pool", "Swimming pool", "The pool is open from 6:00 a.m. to 10:00 p.m. Towels are free.", ("When can we swim?",), "fun")
PETS = Article("pets", "pets", "Pets", "Up to two dogs may stay for $40 per stay. Cats cannot stay.", ("May I bring my dog?",), "rules")
WIFI = Article("wifi", "wifi", "Wi-Fi", "Wi-Fi is free in all rooms.", ("How do I get online?",), "rooms")
INDEXES: dict[str, Callable[[Embedder], KnowledgeIndex]] = {"matrix": MatrixKnowledgeIndex}


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(model_files.minilm_onnx(), model_files.minilm_tokenizer())


@pytest.fixture(params=sorted(INDEXES))
async def index(request: pytest.FixtureRequest, embedder: Embedder) -> KnowledgeIndex:
    index = INDEXES[request.param](embedder)
    await index.load(1, [POOL, PETS, WIFI])
    return index


@pytest.mark.parametrize(
    ("question", "article"),
    [("What time does the pool close?", POOL), ("can our dogs come along", PETS), ("is there wireless internet", WIFI)],
)
async def test_the_right_article_comes_first_and_whole(index: KnowledgeIndex, question: str, article: Article) -> None:
    first = (await index.search(1, question))[0]
    assert (first.article_id, first.topic, first.title, first.body) == (article.article_id, article.topic, article.title, article.body)
    assert first.score >= ANSWERS_FROM


async def test_best_first_and_scores_are_chances(index: KnowledgeIndex) -> None:
    scores = [hit.score for hit in await index.search(1, "When can we swim?")]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)


async def test_all_sentences_of_the_body_are_scored_in_their_order(index: KnowledgeIndex) -> None:
    first = (await index.search(1, "how much is it to bring a dog"))[0]
    assert " ".join(sentence for sentence, _ in first.sentences) == PETS.body
    best = max(first.sentences, key=lambda scored: scored[1])
    assert best[0] == "Up to two dogs may stay for $40 per stay."


@pytest.mark.parametrize(("limit", "found"), [(0, 0), (1, 1), (2, 2), (9, 3)])
async def test_no_more_than_the_limit(index: KnowledgeIndex, limit: int, found: int) -> None:
    assert len(await index.search(1, "the pool", limit)) == found


@pytest.mark.parametrize("question", ["", "   ", "?!"])
async def test_without_words_nothing_is_found(index: KnowledgeIndex, question: str) -> None:
    assert await index.search(1, question) == []


async def test_what_no_article_says_is_below_the_mark(index: KnowledgeIndex) -> None:
    assert (await index.search(1, "who won the chess championship"))[0].score < ANSWERS_FROM


async def test_hotels_do_not_see_each_other(index: KnowledgeIndex) -> None:
    await index.load(2, [WIFI])
    assert await index.search(3, "When can we swim?") == []
    assert {hit.topic for hit in await index.search(2, "When can we swim?")} == {"wifi"}


async def test_loading_replaces(index: KnowledgeIndex) -> None:
    assert {hit.topic for hit in await index.search(1, "When can we swim?")} == {"pool", "pets", "wifi"}
    await index.load(1, [PETS])
    assert {hit.topic for hit in await index.search(1, "When can we swim?")} == {"pets"}


async def test_a_hotel_without_articles(index: KnowledgeIndex) -> None:
    await index.load(1, [])
    assert await index.search(1, "When can we swim?") == []


async def test_an_article_without_questions_is_found_too(index: KnowledgeIndex) -> None:
    await index.load(1, [POOL, Article("safe", "safe", "Safe", "Every room has a free safe.")])
    assert (await index.search(1, "where can I lock up my passport"))[0].topic == "safe"

"""Which article answers a caller's question. The articles in the database are the truth; an index is rebuilt from them at any time."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from data.embedder import DIMENSIONS, Embedder, Vectors

ANSWERS_FROM = 0.5
"""A hit with a lower score does not answer the question: better to say "I don't have that" and offer a person."""

RIDGE = 1.0
"""Regularisation of the learnt map from a question to an article."""
NEAREST_WEIGHT, CONTENT_WEIGHT = 0.2, 0.5
"""What the nearest row counts, and the nearest when only the words of the subject are compared: this one tells a helipad from a pool."""
SLOPE, MIDDLE = 11.3, 0.72
"""Logistic from the sum to a probability."""
KIND_OF_ANSWER = 0.2
"""What a sentence gains when it holds the kind of fact that was asked for (a price, a time, a number)."""

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Article:
    """What the house says about one topic. `questions`: ways in which guests ask for it."""

    article_id: str
    topic: str
    title: str
    body: str
    questions: tuple[str, ...] = ()
    category: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found. `score`: 0..1, how sure it is that this answers; compare with ANSWERS_FROM. `sentences`: the body's in their order,
    each with a score that tells which of them answer (higher is better; only to be compared with each other)."""

    article_id: str
    topic: str
    title: str
    body: str
    score: float
    sentences: tuple[tuple[str, float], ...]


class KnowledgeIndex(Protocol):
    """Articles of many hotels, searched one hotel at a time."""

    async def load(self, hotel_id: int, articles: Sequence[Article]) -> None:
        """Replace everything known of this hotel."""
        ...

    async def search(self, hotel_id: int, question: str, limit: int = 3) -> list[Hit]:
        """Best first; empty for a hotel without articles or a question without words."""
        ...


def sentences_of(body: str) -> tuple[str, ...]:
    """A body's sentences; "8:00 a.m. to" and "St. John" do not end one."""
    parts = re.split(r"(?<=[.!?])(?<!\bMr\.)(?<!\bMrs\.)(?<!\bDr\.)(?<!\bSt\.)\s+(?=[\"'“(]?[A-Z0-9])", " ".join(body.split()))
    return tuple(part for part in parts if part)


_EMPTY_WORDS = frozenset(
    re.split(
        r"\s+",
        """a an the is are was do does did you your you'd i i'm im me my we our us it its it's they them their this that there here have has
        had get got can could would will shall should may might be been being to of in on at for with from by and or if so as not no yes
        please hi hello any some what which who when where why how much many hotel house place site property guests guest offer offers
        provide available allowed know tell want need like ok okay uh um umm well just also about""",
    )
)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s'$-]", " ", text.lower()).split())


def _subject(plain: str) -> str:
    return " ".join(word for word in re.findall(r"[a-z0-9']+", plain) if word not in _EMPTY_WORDS) or plain


@dataclass(frozen=True, slots=True)
class _House:
    """One hotel's articles as matrices: a row for each question, each sentence (with its title) and each title."""

    articles: tuple[Article, ...]
    rows: Vectors
    subjects: Vectors
    owner: NDArray[np.intp]
    centre: Scores
    learnt: Scores
    sentences: tuple[tuple[str, ...], ...]
    sentence_rows: tuple[Vectors, ...]


class MatrixKnowledgeIndex:
    """The index in memory: exact, a few ms a question for some hundred articles."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._houses: dict[int, _House] = {}

    async def load(self, hotel_id: int, articles: Sequence[Article]) -> None:
        """Learn the hotel's articles: a second or two, in a thread; the old ones answer until it is done."""
        self._houses[hotel_id] = await asyncio.to_thread(self._learn, tuple(articles))

    async def search(self, hotel_id: int, question: str, limit: int = 3) -> list[Hit]:
        """Best first, about 10 ms CPU in a thread."""
        house = self._houses.get(hotel_id)
        if house is None or not house.articles or not (plain := _plain(question)) or limit < 1:
            return []
        return await asyncio.to_thread(self._find, house, plain, limit)

    def _learn(self, articles: tuple[Article, ...]) -> _House:
        sentences = tuple(sentences_of(article.body) for article in articles)
        texts: list[str] = []
        owner: list[int] = []
        spans: list[slice] = []
        for number, (article, said) in enumerate(zip(articles, sentences, strict=True)):
            own = [_plain(text) for text in (article.title, *article.questions, *(f"{article.title} {sentence}" for sentence in said))]
            texts += own
            owner += [number] * len(own)
            spans.append(slice(len(texts) - len(said), len(texts)))
        rows = self._embedder.embed_kept(texts)
        centre, learnt = _ridge(rows.astype(np.float64), np.eye(len(articles))[owner] if owner else np.zeros((0, 0)))
        subjects = self._embedder.embed_kept([_subject(text) for text in texts])
        return _House(articles, rows, subjects, np.array(owner, np.intp), centre, learnt, sentences, tuple(rows[span] for span in spans))

    def _find(self, house: _House, plain: str, limit: int) -> list[Hit]:
        asked, subject = self._embedder.embed([plain, _subject(plain)])
        count = len(house.articles)
        nearest, nearest_subject = np.full(count, -1.0), np.full(count, -1.0)
        np.maximum.at(nearest, house.owner, house.rows @ asked)
        np.maximum.at(nearest_subject, house.owner, house.subjects @ subject)
        total = (asked - house.centre) @ house.learnt + NEAREST_WEIGHT * nearest + CONTENT_WEIGHT * nearest_subject
        scores = 1.0 / (1.0 + np.exp(-SLOPE * (total - MIDDLE)))
        best = np.argsort(-total, kind="stable")[:limit]
        return [_hit(house, int(number), float(scores[number]), plain, asked) for number in best]


def _hit(house: _House, number: int, score: float, plain: str, asked: Vectors) -> Hit:
    article, said = house.articles[number], house.sentences[number]
    near = house.sentence_rows[number] @ asked if said else np.zeros(0)
    scored = tuple((sentence, float(closeness) + _fits(plain, sentence)) for sentence, closeness in zip(said, near, strict=True))
    return Hit(article.article_id, article.topic, article.title, article.body, score, scored)


_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(r"\b(how much (is|are|does|do|will|would|for|to)|prices?|costs?|fees?|penalty|charges?|charged|pay|free|expensive|rates?)\b"),
        re.compile(r"\$|(?<!-)\bfree\b|\bno charge\b|\bincluded\b", re.IGNORECASE),
    ),
    (
        re.compile(r"\b(when|what time|which time|how (late|early|long)|hours?|until|till|opens?|closes?|earliest|latest)\b"),
        re.compile(r"\d (a|p)\.m\.|\bnoon\b|\bmidnight\b|\b24 hours\b|\bminutes?\b|\bdays?\b", re.IGNORECASE),
    ),
    (
        re.compile(r"\b(how (many|big|large|far|fast|old|tall|wide)|size|age|limit|maximum)\b"),
        re.compile(r"\d|\b(one|two|three|four|five|six)\b", re.IGNORECASE),
    ),
)
"""(what is asked, what such an answer holds)"""


def _fits(plain: str, sentence: str) -> float:
    return sum(KIND_OF_ANSWER for asked, told in _KINDS if asked.search(plain) and told.search(sentence))


def _ridge(rows: Scores, targets: Scores) -> tuple[Scores, Scores]:
    """Least squares from a row to its article, in closed form: (centre of the rows, weights)."""
    if not len(rows):
        return np.zeros(DIMENSIONS), np.zeros((DIMENSIONS, 0))
    centre = rows.mean(axis=0)
    offset = rows - centre
    weights = np.linalg.solve(offset.T @ offset + RIDGE * np.eye(rows.shape[1]), offset.T @ (targets - targets.mean(axis=0)))
    return centre, weights

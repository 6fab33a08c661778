"""What the caller wants, learnt from the sentences in `examples/`, one file a label: a new wish is a file of sentences and no code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

CONTEXT_MARK = " => "
"""In an example file: what we had said, the mark, what the caller answered."""
CONTEXT_WORDS = 24
"""Of our last sentence only its end counts: the question stands there."""
CONTEXT_WEIGHT, WORDS_WEIGHT = 0.5, 0.5
REGULARISATION = 0.5
TEMPERATURE = 0.1
"""Turns the scores into probabilities; set so that of the readings given 0.8 about 80 % are right."""

Scores = NDArray[np.float64]
Vectors = NDArray[np.float32]


class Embeds(Protocol):
    """Sentences to unit vectors, one row each; `embed_kept` for many that are the same at every start."""

    def embed(self, texts: Sequence[str]) -> Vectors: ...

    def embed_kept(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class Example:
    label: str
    text: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """`confidence`: 0..1, over all labels together 1."""

    label: str
    confidence: float


def read_examples(folder: Path) -> list[Example]:
    """Every line of every LABEL.txt: `sentence` or `context => sentence`."""
    examples = []
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            context, _, text = line.strip().rpartition(CONTEXT_MARK)
            if text:
                examples.append(Example(path.stem, text, context))
    return examples


_HESITATION = re.compile(r"\b(?:u+m+|u+h+(?! huh)|erm?|hmm+)\b")


def _plain(text: str) -> str:
    return " ".join(_HESITATION.sub(" ", re.sub(r"[^\w\s'@$+-]", " ", text.lower().replace("’", "'"))).split())


def _context(text: str | None) -> str:
    return " ".join(_plain(text or "").split()[-CONTEXT_WORDS:])


def _digits_alike(text: str) -> str:
    return re.sub(r"\d", "0", text)


class IntentReader:
    """Kernel ridge regression over three views of a sentence: its meaning (a Gaussian of the embeddings' distance, more alike where what we
    had said before is alike too), its letters and its words. Learns in a second or two at start, reads in about 10 ms."""

    def __init__(self, embedder: Embeds, examples_folder: Path) -> None:
        examples = read_examples(examples_folder)
        if not examples:
            raise FileNotFoundError(f"no example sentences under {examples_folder}")
        self._embedder = embedder
        self.labels = tuple(sorted({example.label for example in examples}))
        texts = [_plain(example.text) for example in examples]
        self._meanings = embedder.embed_kept(texts)
        self._contexts = self._context_vectors([_context(example.context) for example in examples])
        self._letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, preprocessor=_digits_alike)
        self._words = TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True, tokenizer=str.split, token_pattern=None, preprocessor=_digits_alike)
        spelled = hstack([self._letters.fit_transform(texts), self._words.fit_transform(texts)]).tocsr()
        targets = np.eye(len(self.labels))[[self.labels.index(example.label) for example in examples]]
        self._common: Scores = targets.mean(axis=0)
        kernel = self._kernel(self._meanings, self._contexts) + WORDS_WEIGHT * (spelled @ spelled.T).toarray()
        kernel[np.diag_indices_from(kernel)] += REGULARISATION
        self._weights: Scores = cho_solve(cho_factor(kernel, overwrite_a=True), targets - self._common)
        self._spelled_weights: Scores = WORDS_WEIGHT * (spelled.T @ self._weights)

    def read(self, text: str, context: str | None = None) -> list[Intent]:
        """Every label, best first; all alike for a text without words. `context`: what the caller had just heard from us."""
        plain = _plain(text)
        if not plain:
            return [Intent(label, 1 / len(self.labels)) for label in self.labels]
        meaning = self._embedder.embed([plain])
        spelled: csr_matrix = hstack([self._letters.transform([plain]), self._words.transform([plain])]).tocsr()
        near = self._kernel(meaning, self._context_vectors([_context(context)]))
        scores = (near @ self._weights + spelled @ self._spelled_weights)[0] + self._common
        chances = np.exp((scores - scores.max()) / TEMPERATURE)
        chances /= chances.sum()
        return [Intent(self.labels[number], float(chances[number])) for number in np.argsort(-chances, kind="stable")]

    def _kernel(self, meanings: Vectors, contexts: Vectors) -> Scores:
        alike = np.exp(2.0 * (meanings @ self._meanings.T).astype(np.float64) - 2.0)
        same_place = (contexts @ self._contexts.T).astype(np.float64)
        return np.asarray(alike * (1.0 + CONTEXT_WEIGHT * same_place))

    def _context_vectors(self, contexts: Sequence[str]) -> Vectors:
        """Zeros where nothing was said before."""
        vectors = self._embedder.embed_kept(contexts) if len(contexts) > 1 else self._embedder.embed(contexts)
        return vectors * np.array([[bool(context)] for context in contexts], np.float32)


_BE = r"(?:do|does|did|is|are|can|could|will|would|may|should)"
_SUBJECT = r"(?:you|i|we|they|he|she|it|there|the|that|this|these|your|my|our|any|an?|all|some\w*)"
_QUESTION_WORD = rf"(?:what|where|how(?!ever)|(?:when|which|who)(?:'s|\s+{_BE}|\s+time)|any\s+chance)\b"
_FILLERS = r"(?:(?:hi|hello|hey|so|and|also|okay|ok|well|um|uh|oh|then|thanks|please)\b[\s,]*)*"
_CLEAR_QUESTION = re.compile(rf"{_FILLERS}(?:{_QUESTION_WORD}|{_BE}\s+{_SUBJECT}\b|have\s+you\b)", re.IGNORECASE)
_QUESTION = re.compile(rf"{_FILLERS}(?:{_QUESTION_WORD}|(?:{_BE}|have|if|whether)\s+\w)", re.IGNORECASE)
"""After another question "is parking free" is one too; after a statement "is staying" is not: there only a clear one counts."""
_WISH = re.compile(
    rf"{_FILLERS}(?:(?:i|we)(?:'d|\s+would)?\s+(?:also\s+)?(?:like|love|want|need)|(?:give|put|tell|send|book|connect)\b)", re.IGNORECASE
)
_INDIRECT = re.compile(r"\b(?:know|tell\s+me|wonder\w*|check|ask)\b", re.IGNORECASE)
_ONLY_FILLERS = re.compile(rf"{_FILLERS}\W*", re.IGNORECASE)
_LINK = re.compile(r"[,;]?\s+(?:and|plus|or|but)\s+(?:also\s+)?|[,;]\s*|\s+(?=also\b)", re.IGNORECASE)
_ALSO = re.compile(r"\b(?:also|plus)\b", re.IGNORECASE)
_YES_NO = re.compile(r"(?:yes|yeah|yep|sure|no|nope)(?:[\s,]+(?:please|thanks|thank\s+you))?[\s,.!]*$", re.IGNORECASE)
_THING = r"(?:\w+\s+)?\w+"
_TWO_THINGS = re.compile(
    rf"((?:do|have)\s+you\s+(?:have|got)\s+|(?:is|are)\s+there\s+)((?:an?\s+|any\s+)?{_THING}),?\s+(?:and|or)\s+((?:an?|any)\s+{_THING})[\s?.]*$",
    re.IGNORECASE,
)


def split_wishes(text: str) -> list[str]:
    """The separate things asked in one breath, in their order; a plain statement stays with the wish it belongs to."""
    wishes: list[str] = []
    waiting = ""
    for piece in (part for sentence in re.split(r"(?<=[?!])\s+|(?<=\w{3}\.)\s+", " ".join(text.split())) for part in _cut(sentence)):
        if _asks(piece) or _YES_NO.match(piece) or _ALSO.match(piece):
            alone = True
        else:
            alone = bool(_WISH.match(piece)) and (not wishes or _asks(wishes[-1]) or bool(_YES_NO.match(wishes[-1])))
        if alone:
            wishes.append(f"{waiting} {piece}".strip())
            waiting = ""
        elif wishes and not _YES_NO.match(wishes[-1]):
            wishes[-1] = f"{wishes[-1]} {piece}"
        else:
            waiting = f"{waiting} {piece}".strip()
    return [*wishes, waiting] if waiting else wishes


def _asks(piece: str) -> bool:
    return bool(_QUESTION.match(piece) or _INDIRECT.search(piece))


def _cut(sentence: str) -> list[str]:
    """One sentence at the links behind which a new question or wish begins."""
    pieces: list[str] = []
    start = 0
    for link in _LINK.finditer(sentence):
        before, after = sentence[start : link.start()], sentence[link.end() :]
        asking = _asks(before) or _YES_NO.match(before)
        wishing = _WISH.match(after) and not _YES_NO.match(before)
        if not _ONLY_FILLERS.fullmatch(before) and (
            _CLEAR_QUESTION.match(after) or (asking and (_QUESTION.match(after) or wishing)) or (_ALSO.search(link.group() + after[:5]) and wishing)
        ):
            pieces.append(before)
            start = link.end()
    rest = sentence[start:]
    two = _TWO_THINGS.match(rest)
    pieces += [f"{two[1]}{two[2]}", f"{two[1]}{two[3]}"] if two else [rest]
    return [piece.strip(" ,;") for piece in pieces if piece.strip(" ,;.")]

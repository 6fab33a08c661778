"""The caller's voice while the agent speaks: our own echo, a backchannel, or a wish to speak. Pure."""

from collections import deque
from enum import StrEnum
from typing import Final

from speech.endpointing import digits_in, table, words

PACKET_MS: Final = 20


class Meaning(StrEnum):
    """What words said over the agent are."""

    NOTHING = "nothing"
    ECHO = "echo"
    BACKCHANNEL = "backchannel"
    UNCLEAR = "unclear"
    """Too little, or too uncertain, to decide by words."""
    HOLD_ON = "hold_on"
    INTERRUPTION = "interruption"


_SOUNDS = table("mm mhm mmhm hm hmm mmm mhmm uh huh uhuh uhhuh ah oh um er ahh ohh aha m h")
_BACKCHANNEL = table(
    "yeah yes yep yup okay ok right sure alright good great fine cool nice perfect lovely thank thanks you really wow "
    "exactly true i see all got it gotcha"
)
_ANSWERS = table("yes yeah yep yup no nope okay ok sure right correct exactly perfect")
_STOPS = table("no stop wait what sorry excuse hello hey but actually pardon repeat why when where who how cancel help person")
"""One such word alone wants the floor."""
BACKCHANNEL_WORDS: Final = 4
UNSURE: Final = 0.35
"""Words of a shred of sound with less confidence are guesses."""
SURE: Final = 0.6
"""A single word that is no usual one must be this sure."""
_HOLD_ON = (
    "hold on",
    "hang on",
    "one second",
    "one sec",
    "one moment",
    "just a second",
    "just a sec",
    "just a moment",
    "just a minute",
    "give me a second",
    "give me a sec",
    "give me a minute",
    "give me a moment",
    "bear with me",
    "wait a second",
    "wait a minute",
    "wait a moment",
    "one minute",
    "let me check",
    "let me look",
    "let me find",
    "let me get my",
    "let me ask",
)


def asks_to_hold(text: str) -> bool:
    """Did the caller ask us to wait ("hold on", "one second")?"""
    said = " ".join(words(text))
    return len(said) <= 80 and any(phrase in said for phrase in _HOLD_ON)


def is_echo(text: str, spoken: str) -> bool:
    """Are the words a run of what we are saying ourselves? One shared word proves nothing."""
    said, ours = words(text), words(spoken)
    n = len(said)
    return n >= 2 and any(ours[i : i + n] == said for i in range(len(ours) - n + 1))


def meaning(text: str, spoken: str, *, asked: bool = False, confidence: float = 1.0) -> Meaning:
    """What the words mean. `spoken`: what the agent is saying; `asked`: it has just asked something, so that "yes" is an answer."""
    said = words(text)
    if not said:
        return Meaning.NOTHING
    if is_echo(text, spoken):
        return Meaning.ECHO
    if asks_to_hold(text):
        return Meaning.HOLD_ON
    if len(said) <= BACKCHANNEL_WORDS and all(w in _SOUNDS or w in _BACKCHANNEL for w in said) and not text.rstrip().endswith("?"):
        return Meaning.INTERRUPTION if asked and any(w in _ANSWERS for w in said) else Meaning.BACKCHANNEL
    alone = len(said) == 1 and said[0] not in _STOPS and not digits_in(said[0])
    if confidence < (SURE if alone else UNSURE):
        return Meaning.UNCLEAR
    return Meaning.INTERRUPTION


class EchoFloor:
    """Follows the level at which our own sound comes back, so that only what stands out of it counts as the caller. Levels in dBFS."""

    START_DB: Final = -36.0
    """Before anything is known: a loud echo."""
    LEAST_DB: Final = -56.0
    MARGIN_DB: Final = 8.0
    """A caller stands out by at least this."""
    BLOCK_PACKETS: Final = 50
    LOUDEST: Final = 5
    """Of a second of packets the so many loudest may be the soft onset of a caller: the next one is the echo's level."""
    BLOCKS: Final = 4
    """The floor is the highest of this many seconds in which we spoke."""
    RETURN_DB: Final = 20.0
    """Where our own level is told: the line swallows at least so much of it, until it is measured."""
    PAUSE_DB: Final = -45.0
    """Under this level we pause between words: it says nothing of our echo."""

    __slots__ = ("_blocks", "_guessed", "_levels", "_ours", "_ours_now", "db")

    def __init__(self) -> None:
        self.db = self.START_DB
        self._blocks = [self.START_DB] * self.BLOCKS
        self._levels: list[float] = []
        self._ours: float | None = None
        """The level of what we played when the echo was measured."""
        self._ours_now = self.PAUSE_DB
        """The loudest we have played since."""
        self._guessed = True

    def covers(self, level_db: float) -> bool:
        """Is a packet of this level no louder than our own echo may be? Learns from it if so."""
        if level_db > self.db + self.MARGIN_DB:
            return False
        self._levels.append(level_db)
        if len(self._levels) >= self.BLOCK_PACKETS:
            echo = max(self.LEAST_DB, sorted(self._levels)[-1 - self.LOUDEST])
            self._levels.clear()
            if self._ours is not None and self._ours_now > self.PAUSE_DB:
                if self._guessed:
                    self._blocks, self._guessed = [echo] * self.BLOCKS, False
                self._ours, self._ours_now = self._ours_now, self.PAUSE_DB
            self._blocks = [*self._blocks[1:], echo]
            self.db = max(self._blocks)
        return True

    def teach(self, level_db: float) -> None:
        """This loud was an echo: its words were our own."""
        if level_db > self.db:
            self.db = self._blocks[-1] = level_db

    def played(self, level_db: float) -> None:
        """How loud we are just now: the echo is guessed from it until it is measured, and grows as we grow louder."""
        if level_db <= self.PAUSE_DB:
            return
        self._ours_now = max(self._ours_now, level_db)
        if self._ours is None:
            self._blocks = [level_db - self.RETURN_DB] * self.BLOCKS
        elif level_db > self._ours:
            self._blocks = [block + level_db - self._ours for block in self._blocks]
        self._ours = level_db if self._ours is None else max(self._ours, level_db)
        self.db = max(self._blocks)


class Calm:
    """Does nothing on the line sound like a voice while we speak, not even our echo? Then voice activity alone tells a caller's."""

    PACKETS: Final = 50
    """The last second in which we spoke and nothing stood out; before that nothing is known."""
    VOICED: Final = 0.5
    MOST: Final = 5
    """So many packets may seem voiced."""

    __slots__ = ("_voiced",)

    def __init__(self) -> None:
        self._voiced: deque[bool] = deque(maxlen=self.PACKETS)

    def add(self, probability: float) -> None:
        self._voiced.append(probability >= self.VOICED)

    def __bool__(self) -> bool:
        return len(self._voiced) == self.PACKETS and sum(self._voiced) <= self.MOST


class Burst:
    """Sound that stands out of the echo while the agent speaks: is it a voice, and does it keep up as a speaker's who wants the floor?
    A backchannel dies away within half a second."""

    PEAK: Final = 0.45
    MEAN: Final = 0.15
    """What the voice activity must say of loud sound at its best, and on average, to be a voice."""
    RECENT: Final = 6
    """Packets (120 ms) that tell whether the voice is still up …"""
    STRONG_DB: Final = 9.0
    """… within this of its loudest packet."""
    SURE: Final = 0.97
    """On a line where nothing else sounds like a voice, the voice goes on through soft sounds as long as every recent packet is this surely one …"""
    SOFT_DB: Final = 25.0
    """… and within this of the loudest: what the voice activity still says in the silence after a word does not count."""

    __slots__ = ("_calm", "_levels", "_packets", "_peak", "_probabilities", "_sum", "last_ms", "loud_ms", "peak_db", "start_ms")

    def __init__(self, start_ms: int, *, calm: bool = False) -> None:
        self._calm = calm
        self._probabilities: deque[float] = deque(maxlen=self.RECENT)
        self.start_ms = self.last_ms = start_ms
        self.loud_ms, self.peak_db = 0, -96.0
        self._levels: deque[float] = deque(maxlen=self.RECENT)
        self._packets, self._sum, self._peak = 0, 0.0, 0.0

    def add(self, probability: float, level_db: float, end_ms: int, *, loud: bool) -> None:
        """The next packet; `loud`: it stands out of the echo."""
        self._packets += 1
        self._sum += probability
        self._peak = max(self._peak, probability)
        self._levels.append(level_db)
        self._probabilities.append(probability)
        if loud:
            self.loud_ms += end_ms - max(self.last_ms, end_ms - PACKET_MS)
            self.peak_db = max(self.peak_db, level_db)
        if loud or (self.is_sure and level_db > self.peak_db - self.SOFT_DB):
            self.last_ms = end_ms

    @property
    def lasts_ms(self) -> int:
        return self.last_ms - self.start_ms

    @property
    def is_voice(self) -> bool:
        return self._peak >= self.PEAK and self._sum >= self.MEAN * self._packets

    @property
    def is_sure(self) -> bool:
        """Is it surely a voice that goes on? Only a calm line can tell: elsewhere our own echo sounds like one too."""
        return self._calm and min(self._probabilities) >= self.SURE

    @property
    def is_up(self) -> bool:
        """Is the voice still as loud as at its height?"""
        power = sum(10 ** (level / 10) for level in self._levels) / len(self._levels)
        return power >= 10 ** ((self.peak_db - self.STRONG_DB) / 10)

"""A call's states and deadlines, pure: fed with what happens and with time, it answers silence prompts and the end. Nothing waits without a limit."""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.catalogue import NextStep


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Every wait of a call, in ms."""

    silence_ms: int = 7_000
    """Nobody speaks, nothing is owed: the next step of the silence ladder (reprompt, offer a person, goodbye)."""
    hold_ms: int = 90_000
    """"Hold on": silent this long, then one soft check."""
    reply_ms: int = 15_000
    """A turn is over and nothing of a reply is heard: the desk takes over."""
    no_media_ms: int = 10_000
    """No packet from the carrier: the line is lost."""
    move_ms: int = 12_000
    """The last sentence should have been heard: go on without its mark."""
    longest_ms: int = 45 * 60_000
    """A call longer than this goes to the desk."""
    silent_call_ms: int = 55_000
    """Not one word since the call began: it ends as silent."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """The caller has been silent for the nth time in a row: 1 asks, 2 offers a person, 3 says goodbye."""

    nth: int


@dataclass(frozen=True, slots=True)
class End:
    reason: str
    step: NextStep | None = None


Action = Prompt | End


class Lifecycle:
    """Verbs are what happened, with the stream clock; `tick` says what follows."""

    def __init__(self, deadlines: Deadlines = Deadlines()) -> None:
        self._limits = deadlines
        self._caller_speaks = False
        self._turn_open = False
        """The caller has said something that is not understood yet."""
        self._agent_speaks = False
        self._owes_since: int | None = None
        """Since when a reply is owed and not heard."""
        self._reply_running = False
        self._quiet_since: int | None = None
        self._hold_until: int | None = None
        self._prompts = 0
        self._spoken_to = False
        self._moving: tuple[End, int] | None = None
        self._last_packet_ms = 0

    def packet(self, at_ms: int) -> None:
        self._last_packet_ms = at_ms

    def caller_speaks(self) -> None:
        self._caller_speaks = self._turn_open = True

    def caller_silent(self, now_ms: int) -> None:
        self._caller_speaks = False
        self._settle(now_ms)

    def turn_ended(self, now_ms: int, *, words: bool = True) -> None:
        """The caller said something: the ladder starts anew, a hold and a planned end are off ("goodbye… oh, one more thing")."""
        if words:
            self._prompts, self._spoken_to = 0, True
            self._hold_until, self._moving = None, None
        self._caller_speaks = self._turn_open = False
        self._settle(now_ms)

    def keyed(self) -> None:
        """A key was pressed: somebody is there. A planned end stands: people press zero twice."""
        self._prompts, self._spoken_to, self._hold_until = 0, True, None
        self._quiet_since = None

    def reply_began(self, now_ms: int) -> None:
        self._owes_since, self._reply_running = now_ms, True

    def reply_ended(self, now_ms: int) -> None:
        self._reply_running = False
        self._owes_since = None
        self._settle(now_ms)

    def agent_audible(self, now_ms: int) -> None:
        self._agent_speaks, self._owes_since = True, None
        if self._moving:
            self._moving = (self._moving[0], now_ms + self._limits.move_ms)
        self._settle(now_ms)

    def agent_quiet(self, now_ms: int) -> None:
        self._agent_speaks = False
        self._settle(now_ms)

    def holds_on(self, now_ms: int) -> None:
        self._hold_until = now_ms + self._limits.hold_ms

    def moves_on(self, step: NextStep, reason: str, now_ms: int) -> None:
        """When all that is being said is heard, the call goes there."""
        self._moving = (End(reason, step), now_ms + self._limits.move_ms)

    def tick(self, now_ms: int) -> Sequence[Action]:
        if self._moving and (self._all_heard() or now_ms > self._moving[1]):
            return (self._moving[0],)
        if now_ms - self._last_packet_ms > self._limits.no_media_ms:
            return (End("line lost"),)
        if now_ms > self._limits.longest_ms:
            return (End("too long", NextStep.DESK),)
        if not self._spoken_to and now_ms > self._limits.silent_call_ms and not (self._agent_speaks or self._turn_open):
            return (End("silent"),)
        if self._owes_since is not None and now_ms - self._owes_since > self._limits.reply_ms:
            return (End("no reply", NextStep.DESK),)
        return self._silence(now_ms)

    def _silence(self, now_ms: int) -> Sequence[Action]:
        self._settle(now_ms)
        if self._quiet_since is None or self._moving:
            return ()
        if self._hold_until is not None:
            if now_ms < self._hold_until:
                return ()
            self._hold_until = None
        elif now_ms - self._quiet_since < self._limits.silence_ms:
            return ()
        self._prompts += 1
        self._quiet_since = now_ms
        return (Prompt(self._prompts),) if self._prompts <= 3 else (End("silent", NextStep.HANG_UP),)

    def _settle(self, now_ms: int) -> None:
        busy = self._caller_speaks or self._agent_speaks or self._reply_running
        if busy:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = now_ms

    def _all_heard(self) -> bool:
        return not (self._agent_speaks or self._reply_running or self._caller_speaks or self._turn_open)

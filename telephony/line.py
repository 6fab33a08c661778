"""The running line: which hotel, who answers, which calls are known and live. Webhooks and sockets meet here."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import structlog

from data.database import Database
from data.errors import DataError
from data.hotel import Hotel
from data.queries import hotels as hotel_rows
from telephony.call import Call, CallFacts, Part
from telephony.errors import NotReady, TokenRefused
from telephony.events import Ended
from telephony.media_socket import Socket
from telephony.media_stream import MediaStream, Started
from telephony.routing import Answer, House, Ringing, route
from telephony.stream_tokens import StreamTokens

HOTELS_FRESH_S = 30.0
"""How old the hotels in memory may be before they are read again."""
MOST_KNOWN = 10_000
HOUR_S = 3600.0
MINUTE_S = 60.0
MOST_CALLERS = 10_000

log = structlog.get_logger()

BuildParts = Callable[[CallFacts, Hotel, MediaStream, Socket], list[Part]]


@dataclass(slots=True)
class KnownCall:
    """What is remembered of a call while it lasts and a while after."""

    facts: CallFacts
    hotel: Hotel
    answer: Answer
    call: Call | None = None
    streamed: bool = False
    """It has had its media stream: no second one."""
    dialled_desk: bool = False

    @property
    def ended(self) -> Ended | None:
        return self.call.ended if self.call else None


@dataclass(slots=True)
class Hotels:
    """The hotels, kept in memory so that a ringing phone waits for no database."""

    database: Database
    default_slug: str | None
    _by_number: dict[str, Hotel] = field(default_factory=dict)
    _by_slug: dict[str, Hotel] = field(default_factory=dict)
    _read_s: float = -HOTELS_FRESH_S

    async def read(self) -> None:
        """Raises DataError."""
        async with self.database.read() as session:
            every = await hotel_rows.list_hotels(session)
        self._by_slug = {hotel.slug: hotel for hotel in every}
        self._by_number = {number: hotel for hotel in every for number in hotel.numbers}
        self._read_s = time.monotonic()

    async def called(self, number: str) -> Hotel | None:
        """The hotel that claims the number, else the default one, else none."""
        if time.monotonic() - self._read_s > HOTELS_FRESH_S:
            try:
                await self.read()
            except DataError:
                log.warning("hotels not read, older ones are used")
        found = self._by_number.get(number)
        if found is None:
            log.info("called number is nobody's", pii_number=number)
            found = self.default
        return found

    def by_slug(self, slug: str | None) -> Hotel | None:
        return self._by_slug.get(slug) if slug else self.default

    @property
    def default(self) -> Hotel | None:
        return self._by_slug.get(self.default_slug) if self.default_slug else None

    @property
    def all(self) -> tuple[Hotel, ...]:
        return tuple(self._by_slug.values())


@dataclass(slots=True)
class RecentCallers:
    """How often a number has called lately, for loops and caps."""

    _times: dict[str, deque[float]] = field(default_factory=dict)

    def count(self, number: str | None, now_s: float) -> tuple[int, int]:
        """(within the last minute, within the last hour), this call not counted; then counts it."""
        if number is None:
            return 0, 0
        if len(self._times) >= MOST_CALLERS:
            self._times = {known: times for known, times in self._times.items() if times[-1] > now_s - HOUR_S}
        times = self._times.setdefault(number, deque(maxlen=1000))
        while times and times[0] <= now_s - HOUR_S:
            times.popleft()
        counted = sum(1 for at in times if at > now_s - MINUTE_S), len(times)
        times.append(now_s)
        return counted


class Line:
    """One process's line."""

    def __init__(
        self,
        hotels: Hotels,
        parts: BuildParts,
        tokens: StreamTokens,
        *,
        most_calls: int,
        lagging: Callable[[], bool] = lambda: False,
        utc_now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.hotels, self.tokens, self.utc_now = hotels, tokens, utc_now
        self.draining = False
        self.ready = False
        self._parts, self._most_calls, self._lagging = parts, most_calls, lagging
        self._known: dict[str, KnownCall] = {}
        self._live: dict[str, Call] = {}
        self._recent = RecentCallers()
        self._over = asyncio.Condition()

    def house(self) -> House:
        return House(len(self._live), self._most_calls, self._lagging(), self.draining or not self.ready)

    @property
    def live_calls(self) -> int:
        return len(self._live)

    @property
    def full(self) -> bool:
        return len(self._live) >= self._most_calls

    def live(self, call_sid: str) -> bool:
        return call_sid in self._live

    def known(self, call_sid: str) -> KnownCall | None:
        return self._known.get(call_sid)

    def ring(self, call_sid: str, ringing: Ringing, hotel: Hotel) -> KnownCall:
        """A webhook for a call: who answers it. A repeated one is answered as before."""
        if known := self._known.get(call_sid):
            return known
        answer = route(ringing, hotel, self.house(), self.utc_now())
        facts = CallFacts(uuid4(), call_sid, ringing.from_number, ringing.to_number, ringing.forwarded_from)
        while len(self._known) >= MOST_KNOWN:
            oldest = next((sid for sid in self._known if sid not in self._live), next(iter(self._known)))
            del self._known[oldest]
        known = self._known[call_sid] = KnownCall(facts, hotel, answer)
        log.info("call rings", call_sid=call_sid, who=answer.who.value, reason=answer.reason, hotel=hotel.slug)
        return known

    def counts(self, number: str | None) -> tuple[int, int]:
        return self._recent.count(number, time.monotonic())

    def begin(self, started: Started, stream: MediaStream, socket: Socket) -> Call:
        """The call of a media stream. Raises TokenRefused, NotReady."""
        self.tokens.use(started.call_sid, started.parameters.get("token", ""))
        known = self._known.get(started.call_sid)
        if known is None or known.streamed:
            raise TokenRefused("a stream without a ringing call, or a second one")
        if not self.ready:
            raise NotReady("the line is starting")
        known.streamed = True
        call = Call(known.facts, self._parts(known.facts, known.hotel, stream, socket), asyncio.get_running_loop().time)
        known.call = call
        return call

    async def live_through(self, call: Call) -> Ended:
        """Run the call from start to end, counted as live meanwhile."""
        self._live[call.facts.call_sid] = call
        try:
            return await call.live()
        finally:
            del self._live[call.facts.call_sid]
            async with self._over:
                self._over.notify_all()

    async def drained(self, limit_s: float) -> bool:
        """Wait for the live calls to end by themselves. False: some did not within the limit."""
        try:
            async with asyncio.timeout(limit_s), self._over:
                await self._over.wait_for(lambda: not self._live)
        except TimeoutError:
            return False
        return True

    def end_all(self, reason: str) -> list[UUID]:
        """The server stops: every live call ends now."""
        for call in tuple(self._live.values()):
            call.tell(Ended(reason))
        return [call.facts.id for call in self._live.values()]

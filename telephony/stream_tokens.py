"""Single-use tokens that let one media stream in: bound to a CallSid, 60 s."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from telephony.errors import TokenRefused

LIFE_S = 60.0
MOST = 10_000
"""Tokens kept at once; beyond, the oldest is forgotten (a flood of webhooks is refused by admission before)."""


@dataclass(slots=True)
class _Issued:
    token: str
    until_s: float
    used: bool = False


class StreamTokens:
    """`clock`: monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._issued: dict[str, _Issued] = {}

    def issue(self, call_sid: str) -> str:
        """A repeated webhook gets the same token while it is unused and fresh."""
        now = self._clock()
        known = self._issued.get(call_sid)
        if known and not known.used and known.until_s > now:
            return known.token
        self._forget(now)
        issued = _Issued(secrets.token_urlsafe(24), now + LIFE_S)
        self._issued[call_sid] = issued
        return issued.token

    def use(self, call_sid: str, token: str) -> None:
        """Raises TokenRefused unless this is the call's own, fresh, unused token."""
        issued = self._issued.get(call_sid)
        right = hmac.compare_digest(issued.token.encode() if issued else b"none", token.encode())
        if issued is None or not right or issued.used or issued.until_s <= self._clock():
            raise TokenRefused("unknown, used or expired")
        issued.used = True

    def _forget(self, now: float) -> None:
        """Expired ones leave; a used one stays for its minute, so that a late repeat of it is known."""
        for call_sid in [sid for sid, issued in self._issued.items() if issued.until_s <= now]:
            del self._issued[call_sid]
        while len(self._issued) >= MOST:
            del self._issued[next(iter(self._issued))]

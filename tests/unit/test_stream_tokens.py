"""Single-use tokens of media streams."""

import pytest

from telephony.errors import TokenRefused
from telephony.stream_tokens import LIFE_S, MOST, StreamTokens


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> StreamTokens:
    return StreamTokens(clock)


def test_a_token_lets_its_call_in_once(tokens: StreamTokens) -> None:
    token = tokens.issue("CA1")
    tokens.use("CA1", token)
    with pytest.raises(TokenRefused):
        tokens.use("CA1", token)


def test_a_repeated_webhook_gets_the_same_token_until_it_is_used(tokens: StreamTokens, clock: Clock) -> None:
    first = tokens.issue("CA1")
    clock.now += LIFE_S - 1
    assert tokens.issue("CA1") == first
    tokens.use("CA1", first)
    assert tokens.issue("CA1") != first


def test_an_expired_token_is_replaced(tokens: StreamTokens, clock: Clock) -> None:
    first = tokens.issue("CA1")
    clock.now += LIFE_S
    with pytest.raises(TokenRefused):
        tokens.use("CA1", first)
    second = tokens.issue("CA1")
    assert second != first
    tokens.use("CA1", second)


@pytest.mark.parametrize("token", ["", "none", "x" * 10_000, "ü", "\u0000"])
def test_made_up_tokens_are_refused(tokens: StreamTokens, token: str) -> None:
    tokens.issue("CA1")
    for call_sid in ("CA1", "CA2", ""):
        with pytest.raises(TokenRefused):
            tokens.use(call_sid, token)


def test_another_calls_token_is_refused_and_stays_good(tokens: StreamTokens) -> None:
    token = tokens.issue("CA1")
    tokens.issue("CA2")
    with pytest.raises(TokenRefused):
        tokens.use("CA2", token)
    tokens.use("CA1", token)


def test_tokens_cannot_be_guessed_and_differ(tokens: StreamTokens) -> None:
    issued = {tokens.issue(f"CA{number}") for number in range(200)}
    assert len(issued) == 200
    assert min(map(len, issued)) >= 32


def test_a_flood_of_webhooks_is_forgotten_oldest_first(tokens: StreamTokens) -> None:
    first = tokens.issue("CA-first")
    for number in range(MOST):
        tokens._issued[f"CA{number}"] = tokens._issued["CA-first"]
    last = tokens.issue("CA-last")
    assert len(tokens._issued) == MOST
    tokens.use("CA-last", last)
    with pytest.raises(TokenRefused):
        tokens.use("CA-first", first)

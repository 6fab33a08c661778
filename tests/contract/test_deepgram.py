"""The Flux adapter on a real socket: turns, times, and everything that can go wrong with a connection."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from speech.deepgram_transcriber import DeepgramLimits, DeepgramListening, DeepgramTranscriber
from speech.deepgram_turns import THRESHOLDS, Thresholds
from speech.errors import TranscriberError
from speech.ports import Answer, ListenHints, TranscriberFailed, Transcript, TurnMark, TurnSignal
from tests.contract.providers import Told, nothing_left, play, silence, speech, until
from tests.emulators import deepgram_emulator
from tests.emulators.deepgram_emulator import Knobs
from tests.emulators.peers import silent_peer
from tests.emulators.serving import Running

QUICK = DeepgramLimits(connect_s=1.0, close_s=0.3, idle_s=0.04, deaf_s=0.6, dead_s=0.3, carried_s=0.6, forced_s=0.4)
NO_HINTS = ListenHints()
TEXT = "Is there a place to leave our bicycles overnight?"
FULL_TURN = [TurnMark.STARTED, TurnMark.LIKELY_END, TurnMark.ENDED]


@pytest.fixture
def flux() -> Iterator[Running[Knobs]]:
    with deepgram_emulator.running(Knobs(key="right")) as emulator:
        yield emulator


@asynccontextmanager
async def listening(
    flux: Running[Knobs], told: Told, hints: ListenHints = NO_HINTS, limits: DeepgramLimits = QUICK
) -> AsyncIterator[DeepgramListening]:
    async with nothing_left():
        transcriber = DeepgramTranscriber("right", flux.base_url, limits=limits)
        await transcriber.warm()
        one = await transcriber.listen(told, hints)
        try:
            yield one
        finally:
            await one.close()
            await one.close()
            await transcriber.aclose()


async def test_two_turns_with_times_of_the_stream_clock(flux: Running[Knobs]) -> None:
    flux.knobs.texts = [TEXT, "Two of them."]
    told = Told()
    async with listening(flux, told) as one:
        after = await play(one, silence(400) + speech(2600) + silence(600), 5_000)
        await told.turns(1)
        await play(one, speech(900) + silence(600), after + 3_000)
        await told.turns(2)
    assert told.marks == FULL_TURN * 2
    first, second = told.finals
    assert (first.text, first.language) == (TEXT, "en")
    assert first.confidence == pytest.approx(0.96)
    assert second.text == "Two of them."
    signals = [event for event in told.events if isinstance(event, TurnSignal)]
    assert 5_400 <= signals[0].at_ms <= 5_500
    assert first.upto_ms == signals[2].at_ms == pytest.approx(5_000 + 400 + 2_600 + 260, abs=100)
    assert signals[3].at_ms == pytest.approx(after + 3_000, abs=100)


async def test_the_signal_follows_its_text_and_partials_grow(flux: Running[Knobs]) -> None:
    flux.knobs.texts = [TEXT]
    told = Told()
    async with listening(flux, told) as one:
        await play(one, speech(2600) + silence(600), 0)
        await told.turns(1)
    texts = [event.text for event in told.events if isinstance(event, Transcript)]
    assert all(TEXT.startswith(text) for text in texts)
    assert len(set(texts)) >= 5
    ended = told.events.index(TurnSignal(TurnMark.ENDED, told.finals[0].upto_ms))
    assert told.events[ended - 1] is told.finals[0]


async def test_a_pause_that_looked_like_the_end_is_taken_back(flux: Running[Knobs]) -> None:
    flux.knobs.texts = ["Hm."]
    told = Told()
    async with listening(flux, told) as one:
        await play(one, speech(700) + silence(200) + speech(400) + silence(600), 0)
        await told.turns(1)
    assert told.marks == [TurnMark.STARTED, TurnMark.LIKELY_END, TurnMark.RESUMED, TurnMark.LIKELY_END, TurnMark.ENDED]


async def test_silence_is_sent_when_packets_stop(flux: Running[Knobs]) -> None:
    """Flux ends a turn only by audio, and a muted caller sends none."""
    flux.knobs.texts = ["Thank you."]
    told = Told()
    async with listening(flux, told) as one:
        await play(one, speech(700), 0)
        await told.turns(1)
    assert told.finals[0].text == "Thank you."


async def test_what_is_not_understood_is_passed_over(flux: Running[Knobs]) -> None:
    flux.knobs.texts, flux.knobs.garbage = [TEXT], True
    told = Told()
    async with listening(flux, told) as one:
        await play(one, speech(2600) + silence(600), 0)
        await told.turns(1)
    assert told.marks == FULL_TURN


@pytest.mark.filterwarnings("ignore:.*InvalidStatusCode.*:DeprecationWarning")
async def test_the_address_says_what_the_hints_say_and_the_sdk_would(flux: Running[Knobs]) -> None:
    from deepgram import AsyncDeepgramClient
    from deepgram.environment import DeepgramClientEnvironment

    async with listening(flux, Told(), ListenHints(("en", "de"), ("Hotel Lindenhof", "Spätzle"))):
        pass
    ours = flux.journal.of("connected")[0]["query"]
    base = flux.base_url
    sockets = base.replace("http", "ws")
    places = DeepgramClientEnvironment(base=base, production=sockets, agent=sockets, agent_rest=base)
    async with AsyncDeepgramClient(api_key="right", environment=places).listen.v2.connect(
        model="flux-general-multi",
        encoding="mulaw",
        sample_rate=8000,
        eot_threshold=0.7,
        eager_eot_threshold=0.4,
        eot_timeout_ms=5000,
        language_hint=["en", "de"],
        keyterm=["Hotel Lindenhof", "Spätzle"],
    ) as sdk:
        assert (await sdk.recv()).type == "Connected"
    assert sorted(flux.journal.of("connected")[1]["query"]) == sorted(ours)


@pytest.mark.parametrize(("answer", "timeout_ms"), [(Answer.SPELLING, 7000), (Answer.EMAIL, 7000), (Answer.YES_NO, 3000)])
async def test_the_kind_of_answer_sets_how_long_a_pause_may_be(flux: Running[Knobs], answer: Answer, timeout_ms: int) -> None:
    async with listening(flux, Told()) as one:
        one.expect(Answer.DATE)
        one.expect(answer)
        one.expect(answer)
        await until(lambda: flux.journal.of("control"))
        one.expect(Answer.ANYTHING)
        await until(lambda: len(flux.journal.of("control")) == 2)
    timeouts = [entry["message"]["thresholds"]["eot_timeout_ms"] for entry in flux.journal.of("control")]
    assert timeouts == [timeout_ms, 5000]


async def test_a_lost_connection_costs_no_word(flux: Running[Knobs]) -> None:
    flux.knobs.drop_after_ms = 1500
    told = Told()
    async with httpx.AsyncClient() as caller:
        await caller.post(flux.base_url + "/script", json={"text": TEXT})
    async with listening(flux, told) as one:
        await play(one, silence(200) + speech(2600) + silence(900), 0)
        await told.turns(1)
    assert told.finals[0].text == TEXT
    assert told.marks.count(TurnMark.STARTED) == told.marks.count(TurnMark.ENDED) == 1
    assert len(flux.journal.of("connected")) == 2
    assert told.finals[0].upto_ms == pytest.approx(200 + 2600 + 260, abs=250)


async def test_a_turn_that_the_lost_connection_had_heard_whole_is_ended(flux: Running[Knobs]) -> None:
    """The second connection hears only silence and says nothing of it."""
    flux.knobs.drop_after_ms = 950
    told = Told()
    async with httpx.AsyncClient() as caller:
        await caller.post(flux.base_url + "/script", json=["Yes."])
    async with listening(flux, told) as one:
        await play(one, speech(900) + silence(60), 0)
        await told.turns(1)
    assert [final.text for final in told.finals] == ["Yes."]


async def test_lost_again_at_once_is_a_failure(flux: Running[Knobs]) -> None:
    flux.knobs.drop_after_ms, flux.knobs.drop_all = 300, True
    told = Told()
    async with listening(flux, told) as one:
        await play(one, silence(2000), 1000)
        await told.until(lambda events: any(isinstance(event, TranscriberFailed) for event in events))
        one.audio(silence(20), 9_000)
    assert [type(event) for event in told.events] == [TranscriberFailed]
    assert len(flux.journal.of("connected")) == 2


@pytest.mark.parametrize("status", [503, 429, 401])
async def test_lost_and_then_refused_is_a_failure(flux: Running[Knobs], status: int) -> None:
    flux.knobs.drop_after_ms, flux.knobs.refuse_after, flux.knobs.status = 300, 1, status
    told = Told()
    async with listening(flux, told) as one:
        await play(one, silence(600), 0)
        await told.until(bool)
    assert isinstance(failed := told.events[-1], TranscriberFailed)
    assert str(status) in failed.reason


async def test_a_fatal_message_replaces_the_connection_once(flux: Running[Knobs]) -> None:
    flux.knobs.fatal_after_ms = 300
    told = Told()
    async with listening(flux, told) as one:
        await play(one, silence(2000), 0)
        await told.until(bool)
    assert isinstance(failed := told.events[-1], TranscriberFailed)
    assert failed.reason == "INTERNAL_SERVER_ERROR"


async def test_a_deaf_connection_is_found_out_by_loud_audio(flux: Running[Knobs]) -> None:
    flux.knobs.mute = True
    told = Told()
    async with listening(flux, told) as one:
        await play(one, speech(6000), 0)
        await told.until(bool)
    assert [type(event) for event in told.events] == [TranscriberFailed]
    assert {entry["message"]["type"] for entry in flux.journal.of("control")} == {"Configure"}


async def test_a_turn_without_end_is_told_to_end_and_then_ended(flux: Running[Knobs], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(THRESHOLDS, Answer.YES_NO, Thresholds(0.6, 0.35, 500))
    flux.knobs.texts, flux.knobs.never_end = ["No."], True
    told = Told()
    async with listening(flux, told) as one:
        one.expect(Answer.YES_NO)
        await play(one, speech(500) + silence(500), 0)
        await told.turns(1)
    assert [final.text for final in told.finals] == ["No."]
    assert {"type": "ForceEndTurn"} in [entry["message"] for entry in flux.journal.of("control")]


@pytest.mark.parametrize(("status", "again"), [(401, False), (403, False), (429, True), (500, True)])
async def test_a_refused_connection(flux: Running[Knobs], status: int, again: bool) -> None:
    flux.knobs.status = status
    async with nothing_left():
        with pytest.raises(TranscriberError, match=str(status)) as caught:
            await DeepgramTranscriber("right", flux.base_url, limits=QUICK).listen(Told(), ListenHints())
    assert caught.value.retryable is again


async def test_a_wrong_key_is_refused(flux: Running[Knobs]) -> None:
    with pytest.raises(TranscriberError) as caught:
        await DeepgramTranscriber("wrong", flux.base_url, limits=QUICK).listen(Told(), ListenHints())
    assert not caught.value.retryable


@pytest.mark.parametrize("handshake", [False, True])
async def test_a_peer_that_says_nothing_is_given_up_in_time(handshake: bool) -> None:
    async with silent_peer(handshake=handshake) as address, nothing_left():
        with pytest.raises(TranscriberError, match="in time"):
            await DeepgramTranscriber("k", address, limits=DeepgramLimits(connect_s=0.3)).listen(Told(), ListenHints())


async def test_nobody_there() -> None:
    with pytest.raises(TranscriberError, match="no connection"):
        await DeepgramTranscriber("k", "http://127.0.0.1:9", limits=QUICK).listen(Told(), ListenHints())


async def test_closing_does_not_wait_for_a_dead_peer() -> None:
    async with silent_peer(handshake=True, first_frame='{"type":"Connected","request_id":"r","sequence_id":0}') as address, nothing_left():
        one = await DeepgramTranscriber("k", address).listen(Told(), ListenHints())
        one.audio(speech(100), 0)
        async with asyncio.timeout(1.0):
            await one.close()


async def test_what_waits_to_be_sent_is_bounded(flux: Running[Knobs]) -> None:
    async with listening(flux, Told()) as one:
        for at in range(0, 15_000, 20):
            one.audio(silence(20), at)
        assert one.dropped_ms == pytest.approx(5_000, abs=160)


async def test_the_transcriber_closes_what_is_open(flux: Running[Knobs]) -> None:
    async with nothing_left():
        transcriber = DeepgramTranscriber("right", flux.base_url, limits=QUICK)
        for _ in range(3):
            await transcriber.listen(Told(), ListenHints())
        await transcriber.aclose()
    await until(lambda: len(flux.journal.of("closed")) == 3)

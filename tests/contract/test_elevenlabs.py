"""The ElevenLabs adapter on real sockets: sound and where its words begin, interruptions, and everything that can go wrong."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from speech.elevenlabs_synthesizer import ElevenLabsLimits, ElevenLabsSpeaking, ElevenLabsSynthesizer
from speech.errors import SynthesizerError
from speech.mulaw import level
from speech.ports import Speech
from tests.contract.providers import nothing_left, until
from tests.emulators import elevenlabs_emulator
from tests.emulators.elevenlabs_emulator import Knobs
from tests.emulators.peers import silent_peer
from tests.emulators.serving import Running

QUICK = ElevenLabsLimits(connect_s=1.0, first_audio_s=0.4, between_s=0.4, close_s=0.3, again_s=30.0)
SENTENCE = "The pool opens at seven in the morning."


@pytest.fixture
def voices() -> Iterator[Running[Knobs]]:
    with elevenlabs_emulator.running(Knobs(key="right", first_audio_ms=20, chunk_gap_ms=1)) as emulator:
        yield emulator


@asynccontextmanager
async def synthesizer(address: str, limits: ElevenLabsLimits = QUICK) -> AsyncIterator[ElevenLabsSynthesizer]:
    async with nothing_left():
        one = ElevenLabsSynthesizer("right", address, "usual", limits=limits)
        await one.warm()
        try:
            yield one
        finally:
            await one.aclose()


async def said(speaking: ElevenLabsSpeaking, sentence: str = SENTENCE, **how: float) -> list[Speech]:
    return [piece async for piece in speaking.say(sentence, **how)]


def length_ms(pieces: list[Speech]) -> int:
    return sum(len(piece.mulaw) for piece in pieces) // 8


def messages(voices: Running[Knobs]) -> list[dict[str, Any]]:
    return [entry["message"] for entry in voices.journal.of("message")]


def words_begin(sentence: str) -> list[int]:
    return [at for at, character in enumerate(sentence) if character != " " and (at == 0 or sentence[at - 1] == " ")]


async def test_a_sentence_with_the_times_of_its_words(voices: Running[Knobs]) -> None:
    async with synthesizer(voices.base_url) as one:
        pieces = await said(await one.open())
    starts = [start for piece in pieces for start in piece.starts]
    assert [at for at, _ in starts] == words_begin(SENTENCE)
    assert [ms for _, ms in starts] == [60 * at for at in words_begin(SENTENCE)]
    assert length_ms(pieces) == 60 * (len(SENTENCE) + 1)
    connected = voices.journal.of("connected")
    assert [entry["voice"] for entry in connected] == ["usual"]
    assert connected[0]["query"] == {
        "model_id": "eleven_flash_v2_5",
        "output_format": "ulaw_8000",
        "auto_mode": "true",
        "inactivity_timeout": "180",
    }


async def test_a_context_is_closed_after_its_first_sound_and_never_before(voices: Running[Knobs]) -> None:
    async with synthesizer(voices.base_url) as one:
        speaking = await one.open("another")
        for sentence in ("Good evening.", SENTENCE):
            assert await said(speaking, sentence)
    assert not voices.journal.of("lost_text")
    contexts = [message["context_id"] for message in messages(voices)]
    assert contexts == ["s1", "s1", "s1", "s2", "s2", "s2"]
    assert [message.get("close_context") for message in messages(voices)] == [None, None, True] * 2
    assert voices.journal.of("connected")[0]["voice"] == "another"


async def test_every_call_has_its_own_socket(voices: Running[Knobs]) -> None:
    async with synthesizer(voices.base_url) as one:
        spoken = await asyncio.gather(*[said(await one.open()) for _ in range(4)])
    assert {length_ms(pieces) for pieces in spoken} == {60 * (len(SENTENCE) + 1)}
    assert len(voices.journal.of("connected")) == 4
    await until(lambda: len(voices.journal.of("closed")) == 4)


@pytest.mark.parametrize("after_pieces", [0, 1, 3])
async def test_an_interrupted_sentence_leaves_no_sound_behind(voices: Running[Knobs], after_pieces: int) -> None:
    voices.knobs.chunk_gap_ms = 20
    async with synthesizer(voices.base_url) as one:
        speaking = await one.open()
        first = speaking.say("This sentence is long enough to be cut in the middle of it, whenever that may be.")
        if after_pieces:
            for _ in range(after_pieces):
                await anext(first)
            await first.aclose()
        else:
            begun = asyncio.ensure_future(anext(first))
            await until(lambda: len(messages(voices)) >= 2)
            begun.cancel()
            await asyncio.wait({begun})
            await first.aclose()
        second = await said(speaking, "Of course.")
    assert length_ms(second) == 60 * len("Of course. ")
    assert [message["context_id"] for message in messages(voices) if message.get("close_context")] == ["s1", "s2"]


async def test_more_interruptions_than_contexts(voices: Running[Knobs]) -> None:
    """A closed context counts until its last sound has run out."""
    voices.knobs.chunk_gap_ms = 25
    async with synthesizer(voices.base_url) as one:
        speaking = await one.open()
        for _ in range(8):
            sentence = speaking.say(SENTENCE)
            await anext(sentence)
            await sentence.aclose()
        assert await said(speaking, "Still here.")
    assert len(voices.journal.of("connected")) == 1


async def test_two_sentences_at_once_do_not_mix(voices: Running[Knobs]) -> None:
    async with synthesizer(voices.base_url) as one:
        speaking = await one.open()
        first, second = await asyncio.gather(said(speaking, "A short one."), said(speaking, SENTENCE))
    assert (length_ms(first), length_ms(second)) == (60 * 13, 60 * (len(SENTENCE) + 1))


async def test_pace_and_loudness(voices: Running[Knobs]) -> None:
    async with synthesizer(voices.base_url) as one:
        speaking = await one.open()
        usual = await said(speaking)
        slow = await said(speaking, pace=0.8)
        loud = await said(speaking, gain_db=6.0)
        await said(speaking, pace=0.1)
    speeds = [message["voice_settings"]["speed"] for message in messages(voices) if "voice_settings" in message]
    assert speeds == [1.0, 0.8, 1.0, 0.7]
    assert length_ms(slow) == pytest.approx(length_ms(usual) / 0.8, rel=0.02)
    louder = level(b"".join(piece.mulaw for piece in loud)) - level(b"".join(piece.mulaw for piece in usual))
    assert louder == pytest.approx(5.5, abs=0.6)


async def test_a_silent_context_is_tried_again_in_another(voices: Running[Knobs]) -> None:
    voices.knobs.mute_contexts = 1
    async with synthesizer(voices.base_url) as one:
        pieces = await said(await one.open())
    assert length_ms(pieces) == 60 * (len(SENTENCE) + 1)
    texts = [message["text"] for message in messages(voices) if message.get("flush")]
    assert texts == [SENTENCE + " "] * 2


async def test_a_voice_that_stays_silent_is_an_error(voices: Running[Knobs]) -> None:
    voices.knobs.mute_contexts = 2
    async with synthesizer(voices.base_url) as one:
        speaking = await one.open()
        with pytest.raises(SynthesizerError, match="in time"):
            await said(speaking)
        assert await said(speaking)


async def test_a_voice_that_falls_silent_in_a_sentence_is_an_error(voices: Running[Knobs]) -> None:
    voices.knobs.stall_after_chunks = 2
    async with synthesizer(voices.base_url) as one:
        speaking = await one.open()
        sentence = speaking.say(SENTENCE)
        for _ in range(2):
            assert (await anext(sentence)).mulaw
        with pytest.raises(SynthesizerError, match="in time"):
            await anext(sentence)


async def test_a_sentence_ends_by_its_characters_when_its_end_is_not_told(voices: Running[Knobs]) -> None:
    voices.knobs.lose_finals = True
    async with synthesizer(voices.base_url) as one:
        assert length_ms(await said(await one.open())) == 60 * (len(SENTENCE) + 1)


@pytest.mark.parametrize(("snake_case", "alignment"), [(True, True), (False, False)])
async def test_other_forms_of_the_answers(voices: Running[Knobs], snake_case: bool, alignment: bool) -> None:
    voices.knobs.snake_case, voices.knobs.alignment = snake_case, alignment
    async with synthesizer(voices.base_url) as one:
        pieces = await said(await one.open())
    assert length_ms(pieces) == 60 * (len(SENTENCE) + 1)
    assert bool([start for piece in pieces for start in piece.starts]) is alignment


async def test_a_socket_lost_in_a_sentence_is_an_error_and_the_next_sentence_has_a_new_one(voices: Running[Knobs]) -> None:
    voices.knobs.drop_after_chunks = 2
    async with synthesizer(voices.base_url) as one:
        speaking = await one.open()
        with pytest.raises(SynthesizerError, match="middle"):
            await said(speaking)
        voices.knobs.drop_after_chunks = 0
        assert length_ms(await said(speaking)) == 60 * (len(SENTENCE) + 1)
    assert len(voices.journal.of("connected")) == 2


async def test_by_http_when_the_socket_is_refused(voices: Running[Knobs]) -> None:
    voices.knobs.status = 503
    async with synthesizer(voices.base_url) as one:
        speaking = await one.open()
        for _ in range(2):
            assert length_ms(await said(speaking, pace=1.2)) == pytest.approx(50 * (len(SENTENCE)), abs=60)
    http = voices.journal.of("http")
    assert [entry["voice"] for entry in http] == ["usual"] * 2
    assert http[0]["query"] == {"output_format": "ulaw_8000"}
    assert http[0]["body"]["voice_settings"]["speed"] == 1.2
    assert len(voices.journal.of("refused")) == 1, "a refused socket is not asked for at every sentence"


async def test_an_interrupted_http_sentence_is_not_fetched_to_its_end(voices: Running[Knobs]) -> None:
    voices.knobs.status, voices.knobs.chunk_gap_ms = 503, 50
    async with synthesizer(voices.base_url) as one:
        sentence = (await one.open()).say(SENTENCE)
        await anext(sentence)
        await sentence.aclose()
        await until(lambda: voices.journal.of("http_ended"))
    assert voices.journal.of("http_ended")[0]["whole"] is False


@pytest.mark.parametrize(("status", "again"), [(401, False), (429, True), (500, True)])
async def test_no_socket_and_no_http(voices: Running[Knobs], status: int, again: bool) -> None:
    voices.knobs.status, voices.knobs.http_status = 503, status
    async with synthesizer(voices.base_url) as one:
        with pytest.raises(SynthesizerError, match=str(status)) as caught:
            await said(await one.open())
    assert caught.value.retryable is again


async def test_http_that_hangs(voices: Running[Knobs]) -> None:
    voices.knobs.status, voices.knobs.mute_http = 503, True
    async with synthesizer(voices.base_url) as one:
        with pytest.raises(SynthesizerError, match="no sound"):
            await said(await one.open())


@pytest.mark.parametrize("status", [401, 403])
async def test_a_wrong_key_opens_nothing(voices: Running[Knobs], status: int) -> None:
    voices.knobs.status = status
    async with synthesizer(voices.base_url) as one:
        with pytest.raises(SynthesizerError, match=str(status)) as caught:
            await one.open()
    assert not caught.value.retryable


async def test_nobody_there_or_nobody_who_answers() -> None:
    async with synthesizer("http://127.0.0.1:9") as one:
        with pytest.raises(SynthesizerError):
            await one.open()
    async with silent_peer() as address, synthesizer(address, ElevenLabsLimits(connect_s=0.2)) as one:
        with pytest.raises(SynthesizerError, match="in time"):
            await one.open()


async def test_closing_does_not_wait_for_a_dead_peer() -> None:
    async with silent_peer(handshake=True) as address, synthesizer(address) as one:
        speaking = await one.open()
        async with asyncio.timeout(1.0):
            await speaking.close()
            await speaking.close()
        with pytest.raises(SynthesizerError):
            await said(speaking)


async def test_a_quiet_socket_is_kept_alive(voices: Running[Knobs]) -> None:
    limits = ElevenLabsLimits(keep_alive_s=0.05)
    async with synthesizer(voices.base_url, limits) as one:
        speaking = await one.open()
        await until(lambda: len(messages(voices)) >= 3)
        assert await said(speaking)
    assert [(message["context_id"], message["text"]) for message in messages(voices)[:3]] == [("idle", " "), ("idle", ""), ("idle", "")]


async def test_closing_ends_a_sentence_that_is_being_spoken(voices: Running[Knobs]) -> None:
    voices.knobs.chunk_gap_ms = 50
    async with synthesizer(voices.base_url) as one:
        speaking = await one.open()
        sentence = speaking.say(SENTENCE)
        await anext(sentence)
        await speaking.close()
        with pytest.raises(SynthesizerError):
            async for _ in sentence:
                pass


@pytest.mark.parametrize("nothing", ["", "  ", "...", "—"])
async def test_nothing_to_say(voices: Running[Knobs], nothing: str) -> None:
    async with synthesizer(voices.base_url) as one:
        assert await said(await one.open(), nothing) == []
    assert not messages(voices)

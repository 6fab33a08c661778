"""The emulators against the SDKs' own types and clients: they may not agree with our adapters' mistakes."""

import json
from functools import partial
from itertools import pairwise
from typing import Any

import httpx
import pytest
from deepgram.listen.v2.types.listen_v2configure_success import ListenV2ConfigureSuccess
from deepgram.listen.v2.types.listen_v2connected import ListenV2Connected
from deepgram.listen.v2.types.listen_v2fatal_error import ListenV2FatalError
from deepgram.listen.v2.types.listen_v2turn_info import ListenV2TurnInfo
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.types.audio_output_multi import AudioOutputMulti
from elevenlabs.types.final_output_multi import FinalOutputMulti
from openai import AsyncOpenAI
from websockets.asyncio.client import connect

from agent import openai_warmup
from tests.contract.providers import silence, speech
from tests.emulators import deepgram_emulator, elevenlabs_emulator, openai_emulator

FLUX_TYPES: dict[str, Any] = {
    "Connected": ListenV2Connected,
    "TurnInfo": ListenV2TurnInfo,
    "ConfigureSuccess": ListenV2ConfigureSuccess,
    "Error": ListenV2FatalError,
}
FLUX_PATH = "/v2/listen?model=flux-general-multi&encoding=mulaw&sample_rate=8000"


def websocket(base: str, path: str) -> str:
    return base.replace("http", "ws") + path


async def test_every_flux_message_is_one_of_the_sdk() -> None:
    knobs = deepgram_emulator.Knobs(texts=["Yes.", "Good morning to you all."], fatal_after_ms=4600)
    seen: list[dict[str, Any]] = []
    with deepgram_emulator.running(knobs) as flux:
        async with connect(websocket(flux.base_url, FLUX_PATH), additional_headers={"Authorization": "Token k"}) as socket:
            await socket.send(json.dumps({"type": "Configure", "thresholds": {"eot_threshold": 0.8}}))
            sound = silence(300) + speech(400) + silence(180) + speech(300) + silence(500) + speech(1500) + silence(2000)
            for start in range(0, len(sound), 640):
                await socket.send(sound[start : start + 640])
            async for raw in socket:
                seen.append(json.loads(raw))
                if seen[-1]["type"] == "Error":
                    break
    for message in seen:
        parsed = FLUX_TYPES[message["type"]].model_validate(message, strict=True)
        assert not parsed.model_extra, message
    assert {message["type"] for message in seen} == set(FLUX_TYPES)
    assert [message["sequence_id"] for message in seen] == list(range(len(seen)))
    turns = [message for message in seen if message["type"] == "TurnInfo"]
    assert {turn["event"] for turn in turns} == {"StartOfTurn", "Update", "EagerEndOfTurn", "TurnResumed", "EndOfTurn"}
    told = [turn for turn in turns if turn["event"] != "Update"]
    for before, after in pairwise(told):
        if after["event"] == "EndOfTurn":
            assert before["event"] == "EagerEndOfTurn"
            assert before["transcript"] == after["transcript"]
    assert [turn["turn_index"] for turn in turns if turn["event"] == "EndOfTurn"] == [0, 1]


async def test_the_end_of_a_turn_comes_after_its_delay_in_audio_time() -> None:
    with deepgram_emulator.running(deepgram_emulator.Knobs(texts=["Good morning."], end_of_turn_ms=260)) as flux:
        async with connect(websocket(flux.base_url, FLUX_PATH), additional_headers={"Authorization": "Token k"}) as socket:
            await socket.send(silence(200) + speech(1000) + silence(600))
            async for raw in socket:
                if (message := json.loads(raw)).get("event") == "EndOfTurn":
                    break
    assert message["audio_window_end"] == pytest.approx(0.2 + 1.0 + 0.26, abs=0.04)


async def test_a_caller_tells_what_it_is_about_to_play() -> None:
    """A pause inside the announced length does not end the turn; speech nobody announced is not recognised."""
    with deepgram_emulator.running() as flux:
        async with httpx.AsyncClient(base_url=flux.base_url) as caller:
            await caller.post("/script", json={"text": "From the fifth, for two nights.", "ms": 2400})
            async with connect(websocket(flux.base_url, FLUX_PATH), additional_headers={"Authorization": "Token k"}) as socket:
                await socket.send(speech(1000) + silence(500) + speech(900) + silence(600) + speech(800) + silence(400))
                await socket.send(json.dumps({"type": "CloseStream"}))
                turns = [json.loads(raw) async for raw in socket]
            assert (await caller.get("/journal")).json()[0]["event"] == "connected"
    finals = [turn["transcript"] for turn in turns if turn.get("event") == "EndOfTurn"]
    assert finals == ["From the fifth, for two nights."]
    assert [turn.get("event") for turn in turns].count("StartOfTurn") == 1


async def test_every_message_of_the_voice_is_one_of_the_sdk() -> None:
    path = "/v1/text-to-speech/v/multi-stream-input?output_format=ulaw_8000&auto_mode=true"
    seen: list[dict[str, Any]] = []
    with elevenlabs_emulator.running(elevenlabs_emulator.Knobs(first_audio_ms=1, chunk_gap_ms=1)) as voices:
        async with connect(websocket(voices.base_url, path), additional_headers={"xi-api-key": "k"}) as socket:
            await socket.send(json.dumps({"text": " ", "context_id": "a"}))
            await socket.send(json.dumps({"text": "Good evening to you. ", "context_id": "a", "flush": True}))
            seen.append(json.loads(await socket.recv()))
            await socket.send(json.dumps({"context_id": "a", "close_context": True}))
            while not seen[-1].get("isFinal"):
                seen.append(json.loads(await socket.recv()))
            await socket.send(json.dumps({"close_socket": True}))
    pieces = [AudioOutputMulti.model_validate(message) for message in seen[:-1]]
    assert {piece.context_id for piece in pieces} == {"a"}
    assert "".join("".join(piece.alignment.chars or []) for piece in pieces if piece.alignment) == "Good evening to you. "
    assert FinalOutputMulti.model_validate(seen[-1]).context_id == "a"


async def test_a_context_closed_before_its_first_sound_loses_its_text() -> None:
    path = "/v1/text-to-speech/v/multi-stream-input?output_format=ulaw_8000"
    with elevenlabs_emulator.running() as voices:
        async with connect(websocket(voices.base_url, path), additional_headers={"xi-api-key": "k"}) as socket:
            await socket.send(json.dumps({"text": "Good evening. ", "context_id": "a", "flush": True}))
            await socket.send(json.dumps({"context_id": "a", "close_context": True}))
            assert json.loads(await socket.recv())["isFinal"] is True


async def test_a_sixth_context_closes_the_socket() -> None:
    path = "/v1/text-to-speech/v/multi-stream-input?output_format=ulaw_8000"
    with elevenlabs_emulator.running(elevenlabs_emulator.Knobs(first_audio_ms=5000)) as voices:
        async with connect(websocket(voices.base_url, path), additional_headers={"xi-api-key": "k"}) as socket:
            for number in range(6):
                await socket.send(json.dumps({"text": " ", "context_id": f"c{number}"}))
            assert json.loads(await socket.recv())["error"] == "max_active_conversations"
            await socket.wait_closed()
    assert socket.close_code == 1008


async def test_the_sdk_reads_the_http_voice() -> None:
    with elevenlabs_emulator.running(elevenlabs_emulator.Knobs(first_audio_ms=1, chunk_gap_ms=1)) as voices:
        async with httpx.AsyncClient() as http:
            sdk = AsyncElevenLabs(api_key="k", base_url=voices.base_url, httpx_client=http)
            sound = b"".join([part async for part in sdk.text_to_speech.stream("v", text="Hello.", output_format="ulaw_8000")])
    assert len(sound) == 8 * 60 * len("Hello.")


async def test_every_event_of_the_brain_passes_the_sdk_when_it_is_strict() -> None:
    script = [{"text": "One moment.", "calls": [{"name": "look_up", "arguments": {"question": "sauna"}}]}]
    kinds: list[str] = []
    tool: Any = {
        "type": "function",
        "name": "look_up",
        "description": "",
        "strict": True,
        "parameters": {"type": "object", "properties": {"question": {"type": "string"}}, "required": ["question"], "additionalProperties": False},
    }
    with openai_emulator.running(openai_emulator.Knobs(first_token_ms=1, token_ms=1, script=script)) as brain:
        async with AsyncOpenAI(api_key="k", base_url=brain.base_url + "/v1", _strict_response_validation=True) as sdk:
            stream = await sdk.responses.create(model="gpt-6-luna", input="Is there a sauna?", tools=[tool], stream=True)
            kinds += [event.type async for event in stream]
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-1] == "response.completed"
    assert kinds.count("response.output_item.done") == 2


async def test_the_canned_reply_that_warms_the_sdk_passes_it_when_it_is_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = partial(AsyncOpenAI, _strict_response_validation=True)
    monkeypatch.setattr(openai_warmup, "AsyncOpenAI", strict)
    assert await openai_warmup.warm() == 13


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"tools": [{"type": "function", "name": "t", "strict": True, "parameters": {"type": "object", "properties": {}}}]}, "parameters"),
        ({"input": [{"type": "function_call_output", "call_id": "c", "output": "{}"}]}, "call ids"),
        ({"input": [{"type": "function_call", "call_id": "c", "name": "t", "arguments": "{}"}]}, "call ids"),
    ],
)
async def test_the_brain_refuses_what_the_real_one_refuses(body: dict[str, Any], code: str) -> None:
    with openai_emulator.running() as brain:
        async with httpx.AsyncClient() as http:
            answer = await http.post(brain.base_url + "/v1/responses", json={"input": "x", **body}, headers={"Authorization": "Bearer k"})
    assert answer.status_code == 400
    assert code in answer.json()["error"]["code"]


async def test_knobs_can_be_turned_while_it_runs() -> None:
    with openai_emulator.running() as brain:
        async with httpx.AsyncClient(base_url=brain.base_url) as http:
            assert (await http.post("/knobs", json={"status": 429})).json()["status"] == 429
            assert (await http.post("/knobs", json={"stauts": 429})).status_code == 400
            assert (await http.post("/v1/responses", json={"input": "x"}, headers={"Authorization": "Bearer k"})).status_code == 429
            assert (await http.post("/v1/responses", json={"input": "x"})).status_code == 401
            assert [entry["status"] for entry in (await http.get("/journal")).json()] == [429, 401]
            assert (await http.delete("/journal")).json() == []

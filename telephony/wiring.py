"""Settings → adapters → ports → a call's parts. The only file that names adapter classes; each is imported where it is chosen, for some are slow."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent import phrases, prompts
from agent.conversation import Conversation
from agent.ports import ChatModel
from agent.reply import Receptionist
from data.database import Database
from data.embedder import Embedder
from data.hotel import Hotel
from data.journal import Journal
from data.knowledge_index import KnowledgeIndex, MatrixKnowledgeIndex
from speech.phrases import CachedSynthesizer
from speech.ports import ListenHints, Synthesizer, Transcriber, VoiceActivity
from speech.speakable import speakable
from speech.turns import Turns
from speech.voice_activity import SileroVoiceActivity
from telephony.answering import Answering
from telephony.call import CallFacts, Part
from telephony.call_log import CallLog, Rows
from telephony.hearing import Hearing
from telephony.lifecycle import Deadlines
from telephony.lifeline import Lifeline
from telephony.media_socket import Socket
from telephony.media_stream import MediaStream
from telephony.nuisance import Nuisance
from telephony.playback import Playback
from telephony.process import model_files
from telephony.process.metrics import Measured, Metrics
from telephony.process.settings import Settings
from telephony.recorder import Recorder
from tools.catalogue import Duty
from tools.context import Context
from tools.duties import DUTIES

DECODERS = 2
"""Decodes that may run at once, one core each."""
EXAMPLES = Path(__file__).resolve().parents[1] / "agent" / "local_model" / "examples"


@dataclass(frozen=True, slots=True)
class Engines:
    """What all calls of a process share."""

    transcriber: Transcriber
    synthesizer: CachedSynthesizer
    voice_activity: VoiceActivity
    model: ChatModel
    knowledge: KnowledgeIndex
    embedder: Embedder

    @property
    def stack(self) -> dict[str, Any]:
        """By name, for the call's row and the start page."""
        return {"transcriber": self.transcriber.name, "model": self.model.name, "synthesizer": self.synthesizer.name}

    async def warm(self) -> None:
        """Everything slow, once, before the line is ready. Raises SpeechError where what is embedded cannot be loaded."""
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(self.embedder.warm))
            for each in (self.transcriber, self.synthesizer, self.model):
                group.create_task(each.warm())

    async def aclose(self) -> None:
        await self.transcriber.aclose()
        await self.synthesizer.aclose()
        await self.model.aclose()


def choose_engines(settings: Settings) -> Engines:
    """A provider is on when its key is set, embedded otherwise."""
    embedder = Embedder(model_files.minilm_onnx(), model_files.minilm_tokenizer(), kept_in=settings.line.state_dir / "models")
    return Engines(
        transcriber=_transcriber(settings),
        synthesizer=CachedSynthesizer(_synthesizer(settings), {speakable(text) for text in fixed_phrases()}),
        voice_activity=SileroVoiceActivity(model_files.silero_onnx()),
        model=_model(settings, embedder),
        knowledge=MatrixKnowledgeIndex(embedder),
        embedder=embedder,
    )


def stand_in_engines(settings: Settings, *, marks_turns: bool) -> Engines:
    """For benches: providers that answer at once in the adapters' place, everything else as it is. `marks_turns`: no voice activity either."""
    from telephony.process import stand_ins

    embedder = Embedder(model_files.minilm_onnx(), model_files.minilm_tokenizer(), kept_in=settings.line.state_dir / "models")
    return Engines(
        transcriber=stand_ins.StandInTranscriber(marks_turns=marks_turns),
        synthesizer=CachedSynthesizer(stand_ins.StandInSynthesizer(), {speakable(text) for text in fixed_phrases()}),
        voice_activity=stand_ins.OracleVoiceActivity() if marks_turns else SileroVoiceActivity(model_files.silero_onnx()),
        model=stand_ins.StandInModel(),
        knowledge=MatrixKnowledgeIndex(embedder),
        embedder=embedder,
    )


def fixed_phrases() -> tuple[str, ...]:
    """What code says word for word: spoken from memory, also when the voice is down."""
    return phrases.FIXED


def _transcriber(settings: Settings) -> Transcriber:
    if key := settings.deepgram.api_key.get_secret_value():
        from speech.deepgram_transcriber import DeepgramTranscriber

        return DeepgramTranscriber(key, settings.deepgram.base_url)
    from speech.local_transcriber import LocalTranscriber
    from speech.whisper_decode import Whisper

    cache = settings.line.state_dir / "models"
    return LocalTranscriber(lambda: Whisper(model_files.whisper_folder(cache), workers=DECODERS), workers=DECODERS)


def _synthesizer(settings: Settings) -> Synthesizer:
    if key := settings.elevenlabs.api_key.get_secret_value():
        from speech.elevenlabs_synthesizer import ElevenLabsSynthesizer

        return ElevenLabsSynthesizer(key, settings.elevenlabs.base_url, settings.elevenlabs.voice_id)
    from speech.local_synthesizer import LocalSynthesizer

    return LocalSynthesizer()


def _model(settings: Settings, embedder: Embedder) -> ChatModel:
    if key := settings.openai.api_key.get_secret_value():
        from agent.openai_model import OpenAIModel

        return OpenAIModel(key, settings.openai.base_url, settings.openai.model)
    from agent.local_model.intents import IntentReader, split_wishes
    from agent.local_model.model import LocalModel

    return LocalModel(IntentReader(embedder, EXAMPLES), split_wishes)


@dataclass(frozen=True, slots=True)
class CallParts:
    """Builds the parts of one call, in the order they hear of things."""

    engines: Engines
    database: Database
    journal: Journal
    rows: Rows
    metrics: Metrics
    state: Path
    deadlines: Deadlines = field(default_factory=Deadlines)
    duties: tuple[Duty, ...] = DUTIES
    utc_now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, facts: CallFacts, hotel: Hotel, stream: MediaStream, socket: Socket) -> list[Part]:
        engines = self.engines
        recorder = Recorder(self.state / "recordings" / f"{self.utc_now():%Y-%m-%d}" / f"{facts.id}.wav")
        hearing = Hearing(
            engines.transcriber,
            engines.voice_activity.open(),
            Turns(marks_turns=engines.transcriber.marks_turns),
            ListenHints(terms=(hotel.name, hotel.town)),
        )

        def played(chunk: bytes, at_ms: int) -> None:
            recorder.played(chunk, at_ms)
            hearing.played(chunk, at_ms)

        playback = Playback(stream, socket.put, played)
        conversation = Conversation(self.house_facts(hotel))
        return [
            socket,
            recorder,
            hearing,
            Answering(self.receptionist(facts, hotel, conversation), conversation, engines.synthesizer, hotel.voice, playback, hotel.greeting),
            playback,
            Lifeline(self.deadlines),
            Nuisance(),
            Measured(self.metrics),
            CallLog(self.rows, hotel.id, recorder, self.state, engines.stack, self.utc_now),
        ]

    def receptionist(self, facts: CallFacts, hotel: Hotel, conversation: Conversation, channel: str = "phone") -> Receptionist:
        """The agent of one call; `concierge chat` talks to the same one."""
        context = Context(
            hotel=hotel,
            call_id=facts.id,
            caller_number=facts.from_number,
            channel=channel,
            database=self.database,
            knowledge=self.engines.knowledge,
            journal=self.journal,
            utc_now=self.utc_now,
        )
        return Receptionist(
            self.engines.model.session(self.duties),
            self.duties,
            context,
            conversation,
            instructions=prompts.instructions(hotel, context.now()),
            answers_at_once=self.engines.model.answers_at_once,
        )

    @staticmethod
    def house_facts(hotel: Hotel) -> tuple[str, ...]:
        """What may be said of the house without asking a tool."""
        return hotel.name, hotel.town, hotel.greeting, prompts.instructions(hotel, datetime.now(UTC))

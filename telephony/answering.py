"""The call's voice: an ended turn to the receptionist, its sentences to the synthesizer, the sound to playback. The one owner of "start a reply"."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

import structlog

from agent import phrases
from agent.conversation import Conversation
from agent.ports import CallerSaid
from agent.reply import Receptionist
from agent.steps import CardRead, Consent, Expect, HoldOn, Louder, Move, Pace, Say, Step, Used
from agent.urgent import urgent
from speech.errors import SpeechError, SynthesizerError
from speech.ports import Answer, Speaking, Speech, Synthesizer
from speech.speakable import speakable
from speech.turns import EndOfTurn, GiveUp, Interrupt, Resume, Why
from telephony import events
from telephony.call import Part
from telephony.events import Event, Utterance
from telephony.keypad import NUMBERS, Keypad, Keys
from telephony.playback import Playback
from tools.catalogue import NextStep

SLOW_SPEAKER = 1.5
"""Who asks us to speak more slowly gets longer pauses too."""
STEPS_AHEAD = 8
"""How many steps may wait for the voice: the model is held back beyond."""
OPEN_LIMIT_S = 8.0
"""How long the voice may take to be there."""
SOUND_LIMIT_S = 5.0
"""How long it may take to its first sound, and from one piece to the next: then the caller hears the apology."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Turn:
    """What is measured of one turn."""

    number: int
    ended: EndOfTurn
    decided_ms: int
    transcribe_ms: int
    sentence_ms: int | None = None
    timed: bool = False


class Answering(Part):
    """Takes turns in, gives sentences out; interruptions hold what is said, ended turns drop it."""

    def __init__(
        self,
        desk: Receptionist,
        conversation: Conversation,
        synthesizer: Synthesizer,
        voice: str | None,
        playback: Playback,
        greeting: str,
    ) -> None:
        self._desk, self._conversation, self._playback = desk, conversation, playback
        self._synthesizer, self._voice, self._greeting = synthesizer, voice, greeting
        self._speaking: Speaking | None = None
        self._voice_known = asyncio.Event()
        self._keypad = Keypad()
        self._reply: asyncio.Task[None] | None = None
        self._turn: _Turn | None = None
        self._turns = 0
        self._asked = Answer.ANYTHING
        self._pace, self._gain_db = 1.0, 0.0
        self._transcribe_ms = 0
        self._misses = 0
        self._moving = False
        """The reply that is being said moves the call on."""
        self._notice: int | None = None
        """The greeting while it is not wholly heard: it carries the notice of recording and is never dropped, only interrupted."""
        self._urgent_since: int | None = None
        """Start of the turn whose partial text was urgent and has been answered already."""

    def start(self) -> None:
        self.call.run(self._open(), "voice")
        self._notice = self._conversation.said(self._greeting)
        self.tell(events.ReplyBegan(0))
        self.call.run(self._respond(_steps(Say(self._greeting, True, self._notice)), None), "greeting")

    def tick(self, now_ms: int) -> None:
        self._keyed(self._keypad.tick(now_ms))

    def event(self, event: Event) -> None:
        match event:
            case EndOfTurn():
                self._answer(event)
            case Interrupt():
                self._playback.hold()
            case Resume():
                self._playback.resume()
            case GiveUp(why=Why.NOISE):
                self._playback.resume()
            case GiveUp() if self._moving or (event.why is Why.NO_WORDS and self._playback.held):
                self._playback.resume()
            case GiveUp():
                log.info("turn given up", why=event.why)
                self._missed()
            case events.SpeechFailed(part="transcriber"):
                self._misses = max(1, self._misses)
            case events.Decoded():
                self._transcribe_ms = event.took_ms
            case events.Heard():
                self._overhear(event)
            case events.Keyed():
                if self._asked in NUMBERS:
                    self._playback.hold()
                self._keyed(self._keypad.press(event.digit, event.at_ms, self._asked))
            case events.UtteranceProven():
                if event.utterance.id == self._notice:
                    self._notice = None
                self._conversation.heard(event.utterance.id, event.heard, event.cut)
            case events.SilentFor():
                self._stop()
                self._begin(_steps(*self._desk.silence(event.nth)))
            case events.Ended():
                self._stop(whole=True)

    async def end(self) -> None:
        await self._desk.hung_up()
        if self._speaking is not None:
            await self._speaking.close()

    # what starts and stops a reply

    def _answer(self, ended: EndOfTurn, *, at_once: bool = False) -> None:
        if self._urgent_since is not None and ended.start_ms <= self._urgent_since:
            return
        self._misses = 0
        self._stop(whole=at_once)
        self._turns += 1
        self._turn = _Turn(self._turns, ended, self.call.now_ms(), self._transcribe_ms)
        said = CallerSaid(ended.text, ended.confidence)
        self._begin(self._desk.turn(said, language=ended.language))

    def _overhear(self, heard: events.Heard) -> None:
        """Emergencies and "a person, please" do not wait for the end of the turn."""
        transcript = heard.transcript
        if self._urgent_since is None and urgent(transcript.text, final=transcript.final):
            self._answer(
                EndOfTurn(transcript.text, transcript.upto_ms, transcript.upto_ms, transcript.upto_ms, transcript.confidence, transcript.language),
                at_once=True,
            )
            self._urgent_since = transcript.upto_ms

    def _keyed(self, keys: Keys | None) -> None:
        if keys is None or self._moving:
            return
        self._stop(whole=keys.digits == "0")
        self._begin(self._desk.keyed(keys.digits))

    def _missed(self) -> None:
        """Nothing understandable came: once more, then another way, then a person."""
        self._stop()
        self._misses += 1
        if self._misses == 1:
            self._say(phrases.NOT_CAUGHT)
        elif self._misses == 2:
            self._say(phrases.HEARING_BADLY)
        else:
            self._begin(_steps(Say(phrases.TO_THE_DESK, True, self._conversation.said(phrases.TO_THE_DESK)), Move(NextStep.DESK, "not understood")))

    def _say(self, text: str, *, fixed: bool = True) -> None:
        self._begin(_steps(Say(text, fixed, self._conversation.said(text))))

    def _begin(self, steps: AsyncGenerator[Step, None]) -> None:
        self.tell(events.ReplyBegan(self._turns))
        self._reply = self.call.run(self._respond(steps, self._turn), "reply")

    def _stop(self, *, whole: bool = False) -> None:
        """What is being said ends; `whole`: the greeting too."""
        if self._reply is not None:
            self._reply.cancel()
            self._reply = None
        self._urgent_since = None
        self._moving = False
        if whole:
            self._notice = None
        self._playback.drop(self._notice)
        self._time(None)
        self._turn = None

    # one reply

    async def _respond(self, steps: AsyncGenerator[Step, None], turn: _Turn | None) -> None:
        waiting: asyncio.Queue[Step | None] = asyncio.Queue(STEPS_AHEAD)
        number = turn.number if turn else self._turns
        async with asyncio.TaskGroup() as both:
            both.create_task(self._speak(waiting, turn, number), name=f"speak {self.call.facts.call_sid}")
            async with aclosing(steps):
                async for step in steps:
                    if isinstance(step, Used):
                        receipt = f"{step.receipt.kind}:{step.receipt.id}" if step.receipt else None
                        self.tell(events.ToolUsed(number, step.name, step.arguments, step.content, step.ok, step.ms, receipt))
                    else:
                        await waiting.put(step)
            await waiting.put(None)
        self.tell(events.ReplyEnded(number))

    async def _speak(self, waiting: asyncio.Queue[Step | None], turn: _Turn | None, number: int) -> None:
        sounds = True
        while (step := await waiting.get()) is not None:
            match step:
                case Say() | Move() if not sounds:
                    continue
                case Say():
                    if turn is not None and turn.sentence_ms is None:
                        turn.sentence_ms = self.call.now_ms()
                    sounds = await self._sound(step, turn, number)
                case Expect():
                    self._asked = step.answer
                    self.tell(events.Expecting(step.answer))
                case Move():
                    self._moving = True
                    self.tell(events.MovesOn(step.next_step, step.reason))
                case CardRead():
                    if turn is not None:
                        self.tell(events.CardDigits(turn.ended.start_ms, turn.ended.end_ms))
                case Pace():
                    if step.factor < 1:
                        self.tell(events.Patience(SLOW_SPEAKER))
                    self._pace = min(1.3, max(0.6, self._pace * step.factor))
                case Louder():
                    self._gain_db = min(12.0, max(-12.0, self._gain_db + step.db))
                case HoldOn():
                    self.tell(events.HoldsOn())
                case Consent():
                    self.tell(events.ConsentGiven(step.state))

    async def _sound(self, say: Say, turn: _Turn | None, number: int) -> bool:
        """Speak one sentence. False: the voice is gone and the call moves to the desk."""
        utterance, spoken = Utterance(say.utterance, number, say.text), speakable(say.text)
        await self._voice_known.wait()
        self._playback.begin(utterance, spoken)
        try:
            async with aclosing(self._sounds(spoken)) as pieces:
                async for piece in pieces:
                    self._playback.feed(utterance, piece.mulaw, piece.starts)
                    self._time(turn)
        except SpeechError as error:
            log.warning("voice failed", synthesizer=self._synthesizer.name, error=str(error))
            self._playback.finish(utterance)
            self.tell(events.SpeechFailed("synthesizer", str(error)))
            return await self._apologise(say, number)
        self._playback.finish(utterance)
        return True

    async def _apologise(self, failed: Say, number: int) -> bool:
        """The voice broke: the stored apology, then a person."""
        self._moving = True
        self.tell(events.MovesOn(NextStep.DESK, "voice failed"))
        if failed.text != phrases.TO_THE_DESK:
            utterance = Utterance(self._conversation.said(phrases.TO_THE_DESK), number, phrases.TO_THE_DESK)
            self._playback.begin(utterance, phrases.TO_THE_DESK)
            try:
                async with aclosing(self._sounds(phrases.TO_THE_DESK)) as pieces:
                    async for piece in pieces:
                        self._playback.feed(utterance, piece.mulaw, piece.starts)
            except SpeechError as error:
                log.warning("no stored apology", error=str(error))
            self._playback.finish(utterance)
        return False

    async def _sounds(self, spoken: str) -> AsyncGenerator[Speech, None]:
        """The voice's sound piece by piece. Raises SpeechError, also where it comes late or not at all."""
        if self._speaking is None:
            raise SynthesizerError("no voice")
        pieces = aiter(self._speaking.say(spoken, pace=self._pace, gain_db=self._gain_db))
        sounded = not any(map(str.isalnum, spoken))
        try:
            while True:
                try:
                    async with asyncio.timeout(SOUND_LIMIT_S):
                        piece = await anext(pieces)
                except StopAsyncIteration:
                    break
                except TimeoutError as error:
                    raise SynthesizerError("no sound in time") from error
                sounded = sounded or bool(piece.mulaw)
                yield piece
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()
        if not sounded:
            raise SynthesizerError("no sound")

    async def _open(self) -> None:
        try:
            async with asyncio.timeout(OPEN_LIMIT_S):
                self._speaking = await self._synthesizer.open(self._voice)
        except (SpeechError, TimeoutError) as error:
            log.warning("voice not reached", synthesizer=self._synthesizer.name, error=str(error))
            self.tell(events.SpeechFailed("synthesizer", str(error)))
        finally:
            self._voice_known.set()

    def _time(self, turn: _Turn | None) -> None:
        """The first sound of a turn's reply was sent; None: the turn is over, with or without one."""
        turn = turn or self._turn
        if turn is None or turn.timed:
            return
        turn.timed = True
        now_ms, ended = self.call.now_ms(), turn.ended
        sentence_ms = now_ms if turn.sentence_ms is None else turn.sentence_ms
        self.tell(
            events.TurnTimed(
                turn=turn.number,
                caller_text=ended.text,
                confidence=ended.confidence,
                language=ended.language,
                start_ms=ended.start_ms,
                end_ms=ended.end_ms,
                decided_ms=turn.decided_ms,
                endpoint_ms=max(0, turn.decided_ms - ended.end_ms),
                transcribe_ms=turn.transcribe_ms,
                think_ms=sentence_ms - turn.decided_ms,
                first_audio_ms=now_ms - sentence_ms,
                answered=turn.sentence_ms is not None,
            )
        )


async def _steps(*steps: Step) -> AsyncGenerator[Step, None]:
    for step in steps:
        yield step

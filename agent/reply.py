"""One caller turn: what is said and done. Model and tools in a bounded loop; every sentence passes guard, receipts and facts before it is a step."""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta

import structlog

from agent import facts, guard, languages, phrases, receipts
from agent.conversation import Conversation, is_object
from agent.errors import ModelError
from agent.manners import Manner, manner, only_yes
from agent.partial_lead import Remembered, partial_lead
from agent.ports import (
    Asking,
    CallerSaid,
    ChatSession,
    Farewell,
    Finished,
    ModelEvent,
    ModelTurn,
    TextDelta,
    ToolAnswered,
    ToolBegun,
    ToolCall,
    Usage,
)
from agent.sentences import SentenceCutter, asked_for
from agent.steps import CardRead, Consent, Expect, HoldOn, Louder, Move, Pace, Say, Step, Used
from agent.urgent import urgent
from speech.ports import Answer
from tools.catalogue import Duty, NextStep, Outcome
from tools.context import Context
from tools.run import run_duty

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ReplyLimits:
    """How long and how often one reply may try."""

    steps: int = 4
    """Rounds of model and tools."""
    filler_s: float = 2.0
    """Silence after which a model that needs time is covered by a sentence."""
    first_output_s: float = 6.0
    """Until the model gives anything, each time."""
    whole_s: float = 12.0
    """The whole reply."""
    days_ahead: int = 15
    """Days of the calendar that a model may name in a question."""
    believed: float = 0.5
    """The recogniser's confidence below which no name, number or date is kept."""
    misses: int = 2
    """Failed replies in a row after which the desk takes over."""
    last_write_s: float = 5.0
    """How long writes may go on after the caller hung up."""


_FREE = (Answer.ANYTHING, Answer.YES_NO, Answer.DATE, Answer.NUMBER)
"""Answers whose words show the language; names, codes and addresses do not."""
_FOREIGN_YES = re.compile(r"\W*(?:s[ií]|oui|ja|sim|hai|はい|是|shi)\b", re.IGNORECASE)
_MANNERS: dict[Manner, tuple[Step, str]] = {
    Manner.SLOWER: (Pace(0.85), phrases.SLOWER),
    Manner.FASTER: (Pace(1.15), phrases.FASTER),
    Manner.LOUDER: (Louder(6.0), phrases.LOUDER),
    Manner.QUIETER: (Louder(-6.0), phrases.QUIETER),
    Manner.HOLD_ON: (HoldOn(), phrases.HOLDING),
    Manner.NO_RECORDING: (Consent("refused"), phrases.NOT_RECORDED),
}


class Receptionist:
    """One call's replies. `turn` and `keyed` give steps as they come; stop iterating (aclose) to be interrupted: writes go on, memory stays whole."""

    def __init__(
        self,
        model: ChatSession,
        duties: Sequence[Duty],
        context: Context,
        conversation: Conversation,
        *,
        instructions: str,
        answers_at_once: bool,
        limits: ReplyLimits | None = None,
    ) -> None:
        self.usage = Usage()
        self._model = model
        self._duties = {duty.name: duty for duty in duties}
        self._context = context
        self._conversation = conversation
        self._instructions = instructions
        self._at_once = answers_at_once
        self._limits = limits or ReplyLimits()
        self._running: set[asyncio.Task[Outcome]] = set()
        self._expected = Answer.ANYTHING
        self._misses = 0
        self._person_offered = False
        self._fillers = 0
        self._remembered = Remembered(context)
        self._cards = guard.CardWatch()
        self._foreign = False
        self._ended = False

    async def turn(self, said: CallerSaid, *, language: str | None = None) -> AsyncGenerator[Step, None]:
        """What the caller said, answered. `language` as the transcriber heard it."""
        async with aclosing(self._turn(said, language)) as steps:
            async for step in steps:
                yield self._noted(step)

    async def keyed(self, digits: str) -> AsyncGenerator[Step, None]:
        """Pressed keys: 0 alone is a person, others are the answer to what was asked."""
        if self._cards.keyed(digits, self._now_ms()):
            yield self._fixed(phrases.NO_CARD)
            yield Expect(self._expected)
            return
        if digits == "0":
            yield self._fixed(phrases.TO_THE_DESK)
            yield Move(NextStep.DESK, "key 0")
            return
        self._conversation.hint(phrases.keyed(digits))
        async with aclosing(self._answer()) as steps:
            async for step in steps:
                yield self._noted(step)

    def _noted(self, step: Step) -> Step:
        if isinstance(step, Expect):
            self._expected = step.answer
        elif isinstance(step, Move):
            self._ended = True
        return step

    def silence(self, nth: int) -> tuple[Step, ...]:
        """The caller said nothing for the nth time in a row (from 1): a prompt, the offer of a person, goodbye."""
        if nth == 1:
            return self._fixed(phrases.STILL_THERE[0]), Expect(self._expected)
        if nth == 2:
            self._person_offered = True
            return self._fixed(phrases.SILENT_OFFER), Expect(Answer.YES_NO)
        return self._fixed(phrases.SILENT_GOODBYE), Move(NextStep.HANG_UP, "silence")

    async def hung_up(self) -> None:
        """The caller is gone: writes under way end within their limit, and what they told of themselves is kept as a lead."""
        if self._running:
            await asyncio.wait(self._running, timeout=self._limits.last_write_s)
        if not self._ended and (lead := await partial_lead(tuple(self._duties.values()), self._conversation, self._remembered)):
            await self._use(ToolCall("after_hang_up", lead.duty.name, lead.arguments()))
        for task in self._running:
            task.cancel()

    async def _turn(self, said: CallerSaid, language: str | None) -> AsyncGenerator[Step, None]:
        asked, last = manner(said.text), self._conversation.last_reply
        card = self._cards.heard(said.text, self._now_ms())
        self._conversation.caller(guard.mask_card(asked.rest if asked and asked.rest else said.text)[0], said.confidence)
        if said.confidence >= self._limits.believed:
            self._remembered.note(said.text, self._expected)
        if asked and asked.manner is Manner.NO_RECORDING:
            yield Consent("refused")
            yield self._fixed(phrases.NOT_RECORDED)
            if not asked.rest:
                yield self._fixed(phrases.GO_ON)
                yield Expect(Answer.ANYTHING)
                return
        if at_once := self._at_once_answer(said.text, language, card=card):
            for step in at_once:
                yield step
            return
        if asked and asked.manner is Manner.REPEAT:
            yield self._fixed(phrases.REPEATING[0])
            for sentence in last or (phrases.NOTHING_TO_REPEAT,):
                yield self._say(sentence)
            yield Expect(self._expected)
            return
        if asked and asked.manner is not Manner.NO_RECORDING:
            step, sentence = _MANNERS[asked.manner]
            yield step
            yield self._fixed(sentence)
            if not asked.rest:
                yield Expect(self._expected)
                return
        async with aclosing(self._answer()) as steps:
            async for answered in steps:
                yield answered

    def _at_once_answer(self, text: str, language: str | None, *, card: bool) -> tuple[Step, ...]:
        """What needs no model: what cannot wait, a yes to the offer of a person, card digits, another language."""
        if case := urgent(text):
            return *map(self._fixed, case.say), Move(NextStep.DESK, case.kind)
        offered, self._person_offered = self._person_offered, False
        if offered and (only_yes(text) or _FOREIGN_YES.match(text)):
            return self._fixed(phrases.TO_THE_DESK), Move(NextStep.DESK, "the caller took the offer of a person")
        if card:
            return CardRead(), self._fixed(phrases.NO_CARD), Expect(self._expected)
        if self._expected in _FREE and (other := languages.not_english(text, language) or languages.asked_for(text)):
            if self._foreign:
                return self._fixed(phrases.TO_THE_DESK), Move(NextStep.DESK, f"speaks {other.name}")
            self._foreign = self._person_offered = True
            return self._fixed(other.ascii if self._at_once else other.sentence), Expect(Answer.YES_NO)
        return ()

    async def _answer(self) -> AsyncGenerator[Step, None]:
        """Model and tools, and what is said when they fail."""
        try:
            async with aclosing(self._think()) as steps:
                async for step in steps:
                    yield step
            self._misses = 0
        except ModelError as error:
            self._misses += 1
            log.warning("reply failed", reason=str(error), misses=self._misses)
            yield self._fixed(phrases.TROUBLE[(self._misses - 1) % len(phrases.TROUBLE)])
            if self._misses >= self._limits.misses:
                yield self._fixed(phrases.TO_THE_DESK)
                yield Move(NextStep.DESK, "model failed")
                return
            self._person_offered = True
            yield self._fixed(phrases.OFFER_PERSON[0])
            yield Expect(Answer.YES_NO)

    async def _think(self) -> AsyncGenerator[Step, None]:
        deadline = asyncio.get_running_loop().time() + self._limits.whole_s
        next_step: NextStep | None = None
        said: list[str] = []
        covered = False
        for _ in range(self._limits.steps):
            calls: list[ToolCall] = []
            asking: Answer | None = None
            cutter = SentenceCutter()
            finished = False
            async with aclosing(self._events(deadline)) as events:
                async for event in events:
                    spoken: Iterable[str] = ()
                    match event:
                        case TextDelta():
                            spoken = self._release(cutter.feed(event.text))
                        case ToolCall():
                            calls.append(event)
                        case Asking():
                            asking = event.answer
                        case Farewell():
                            next_step = NextStep.HANG_UP
                        case Finished():
                            finished = True
                            self.usage.input_tokens += event.input_tokens
                            self.usage.output_tokens += event.output_tokens
                            spoken = self._release(cutter.rest())
                    for sentence in spoken:
                        said.append(sentence)
                        yield self._say(sentence)
                    takes_time = event is None or isinstance(event, ToolBegun | ToolCall)
                    if takes_time and not said and not covered and not self._at_once:
                        covered = True
                        yield self._fixed(self._filler())
            if not finished:
                raise ModelError("the reply broke off")
            for call in calls:
                used, moved = await self._use(call)
                next_step = moved or next_step
                yield used
            if not calls:
                break
        else:
            raise ModelError("too many steps")
        if not said and next_step is None:
            raise ModelError("the model said nothing")
        yield Expect(asking or asked_for(" ".join(said)))
        if next_step is not None:
            yield Move(next_step, "asked for in the conversation")

    async def _events(self, deadline: float) -> AsyncGenerator[ModelEvent | None, None]:
        """The model's events within the limits; None once, when it is slow to begin."""
        events = self._model.respond(self._model_turn())
        clock = asyncio.get_running_loop().time
        covered = self._at_once
        following: asyncio.Future[ModelEvent | None] | None = None
        try:
            while True:
                following = asyncio.ensure_future(anext(events, None))
                limit = min(clock() + self._limits.first_output_s, deadline)
                if not covered:
                    covered = True
                    await asyncio.wait({following}, timeout=min(self._limits.filler_s, limit - clock()))
                    if not following.done():
                        yield None
                await asyncio.wait({following}, timeout=max(limit - clock(), 0.0))
                if not following.done():
                    raise ModelError("the model said nothing in time")
                event = following.result()
                if event is None:
                    return
                yield event
        finally:
            if following is not None and not following.done():
                following.cancel()
                await asyncio.wait({following})
            if close := getattr(events, "aclose", None):
                await close()

    async def _use(self, call: ToolCall) -> tuple[Used, NextStep | None]:
        """Run one duty. Whatever happens, the memory holds one answer for this ask; a write finishes even if the turn is closed meanwhile."""
        clock = asyncio.get_running_loop().time
        begun = clock()
        call_id = self._conversation.asked(call.call_id, call.name, call.arguments)
        duty = self._duties.get(call.name)
        if duty is None:
            outcome = _refused(f"there is no tool {call.name!r}")
        elif not is_object(call.arguments):
            outcome = _refused("the arguments were not a whole JSON object: ask again with valid ones")
        else:
            running = asyncio.ensure_future(run_duty(duty, self._context, call.arguments))
            self._running.add(running)
            running.add_done_callback(lambda done: self._finished(done, call_id, call.name))
            try:
                outcome = await asyncio.shield(running)
            except asyncio.CancelledError:
                if not duty.writes:
                    running.cancel()
                raise
        self._answered(call_id, call.name, outcome)
        ms = round((clock() - begun) * 1000)
        return Used(call.name, call.arguments, outcome.content, outcome.ok, ms, outcome.receipt), outcome.next_step

    def _finished(self, running: asyncio.Task[Outcome], call_id: str, name: str) -> None:
        self._running.discard(running)
        if not running.cancelled() and running.exception() is None:
            self._answered(call_id, name, running.result())

    def _answered(self, call_id: str, name: str, outcome: Outcome) -> None:
        answer = ToolAnswered(
            call_id,
            name,
            outcome.content,
            outcome.spoken,
            outcome.ok,
            tuple(outcome.offers),
            outcome.follow_up,
            outcome.follow_duty,
            outcome.follow_arguments,
        )
        self._conversation.answered(answer, outcome.receipt)

    def _model_turn(self) -> ModelTurn:
        hotel, context = self._context.hotel, self._context
        return ModelTurn(
            self._instructions, self._conversation.messages(), context.now(), hotel.name, context.caller_number, hotel.town, hotel.country
        )

    def _release(self, spoken: list[str]) -> Iterator[str]:
        """The sentences as they may be said."""
        for sentence in spoken:
            yield from self._checked(guard.clean(sentence))

    def _checked(self, sentence: str) -> tuple[str, ...]:
        """The sentence, if receipts back its claims and texts of this call its figures; else what is said instead."""
        if not sentence:
            return ()
        if guard.leaks(sentence, self._instructions):
            log.warning("sentence held", why="leak")
            return (phrases.NOT_ABOUT_THAT,)
        if guard.of_another_guest(sentence):
            log.warning("sentence held", why="another guest")
            return (phrases.PRIVATE,)
        if claimed := receipts.unbacked(sentence, self._conversation.receipts):
            log.warning("sentence held", why="claim", claims=sorted(claimed))
            return (receipts.honest(claimed),)
        if not self._at_once and facts.unbacked(sentence, self._known(sentence)):
            log.warning("sentence held", why="figure")
            return (phrases.NO_FIGURE,)
        if sentence.endswith("?") and self._conversation.asked_too_often(sentence):
            self._person_offered = True
            return phrases.ASKED_ENOUGH, phrases.OFFER_PERSON[0]
        return (sentence,)

    def _known(self, sentence: str) -> tuple[str, ...]:
        """Where figures may stand. Which day is meant may be asked for the days ahead, whether or not somebody named them."""
        if not sentence.endswith("?"):
            return self._conversation.facts
        days = (self._context.today() + timedelta(n) for n in range(self._limits.days_ahead))
        return (*self._conversation.facts, *(f"{day:%A}, {day:%B} {day.day}, {day.year}" for day in days))

    def _now_ms(self) -> int:
        return round(asyncio.get_running_loop().time() * 1000)

    def _say(self, sentence: str) -> Say:
        return Say(sentence, utterance=self._conversation.said(sentence))

    def _fixed(self, sentence: str) -> Say:
        return Say(sentence, fixed=True, utterance=self._conversation.said(sentence))

    def _filler(self) -> str:
        self._fillers += 1
        return phrases.LET_ME_CHECK[self._fillers % len(phrases.LET_ME_CHECK)]


def _refused(reason: str) -> Outcome:
    return Outcome({"error": reason}, (), ok=False)

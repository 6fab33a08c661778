"""One call's dialogue with the embedded model: the caller's words as an answer, a correction or a wish; what runs; one question after."""

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from typing import Any

from agent import phrases
from agent.local_model import answers
from agent.local_model.asides import Aside, aside, other_house
from agent.local_model.hearing import Told
from agent.local_model.plans import (
    BEYOND,
    BYE,
    CAPABLE,
    DETAILS,
    HELLO,
    HOLD,
    NO,
    PERSON,
    REPEAT,
    ROBOT,
    UNSURE,
    YES,
    IntentReading,
    LocalLimits,
    Plan,
    Question,
)
from agent.local_model.questions import Questions
from agent.local_model.slots import CONTACT, STAY, Form, expected, names_of, note_more, read_answer
from agent.local_model.understanding import Understanding, asks
from agent.manners import beyond_yes_or_no, yes_or_no
from agent.ports import (
    AgentSaid,
    Asking,
    CallerSaid,
    Farewell,
    Finished,
    ModelEvent,
    ModelTurn,
    StaffHint,
    TextDelta,
    ToolAnswered,
    ToolCall,
)
from agent.readback import agrees, corrected
from speech.ports import Answer
from tools.catalogue import Duty

_CHANGE_OF_MIND = re.compile(
    r"\b(?:actually|no|sorry|instead|rather|make (?:it|that)|change|better|wait|i mean|i meant|what about|how about|not)\b", re.IGNORECASE
)
_MY_NUMBER = re.compile(r"\b(?:this (?:one|number|phone)|same (?:one|number)?|(?:i'?m|am) calling (?:from|you from)|the one i)\b", re.IGNORECASE)
_ONE_OF_THEM = re.compile(r"\b(?:the )?(?:first|second|third|last|other|cheaper|cheapest|bigger|smaller) (?:one|option)\b", re.IGNORECASE)
_ANOTHER = re.compile(r"\b(?:any|other|another|different|else|all)\b", re.IGNORECASE)
"""Not the same kind of room again."""
_WRONG_NUMBER = re.compile(r"\bwrong (?:number|hotel|place)\b|\bbye\b", re.IGNORECASE)
_IT = re.compile(r"\b(?:it|that|they|them|those|there|this)\b", re.IGNORECASE)
_AND_WHAT_OF = re.compile(r"(?:and|what about|how about|or)\b", re.IGNORECASE)
_OF_ROOMS = re.compile(r"\b(?:rooms?|suites?|nights?|stay)\b", re.IGNORECASE)
MOST_WORDS_OF_IT = 8
"""Longer questions say what they are about."""
_BANKS = {CAPABLE: answers.CAPABLE, UNSURE: answers.CAPABLE, "thanks": answers.THANKS}
_MANNERS = frozenset({HOLD, REPEAT, "slower", "louder"})


class LocalSession:
    """State changes only while a reply is planned, before its first event: a reply that is cut off leaves it whole."""

    def __init__(self, duties: Sequence[Duty], reader: IntentReading, split: Callable[[str], Sequence[str]], limits: LocalLimits) -> None:
        self._limits = limits
        self._told = Told()
        self._understanding = Understanding(duties, reader, split, limits)
        self._questions = Questions(self._understanding, self._told, limits)
        self._forms: list[Form] = []
        """Under way, the latest last: the others wait."""
        self._last: Form | None = None
        """The stay that was looked up last: what "three nights, actually" changes."""
        self._noted: Form | None = None
        """The caller's details as noted last: what "oh, and my number is …" completes."""
        self._offers: dict[str, str] = {}
        """What was offered with it: reference → name."""
        self._running: dict[str, Form] = {}
        self._standing: Question | None = None
        """Our offer that was neither taken nor refused yet: other questions may come between."""
        self._topic = ""
        self._topic_duty: Duty | None = None
        """The question about the house answered last: what "is it heated?" is about."""
        self._calls = 0
        self._strangers = 0
        self._answered = 0
        self._changed = False
        """The words just heard changed the stay."""

    async def respond(self, turn: ModelTurn) -> AsyncGenerator[ModelEvent, None]:
        """One reply: sentences and one question, or the duties to run first."""
        plan = self._plan(turn)
        calls = [self._call(form) for form in plan.run]
        if not calls:
            self._questions.put(plan.question)
            if plan.question is not None and plan.question.kind == "follow":
                self._standing = plan.question
        for sentence in plan.said:
            yield TextDelta(f"{sentence} ")
        for call in calls:
            yield call
        if not calls and plan.question is not None:
            yield TextDelta(plan.question.text)
            yield Asking(plan.question.answer, plan.question.slot)
        if plan.farewell:
            yield Farewell()
        yield Finished(confidence=plan.confidence)

    def _call(self, form: Form) -> ToolCall:
        self._calls += 1
        call_id = f"local_{self._calls}"
        self._running[call_id] = form
        return ToolCall(call_id, form.duty.name, form.arguments())

    # what came in

    def _plan(self, turn: ModelTurn) -> Plan:
        last = turn.messages[-1] if turn.messages else None
        if isinstance(last, ToolAnswered):
            return self._after(turn)
        late = self._late(turn)
        if isinstance(last, StaffHint):
            return self._keyed(last.text, turn).after(*late)
        said = next((m for m in reversed(turn.messages) if isinstance(m, CallerSaid)), None)
        if said is None:
            return Plan(question=self._questions.otherwise(answers.GREETING))
        if said.confidence < self._limits.heard:
            return self._questions.not_understood(answers.NOT_HEARD)
        heard = next((m.text for m in reversed(turn.messages) if isinstance(m, AgentSaid)), "")
        return self._listen(said.text, heard, turn).after(*late)

    def _late(self, turn: ModelTurn) -> list[str]:
        """What was done while the caller spoke again, and was never said."""
        said: list[str] = []
        for answer in self._results(turn):
            form = self._running[answer.call_id]
            if answer.ok and form.duty.writes:
                said += answer.spoken
            elif form.about_stay:
                self._last = form
        self._running.clear()
        return said

    def _results(self, turn: ModelTurn) -> list[ToolAnswered]:
        return [m for m in turn.messages if isinstance(m, ToolAnswered) and m.call_id in self._running]

    def _keyed(self, hint: str, turn: ModelTurn) -> Plan:
        question, digits = self._questions.open, phrases.unkeyed(hint)
        if digits and question and question.form and question.slot:
            plan = self._take(question.form, question.slot, digits, turn)
            return plan or self._questions.ask(question.form, question.slot)
        return self._resume(turn)

    def _listen(self, text: str, heard: str, turn: ModelTurn) -> Plan:
        question = self._questions.open if self._questions.open and self._questions.open.heard_in(heard) else None
        self._changed = self._told.hear_stay(_ONE_OF_THEM.sub(" ", text), turn.now, question.reads if question else "", heard)
        plan = self._aside(text, turn)
        if plan is None and question is not None:
            plan = self._answer(question, text, heard, turn)
        if plan is None:
            return self._wishes(text, heard, turn)
        self._questions.understood()
        return plan

    # beside the wish

    def _aside(self, text: str, turn: ModelTurn) -> Plan | None:
        words = self._questions.words
        match aside(text):
            case Aside.ROBOT:
                return self._resume(turn, words.pick(answers.ROBOT, hotel=turn.hotel_name))
            case Aside.NAME:
                return self._resume(turn, words.pick(answers.NAME, hotel=turn.hotel_name))
            case Aside.GUEST:
                return Plan([words.pick(answers.PRIVACY)], question=self._questions.message(text))
            case Aside.LEAVE_IT if self._forms or self._last:
                self._forms.clear()
                self._standing = None
                return Plan([words.pick(answers.ALL_RIGHT)], question=self._questions.otherwise())
        if other_house(text, turn.hotel_name):
            town = f" in {turn.hotel_town}" if turn.hotel_town else ""
            return Plan(question=Question("misdialled", answers.MISDIALLED.format(hotel=turn.hotel_name, town=town), Answer.YES_NO))
        return None

    # answers to our question

    def _answer(self, question: Question, text: str, heard: str, turn: ModelTurn) -> Plan | None:
        """The caller's words as an answer to what was asked; None: they are about something else."""
        form, yes, rest = question.form, yes_or_no(text), beyond_yes_or_no(text)
        match question.kind:
            case "slot" if form:
                return self._answer_slot(question, form, text, heard, turn)
            case "date" if form:
                settled = self._told.doubt is None or self._changed
                return self._go_on(form, turn) if settled or not self._understanding.elsewhere(text, heard) else None
            case "read_back" | "confirm" if form:
                return self._answer_read_back(question, form, text, heard, turn)
            case "change" if form:
                self._told.hear_contact(text, turn.region)
                return self._go_on(form, turn) if self._refresh(form) else None
            case "misdialled":
                return self._misdialled(yes, rest, turn)
            case "follow" if yes and form:
                return self._accepted(form, rest, heard, turn)
            case "follow" if yes is False and not self._changed and not (rest and self._understanding.another_wish(rest, heard)):
                self._standing = None
                return Plan([self._questions.words.pick(answers.ALL_RIGHT)], question=self._questions.otherwise())
            case "else" if yes is False and not rest:
                return self._questions.goodbye(turn.hotel_name)
        return None

    def _accepted(self, form: Form, rest: str, heard: str, turn: ModelTurn) -> Plan:
        """A yes to our offer; the choice, the name and other questions may come with it."""
        self._standing = None
        self._told.hear_contact(rest, turn.region)
        self._choose(form, rest, turn)
        return self._go_on(form, turn, self._besides(rest, heard, form))

    def _answer_slot(self, question: Question, form: Form, text: str, heard: str, turn: ModelTurn) -> Plan | None:
        slot = form.slot(question.slot)
        if slot.reads in STAY:
            if self._refresh(form) or self._told.doubt:
                return self._go_on(form, turn, self._besides(text, heard, form))
        elif not asks(text):
            if slot.default_from == "caller_number" and turn.caller_number and _MY_NUMBER.search(text):
                return self._take(form, question.slot, turn.caller_number, turn)
            self._told.hear_contact(text, turn.region, slot.reads)
            note_more(form, text)
            told = self._told.contact.get(slot.reads)
            value = told if slot.reads in CONTACT else read_answer(slot, text, region=turn.region, offers=self._offers)
            if plan := self._take(form, question.slot, value, turn):
                return plan
        return None if self._understanding.elsewhere(text, heard) else self._questions.ask(form, question.slot)

    def _answer_read_back(self, question: Question, form: Form, text: str, heard: str, turn: ModelTurn) -> Plan | None:
        """A yes, or what was said instead; a bare no has it asked again."""
        yes = agrees(text)
        rest = beyond_yes_or_no(text) if yes else corrected(text)
        if yes:
            form.agreed.add(question.slot)
            if question.reads in CONTACT:
                self._told.agreed[question.reads] = str(form.values[question.slot])
            form.confirmed = form.confirmed or question.kind == "confirm"
            self._told.hear_contact(rest, turn.region)
            return self._go_on(form, turn, self._besides(rest, heard, form))
        if yes is None and self._understanding.elsewhere(text, heard):
            return None
        sorry = self._questions.words.pick(answers.AGAIN)
        if rest:
            if yes is False and " " not in str(form.values.get(question.slot, "")):
                self._told.forget(question.reads)
            self._told.hear_contact(rest, turn.region, question.reads)
        if self._refresh(form):
            return self._go_on(form, turn).after(sorry)
        if question.kind == "confirm":
            return Plan(question=Question("change", self._questions.words.pick(answers.WHAT_TO_CHANGE), Answer.ANYTHING, form=form))
        form.values.pop(question.slot, None)
        self._told.forget(question.reads)
        return self._questions.ask(form, question.slot, sorry)

    def _take(self, form: Form, name: str, value: Any, turn: ModelTurn) -> Plan | None:
        """Put an answer into its slot; None: it is no such value."""
        slot = form.slot(name)
        if slot.expects == "phone" and value is not None:
            value = read_answer(slot, str(value), region=turn.region, offers={})
        if value is None:
            return None
        form.put(name, value)
        if slot.reads in CONTACT:
            self._told.contact[slot.reads] = str(value)
        return self._go_on(form, turn)

    def _choose(self, form: Form, text: str, turn: ModelTurn) -> bool:
        """Take the option the caller picks ("the second one, please") into the form. True: they picked one."""
        for name in form.duty.arguments.model_fields:
            slot = form.slot(name)
            if slot.reads == "choice" and (choice := read_answer(slot, text, region=turn.region, offers=self._offers)):
                form.values[name] = choice
                return True
        return False

    def _misdialled(self, yes: bool | None, rest: str, turn: ModelTurn) -> Plan | None:
        ours = {*turn.hotel_name.lower().split()} - {"the", "hotel"}
        if yes or ours & {word.strip(".,!?") for word in rest.lower().split()}:
            return Plan(question=self._questions.otherwise(answers.GREETING)) if not (yes and rest) else None
        if yes is None and not _WRONG_NUMBER.search(rest):
            return None
        if _WRONG_NUMBER.search(rest):
            return self._questions.goodbye(turn.hotel_name)
        self._strangers += 1
        if self._strangers >= self._limits.misses:
            return self._questions.person("")
        return Plan([answers.OTHER_HOTEL.format(hotel=turn.hotel_name)], question=self._questions.otherwise())

    # wishes

    def _wishes(self, text: str, heard: str, turn: ModelTurn) -> Plan:
        """Everything the caller wants in these words: run what can be run, then one question."""
        named = self._told.hear_contact(text, turn.region)
        ready: list[Form] = []
        opened: Form | None = None
        labels: list[str] = []
        for piece in self._understanding.pieces(text):
            label = self._understanding.label(piece, heard)
            if label is None:
                continue
            duty = self._understanding.duty(label, piece, heard, turn.now, self._told.values, self._last)
            if label == BEYOND and _AND_WHAT_OF.match(piece) and self._topic:
                duty = self._topic_duty
            if duty is None:
                labels.append(label)
                continue
            form = self._about_topic(piece, duty) or Form(duty, piece)
            self._refresh(form)
            if form.about_stay or duty.writes or form.missing():
                opened = form if opened is None or form.about_stay else opened
            elif not any(form.same(other) for other in ready):
                ready.append(form)
        opened = opened or self._continued(text, labels, turn, named=named, other=bool(ready))
        if opened is None and not ready:
            return self._small_talk(labels, heard, turn, named=named)
        self._questions.understood()
        return self._go_on(self._joined(opened), turn, ready) if opened else Plan(run=ready)

    def _about_topic(self, piece: str, duty: Duty) -> Form | None:
        """ "How much is it?" right after a question about the house is about the same thing."""
        short = len(piece.split()) <= MOST_WORDS_OF_IT and _IT.search(piece) and not _OF_ROOMS.search(piece)
        house = self._topic_duty
        if not (self._topic and short and house and not self._changed and (duty is house or Form(duty).about_stay)):
            return None
        return Form(house, f"{self._topic} {piece}")

    def _continued(self, text: str, labels: list[str], turn: ModelTurn, *, named: bool, other: bool) -> Form | None:
        """Words that go on with something: other dates for what was just looked up, a name for what is being noted, a choice of what was offered."""
        waiting = self._forms[-1] if self._forms else None
        if self._changed:
            if waiting and waiting.about_stay:
                return waiting
            if self._last and (not other or _CHANGE_OF_MIND.search(text)):
                again = replace(self._last, values=dict(self._last.values), agreed=set(self._last.agreed))
                return again if self._refresh(again) or self._told.doubt else None
            if not other and not named and (duty := self._understanding.about_stay()):
                return Form(duty)
        offered = self._offered
        if named:
            noted = replace(self._noted, values=dict(self._noted.values)) if self._noted else None
            return next((form for form in (waiting, offered, noted) if form and form.takes_contact), None)
        if offered and not other and BYE not in labels and NO not in labels and self._choose(offered, text, turn):
            return offered
        return None

    @property
    def _offered(self) -> Form | None:
        """What a yes would start."""
        return self._standing.form if self._standing else None

    def _joined(self, form: Form) -> Form:
        """The form with what is known of the same thing: looked up before, waiting, or just offered."""
        last = None if _ANOTHER.search(form.wish) else self._last
        for known in (last, *self._forms, self._offered):
            if known is not None and known is not form and known.duty is form.duty:
                form.values = known.values | form.values
                form.agreed |= known.agreed
                form.asked = form.asked or known.asked
                if known in self._forms:
                    self._forms.remove(known)
        return form

    def _small_talk(self, labels: list[str], heard: str, turn: ModelTurn, *, named: bool) -> Plan:
        """Nothing to run: manners, an honest no, or asking again."""
        if not labels and not named:
            return self._questions.not_understood(answers.NOT_UNDERSTOOD)
        self._questions.understood()
        words = self._questions.words
        label = BYE if BYE in labels else next((found for found in labels if found not in (YES, HELLO)), labels[0] if labels else DETAILS)
        if label == BYE:
            return self._questions.goodbye(turn.hotel_name)
        if label in _BANKS:
            return Plan(question=self._questions.otherwise(_BANKS[label]))
        if label == ROBOT:
            return self._resume(turn, words.pick(answers.ROBOT, hotel=turn.hotel_name))
        if label == REPEAT and heard:
            return Plan([heard])
        if label == BEYOND:
            return self._resume(turn, words.pick(answers.OUT_OF_SCOPE))
        if label in (YES, DETAILS) and self._offered and not self._forms and self._questions.open and self._questions.open.kind == "else":
            return self._accepted(self._offered, "", heard, turn)
        if label in (YES, NO, DETAILS, HELLO) or label in _MANNERS:
            if self._forms or (self._questions.open and self._questions.open.kind != "else"):
                return self._resume(turn)
            begun = label == NO or self._answered or self._last
            return Plan(question=self._questions.otherwise(answers.ANYTHING_ELSE if begun else answers.GREETING))
        return Plan(question=self._questions.offer_person(heard))

    # going on

    def _refresh(self, form: Form) -> bool:
        """Fill the form with what was told; True: it is another one now."""
        before = form.arguments()
        form.fill(self._told.values)
        return form.arguments() != before

    def _besides(self, text: str, heard: str, form: Form) -> list[Form]:
        return self._understanding.besides(text, heard, form, self._told.values)

    def _resume(self, turn: ModelTurn, *said: str) -> Plan:
        return self._questions.resume(self._forms, turn, *said)

    def _go_on(self, form: Form, turn: ModelTurn, besides: Sequence[Form] = ()) -> Plan:
        """Run the form if it is whole, and what else was asked; otherwise its next question."""
        form.fill(self._told.values, turn.caller_number, self._told.agreed)
        if form in self._forms:
            self._forms.remove(form)
        if self._questions.whole(form):
            return Plan(run=[*besides, form])
        self._forms.append(form)
        return Plan(run=list(besides)) if besides else self._questions.next(form, turn)

    def _after(self, turn: ModelTurn) -> Plan:
        """The results are in: say them, then one question."""
        plan = Plan()
        follow: Question | None = None
        leaving = False
        for answer in self._results(turn):
            form = self._running.pop(answer.call_id)
            if not answer.ok and (missing := self._reopened(form, answer)):
                plan.said += answer.spoken[:-1]
                plan.question = plan.question or missing
                continue
            plan.said += answer.spoken or (() if answer.ok else (self._questions.words.pick(answers.FAILED),))
            if form.about_stay:
                self._last, self._offers, self._topic = form, names_of(answer), ""
            elif not form.duty.writes and not (self._topic and form.wish.startswith(self._topic)):
                self._topic, self._topic_duty = form.wish, form.duty
            if form.takes_contact and answer.ok:
                self._noted = form
            if answer.follow_up:
                follow = self._questions.follow_up(answer)
            elif not answer.ok:
                follow = self._questions.message(form.wish)
            leaving = leaving or (answer.ok and bool({BYE, PERSON} & {*form.duty.intents}))
        if leaving or plan.question:
            return plan
        if self._forms:
            return self._resume(turn).after(*plan.said)
        self._answered += 1
        if follow is None and self._standing and self._questions.may_ask(self._standing):
            follow = self._standing
        plan.question = follow or (self._questions.otherwise() if self._answered % 2 else None)
        return plan

    def _reopened(self, form: Form, answer: ToolAnswered) -> Question | None:
        """The question for what the duty refused; the values it refused are gone."""
        missing = [name for name in answer.content.get("missing", ()) if name in form.duty.arguments.model_fields]
        if not missing:
            return None
        for name in missing:
            form.values.pop(name, None)
            self._told.forget(form.slot(name).reads)
        self._forms.append(form)
        slot = form.slot(missing[0])
        text = answer.spoken[-1] if answer.spoken else self._questions.words.pick(slot.questions or answers.FAILED)
        return Question("slot", text, expected(slot), missing[0], form)

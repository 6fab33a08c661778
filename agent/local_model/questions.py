"""What is asked next: a form's next question, the way back to an open one, another way after misses. Never thrice in the same words."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from agent.local_model import answers
from agent.local_model.answers import Wordings
from agent.local_model.hearing import AGAIN, Told
from agent.local_model.plans import BYE, PERSON, LocalLimits, Plan, Question
from agent.local_model.slots import Form, expected
from agent.local_model.understanding import Understanding
from agent.ports import ModelTurn, ToolAnswered
from speech.ports import Answer

_KEYABLE = (Answer.PHONE, Answer.NUMBER, Answer.CODE)


class Questions:
    """One call's questions. `open` is the one we wait for an answer to."""

    def __init__(self, understanding: Understanding, told: Told, limits: LocalLimits) -> None:
        self.words = Wordings()
        self.open: Question | None = None
        self._understanding, self._told, self._limits = understanding, told, limits
        self._asked: Counter[str] = Counter()
        self._trying, self._tries = "", 0
        self._missed = 0

    def put(self, question: Question | None) -> None:
        """This is the question the reply ends with."""
        self.open = question
        if question is not None:
            self._asked[question.text] += 1

    def may_ask(self, question: Question) -> bool:
        """May it be asked once more in the same words?"""
        return self._asked[question.text] < self._limits.same_words

    def understood(self) -> None:
        """The row of misses is over."""
        self._missed = 0

    def otherwise(self, bank: Sequence[str] = answers.ANYTHING_ELSE) -> Question:
        """An open question, whatever they like."""
        return Question("else", self.words.pick(bank), Answer.ANYTHING)

    def whole(self, form: Form) -> bool:
        """Can it run?"""
        if form.about_stay and self._told.doubt is not None:
            return False
        return form.missing() is None and form.unread() is None and (form.confirmed or not form.duty.confirm)

    def next(self, form: Form, turn: ModelTurn) -> Plan:
        """The next question of a form that is not whole."""
        doubt = self._told.doubt
        if form.about_stay and doubt is not None and doubt.name in AGAIN:
            self._told.doubt = None
            said = answers.DOUBTS[doubt.name]
            name = form.missing()
            return self.ask(form, name, said) if name else Plan([said], question=self.otherwise(answers.WHAT_TO_CHANGE))
        if form.about_stay and doubt is not None:
            text = self.words.pick(answers.about(doubt.name), days=answers.candidates(doubt, turn.now.date()))
            return Plan(question=Question("date", text, Answer.DATE, form=form))
        if name := form.unread():
            back = answers.said_back(form.slot(name), form.values[name], turn.region)
            return Plan(question=Question("read_back", f"{back} {self.words.pick(answers.CORRECT)}", Answer.YES_NO, name, form))
        if name := form.missing():
            return self.ask(form, name)
        blanks = defaultdict(str, {name: answers.spoken(value, turn.now.date()) for name, value in form.values.items()})
        confirm = form.duty.confirm.format_map(blanks)
        text = confirm if confirm.endswith("?") else f"{confirm} {self.words.pick(answers.CORRECT)}"
        return Plan(question=Question("confirm", text, Answer.YES_NO, form=form))

    def ask(self, form: Form, name: str, *said: str) -> Plan:
        """Ask for a slot in other words than last time; after all of them a person is offered, then fetched."""
        key = f"{form.duty.name}.{name}"
        self._tries = self._tries + 1 if self._trying == key else 1
        self._trying = key
        slot, first = form.slot(name), not form.asked
        form.asked = True
        if self._tries > len(slot.questions) + 1:
            return self.person(form.wish)
        if self._tries > len(slot.questions):
            return Plan([*said], question=self.offer_person(form.wish, answers.PERSON_INSTEAD))
        if first and form.duty.writes and form.wish and not said:
            said = (self.words.pick(answers.FOR_THE_DESK),)
        return Plan([*said], question=Question("slot", self.words.pick(slot.questions), expected(slot), name, form))

    def resume(self, forms: Sequence[Form], turn: ModelTurn, *said: str) -> Plan:
        """Back to what was being asked before the caller said something beside it."""
        if forms:
            return self.next(forms[-1], turn).after(*said)
        question = self.open
        if question is None or question.kind == "else" or self._asked[question.text] >= self._limits.same_words:
            return Plan([*said], question=self.otherwise())
        return Plan([*said], question=question)

    def follow_up(self, answer: ToolAnswered) -> Question:
        """A result's own question; another wording where it was asked often enough."""
        duty = self._understanding.named(answer.follow_duty)
        often = self._asked[answer.follow_up] >= self._limits.same_words
        text = self.words.pick(answers.GO_AHEAD) if often else answer.follow_up
        return Question("follow", text, Answer.YES_NO, form=Form(duty, values=dict(answer.follow_arguments)) if duty else None)

    def message(self, wish: str) -> Question:
        """The offer to take a message."""
        duty = self._understanding.leaving("message") or self._understanding.leaving("lead")
        return Question("follow", self.words.pick(answers.LEAVE_MESSAGE), Answer.YES_NO, form=Form(duty, wish) if duty else None)

    def offer_person(self, wish: str, bank: Sequence[str] = answers.NOT_YET) -> Question:
        """The offer of a person."""
        duty = self._understanding.serving(PERSON)
        return Question("follow", self.words.pick(bank), Answer.YES_NO, form=Form(duty, wish) if duty else None)

    def not_understood(self, bank: Sequence[str]) -> Plan:
        """Once more in other words, then another way, then a person."""
        self._missed += 1
        if self._missed > self._limits.misses:
            return self.person("")
        question = self.open
        keypad = answers.KEYPAD if question is not None and question.answer in _KEYABLE else ""
        text = bank[(self._missed - 1) % len(bank)].format(keypad=keypad)
        asked = replace(question, text=text) if question else Question("else", text, Answer.ANYTHING)
        return Plan(question=asked, confidence=0.0)

    def person(self, wish: str) -> Plan:
        """To a person now."""
        self._missed = 0
        duty = self._understanding.serving(PERSON)
        return Plan(run=[Form(duty, wish)]) if duty else Plan(question=self.otherwise())

    def goodbye(self, hotel: str) -> Plan:
        """The caller is done."""
        if duty := self._understanding.serving(BYE):
            return Plan(run=[Form(duty)])
        return Plan([self.words.pick(answers.GOODBYE, hotel=hotel)], farewell=True)

"""One call's memory, built from what was heard: what is said but not heard is not known to the caller, so no model sees it as said."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.ports import AgentSaid, CallerSaid, Message, StaffHint, ToolAnswered, ToolAsked
from tools.catalogue import Receipt

MOST_ENTRIES = 80
"""Beyond this the oldest turns are dropped; what tools found in them is kept as one note."""
LONGEST_NOTE = 2000
"""Characters of that note."""
SAME_WORDS_LIMIT = 2
"""How often a question may be asked in the same words."""


@dataclass(slots=True)
class _Utterance:
    id: int
    said: str
    heard: str | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    ask: ToolAsked
    answer: list[ToolAnswered] = field(default_factory=list)


_Entry = CallerSaid | StaffHint | _Utterance | _Asked


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9 ]+", "", text.lower()).strip()


class Conversation:
    """Add to it as things happen; `messages` is what a model may know now."""

    def __init__(self, facts: Iterable[str] = ()) -> None:
        self.receipts: list[Receipt] = []
        """What was really done in this call."""
        self._facts: list[str] = list(facts)
        self._entries: list[_Entry] = []
        self._utterances: dict[int, _Utterance] = {}
        self._asked: dict[str, _Asked] = {}
        self._questions: Counter[str] = Counter()
        self._dropped = ""

    def caller(self, text: str, confidence: float = 1.0) -> None:
        """The caller's turn. Their own words are facts that may be said back."""
        self._entries.append(CallerSaid(text, confidence))
        self._facts.append(text)
        self._bound()

    def hint(self, text: str) -> None:
        """Something the models should know that nobody said aloud."""
        self._entries.append(StaffHint(text))
        self._facts.append(text)

    def said(self, text: str) -> int:
        """A sentence of ours was queued for the voice. Returns its id for `heard`."""
        utterance = _Utterance(len(self._utterances) + 1, text)
        self._utterances[utterance.id] = utterance
        self._entries.append(utterance)
        if text.rstrip().endswith("?"):
            self._questions[_plain(text)] += 1
        return utterance.id

    def heard(self, utterance_id: int, text: str, cut: bool = False) -> None:
        """What the caller heard of it; empty: nothing. Replaces what models see. May come late or again."""
        if utterance := self._utterances.get(utterance_id):
            utterance.heard, utterance.cut = text, cut

    def asked(self, call_id: str, name: str, arguments: str) -> str:
        """A tool is asked for. Returns the id used: a repeated one is made unique; arguments that are no JSON object are kept as {}."""
        unique, n = call_id or "call", 1
        while unique in self._asked:
            n += 1
            unique = f"{call_id or 'call'}_{n}"
        asked = _Asked(ToolAsked(unique, name, arguments if is_object(arguments) else "{}"))
        self._asked[unique] = asked
        self._entries.append(asked)
        return unique

    def answered(self, answer: ToolAnswered, receipt: Receipt | None = None) -> None:
        """Its result; the first one counts. May come after later turns (a write that finished while the caller went on)."""
        asked = self._asked[answer.call_id]
        if asked.answer:
            return
        asked.answer.append(answer)
        self._facts += [json.dumps(answer.content, default=str, ensure_ascii=False), *answer.spoken, answer.follow_up]
        if receipt is not None:
            self.receipts.append(receipt)

    def asked_too_often(self, question: str) -> bool:
        """Was this asked as often as one may in the same words?"""
        return self._questions[_plain(question)] >= SAME_WORDS_LIMIT

    @property
    def facts(self) -> tuple[str, ...]:
        """Texts of this call in which a spoken number must stand: tool results, articles, the caller's words, the hotel's own facts."""
        return tuple(self._facts)

    @property
    def last_reply(self) -> tuple[str, ...]:
        """The sentences of our last reply that said anything, whole: for "repeat that"."""
        reply: list[str] = []
        for entry in reversed(self._entries):
            if isinstance(entry, _Utterance):
                reply.append(entry.said)
            elif isinstance(entry, CallerSaid) and reply:
                break
        return tuple(reversed(reply))

    def messages(self) -> tuple[Message, ...]:
        """For `ModelTurn`. Each tool ask stands with exactly one answer; our sentences as far as they were heard."""
        last_caller = max((i for i, e in enumerate(self._entries) if isinstance(e, CallerSaid)), default=-1)
        seen: list[Message] = [StaffHint(self._dropped)] if self._dropped else []
        for i, entry in enumerate(self._entries):
            if isinstance(entry, _Asked):
                seen.append(entry.ask)
                seen.append(entry.answer[0] if entry.answer else _unfinished(entry.ask))
            elif isinstance(entry, _Utterance):
                _add(seen, _as_known(entry, this_turn=i > last_caller))
            else:
                seen.append(entry)
        return tuple(seen)

    def _bound(self) -> None:
        while len(self._entries) > MOST_ENTRIES:
            turn = next((i for i, e in enumerate(self._entries) if i and isinstance(e, CallerSaid)), len(self._entries) - 1)
            gone, self._entries = self._entries[:turn], self._entries[turn:]
            for entry in gone:
                if isinstance(entry, _Asked) and entry.answer:
                    note = f"{entry.ask.name}: {json.dumps(entry.answer[0].content, default=str, ensure_ascii=False)}"
                    self._dropped = f"{self._dropped or 'Found earlier in this call:'} {note}"[-LONGEST_NOTE:]


def is_object(arguments: str) -> bool:
    """Is this a JSON object?"""
    try:
        return isinstance(json.loads(arguments), dict)
    except ValueError:
        return False


def _unfinished(ask: ToolAsked) -> ToolAnswered:
    return ToolAnswered(ask.call_id, ask.name, {"error": "not finished: the caller went on speaking"}, ok=False)


def _as_known(utterance: _Utterance, *, this_turn: bool) -> AgentSaid | None:
    if utterance.heard is None:
        return AgentSaid(utterance.said) if this_turn else None
    return AgentSaid(utterance.heard, utterance.cut) if utterance.heard else None


def _add(seen: list[Message], said: AgentSaid | None) -> None:
    if said is None:
        return
    if seen and isinstance(before := seen[-1], AgentSaid):
        seen[-1] = AgentSaid(f"{before.text} {said.text}", said.cut)
    else:
        seen.append(said)

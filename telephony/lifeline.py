"""The call's states in the call: tells `lifecycle` what happens and does what it answers."""

from speech.turns import Backchannel, CallerSilent, CallerSpeaking, EndOfTurn, GiveUp, Resume
from telephony import events
from telephony.call import Part
from telephony.events import Event
from telephony.lifecycle import Deadlines, End, Lifecycle


class Lifeline(Part):
    def __init__(self, deadlines: Deadlines) -> None:
        self._life = Lifecycle(deadlines)

    def audio(self, packet: bytes, at_ms: int) -> None:  # noqa: ARG002 - that one came is enough
        self._life.packet(at_ms)

    def tick(self, now_ms: int) -> None:
        for action in self._life.tick(now_ms):
            if isinstance(action, End):
                self.tell(events.Ended(action.reason, action.step))
            else:
                self.tell(events.SilentFor(action.nth))

    def event(self, event: Event) -> None:
        now_ms = self.call.now_ms()
        life = self._life
        match event:
            case CallerSpeaking():
                life.caller_speaks()
            case CallerSilent():
                life.caller_silent(now_ms)
            case EndOfTurn():
                life.turn_ended(now_ms)
            case Backchannel() | GiveUp() | Resume():
                life.turn_ended(now_ms, words=False)
            case events.Keyed():
                life.keyed()
            case events.ReplyBegan():
                life.reply_began(now_ms)
            case events.ReplyEnded():
                life.reply_ended(now_ms)
            case events.AgentAudible():
                life.agent_audible(now_ms)
            case events.AgentQuiet():
                life.agent_quiet(now_ms)
            case events.HoldsOn():
                life.holds_on(now_ms)
            case events.MovesOn():
                life.moves_on(event.step, event.reason, now_ms)
            case _:
                pass

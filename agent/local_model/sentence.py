"""Tokens with safe look-around, shared by the grammars."""

from dataclasses import dataclass

from agent.local_model.date_words import Kind, Token

_NOTHING = Token(Kind.STOP, "")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens of which any position may be looked at; outside there is a stop."""

    tokens: list[Token]

    def at(self, i: int) -> Token:
        return self.tokens[i] if 0 <= i < len(self.tokens) else _NOTHING

    def word(self, i: int) -> str:
        return self.at(i).text

    def kind(self, i: int) -> Kind:
        return self.at(i).kind

    def skip(self, i: int, *words: str) -> int:
        """The position after i if one of these words stands there, else i."""
        return i + (self.word(i) in words)

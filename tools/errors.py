"""Errors of duties.

ToolError
├── Refused        what was asked cannot be done; `say` tells why and what else can be
└── StoreAway      what is needed to answer cannot be reached just now
"""


class ToolError(Exception):
    """`retryable`: trying the same thing again makes sense. `say`: what the caller should hear; `missing`: arguments that would help."""

    retryable = False

    def __init__(self, say: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(say)
        self.say = say
        self.missing = missing


class Refused(ToolError):
    pass


class StoreAway(ToolError):
    retryable = True

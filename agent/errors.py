"""Errors of thinking.

AgentError
└── ModelError          the chat model cannot be had, broke, or said nothing in time
    └── ModelBusy       it asks to come back later (rate limit, quota)
"""


class AgentError(Exception):
    """`retryable`: trying the same thing again makes sense. `say`: what the caller should hear."""

    retryable = False
    say = "I'm sorry, I did not manage that."


class ModelError(AgentError):
    retryable = True
    say = "I'm sorry, I'm having trouble just now."


class ModelBusy(ModelError):
    retryable = False

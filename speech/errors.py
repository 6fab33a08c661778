"""Errors of hearing and speaking.

SpeechError
├── TranscriberError   the recogniser cannot be had or broke
└── SynthesizerError   the voice cannot be had, broke, or gave no sound in time
"""


class SpeechError(Exception):
    """`retryable`: trying the same thing again makes sense. `say`: what the caller should hear, if anything."""

    retryable = True
    say = "I'm sorry, I'm having trouble with the line."


class TranscriberError(SpeechError):
    say = "I'm sorry, I'm having trouble hearing you."


class SynthesizerError(SpeechError):
    pass

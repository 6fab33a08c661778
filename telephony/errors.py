"""Errors of the line.

LineError
├── ProtocolError     the peer of a media stream breaks the protocol beyond what is tolerated; its socket is closed
├── TokenRefused      a stream token is unknown, used, expired, or another call's
└── NotReady          the line cannot take a call now (starting, full, draining)
"""


class LineError(Exception):
    """`retryable`: trying the same thing again makes sense."""

    retryable = False


class ProtocolError(LineError):
    pass


class TokenRefused(LineError):
    pass


class NotReady(LineError):
    retryable = True

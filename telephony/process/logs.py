"""Structured logs: JSON lines on stderr, constant messages, the call bound by context; personal data only under keys that begin with pii_."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.types import Processor

LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
PERSONAL: Final = "pii_"
MASK: Final = "…"
CHATTY: Final = ("httpx", "httpcore", "openai", "websockets", "asyncio", "uvicorn.access", "alembic", "faster_whisper", "twilio")
"""Libraries whose informative messages may hold what a guest said."""


def mask_personal(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of personal data only the end stays: enough to find a call, not enough to know a guest."""
    for key in [key for key in entry if key.startswith(PERSONAL)]:
        text = str(entry[key])
        entry[key] = MASK + text[-2:] if len(text) > 4 else MASK
    return entry


def steps() -> list[Processor]:
    """From a message with its values to one that may be written. Tracebacks hold no local variables: these are what guests said."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
        mask_personal,
    ]


def set_up(level: str) -> None:
    """For the whole process; other libraries' warnings come out in the same form."""
    structlog.configure(
        processors=[*steps(), structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    written = logging.StreamHandler(sys.stderr)
    written.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=steps(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[written], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)

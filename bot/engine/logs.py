"""What is written down: structured, and never a reader's words, name, phone or address."""

import logging
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

PERSONAL = frozenset({"text", "body", "name", "phone", "address", "card", "session", "token", "payload", "query"})
"""Keys that could hold personal data or a secret: masked, should somebody log them by mistake."""


def _mask(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for key in PERSONAL & event.keys():
        event[key] = "…"
    return event


def configure(level: str = "info", form: str = "auto") -> None:
    """Set up logging for the process.

    Args:
        level: debug, info, warning or error.
        form: json, console, or auto: console in a terminal.
    """
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    threshold = logging.getLevelNamesMapping()[level.upper()]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _mask,
            *([] if console else [structlog.processors.dict_tracebacks]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries speak through the standard module; below warning they may name addresses.
    logging.basicConfig(
        level=max(threshold, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )

"""What is written down: structured, and never a reader's words, name, phone or address."""

import asyncio
import logging
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

PERSONAL = frozenset({"text", "body", "name", "phone", "address", "card", "session", "token", "payload", "query"})
"""Keys that could hold personal data or a secret: masked, should somebody log them by mistake."""

DEEPEST_CAUSE = 5


def _mask(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for key in PERSONAL & event.keys():
        event[key] = "…"
    return event


def where(error: BaseException) -> tuple[str, list[str]]:
    """What broke and where, innermost last; never the error's own text, it may quote a reader."""
    kinds, cause = [type(error).__name__], error.__cause__ or error.__context__
    while cause is not None and len(kinds) < DEEPEST_CAUSE:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)
    return " from ".join(kinds), [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _discreet(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    raised = event.pop("exc_info", None)
    error = sys.exc_info()[1] if raised is True else raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["error"], event["at"] = where(error)
    return event


class DiscreetFormatter(logging.Formatter):
    """Libraries' faults without the error's own text and without values."""

    def formatException(  # noqa: N802 - the name in logging
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        if ei[1] is None:
            return ""
        kinds, frames = where(ei[1])
        return "\n".join([kinds, *frames])


def loose_end(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What the event loop reports: the fault's kind and place, not its text nor the task's arguments."""
    error = context.get("exception")
    said = str(context.get("message", "")).split("\n")[0]
    structlog.get_logger(__name__).error("loose end", said=said, exc_info=error or False)


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
            _discreet,
            _mask,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries speak through the standard module; below warning they may name addresses.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(DiscreetFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=max(threshold, logging.WARNING), handlers=[handler])

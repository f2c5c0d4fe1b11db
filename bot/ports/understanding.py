"""Understanding, as the core asks for it: a reader's words and what is wanted."""

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing that the reader wants.

    Attributes:
        intent: search, availability, renew, my_loans, hold, hours, location, contacts, events, join,
            rules, review, human, subscribe, unsubscribe, greeting, thanks, out_of_scope, recommend,
            help, cancel.
        confidence: 0..1, calibrated: 0.9 means nine of ten are right.
        slots: Pieces of the message that the intent needs, in the reader's own words:
            title, author, isbn, volume, grade, age, subject, branch, date, item, …;
            beside them ``NOTES`` for the handlers.
        rest: The message without polite noise: what to look up in the catalogue.
        anywhere: True for a global word (стоп, человек, помощь, отмена): heard in every state.
        because: Why, in a few words each, for ``ask --explain`` and the tests.
    """

    intent: str
    confidence: float
    slots: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    anywhere: bool = False
    because: tuple[str, ...] = ()


NOTES = frozenset(("whole", "titles", "named", "narrower", "wider", "rival", "said", "scope", "uncorrected", "then"))
"""Slots that no person would pick out of a message: other readings of it, and what else it may mean."""


class Understanding(Protocol):
    """A reader's words → what is wanted. Pure, synchronous, never raises, well under a millisecond."""

    def understand(self, text: str) -> tuple[Request, ...]:
        """At least one request, in the order of the message; most messages hold one."""
        ...

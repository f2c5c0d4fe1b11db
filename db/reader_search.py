"""What the staff type to find a reader, as conditions on the register."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, false, or_

from bot.library.linking import card_spellings, digits_of, phone_of
from bot.reader_desk import SoughtBy
from db.models import PatronRow

SHORTEST_NAME, MOST_NAMES = 2, 3
PHONE_DIGITS = 7
"""From so many digits on, what was typed may be a telephone number."""


def sought(words: str) -> tuple[SoughtBy, Any]:
    """What was typed is, and the rows that fit it."""
    said = " ".join(words.replace("\x00", "").split())[:100]
    if spellings := card_spellings(said):
        return SoughtBy.CARD, PatronRow.card_number.in_(spellings)
    names = [name for name in said.split(" ") if len(name.strip(".,*%_")) >= SHORTEST_NAME][:MOST_NAMES]
    return (SoughtBy.NAME, _has_name(names)) if names else (SoughtBy.NOTHING, false())


def phone_in(words: str) -> str:
    """The telephone number that what is no card may be, "" for none: looked for second, since no index has it."""
    return phone_of(words) if len(digits_of(words)) >= PHONE_DIGITS else ""


def has_phone(phone: str) -> Any:
    """The number however the register parts its digits; the last ten, since the country is often left out."""
    return PatronRow.phone.like("%" + "%".join(phone[-10:]))


def _has_name(names: Sequence[str]) -> Any:
    """One word begins the surname, the others given name or patronymic, in whatever order; or those two alone."""
    called = and_(_begins(PatronRow.given_name, names[0]), _begins(PatronRow.patronymic, names[-1]))
    return or_(
        *([called] if len(names) == 2 else []),
        *(
            and_(
                _begins(PatronRow.surname, name),
                *(
                    or_(_begins(PatronRow.given_name, other), _begins(PatronRow.patronymic, other))
                    for other in (*names[:place], *names[place + 1 :])
                ),
            )
            for place, name in enumerate(names)
        ),
    )


def _begins(column: Any, name: str) -> Any:
    """Neither database folds Cyrillic in every set-up, so each way of writing is asked for; ё is е."""
    said = name.strip(".,")
    ways = dict.fromkeys((said, said.lower(), said.capitalize(), said.title(), said.upper()))
    return or_(*(column.like(_pattern(way), escape="!") for way in ways))


def _pattern(said: str) -> str:
    """Any letter in the place of е and ё, unless nothing much else is there: no function runs over the column."""
    escaped = re.sub(r"([!%_])", r"!\1", said)
    plain = len(re.sub(r"[еёЕЁ\W_]", "", said)) >= SHORTEST_NAME
    return (re.sub("[еёЕЁ]", "_", escaped) if plain else escaped) + "%"

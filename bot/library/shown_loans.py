"""What a button remembers of the loans that stood above it: pressed again, or pressed late, it renews nothing twice.

A button holds 64 bytes. So many loans as fit are named with the due date that the reader saw; of more only a digest
is kept, which tells whether the list is still the one that was shown. Used by the dialogues and by the notices:
``Button("Продлить всё", "renew:" + packed(loans))``. Pure.
"""

import hashlib
from collections.abc import Sequence
from datetime import date

from bot.library.lending import Loan
from bot.quick import dataclass

LONGEST = 58
"""Bytes: a payload has 64, six of them are ``renew:``."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ALL = "all"


@dataclass(frozen=True, slots=True)
class ShownLoans:
    """What was shown.

    Attributes:
        loans: (loan id, due date seen); empty where only the digest is known.
        digest: Of all that was shown, "" where the loans are named.
    """

    loans: tuple[tuple[int, date], ...] = ()
    digest: str = ""


def packed(loans: Sequence[Loan]) -> str:
    """The argument of a button for these loans: ``12.kz9,13.kzb`` (numbers in base 36), else ``all.<digest>``."""
    said = ",".join(f"{_base36(loan.loan_id)}.{_base36(loan.due_on.toordinal())}" for loan in loans)
    return said if loans and len(said) <= LONGEST else f"{_ALL}.{digest_of(loans)}"


def unpacked(argument: str) -> ShownLoans | None:
    """What :func:`packed` made, None for anything else: a payload is what anybody sends."""
    if len(argument) > LONGEST:
        return None
    head, _dot, digest = argument.partition(".")
    if head == _ALL and len(digest) == 16:
        return ShownLoans(digest=digest)
    loans = [_loan(part) for part in argument.split(",")]
    named = tuple(loan for loan in loans if loan is not None)
    return ShownLoans(loans=named) if len(named) == len(loans) else None


def digest_of(loans: Sequence[Loan]) -> str:
    """Sixteen letters that change with any loan, any due date."""
    said = ",".join(sorted(f"{loan.loan_id}.{loan.due_on.isoformat()}" for loan in loans))
    return hashlib.blake2s(said.encode(), digest_size=8).hexdigest()


def _loan(part: str) -> tuple[int, date] | None:
    number, _dot, day = part.partition(".")
    try:
        seen = int(number, 36), date.fromordinal(int(day, 36))
    except (ValueError, OverflowError):
        return None
    return seen if 0 < seen[0] < 2**63 else None


def _base36(number: int) -> str:
    said = ""
    while number:
        number, digit = divmod(number, 36)
        said = _DIGITS[digit] + said
    return said or "0"

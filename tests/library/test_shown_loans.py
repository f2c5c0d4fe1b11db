"""A button names the loans that were shown, and tells nothing else apart from them."""

from dataclasses import replace
from datetime import date

import pytest

from bot.library.lending import Loan
from bot.library.shown_loans import LONGEST, ShownLoans, digest_of, packed, unpacked

LOAN = Loan(loan_id=1, patron_id=1, item_id=1, branch_code="01", issued_on=date(2026, 2, 16), due_on=date(2026, 3, 5))
SEVERAL = [replace(LOAN, loan_id=60_000_000 + number, due_on=date(2026, 3, 5 + number)) for number in range(5)]


def test_five_loans_fit_a_button_with_the_dates_that_were_seen() -> None:
    argument = packed(SEVERAL)

    assert len(f"renew:{argument}".encode()) <= 64
    assert unpacked(argument) == ShownLoans(tuple((loan.loan_id, loan.due_on) for loan in SEVERAL))


def test_of_more_the_button_knows_whether_the_list_is_still_the_same() -> None:
    many = [replace(LOAN, loan_id=10**12 + number) for number in range(20)]
    shown = unpacked(packed(many))

    assert shown is not None
    assert not shown.loans
    assert shown.digest == digest_of(many[::-1])
    assert digest_of([replace(many[0], due_on=date(2026, 3, 6)), *many[1:]]) != shown.digest
    assert digest_of(many[1:]) != shown.digest


@pytest.mark.parametrize(
    "argument", ["", "all", "12", "12.", ".kz9", "12.kz9,", "0.kz9", "12.zzzzzzzz", "-1.kz9", "а.б", "1.1" * LONGEST]
)
def test_what_somebody_made_up_is_nothing(argument: str) -> None:
    assert unpacked(argument) is None

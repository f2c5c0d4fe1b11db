"""Days in notices are days of the branch, whatever day it is in Greenwich."""

from datetime import UTC, date, datetime

from bot.circulation import OpenLoan
from bot.library.lending import Loan
from bot.notice_words import Setting, Told, worded
from tests.support.fake_library import CENTRAL, HOLIDAYS

AT_NIGHT = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
"""The second of March in Moscow."""


def test_since_when_the_loans_are_known_is_told_by_the_day_of_the_branch() -> None:
    loan = Loan(
        loan_id=1, patron_id=1, item_id=1, branch_code="01", issued_on=date(2026, 2, 1), due_on=date(2026, 3, 4)
    )
    told = Told(due=(OpenLoan(loan=loan, title="Идиот"),), as_of=AT_NIGHT)
    setting = Setting(zone=CENTRAL.zone, now=AT_NIGHT, holidays=HOLIDAYS)

    assert setting.today == date(2026, 3, 2)
    assert "По записям на 2 марта." in worded([told], setting).text

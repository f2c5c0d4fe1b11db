"""Every reason why a book is not renewed is told, with the one thing to do."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.accounts import Cardholder
from bot.library.lending import Patron
from bot.library.renewal import RenewalBlock
from tests.support.fake_circulation import FakeCirculation
from tests.support.reader import Reader

SOON = date(2026, 3, 5)
REFUSALS: list[tuple[RenewalBlock, dict[str, Any], dict[str, Any], str]] = [
    (RenewalBlock.ITEM_LOST, {"missing": True}, {}, "числится потерянной. Если она нашлась, принесите её."),
    (RenewalBlock.IN_LIBRARY_ONLY, {"reading_room": True}, {}, "её дают только читать в библиотеке"),
    (RenewalBlock.TYPE_NOT_RENEWABLE, {"high_demand": True}, {}, "такие книги не продлевают"),
    (RenewalBlock.RENEW_LIMIT, {"renewals": 2}, {}, "больше продлевать нельзя. Верните её до 5 марта."),
    (RenewalBlock.REMOTE_LIMIT, {"remote_renewals": 1}, {"remote_renewals_allowed": 1}, "Принесите её в библиотеку"),
    (RenewalBlock.OVERDUE, {"due": date(2026, 2, 20)}, {}, "срок уже прошёл. Принесите её или позвоните"),
    (RenewalBlock.RECALLED, {"recalled": True}, {}, "библиотека просит вернуть её. Верните её до 5 марта."),
    (RenewalBlock.HOLD_QUEUE, {"wanted": True}, {}, "её ждёт другой читатель. Верните её до 5 марта."),
    (RenewalBlock.BOOKED, {"booked": True}, {}, "она уже обещана другому читателю."),
    (RenewalBlock.TOO_SOON, {"due": date(2026, 3, 20)}, {"no_renewal_before_days": 3}, "Напишите мне 17 марта"),
    (RenewalBlock.NO_GAIN, {"due": date(2026, 3, 20)}, {}, "продлевать рано. Напишите мне 7 марта или позже."),
    # (closed on the 20th for a clearing-out: until the 21st there is time anyway)
    (RenewalBlock.PERIOD_CAP, {}, {"max_total_days": 17}, "дольше держать её нельзя."),
]  # fmt: skip


@pytest.mark.parametrize(("block", "loan", "rules", "heard"), REFUSALS, ids=lambda value: str(value)[:20])
async def test_every_refusal_of_the_rules_has_its_reason_and_a_way_out(
    reader: Reader,
    circulation: FakeCirculation,
    anna: Cardholder,
    block: RenewalBlock,
    loan: Mapping[str, Any],
    rules: Mapping[str, Any],
    heard: str,
) -> None:
    circulation.policy = replace(circulation.policy, **rules)
    due = loan.get("due", SOON)
    more = {name: value for name, value in loan.items() if name != "due"}
    circulation.lends(anna.patron_id, "Обломов", due, **more)

    await reader.says("продлите обломова")

    reader.hears("«Обломов»: ", heard)
    reader.may_press("Мои книги", "Позвать библиотекаря")


@pytest.mark.parametrize(
    ("patron", "heard"),
    [
        (Patron(patron_id=1, expires_on=date(2026, 2, 1)), "закончился срок билета. Зайдите в библиотеку"),
        (Patron(patron_id=1, blocked=True), "ваш билет приостановлен."),
        (Patron(patron_id=1, debt=Decimal(50)), "за билетом числится долг."),
    ],
)
async def test_every_refusal_of_the_card_has_its_reason(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder, patron: Patron, heard: str
) -> None:
    circulation.policy = replace(circulation.policy, block_if_debt_over=Decimal(0))
    circulation.patrons[anna.patron_id] = patron
    circulation.lends(anna.patron_id, "Обломов", SOON)

    await reader.says("продлите")

    reader.hears(heard)


@pytest.mark.parametrize(
    ("code", "heard"),
    [
        (RenewalBlock.LOAN_NOT_FOUND, "у вас не числится."),
        (RenewalBlock.NOT_YOUR_LOAN, "у вас не числится."),
        (RenewalBlock.ILS_REFUSED, "программа библиотеки не разрешила."),
        (RenewalBlock.ILS_DOWN, "программа библиотеки не отвечает."),
    ],
)
async def test_every_refusal_of_the_librarys_system_has_its_reason(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder, code: RenewalBlock, heard: str
) -> None:
    circulation.refuses = code
    circulation.lends(anna.patron_id, "Обломов", SOON)

    await reader.says("продлите")

    reader.hears("«Обломов»: ", heard)


async def test_another_overdue_book_is_named_as_the_reason(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Обломов", date(2026, 2, 20))
    circulation.lends(anna.patron_id, "Война и мир", SOON)

    await reader.says("продли войну и мир")

    reader.hears("у вас есть просроченная книга. Верните её, и остальные можно будет продлить.")

"""The branch is closed when a book is due: nobody is sent to a closed door, nor called late for it."""

from datetime import date, timedelta

import pytest

from bot.accounts import Cardholder
from bot.circulation import Keeping
from bot.library.model import DayKind, SpecialDays
from tests.support.clock import StandingClock
from tests.support.fake_circulation import FakeCirculation
from tests.support.reader import Reader

TODAY = date(2026, 3, 2)
THURSDAY = date(2026, 3, 5)


def shut(first: date, last: date | None) -> tuple[SpecialDays, ...]:
    """What a librarian says at one press."""
    return (SpecialDays(kind=DayKind.URGENT, first=first, last=last, note="авария"),)


async def test_who_should_bring_it_today_hears_until_when_there_is_time(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Обломов", TODAY)
    await reader.says("мои книги")
    reader.hears("Вернуть сегодня:")

    circulation.days = shut(TODAY, TODAY)
    await reader.says("мои книги")

    reader.hears("Вернуть до 3 марта (сегодня закрыто):")
    reader.hears_nothing_of("Вернуть сегодня", "Срок уже прошёл")

    circulation.days = ()
    await reader.says("мои книги")
    reader.hears("Вернуть сегодня:")


async def test_on_the_day_it_opens_there_is_still_time_and_the_day_after_it_is_late(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder, clock: StandingClock
) -> None:
    circulation.lends(anna.patron_id, "Обломов", TODAY)
    circulation.days = shut(TODAY, TODAY)
    clock.turn(timedelta(days=1))

    await reader.says("мои книги")
    reader.hears("Вернуть сегодня (2 марта было закрыто):")

    clock.turn(timedelta(days=1))
    await reader.says("мои книги")
    reader.hears("Срок уже прошёл:", "срок был 3 марта")


async def test_while_nobody_knows_when_it_opens_nothing_need_be_brought(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder, clock: StandingClock
) -> None:
    circulation.lends(anna.patron_id, "Обломов", THURSDAY, wanted=True)
    circulation.lends(anna.patron_id, "Обрыв", date(2026, 3, 9))
    circulation.days = shut(TODAY, None)

    await reader.says("мои книги")
    reader.hears("В день возврата библиотека закрыта. Вернёте, когда она откроется:\n1. «Обломов»")

    await reader.says("продли обломова")
    reader.hears("её ждёт другой читатель. Верните её, когда библиотека откроется.")

    clock.turn(timedelta(days=14))
    await reader.says("мои книги")
    reader.hears("Вернёте, когда она откроется:\n1. «Обломов»", "2. «Обрыв»")
    reader.hears_nothing_of("Срок уже прошёл")


async def test_books_stand_in_the_order_in_which_they_have_to_be_brought(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Обломов", THURSDAY)
    circulation.lends(anna.patron_id, "Обрыв", date(2026, 3, 9))
    circulation.days = shut(THURSDAY, date(2026, 3, 9))

    await reader.says("мои книги")

    reader.hears(
        "Вернуть до 10 марта (5 марта закрыто):\n1. «Обломов»", "Вернуть до 10 марта (9 марта закрыто):\n2. «Обрыв»"
    )


async def test_the_answer_to_how_long_counts_the_closed_day(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Обломов", THURSDAY, renewals=2)
    circulation.days = shut(THURSDAY, THURSDAY)

    await reader.says("скажи, когда уже нельзя будет продлить")

    reader.hears("«Обломов»: до 6 марта, больше не продлить.")


async def test_a_reason_that_names_a_day_names_one_with_an_open_door(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Обломов", THURSDAY, wanted=True)
    circulation.days = shut(THURSDAY, THURSDAY)

    await reader.says("продли обломова")

    reader.hears("её ждёт другой читатель. Верните её до 6 марта.")


async def test_another_book_due_on_the_closed_day_stands_in_no_way(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder, clock: StandingClock
) -> None:
    circulation.lends(anna.patron_id, "Обломов", TODAY)
    circulation.lends(anna.patron_id, "Обрыв", date(2026, 3, 9))
    circulation.days = shut(TODAY, TODAY)
    clock.turn(timedelta(days=1))

    await reader.says("продли обрыв")

    reader.hears("«Обрыв»: теперь до 18 марта.")


@pytest.mark.parametrize("keeping", list(Keeping))
async def test_it_is_so_however_the_branch_keeps_its_loans(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder, keeping: Keeping
) -> None:
    """Whoever keeps the date, nobody can come on that day: the old day and the new one are both named."""
    circulation.keeping = keeping
    circulation.lends(anna.patron_id, "Обломов", THURSDAY)
    circulation.days = shut(THURSDAY, THURSDAY)

    await reader.says("мои книги")

    reader.hears("Вернуть до 6 марта (5 марта закрыто):")


async def test_in_english(reader: Reader, circulation: FakeCirculation, anna: Cardholder) -> None:
    circulation.lends(anna.patron_id, "Обломов", TODAY)
    circulation.lends(anna.patron_id, "Обрыв", date(2026, 3, 9))
    circulation.days = shut(TODAY, TODAY)

    reader.speaks("en")
    await reader.says("my books")

    reader.hears("Return by 3 March (closed today):")

"""«Забронируйте»: every reason against a hold is told in plain words, with the one thing to do about it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.accounts import Cardholder
from bot.circulation import Ability
from bot.library.holds import HoldBlock, HoldState
from bot.library.lending import Patron
from tests.support.fake_circulation import FakeCirculation
from tests.support.fake_library import CENTRAL, CHILDREN, FakeCatalogue, at
from tests.support.reader import Reader

ME, WORK = 1, 1
Arranged = Callable[[FakeCirculation], None]


@pytest.fixture
def wanted(catalogue: FakeCatalogue, circulation: FakeCirculation) -> int:
    """A book that is out; two branches hand out holds."""
    card = catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 1))
    circulation.knows(card.work_id, card.title, card.author)
    return card.work_id


def _has_it(circulation: FakeCirculation) -> None:
    circulation.lends(ME, "Каштанка", date(2026, 3, 10), work_id=WORK)


def _waits_already(circulation: FakeCirculation) -> None:
    circulation.waits_for(ME, WORK)


def _expired(circulation: FakeCirculation) -> None:
    circulation.patrons[ME] = Patron(patron_id=ME, expires_on=date(2026, 2, 1))


def _blocked(circulation: FakeCirculation) -> None:
    circulation.patrons[ME] = Patron(patron_id=ME, blocked=True)


def _owes(circulation: FakeCirculation) -> None:
    circulation.policy = replace(circulation.policy, block_if_debt_over=Decimal(0))
    circulation.patrons[ME] = Patron(patron_id=ME, debt=Decimal(50))


def _is_a_child(circulation: FakeCirculation) -> None:
    circulation.ages[ME] = 10
    circulation.knows(WORK, "Каштанка", "А. П. Чехов", age_mark=16)


def _has_enough(circulation: FakeCirculation) -> None:
    circulation.policy = replace(circulation.policy, max_holds=1)
    circulation.knows(77, "Обломов")
    circulation.waits_for(ME, 77)


def _refused(circulation: FakeCirculation) -> None:
    circulation.refuses = HoldBlock.ILS_REFUSED


def _down(circulation: FakeCirculation) -> None:
    circulation.refuses = HoldBlock.ILS_DOWN


REFUSALS: list[tuple[Arranged, str, str, str]] = [
    (_has_it, "ALREADY_HAVE", "Эта книга у вас уже на руках, или вы её уже ждёте.", "Мои книги"),
    (_waits_already, "ALREADY_HAVE", "Эта книга у вас уже на руках, или вы её уже ждёте.", "Мои брони"),
    (_expired, "CARD_EXPIRED", "закончился срок билета. Зайдите в библиотеку", "Позвать библиотекаря"),
    (_blocked, "PATRON_BLOCKED", "ваш билет приостановлен.", "Позвать библиотекаря"),
    (_owes, "DEBT", "за билетом числится долг.", "Позвать библиотекаря"),
    (_is_a_child, "AGE", "По возрасту эту книгу на этот билет пока не выдают.", "Позвать библиотекаря"),
    (_has_enough, "HOLD_LIMIT", "Столько книг сразу ждать нельзя. Отмените одну бронь", "Мои брони"),
    (_refused, "ILS_REFUSED", "Программа библиотеки не разрешила бронь.", "Позвать библиотекаря"),
    (_down, "ILS_DOWN", "Программа библиотеки не отвечает.", "Позвать библиотекаря"),
]
ELSEWHERE = {"NOT_HOLDABLE", "BRANCH_RULE", "PICKUP_INVALID"}
"""Codes with a dialogue, and a test, of their own below."""


@pytest.mark.parametrize(("arranged", "code", "heard", "way_out"), REFUSALS, ids=lambda value: str(value)[:16])
async def test_every_refusal_has_its_reason_and_a_way_out(
    reader: Reader,
    circulation: FakeCirculation,
    wanted: int,
    arranged: Arranged,
    code: str,
    heard: str,
    way_out: str,
) -> None:
    arranged(circulation)
    before = set(circulation.waits)
    await reader.says("забронируй каштанку")
    reader.hears("Забронировать «Каштанка», А. П. Чехов?")
    await reader.says("да")
    reader.hears("Где вам удобно забрать?")
    await reader.presses(CENTRAL.name)

    reader.hears(heard)
    reader.hears_nothing_of("raw words", code)
    reader.may_press(way_out)
    assert set(circulation.waits) == before


def test_no_code_is_without_a_dialogue() -> None:
    assert {code for _, code, _, _ in REFUSALS} | ELSEWHERE == {block.value for block in HoldBlock}


async def test_what_is_read_in_the_library_only_is_not_waited_for(
    reader: Reader, circulation: FakeCirculation, wanted: int
) -> None:
    circulation.knows(wanted, "Каштанка", at=())

    await reader.says("забронируй каштанку")
    await reader.says("да")

    reader.hears("Эту книгу забронировать нельзя: домой её не выдают. Почитать её можно в библиотеке.")
    reader.may_press("Где она есть", "Позвать библиотекаря")
    assert not circulation.calls


@pytest.mark.parametrize(
    ("code", "heard"),
    [
        (HoldBlock.BRANCH_RULE, "В эту библиотеку книгу не привозят. Выберите другую"),
        (HoldBlock.PICKUP_INVALID, "Забрать бронь в этой библиотеке не получится. Выберите другую"),
    ],
)
async def test_a_branch_that_cannot_hand_it_out_leads_to_one_that_can(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder, wanted: int, code: HoldBlock, heard: str
) -> None:
    await reader.says("забронируй каштанку")
    await reader.says("да")
    circulation.refuses = code
    await reader.presses(CHILDREN.name)
    reader.hears(heard)
    circulation.refuses = ""
    assert CHILDREN.name not in [button.label for button in reader.offered()]
    await reader.presses(CENTRAL.name)

    (hold,) = circulation.waits.values()
    assert (hold.work_id, hold.queued.patron_id, hold.queued.pickup) == (wanted, anna.patron_id, "01")


async def test_a_system_that_is_away_promises_nothing(
    reader: Reader, circulation: FakeCirculation, wanted: int
) -> None:
    await reader.says("забронируй каштанку")
    await reader.says("да")
    circulation.away = 120.0
    await reader.presses(CENTRAL.name)

    reader.hears("Программа библиотеки сейчас не отвечает.")
    reader.may_press("Позвать библиотекаря")
    assert not circulation.waits


async def test_this_book_is_asked_for_by_name(reader: Reader, wanted: int) -> None:
    await reader.says("хочу, чтобы мне оставили эту книгу до субботы")

    reader.hears("Какую книгу забронировать? Напишите название или автора.")
    await reader.says("каштанка")
    reader.hears("Каштанка")


async def test_where_to_fetch_it_is_told_in_words(reader: Reader, wanted: int, circulation: FakeCirculation) -> None:
    await reader.says("забронируйте каштанку")
    await reader.says("да")
    reader.hears("Где вам удобно забрать?")
    await reader.says("ага")
    reader.hears("Где вам удобно забрать?")

    await reader.says("давайте в детской")

    reader.hears("Бронь записана: «Каштанка», А. П. Чехов.")


async def test_initials_at_the_end_of_a_sentence_have_one_stop(
    reader: Reader, catalogue: FakeCatalogue, circulation: FakeCirculation
) -> None:
    card = catalogue.holds("Каштанка", "Чехов А. П.", at(CENTRAL, 0, 1))
    circulation.knows(card.work_id, card.title, card.author)
    await reader.says("забронируйте каштанку")
    await reader.says("да")

    reader.hears("«Каштанка», Чехов А. П. Где вам удобно забрать?")


async def test_hidden_titles_stay_hidden_where_a_hold_is_cancelled(
    reader: Reader, wanted: int, circulation: FakeCirculation
) -> None:
    circulation.knows(77, "Обломов")
    circulation.waits_for(ME, 77, state=HoldState.READY)
    circulation.waits_for(ME, wanted)
    await reader.says("скрой названия книг")
    await reader.says("мои брони")
    await reader.presses("Отменить 2")
    reader.hears("Отменить бронь? Следующая очередь ваша.")
    reader.hears_nothing_of("Каштанка", "Обломов")

    await reader.presses("Да")

    reader.hears("Бронь отменена.")
    reader.hears_nothing_of("Каштанка", "Обломов")
    assert [hold.work_id for hold in circulation.waits.values() if hold.queued.patron_id == ME] == [77]


async def test_a_yes_is_no_title(reader: Reader) -> None:
    await reader.says("забронируйте книгу")
    await reader.says("да")

    reader.hears("Какую книгу забронировать?")


async def test_what_was_ordered_is_looked_for_among_the_holds(reader: Reader) -> None:
    await reader.says("забронируйте книгу")
    await reader.says("где книга, которую я заказывал месяц назад???")

    reader.hears("Броней у вас нет.")


async def test_what_the_system_cannot_do_with_holds_is_not_offered(
    reader: Reader, circulation: FakeCirculation, wanted: int
) -> None:
    circulation.able -= {Ability.CANCEL_HOLD, Ability.SUSPEND_HOLD}
    changing = ("unhold", "pause", "unpause")

    await reader.presses_payload(f"hold:{wanted}.{ME}@01")
    reader.hears("Бронь записана")
    assert not [button for button in reader.offered() if button.payload.startswith(changing)]
    for title in ("", "Обломов"):
        if title:
            circulation.knows(77, title)
            circulation.waits_for(ME, 77, state=HoldState.SUSPENDED)
        await reader.says("мои брони")
        reader.hears("Каштанка", title)
        assert not [button for button in reader.offered() if button.payload.startswith(changing)]
    await reader.says("отмени бронь на каштанку")
    await reader.says("да")

    reader.hears("Этого я здесь сделать не могу. Поможет библиотекарь.")


@pytest.mark.parametrize("said", ["тогда первую отложите", "забронируйте все", "а можно вы её для меня подержите"])
async def test_what_only_points_at_a_book_is_asked_which(reader: Reader, said: str) -> None:
    await reader.says(said)

    reader.hears_nothing_of("не нашлось", "Какую из этих книг")

"""«До скольки вы сегодня?»"""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.library.model import Branch
from tests.support.clock import StandingClock
from tests.support.fake_library import (
    CENTRAL,
    CHILDREN,
    VILLAGE,
    FakeBranches,
    FakeCatalogue,
    FakeFaq,
    moment,
    sample_library,
)
from tests.support.reader import Reader


async def test_the_week_is_told_with_the_present_moment_the_sanitary_day_and_what_differs_soon(reader: Reader) -> None:
    await reader.says("часы работы")

    reader.hears(
        "Центральная библиотека",
        "Сейчас открыто. Перерыв с 13:00 до 14:00, потом работаем до 19:00.",
        "Пн–Пт: с 9:00 до 19:00, перерыв с 13:00 до 14:00",
        "Сб: с 10:00 до 16:00",
        "Вс: выходной",
        "Санитарный день: последний четверг месяца.",
        "В субботу, 7 марта: с 10:00 до 14:00.",
        "В понедельник, 9 марта: закрыто, праздничный день",
    )
    reader.hears_nothing_of("8 марта")  # a holiday on a day off is no news


async def test_today_is_told_with_its_break(reader: Reader) -> None:
    await reader.says("до скольки вы сегодня работаете?")

    reader.hears("Сегодня: с 9:00 до 19:00, перерыв с 13:00 до 14:00.")


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("2026-03-02", "08:30", "Сейчас закрыто. Откроемся сегодня в 9:00."),
        ("2026-03-02", "13:10", "Сейчас перерыв, откроемся в 14:00."),
        ("2026-03-02", "15:00", "Сейчас открыто, работаем до 19:00."),
        ("2026-03-02", "19:00", "Сейчас закрыто. Откроемся завтра в 9:00."),
        ("2026-03-07", "14:30", "Сейчас закрыто. Откроемся во вторник, 10 марта, в 9:00."),
        ("2026-03-08", "12:00", "Сегодня закрыто, праздничный день: Международный женский день."),
        ("2026-03-20", "12:00", "Сегодня закрыто: учёба библиотекарей. Откроемся завтра в 10:00."),
        ("2026-03-26", "12:00", "Сегодня закрыто, санитарный день. Откроемся завтра в 9:00."),
    ],
)
async def test_whether_we_are_open_now(reader: Reader, clock: StandingClock, day: str, time: str, said: str) -> None:
    clock.moment = moment(day, time)

    await reader.says("вы открыты сейчас?")

    reader.hears(said)


async def test_tomorrow_is_told(reader: Reader) -> None:
    await reader.says("до скольки вы завтра")

    reader.hears("Завтра, 3 марта: с 9:00 до 19:00, перерыв с 13:00 до 14:00.")


async def test_a_closed_day_is_told_with_its_reason_and_the_next_opening(reader: Reader) -> None:
    await reader.says("вы работаете 8 марта?")

    reader.hears(
        "В воскресенье, 8 марта: закрыто, праздничный день: Международный женский день.",
        "Откроемся во вторник, 10 марта, в 9:00.",
    )


async def test_a_day_closed_by_the_library_tells_the_librarys_word(reader: Reader) -> None:
    await reader.says("работаете ли вы 20.03?")

    reader.hears("В пятницу, 20 марта: закрыто: учёба библиотекарей.")


async def test_a_day_with_hours_of_its_own_is_told(reader: Reader) -> None:
    await reader.says("до скольки работаете в субботу?")

    reader.hears("В субботу, 7 марта: с 10:00 до 14:00.")


async def test_saturdays_in_general_are_told_with_the_coming_one_that_differs(reader: Reader) -> None:
    await reader.says("по субботам работаете?")

    reader.hears("Суббота: с 10:00 до 16:00", "В субботу, 7 марта: с 10:00 до 14:00.")


async def test_the_sanitary_day_is_told_by_rule_and_by_date(reader: Reader) -> None:
    await reader.says("когда санитарный день")

    reader.hears("Санитарный день: последний четверг месяца.", "Ближайший: в четверг, 26 марта.")


async def test_a_library_without_a_sanitary_day_says_so(reader: Reader) -> None:
    await reader.says("когда санитарный день в детской библиотеке")

    reader.hears("Детская библиотека", "Санитарного дня в графике нет.")


async def test_the_lunch_break_is_told(reader: Reader) -> None:
    await reader.says("обед у вас во сколько")

    reader.hears("Сегодня: с 9:00 до 19:00, перерыв с 13:00 до 14:00.")


async def test_a_library_without_a_break_says_so(reader: Reader) -> None:
    await reader.says("во сколько обед в детской библиотеке")

    reader.hears("Сегодня: с 10:00 до 18:00.", "Работаем без перерыва.")


async def test_a_branch_is_named_by_what_it_is(reader: Reader) -> None:
    await reader.says("до скольки работает детская библиотека в воскресенье")

    reader.hears("Детская библиотека", "В воскресенье, 8 марта: закрыто")


async def test_where_the_branch_is_unclear_the_reader_chooses_and_the_day_is_remembered(
    clock: StandingClock, catalogue: FakeCatalogue, faq: FakeFaq
) -> None:
    other = replace(CHILDREN, code="03", name="Детская библиотека на Садовой")
    reader = Reader(sample_library(catalogue, faq, FakeBranches(CENTRAL, CHILDREN, other)), clock)

    await reader.says("детская в субботу работает?")
    reader.hears("Про какую библиотеку вы спрашиваете?")
    await reader.presses("Детская библиотека на Садовой")

    reader.hears("Детская библиотека на Садовой", "В субботу, 7 марта: закрыто, выходной.")


async def test_another_library_is_chosen_by_button(reader: Reader) -> None:
    await reader.says("до скольки вы работаете")
    await reader.presses("Другая библиотека")
    await reader.says("2")

    reader.hears("Детская библиотека", "Пн–Пт: с 10:00 до 18:00")
    await reader.presses("Адрес")
    reader.hears("с. Донское, ул. Школьная, 1")


async def test_hours_that_nobody_has_told_are_not_claimed(reader: Reader) -> None:
    await reader.says("часы работы библиотеки в Сосновке")

    reader.hears("Часов работы пока не знаю: Сосновская сельская библиотека.")
    reader.hears("Спросить можно здесь: Центральная библиотека, 8 (86546) 3-11-22.")
    reader.may_press("Позвать библиотекаря")


async def test_a_library_that_has_told_of_no_branch_claims_nothing(
    clock: StandingClock, catalogue: FakeCatalogue, faq: FakeFaq
) -> None:
    reader = Reader(sample_library(catalogue, faq, FakeBranches()), clock)

    await reader.says("до скольки вы работаете")

    reader.hears("Часов работы пока не знаю: Труновская районная библиотека.")


async def test_the_hours_may_be_a_faq_entry(clock: StandingClock, catalogue: FakeCatalogue, faq: FakeFaq) -> None:
    faq.answers("hours", "Летом работаем с 8 до 16.")
    reader = Reader(sample_library(catalogue, faq, FakeBranches(VILLAGE)), clock)

    await reader.says("до скольки вы работаете")

    reader.hears("Летом работаем с 8 до 16.")


async def test_a_button_of_a_branch_that_is_gone_does_no_harm(reader: Reader) -> None:
    for payload in ("hours:99", "hours:01@yesterday", "hours:@2026-03-08", "hours:"):
        await reader.presses_payload(payload)
        assert reader.heard


async def test_many_libraries_are_listed_with_todays_hours(
    clock: StandingClock, catalogue: FakeCatalogue, faq: FakeFaq
) -> None:
    villages = [replace(CHILDREN, code=f"{n:02}", name=f"Филиал № {n}") for n in range(3, 24)]
    reader = Reader(sample_library(catalogue, faq, FakeBranches(CENTRAL, CHILDREN, VILLAGE, *villages)), clock)

    await reader.presses_payload("hours_where")

    reader.hears("Сегодня:\nЦентральная библиотека: с 9:00 до 19:00, перерыв с 13:00 до 14:00")
    reader.hears("Филиал № 23: с 10:00 до 18:00")
    reader.hears_nothing_of("Сосновская")  # its hours are not known


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("часы работы всех библиотек", "Сегодня:\nЦентральная библиотека: с 9:00 до 19:00"),
        ("как работают все филиалы в субботу", "В субботу, 7 марта:\nЦентральная библиотека: с 10:00 до 14:00"),
    ],
)
async def test_who_asks_of_all_libraries_hears_of_all(reader: Reader, said: str, heard: str) -> None:
    await reader.says(said)
    reader.hears(heard, "\nДетская библиотека: ")

    await reader.says("где вы находитесь?")
    await reader.says(said)
    reader.hears(heard, "\nДетская библиотека: ")


async def test_hours_follow_the_clock_of_the_branch(catalogue: FakeCatalogue, faq: FakeFaq) -> None:
    eastern = replace(CENTRAL, zone=ZoneInfo("Asia/Yekaterinburg"))
    clock = StandingClock(moment("2026-03-02", "17:30"))  # 19:30 there
    reader = Reader(sample_library(catalogue, faq, FakeBranches(eastern)), clock)

    await reader.says("вы открыты сейчас?")

    reader.hears("Сейчас закрыто. Откроемся завтра в 9:00.")


def test_the_dates_of_these_dialogues_are_what_they_seem() -> None:
    assert date(2026, 3, 2).weekday() == 0


async def test_a_closed_today_is_told_once(reader: Reader, clock: StandingClock) -> None:
    clock.moment = moment("2026-03-26", "12:00")

    await reader.says("до скольки вы сегодня?")

    assert reader.text.count("санитарный день") == 1
    reader.hears("Откроемся завтра в 9:00.")


@pytest.mark.parametrize("said", ["какие филиалы открыты в субботу?", "а что открыто в субботу?"])
async def test_which_branches_are_open_is_told_of_all(reader: Reader, said: str) -> None:
    await reader.says("часы работы детской")

    await reader.says(said)

    reader.hears("Открыты в субботу, 7 марта:", "Центральная библиотека: с 10:00 до 14:00")
    reader.hears_nothing_of("Детская")


async def test_a_day_on_which_all_are_closed_is_told_so(reader: Reader) -> None:
    await reader.says("какие филиалы открыты 8 марта?")

    reader.hears("В воскресенье, 8 марта: все библиотеки закрыты.")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "какие филиалы открыты с 6 по 8 марта?",
            ["Открыты в пятницу, 6 марта:", "Открыты в субботу, 7 марта:", "В воскресенье, 8 марта: все библиотеки"],
        ),
        ("which libraries are open from 1 to 8 January?", ["From 1 January to 8 January: all libraries are closed."]),
        (
            "что открыто на выходных?",
            ["Открыты в субботу, 7 марта:", "В воскресенье, 8 марта: все библиотеки закрыты."],
        ),
    ],
)
async def test_which_branches_are_open_is_told_of_every_day_that_was_named(
    reader: Reader, said: str, told: list[str]
) -> None:
    await reader.says(said)

    reader.hears(*told)


async def test_of_many_days_each_branch_tells_those_on_which_it_is_open(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.hours.MOST_OPEN", 2)

    await reader.says("часы работы всех библиотек с 3 по 9 марта")

    reader.hears("Открыты с 3 марта по 9 марта:", "Центральная библиотека: с 3 марта по 7 марта", "Напишите «часы»")
    reader.hears_nothing_of("с 10:00")


@pytest.mark.parametrize("there", [[], [VILLAGE]])
async def test_where_no_hours_are_known_nobody_is_told_to_be_closed(
    reader: Reader, branches: FakeBranches, there: list[Branch]
) -> None:
    branches.branches = there

    await reader.says("какие филиалы открыты 8 марта?")

    reader.hears("Часов работы пока не знаю")
    reader.hears_nothing_of("закрыты")


async def test_what_hours_there_are_is_asked_of_one(reader: Reader) -> None:
    await reader.says("какие у вас часы работы библиотеки?")

    reader.hears("Центральная библиотека")


async def test_a_day_beside_the_sanitary_day_is_answered_too(reader: Reader) -> None:
    await reader.says("26 марта вы работаете или санитарный день?")

    reader.hears("26 марта", "Санитарный день: последний четверг месяца.")


async def test_closed_days_in_a_row_are_told_in_one_line_with_the_day_before(reader: Reader) -> None:
    await reader.says("работаете с 30 декабря по 8 января?")

    reader.hears(
        "В среду, 30 декабря: с 9:00 до 19:00, перерыв с 13:00 до 14:00.",
        "С 31 декабря по 8 января: закрыто, праздничные дни.",
    )


async def test_of_many_days_the_week_is_told_and_what_differs(reader: Reader) -> None:
    await reader.says("режим работы с 20 марта по 11 мая")

    reader.hears(
        "Пн–Пт: с 9:00 до 19:00",
        "В пятницу, 20 марта: закрыто: учёба библиотекарей.",
        "В четверг, 26 марта: закрыто, санитарный день.",
        "С 9 мая по 11 мая: закрыто, праздничные дни.",
    )


async def test_of_the_may_holidays_the_days_between_are_told(reader: Reader) -> None:
    await reader.says("на майских работаете?")

    reader.hears("С 4 мая по 8 мая: с 9:00 до 19:00", "С 9 мая по 11 мая: закрыто, праздничные дни.")


async def test_another_library_is_chosen_for_the_same_day(reader: Reader) -> None:
    await reader.says("до скольки вы завтра работаете?")
    await reader.presses("Другая библиотека")
    await reader.says("2")

    reader.hears("Детская библиотека", "Завтра, 3 марта: с 10:00 до 18:00.")

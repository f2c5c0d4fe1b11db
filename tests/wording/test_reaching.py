"""How and when a reader reaches a person."""

from dataclasses import replace

from bot.library.hours import parse_hours
from bot.wording.reaching import people_answer, phone_beside, phone_line
from tests.support.fake_library import CENTRAL, HOLIDAYS, VILLAGE, moment

MORNING, NIGHT = moment("2026-03-02"), moment("2026-03-02", "22:00")


def test_a_phone_comes_with_the_hours_of_today() -> None:
    assert phone_line(CENTRAL, MORNING, HOLIDAYS) == "Телефон: 8 (86546) 3-11-22, сегодня до 19:00."
    assert phone_line(CENTRAL, NIGHT, HOLIDAYS) == "Телефон: 8 (86546) 3-11-22, завтра с 9:00."
    assert phone_line(replace(CENTRAL, hours=None), NIGHT, HOLIDAYS) == "Телефон: 8 (86546) 3-11-22."


def test_no_phone_is_no_line() -> None:
    assert phone_line(VILLAGE, MORNING, HOLIDAYS) == ""
    assert phone_line(None, MORNING, HOLIDAYS) == ""


def test_a_branch_without_a_phone_is_reached_through_the_central_library() -> None:
    said = "Спросить можно здесь: Центральная библиотека, 8 (86546) 3-11-22."

    assert phone_beside(VILLAGE, CENTRAL, MORNING, HOLIDAYS) == said
    assert phone_beside(None, CENTRAL, MORNING, HOLIDAYS) == "Телефон: 8 (86546) 3-11-22, сегодня до 19:00."
    assert phone_beside(VILLAGE, VILLAGE, MORNING, HOLIDAYS) == ""
    assert phone_beside(VILLAGE, replace(CENTRAL, phone=""), MORNING, HOLIDAYS) == ""


def test_an_answer_is_never_promised_before_somebody_is_there() -> None:
    shut = replace(CENTRAL, hours=parse_hours(week={"mon-sun": "closed"}))

    assert people_answer(CENTRAL, NIGHT, HOLIDAYS).endswith("не раньше чем завтра в 9:00.")
    assert people_answer(shut, NIGHT, HOLIDAYS) == "Сейчас библиотека закрыта, и когда откроется, мне неизвестно."
    assert people_answer(VILLAGE, NIGHT, HOLIDAYS) == "Библиотекари отвечают в часы работы библиотеки."
    assert people_answer(None, NIGHT, HOLIDAYS) == "Библиотекари отвечают в часы работы библиотеки."

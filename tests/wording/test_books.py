"""A work as a reader is told of it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.library.model import Holding, Kind, WorkCard
from bot.wording import books, in_language
from tests.support.fake_library import CENTRAL, CHILDREN, HOLIDAYS, VILLAGE, at, edition, moment

NOW = moment("2026-03-02")
TODAY = date(2026, 3, 2)
BRANCHES = (CENTRAL, CHILDREN, VILLAGE)


def work(*holdings: Holding, title: str = "Каштанка", author: str = "А. П. Чехов", kind: Kind = Kind.BOOK) -> WorkCard:
    return WorkCard(
        work_id=1,
        title=title,
        author=author,
        kind=kind,
        available=sum(holding.available for holding in holdings),
        total=sum(holding.total for holding in holdings),
        items_unknown=not holdings,
        holdings=holdings,
        editions=(),
    )


@pytest.mark.parametrize(
    ("author", "age_mark", "said"),
    [
        ("Михаил Булгаков", 16, ", Михаил Булгаков, 16+."),
        ("Толстой Л. Н.", None, ", Толстой Л. Н."),
        ("", 0, ", 0+."),
        ("", None, "."),
    ],
)
def test_the_line_after_the_title_ends_in_one_full_stop(author: str, age_mark: int | None, said: str) -> None:
    assert books.byline(replace(work(author=author), age_mark=age_mark)) == said


@pytest.mark.parametrize(
    ("title", "author", "label"),
    [
        ("Мы", "Замятин Е. И.", "Мы, Замятин Е. И."),
        ("Мы", "", "Мы"),
        ("Война и мир. Том 1", "Лев Николаевич Толстой-Американец", "Война и мир. Том 1"),
        ("Очень длинное название книги про путешествия", "", "Очень длинное название книги про…"),
        ("Ы" * 50, "", "Ы" * 39 + "…"),
    ],
)
def test_a_label_fits_a_button(title: str, author: str, label: str) -> None:
    assert books.label(work(title=title, author=author)) == label
    assert len(label) <= books.LONGEST_LABEL


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (None, "Сейчас все экземпляры заняты. Когда вернут, пока не знаю."),
        (date(2026, 3, 12), "Сейчас все экземпляры заняты. Ближайший срок возврата: 12 марта."),
        (TODAY, "Сейчас все экземпляры заняты. Один экземпляр должны вернуть сегодня."),
        (date(2026, 3, 1), "Сейчас все экземпляры заняты. Срок возврата уже прошёл, но книгу ещё не вернули."),
    ],
)
def test_when_a_book_is_back_is_told_as_far_as_it_is_known(due: date | None, said: str) -> None:
    assert books.state(work(at(CENTRAL, 0, 1, next_due=due)), TODAY) == said


def test_a_date_to_come_wins_over_one_that_has_passed() -> None:
    lent = work(at(CENTRAL, 0, 1, next_due=date(2026, 2, 1)), at(CHILDREN, 0, 1, next_due=date(2026, 3, 12)))

    assert books.state(lent, TODAY).endswith("Ближайший срок возврата: 12 марта.")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.BOOK, "Книга есть в каталоге."),
        (Kind.ARTICLE, "Это статья."),
        (Kind.ELECTRONIC, "Это электронное издание."),
    ],
)
def test_without_copies_the_answer_claims_none(kind: Kind, said: str) -> None:
    told = books.state(work(kind=kind), TODAY)

    assert told.startswith(said)
    assert "Есть:" not in told


def test_the_order_is_asked_for_then_in_then_main_then_as_configured() -> None:
    held = work(at(VILLAGE, 0, 1), at(CHILDREN, 1, 1), at(CENTRAL, 1, 1))

    assert [h.branch_code for h in books.ranked(held, BRANCHES)] == ["01", "02", "07"]
    assert [h.branch_code for h in books.ranked(held, BRANCHES, VILLAGE)] == ["07", "01", "02"]


def test_a_branch_with_nothing_left_is_not_told() -> None:
    assert books.ranked(work(at(CENTRAL, 0, 0)), BRANCHES) == []


def test_the_main_library_comes_before_those_told_of_before_it_and_places_we_do_not_know_come_last() -> None:
    unknown = replace(at(VILLAGE, 1, 1), branch_code="99", branch_name="Склад")
    held = work(unknown, at(VILLAGE, 1, 1), at(CHILDREN, 1, 1), at(CENTRAL, 1, 1))
    branches = (VILLAGE, CHILDREN, CENTRAL)

    assert [h.branch_code for h in books.ranked(held, branches)] == ["01", "07", "02", "99"]
    assert books.holding_line(held.holdings[0], branches, NOW, HOLIDAYS).startswith("Склад: ")


@pytest.mark.parametrize(
    ("holding", "line"),
    [
        (at(CENTRAL, 2, 3, "84(2)6 Б90"), "Центральная библиотека, сегодня до 19:00: 2 из 3, полка 84(2)6 Б90."),
        (at(CENTRAL, 2, 3, "84 Б."), "Центральная библиотека, сегодня до 19:00: 2 из 3, полка 84 Б."),
        (at(VILLAGE, 1, 1), "Сосновская сельская библиотека: 1 из 1."),
        (at(CENTRAL, 0, 3, "84 Б"), "Центральная библиотека: сейчас нет."),
        (at(CENTRAL, 0, 1, reading_room=1), "Центральная библиотека, сегодня до 19:00: только читать в библиотеке."),
        (Holding(branch_code="99", branch_name="Склад", available=1, total=2), "Склад: 1 из 2."),
        (Holding(branch_code="99", branch_name="", available=1, total=2), "99: 1 из 2."),
        (Holding(branch_code="", branch_name="", available=1, total=2), "В библиотеке: 1 из 2."),
    ],
)
def test_a_line_of_a_branch(holding: Holding, line: str) -> None:
    assert books.holding_line(holding, BRANCHES, NOW, HOLIDAYS) == line


def test_where_there_is_one_branch_copies_without_a_place_are_there() -> None:
    holding = Holding(branch_code="", branch_name="", available=1, total=2)

    assert books.holding_line(holding, (CHILDREN,), NOW, HOLIDAYS) == "Детская библиотека, сегодня до 18:00: 1 из 2."


def test_several_shelf_marks_are_listed() -> None:
    holding = replace(at(CENTRAL, 1, 2), shelf_marks=("84", "Кр", "Дет"))

    assert books.holding_line(holding, BRANCHES, NOW, HOLIDAYS).endswith("полка 84, Кр и Дет.")


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (edition("Каштанка", 2015, "АСТ", "9785170878895", 1, 2), "2015, АСТ, ISBN 9785170878895: 1 из 2."),
        (edition("Каштанка", 1984), "1984."),
        (edition("Каштанка", None), "Год и издательство не указаны."),
        (edition("Рассказы", 1984, "Дрофа"), "«Рассказы», 1984, Дрофа."),
        (replace(edition("Каштанка", 1984, "АСТ"), items_unknown=False), "1984, АСТ: экземпляров нет."),
    ],
)
def test_a_line_of_an_edition(shown: object, line: str) -> None:
    assert books.edition_line(shown, work()) == line  # type: ignore[arg-type]


def test_what_is_no_book_is_named() -> None:
    assert books.kind_word(Kind.AUDIO) == "звукозапись"
    assert books.kind_word(Kind.BOOK) == ""


def test_knowledge_of_unknown_age_says_nothing_of_it() -> None:
    assert books.as_of(work(at(CENTRAL, 1, 1)), NOW, CENTRAL.zone) == ""


def test_knowledge_is_of_the_library_s_day() -> None:
    late = datetime(2026, 2, 20, 21, 30, tzinfo=UTC)  # half past midnight in Moscow
    assert books.as_of(work(at(CENTRAL, 1, 1, as_of=late)), NOW, CENTRAL.zone) == "Сведения каталога на 21 февраля."


def test_english_lines_are_english() -> None:
    with in_language("en"):
        assert books.holding_line(at(CENTRAL, 2, 3, "84"), BRANCHES, NOW, HOLIDAYS).endswith(
            "open today until 19:00: 2 of 3, shelf 84."
        )

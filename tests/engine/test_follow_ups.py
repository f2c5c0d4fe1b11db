"""A few words that speak of what was shown last."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.engine.follow_ups import LASTS, follow_up
from bot.ports.log import Dialogue

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BOOK = Dialogue(subject="work:7", subject_at=NOW)
HOURS = Dialogue(subject="hours:03", subject_at=NOW)


def asked(text: str, dialogue: Dialogue, later: timedelta = timedelta()) -> str:
    question = follow_up(text, dialogue, NOW + later)
    return question.key if question else ""


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("а когда вернут?", "due"),
        ("когда её вернут", "due"),
        ("скоро ли она появится?", "due"),
        ("а когда можно будет взять", "due"),
        ("when will it be back?", "due"),
        ("где она?", "where"),
        ("а где её взять", "where"),
        ("где можно найти эту книгу", "where"),
        ("она есть?", "where"),
        ("есть ли она", "where"),
        ("она сейчас на руках?", "where"),
        ("где она есть", "where"),
        ("есть?", "where"),
        ("ага понятно а она сейчас свободна или кто-то взял", "where"),
        ("она занята или нет?", "where"),
        ("is it available now", "where"),
        ("а где она лежит, у вас или ехать?", "where"),
        ("так а где она есть, поближе к вокзалу", "where"),
        ("сколько экземпляров всего по району?", "copies"),
        ("сколько экземпляров?", "copies"),
        ("а сколько их у вас", "copies"),
        ("какой год издания?", "editions"),
        ("какого она года", "editions"),
        ("кто автор?", "author"),
        ("а кто её написал", "author"),
        ("о чём она?", "about"),
        ("про что книга", "about"),
        ("расскажите подробнее", "about"),
        ("забронируй её", "reserve"),
        ("отложите мне, пожалуйста", "reserve"),
        ("а можно её забронировать?", "reserve"),
        ("хочу заказать эту книгу", "reserve"),
        ("а другие его книги?", "others"),
        ("какие ещё книги этого автора есть?", "others"),
        ("что ещё есть у неё", "others"),
        ("а ещё что есть этого автора", "others"),
        ("что есть у него ещё", "others"),
        ("а второй том?", "volume"),
        ("есть часть 3?", "volume"),
        ("да, забронируй мне её", "reserve"),
        ("а можно вы её для меня подержите до пятницы", "reserve"),
        ("забронируйте все", "reserve"),
        ("а сколько всего у вас по всем филиалам?", "copies"),
        ("а за девятый класс?", "grade"),
        ("а 9?", "number"),
        ("а что-нибудь похожее?", "alike"),
        ("на месяц", "amount"),
        ("а если неделю?", "amount"),
        ("а за 10 страниц?", "amount"),
        ("нет ли в детской?", "elsewhere"),
        ("а дубровская?", "elsewhere"),
        ("а в детской есть?", "elsewhere"),
        ("она есть в детской библиотеке?", "elsewhere"),
        ("в Сосновке есть?", "elsewhere"),
        ("а детская?", "elsewhere"),
    ],
)
def test_questions_on_the_book_that_was_shown(said: str, question: str) -> None:
    assert asked(said, BOOK) == f"{question}:work"


@pytest.mark.parametrize(
    "said",
    [
        "каштанка",
        "есть война и мир?",
        "когда сдавать книги",
        "когда вернуть книгу",
        "где вы находитесь?",
        "где найти каштанку",
        "а Дубровский?",
        "сколько книг можно взять",
        "сколько стоит копия",
        "кто написал муму",
        "забронируйте каштанку",
        "подержите для меня каштанку до пятницы",
        "похожее на дюну",
        "продлите её",
        "позовите библиотекаря",
        "спасибо",
        "о чём каштанка?",
        "она утонула",
        "мои книги",
    ],
)
def test_a_message_that_says_what_it_is_about_follows_nothing_up(said: str) -> None:
    assert asked(said, BOOK) == ""


@pytest.mark.parametrize("said", ["а завтра?", "а в субботу", "завтра", "а на выходных?", "а 31 декабря", "и 8 марта?"])
def test_a_day_follows_up_the_hours(said: str) -> None:
    assert asked(said, HOURS) == "day:hours"


@pytest.mark.parametrize("said", ["завтра есть мероприятия?", "часы", "завтра наступит никогда", "муму"])
def test_more_than_a_day_does_not(said: str) -> None:
    assert asked(said, HOURS) == ""


def test_nothing_is_followed_up_where_nothing_was_shown_or_long_ago() -> None:
    assert asked("а где она?", Dialogue()) == ""
    assert asked("а где она?", BOOK, LASTS) == "where:work"
    assert asked("а где она?", BOOK, LASTS + timedelta(seconds=1)) == ""


def test_a_thing_without_a_number_is_no_amount() -> None:
    assert not asked("а книжка", BOOK).startswith("amount")
    assert asked("а 10 книг?", BOOK) == "amount:work"


def test_a_long_message_is_a_wish_of_its_own() -> None:
    assert asked("а " + "где она " * 20, BOOK) == ""

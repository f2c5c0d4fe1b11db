import pytest

from bot.engine.titles import Titled
from bot.language.folding import fold
from bot.ports.understanding import Request

TITLES = {
    "личные финансы для тех кто хочет все успеть",
    "больше не игрушка",
    "добрый день",
    "добрый знакомый человек",
    "человек",
    "правила пользования библиотекой",
}

MISSPELT = {"больше не игружка", "добрый ден"}


class Shelf:
    edition = 0

    def is_title(self, text: str) -> bool:
        return fold(text) in TITLES

    def is_misspelt_title(self, text: str) -> bool:
        return fold(text) in MISSPELT


class Heard:
    def __init__(self, *requests: Request) -> None:
        self._requests = requests

    def understand(self, text: str) -> tuple[Request, ...]:
        del text
        return self._requests


def _asked(text: str, *heard: Request) -> tuple[Request, ...]:
    return Titled(Heard(*heard), Shelf()).understand(text)


def _wish(intent: str, confidence: float = 0.9, *, anywhere: bool = False) -> Request:
    return Request(intent=intent, confidence=confidence, rest="", because=("heard",), anywhere=anywhere)


def test_a_long_title_of_the_catalogue_is_looked_up_whatever_was_heard() -> None:
    text = "Личные финансы. Для тех, кто хочет всё успеть"

    (request,) = _asked(text, _wish("recommend", 0.95))

    assert (request.intent, request.rest) == ("search", text)
    assert "word for word" in request.because[0]


def test_two_wishes_heard_in_a_long_title_are_one_book() -> None:
    heard = (_wish("recommend"), _wish("events"))

    assert [one.intent for one in _asked("личные финансы. для тех кто хочет все успеть", *heard)] == ["search"]


def test_a_short_title_is_asked_about() -> None:
    (request,) = _asked("Больше не игрушка", _wish("unsubscribe", 0.53))

    assert (request.intent, request.slots["rival"]) == ("unsubscribe", "search")


def test_a_misspelt_title_is_asked_about_but_for_small_talk_and_orders() -> None:
    (request,) = _asked("Больше не игружка", _wish("unsubscribe"))

    assert (request.intent, request.slots["rival"]) == ("unsubscribe", "search")
    assert request.slots["whole"] == "Больше не игружка"
    assert _asked("добрый ден", _wish("greeting")) == (_wish("greeting"),)
    assert _asked("больше не игружка", _wish("erase_me")) == (_wish("erase_me"),)
    assert _asked("больше не игружка", _wish("hours"), _wish("rules")) == (_wish("hours"), _wish("rules"))


def test_who_greets_with_a_title_greets_but_hardly_in_three_words() -> None:
    assert _asked("Добрый день", _wish("greeting")) == (_wish("greeting"),)
    assert _asked("добрый знакомый человек", _wish("greeting"))[0].slots["rival"] == "search"


@pytest.mark.parametrize("intent", ["search", "hold", "out_of_scope", "my_card", "erase_me", "cancel"])
def test_wishes_for_books_and_orders_about_an_account_stay(intent: str) -> None:
    assert _asked("больше не игрушка", _wish(intent)) == (_wish(intent),)


def test_one_word_and_a_word_that_counts_everywhere_stay() -> None:
    assert _asked("человек", _wish("events")) == (_wish("events"),)
    assert _asked("больше не игрушка", _wish("human", anywhere=True)) == (_wish("human", anywhere=True),)


@pytest.mark.parametrize("text", ["", "часы работы библиотеки", "больше не игрушка " * 50, "\x00\ud83d"])
def test_what_is_no_title_stays_as_it_was_heard(text: str) -> None:
    assert _asked(text, _wish("hours")) == (_wish("hours"),)


@pytest.mark.parametrize("heard", ["location", "help", "out_of_scope"])
def test_a_wish_written_as_english_titles_are_is_looked_up_first(heard: str) -> None:
    (request,) = _asked("How to Stop Time", _wish(heard))

    assert (request.intent, request.rest, request.slots["rival"]) == ("search", "How to Stop Time", heard)


@pytest.mark.parametrize(
    ("said", "heard"),
    [("how to stop time", "location"), ("Link My Library Card", "link_card"), ("Are You Open on Sundays?", "hours")],
)
def test_other_english_wishes_stay_what_they_are(said: str, heard: str) -> None:
    assert [one.intent for one in _asked(said, _wish(heard))] == [heard]

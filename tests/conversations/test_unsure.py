"""Words that may be a title or a wish: the reader is asked, and both ways lead on."""

import pytest

import handlers
from bot.ports.library import Library
from bot.ports.log import Mode
from bot.ports.understanding import Request
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.reader import Reader


async def test_a_title_that_sounds_like_a_question_is_asked_about(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Часы работы", "Алексей Варламов", at(CENTRAL, 1, 1))

    await reader.says("часы работы")
    reader.hears("Вы ищете книгу «Часы работы», Алексей Варламов или хотите узнать часы работы?")
    await reader.presses("Найти книгу")

    reader.hears("Часы работы, Алексей Варламов. Есть: 1 из 1.")


async def test_the_other_meaning_is_one_press_away_as_well(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Часы работы", "Алексей Варламов", at(CENTRAL, 1, 1))

    await reader.says("часы работы")
    await reader.presses("Часы работы")

    reader.hears("Центральная библиотека", "9:00")


async def test_where_no_such_book_is_held_the_wish_is_answered_at_once(reader: Reader) -> None:
    await reader.says("часы работы")

    reader.hears("Центральная библиотека")
    reader.hears_nothing_of("Вы ищете")


@pytest.mark.parametrize("said", ["часы работы детской", "детская часы работы"])
async def test_who_names_a_branch_asks_about_it_whatever_book_bears_its_name(
    reader: Reader, catalogue: FakeCatalogue, said: str
) -> None:
    catalogue.holds("Детская", "Иван Бунин", at(CENTRAL, 1, 1))

    await reader.says(said)

    reader.hears("Детская библиотека")
    reader.hears_nothing_of("Бунин")


async def test_a_title_that_names_a_branch_word_for_word_is_asked_about(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("Адрес детской", "Алексей Варламов", at(CENTRAL, 1, 1))

    await reader.says("адрес детской")

    reader.hears("Вы ищете книгу «Адрес детской», Алексей Варламов или хотите узнать адрес?")


async def test_thanks_in_a_title_are_no_thanks(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Спасибо за покупку", "Эрик Ниман", at(CENTRAL, 1, 1))

    await reader.says("спасибо за покупку")

    reader.hears("Спасибо за покупку, Эрик Ниман. Есть: 1 из 1.")


async def test_a_farewell_to_arms_is_a_book(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Прощай, оружие", "Эрнест Хемингуэй", at(CENTRAL, 1, 1))

    await reader.says("прощай оружие")

    reader.hears("Прощай, оружие, Эрнест Хемингуэй. Есть: 1 из 1.")


async def test_what_failed_is_handed_over_with_a_line_of_what_happened(reader: Reader) -> None:
    await reader.says("пробовала продлить «Тихий Дон» на сайте, пишет ошибку")

    reader.hears("Передам: не получается продлить, книга «Тихий Дон».")
    assert reader.conversation.mode is Mode.WAITING
    assert reader.conversation.handover_reason == "asked:trouble.renew"


async def test_what_happened_need_not_be_told_twice(reader: Reader) -> None:
    await reader.says("не могу войти в личный кабинет")

    reader.hears("Передам: не получается войти в личный кабинет.")


async def test_what_is_hardly_a_title_is_not_said_to_be_missing(reader: Reader) -> None:
    await reader.says("никак в толк не возьму")

    reader.hears("Не уверен, что понял. Если вы ищете книгу, то")
    assert {"Часы работы", "Позвать библиотекаря"} <= {button.label for button in reader.offered()}


async def test_nor_is_a_book_shown_that_nobody_asked_for(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Никак не возьму", "Автор", at(CENTRAL, 1, 1))

    await reader.says("никак в толк не возьму")

    reader.hears("Не уверен, что понял. Может быть, вы ищете книгу?")
    await reader.presses("Никак не возьму, Автор")
    reader.hears("Никак не возьму, Автор. Есть: 1 из 1.")


async def test_who_was_asked_for_a_title_is_not_doubted(reader: Reader) -> None:
    await reader.says("нужна книга")
    await reader.says("никак в толк не возьму")

    reader.hears("В каталоге не нашлось")


async def test_the_second_time_a_person_is_offered(reader: Reader) -> None:
    await reader.says("никак в толк не возьму")
    await reader.says("нет, никак в толк не возьму")

    reader.hears("Позвать библиотекаря?")


@pytest.mark.parametrize(
    ("title", "said"),
    [("На дне", "ваша библиотека дно"), ("Покой", "пока нет"), ("Хорошо!", "спасибо хороший")],
)
async def test_a_book_that_shares_a_word_with_small_talk_is_not_asked_about(
    reader: Reader, catalogue: FakeCatalogue, title: str, said: str
) -> None:
    catalogue.holds(title, "Максим Горький", at(CENTRAL, 1, 1))

    await reader.says(said)

    reader.hears_nothing_of("Вы ищете книгу")


@pytest.mark.parametrize(
    ("said", "is_called"),
    [
        ("на дне", True),
        ("есть у вас на дне горького?", True),
        ("дно", False),
        ("ваша библиотека на дне", False),
        ("правила жизни", False),
    ],
)
def test_a_book_is_called_by_all_of_its_title_and_by_nothing_else(said: str, is_called: bool) -> None:
    card = FakeCatalogue().holds("На дне: пьеса", "Максим Горький", at(CENTRAL, 1, 1))

    assert handlers.is_called(card, said) is is_called


def test_a_number_of_a_title_may_be_said_in_words() -> None:
    card = FakeCatalogue().holds("Палата № 6", "Антон Чехов", at(CENTRAL, 1, 1))

    assert handlers.is_called(card, "палата номер шесть")
    assert not handlers.is_called(card, "палата номер семь")


async def test_a_title_with_the_number_of_a_branch_is_no_branch(
    library: Library, clock: StandingClock, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("Палата номер семь: повесть", "Антон Чехов", at(CENTRAL, 1, 1))
    reader = Reader(library, clock, understanding=Heard("contacts", 0.7, rival="search"))

    await reader.says("палата номер семь")

    reader.hears("Вы ищете книгу «Палата номер семь: повесть», Антон Чехов или хотите узнать телефон?")


def test_a_small_word_of_a_title_need_not_be_said() -> None:
    card = FakeCatalogue().holds("Хоббит, или Туда и обратно", "Джон Толкин", at(CENTRAL, 1, 1))

    assert handlers.is_called(card, "хоббит туда и обратно")
    assert not handlers.is_called(card, "хоббит или обратно")


@pytest.mark.parametrize(
    ("said", "asked"), [("пять минут", True), ("минут жизни", True), ("минут пять", False), ("минут", False)]
)
async def test_a_review_that_a_title_begins_or_ends_with_is_asked_about(
    library: Library, clock: StandingClock, catalogue: FakeCatalogue, said: str, asked: bool
) -> None:
    catalogue.holds("Пять минут жизни", "Эмма Скотт", at(CENTRAL, 1, 1))
    reader = Reader(library, clock, understanding=Heard("review", 0.78, rival="search"))

    await reader.says(said)

    told = "Вы ищете книгу «Пять минут жизни», Эмма Скотт или хотите оставить отзыв?"
    if asked:
        reader.hears(told)
    else:
        reader.hears_nothing_of("Вы ищете книгу")


async def test_a_story_is_not_said_to_be_missing_from_the_catalogue(library: Library, clock: StandingClock) -> None:
    reader = Reader(library, clock, understanding=Heard("search", 0.8))

    await reader.says("я переехала из другого города там нам давали книги отовсюду и это было очень удобно для всех")

    reader.hears("Не уверен, что понял")


async def test_a_misspelt_title_is_asked_about_as_well(
    library: Library, clock: StandingClock, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("По ком звонит колокол", "Эрнест Хемингуэй", at(CENTRAL, 1, 1))
    reader = Reader(library, clock, understanding=Heard("contacts", 0.7, rival="search"))

    await reader.says("по ком звонит колокал")

    reader.hears("Вы ищете книгу «По ком звонит колокол», Эрнест Хемингуэй или хотите узнать телефон?")


async def test_nobody_is_called_on_a_guess(library: Library, clock: StandingClock) -> None:
    reader = Reader(library, clock, understanding=Heard("human", 0.4))

    await reader.says("мне книжку, а не картинки")
    reader.hears("Не уверен, что понял. Позвать библиотекаря?")
    assert not reader.conversation.handover_reason

    await reader.presses("Да")
    assert reader.conversation.mode is Mode.WAITING


async def test_the_second_guess_at_a_title_is_not_told_to_be_missing(library: Library, clock: StandingClock) -> None:
    reader = Reader(library, clock, understanding=Heard("search", 0.1))
    await reader.says("вы издеваетесь")

    await reader.says("я уже ждал")

    reader.hears("Я опять не понял. Позвать библиотекаря?")
    reader.hears_nothing_of("не нашлось: «я уже ждал»")


async def test_no_card_is_asked_for_on_a_guess(library: Library, clock: StandingClock) -> None:
    reader = Reader(library, clock, understanding=Heard("renew", 0.33, rival="search"))

    await reader.says("тогда привезите домой")

    reader.hears("Не уверен, что понял. Вы хотите продлить книги или найти книгу?")


class Heard:
    """Hears the same in every message, no surer than it is told."""

    def __init__(self, intent: str, confidence: float, **slots: str) -> None:
        self._intent, self._confidence, self._slots = intent, confidence, slots

    def understand(self, text: str) -> tuple[Request, ...]:
        return (Request(intent=self._intent, confidence=self._confidence, rest=text, slots=self._slots),)


@pytest.mark.parametrize(("intent", "other"), [("search", "recommend"), ("recommend", "search")])
async def test_who_may_look_for_a_book_or_choose_one_is_shown_some(
    library: Library, clock: StandingClock, catalogue: FakeCatalogue, intent: str, other: str
) -> None:
    catalogue.holds("Стишки маме", "Марина Цветаева", at(CENTRAL, 1, 1))
    reader = Reader(library, clock, understanding=Heard(intent, 0.3, rival=other, subject="маме"))

    await reader.says("стишки про маму первоклашкам")

    reader.may_press("Стишки маме, Марина Цветаева")
    reader.hears_nothing_of("Не уверен, что понял")


async def test_where_nothing_is_said_to_choose_by_it_is_asked(library: Library, clock: StandingClock) -> None:
    reader = Reader(library, clock, understanding=Heard("search", 0.3, rival="recommend"))

    await reader.says("а почему так мало")

    reader.hears("Вы хотите найти книгу или выбрать, что почитать?")

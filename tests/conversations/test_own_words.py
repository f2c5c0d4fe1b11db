"""What the library says in its own voice, heard where each text is said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports.library import Library
from bot.wording.own import Own, OwnWords
from db.connect import Database
from db.own_words import SqlOwnWords
from tests.support.clock import StandingClock
from tests.support.reader import Reader


@pytest.fixture
def own(library: Library, clock: StandingClock) -> Reader:
    """A reader of a library in which every text is its own."""
    marked = [(which, "ru", f"<{which}>") for which in Own]
    marked += [(Own.HELLO, "ru", "Вы в {library}!")]
    return Reader(replace(library, words=OwnWords(marked)), clock)


async def test_every_text_is_heard_where_it_belongs(own: Reader) -> None:
    await own.starts()
    own.hears("Вы в Труновская районная библиотека!")
    own.may_press("Найти книгу")
    await own.says("привет")
    own.hears("<hello_again>")
    await own.says("помощь")
    own.hears("<help>")
    await own.says("спасибо")
    own.hears("<thanks>")
    await own.says("какой сегодня курс доллара")
    own.hears("<not_ours>")
    await own.says("есть книга абырвалг?")
    own.hears("<not_found>")
    await own.says("можно прийти с собакой?")
    own.hears("<no_answer>", "Телефон")
    await own.says("позовите библиотекаря")
    own.hears("<person_called>", "<people_there>", "Быстрее всего позвонить")


async def test_a_passed_question_and_a_closed_library_have_their_words(own: Reader, clock: StandingClock) -> None:
    clock.turn(timedelta(hours=12))
    await own.says("Позовите библиотекаря, у меня пропала книга из формуляра и я волнуюсь")
    own.hears("<question_passed>", "<people_away>")


async def test_another_language_hears_the_built_in_text(own: Reader) -> None:
    own.speaks("en")
    await own.starts()
    own.hears("I am a bot")


async def test_what_was_said_a_moment_ago_is_not_repeated_after_a_change(
    library: Library, clock: StandingClock, sqlite: Database
) -> None:
    words = SqlOwnWords(sqlite, clock)
    reader = Reader(replace(library, words=words), clock)
    for _ in range(3):
        await reader.says("спасибо")
        reader.hears("Рад помочь!")

    await words.change(Own.THANKS, "ru", "Всегда рады!", version=0, by="masha")

    await reader.says("спасибо")
    reader.hears("Всегда рады!")

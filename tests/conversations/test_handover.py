"""Waiting for a person: who is before you, how long it takes, the cheap way out, what goes to a person at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.handover import Line
from bot.ports.library import Library
from bot.ports.log import Mode
from tests.support.clock import StandingClock
from tests.support.fake_library import FakePeople, moment
from tests.support.reader import Reader


def with_people(library: Library, people: FakePeople) -> Library:
    return replace(library, people=people)


async def test_the_place_in_the_line_and_the_usual_wait_are_told(library: Library, clock: StandingClock) -> None:
    people = FakePeople(Line(before=2, usual=timedelta(minutes=15)))
    reader = Reader(with_people(library, people), clock)

    await reader.says("позовите библиотекаря")

    reader.hears("Библиотека сейчас работает", "Перед вами 2 читателя.", "Обычно отвечаем за 15 минут.")


async def test_nothing_is_promised_where_nothing_was_measured(library: Library, clock: StandingClock) -> None:
    reader = Reader(with_people(library, FakePeople()), clock)

    await reader.says("позовите библиотекаря")

    reader.hears("Библиотека сейчас работает")
    reader.hears_nothing_of("Перед вами", "Обычно")


async def test_an_answer_that_comes_after_closing_is_not_promised_for_today(
    library: Library, clock: StandingClock
) -> None:
    clock.moment = moment("2026-03-02", "18:30")
    reader = Reader(with_people(library, FakePeople(Line(usual=timedelta(hours=2)))), clock)

    await reader.says("позовите библиотекаря")

    reader.hears("Обычно отвечаем за 2 часа.", "Если не успеем до закрытия, ответим завтра в 9:00 или позже.")


async def test_out_of_hours_only_the_next_opening_is_told(library: Library, clock: StandingClock) -> None:
    clock.moment = moment("2026-03-02", "20:00")
    reader = Reader(with_people(library, FakePeople(Line(before=1, usual=timedelta(minutes=5)))), clock)

    await reader.says("позовите библиотекаря")

    reader.hears("Ответят не раньше чем завтра в 9:00.", "Перед вами 1 читатель.")
    reader.hears_nothing_of("Обычно")


async def test_who_asks_again_hears_the_place_as_it_is_now(library: Library, clock: StandingClock) -> None:
    people = FakePeople(Line(before=5))
    reader = Reader(with_people(library, people), clock)
    await reader.says("позовите библиотекаря")
    people.now = Line(before=1)

    await reader.says("человек")

    reader.hears("второй раз звать не нужно.", "Перед вами 1 читатель.")


@pytest.mark.parametrize("words", ["Не надо", "уже не нужно!", "передумала", "Спасибо, уже не надо", "сам разобрался"])
async def test_who_needs_no_person_any_more_says_so_in_their_own_words(reader: Reader, words: str) -> None:
    await reader.says("позовите библиотекаря")
    await reader.says(words)

    assert reader.conversation.mode is Mode.BOT, words
    reader.hears("Что вам подсказать?")


async def test_what_only_begins_like_a_way_out_is_for_the_librarian(reader: Reader) -> None:
    await reader.says("позовите библиотекаря")
    await reader.says("не надо было закрывать читальный зал")

    assert reader.conversation.mode is Mode.WAITING
    reader.hears("Записал")


async def test_a_complaint_goes_to_a_person_at_once_where_the_library_has_said_so(
    library: Library, clock: StandingClock
) -> None:
    reader = Reader(library, clock, at_once=["review.complaint"])

    await reader.says("хочу пожаловаться на библиотекаря, нахамила")

    reader.hears("Мне жаль, что так вышло.", "Записал ваш вопрос для библиотекаря.")
    reader.hears_nothing_of("Передать ваши слова")
    assert reader.conversation.mode is Mode.WAITING
    assert reader.conversation.handover_reason == "rule:review.complaint"


async def test_an_intent_may_be_ruled_as_well_as_a_topic(library: Library, clock: StandingClock) -> None:
    reader = Reader(library, clock, at_once=["events"])

    await reader.says("какие у вас мероприятия?")

    assert reader.conversation.handover_reason == "rule:events"


async def test_who_waits_already_is_answered_by_the_bot_whatever_the_rule(
    library: Library, clock: StandingClock
) -> None:
    reader = Reader(library, clock, at_once=["hours"])
    await reader.says("позовите библиотекаря")

    await reader.says("до скольки вы сегодня работаете?")

    reader.hears("Сегодня: с 9:00 до 19:00")


async def test_a_person_who_has_the_conversation_is_not_called_by_a_rule(
    library: Library, clock: StandingClock
) -> None:
    reader = Reader(library, clock, at_once=["review.complaint"])
    await reader.says("человек")
    reader.librarian_takes()

    await reader.says("хочу пожаловаться, нахамила")

    reader.hears_nothing()
    assert reader.conversation.mode is Mode.PERSON


# --- whether it helped ---------------------------------------------------------------------------


async def test_a_reader_who_was_helped_presses_once_and_is_free(library: Library, clock: StandingClock) -> None:
    people = FakePeople(asked=[7])
    reader = Reader(with_people(library, people), clock)

    await reader.presses_payload("helped:7:yes")

    reader.hears("Спасибо, передам!")
    assert people.rated == {7: True}
    await reader.says("до скольки вы сегодня?")
    reader.hears("Сегодня: с 9:00 до 19:00")
    assert people.words == {}, "a question is no word of praise"


async def test_a_reader_who_was_not_helped_may_say_why_and_call_again(library: Library, clock: StandingClock) -> None:
    people = FakePeople(asked=[7])
    reader = Reader(with_people(library, people), clock)

    await reader.presses_payload("helped:7:no")
    reader.hears("Жаль, что не помогли.")
    reader.may_press("Позвать библиотекаря")
    await reader.presses("Добавить пару слов")
    await reader.says("Книгу так и не нашли")

    reader.hears("Спасибо, записал.")
    assert people.rated == {7: False}
    assert people.words == {7: "Книгу так и не нашли"}


async def test_who_changes_their_mind_about_words_goes_back(library: Library, clock: StandingClock) -> None:
    people = FakePeople(asked=[7])
    reader = Reader(with_people(library, people), clock)
    await reader.presses_payload("helped:7:yes")
    await reader.presses("Добавить пару слов")

    await reader.says("отмена")

    reader.hears("начнём сначала")
    assert people.words == {}


@pytest.mark.parametrize("payload", ["helped:8:yes", "helped:", "helped:x:yes", "helped:99999999999999999999:no"])
async def test_a_rating_that_nobody_asked_for_changes_nothing(
    library: Library, clock: StandingClock, payload: str
) -> None:
    people = FakePeople(asked=[7])
    reader = Reader(with_people(library, people), clock)

    await reader.presses_payload(payload)

    reader.hears("Спасибо! Что вам подсказать?")
    assert people.rated == {}

"""Rules, in the library's own words or not at all."""

import pytest

from tests.support.fake_library import CENTRAL, FakeCatalogue, FakeFaq, at
from tests.support.reader import Reader


async def test_a_rule_is_told_in_the_librarys_words(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.wifi", "Wi-Fi есть, пароль висит у входа.")

    await reader.says("есть ли у вас вайфай?")

    reader.hears("Wi-Fi есть, пароль висит у входа.")


async def test_a_question_like_it_wins_over_the_general_rules(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules", "Берегите книги.")
    faq.answers("own.dogs", "С собаками-поводырями можно.", "можно с собакой")

    await reader.says("а можно с собакой?")

    reader.hears("С собаками-поводырями можно.")
    reader.hears_nothing_of("Берегите книги.")


async def test_where_only_the_general_rules_are_written_that_is_said_and_the_gap_is_kept(
    reader: Reader, faq: FakeFaq
) -> None:
    faq.answers("rules", "Берегите книги.")

    await reader.says("есть ли у вас вайфай?")

    reader.hears("Именно об этом не сказано. Общие правила такие:", "Берегите книги.")
    assert reader.last_message.outcome == "missed"


@pytest.mark.parametrize(
    "asked", ["какие у вас правила", "правила библиотеки", "какие у вас тут порядки?", "library rules"]
)
async def test_who_asks_for_the_rules_hears_them(reader: Reader, faq: FakeFaq, asked: str) -> None:
    faq.answers("rules", "Пять книг на две недели.")

    await reader.says(asked)

    reader.hears("Пять книг на две недели.")
    reader.hears_nothing_of("Именно об этом не сказано")
    assert reader.last_message.outcome == "answered"


async def test_the_rules_of_lending_are_no_answer_to_any_question(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules", "Пять книг на две недели.")

    await reader.says("можно ли у вас жениться?")

    reader.hears("Точного ответа на это у меня нет, а придумывать не буду.")
    reader.hears_nothing_of("Пять книг")
    reader.may_press("Позвать библиотекаря")
    assert reader.last_message.outcome == "missed"


async def test_a_button_of_any_topic_falls_back_to_the_wider_one_and_says_so(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("join", "Приходите с паспортом.")

    await reader.presses_payload("faq:join.remote")

    reader.hears("Именно об этом не сказано.", "Приходите с паспортом.")
    assert reader.last_message.outcome == "missed"


async def test_a_rule_that_nobody_wrote_is_not_invented(reader: Reader) -> None:
    await reader.says("какой штраф за просрочку?")

    reader.hears("Точного ответа на это у меня нет, а придумывать не буду.", "8 (86546) 3-11-22")
    reader.may_press("Позвать библиотекаря")
    assert reader.last_message.outcome == "missed"


async def test_what_sounds_like_a_rule_may_be_a_title(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Электронная книга", "", at(CENTRAL, 1, 1))

    await reader.says("электронная книга")
    reader.hears("Вы ищете книгу «Электронная книга» или хотите узнать правила?")
    await reader.presses("Найти книгу")

    reader.hears("Электронная книга. Есть: 1 из 1.")


async def test_who_has_lost_somebody_hears_the_rule_gently(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.return", "Принести книги может любой.")

    await reader.says("дядя скончался, у него остались ваши книги, как вернуть?")

    reader.hears("Сочувствую вам.\nПринести книги может любой.")


async def test_two_rules_in_one_message_are_both_told(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.limit", "До пяти книг.")
    faq.answers("rules.term", "На две недели.")

    await reader.says("сколько книг можно взять и на сколько?")

    reader.hears("До пяти книг.", "На две недели.")


async def test_what_answers_both_of_them_is_said_once(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules", "Берегите книги.")

    await reader.says("есть ли у вас вайфай и можно ли распечатать?")

    reader.hears("Именно об этом не сказано. Общие правила такие:")
    assert len(reader.heard) == 1

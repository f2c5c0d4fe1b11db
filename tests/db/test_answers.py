"""Which recorded answer a reader's words ask for."""

import pytest

from bot.ports.library import FaqEntry
from db.answers import Answers


def entry(topic: str, answer: str, *questions: str, language: str = "ru") -> FaqEntry:
    return FaqEntry(topic=topic, language=language, answer=answer, questions=questions)


PRINT = entry("rules.print", "5 рублей лист", "Можно ли распечатать документ?", "Есть ли у вас принтер?")
JOIN = entry("join", "Паспорт", "Как записаться в библиотеку?", "Какие документы нужны для записи?")
WIFI_EN = entry("rules.wifi", "Free", "Do you have Wi-Fi?", language="en")


def heard(answers: Answers, text: str) -> str | None:
    found = answers.nearest(text, "ru")
    return found.topic if found else None


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("Можно ли распечатать документ?", "rules.print"),
        ("здравствуйте, а можно у вас документы распечатать", "rules.print"),
        ("принтер есть?", "rules.print"),
        ("как записаться", "join"),
        ("как мне записаться в вашу библиотеку, подскажите пожалуйста", "join"),
        ("Какие нужны документы", "join"),
        ("is there wifi?", "rules.wifi"),
    ],
)
def test_a_recorded_question_is_known_in_other_words(words: str, topic: str) -> None:
    answers = Answers([PRINT, JOIN, WIFI_EN])

    assert heard(answers, words) == topic


@pytest.mark.parametrize(
    "words",
    [
        "",
        "?!",
        "есть ли у вас",
        "книга про принтеры",
        "Война и мир",
        "документы и мифы второй мировой войны",
        "как",
        "записки из мёртвого дома",
        "а" * 100_000,
    ],
)
def test_a_question_that_only_touches_a_recorded_one_is_left_alone(words: str) -> None:
    answers = Answers([PRINT, JOIN, WIFI_EN])

    assert heard(answers, words) is None


def test_a_question_is_answered_in_the_readers_language() -> None:
    answers = Answers([JOIN, entry("join", "Passport", "How can I join?", language="en")])

    found = answers.nearest("как записаться в библиотеку", "en")

    assert found is not None
    assert found.answer == "Passport"


def test_of_two_questions_alike_the_better_fit_answers() -> None:
    answers = Answers([entry("a", "А", "где взять книгу"), entry("b", "Б", "где взять книгу на дом")])

    assert heard(answers, "где взять книгу на дом") == "b"
    assert heard(answers, "где взять книгу") == "a"

"""What is kept of a question tells nothing of who asked it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.masking import LONGEST, masked, tells_a_number


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Мой билет 10234, продлите, тел. +7 (912) 345-67-89", "мой билет [номер] продлите тел [номер]"),
        ("89123456789", "[номер]"),
        ("карта № 778", "карта [номер]"),
        ("ответьте на anna.k+lib@mail.example.ru, пожалуйста", "ответьте на [адрес] пожалуйста"),
        ("я @anna_k, где книга?", "я [имя] где книга"),
        ("живу: кв. 12", "живу [адрес]"),
        ("родилась 12.03.1984", "родилась [номер]"),
        ("Меня зовут Ольга Петровна, хочу Лавкрафта", "меня зовут [имя] хочу лавкрафта"),
        ("меня зовут иванова мария и мне нужна книга", "меня зовут [имя] и мне нужна книга"),
        ("я читатель Сидоров", "я читатель [имя]"),
        ("есть https://shop.example/item?id=7&user=anna такая?", "есть [ссылка] такая"),
    ],
)
def test_what_tells_of_a_person_gives_way_to_a_mark(said: str, kept: str) -> None:
    assert masked(said) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Есть ISBN 978-5-17-097833-5?", "есть isbn 9785170978335"),
        ("20000 лье под водой", "20000 лье под водой"),
        ("1984", "1984"),
        ("451 градус по Фаренгейту, том 2", "451 градус по фаренгейту том 2"),
        ("читатель просит Донцову", "читатель просит донцову"),
    ],
)
def test_what_books_are_asked_for_by_stays(said: str, kept: str) -> None:
    assert masked(said) == kept


def test_a_thirteen_digit_card_is_no_isbn() -> None:
    assert masked("2200001234567") == "[номер]"
    assert masked("9785170978334") == "[номер]"


def test_a_story_is_cut_at_a_word() -> None:
    kept = masked("очень длинная история " * 40)

    assert len(kept) <= LONGEST + 1
    assert kept.endswith(("очень…", "длинная…", "история…"))


@given(st.text(max_size=600))
def test_any_text_is_kept_short_and_never_raises(text: str) -> None:
    assert len(masked(text)) <= LONGEST + 1


@given(st.integers(min_value=10**9, max_value=10**12), st.sampled_from([" ", "-", " (", ") ", "."]))
def test_no_long_number_survives(number: int, between: str) -> None:
    digits = f"7{number}"[:11]
    typed = f"звоните {digits[:4]}{between}{digits[4:8]}{between}{digits[8:]}"

    assert not any(character.isdigit() for character in masked(typed))


@pytest.mark.parametrize(
    "said",
    ["0012345", "мой билет 4711", "Позвоните: 8 (905) 123-45-67", "+7 905 123 45 67", "паспорт 4510 123456", "card 778",
     "звоните 123-45-67",
     "89051234567, книга 978-5-17-097833-5"],
)  # fmt: skip
def test_a_number_of_a_person_is_seen(said: str) -> None:
    assert tells_a_number(said)


@pytest.mark.parametrize(
    "said",
    ["", "есть Обломов?", "978-5-17-097833-5", "9785170978336", "100000 почему", "20000 лье под водой", "1984",
     "2019-2020", "журнал, номер 125", "открыто 12.03.2026?", "том 2, часть 3", "84(2Рос)6",
     "гарри поттер 1 2 3 4 5 6 7", "УДК 821.161.1", "приду в 14:30 25.12.2026"],
)  # fmt: skip
def test_what_books_are_asked_for_by_is_no_number_of_a_person(said: str) -> None:
    assert not tells_a_number(said)

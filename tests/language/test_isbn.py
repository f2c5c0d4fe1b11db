"""An ISBN is a query too, however it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import isbn


@pytest.mark.parametrize(
    ("typed", "thirteen"),
    [
        ("9785392186815", "9785392186815"),
        ("978-5-42350-397-0", "9785423503970"),
        ("есть книга isbn 978-5-17-097833-5?", "9785170978335"),
        ("ISBN: 9785 8905 9170 8", "9785890591708"),
        ("978‑5‑17‑097833‑5", "9785170978335"),
        ("ISBN13: 9785170978335", "9785170978335"),
        ("5870220165", "9785870220161"),
        ("5-04-008772-1", "9785040087723"),
        ("080442957X", "9780804429573"),
        ("080442957х", "9780804429573"),
        ("том 2 9785170978335", "9785170978335"),
        ("исбн 5870220165", "9785870220161"),
    ],
)
def test_an_isbn_in_any_form_is_read_as_thirteen_digits(typed: str, thirteen: str) -> None:
    assert isbn.isbn13(typed) == thirteen
    assert isbn.find(typed)[0].right


@pytest.mark.parametrize("typed", ["8 912 345 67 89", "+7 (8652) 12-34-56", "1984", "1234567890123", "билет 00451", ""])
def test_other_numbers_are_no_isbn(typed: str) -> None:
    assert isbn.find(typed) == []


def test_a_wrong_check_digit_is_told() -> None:
    found = isbn.find("9785170978330")[0]

    assert found.isbn13 == "9785170978335"
    assert not found.right


def test_ten_digits_with_a_wrong_check_digit_need_the_word_isbn() -> None:
    assert isbn.find("5870220164") == []
    assert isbn.find("ISBN 5870220164")[0].isbn13 == "9785870220161"


def test_an_isbn_can_be_cut_out_of_the_text() -> None:
    text = "есть ли 978-5-17-097833-5 у вас"
    found = isbn.find(text)[0]

    assert text[found.start : found.end] == "978-5-17-097833-5"


def test_two_isbns_are_two() -> None:
    assert [found.isbn13 for found in isbn.find("9785170978335, 5870220165")] == ["9785170978335", "9785870220161"]


def test_the_ten_digit_form_is_found_where_there_is_one() -> None:
    assert isbn.isbn10("9785870220161") == "5870220165"
    assert isbn.isbn10("9780804429573") == "080442957X"
    assert isbn.isbn10("9791034304721") == ""
    assert isbn.isbn10("") == ""


@given(st.integers(min_value=0, max_value=999_999_999))
def test_ten_digits_survive_the_way_to_thirteen_and_back(number: int) -> None:
    thirteen = isbn.isbn13("ISBN " + isbn.isbn10(f"978{number:09}0"))

    assert isbn.isbn10(thirteen)[:9] == f"{number:09}"


@given(st.text(alphabet="0123456789-– Xх", max_size=80))
def test_any_run_of_digits_is_read_or_left(text: str) -> None:
    for found in isbn.find(text):
        assert len(found.isbn13) == 13
        assert 0 <= found.start < found.end <= len(text)

"""Limits of linking, and what readers type read as what it is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.library.linking import (
    Limits,
    birth_date_of,
    card_spellings,
    ceiling_until,
    digits_of,
    locked_until,
    phone_of,
    years_old,
)

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIMITS = Limits()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def failures(count: int, *, last: timedelta = timedelta()) -> list[datetime]:
    """So many, a second apart, the last of them so long before noon."""
    return [NOON - last - timedelta(seconds=number) for number in range(count)]


@pytest.mark.parametrize(
    ("count", "locked_for"),
    [(0, None), (4, None), (5, HOUR), (9, HOUR), (10, 2 * HOUR), (15, 4 * HOUR), (20, 24 * HOUR), (500, 24 * HOUR)],
)
def test_each_further_five_failures_lock_twice_as_long(count: int, locked_for: timedelta | None) -> None:
    until = locked_until(failures(count), NOON, LIMITS)

    assert until == (None if locked_for is None else NOON + locked_for)


def test_a_lock_ends_by_itself_and_its_failures_are_remembered_for_a_day() -> None:
    assert locked_until(failures(5, last=59 * MINUTE), NOON, LIMITS) == NOON + MINUTE
    assert locked_until(failures(5, last=HOUR), NOON, LIMITS) is None
    again = [*failures(5, last=HOUR), *failures(5)]
    assert locked_until(again, NOON, LIMITS) == NOON + 2 * HOUR
    assert locked_until(failures(19, last=timedelta(days=1)), NOON, LIMITS) is None
    assert locked_until([*failures(5, last=timedelta(days=1)), *failures(5)], NOON, LIMITS) == NOON + HOUR


def test_a_ceiling_holds_until_the_oldest_failure_is_an_hour_old() -> None:
    assert ceiling_until(NOON - 20 * MINUTE, 99, 100) is None
    assert ceiling_until(NOON - 20 * MINUTE, 100, 100) == NOON + 40 * MINUTE
    assert ceiling_until(None, 0, 100) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1000001", "1000001"),
        (" 1000 001 ", "1000001"),
        ("№ 1000001.", "1000001"),
        ("билет 1000001", "1000001"),
        ("номер читательского билета: 1000001", "1000001"),
        ("１０００００１", "1000001"),
        ("1000001", "0001000001"),  # the register keeps zeros that the reader does not type
        ("0001000001", "1000001"),  # Excel has lost zeros that stand on the card
        ("a-123", "А-123"),  # typed in Latin, kept in Cyrillic
        ("А 123", "A123"),  # typed in Cyrillic, kept in Latin
        ("а–123", "А-123"),
        ("А-123", "а-123"),
        ("к 17/2024", "К172024"),
    ],
)
def test_a_card_number_is_found_however_it_is_typed(typed: str, kept: str) -> None:
    assert kept in card_spellings(typed)


def test_another_card_is_never_meant() -> None:
    assert "100001" not in card_spellings("1000001")
    assert "10000010" not in card_spellings("1000001")
    assert card_spellings("1000001")[0] == "1000001"  # what was typed comes first


@pytest.mark.parametrize("typed", ["", "   ", "не знаю", "№", "билет", "-", "\x00", "🎫"])
def test_words_name_no_card(typed: str) -> None:
    assert card_spellings(typed) == ()


def test_a_flood_of_digits_is_cut() -> None:
    assert len(card_spellings("9" * 100_000)) < 50
    assert max(map(len, card_spellings("9" * 100_000))) <= 64


def test_a_code_is_read_whatever_parts_its_digits() -> None:
    assert digits_of("1234 5678") == digits_of("12-34-56-78") == digits_of("код １２３４５６７８!") == "12345678"
    assert digits_of("m²") == ""


@pytest.mark.parametrize(
    "typed",
    ["12.03.1985", "12/3/1985", " 12 03 1985 ", "12031985", "1985-03-12", "12 марта 1985", "12 марта 1985 г.",
     "12.03.1985 г.", "12 March 1985", "１２．０３．１９８５"],
)  # fmt: skip
def test_a_birth_date_is_read_in_any_usual_form(typed: str) -> None:
    assert birth_date_of(typed) == date(1985, 3, 12)


@pytest.mark.parametrize("typed", ["", "1985", "31.02.1985", "12.03.85", "не скажу", "0000", "99.99.9999"])
def test_what_is_no_day_is_no_birth_date(typed: str) -> None:
    assert birth_date_of(typed) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+79123456789", "79123456789"),
        ("8 (912) 345-67-89", "79123456789"),
        ("912 345 67 89", "79123456789"),
        ("+375 29 123-45-67", "375291234567"),
        ("+49 30 123-45-67", "49301234567"),
        ("+84 912 345 678", "84912345678"),
        ("+372 512 3456", "3725123456"),
        ("+8 (912) 345-67-89", "79123456789"),
        ("+912 345 67 89", "79123456789"),
        ("8-123-45-67", "81234567"),
        ("2-11-33", ""),
        ("", ""),
    ],
)
def test_telephone_numbers_of_a_register_and_of_a_messenger_are_compared_as_one(written: str, number: str) -> None:
    assert phone_of(written) == number


def test_years_are_counted_to_the_day() -> None:
    born = date(2012, 3, 2)
    assert years_old(born, date(2026, 3, 1)) == 13
    assert years_old(born, date(2026, 3, 2)) == 14
    assert years_old(date(2012, 2, 29), date(2026, 2, 28)) == 13

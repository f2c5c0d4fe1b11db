"""What descriptions are freed of before a reader sees them."""

import pytest

from catalogue.importers import cleaning


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Миссия Акорны /", "Миссия Акорны"),
        ("М. :", "М."),
        ("ЭКСМО,", "ЭКСМО"),
        ("Вып. 13.", "Вып. 13"),
        ("Модная книга.", "Модная книга"),
        ("Хереш Э.", "Хереш Э."),
        ("для 5-7кл.", "для 5-7кл."),
        ("по состоянию на 1 февраля 2007г.", "по состоянию на 1 февраля 2007г."),
        ("1871-1918.", "1871-1918"),
        ("Что делать?.", "Что делать?"),
        ("Продолжение...", "Продолжение..."),
        ("роман 16+", "роман 16+"),
        ("xi, 20 p. +", "xi, 20 p."),
        ("Отчет за 1906 год [Текст]", "Отчет за 1906 год"),
        ("[Текст]", "[Текст]"),
        ("Ставропольская ЦБС , 1 фил", "Ставропольская ЦБС, 1 фил"),
        ("две   черты\u00a0и\u00adперенос", "две черты иперенос"),
        ("и\u0306од", "йод"),
        ("", ""),
    ],
)
def test_a_phrase_loses_the_signs_of_the_description_only(text: str, clean: str) -> None:
    assert cleaning.phrase(text) == clean


@pytest.mark.parametrize(
    ("texts", "year"),
    [
        (("2007",), 2007),
        (("[1968]",), 1968),
        (("cop. 2013",), 2013),
        (("1780 - 1790 гг.",), 1780),
        (("    ", "1999"), 1999),
        (("8 июля 1568-17 марта 1569",), 1568),
        (("XVII в.", "б.г."), None),
        (("25 тысяч лет до н.э.",), None),
        (("12007", "3015", "0999"), None),
    ],
)
def test_a_year_is_four_digits_that_make_sense(texts: tuple[str, ...], year: int | None) -> None:
    assert cleaning.year(*texts) == year


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("[16+]", 16),
        ("0+", 0),
        ("для детей 6 +", 6),
        ("18+.", 18),
        ("116+", None),
        ("7+", None),
        ("12 + 3 = 15", None),
        ("16+1 диск", None),
        ("без знака", None),
    ],
)
def test_an_age_mark_is_one_of_the_laws_five(text: str, mark: int | None) -> None:
    assert cleaning.age_mark("", text) == mark


@pytest.mark.parametrize(
    ("codes", "languages"),
    [(["rus"], ("rus",)), (["RUS ", "eng"], ("rus", "eng")), (["engfre"], ("eng", "fre")), (["||"], ()), ([""], ())],
)
def test_language_codes(codes: list[str], languages: tuple[str, ...]) -> None:
    assert cleaning.languages(codes) == languages


def test_isbns_are_thirteen_digits_once_and_wrong_ones_are_kept_aside() -> None:
    valid, wrong = cleaning.isbns(["5-222-00034-6 (в пер.)", "978-5-222-00034-2", "5-222-00034-7", "б/н", "080442957X"])

    assert valid == ("9785222000342", "9780804429573")
    assert wrong == "5-222-00034-7"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-01", "2026-04-01"),
        ("20260401", "2026-04-01"),
        ("01.04.2026", "2026-04-01"),
        ("2026-04-01 23:59:00", "2026-04-01"),
        ("2026-13-01", "None"),
        ("04/01/2026", "None"),
        ("", "None"),
    ],
)
def test_a_day_is_read_where_it_can_be_one_day_only(text: str, day: str) -> None:
    assert str(cleaning.day(text)) == day

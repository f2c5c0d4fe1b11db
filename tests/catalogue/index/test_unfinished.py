"""A last word that is not typed to its end is completed by the works that have the others."""

from pathlib import Path

import pytest

from bot.ports.catalogue import Verdict, Wanted
from tests.catalogue.index.shelf import book, indexed

SHELF = (
    book("Чёрная Тишина", "Архандеев Макс"),
    *[book(f"Чёрная {word}", f"Иванов {letter}.") for word, letter in zip(
        ("шаль", "роза", "стрела", "метка", "лента", "курица", "пантера", "вдова", "книга тайн", "кошка",
         "молния", "звезда"), "АБВГДЕЖЗИКЛМ", strict=True)],
    *[book(f"{word} тишина", "Петров П.") for word in ("Вечная", "Лесная", "Обжигающая")],
    book("Школа злословия", "Шеридан Р."), book("Кольцо", "Бунин Иван"), book("Кольцо принцессы", "Алексеев С."),
    book("При дворе", "Орлов О."), book("Поющие в терновнике", "Маккалоу К."), book("Поющие в тернии", "Леви М."),
    book("Читатель", "Шлинк Б."),
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "title", "read"),
    [
        ("черная тиш", "Чёрная Тишина", "черная тишина"),
        ("школа злосл", "Школа злословия", "школа злословия"),
        ("кольцо прин", "Кольцо принцессы", "кольцо принцессы"),
        ("черная пант", "Чёрная пантера", "черная пантера"),
    ],
)
async def test_the_only_work_that_goes_on_so_is_the_one(tmp_path: Path, said: str, title: str, read: str) -> None:
    async with indexed(tmp_path, *SHELF) as catalogue:
        found = await catalogue.find(Wanted(text=said))
    assert (found.verdict, found.works[0].title, found.corrected) == (Verdict.FOUND, title, read)


async def test_several_works_that_go_on_so_are_asked_about(tmp_path: Path) -> None:
    async with indexed(tmp_path, *SHELF) as catalogue:
        found = await catalogue.find(Wanted(text="поющие в тер"))
    assert found.verdict is Verdict.NEAR
    assert {work.title for work in found.works[:2]} == {"Поющие в терновнике", "Поющие в тернии"}


async def test_several_works_that_go_on_with_the_same_word_are_a_choice(tmp_path: Path) -> None:
    shelf = (book("Дворянское гнездо", "Тургенев И."), book("Дворянское гнездо. Рудин", "И. С. Тургенев"))
    async with indexed(tmp_path, *SHELF, *shelf) as catalogue:
        assert (await catalogue.find(Wanted(text="дворянское гне"))).verdict is not Verdict.NEAR


async def test_what_has_an_end_is_not_completed(tmp_path: Path) -> None:
    """«Читать» is no beginning of «Читатель», and «книга» stands in the title that fits."""
    async with indexed(tmp_path, *SHELF, book("Чёрная книгиня", "Уваров У.")) as catalogue:
        assert (await catalogue.find(Wanted(text="черная шаль читать"))).works[0].title == "Чёрная шаль"
        found = await catalogue.find(Wanted(text="черная книга"))
    assert found.works[0].title == "Чёрная книга тайн"


async def test_a_word_of_no_book_is_no_slip_of_a_small_one(tmp_path: Path) -> None:
    """«Прин» may be anything: it is not «при», without which «Кольцо» would be all that was asked for."""
    async with indexed(tmp_path, *SHELF[:15], book("Кольцо", "Бунин Иван"), book("При дворе", "О. О.")) as catalogue:
        assert (await catalogue.find(Wanted(text="кольцо прин"))).verdict is not Verdict.FOUND


TRANSLATIONS = (book("Поющие в терниях", "Маккалоу К."), book("Поющие в терновнике", "Маккалоу Колин"))


async def test_a_word_with_the_stem_of_one_ending_is_the_beginning_of_the_other_as_well(tmp_path: Path) -> None:
    """«Терн» has the stem of «терниях»; who has typed no more may mean either."""
    async with indexed(tmp_path, *TRANSLATIONS, book("Терн", "Орлов О.")) as catalogue:
        found = await catalogue.find(Wanted(text="поющие в терн"))
        assert found.verdict is Verdict.CHOICE
        assert {work.title for work in found.works[:2]} == {"Поющие в терниях", "Поющие в терновнике"}
        whole = await catalogue.find(Wanted(text="поющие в терниях"))
    assert (whole.verdict, whole.works[0].title) == (Verdict.FOUND, "Поющие в терниях")


CUT_SHORT = (
    book("Тишайший", "Бахревский В."), book("Тихий Дон", "Шолохов М."), book("Тихий уголок", "Бигл П."),
    book("Ревизор", "Гоголь Н. В."), book("Шинель", "Гоголь Н. В."), book("Невский проспект", "Гоголь Н. В."),
    book("На дне", "Горький М."),
)  # fmt: skip


@pytest.mark.parametrize(("said", "title"), [("тихий дн", "Тихий Дон"), ("тихий уг", "Тихий уголок")])
async def test_two_letters_are_what_is_left_of_a_word_of_the_title(tmp_path: Path, said: str, title: str) -> None:
    async with indexed(tmp_path, *CUT_SHORT) as catalogue:
        found = await catalogue.find(Wanted(text=said))
    assert (found.verdict, found.works[0].title) == (Verdict.FOUND, title)


async def test_a_title_without_the_word_that_was_cut_short_is_not_told(tmp_path: Path) -> None:
    async with indexed(tmp_path, CUT_SHORT[0], *CUT_SHORT[3:]) as catalogue:
        assert (await catalogue.find(Wanted(text="тихий дн"))).verdict is not Verdict.FOUND


async def test_two_letters_behind_a_surname_are_initials(tmp_path: Path) -> None:
    async with indexed(tmp_path, *CUT_SHORT) as catalogue:
        found = await catalogue.find(Wanted(text="гоголь нв"))
    assert {work.title for work in found.works} == {"Ревизор", "Шинель", "Невский проспект"}
    assert max(found.scores) - min(found.scores) < 0.01

"""Writers named side by side, and what only looks like it."""

import pytest

from bot.library.writers_listed import is_a_writer, writers_listed


@pytest.mark.parametrize(
    ("pieces", "names", "genre"),
    [
        (("на лето Бианки", "Пришвина", "Паустовского"), ("Бианки", "Пришвин", "Паустовский"), ""),
        (("рассказы Чехова", "Куприна", "Бунина"), ("Чехов", "Куприн", "Бунин"), "рассказы"),
        (("Пушкин", "Лермонтов", "Гоголь что есть"), ("Пушкин", "Лермонтов", "Гоголь"), ""),
        (("в 3 классе задали прочитать Носова", "Гайдара", "Бажова", "что"), ("Носов", "Гайдар", "Бажов"), ""),
        (("Пушкин", "Лермонтов"), ("Пушкин", "Лермонтов"), ""),
        (("на лето бианки пришвина", "паустовского"), ("Бианки", "Пришвин", "Паустовский"), ""),
        (("Грин", "Бажов"), ("Грин", "Бажов"), ""),
        (("science fiction Азимова", "Брэдбери"), ("Азимов", "Брэдбери"), "фантастика"),
    ],
)
def test_each_writer_of_a_list_is_named(pieces: tuple[str, ...], names: tuple[str, ...], genre: str) -> None:
    listed = writers_listed(pieces)

    assert listed is not None
    assert (listed.names, listed.genre) == (names, genre)


@pytest.mark.parametrize(
    "pieces",
    [
        (), ("Пушкин",), ("вишнёвый сад", "чайка"), ("война", "мир"), ("двенадцать стульев ильф", "петров"),
        ("Мастер", "Маргарита", "Булгаков"), ("Обломов", "Гончаров"), ("", ""),
        ("science Азимова", "Брэдбери"),
    ],
)  # fmt: skip
def test_titles_are_no_list_of_writers(pieces: tuple[str, ...]) -> None:
    assert writers_listed(pieces) is None


def test_a_name_alone_is_a_writer() -> None:
    assert is_a_writer("Паустовского")
    assert not is_a_writer("тёплый хлеб Паустовского")

"""A small library, indexed once a file; a file that tells of other books names them ``LIBRARY``."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from bot.library.model import Kind
from bot.ports.catalogue import Found, Wanted
from catalogue.finder import IndexedCatalogue
from tests.catalogue.index.shelf import book, indexed

Find = Callable[..., Awaitable[Found]]

LIBRARY = (
    book("Война и мир", "Толстой Л. Н.", copies=9),
    book("Анна Каренина", "Лев Толстой"),
    book("Детство Никиты", "Толстой А. Н."),
    book("Петр Первый", "Алексей Толстой", grade="8"),
    book("Преступление и наказание", "Федор Достоевский", isbn="978-5-389-04926-0", copies=12),
    book("Идиот", "Федор Достоевский"),
    book("Бесы", "Достоевский Ф. М."),
    book("Мастер и Маргарита: роман", "Булгаков Михаил", isbn="5-17-004618-9"),
    book("Белая гвардия", "Михаил Булгаков"),
    book("Собачье сердце", "Булгаков М. А."),
    book("Роковые яйца", "Булгаков М. А."),
    book("Отцы и дети", "Иван Тургенев", grade="10"),
    book("Шинель", "Николай Гоголь", grade="9"),
    book("Мертвые души", "Николай Гоголь"),
    book("Двадцать тысяч льё под водой", "Верн Жюль"),
    book("Вокруг света за восемьдесят дней", "Верн Ж."),
    book("Приключения Тома Сойера", "Твен Марк"),
    book("Малыш и Карлсон, который живёт на крыше", "Линдгрен А."),
    book("Пеппи Длинныйчулок", "Линдгрен Астрид"),
    book("Винни-Пух и все-все-все", "Милн А. А."),
    book("Винни-Пух. Весёлые каникулы", "Кинг Д."),
    book("Унесённые «Призраком»", "Лисовская Элина"),
    book("Обитаемый остров", "Стругацкий А. Н., Стругацкий Б. Н."),
    book("Остров сокровищ", "Стивенсон Роберт Льюис"),
    book("Норвежский лес", "Харуки Мураками"),
    book("Колымские рассказы", "Шаламов В. Т."),
    book("Гарри Поттер и философский камень", "Роулинг Дж. К.", series=("Гарри Поттер", "1")),
    book("Гарри Поттер и тайная комната", "Роулинг Дж. К.", series=("Гарри Поттер", "2")),
    book("Гарри Поттер и узник Азкабана", "Роулинг Дж. К.", series=("Гарри Поттер", "3")),
    book("Тихий Дон. Том 1", "Шолохов М. А.", part="1"),
    book("Тихий Дон. Том 2", "Шолохов М. А.", part="2"),
    book("Алгебра. 7 класс", "Макарычев Ю. Н."),
    book("Алгебра. 9 класс", "Макарычев Ю. Н."),
    book("Поэт", "Александр Пушкин", copies=2),
    book("Поэт", "Майкл Коннелли", copies=7),
    book("История Ставрополья", "Прозрителев Г. Н."),
    book("История Ставрополья", "Прозрителев Г. Н.", kind=Kind.ARTICLE, copies=50),
    book("История России", "Карамзин Н. М."),
    book("История Древнего мира", "Коровкин Ф. П."),
    book("The Hunger Games (The Hunger Games, #1)", "Suzanne Collins"),
    book("Harry Potter and the Sorcerer's Stone", "J.K. Rowling"),
    book("Python. Карманный справочник", "Марк Лутц"),
    book("Зов предков", "Джек Лондон"),
    book("Ромео и Джульетта", "Шекспир У."),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[IndexedCatalogue]:
    """The library of the file, ready to be asked."""
    books = getattr(request.module, "LIBRARY", LIBRARY)
    async with indexed(tmp_path_factory.mktemp("index"), *books) as catalogue:
        yield catalogue


@pytest.fixture
def find(library: IndexedCatalogue) -> Find:
    """Ask the small library."""

    async def ask(text: str, **slots: str) -> Found:
        return await library.find(Wanted(text=text, **slots))

    return ask

"""A reader shows a book instead of naming it."""

from dataclasses import replace

import pytest

from bot.messages import Contact
from bot.ports.files import Seen, Unseen
from bot.ports.library import Library
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, FakeCatalogue, at, edition
from tests.support.reader import Reader

BOOK, OTHER_BOOK, NOWHERE = "9785170978335", "9785389067257", "9785699120147"


class Album:
    """Fills ``Pictures``: a picture's handle says what stands on it."""

    def __init__(self) -> None:
        self.seen: dict[str, Seen] = {}

    async def look(self, contact: Contact, handle: str) -> Seen:
        assert contact.address
        return self.seen.get(handle, Seen(unseen=Unseen.NOTHING))


@pytest.fixture
def album() -> Album:
    return Album()


@pytest.fixture
def reader(library: Library, album: Album, clock: StandingClock) -> Reader:
    return Reader(replace(library, pictures=album), clock)


@pytest.fixture(autouse=True)
def shelves(catalogue: FakeCatalogue) -> None:
    catalogue.holds("Обломов", "Гончаров", at(CENTRAL, 1, 2), editions=[edition("Обломов", 2015, isbn13=BOOK)])
    catalogue.holds("Обрыв", "Гончаров", at(CENTRAL, 2, 2), editions=[edition("Обрыв", 2016, isbn13=OTHER_BOOK)])


async def test_a_barcode_is_as_good_as_the_title(reader: Reader, album: Album) -> None:
    album.seen["cover"] = Seen(isbns=(BOOK,))

    await reader.shows("cover")

    reader.hears("Обломов", "1 из 2")


async def test_two_books_on_one_picture_are_both_answered(reader: Reader, album: Album) -> None:
    album.seen["pile"] = Seen(isbns=(BOOK, OTHER_BOOK))

    await reader.shows("pile")

    reader.hears("Обломов", "Обрыв")


async def test_a_book_that_is_not_there_is_said_honestly(reader: Reader, album: Album) -> None:
    album.seen["cover"] = Seen(isbns=(NOWHERE,))

    await reader.shows("cover")

    reader.hears("Книги с таким ISBN в каталоге не нашлось")
    assert reader.last_message.outcome == "missed"


async def test_without_a_code_it_is_said_how_to_photograph_it(reader: Reader) -> None:
    await reader.shows("cat")
    reader.hears("Штрих-кода на снимке не вижу", "сзади на обложке", "напишите название")
    reader.may_press("Найти книгу", "Позвать библиотекаря")

    await reader.shows("another cat")
    reader.hears("Позвать библиотекаря?")
    reader.may_press("Да", "Нет")


async def test_the_caption_is_asked_where_no_code_is(reader: Reader) -> None:
    await reader.shows("cat", caption="есть обрыв гончарова?")

    reader.hears("Обрыв", "2 из 2")
    reader.hears_nothing_of("Штрих-код")


async def test_the_code_is_asked_before_the_caption(reader: Reader, album: Album) -> None:
    album.seen["cover"] = Seen(isbns=(BOOK,))

    await reader.shows("cover", caption="есть такая?")

    reader.hears("Обломов")
    reader.hears_nothing_of("есть такая")


async def test_a_word_that_is_always_heard_is_heard_in_a_caption(reader: Reader, album: Album) -> None:
    album.seen["cover"] = Seen(isbns=(BOOK,))

    await reader.shows("cover", caption="человек")

    reader.hears("библиотекар")
    reader.hears_nothing_of("Обломов")


async def test_another_wish_in_a_caption_is_answered_too(reader: Reader) -> None:
    await reader.shows("cat", caption="до скольки вы сегодня работаете?")

    reader.hears("Центральная библиотека")


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Unseen.OTHER, "Это штрих-код не книги"),
        (Unseen.TOO_LARGE, "слишком большой"),
        (Unseen.NO_PICTURE, "Не получилось открыть"),
        (Unseen.AWAY, "ещё раз"),
    ],
)
async def test_whatever_is_wrong_is_said_with_a_way_on(reader: Reader, album: Album, why: Unseen, said: str) -> None:
    album.seen["odd"] = Seen(unseen=why)

    await reader.shows("odd")

    reader.hears(said, "Или напишите название книги")


async def test_our_own_link_leads_where_it_leads(reader: Reader, album: Album) -> None:
    album.seen["poster"] = Seen(start="work_1")

    await reader.shows("poster")

    reader.hears("Вы пришли за книгой", "Обломов")


async def test_a_reader_who_shows_a_whole_shelf_is_not_taken_for_a_machine(reader: Reader, album: Album) -> None:
    for number in range(25):
        album.seen[f"cover{number}"] = Seen(isbns=(BOOK,))
        await reader.shows(f"cover{number}")

    reader.hears("Обломов")


async def test_a_library_without_eyes_asks_for_words(library: Library, clock: StandingClock) -> None:
    blind = Reader(library, clock)

    await blind.shows("cover")

    blind.hears("Не получилось посмотреть снимок", "напишите название")


async def test_a_librarian_s_conversation_stays_silent(reader: Reader, album: Album) -> None:
    album.seen["cover"] = Seen(isbns=(BOOK,))
    await reader.says("обломов")
    reader.librarian_takes()

    await reader.shows("cover")

    reader.hears_nothing()

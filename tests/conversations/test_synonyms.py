"""A reader's own words for a book or a wish, once a librarian has explained them."""

from dataclasses import replace

import pytest

from bot.app.answering import understanding
from bot.library.model import WorkCard
from bot.ports.catalogue import Catalogue, Verdict, Wanted
from bot.ports.library import Library
from bot.taught import TaughtCatalogue, TaughtUnderstanding
from bot.teaching import Synonym, SynonymBook, SynonymKind, faults, kind_of
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, FakeCatalogue, FakeFaq, at
from tests.support.reader import UNDERSTANDING, Reader
from understanding.topics import topics

INTENTS = frozenset({"hours", "search", "rules", "join", "human"})


class Teacher:
    """Fills ``Synonyms``; a test teaches what it likes."""

    def __init__(self) -> None:
        self.book = SynonymBook()

    def teaches(self, kind: str, said: str, meant: str) -> None:
        one = Synonym(kind=SynonymKind(kind), said=said, meant=meant)
        self.book = SynonymBook([*self.book.synonyms, one])


class NoTitles:
    """Fills ``Titles``: no message is one."""

    edition = 0

    def is_title(self, text: str) -> bool:
        del text
        return False

    is_misspelt_title = is_title


@pytest.fixture
def teacher() -> Teacher:
    return Teacher()


@pytest.fixture
def taught(teacher: Teacher, catalogue: FakeCatalogue) -> TaughtCatalogue:
    return TaughtCatalogue(catalogue, teacher)


@pytest.fixture
def reader(teacher: Teacher, taught: TaughtCatalogue, library: Library, clock: StandingClock) -> Reader:
    heard = understanding(teacher, INTENTS, NoTitles())
    return Reader(replace(library, catalogue=taught), clock, understanding=heard)


@pytest.fixture
def potter(catalogue: FakeCatalogue) -> WorkCard:
    return catalogue.holds("Гарри Поттер", "Дж. К. Роулинг", at(CENTRAL, 1, 1))


async def test_a_nickname_of_a_book_finds_it(reader: Reader, teacher: Teacher, potter: WorkCard) -> None:
    await reader.says("есть гп?")
    reader.hears_nothing_of(potter.title)

    teacher.teaches("title", "гп", "Гарри Поттер")
    await reader.says("есть гп?")

    reader.hears("Гарри Поттер", "1 из 1")


async def test_an_author_s_other_name_finds_the_books(
    reader: Reader, teacher: Teacher, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("Азазель", "Борис Акунин", at(CENTRAL, 1, 1))
    teacher.teaches("author", "Чхартишвили", "Акунин")

    await reader.says("азазель чхартишвили")

    reader.hears("Азазель")


async def test_a_phrase_means_what_a_librarian_said(reader: Reader, teacher: Teacher, faq: FakeFaq) -> None:
    faq.answers("rules.print", "5 рублей лист")
    faq.answers("chess", "Шахматы по средам.")
    teacher.teaches("phrase", "ксерануть бумажку", "rules.print")
    teacher.teaches("phrase", "где подвигать фигуры", "chess")
    teacher.teaches("phrase", "вы там живы", "hours")

    await reader.says("Здравствуйте! Ксерануть бумажку, пожалуйста")
    reader.hears("5 рублей лист")
    await reader.says("где подвигать фигуры?")
    reader.hears("Шахматы по средам.")
    await reader.says("вы там живы")
    reader.hears("Центральная библиотека")


async def test_a_phrase_that_was_heard_before_means_something_else_at_once(
    reader: Reader, teacher: Teacher, faq: FakeFaq
) -> None:
    faq.answers("rules.print", "5 рублей лист")
    faq.answers("chess", "Шахматы по средам.")
    await reader.says("где подвигать фигуры?")
    reader.hears_nothing_of("Шахматы")

    teacher.teaches("phrase", "где подвигать фигуры", "rules.print")
    await reader.says("где подвигать фигуры?")
    reader.hears("5 рублей лист")

    teacher.teaches("phrase", "где подвигать фигуры", "chess")
    await reader.says("где подвигать фигуры?")
    reader.hears("Шахматы по средам.")


async def test_a_phrase_inside_another_message_is_no_phrase(teacher: Teacher) -> None:
    teacher.teaches("phrase", "живы", "hours")
    heard = TaughtUnderstanding(UNDERSTANDING, teacher, topics(), INTENTS)

    assert heard.understand("живы")[0].intent == "hours"
    assert heard.understand("Живы будем - не помрём")[0].intent != "hours"
    assert heard.understand("живы")[0].because == ("synonym: phrase: «живы» → «hours»",)


async def test_a_piece_of_a_longer_title_is_left_alone(
    taught: TaughtCatalogue, teacher: Teacher, catalogue: FakeCatalogue
) -> None:
    house = catalogue.holds("Дом у дороги", "Твардовский")
    catalogue.holds("Дом, в котором", "Петросян")
    teacher.teaches("title", "дом", "Дом, в котором")

    longer = await taught.find(Wanted(text="дом у дороги"))
    assert (longer.verdict, longer.works[0], longer.synonyms) == (Verdict.FOUND, house, ())
    alone = await taught.find(Wanted(text="дом"))
    assert alone.works[0].title == "Дом, в котором"
    assert alone.synonyms == ("title: «дом» → «Дом, в котором»",)
    assert alone.corrected == "Дом, в котором"


async def test_who_says_what_is_meant_is_not_reworded(
    taught: TaughtCatalogue, teacher: Teacher, catalogue: FakeCatalogue
) -> None:
    teacher.teaches("author", "кинг", "Стивен Кинг")

    await taught.find(Wanted(text="стивен кинг оно"))
    await taught.find(Wanted(text="кинга", isbn="9785170978335"))

    assert [wanted.text for wanted in catalogue.asked] == ["стивен кинг оно", "кинга"]


async def test_the_catalogue_still_shows_a_card(taught: TaughtCatalogue, potter: WorkCard) -> None:
    port: Catalogue = taught

    assert await port.card(potter.work_id) == potter


@pytest.mark.parametrize(
    ("said", "meant", "why"),
    [
        ("!!", "Оно", "both sides need a word"),
        ("оно", " ", "both sides need a word"),
        ("оно", "Оно!", "both sides are the same words"),
        ("я" * 201, "Оно", "at most 200 characters"),
    ],
)
def test_a_synonym_that_says_nothing_is_refused(said: str, meant: str, why: str) -> None:
    (fault,) = faults([Synonym(kind=SynonymKind.TITLE, said=said, meant=meant)], [])

    assert why in fault


def test_the_same_words_are_not_a_title_and_an_author() -> None:
    both = [Synonym(kind=kind, said="кинг", meant="Стивен Кинг") for kind in (SynonymKind.TITLE, SynonymKind.AUTHOR)]

    assert "the same words are kept as" in faults(both, [])[0]


def test_kinds_are_known_in_both_languages() -> None:
    assert kind_of("Название") is SynonymKind.TITLE
    assert kind_of("author") is SynonymKind.AUTHOR
    assert kind_of("Фраза") is SynonymKind.PHRASE
    assert kind_of("пирог") is None

"""How a request becomes a question to the catalogue: several readings, several books."""

import pytest

from bot.asking import look_up, readings, titles, wanted_from
from bot.library.model import Kind, WorkCard
from bot.ports.catalogue import Found, Suggested, Taste, Verdict, Wanted
from bot.ports.understanding import Request

NOTHING = Found(verdict=Verdict.NOTHING)


def book(title: str, score: float = 1.0, verdict: Verdict = Verdict.FOUND, author: str = "") -> Found:
    card = WorkCard(
        work_id=1,
        title=title,
        author=author,
        kind=Kind.BOOK,
        available=0,
        total=0,
        items_unknown=True,
        holdings=(),
        editions=(),
    )
    return Found(verdict=verdict, works=(card,), scores=(score,))


class Shelf:
    """A catalogue that knows answers by heart and keeps what it was asked."""

    def __init__(self, answers: dict[str, Found]) -> None:
        self.answers, self.asked = answers, list[str]()

    async def find(self, wanted: Wanted, limit: int = 5) -> Found:
        del limit
        self.asked.append(wanted.text)
        return self.answers.get(wanted.text, NOTHING)

    async def suggest(self, taste: Taste, limit: int = 5) -> Suggested:
        del taste, limit
        return Suggested()

    async def card(self, work_id: int) -> WorkCard | None:
        del work_id
        return None


def request(intent: str = "search", rest: str = "", **slots: str) -> Request:
    return Request(intent=intent, confidence=0.9, rest=rest, slots=slots)


def shown(answers: tuple[Found, ...]) -> list[str]:
    return [answer.works[0].title if answer.works else "" for answer in answers]


async def test_a_year_said_in_words_is_looked_up_in_digits_too() -> None:
    shelf = Shelf({"1984 оруэлла": book("1984")})

    found = await look_up(shelf, request(rest="тысяча девятьсот восемьдесят четвёртый Оруэлла"))

    assert shown(found) == ["1984"]


def test_what_is_known_of_the_book_sharpens_the_question() -> None:
    asked = wanted_from(request(rest="тихий дон", volume="2", author="шолохов", branch="филиал 3"))

    assert asked == Wanted(text="тихий дон", volume="2", author="шолохов")


def test_a_request_is_read_from_the_barest_to_the_whole() -> None:
    asked = request(rest="джунглей", wider="книга джунглей", whole="есть ли у вас книга джунглей", title="джунглей")

    assert [wanted.text for wanted in readings(asked)] == ["джунглей", "книга джунглей", "есть ли у вас книга джунглей"]
    assert [wanted.title for wanted in readings(asked)] == ["джунглей", "", ""]


def test_one_letter_that_is_left_of_more_words_is_not_looked_up() -> None:
    left = Request(intent="search", confidence=0.9, rest="a b", slots={"narrower": "a", "title": "ф"})
    alone = Request(intent="search", confidence=0.9, rest="Я", slots={"title": "Я"})

    assert [wanted.text for wanted in readings(left)] == ["a b"]
    assert [wanted.text for wanted in readings(alone)] == ["Я"]


@pytest.mark.parametrize("intent", ["hold", "renew"])
async def test_a_wish_that_names_no_book_is_not_looked_up(intent: str) -> None:
    shelf = Shelf({"забронируйте книгу": book("Как забронировать книгу")})

    answers = await look_up(shelf, request(intent, whole="забронируйте книгу"))

    assert answers == (NOTHING,)
    assert shelf.asked == []


async def test_the_surest_reading_wins() -> None:
    shelf = Shelf(
        {
            "жизнь на марсе": book("Марс", 0.6, Verdict.NEAR),
            "есть ли жизнь на марсе": book("Есть ли жизнь на Марсе?", 0.9),
        }
    )

    answers = await look_up(shelf, request(rest="жизнь на марсе", whole="есть ли жизнь на марсе"))

    assert shown(answers) == ["Есть ли жизнь на Марсе?"]


async def test_the_title_alone_is_looked_up_where_all_of_the_sentence_finds_nothing() -> None:
    shelf = Shelf({"Муму": book("Муму")})

    answers = await look_up(shelf, request(rest="нужно 15 экземпляров Муму для класса", title="Муму"))

    assert shown(answers) == ["Муму"]


async def test_a_sure_first_answer_is_not_doubted() -> None:
    shelf = Shelf({"обломов": book("Обломов")})

    await look_up(shelf, request(rest="обломов", whole="есть ли у вас обломов"))

    assert shelf.asked == ["обломов"]


async def test_two_books_of_one_message_are_two_answers() -> None:
    shelf = Shelf({"вишнёвый сад": book("Вишнёвый сад"), "чайка": book("Чайка")})

    answers = await look_up(shelf, request(rest="вишнёвый сад и чайка", titles="вишнёвый сад\nчайка"))

    assert shown(answers) == ["Вишнёвый сад", "Чайка"]


async def test_a_title_with_an_and_stays_one_book() -> None:
    shelf = Shelf({"война и мир": book("Война и мир"), "война": book("Война"), "мир": book("Мир")})

    assert shown(await look_up(shelf, request(rest="война и мир", titles="война\nмир"))) == ["Война и мир"]


async def test_a_title_with_an_and_in_other_letters_stays_one_book() -> None:
    typed, read = "otcy i deti", "отцы и дети"
    shelf = Shelf({read: book("Отцы и дети"), "otcy": book("Отцам"), "deti": book("Детям")})

    found = await look_up(shelf, request(rest=typed, title=read, titles="otcy\ndeti"))

    assert shown(found) == ["Отцы и дети"]


async def test_a_title_with_an_and_among_others_stays_whole() -> None:
    shelf = Shelf({"война и мир": book("Война и мир"), "чайка": book("Чайка"), "война": book("Война")})

    answers = await look_up(shelf, request(rest="война и мир, чайка", titles="война\nмир\nчайка"))

    assert shown(answers) == ["Война и мир", "Чайка"]


async def test_pieces_count_only_where_each_is_a_book() -> None:
    near = book("Сапоги", 0.5, Verdict.NEAR)
    shelf = Shelf({"сапоги и бегемоты": near, "сапоги": book("Сапоги"), "бегемоты": book("Бегемот", 0.8)})

    assert await look_up(shelf, request(rest="сапоги и бегемоты", titles="сапоги\nбегемоты")) == (near,)


def test_a_long_list_is_not_taken_apart() -> None:
    assert titles(request(titles="\n".join(f"книга {number}" for number in range(6)))) == ()
    assert titles(request(titles="одна")) == ()
    assert titles(request()) == ()


@pytest.mark.parametrize("said", ["do you have Hyperion?", "I'm looking for Hyperion", "is Hyperion available?"])
async def test_a_title_inside_an_english_request_is_looked_for_too(said: str) -> None:
    shelf = Shelf({"Hyperion": book("Hyperion")})

    assert shown(await look_up(shelf, request(rest=said))) == ["Hyperion"]


async def test_a_book_that_was_found_does_not_hide_the_other_one() -> None:
    found = book("Вишнёвый сад", 0.97, author="Чехов А. П.")
    shelf = Shelf({"вишнёвый сад, чайка": found, "вишнёвый сад": found, "чайка": book("Чайка")})

    answers = await look_up(shelf, request(rest="вишнёвый сад, чайка", titles="вишнёвый сад\nчайка"))

    assert shown(answers) == ["Вишнёвый сад", "Чайка"]


async def test_a_book_and_its_author_are_one_wish() -> None:
    found = book("Обломов", 0.97, author="Гончаров И. А.")
    shelf = Shelf({"обломов, гончарова": found, "обломов": found, "гончарова": book("Обрыв", author="Гончаров И. А.")})

    assert await look_up(shelf, request(rest="обломов, гончарова", titles="обломов\nгончарова")) == (found,)


async def test_two_writers_are_two_answers() -> None:
    hers = book("Верхом на «Титанике»", 0.93, Verdict.CHOICE, "Донцова Д. А.")
    others = book("Чужая маска", 0.93, Verdict.CHOICE, "Маринина А. Б.")
    shelf = Shelf({"донцова": hers, "маринина": others})

    assert await look_up(shelf, request(rest="донцова и маринина", titles="донцова\nмаринина")) == (hers, others)


@pytest.mark.parametrize(
    ("author", "verdict"),
    [("Майорова Н.", Verdict.NEAR), ("Ключевский В. О.", Verdict.FOUND), ("", Verdict.FOUND)],
)
async def test_the_title_by_another_writer_is_a_question(author: str, verdict: Verdict) -> None:
    shelf = Shelf({"русская история": book("Русская история", author=author)})
    asked = request(rest="русская история ключевского", narrower="русская история", author="Ключевский")

    (found,) = await look_up(shelf, asked)

    assert found.verdict is verdict


async def test_the_number_of_a_part_may_stand_before_the_series() -> None:
    shelf = Shelf({"третий ведьмак": book("Три ведьмы", 0.87), "ведьмак 3": book("Кровь эльфов", 0.98)})

    assert shown(await look_up(shelf, request(rest="третий ведьмак"))) == ["Кровь эльфов"]


async def test_a_title_that_begins_with_a_number_is_not_turned_round() -> None:
    shelf = Shelf({"первая любовь": book("Первая любовь"), "любовь 1": book("Любовь")})

    assert shown(await look_up(shelf, request(rest="первая любовь"))) == ["Первая любовь"]
    assert shelf.asked == ["первая любовь"]


async def test_what_is_wanted_of_a_book_is_no_part_of_its_title() -> None:
    shelf = Shelf({"мастера и маргариту": book("Мастер и Маргарита")})

    answers = await look_up(shelf, request(rest="мастера и маргариту, но чтоб с картинками"))

    assert shown(answers) == ["Мастер и Маргарита"]

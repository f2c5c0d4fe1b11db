"""What a reader would like, out of their words."""

import pytest

from bot.ports.catalogue import Taste
from bot.ports.understanding import Request
from bot.tastes import adds, is_only_a_taste, refused, taste_of


@pytest.mark.parametrize(
    ("said", "taste"),
    [
        ("что-нибудь про динозавров для ребёнка 6 лет", Taste(subject="динозавров", age=6, children=True)),
        ("детективы Донцовой", Taste(genre="детективы", author="донцовой")),
        ("стихи Некрасова", Taste(genre="стихи", author="некрасова")),
        ("книга про космос для ребёнка восьми лет", Taste(subject="космос", age=8, children=True)),
        ("что почитать в 5 классе летом", Taste(grade=5)),
        ("фэнтези для подростка", Taste(genre="фэнтези", age=13)),
        ("новинки", Taste(newest=True)),
        ("new science fiction", Taste(genre="фантастика", newest=True)),
        ("sci-fi по-русски", Taste(genre="фантастика")),
        ("books about science", Taste(subject="science")),
        ("что-нибудь почитать", Taste()),
    ],
)
def test_a_taste_is_read_without_slots(said: str, taste: Taste) -> None:
    assert taste_of(Request(intent="recommend", confidence=1.0), said) == taste


def test_for_whom_a_book_is_does_not_belong_to_its_subject() -> None:
    request = Request(intent="recommend", confidence=1.0, slots={"subject": "животных внуку"})

    assert taste_of(request, "про животных внуку") == Taste(subject="животных", children=True)


def test_slots_are_believed_first() -> None:
    request = Request(intent="recommend", confidence=1.0, slots={"subject": "кошек", "age": "7", "author": "Куклачёв"})

    assert taste_of(request, "о собаках") == Taste(subject="кошек", age=7, author="Куклачёв")


@pytest.mark.parametrize(
    ("said", "only"),
    [
        ("детективы Донцовой", True),
        ("книга про космос для ребенка 8 лет", True),
        ("сказки", True),
        ("сказки братьев Гримм", True),
        ("сказки братьев", False),
        ("сказка о рыбаке и рыбке Пушкин", False),
        ("каштанка", False),
        ("роман о Тристане и Изольде пересказ Бедье", False),
    ],
)
def test_words_that_name_a_book_are_no_mere_taste(said: str, only: bool) -> None:
    assert is_only_a_taste(taste_of(Request(intent="search", confidence=1.0), said), said) is only


@pytest.mark.parametrize(
    "said",
    ["для мальчика 5 лет", "мне 13", "не страшное", "а новые есть?", "не донцову только", "без ужасов", "а про космос",
     "детям", "for kids", "и поновее", "детскую книгу"],
)  # fmt: skip
def test_words_that_only_add_to_a_taste(said: str) -> None:
    assert adds(said)


@pytest.mark.parametrize(
    "said",
    ["маринину", "дюна", "а в детской есть?", "а до скольки вы", "13", "спасибо", "вторую", "не то", "новые люди",
     "про мальчика который попал на необитаемый остров", "сколько можно держать", "не помню", ""],
)  # fmt: skip
def test_words_that_are_a_wish_of_their_own(said: str) -> None:
    assert not adds(said)


def test_what_is_refused_is_not_wanted() -> None:
    assert refused("не донцову и без ужасов") == (("донцова",), ("ужасов",))
    assert taste_of(Request(intent="recommend", confidence=1.0), "не страшное").genre == ""

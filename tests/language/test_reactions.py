"""What is said of an answer, what corrects an earlier message; and what only looks so."""

import pytest

from bot.language import corrections, reactions


@pytest.mark.parametrize(
    "said",
    [
        "не то",
        "нет, не та",
        "это не то, что я искал",
        "Опять не то!",
        "нет это я читала",
        "уже читал",
        "не интересно",
        "не нравится",
        "не помогло",
        "не нашёл",
        "ничего не нашла",
        "так и не нашла такую книгу",
        "не могу найти её",
        "can't find it",
        "не, старьё",
        "no, wrong book",
        "that is not it",
    ],
)
def test_an_answer_that_was_none_is_told_so(said: str) -> None:
    assert reactions.is_wrong(said)


@pytest.mark.parametrize(
    "said",
    [
        "Не та мама",
        "нет",
        "не надо",
        "не нашли любви",
        "найти человека",
        "читал пастернак",
        "не интересные люди",
        "эта книга",
    ],
)
def test_a_title_or_a_plain_no_tells_nothing_of_the_answer(said: str) -> None:
    assert not reactions.is_wrong(said)


@pytest.mark.parametrize(
    "said", ["ещё", "а другая есть?", "а есть другие варианты?", "покажи ещё", "что-нибудь другое", "any other books?"]
)
def test_more_is_wanted(said: str) -> None:
    assert reactions.wants_more(said)


@pytest.mark.parametrize("said", ["Другая жизнь", "ещё Петербург", "есть Пушкин?", "другой берег"])
def test_a_title_is_no_more(said: str) -> None:
    assert not reactions.wants_more(said)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("ой нет, не каренина, а воскресение", "воскресение"),
        ("вернее анна каренина", "анна каренина"),
        ("нет в каменке я имел ввиду сосновке", "сосновке"),
        ("нет, лучше адрес", "адрес"),
        ("а нет, всё-таки преступление", "преступление"),
        ("хотя нет центральной", "центральной"),
        ("а нет давай преступление всё-таки", "преступление"),
        ("нет, давайте лучше обломова", "обломова"),
        ("нет, давай поженимся", "поженимся"),
        ("no, I meant the idiot", "the idiot"),
        ("нет ли у вас обломова", ""),
        ("преступление и наказание", ""),
        ("нет", ""),
        ("не присылайте мне ничего", ""),
    ],
)
def test_a_correction_is_what_stands_behind_it(said: str, meant: str) -> None:
    assert corrections.meant(said) == meant

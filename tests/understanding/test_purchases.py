"""«Купите в библиотеку…»: a wish to the library that a book be bought, and no question whether it is in."""

import pytest

from understanding.understander import PhraseUnderstanding


@pytest.fixture(scope="module")
def reader() -> PhraseUnderstanding:
    return PhraseUnderstanding()


@pytest.mark.parametrize(
    "said",
    [
        "купите в библиотеку новый роман Сальникова",
        "закажите для библиотеки свежую Яхину",
        "нельзя ли выписать в библиотеку журнал Наука и жизнь",
        "хорошо бы библиотека приобрела все тома Мо Янь",
        "докупите, пожалуйста, вторую часть «Тобола»",
        "please order the new Murakami for the library",
    ],
)
def test_a_book_is_to_be_bought(reader: PhraseUnderstanding, said: str) -> None:
    request = reader.understand(said)[0]

    assert request.intent == "rules"
    assert request.slots["topic"] == "rules.purchase"


@pytest.mark.parametrize("said", ["закажите мне Акунина", "отложите для меня «Тобол»"])
def test_a_book_ordered_for_oneself_is_a_hold(reader: PhraseUnderstanding, said: str) -> None:
    assert reader.understand(said)[0].intent == "hold"

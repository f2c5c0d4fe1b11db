"""A book told by what happens in it is told from one that is named."""

import pytest

from understanding import plots


@pytest.mark.parametrize(
    "said",
    [
        "Ищу книгу где мужчина просыпается насекомым",
        "роман про девушку с веснушками которая приехала к брату и сестре",
        "есть ли книга про мальчика который жил с волками",
        "не помню автора, книга про войну и мальчика без ноги",
        "помню только что на обложке был белый кит",
        "looking for a book where a boy lives with wolves",
        "найдите книгу она зеленая такая там про девочку",
        "не помню автора",
        "я забыла как называется",
    ],
)
def test_a_plot_is_told(said: str) -> None:
    assert plots.is_told(said)


@pytest.mark.parametrize(
    "said",
    [
        "Человек, который смеётся",
        "есть Человек который принял жену за шляпу",
        "Праздник, который всегда с тобой есть у вас?",
        "про девочку из города повесть Воронковой",
        "есть ли «Книга, где все умирают» у вас",
        "что-нибудь про динозавров для мальчика шести лет",
        "есть ли книга она и он Жорж Санд",
        "Я тебя не помню",
        "книга Красная шапочка есть у вас в наличии",
        "",
    ],
)
def test_a_title_and_a_subject_are_no_plot(said: str) -> None:
    assert not plots.is_told(said)

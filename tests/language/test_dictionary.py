"""The quickened reader of the dictionary finds what the library's own finds."""

from itertools import islice
from typing import Any

import pymorphy3
import pytest

from bot.language.dictionary import mapped, quicken

STRANGERS = ("зюзюкин", "поттеру", "абвгд", "ыыы", "", "елка", "еж", "все", "xyz", "2001", "по-русски", "кое-кому")


@pytest.fixture(scope="module")
def analysers() -> tuple[Any, Any]:
    with mapped():
        quick = pymorphy3.MorphAnalyzer(result_type=None)
    quicken(quick)
    return pymorphy3.MorphAnalyzer(result_type=None), quick


def test_the_files_are_walked_as_they_lie_on_disk(analysers: tuple[Any, Any]) -> None:
    plain, quick = (analyser.dictionary.words for analyser in analysers)

    assert isinstance(quick.dct._units, memoryview)
    assert list(quick.dct._units[:1000]) == list(plain.dct._units[:1000])
    assert (len(quick.dct._units), len(quick.guide._units)) == (len(plain.dct._units), len(plain.guide._units))


def _asked(analyser: Any) -> list[str]:
    known = analyser.dictionary.iter_known_words
    forms = [word for start in ("кра", "сам", "ё", "еж", "толст") for word, *_ in islice(known(start), 60)]
    return [*forms, *(f"{word}к" for word in forms[::5]), *STRANGERS]


def test_words_with_e_for_yo_are_found_alike(analysers: tuple[Any, Any]) -> None:
    plain, quick = (analyser.dictionary.words for analyser in analysers)
    replaced = plain.compile_replaces({"е": "ё"})
    asked = _asked(analysers[0])

    assert [quick.similar_items(word, replaced) for word in asked] == [
        plain.similar_items(word, replaced) for word in asked
    ]
    assert quick.similar_items("еж", replaced), "a word that is known is found at all"


def test_readings_of_words_known_and_unknown_are_alike(analysers: tuple[Any, Any]) -> None:
    def told(analyser: Any, word: str) -> list[tuple[Any, ...]]:
        return [(form, str(tag), normal, score) for form, tag, normal, score, _ in analyser.parse(word)]

    plain, quick = analysers
    for word in _asked(plain):
        assert told(quick, word) == told(plain, word), word
    assert told(quick, "зюзюкина"), "a stranger is read by its ending"

"""A misspelt word finds the word of the catalogue that it stands for."""

from pathlib import Path

import pytest

from catalogue.index import deletes
from catalogue.index.terms import facts
from catalogue.index.vocabulary import Part, Vocabulary, write_part

WORDS = {
    "преступление": 5,
    "наказание": 4,
    "рождественская": 2,
    "дом": 40,
    "дон": 3,
    "мир": 30,
    "тарас": 2,
    "колымские": 1,
    "обитаемый": 1,
    "harry": 2,
    "twilight": 1,
    "энциклопедия": 9,
    "энциклопедический": 7,
}
_LETTERS = "аеиопрст"


@pytest.fixture
def vocabulary(tmp_path: Path) -> Vocabulary:
    write_part(tmp_path / "words-0", WORDS)
    return Vocabulary([Part(tmp_path / "words-0")])


def _one_edit(word: str) -> set[str]:
    made: set[str] = set()
    for at in range(len(word)):
        made.add(word[:at] + word[at + 1 :])
        made |= {word[:at] + letter + word[at + 1 :] for letter in _LETTERS}
        made |= {word[:at] + letter + word[at:] for letter in _LETTERS}
        if at + 1 < len(word):
            made.add(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return made - {word}


@pytest.mark.parametrize("word", [word for word in WORDS if len(word) >= 5])
def test_every_word_one_edit_away_finds_it(vocabulary: Vocabulary, word: str) -> None:
    for slip in _one_edit(word):
        assert word in [one.word for one in vocabulary.corrections(slip)], slip


def test_two_edits_are_found_in_words_of_five_letters_or_more(vocabulary: Vocabulary) -> None:
    for slip, word in (("ржодествензкая", "рождественская"), ("тарсса", "тарас"), ("пристыпление", "преступление")):
        assert vocabulary.corrections(slip)[0].word == word
        assert vocabulary.corrections(slip)[0].distance <= 2


def test_short_words_bear_one_edit_and_the_shortest_none(vocabulary: Vocabulary) -> None:
    assert [one.word for one in vocabulary.corrections("дои")] == ["дом", "дон"]
    assert vocabulary.corrections("ар") == ()
    assert vocabulary.corrections("мыл") == ()


def test_of_equally_near_words_the_more_frequent_comes_first(vocabulary: Vocabulary) -> None:
    assert [one.word for one in vocabulary.corrections("док")] == ["дом", "дон"]


def test_a_slip_in_an_oblique_form_finds_the_word_by_its_stem(vocabulary: Vocabulary) -> None:
    found = vocabulary.corrections("обитпемого")
    assert found[0].word == "обитаемый"
    assert found[0].distance == 1.25


def test_another_ending_is_no_slip_of_its_own(tmp_path: Path) -> None:
    write_part(tmp_path / "words-0", {"территория": 1, "тертон": 9})
    found = Vocabulary([Part(tmp_path / "words-0")]).corrections("територию")
    assert {one.word: one.distance for one in found} == {"территория": 0.75, "тертон": 1.75}


@pytest.mark.parametrize(
    ("typed", "meant", "other"),
    [
        ("чипалино", "чиполлино", "читали"),  # by ear: о for а, one л for two
        ("аскабан", "азкабана", "асканио"),  # by ear and in another case
        ("баскервили", "баскервилей", "баскетбол"),  # a stemmer takes «-или» for the past of a verb
    ],
)
def test_a_word_that_sounds_so_is_nearer_than_one_as_many_letters_away(
    tmp_path: Path, typed: str, meant: str, other: str
) -> None:
    write_part(tmp_path / "words-0", {meant: 1, other: 9})
    found = Vocabulary([Part(tmp_path / "words-0")]).corrections(typed)
    assert found[0].word == meant
    assert all(one.distance > found[0].distance + 0.4 for one in found[1:])


@pytest.mark.parametrize(("typed", "near"), [("сакка", "саяка"), ("цветкке", "цветков"), ("лоьге", "лодке")])
def test_what_sounds_somewhat_alike_is_no_nearer_than_its_letters(tmp_path: Path, typed: str, near: str) -> None:
    write_part(tmp_path / "words-0", {near: 1})
    found = Vocabulary([Part(tmp_path / "words-0")]).corrections(typed)
    assert all(one.distance > 0.75 for one in found)


def test_a_word_of_the_language_is_not_heard_as_another(tmp_path: Path) -> None:
    write_part(tmp_path / "words-0", {"молот": 1})
    found = Vocabulary([Part(tmp_path / "words-0")]).corrections("молод")
    assert [one.distance for one in found] == [1]


def test_forms_of_one_word_leave_room_for_other_words(tmp_path: Path) -> None:
    forms = dict.fromkeys(("школа", "школы", "школе", "школу", "школой", "школ", "школам", "школах", "школами"), 9)
    write_part(tmp_path / "words-0", {**forms, "сходы": 1})
    found = Vocabulary([Part(tmp_path / "words-0")]).corrections("шкоды", limit=2)
    assert [one.word for one in found] == ["школы", "сходы"]


def test_a_word_is_never_its_own_correction(vocabulary: Vocabulary) -> None:
    assert "дом" not in [one.word for one in vocabulary.corrections("дом")]


def test_words_that_begin_so_come_by_frequency(vocabulary: Vocabulary) -> None:
    assert list(vocabulary.starting("энцик", 6)) == ["энциклопедия", "энциклопедический"]
    assert vocabulary.starting("энцик", 6)["энциклопедия"] == facts("энциклопедия")
    assert list(vocabulary.starting("энцик", 1)) == ["энциклопедия"]
    assert vocabulary.starting("ы", 6) == {}


def test_later_words_are_found_beside_those_of_the_build(tmp_path: Path) -> None:
    write_part(tmp_path / "words-0", WORDS)
    write_part(tmp_path / "words-1", {"гиперболоид": 1})
    both = Vocabulary([Part(tmp_path / "words-0"), Part(tmp_path / "words-1")])
    assert both.corrections("гипербалоид")[0].word == "гиперболоид"
    assert both.corrections("наказанее")[0].word == "наказание"
    assert "гиперболоид" in both
    assert "гиперболоиды" not in both


def test_a_word_is_kept_with_its_keys(vocabulary: Vocabulary) -> None:
    known = vocabulary.known("колымские")
    assert known is not None
    assert known.keys == ("колымск",)
    assert vocabulary.known("колымск") is None
    assert vocabulary.known("я") is None


def test_whether_the_dictionary_knows_a_word_is_kept_with_it(tmp_path: Path) -> None:
    write_part(tmp_path / "words-0", {"истории": 3, "абырвалг": 1})
    found = {word: Part(tmp_path / "words-0").known(word) for word in ("истории", "абырвалг")}
    assert found == {word: facts(word) for word in found}
    assert [known is not None and known.sound for known in found.values()] == [True, False]


def test_every_word_of_many_is_known(tmp_path: Path) -> None:
    words = {f"слово{letter}{other}": 1 for letter in "абвгдежз" for other in "клмнопрст"}
    write_part(tmp_path / "words-0", words)
    part = Part(tmp_path / "words-0")
    assert all(part.known(word) is not None for word in words)
    assert [part.known(word) for word in ("слов", "словоа", "словояя", "абв", "ъъъ")] == [None] * 5


def test_of_very_many_alike_the_likely_ones_are_kept(tmp_path: Path) -> None:
    letters = "абвгдежзиклмнопрст"
    words = {f"наказани{one}{two}": 1 for one in letters for two in letters} | {"наказание": 5}
    write_part(tmp_path / "words-0", words)
    assert Vocabulary([Part(tmp_path / "words-0")]).corrections("нокозание")[0].word == "наказание"


def test_no_words_are_no_corrections(tmp_path: Path) -> None:
    write_part(tmp_path / "words-0", {})
    assert Vocabulary([Part(tmp_path / "words-0")]).corrections("наказанее") == ()


def test_a_part_gives_back_what_was_kept(tmp_path: Path) -> None:
    write_part(tmp_path / "words-0", WORDS)
    assert dict(Part(tmp_path / "words-0").items()) == WORDS


def test_the_table_is_sorted_and_names_every_prefix() -> None:
    hashes, owners = deletes.table(["дом", "дон", "наказан"])
    assert list(hashes) == sorted(hashes)
    assert set(owners.tolist()) == {0, 1, 2}
    assert deletes.lookup("дом", hashes, owners) == [0, 1]
    assert deletes.lookup("накозан", hashes, owners) == [2]

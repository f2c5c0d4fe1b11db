"""Request words through a wrong layout, Latin letters and slips; titles stay as they were typed."""

import pytest

from understanding.lexicon import phrases
from understanding.spelling import Speller
from understanding.understander import PhraseUnderstanding


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(phrases())


@pytest.fixture(scope="module")
def reader() -> PhraseUnderstanding:
    return PhraseUnderstanding()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hf,jnftnt ctujlyz?", "работаете сегодня?"),
        ("tcnm kb e dfc geirby", "есть ли у вас пушкин"),
        ("есть djqyf b vbh?", "есть война и мир?"),
        ('"djqyf b vbh"', '"война и мир"'),
        ("do you have harry potter", "do you have harry potter"),
        ("где wifi", "где wifi"),
        ("prodlite knigi", "prodlite knigi"),
        ("2+2", "2+2"),
        ("ckjdfhm jpluftdf", "словарь оздгаева"),
        ("вщ нщг рфму еру вф мштсш сщву", "do you have the da vinci code"),
        ("франкл в.", "франкл в."),
    ],
)
def test_what_was_typed_on_the_wrong_layout_is_turned_in_its_place(speller: Speller, typed: str, meant: str) -> None:
    assert speller.keys(typed) == meant
    assert len(speller.keys(typed)) == len(typed)


@pytest.mark.parametrize(
    ("typed", "russian"),
    [
        ("do kogda vy rabotaete", {"do": "до", "kogda": "когда", "vy": "вы", "rabotaete": "работаете"}),
        ("can i renew the hobbit", {}),
        ("the lord of the rings", {}),
        ("продлите", {}),
    ],
)
def test_russian_in_latin_letters_is_told_from_english(speller: Speller, typed: str, russian: dict[str, str]) -> None:
    assert speller.transliterated(typed.split()) == russian


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("прдлевать", "продлевать"),
        ("роспечатать", "распечатать"),
        ("зарезевируйте", "зарезервируйте"),
        ("заборнируйте", "забронируйте"),
        ("аператор", "оператор"),
        ("граффик", "график"),
        ("руддщ", "hello"),
        ("адерс", "адрес"),
        ("графк", "график"),
        ("recomend", "recommend"),
        ("rennew", "renew"),
    ],
)
def test_a_slip_in_a_request_word_is_mended(speller: Speller, slip: str, meant: str) -> None:
    assert speller.word(slip) == meant


@pytest.mark.parametrize("word", ["капри", "толкин", "голем", "скиннера", "обломов", "дюна", "hobbit", "ы", "я" * 50])
def test_names_and_real_words_are_no_slips(speller: Speller, word: str) -> None:
    assert speller.word(word) == ""


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("lj crjkmrb ds hf,jnftnt", "hours"),
        ("rfr pfgbcfnmcz d ,b,kbjntre", "join"),
        ("kogda vy otkryvaetes", "hours"),
        ("прдлите кинги", "renew"),
        ("када закрываетесь", "hours"),
        ("ghbdtn", "greeting"),
        ("spasibo", "thanks"),
        ("дoбрый вeчер", "greeting"),
        ("графк работы", "hours"),
        ("адерс", "location"),
        ("филеалы", "location"),
        ("helo", "greeting"),
        ("rennew my books", "renew"),
    ],
)
def test_a_request_is_heard_through_its_spelling(reader: PhraseUnderstanding, said: str, intent: str) -> None:
    assert reader.understand(said)[0].intent == intent


def test_what_was_read_otherwise_is_told(reader: PhraseUnderstanding) -> None:
    assert "read as прдлевать→продлевать" in reader.understand("прдлевать книги")[0].because


def test_a_title_reaches_the_catalogue_as_it_was_typed(reader: PhraseUnderstanding) -> None:
    assert reader.understand("есть gjhnhtn ljhbfyf uhtz")[0].slots["narrower"] == "gjhnhtn ljhbfyf uhtz"

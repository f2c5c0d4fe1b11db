"""The phrase files: what a librarian writes is compiled, and what is miswritten is named."""

import shutil
from pathlib import Path

import pytest

from understanding.lexicon import FOLDER, Phrases
from understanding.understander import PhraseUnderstanding


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "phrases"))


def test_a_new_phrase_is_understood_at_once(folder: Path) -> None:
    contacts = folder / "contacts.yaml"
    contacts.write_text(contacts.read_text("utf-8") + "  - сиз*_голуб*\n", encoding="utf-8")

    assert PhraseUnderstanding(Phrases(folder)).understand("сизый голубь")[0].intent == "contacts"
    assert PhraseUnderstanding().understand("сизый голубь")[0].intent == "search"


def test_an_unknown_group_is_named_with_its_phrase(folder: Path) -> None:
    hours = folder / "hours.yaml"
    hours.write_text(hours.read_text("utf-8") + "  - <clock> у_вас\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"no group <clock> .*<clock> у_вас"):
        Phrases(folder)


def test_a_file_that_is_no_list_of_phrases_is_named(folder: Path) -> None:
    (folder / "hours.yaml").write_text("- просто список\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"hours\.yaml"):
        Phrases(folder)


def test_what_excludes_an_intent_keeps_all_its_phrases_out(folder: Path) -> None:
    renew = folder / "renew.yaml"
    renew.write_text(renew.read_text("utf-8").replace("unless: ", "unless: нельзя|"), encoding="utf-8")

    assert PhraseUnderstanding(Phrases(folder)).understand("продлить книгу нельзя")[0].intent != "renew"
    assert PhraseUnderstanding().understand("продлить книгу нельзя")[0].intent == "renew"


def test_every_topic_of_the_intents_stands_in_the_librarian_s_list() -> None:
    listed = (FOLDER / "topics.yaml").read_text("utf-8")
    used = {topic.key for topics in Phrases().topics.values() for topic in topics}

    assert {key for key in used if f"\n{key}:" not in "\n" + listed} == set()


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("my data", "my_data"),
        ("show me my personal data", "my_data"),
        ("what do you know about me?", "my_data"),
        ("delete my data", "erase_me"),
        ("please delete all my data", "erase_me"),
        ("please erase my personal data", "erase_me"),
        ("remove everything you know about me", "erase_me"),
        ("forget me", "erase_me"),
        ("forget my card", "unlink_card"),
    ],
)
def test_what_the_law_gives_a_reader_is_heard_in_english(said: str, intent: str) -> None:
    assert PhraseUnderstanding().understand(said)[0].intent == intent


@pytest.mark.parametrize(
    ("said", "intent", "topic"),
    [
        ("пароль какой", "rules", "rules.wifi"),
        ("what is the password", "rules", "rules.wifi"),
        ("это останется анонимно?", "rules", ""),
        ("а что с собой взять", "join", "join"),
        ("что там у меня", "my_loans", ""),
        ("забыл пароль от личного кабинета", "human", "trouble.account"),
        ("какую книгу взять с собой в отпуск почитать", "recommend", ""),
    ],
)
def test_a_few_words_that_were_taken_for_something_else(said: str, intent: str, topic: str) -> None:
    heard = PhraseUnderstanding().understand(said)[0]

    assert heard.intent == intent
    assert not topic or heard.slots["topic"] == topic


@pytest.mark.parametrize(
    ("said", "intent", "topic"),
    [
        ("ребёнка на пару часов оставить можно?", "rules", "rules"),
        ("где оставить коляску", "rules", "rules.facilities"),
        ("а продлить потом можно будет", "rules", "rules.renew"),
        ("продлите до потом", "renew", ""),
        ("и если не успею", "rules", "rules.fine"),
        ("а если не успею доехать до закрытия", "hours", ""),
        ("сколько хранится бронь", "rules", "rules.hold"),
        ("я из другого города", "join", "join.remote"),
        ("можно заказать книгу из другого города", "rules", "rules.mba"),
        ("а как их скачать", "rules", "rules.ebooks"),
        ("у меня ещё вопрос", "greeting", ""),
        ("никаких больше рассылок", "unsubscribe", ""),
        ("не держите больше мою бронь", "hold", "hold.cancel"),
        ("взяли книжку и потеряли", "rules", "rules.lost"),
        ("что я взяла и не вернула", "my_loans", ""),
        ("ой а я билет куда то подевала", "join", "join.card"),
        ("мне можно без мамы взять", "join", "join.child"),
        ("удали всё про меня", "erase_me", ""),
        ("удалите меня из рассылки", "unsubscribe", ""),
        ("what about Tolstoy", "search", ""),
        ("what about the hours?", "hours", ""),
        ("мама у меня ходить не может, книги носите ей?", "rules", "rules.delivery"),
        ("как её получить, я из дома не выхожу", "rules", "rules.delivery"),
        ("и чтобы буквы покрупнее были", "rules", "rules.accessibility"),
        ("а электронные версии?", "rules", "rules.ebooks"),
        ("а какие ещё для мальчиков", "recommend", ""),
        ("Вы что там совсем обалдели?!", "review", "review.complaint"),
        ("я вам говорю сдали!", "human", ""),
        ("а аптека есть рядом", "out_of_scope", ""),
        ("есть ли книга «Аптека»?", "search", ""),
        ("билет на поезд пропал", "out_of_scope", ""),
    ],
)
def test_what_dialogues_say_in_passing(said: str, intent: str, topic: str) -> None:
    heard = PhraseUnderstanding().understand(said)[0]

    assert heard.intent == intent
    assert not topic or heard.slots["topic"] == topic

"""What readers want, as a floor over many messages: no rule here is about a single sentence."""

import csv
import gzip
import random

import pytest

from bot.cli import scoring
from tests.understanding import messages
from understanding.understander import PhraseUnderstanding

INTENTS = frozenset(
    """
    search availability renew my_loans hold hours location contacts events join rules review human
    subscribe unsubscribe greeting thanks out_of_scope recommend help cancel
    """.split()  # noqa: SIM905 - a list of so many strings is harder to read
)
BOOKS = messages.HERE.parent.parent / "demo" / "books.csv.gz"
_ALL_RIGHT_BUT_ONE = 10
"""A group so small is too small for a share: one message may fail."""


@pytest.fixture(scope="module")
def tuned() -> list[messages.Understood]:
    return messages.understood(messages.TUNE)


@pytest.fixture(scope="module")
def held_out() -> list[messages.Understood]:
    return messages.understood(messages.HELD_OUT)


@pytest.fixture(scope="module")
def dev() -> list[messages.Understood]:
    return messages.understood(*messages.DEV)


@pytest.fixture(scope="module")
def reader() -> PhraseUnderstanding:
    return PhraseUnderstanding()


def test_every_intent_is_known_and_has_messages(tuned: list[messages.Understood]) -> None:
    assert {request.intent for _, requests in tuned for request in requests} == INTENTS
    assert {message.intent for message, _ in tuned} == INTENTS


def test_messages_that_phrases_were_written_for_are_understood(tuned: list[messages.Understood]) -> None:
    assert messages.share_right(tuned) >= 0.97, messages.wrong(tuned)


def test_messages_that_no_phrase_was_written_for_are_understood(held_out: list[messages.Understood]) -> None:
    assert messages.share_right(held_out) >= 0.97, messages.wrong(held_out)


def test_fresh_messages_that_nothing_was_tuned_to_are_understood() -> None:
    fresh = messages.understood(messages.FRESH_HELD_OUT)

    assert messages.share_right(fresh) >= 0.95, messages.wrong(fresh)


def test_readers_who_write_in_their_own_words_are_understood() -> None:
    voices = messages.understood(messages.VOICES_HELD)

    assert messages.share_right(voices) >= 0.82, messages.wrong(voices)


def test_a_manner_of_writing_that_was_never_heard_is_understood() -> None:
    people = messages.understood(messages.PEOPLE_HELD)

    assert messages.share_right(people) >= 0.8, messages.wrong(people)


def test_three_more_manners_that_were_never_heard_are_understood() -> None:
    manners = messages.understood(messages.MANNERS_HELD)

    assert messages.share_right(manners) >= 0.8, messages.wrong(manners)


def test_eight_more_readers_that_were_never_heard_are_understood() -> None:
    trades = messages.understood(messages.TRADES_HELD)

    assert messages.share_right(trades) >= 0.87, messages.wrong(trades)


def test_six_readers_by_another_hand_are_understood() -> None:
    faces = messages.understood(messages.FACES_HELD)

    assert messages.share_right(faces) >= 0.78, messages.wrong(faces)


def test_ten_readers_whose_pieces_are_labelled_are_understood() -> None:
    ten = messages.understood(messages.TEN_HELD)

    assert messages.share_right(ten) >= 0.92, messages.wrong(ten)


def test_nine_readers_of_the_street_are_understood() -> None:
    street = messages.understood(messages.STREET_HELD)

    assert messages.share_right(street) >= 0.94, messages.wrong(street)


def test_thirteen_readers_who_pass_by_are_understood() -> None:
    passers = messages.understood(messages.PASSERS_HELD)

    assert messages.share_right(passers) >= 0.88, messages.wrong(passers)


def test_ten_newcomers_are_understood() -> None:
    newcomers = messages.understood(messages.NEWCOMERS_HELD)

    assert messages.share_right(newcomers) >= 0.88, messages.wrong(newcomers)


def test_ten_readers_of_all_kinds_are_understood() -> None:
    mixed = messages.understood(messages.MIXED_HELD)

    assert messages.share_right(mixed) >= 0.89, messages.wrong(mixed)


def test_what_ten_readers_name_is_picked_out(reader: PhraseUnderstanding) -> None:
    answers = [
        scoring.Answer(line=line, requests=reader.understand(line.text)) for line in scoring.read(messages.TEN_HELD)
    ]
    named = [(name, right, answer.line.text) for answer in answers for name, right in answer.slots_right.items()]
    missed = [(name, text) for name, right, text in named if not right]

    assert len(named) > 100
    assert len(missed) <= 0.06 * len(named), missed


def test_what_is_done_at_once_is_asked_about_where_it_is_unsure(reader: PhraseUnderstanding) -> None:
    """However long the message: other wishes are asked about only in a few words."""
    long = [message.text for message in messages.read(*messages.STRANGERS) if len(message.text.split()) > 8]
    heard = [reader.understand(text)[0] for text in long]

    assert any(one.intent in ("subscribe", "unsubscribe") and one.slots.get("rival") for one in heard)


def test_the_development_set_is_understood(dev: list[messages.Understood]) -> None:
    assert messages.share_right(dev) >= 0.97, messages.wrong(dev)


@pytest.mark.parametrize("intent", sorted(INTENTS))
def test_no_intent_is_left_behind(
    intent: str, tuned: list[messages.Understood], held_out: list[messages.Understood], dev: list[messages.Understood]
) -> None:
    asked = messages.by_intent([*tuned, *held_out, *dev])[intent]
    failed = sum(requests[0].intent not in message.right for message, requests in asked)

    assert failed <= max(1 if len(asked) <= _ALL_RIGHT_BUT_ONE else 0, 0.1 * len(asked)), messages.wrong(asked)


def test_two_wishes_of_one_message_are_both_heard(
    tuned: list[messages.Understood], held_out: list[messages.Understood]
) -> None:
    both = [(message, requests) for message, requests in [*tuned, *held_out] if message.both]
    heard = [message.both <= {request.intent for request in requests} for message, requests in both]

    assert len(both) >= 10
    assert sum(heard) / len(heard) >= 0.9


def test_titles_are_taken_for_titles_or_asked_about(reader: PhraseUnderstanding) -> None:
    """A rival «search» makes the bot look into the catalogue first, and so does what is not ours; the rest are lost."""
    with gzip.open(BOOKS, "rt", encoding="utf-8", newline="") as rows:
        titles = sorted({row["заглавие"] for row in csv.DictReader(rows, delimiter=";")})
    sample = random.Random(5).sample(titles, 1_200)
    heard = {title: reader.understand(title)[0] for title in sample}

    mistaken = [title for title, request in heard.items() if request.intent not in ("search", "availability")]
    asked = [title for title in mistaken if heard[title].slots.get("rival") == "search"]
    lost = [title for title in mistaken if title not in asked and heard[title].intent != "out_of_scope"]

    assert len(mistaken) <= 0.02 * len(sample), mistaken
    assert len(lost) <= 0.0135 * len(sample), lost


def test_titles_that_sound_like_requests_are_still_titles(reader: PhraseUnderstanding) -> None:
    titles = ["Правила дома сидра", "Что делать?", "Праздник непослушания", "Как закалялась сталь", "Записки охотника"]

    assert {reader.understand(title)[0].intent for title in titles} == {"search"}


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("стоп", "unsubscribe"),
        ("СТОП!", "unsubscribe"),
        ("человек", "human"),
        ("Позовите человека, пожалуйста", "human"),
        ("помощь", "help"),
        ("отмена", "cancel"),
        ("здравствуйте, отмена", "cancel"),
        ("stop", "unsubscribe"),
        ("cnjg", "unsubscribe"),
        ("otmena", "cancel"),
    ],
)
def test_global_words_are_heard_in_every_state(reader: PhraseUnderstanding, said: str, intent: str) -> None:
    request = reader.understand(said)[0]

    assert request.intent == intent
    assert request.anywhere


@pytest.mark.parametrize("said", ["человек в футляре", "стоп кран", "помощь на дорогах", "отмена рабства"])
def test_a_global_word_among_others_is_none(reader: PhraseUnderstanding, said: str) -> None:
    assert not reader.understand(said)[0].anywhere


def test_what_failed_is_a_trouble_and_no_command(reader: PhraseUnderstanding) -> None:
    for said in (
        "не продлевается книга",
        "пробовала продлить на сайте, пишет ошибку",
        "у меня не получается продлить",
        "не могу продлить книгу онлайн",
        "не могу отменить бронь",
        "бронь не отменяется",
        "не могу забронировать книгу",
        "не могу привязать билет",
        "билет не привязывается к чату",
        "продлил, а срок не поменялся",
        "продлила книги, а дата прежняя",
        "продлил, срок тот же. это как понимать",
        "жму забронировать и ничего не происходит",
        "жму продлить, не реагирует",
        "приложение вылетает каждый раз когда захожу в мои книги",
        "Я сдала эту книгу ещё в мае, почему она до сих пор на мне?",
    ):
        assert [request.intent for request in reader.understand(said)] == ["human"], said


def test_who_is_not_understood_is_not_thanked(reader: PhraseUnderstanding) -> None:
    for said in ("ты меня не понял", "не понял", "вы меня не понимаете"):
        assert [request.intent for request in reader.understand(said)] == ["human"], said
    for said in ("понял", "всё понял, спасибо", "понятно"):
        assert [request.intent for request in reader.understand(said)] == ["thanks"], said


def test_a_book_that_is_not_here_is_no_search_for_it(reader: PhraseUnderstanding) -> None:
    [request] = reader.understand("нужна книга, которой у вас нет")

    assert (request.intent, request.slots["topic"]) == ("rules", "rules.mba")
    assert reader.understand("нет ли у вас книги, в которой кот путешествует")[0].intent == "search"


def test_nobody_is_asked_to_choose_between_a_wish_and_itself(reader: PhraseUnderstanding) -> None:
    for message in messages.read(*messages.STRANGERS, messages.STREET_HELD, messages.PASSERS_HELD):
        heard = reader.understand(message.text)[0]
        assert heard.slots.get("rival") != heard.intent, message.text


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("Запомните меня, билет 00123", "link_card"),
        ("Сколько идти от гостиницы «Восход»?", "location"),
        ("Здравствуйте, это поликлиника?", "out_of_scope"),
        ("алло, это пиццерия?", "out_of_scope"),
        ("сотрите все мои данные сейчас же, согласия я вам не давала", "rules"),
        ("немедленно удалите все мои данные, никакого согласия я не давал", "rules"),
    ],
)
def test_what_fresh_readers_showed_is_heard(reader: PhraseUnderstanding, said: str, intent: str) -> None:
    assert reader.understand(said)[0].intent == intent


def test_a_title_beside_a_longer_loan_is_told_from_it(reader: PhraseUnderstanding) -> None:
    [request] = reader.understand("оставить Каштанку ещё на месяц можно?")

    assert (request.intent, request.slots["title"]) == ("renew", "Каштанку")


def test_an_attack_that_is_tried_out_is_no_order(reader: PhraseUnderstanding) -> None:
    for said in ("'; drop table messages; --", "<script>alert(1)</script>", "../../etc/passwd", "1' or '1'='1"):
        assert [request.intent for request in reader.understand(said)] == ["out_of_scope"], said
    for said in ("do you have the dining table; any edition", "books about tables", "«Или… или»"):
        assert [request.intent for request in reader.understand(said)] == ["search"], said


def test_hours_in_one_word_may_be_a_title_too(reader: PhraseUnderstanding) -> None:
    for said in ("часы", "Часы"):
        [request] = reader.understand(said)
        assert (request.intent, request.slots["rival"]) == ("hours", "search")
    for said in ("настенные часы", "карманные часы"):
        assert [request.intent for request in reader.understand(said)] == ["search"], said


def test_what_is_asked_for_as_books_are_may_be_one(reader: PhraseUnderstanding) -> None:
    for said in ("палата номер шесть есть?", "есть палата номер шесть"):
        [request] = reader.understand(said)
        assert (request.intent, request.slots["rival"]) == ("contacts", "search"), said
    for said in ("номер телефона есть?", "есть ли у вас туалет?"):
        assert "rival" not in reader.understand(said)[0].slots, said


def test_whether_there_is_time_to_return_a_book_is_no_renewal(reader: PhraseUnderstanding) -> None:
    for said in (
        "Здравствуйте! Работаю до шести, срок сдачи завтра, хотел бы сдать. Успею ли?",
        "Работаю до шести, хотел бы сдать книги вовремя. Успею ли я?",
    ):
        assert [request.intent for request in reader.understand(said)] == ["hours"], said
    assert reader.understand("срок сдачи завтра, не успеваю дочитать, продлите")[-1].intent == "renew"


def test_who_was_not_answered_wants_a_person(reader: PhraseUnderstanding) -> None:
    for said in ("никто мне не отвечает", "пишу вам третий раз, все молчат", "бот ничего не понимает", "робот тупой"):
        assert [request.intent for request in reader.understand(said)] == ["human"], said
    assert [request.intent for request in reader.understand("Полковнику никто не пишет")] == ["search"]


def test_every_answer_says_why(tuned: list[messages.Understood]) -> None:
    assert all(request.because for _, requests in tuned for request in requests)

"""What a typed answer to offered buttons means."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.engine.choices import chosen
from bot.engine.conversations import Call, decide
from bot.messages import Button, Contact, Inbound, Text
from bot.ports.log import Dialogue, Mode, Waiting
from bot.ports.understanding import Request

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OFFER = Dialogue(
    offered=(Button("Да", "work:1"), Button("Нет", "other"), Button("Позвать библиотекаря", "human")), offered_at=NOW
)


LIST = Dialogue(
    offered=(
        Button("Преступление и наказание", "work:1"),
        Button("Идиот, Достоевский", "work:2"),
        Button("Ни одна из них", "other"),
        Button("Найти книгу", "find"),
    ),
    offered_at=NOW,
)


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("а вторая?", "work:2"),
        ("ну давай первую, пожалуйста", "work:1"),
        ("последняя", "work:2"),
        ("третья", None),
        ("преступление", "work:1"),
        ("лучше идиота", "work:2"),
        ("идиот и бесы", None),
        ("книга", None),
        ("нет", "other"),
        ("3", "other"),
    ],
)
def test_one_of_a_list_is_meant_by_its_place_or_a_word_of_it(typed: str, payload: str | None) -> None:
    button = chosen(typed, LIST, NOW)

    assert (button.payload if button else None) == payload


def test_a_place_in_a_list_means_none_of_the_ways_out() -> None:
    menu = Dialogue(offered=(Button("Позвать библиотекаря", "human"), Button("Найти книгу", "find")), offered_at=NOW)
    card = Dialogue(offered=(Button("Все библиотеки (6)", "branches:1"), Button("Найти книгу", "find")), offered_at=NOW)

    assert chosen("первая", menu, NOW) is None
    assert chosen("первая", card, NOW) is None
    assert chosen("все библиотеки", card, NOW) == card.offered[0]
    assert chosen("1", menu, NOW) == menu.offered[0]


@pytest.mark.parametrize("typed", ["отмени", "Отменить!", "да, отмените", "cancel"])
def test_cancelling_under_one_hold_is_its_button_and_under_several_nobodys(typed: str) -> None:
    hold = Button("Отменить бронь", "unhold:7")
    ways_out = (Button("🔎", "find"), Button("Мои книги", "loans"))
    two = Dialogue(
        offered=(Button("Отменить 1", "unhold:7"), Button("Отменить 2", "unhold:8"), *ways_out), offered_at=NOW
    )

    assert chosen(typed, Dialogue(offered=(hold, *ways_out), offered_at=NOW), NOW) == hold
    assert chosen(typed, two, NOW) is None
    assert chosen("отмена", Dialogue(offered=(hold, *ways_out), offered_at=NOW), NOW) is None, "the way out"


def test_all_of_a_list_of_loans_is_not_its_last() -> None:
    loans = Dialogue(offered=(Button("Продлить 1", "renew:1"), Button("Продлить всё", "renew:1,2")), offered_at=NOW)

    assert chosen("последняя", loans, NOW) is None
    assert chosen("всё", loans, NOW) is None


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("1", "work:1"),
        ("№ 3", "human"),
        ("второй", "other"),
        ("да", "work:1"),
        ("Да!", "work:1"),
        ("ага", "work:1"),
        ("да, давайте", "work:1"),
        ("нет", "other"),
        ("не надо", "other"),
        ("позвать библиотекаря!", "human"),
        ("а вторую", None),
        ("третий", None),
        ("4", None),
        ("да, а ещё нужен вишнёвый сад", None),
        ("войну и мир", None),
        ("!!!", None),
    ],
)
def test_numbers_labels_and_yes_or_no_press_a_button(typed: str, payload: str | None) -> None:
    button = chosen(typed, OFFER, NOW)

    assert (button.payload if button else None) == payload


def test_yes_means_nothing_where_no_yes_is_offered() -> None:
    offer = Dialogue(offered=(Button("Найти книгу", "find"),), offered_at=NOW)

    assert chosen("да", offer, NOW) is None


def test_an_offer_ends_after_a_day() -> None:
    assert chosen("да", OFFER, NOW + timedelta(hours=25)) is None


@pytest.mark.parametrize(
    ("typed", "understood"),
    [("Открыто ??", "Открыто?"), ("Спасибо!!! ", "Спасибо!"), ("Правда ли?!", "Правда ли?!"), ("Часы", "Часы")],
)
def test_many_signs_at_the_end_are_understood_as_one(typed: str, understood: str) -> None:
    asked: list[str] = []

    decision = decide(waiting(typed), lambda text: heard(asked, text), NOW)

    assert asked == [understood]
    assert isinstance(decision.moves[0], Call)
    assert decision.moves[0].text == understood


def test_an_awaited_answer_is_taken_as_it_was_typed() -> None:
    """It may be a password."""
    decision = decide(waiting("ab12!!", Dialogue(expects="pin")), lambda text: heard([], text), NOW)

    assert isinstance(decision.moves[0], Call)
    assert decision.moves[0].text == "ab12!!"


def heard(asked: list[str], text: str) -> tuple[Request, ...]:
    asked.append(text)
    return (Request(intent="hours", confidence=0.5),)


def waiting(text: str, dialogue: Dialogue | None = None) -> Waiting:
    inbound = Inbound(
        contact=Contact(channel="webchat", address="1"), content=Text(text), idempotency_key="1", sent_at=NOW
    )
    return Waiting(
        message_id=1,
        conversation_id=1,
        inbound=inbound,
        mode=Mode.BOT,
        dialogue=dialogue or Dialogue(),
        first=False,
        tries=0,
        received_at=NOW,
    )

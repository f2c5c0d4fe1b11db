"""What pages and programs read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.webchat.linking import with_links
from adapters.webchat.render import event as rendered_event
from adapters.webchat.render import message as rendered_message
from bot.messages import (
    Button,
    Contact,
    Document,
    Location,
    Mark,
    Picture,
    Reply,
    StoredFile,
    Style,
    bold,
    link,
    reply,
)
from bot.ports.letters import Author, Logged
from tests.support.patience import Spent

AT = datetime(2026, 3, 2, 7, 0, 0, 250_000, tzinfo=UTC)


READER = Contact(channel="webchat", address="5e" * 32)


def message(said: Logged) -> dict[str, Any]:
    return rendered_message(said, READER, AT)


def event(said: Logged) -> bytes:
    return rendered_event(said, READER, AT)


def logged(said: Reply, author: Author = Author.BOT, in_reply_to: int | None = 4) -> Logged:
    return Logged(message_id=5, author=author, reply=said, at=AT, in_reply_to=in_reply_to)


def test_an_answer_has_the_fixed_fields() -> None:
    said = reply("Какая?", buttons=[[Button("Том 1", "work:1"), Button("Том 2", "work:2")], [Button("Нет", "no")]])
    assert message(logged(said)) == {
        "id": 5,
        "author": "bot",
        "text": "Какая?",
        "buttons": [
            [{"label": "Том 1", "payload": "work:1"}, {"label": "Том 2", "payload": "work:2"}],
            [{"label": "Нет", "payload": "no"}],
        ],
        "at": "2026-03-02T07:00:00.250Z",
        "in_reply_to": 4,
    }


def test_a_readers_own_message_answers_nothing() -> None:
    shown = message(logged(reply("да"), Author.READER, None))
    assert shown["author"] == "reader"
    assert "in_reply_to" not in shown


def test_marks_and_map_points_come_beside_the_text() -> None:
    point = Location(latitude=45.04, longitude=41.97, title="Центральная", address="ул. Ленина, 12")
    shown = message(logged(reply(bold("Обломов"), ": ", link("запись", "https://l.example/1"), at=[point])))
    assert shown["marks"] == [
        {"start": 0, "length": 7, "style": "bold"},
        {"start": 9, "length": 6, "style": "link", "url": "https://l.example/1"},
    ]
    assert shown["locations"] == [
        {"latitude": 45.04, "longitude": 41.97, "title": "Центральная", "address": "ул. Ленина, 12"}
    ]


def test_an_event_carries_the_id_to_resume_from_and_stays_on_one_line() -> None:
    sent = event(logged(reply("первая\nвторая\r\nтретья")))
    lines = sent.decode().split("\n")
    assert lines[0] == "id: 5"
    assert json.loads(lines[1].removeprefix("data: "))["text"] == "первая\nвторая\r\nтретья"
    assert lines[2:] == ["", ""]


def found(text: str) -> list[tuple[str, str]]:
    return [(text[mark.start : mark.start + mark.length], mark.url) for mark in with_links(text, ())]


@pytest.mark.parametrize(
    ("text", "words", "url"),
    [
        ("Смотрите https://library.example/a_(b).", "https://library.example/a_(b)", "https://library.example/a_(b)"),
        ("(сайт: http://l.example/x?y=1)", "http://l.example/x?y=1", "http://l.example/x?y=1"),
        ("«https://l.example»", "https://l.example", "https://l.example"),
        ("Пишите: cbs@mail.example.", "cbs@mail.example", "mailto:cbs@mail.example"),
        ("Телефон 8 (86547) 2-15-33.", "8 (86547) 2-15-33", "tel:+78654721533"),
        ("+7 865 472-15-33", "+7 865 472-15-33", "tel:+78654721533"),
        ("тел.: 8-800-555-35-35, звонок бесплатный", "8-800-555-35-35", "tel:+78005553535"),
        ("88652123456", "88652123456", "tel:+78652123456"),
    ],
)
def test_addresses_and_telephones_become_links(text: str, words: str, url: str) -> None:
    assert found(text) == [(words, url)]


@pytest.mark.parametrize(
    "text",
    [
        "ISBN 978-5-17-090831-2",
        "84(2Рос=Рус)1-44",
        "инв. 8123456789012",
        "8 экземпляров, 100 страниц, 12-15 лет",
        "8 марта 2026 10-00 до 18-00",
        "javascript:alert(1)",
        "@",
    ],
)
def test_shelf_marks_and_numbers_of_books_do_not(text: str) -> None:
    assert found(text) == []


def test_what_is_marked_already_stays_as_it_is() -> None:
    marks = (Mark(0, 17, Style.LINK, "https://other.example/"),)
    assert with_links("https://l.example и https://m.example", marks) == (
        *marks,
        Mark(20, 17, Style.LINK, "https://m.example"),
    )


def test_what_a_reader_typed_gets_no_links() -> None:
    assert "marks" not in message(logged(reply("https://evil.example"), Author.READER, None))


@pytest.mark.parametrize(
    "text", ["a@" * 5_000, "8 " * 5_000, "8-1" * 4_000, "a." * 5_000 + "@", "http://" + "(" * 9_000]
)
def test_a_strange_text_is_searched_for_links_in_no_time(text: str) -> None:
    with Spent() as spent:
        with_links(text, ())
    assert spent.seconds < 0.5


def test_pictures_and_documents_come_with_an_address_that_names_no_session() -> None:
    plan = StoredFile(file_id=7, name="план.png", media_type="image/png", size=2048)
    rules = StoredFile(file_id=8, name="правила.pdf", media_type="application/pdf", size=99)
    shown = message(logged(reply("Вот:", at=[Picture(file=plan, alt="План зала"), Document(file=rules)])))

    picture, document = shown["files"]
    assert picture.pop("url").startswith("/chat/files/5/0?until=")
    assert document.pop("url").startswith("/chat/files/5/1?until=")
    assert picture == {"kind": "picture", "alt": "План зала", "name": "план.png", "type": "image/png", "size": 2048}
    assert document == {"kind": "document", "name": "правила.pdf", "type": "application/pdf", "size": 99}
    assert READER.address not in json.dumps(message(logged(reply("Вот:", at=[Document(file=rules)]))))
    assert shown["text"] == "Вот:"

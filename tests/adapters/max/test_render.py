"""Whatever is said stays whole and within MAX's limits."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.max.channel import build
from adapters.max.render import body, render
from adapters.max.settings import MaxSettings
from adapters.shaping import width
from bot.channels import Setting
from bot.messages import Button, Document, Location, Mark, Picture, Reply, StoredFile, Style, bold, link, reply
from tests.emulators.max.contract import faults, shown
from tests.support.clock import StandingClock

SETTING = Setting(
    name="max", library_name="Библиотека", language="ru", public_url="https://bot.example", clock=StandingClock()
)
CAN = build(MaxSettings(token="t", secret="s3cret"), SETTING).capabilities
FILE = StoredFile(file_id=1, name="правила.pdf", media_type="application/pdf", size=10)


def sent(said: Reply) -> list[dict[str, Any]]:
    return [body(piece) for piece in render(said, CAN)]


def test_marks_become_tags_and_the_text_stays_itself() -> None:
    (message,) = sent(reply("Есть ", bold("«A<b>&B»"), ": ", link("запись", 'https://l.example/?a=1&b="2"')))
    assert message["format"] == "html"
    assert message["text"] == (
        'Есть <b>«A&lt;b&gt;&amp;B»</b>: <a href="https://l.example/?a=1&amp;b=&quot;2&quot;">запись</a>'
    )
    assert shown(message) == "Есть «A<b>&B»: запись"


def test_a_text_without_marks_is_sent_as_it_is() -> None:
    (message,) = sent(reply("<b>*_[]&amp; 👨‍👩‍👧"))
    assert message == {"text": "<b>*_[]&amp; 👨‍👩‍👧", "attachments": None, "link": None}


def test_three_kinds_of_buttons() -> None:
    rows = [
        [Button("Да", "yes"), Button("Сайт", "", url="https://l.example")],
        [Button("Мой номер", "", asks_phone=True)],
    ]
    (message,) = sent(reply("?", buttons=rows))
    assert message["attachments"][0]["payload"]["buttons"] == [
        [
            {"type": "callback", "text": "Да", "payload": "yes"},
            {"type": "link", "text": "Сайт", "url": "https://l.example"},
        ],
        [{"type": "request_contact", "text": "Мой номер"}],
    ]


def test_a_row_with_a_link_holds_three() -> None:
    row = [Button(str(n), f"b:{n}") for n in range(6)] + [Button("Сайт", "", url="https://l.example")]
    (message,) = sent(reply("?", buttons=[row]))
    assert [len(row) for row in message["attachments"][0]["payload"]["buttons"]] == [3, 3, 1]
    assert faults("NewMessageBody", message) == []


def test_a_place_is_named_beside_its_point() -> None:
    place = Location(latitude=45.0, longitude=41.9, title="Библиотека", address="дом 1")
    first, second = sent(reply("Мы здесь:", at=[place]))
    assert first["text"] == "Мы здесь:"
    assert second["text"] == "Библиотека, дом 1"
    assert second["attachments"] == [{"type": "location", "latitude": 45.0, "longitude": 41.9}]


def test_what_is_to_be_pressed_stands_last() -> None:
    place = Location(latitude=45.0, longitude=41.9, title="Библиотека", address="дом 1")
    pieces = render(reply("Мы здесь:", at=[place], buttons=[[Button("Часы", "hours")]]), CAN)
    assert [piece.text for piece in pieces] == ["Библиотека, дом 1", "Мы здесь:"]
    assert pieces[-1].buttons


def test_pictures_stand_with_the_words_and_a_document_alone() -> None:
    pieces = render(reply("Афиша", at=[Picture(file=FILE, alt="афиша"), Document(file=FILE)]), CAN)
    assert [(piece.text, len(piece.pictures), piece.document is not None) for piece in pieces] == [
        ("Афиша", 1, False),
        ("", 0, True),
    ]


def test_a_text_that_grows_by_its_escapes_is_parted_shorter() -> None:
    said = Reply(text="Рыба & рис." * 350, marks=(Mark(0, 10, Style.BOLD),))
    messages = sent(said)
    assert len(messages) > 1
    assert "".join(shown(message) for message in messages).replace(" ", "") == said.text.replace(" ", "")
    assert [fault for message in messages for fault in faults("NewMessageBody", message)] == []


def test_tags_count_beside_signs_of_two_units() -> None:
    said = Reply(text="📚" * 1_995, marks=tuple(Mark(at, 1, Style.BOLD) for at in range(0, 20, 2)))

    assert all(width(message["text"]) <= CAN.max_text for message in sent(said))


@pytest.mark.parametrize("count", [1, 7, 30, 210, 300])
def test_any_number_of_buttons_is_offered(count: int) -> None:
    rows = [[Button(f"Книга {n}", f"work:{n}")] for n in range(1, count + 1)]
    messages = sent(reply("Какая?", buttons=rows))
    assert [fault for message in messages for fault in faults("NewMessageBody", message)] == []
    offered = str(messages)
    assert all(f"Книга {n}" in offered for n in range(1, count + 1))


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=5_000), st.integers(0, 4_000), st.integers(1, 4_000), st.sampled_from(Style))
def test_nothing_breaks_the_contract(text: str, start: int, length: int, style: Style) -> None:
    start = min(start, len(text) - 1)
    mark = Mark(
        start, min(length, len(text) - start), style, url="https://l.example/?a&b" if style is Style.LINK else ""
    )
    messages = sent(Reply(text=text, marks=(mark,)))
    if text.strip():
        assert [fault for message in messages for fault in faults("NewMessageBody", message)] == []

"""How replies look in a terminal."""

import io
from datetime import UTC, datetime

import pytest

from adapters.terminal import CHANNEL
from adapters.terminal.channel import Terminal
from adapters.terminal.parse import opened, typed
from adapters.terminal.render import render
from adapters.terminal.settings import TerminalSettings
from bot.channels import Setting
from bot.clock import SystemClock
from bot.messages import (
    Button,
    Contact,
    Lane,
    Location,
    Outbound,
    Reply,
    Started,
    Style,
    Styled,
    Text,
    bold,
    link,
    reply,
)

CONTACT = Contact(channel="terminal", address="me")
NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
SETTING = Setting(name="terminal", library_name="Библиотека", language="ru", public_url="", clock=SystemClock())


def test_choices_are_numbered_in_reading_order() -> None:
    said = reply("Какая?", buttons=[[Button("Том 1", "a"), Button("Том 2", "b")], [Button("Ни одна", "c")]])
    assert render(said) == "Какая?\n\n1. Том 1\n2. Том 2\n3. Ни одна"


def test_a_choice_that_has_its_number_already_has_it_once() -> None:
    said = reply(
        "Какая?", buttons=[[Button("1. Том 1", "a")], [Button("2. Том 2", "b")], [Button("1. Не третья", "c")]]
    )
    assert render(said) == "Какая?\n\n1. Том 1\n2. Том 2\n3. 1. Не третья"


def test_ten_choices_stand_under_one_another() -> None:
    lines = render(reply("", buttons=[[Button(f"№ {number}", "x")] for number in range(1, 11)])).split("\n")
    assert lines[0] == " 1. № 1"
    assert lines[9] == "10. № 10"


def test_a_link_is_written_out_once() -> None:
    said = reply(
        "Смотрите ", link("каталог", "https://l.example/"), " или ", link("https://m.example", "https://m.example")
    )
    assert render(said) == "Смотрите каталог (https://l.example/) или https://m.example"
    assert render(reply(link("a@b.example", "mailto:a@b.example"))) == "a@b.example"


def test_bold_is_for_eyes_only() -> None:
    said = reply(bold("Обломов"), ", ", Styled("роман", Style.ITALIC))
    assert render(said) == "Обломов, роман"
    assert render(said, tty=True) == "\x1b[1mОбломов\x1b[0m, \x1b[3mроман\x1b[0m"


def test_a_map_point_is_words_and_an_address() -> None:
    point = Location(latitude=45.0448, longitude=41.9692, title="Центральная библиотека", address="ул. Ленина, 12")
    assert render(reply("Мы здесь:", at=[point])) == (
        "Мы здесь:\n\nНа карте: Центральная библиотека, ул. Ленина, 12 (45.04480, 41.96920)\n"
        "https://www.openstreetmap.org/?mlat=45.04480&mlon=41.96920"
    )


def test_long_lines_are_wrapped_under_their_bullet() -> None:
    said = reply(
        "• Центральная библиотека: два экземпляра из трёх, до 19:00", buttons=[[Button("Очень длинное заглавие", "a")]]
    )
    assert render(said, width=26) == (
        "• Центральная библиотека:\n  два экземпляра из трёх,\n  до 19:00\n\n1. Очень длинное заглавие"
    )


@pytest.mark.parametrize("width", [20, 33, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    text = "Слово " * 40 + "\n" + "я" * 300 + "\n\n" + "漢字" * 60 + "\n   с отступом " + "и ещё " * 30
    for line in render(reply(text), width=width).split("\n"):
        assert sum(2 if letter in "漢字" else 1 for letter in line) <= width


def test_an_address_stays_whole_to_be_copied() -> None:
    address = "https://library.example/" + "a" * 60
    assert address in render(reply(f"Подробнее: {address}"), width=30)


def test_empty_lines_and_indents_stay() -> None:
    assert render(reply("а\n\n  б\n")) == "а\n\n  б\n".rstrip("\n") + "\n"


def test_a_title_cannot_move_the_cursor() -> None:
    said = reply("a\x1b[2J\x1b]0;title\x07b\r\u202ec", buttons=[[Button("x\x1b[1m", "x")]])
    assert render(said, tty=True) == "a[2J]0;titlebc\n\n1. x[1m"


def test_a_typed_line_is_a_message() -> None:
    said = typed("2\n", CONTACT, "k1", NOW)
    assert (said.content, said.idempotency_key, said.sent_at) == (Text("2"), "k1", NOW)
    assert opened(CONTACT, "k0", NOW).content == Started()


async def test_what_is_sent_is_written_and_bold_only_for_a_person() -> None:
    screen = io.StringIO()
    channel = Terminal(TerminalSettings(width=40), SETTING, out=screen)
    message = Outbound(message_id=1, contact=CONTACT, reply=reply(bold("Да")), lane=Lane.REPLY, attempt=1)
    await channel.send(message)
    assert screen.getvalue() == "Да\n\n"
    screen.isatty = lambda: True  # type: ignore[method-assign]
    assert channel.worded(Reply(text="x", marks=message.reply.marks[:0])) == "x"
    assert channel.worded(message.reply) == "\x1b[1mДа\x1b[0m"


def test_the_terminal_offers_no_buttons() -> None:
    assert CHANNEL.kind == "terminal"
    assert Terminal.capabilities.max_buttons == 0

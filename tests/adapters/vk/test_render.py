"""Replies fit VK: its limits, its keys, its reading of signs."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.shaping import width
from adapters.vk import render
from bot.messages import Button, Reply, reply
from tests.emulators.vk import contract

CAN = render.capabilities(20)
BUTTONS = st.lists(
    st.lists(
        st.builds(
            Button,
            st.text(min_size=1, max_size=60).filter(str.strip),
            st.from_regex(r"[a-z]{1,8}:[0-9]{0,9}", fullmatch=True),
        ),
        max_size=7,
    ),
    max_size=8,
)


@given(st.text(), BUTTONS, st.integers(1, 2**40))
@settings(max_examples=100, deadline=None)
def test_any_reply_keeps_to_vks_limits(text: str, rows: list[list[Button]], message_id: int) -> None:
    for message in render.messages(reply(text, buttons=rows), 5, message_id, CAN):
        values = contract.checked("messages.send", message.values)
        assert width(str(values.get("message", ""))) <= contract.MAX_TEXT
        if "keyboard" in values:
            contract.check_keyboard(str(values["keyboard"]))


def test_signs_that_vk_reads_do_not_make_a_text_too_long() -> None:
    text = "@all " * 3_000

    parts = render.messages(Reply(text=text.strip()), 5, 1, CAN)

    said = [str(part.values["message"]) for part in parts]
    assert max(map(width, said)) <= contract.MAX_TEXT
    assert " ".join(said).replace("\u200b", "").split() == text.split()


@given(st.integers(0, 2**45), st.integers(0, 63))
def test_a_key_fits_31_bits_and_is_never_0(message_id: int, part: int) -> None:
    assert 1 <= render.random_id(message_id, part) < 2**31


def test_no_two_parts_of_neighbouring_messages_share_a_key() -> None:
    keys = {render.random_id(message_id, part) for message_id in range(2_000_000, 2_000_500) for part in range(64)}

    assert len(keys) == 500 * 64


def test_a_title_with_signs_of_markup_and_composed_emoji_arrives_whole() -> None:
    title = "«_Дети_ *капитана* [Гранта] <и> & @ 👩‍👩‍👧‍👦 #1»"

    (part,) = render.messages(Reply(text=title), 5, 1, CAN)

    assert str(part.values["message"]) == title


def test_a_line_separator_cannot_break_a_batch() -> None:
    (part,) = render.messages(Reply(text="раз\u2028два\r\nтри\x00"), 5, 1, CAN)

    assert part.values["message"] == "раз\nдва\nтри"


def test_more_choices_than_a_keyboard_holds_are_numbered() -> None:
    rows = [[Button(f"Книга {number}", f"work:{number}")] for number in range(1, 13)]

    (part,) = render.messages(reply("Какая?", buttons=rows), 5, 1, CAN)

    assert "keyboard" not in part.values
    assert "12. Книга 12\n" in str(part.values["message"])


def test_a_button_carries_our_payload_and_no_more() -> None:
    drawn = json.loads(render.keyboard([[Button("Да", "yes"), Button("Сайт", "", url="https://x.example/")]]))

    assert drawn["inline"] is True
    answer, site = drawn["buttons"][0]
    assert answer["action"] == {"type": "text", "payload": '{"b":"yes"}', "label": "Да"}
    assert site["action"] == {"type": "open_link", "link": "https://x.example/", "label": "Сайт", "payload": "{}"}

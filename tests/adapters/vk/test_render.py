"""Replies fit VK: its limits, its keys, its reading of signs."""

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from adapters.shaping import width
from adapters.vk import render
from bot.messages import Button, Document, Location, Reply, StoredFile, reply
from tests.emulators.vk import contract

CAN = render.capabilities(20)
SIGNS = "аб я.,\n[|]@*id1()_<>&\\\"'{}%🙂👩‍👩‍👧\u2028\x00\u202e\ud83d"


def any_reply(dice: random.Random) -> Reply:
    """A reply of any length, with as many buttons as nobody would offer."""
    text = "".join(dice.choices(SIGNS, k=dice.choice((0, 1, 30, 500, 5_000, 12_000))))
    rows = [
        [
            Button("".join(dice.choices(SIGNS, k=dice.randint(1, 60))) + "!", f"work:{dice.randrange(10**9)}")
            for _ in range(dice.randint(0, 7))
        ]
        for _ in range(dice.choice((0, 1, 3, 8)))
    ]
    return reply(text, buttons=rows)


def test_any_reply_keeps_to_vks_limits() -> None:
    dice = random.Random(20)
    for message_id in range(150):
        for message in render.messages(any_reply(dice), 5, message_id, CAN):
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


def test_a_map_point_keeps_its_name_in_words() -> None:
    place = Location(latitude=45.0, longitude=41.9, title="Библиотека № 3", address="ул. Ленина, 12")

    (told,) = render.messages(reply("Мы здесь:", at=[place]), 5, 1, CAN)
    (known,) = render.messages(reply("Мы здесь: ул. Ленина, 12", at=[place]), 5, 1, CAN)

    assert told.values["message"] == "Мы здесь:\nБиблиотека № 3, ул. Ленина, 12"
    assert known.values["message"] == "Мы здесь: ул. Ленина, 12"


def test_what_does_not_fit_into_one_message_follows() -> None:
    places = [Location(latitude=45.0 + n, longitude=41.9, title=f"Филиал {n}", address="") for n in range(3)]
    files = [
        Document(file=StoredFile(file_id=n, name=f"{n}.pdf", media_type="application/pdf", size=1)) for n in range(12)
    ]

    parts = render.messages(reply("Вот:", buttons=[[Button("Ещё", "more")]], at=[*places, *files]), 5, 1, CAN)

    assert [len(part.files) for part in parts] == [10, 2, 0, 0]
    assert [part.values.get("lat") for part in parts] == [45.0, None, 46.0, 47.0]
    assert ["keyboard" in part.values for part in parts] == [True, False, False, False]
    assert len({part.values["random_id"] for part in parts}) == 4

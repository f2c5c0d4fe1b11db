"""Each kind of reply in each channel: nothing is dropped in silence, nothing exceeds a limit."""

import re

import pytest

from adapters.shaping import width
from bot.lessons import Bubble
from bot.messages import Reply
from tools.screens import KINDS, LONG_TITLES, REPLIES, TITLE, capabilities, screens

UNSEEN = re.compile("[\u200a\u200b\u2060\ufeff]")
"""What an adapter may put between signs that its messenger would read as its own."""
MUST_BE_READ = {
    "plain words": ("Да, есть.",),
    "bold and a link": ("Есть", "«Обломов»"),
    "a link button": ("Афиша:", "Открыть"),
    "a phone button": ("Назовите номер билета.",),
    "a map point": ("Мы здесь:", "Центральная библиотека", "ул. Ленина, 12"),
    "a picture": ("Афиша на март:",),
    "a document": ("Правила:", "правила.pdf"),
    "titles longer than any label": ("Какая?",),
    "everything at once": (
        "Афиша",
        "на март",
        "запись",
        "Центральная библиотека",
        "ул. Ленина, 12",
        "правила.pdf",
    ),
    "an approved template": ("«Обломов» ждёт вас до 5 марта.",),
}
MUTE = {"sms"}
"""Where nobody can answer: choices would lead nowhere and are left out on purpose."""

pytestmark = pytest.mark.parametrize("kind", KINDS)


def seen(kind: str, said: Reply) -> str:
    return UNSEEN.sub("", "\n".join(bubble.words for bubble in screens(kind, said)))


def all_of(bubbles: tuple[Bubble, ...]) -> list[str]:
    return [label for bubble in bubbles for row in bubble.buttons for label in row]


@pytest.mark.parametrize("name", MUST_BE_READ)
def test_the_words_that_matter_are_read(kind: str, name: str) -> None:
    text = seen(kind, REPLIES[name])
    assert [words for words in MUST_BE_READ[name] if words not in text] == []


def test_a_title_of_odd_signs_arrives_whole(kind: str) -> None:
    assert TITLE in seen(kind, REPLIES["a title of odd signs"])


def test_a_link_keeps_its_address_or_is_pressed(kind: str) -> None:
    bubbles = screens(kind, REPLIES["bold and a link"])
    written = any("https://library.example/1" in bubble.text for bubble in bubbles)
    assert written or any(bubble.formatted for bubble in bubbles)


def test_a_link_button_opens_or_is_written_out(kind: str) -> None:
    bubbles = screens(kind, REPLIES["a link button"])
    pressed = capabilities(kind).link_buttons and "Открыть" in all_of(bubbles)
    assert pressed or "https://library.example/events" in seen(kind, REPLIES["a link button"])


def test_a_map_point_is_a_point_or_a_link(kind: str) -> None:
    text = seen(kind, REPLIES["a map point"])
    assert "map:" in text or "openstreetmap.org/?mlat=45.04480" in text


def test_a_picture_is_shown_or_described(kind: str) -> None:
    text = seen(kind, REPLIES["a picture"])
    assert "picture: афиша.png" in text or "Встречи по пятницам" in text


def test_a_long_text_is_whole_unless_it_costs_by_the_part(kind: str) -> None:
    text = "".join(bubble.text for bubble in screens(kind, REPLIES["a long text"]))
    if kind in MUTE:
        assert text.startswith("Предложение о книгах и чтении.")
        assert text.endswith("…")
    else:
        assert re.sub(r"\s", "", text) == re.sub(r"\s", "", REPLIES["a long text"].text)


@pytest.mark.parametrize("count", [3, 10, 12, 40])
def test_every_choice_can_be_made(kind: str, count: int) -> None:
    said = REPLIES[f"{count} choices"]
    text = seen(kind, said)
    if kind in MUTE:
        assert text.startswith("Какая?")
        return
    pressed = [*all_of(screens(kind, said)), *(c for bubble in screens(kind, said) for c in bubble.choices)]
    for number in range(1, count + 1):
        assert f"Книга {number}" in pressed or f"{number}. Книга {number}" in text


def test_a_title_longer_than_a_label_begins_as_it_should_and_says_that_it_goes_on(kind: str) -> None:
    if kind in MUTE:
        return
    bubbles = screens(kind, REPLIES["titles longer than any label"])
    offered = [*all_of(bubbles), *(choice for bubble in bubbles for choice in bubble.choices)]
    written = "\n".join(bubble.text for bubble in bubbles)
    for number, button in enumerate(LONG_TITLES, 1):
        whole = re.search(rf"^ *{number}\. .*", written, re.MULTILINE)
        shown = offered[number - 1] if offered else UNSEEN.sub("", whole[0] if whole else "").partition(". ")[2]
        if shown != button.label:
            assert offered
            assert shown.endswith("…")
            assert button.label.startswith(shown.removesuffix("…"))


def test_with_everything_at_once_nothing_is_lost(kind: str) -> None:
    bubbles = screens(kind, REPLIES["everything at once"])
    text, pressed, can = seen(kind, REPLIES["everything at once"]), all_of(bubbles), capabilities(kind)
    for number, label in enumerate(("Приду", "Не приду"), 1):
        assert label in pressed or f"{number}. {label}" in text or kind in MUTE
    assert "Открыть" in pressed or "https://library.example/events" in text
    assert "https://library.example/1" in text or any(bubble.formatted for bubble in bubbles)
    assert "picture: афиша.png" in text or "Встречи по пятницам" in text
    assert "map:" in text or "openstreetmap.org/?mlat=45.04480" in text
    assert ("Мой номер" in pressed) == (can.phone_button and bool(pressed))


@pytest.mark.parametrize("name", REPLIES)
def test_no_limit_is_exceeded(kind: str, name: str) -> None:
    can = capabilities(kind)
    for bubble in screens(kind, REPLIES[name]):
        labels = all_of((bubble,))
        assert width(UNSEEN.sub("", bubble.text)) <= can.max_text
        assert len(labels) <= can.max_buttons
        assert len(bubble.choices) <= can.max_list
        assert not can.max_rows or len(bubble.buttons) <= can.max_rows
        assert not can.max_row or all(len(row) <= can.max_row for row in bubble.buttons)
        assert all(0 < width(label) <= can.max_label for label in labels)
        assert bubble.words.strip()

"""Replies within WhatsApp's limits, with every word of the reader's as it was."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.shaping import width
from adapters.whatsapp.render import pieces, template
from adapters.whatsapp.settings import WhatsAppTemplate
from bot.messages import (
    Button,
    Document,
    Location,
    Mark,
    Picture,
    Reply,
    StoredFile,
    Style,
    Styled,
    Template,
    bold,
    link,
    reply,
)
from tests.adapters.whatsapp.markup import shown
from tests.emulators.whatsapp.emulator import GraphError, WhatsAppEmulator
from tests.support.clock import StandingClock

PHOTO = Picture(file=StoredFile(file_id=1, name="обложка.jpg", media_type="image/jpeg", size=10), alt="обложка")
RULES = Document(file=StoredFile(file_id=2, name="правила.pdf", media_type="application/pdf", size=10))
PLACE = Location(latitude=45.0448, longitude=41.9692, title="Библиотека", address="дом 1")


def bodies(said: Reply) -> list[dict[str, Any]]:
    return [piece.filled("77") for piece in pieces(said)]


def text_of(said: Reply) -> str:
    return str(bodies(said)[0]["text"]["body"])


def rows(count: int, label: str = "Книга {n}") -> list[list[Button]]:
    return [[Button(label.format(n=n), f"work:{n}")] for n in range(1, count + 1)]


def test_formatting_is_whatsapps_own() -> None:
    assert text_of(reply("Есть ", bold("«Обломов»"), " и ", Styled("ещё", Style.ITALIC), ".")) == (
        "Есть *«Обломов»* и _ещё_."
    )
    assert text_of(reply(link("Запись", "https://library.example/a_b_c"))) == "Запись (https://library.example/a_b_c)"


def test_the_readers_own_signs_format_nothing_and_stay() -> None:
    words = "Вы искали: *звёзды* _черта_ ~волна~ `код` 2*2*2 a_b_c https://library.example/_a_?b=*c*"
    seen, marked = shown(text_of(reply("Нет: ", bold(words), "? *Да*")))

    assert marked == []
    assert seen.replace("\u200a", "") == f"Нет: {words}? *Да*"


def test_a_sign_that_stands_alone_is_left_as_it_is() -> None:
    assert text_of(reply("Идти ~5 минут, ", bold("дом 1"))) == "Идти ~5 минут, *дом 1*"


def test_bold_words_inside_a_word_stay_bare() -> None:
    assert text_of(Reply(text="Обломова", marks=(Mark(0, 6, Style.BOLD),))) == "Обломова"


def test_three_short_choices_are_buttons() -> None:
    (body,) = bodies(reply("Какая?", buttons=rows(3)))

    action = body["interactive"]["action"]["buttons"]
    assert [button["reply"] for button in action] == [{"id": f"work:{n}", "title": f"Книга {n}"} for n in (1, 2, 3)]


def test_more_or_longer_choices_are_a_list_with_the_whole_title_below() -> None:
    (four,) = bodies(reply("Какая?", buttons=rows(4)))
    (long,) = bodies(reply("Какая?", buttons=rows(2, "Преступление и наказание, том {n}")))

    assert len(four["interactive"]["action"]["sections"][0]["rows"]) == 4
    assert long["interactive"]["action"]["sections"][0]["rows"][1] == {
        "id": "work:2",
        "title": "2. Преступление и наказ…",
        "description": "Преступление и наказание, том 2",
    }


def test_more_than_ten_choices_are_numbered() -> None:
    (body,) = bodies(reply("Какая?", buttons=rows(11)))

    assert body["type"] == "text"
    assert "11. Книга 11" in body["text"]["body"]


def test_choices_that_could_not_be_told_apart_are_numbered() -> None:
    (body,) = bodies(reply("Какая?", buttons=[[Button("Да", "same"), Button("Нет", "same")]]))

    assert body["text"]["body"] == "Какая?\n\n1. Да\n2. Нет\nОтветьте номером."


def test_one_picture_stands_with_its_words_or_above_its_buttons() -> None:
    (captioned,) = bodies(reply("Вот она", at=[PHOTO]))
    (above,) = bodies(reply("Вот она", buttons=rows(2), at=[PHOTO]))

    assert captioned == {"type": "image", "image": {"id": "77", "caption": "Вот она"}}
    assert above["interactive"]["header"] == {"type": "image", "image": {"id": "77"}}


def test_a_place_follows_its_words_and_leaves_the_buttons_last() -> None:
    assert [body["type"] for body in bodies(reply("Мы здесь:", at=[PLACE]))] == ["text", "location"]
    kinds = [body["type"] for body in bodies(reply("Мы здесь:", buttons=rows(2), at=[PLACE, RULES, PHOTO]))]
    assert kinds == ["location", "document", "image", "interactive"]


def test_a_picture_that_whatsapp_does_not_show_goes_as_a_file() -> None:
    webp = Picture(file=StoredFile(file_id=3, name="а.webp", media_type="image/webp", size=10), alt="обложка")
    (body,) = bodies(reply("", at=[webp]))

    assert body == {"type": "document", "document": {"id": "77", "filename": "а.webp", "caption": "обложка"}}


def test_a_templates_places_hold_one_line_each() -> None:
    approved = WhatsAppTemplate(name="loan_due_soon", language="ru")
    body = template(Template(name="due", values=("Анна\nКаренина\t ", "")), approved)

    assert [value["text"] for value in body["template"]["components"][0]["parameters"]] == ["Анна Каренина", "-"]


def test_nothing_to_say_is_nothing_sent() -> None:
    assert bodies(Reply(text="  \n ")) == []


_WORDS = st.text(st.sampled_from("аб *_~`\n.1🙂") | st.characters(codec="utf-8"), min_size=0, max_size=2_000)
_LABELS = st.text(st.sampled_from("аб *_~ 🙂") | st.characters(codec="utf-8"), min_size=0, max_size=60)


@given(_WORDS, _LABELS, st.integers(0, 12), st.sampled_from([(), (PHOTO,), (PHOTO, RULES), (PLACE, RULES)]))
def test_nothing_exceeds_a_limit_and_no_word_is_lost(text: str, label: str, count: int, at: tuple[Any, ...]) -> None:
    meta = WhatsAppEmulator(StandingClock())
    meta.media["77"] = ("image/jpeg", b"")
    mark = (Mark(0, max(1, len(text) // 2), Style.BOLD),) if text else ()
    said = Reply(
        text=text, marks=mark, buttons=tuple((Button(f"{label}{n}", f"w:{n}"),) for n in range(count)), attachments=at
    )
    calls = bodies(said)
    words = ""
    for body in calls:
        whole = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "79991230001", **body}
        try:
            meta._check(body["type"], whole)
        except GraphError:
            raise AssertionError((meta.wrong, whole)) from None
        inner = body[body["type"]]
        spoken = inner.get("body") or inner.get("caption") or ""
        words += spoken["text"] if isinstance(spoken, dict) else spoken
        assert width(words) >= 0
    bare = re.sub(r"\s|\u200a", "", words).replace("*", "")
    assert re.sub(r"\s", "", text).replace("*", "") in bare

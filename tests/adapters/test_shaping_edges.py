"""Exactly at the limits of a messenger, where one letter more or less is a message that is refused or torn."""

import pytest

from adapters.shaping import cut, html, shape, width
from bot.channels import Capabilities
from bot.messages import Button, Location, Mark, Reply, Style, Styled, bold, link, reply
from bot.quick import replace

PLAIN = Capabilities(max_text=20, max_buttons=0, max_label=10, formatting=False, locations=False)
MARKED = replace(PLAIN, formatting=True)
PRESSED = Capabilities(max_text=100, max_buttons=4, max_label=5, formatting=False, locations=False)


def parts(text: str, can: Capabilities = PLAIN) -> list[str]:
    return [part.text for part in shape(reply(text), can)]


def row(*labels: str) -> list[Button]:
    return [Button(label, f"work:{label}") for label in labels]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Да. Нет, да\n\nКонец всего", ["Да. Нет, да", "Конец всего"]),
        ("Да. Нет\nКонец всему, всё", ["Да. Нет", "Конец всему, всё"]),
        ("Да нет. Может, это конец", ["Да нет.", "Может, это конец"]),
        ("Да, нет или, может конец", ["Да, нет или,", "может конец"]),
        ("Есть у нас одна большая книга", ["Есть у нас одна", "большая книга"]),
        ("Непреодолимейшимиобразами", ["Непреодолимейшимиобр", "азами"]),
        ("Он. Мыслитьвозможнодлиннее", ["Он. Мыслитьвозможнод", "линнее"]),
    ],
    ids=["paragraph", "line", "sentence", "clause", "word", "nothing", "too early"],
)
def test_a_long_text_is_parted_where_it_is_best(text: str, said: list[str]) -> None:
    assert parts(text) == said


@pytest.mark.parametrize(("text", "count"), [("а" * 20, 1), ("а" * 21, 2), ("😀" * 10, 1), ("😀" * 10 + "а", 2)])
def test_a_text_that_just_fits_is_one_message(text: str, count: int) -> None:
    assert len(parts(text)) == count
    assert "".join(parts(text)) == text


def test_a_part_may_end_with_the_very_last_letter_that_fits() -> None:
    assert parts("Одна книга у читателя. Вторая") == ["Одна книга у", "читателя. Вторая"]
    assert parts("Книга стоит у входа. Вторая нет") == ["Книга стоит у входа.", "Вторая нет"]


@pytest.mark.parametrize("sign", ["❤️", "1️⃣", "👨‍👩"], ids=["in colour", "key", "family"])
def test_a_sign_that_is_composed_stays_whole_at_the_edge(sign: str) -> None:
    first, second = parts("а" * 19 + sign)

    assert (first, second) == ("а" * 19, sign)


@pytest.mark.parametrize(
    ("text", "longest", "short"),
    [
        ("Война и мир", 11, "Война и мир"),
        ("Война и мир", 10, "Война и м…"),
        ("Война, а мир", 8, "Война…"),
        ("😀😀😀", 6, "😀😀😀"),
        ("😀😀😀", 5, "😀😀…"),
    ],
)
def test_a_label_is_cut_only_where_it_must_be(text: str, longest: int, short: str) -> None:
    assert cut(text, longest) == short
    assert width(short) <= longest


def test_tags_stand_around_their_words_and_what_looks_like_one_is_shown() -> None:
    said = reply(
        "1 < 2 & ",
        bold("так <b>"),
        ", ",
        Styled("вот", Style.ITALIC),
        " и ",
        link("там", "https://l.example/?a=1&b=2"),
        ".",
    )

    assert html(said.text, said.marks) == (
        '1 &lt; 2 &amp; <b>так &lt;b&gt;</b>, <i>вот</i> и <a href="https://l.example/?a=1&amp;b=2">там</a>.'
    )
    assert html('"О\'Генри"', ()) == '"О\'Генри"'


def test_bold_words_stay_bold_behind_the_end_of_a_message() -> None:
    said = reply("Полки стоят у входа. ", bold("Вторая"), " нет")

    _, second = shape(said, MARKED)

    assert (second.text, second.marks) == ("Вторая нет", (Mark(0, 6, Style.BOLD),))


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("https://l.example", "сайт (https://l.example)"),
        ("mailto:сайт", "сайт"),
        ("tel:сайт", "сайт"),
    ],
)
def test_an_address_is_written_out_unless_the_words_are_it(address: str, text: str) -> None:
    assert parts_of(reply(link("сайт", address))) == [text]


def parts_of(said: Reply) -> list[str]:
    return [part.text for part in shape(said, replace(PLAIN, max_text=200))]


def test_bold_words_have_no_address() -> None:
    assert parts_of(reply(bold("сайт"))) == ["сайт"]


@pytest.mark.parametrize(("address", "told"), [("", "Клуб"), ("Клуб", "Клуб"), ("дом 1", "Клуб, дом 1")])
def test_a_place_is_named_once(address: str, told: str) -> None:
    place = Location(latitude=45.0, longitude=41.9, title="Клуб", address=address)

    (text,) = parts_of(reply("Там", at=[place]))

    assert text.split("\n")[1] == told


def test_buttons_that_just_fit_are_buttons() -> None:
    (part,) = shape(reply("Какая?", buttons=[row("Один", "Двое"), row("Трое", "Пятый")]), PRESSED)

    assert [[button.label for button in one] for one in part.buttons] == [["Один", "Двое"], ["Трое", "Пятый"]]
    more = shape(reply("Какая?", buttons=[row("1", "2"), row("3", "4", "5")]), PRESSED)
    assert not more[-1].buttons


def test_a_label_that_is_too_long_is_cut() -> None:
    (part,) = shape(reply("Какая?", buttons=[row("Вторая")]), PRESSED)

    assert part.buttons[0][0].label == "Втор…"


@pytest.mark.parametrize(
    ("rows", "most", "shown"),
    [
        ([2, 2], 2, [2, 2]),
        ([1, 1, 2], 2, [2, 2]),
        ([3, 1], 3, [2, 1, 1]),
        ([3, 1], 0, [2, 1, 1]),
        ([2, 2], 1, None),
    ],
    ids=["as they are", "filled up", "broken", "no limit", "not even so"],
)
def test_rows_keep_to_the_limits_of_the_messenger(rows: list[int], most: int, shown: list[int] | None) -> None:
    can = replace(PRESSED, max_row=2, max_rows=most)
    labels = iter("абвг")

    (part,) = shape(reply("Какая?", buttons=[row(*(next(labels) for _ in range(count))) for count in rows]), can)

    assert [len(one) for one in part.buttons] == (shown or [])
    assert ("Ответьте номером." in part.text) is (shown is None)


@pytest.mark.parametrize(("count", "opens"), [(5, True), (6, False)])
def test_a_list_holds_as_many_choices_as_it_may(count: int, opens: bool) -> None:
    can = replace(PRESSED, max_buttons=3, max_list=5)

    part = shape(reply("Какая?", buttons=[row(str(n)) for n in range(count)]), can)[-1]

    assert len(part.choices) == (count if opens else 0)


def test_a_list_opens_only_where_every_button_is_a_choice() -> None:
    can = replace(PRESSED, max_buttons=1, max_list=5, link_buttons=True)

    (part,) = shape(reply("Какая?", buttons=[row("Да"), [Button("Сайт", "", url="https://l.example")]]), can)

    assert part.choices == ()
    assert part.text == "Какая?\nСайт: https://l.example\n\n1. Да\nОтветьте номером."


@pytest.mark.parametrize("can", [PRESSED, replace(PRESSED, max_buttons=1, max_list=5)], ids=["buttons", "a list"])
def test_buttons_without_a_text_are_given_one(can: Capabilities) -> None:
    (part,) = shape(reply("", buttons=[row("Да", "Нет")]), can)

    assert part.text == "Выберите:"


def test_a_message_with_buttons_keeps_to_its_own_limit_and_the_others_to_theirs() -> None:
    can = replace(PRESSED, max_text_beside_buttons=14)
    long = "Первая книга. Вторая"

    assert [part.text for part in shape(reply(long, buttons=[row("Да")]), can)] == ["Первая книга.", "Вторая"]
    assert [part.text for part in shape(reply(long), can)] == [long], "nothing stands beside it"
    in_a_list = shape(reply(long, buttons=[row("Да", "Нет")]), replace(can, max_buttons=1, max_list=2))
    assert len(in_a_list) == 2


def test_a_choice_that_bears_its_number_is_not_numbered_twice() -> None:
    (part,) = shape(reply("Какая?", buttons=[row("1. Идиот"), row("2. Бесы")]), replace(PLAIN, max_text=200))

    assert part.text == "Какая?\n\n1. Идиот\n2. Бесы\nОтветьте номером."


def test_a_link_alone_asks_for_no_number_and_is_written_once() -> None:
    said = reply("Афиша", buttons=[[Button("Сайт", "", url="https://l.example")]])

    assert parts_of(said) == ["Афиша\nСайт: https://l.example"]
    (part,) = shape(said, replace(PRESSED, link_buttons=True))
    assert (part.text, part.buttons[0][0].url) == ("Афиша", "https://l.example")


def test_a_number_is_asked_for_only_where_a_button_can_hand_it_over() -> None:
    said = reply("Ваш номер?", buttons=[[Button("Номер", "phone", asks_phone=True)], row("Нет")])

    assert [len(shape(said, replace(PRESSED, phone_button=can))[-1].buttons) for can in (True, False)] == [2, 1]


def test_a_place_alone_is_a_message_without_words() -> None:
    place = Location(latitude=45.0, longitude=41.9, title="Клуб", address="дом 1")

    (part,) = shape(reply("", at=[place]), replace(PLAIN, locations=True))

    assert (part.text, part.attachments) == ("", (place,))


def test_numbered_choices_without_a_text_begin_with_the_first() -> None:
    assert parts_of(reply("", buttons=[row("Да", "Нет")])) == ["1. Да\n2. Нет\nОтветьте номером."]


def test_more_links_than_buttons_are_written_out_and_ask_for_no_number() -> None:
    links = [[Button(name, "", url=f"https://{name}.example")] for name in ("a", "b")]

    (part,) = shape(reply("Сайты", buttons=links), replace(PRESSED, max_buttons=1, link_buttons=True))

    assert part.text == "Сайты\na: https://a.example\nb: https://b.example"


def test_blanks_behind_a_full_message_are_no_message() -> None:
    assert parts("а" * 20 + " " * 25) == ["а" * 20]

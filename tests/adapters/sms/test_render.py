"""What a short message says, in how many parts, and what it costs."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sms.counting import fitted, parts, price
from adapters.sms.render import text_of
from adapters.sms.settings import SmsSettings
from bot.channels import Priced
from bot.language.translit import to_latin
from bot.messages import Button, Location, Reply, bold, link, reply
from tests.adapters.sms.support import ACCOUNTS, sms
from tests.support.clock import StandingClock

PLAIN = SmsSettings(**ACCOUNTS["smsru"])


def options(**more: object) -> SmsSettings:
    return SmsSettings.model_validate({**ACCOUNTS["smsru"], **more})


@pytest.mark.parametrize(
    ("text", "count", "is_unicode"),
    [
        ("", 1, False),
        ("a" * 160, 1, False),
        ("a" * 161, 2, False),
        ("a" * 306, 2, False),
        ("a" * 307, 3, False),
        ("я" * 70, 1, True),
        ("я" * 71, 2, True),
        ("я" * 134, 2, True),
        ("я" * 135, 3, True),
        ("€" * 80, 1, False),
        ("€" * 81, 2, False),
        ("a" * 152 + "€" * 4 + "a" * 150, 3, False),
        ("🙂" * 35, 1, True),
        ("🙂" * 36, 2, True),
        ("🙂" * 66, 2, True),
        ("🙂" * 67, 3, True),
    ],
)
def test_parts_are_counted_as_the_carrier_does(text: str, count: int, is_unicode: bool) -> None:
    counted = parts(text)

    assert (len(counted.pieces), counted.is_unicode) == (count, is_unicode)
    assert price(text, Decimal("5.49")) == count * Decimal("5.49")


@given(st.text(st.sampled_from("aя€🙂 {\n"), max_size=400))
def test_no_letter_is_parted_and_none_is_lost(text: str) -> None:
    counted = parts(text)

    assert "".join(counted.pieces) == text
    for piece in counted.pieces:
        if counted.is_unicode:
            assert len(piece.encode("utf-16-le")) // 2 <= (70 if len(counted.pieces) == 1 else 67)
        else:
            places = sum(2 if letter in "€{" else 1 for letter in piece)
            assert places <= (160 if len(counted.pieces) == 1 else 153)


@given(st.text(st.sampled_from("aя€🙂 "), max_size=400), st.integers(1, 4))
def test_no_message_is_longer_than_the_library_pays_for(text: str, most: int) -> None:
    said = fitted(text, most)

    assert len(parts(said).pieces) <= most
    assert said == text or said.endswith(("…", "..."))


def test_a_short_message_is_text_alone() -> None:
    said = reply(
        "Книга ", bold("«Обломов»"), " ждёт вас.\n\n", link("Подробнее", "https://library.example/1"),
        buttons=[[Button("Отменить", "cancel"), Button("Афиша", "", url="https://library.example/e")]],
        at=[Location(latitude=45, longitude=41.9, title="Библиотека", address="")],
    )  # fmt: skip

    assert text_of(said, PLAIN) == (
        "Книга «Обломов» ждёт вас.\nПодробнее (https://library.example/1)\nБиблиотека\n"
        "https://www.openstreetmap.org/?mlat=45.00000&mlon=41.90000\nАфиша: https://library.example/e"
    )


def test_choices_are_numbered_where_readers_can_answer() -> None:
    said = reply("Продлить?", buttons=[[Button("Да", "yes"), Button("Нет", "no")]])

    assert text_of(said, PLAIN) == "Продлить?"
    assert text_of(said, options(two_way=True)) == "Продлить?\n1. Да\n2. Нет\nОтветьте номером."


PLACE = Location(latitude=45.0448, longitude=41.9692, title="Центральная библиотека", address="ул. Ленина, 12")


def offered(*labels: str, text: str = "Где?", places: int = 0) -> Reply:
    buttons = [[Button(label, f"choice:{number}")] for number, label in enumerate(labels)]
    return reply(text, buttons=buttons, at=[PLACE] * places)


def test_a_map_goes_before_a_choice_does() -> None:
    labels = [f"Книга {number}" for number in range(1, 13)]

    said = text_of(offered(*labels, places=3), options(two_way=True))

    assert said.splitlines() == [
        "Где?",
        *["Центральная библиотека, ул. Ленина, 12"] * 3,
        *[f"{number}. Книга {number}" for number in range(1, 13)],
        "Ответьте номером.",
    ]


def test_a_long_text_is_cut_so_that_choices_links_and_places_stay() -> None:
    said = text_of(
        reply(
            "Слово о книгах. " * 60,
            buttons=[[Button("Да", "yes"), Button("Афиша", "", url="https://library.example/e")]],
            at=[PLACE],
        ),
        options(two_way=True),
    )

    assert re.fullmatch(r"(Слово о книгах\. ?)+.*…\n.*Ленина, 12\nАфиша: https://library.example/e\n1. Да\n.*", said)
    assert len(parts(said).pieces) == 5


def test_labels_are_cut_only_where_they_can_still_be_told_apart() -> None:
    ends_alike = [f"Том {number}, и ещё тридцать букв названия, чтобы было длинно" for number in range(1, 9)]
    begin_alike = [label[::-1] for label in ends_alike]

    assert "8. Том 8, и ещё тридцать б…\nОтветьте" in text_of(offered(*ends_alike), options(two_way=True))
    said = text_of(offered(*begin_alike), options(two_way=True))
    assert f"1. {begin_alike[0]}\n" in said
    assert said.endswith("Ответьте номером. Не поместилось вариантов: 4.")


@given(
    st.text(st.sampled_from("aя€🙂👨‍👩‍👧 .\n"), max_size=500),
    st.lists(st.text(st.sampled_from("aя🙂 _*"), min_size=1, max_size=60).filter(str.strip), max_size=40),
    st.integers(0, 3),
    st.integers(1, 5),
    st.booleans(),
)
def test_choices_are_all_there_or_counted_and_the_library_pays_for_no_more(
    text: str, labels: list[str], places: int, most: int, latin: bool
) -> None:
    can = options(two_way=True, max_parts=most, transliterate=latin)
    said = text_of(offered(*labels, text=text, places=places), can)

    assert len(parts(said).pieces) <= most
    numbers = [int(found) for found in re.findall(r"^(\d+)\. ", said, re.MULTILINE)]
    left_out = re.search(r"(?:вариантов|variantov): (\d+)\.$", said)
    if not said.endswith(("…", "...")):
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) + (int(left_out[1]) if left_out else 0) == len(labels)


@pytest.mark.parametrize(
    ("russian", "latin"),
    [
        ("Книга «Обломов» ждёт вас", 'Kniga "Oblomov" zhdet vas'),
        ("Щука, ЩУКА и объявление № 5…", "Shchuka, SHCHUKA i obyavlenie No. 5..."),
        ("ЦБ, Юлия", "TSB, Yuliya"),
        ("см. https://библиотека.рф/книга", "sm. https://библиотека.рф/книга"),
    ],
)
def test_russian_in_latin_letters(russian: str, latin: str) -> None:
    assert to_latin(russian) == latin


def test_latin_letters_halve_the_price() -> None:
    said = reply("Книга «Преступление и наказание» ждёт вас в центральной библиотеке до пятницы, 20 марта.")

    assert len(parts(text_of(said, PLAIN)).pieces) == 2
    assert len(parts(text_of(said, options(transliterate=True))).pieces) == 1


def test_the_price_is_known_before_sending(clock: StandingClock) -> None:
    channel = sms(clock, price_per_part="5.49")
    assert isinstance(channel, Priced)

    cost = channel.price(reply("я" * 135))
    assert (cost.parts, cost.total, cost.currency) == (3, Decimal("16.47"), "RUB")


def test_what_is_missing_is_named_and_no_secret_is_shown() -> None:
    with pytest.raises(ValueError, match="login, password: smsc needs it"):
        SmsSettings(provider="smsc")
    with pytest.raises(ValueError, match="secret: at least 16 characters") as refused:
        options(reports="callback", secret="short-one")
    assert "short-one" not in str(refused.value)

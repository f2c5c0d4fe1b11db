"""What is told of a book is put together once for all who ask in the same minute, and for nobody else."""

from datetime import timedelta

from bot.library.customs import live_in
from bot.messages import Reply
from bot.wording import in_language
from handlers.search import showing
from tests.support.fake_library import CENTRAL, CHILDREN, HOLIDAYS, FakeCatalogue, NoHolidays, at, moment

NOW = moment("2026-03-02")
BRANCHES = (CENTRAL, CHILDREN)


def test_the_same_book_is_told_alike_in_the_same_minute_only(catalogue: FakeCatalogue) -> None:
    book, other = (
        catalogue.holds(title, "Чехов А. П.", at(CENTRAL, 0, 1), at(CHILDREN, 1, 1)) for title in ("Каштанка", "Степь")
    )

    def told(**more: object) -> Reply:
        asked = {"work": book, "branches": BRANCHES, "moment": NOW, "holidays": HOLIDAYS, **more}
        return showing.card(**asked)  # type: ignore[arg-type]

    first = told()
    assert told(moment=NOW + timedelta(seconds=30)) is first

    with in_language("en"):
        english = told()
    different = [
        told(work=other),
        told(wanted=CENTRAL),
        told(before="Понял так: «каштанка»."),
        told(others=(other,)),
        english,
    ]
    assert len({reply.text + str(reply.buttons) for reply in (first, *different)}) == len(different) + 1
    for asked in ({"holidays": NoHolidays()}, {"branches": (CHILDREN,)}, {"wanted": CHILDREN}):
        assert told(**asked) is not first
    assert told() is first
    assert "завтра" in told(moment=NOW + timedelta(hours=12)).text


def test_who_can_wait_for_a_book_is_told_so(catalogue: FakeCatalogue) -> None:
    book = catalogue.holds("Каштанка", "Чехов А. П.", at(CENTRAL, 0, 1))

    labels = [
        [button.label for row in showing.card(book, BRANCHES, NOW, HOLIDAYS, holds=holds).buttons for button in row]
        for holds in (False, True)
    ]

    assert ("Забронировать" in labels[0], "Забронировать" in labels[1]) == (False, True)


def test_hours_are_told_as_the_country_tells_them(catalogue: FakeCatalogue) -> None:
    book = catalogue.holds("Каштанка", "Чехов А. П.", at(CENTRAL, 1, 1))
    with in_language("en"):
        said = []
        for country in ("GB", "US"):
            live_in(country)
            said.append(showing.card(book, BRANCHES, NOW, HOLIDAYS).text)
        live_in("RU")

    assert [" pm" in text for text in said] == [False, True]

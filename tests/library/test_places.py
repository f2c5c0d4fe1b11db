"""Which building a reader means."""

import pytest

from bot.language.folding import words
from bot.library.model import Branch
from bot.library.places import branch_behind, branch_key, find_branches, find_placed, main_branch, meant, words_beside

CENTRAL = Branch(code="ЦБ", name="Центральная библиотека", main=True, address="посёлок Заречный, улица Садовая, 12",
                 aliases=("АБ", "взрослая библиотека"))  # fmt: skip
CHILDREN = Branch(code="ДБ", name="Детская библиотека", children=True, address="посёлок Заречный, улица Школьная, 3")
FIRST = Branch(
    code="01", name="Сосновская сельская библиотека (филиал № 1)", address="село Сосновка, улица Центральная, 1"
)
SECOND = Branch(code="02", name="Берёзовская сельская библиотека (филиал № 2)", address="село Берёзовка, улица Мира, 7")
FOURTH = Branch(code="04", name="Городская библиотека имени Н. А. Некрасова (филиал № 4)", aliases=("Некрасовка",))
TWELFTH = Branch(
    code="12", name="Луговская сельская библиотека (филиал № 12)", address="деревня Луговая, улица Заречная, 8"
)
ALL = (CENTRAL, CHILDREN, FIRST, SECOND, FOURTH, TWELFTH)


@pytest.mark.parametrize(
    ("text", "branch"),
    [
        ("филиал 2", SECOND),
        ("во втором филиале", SECOND),
        ("второй филиал", SECOND),
        ("филиал №12", TWELFTH),
        ("в 4 филиале", FOURTH),
        ("фил. 4", FOURTH),
        ("branch 2", SECOND),
        ("в сосновской библиотеке", FIRST),
        ("в Сосновке", FIRST),
        ("адрес сосновки", FIRST),
        ("часы работы Сосновки", FIRST),
        ("Берёзовка", SECOND),
        ("березовская", SECOND),
        ("в некрасовке", FOURTH),
        ("библиотека имени Некрасова", FOURTH),
        ("на Школьной", CHILDREN),
        ("детская", CHILDREN),
        ("в детской библиотеке", CHILDREN),
        ("children's library", CHILDREN),
        ("центральная библиотека", CENTRAL),
        ("главная библиотека", CENTRAL),
        ("main library", CENTRAL),
        ("взрослая библиотека", CENTRAL),
    ],
)
def test_a_branch_is_known_by_number_name_place_or_kind(text: str, branch: Branch) -> None:
    assert find_branches(text, ALL) == (branch,)


@pytest.mark.parametrize(
    "text", ["", "каштанка", "библиотека", "до скольки вы работаете", "сельская библиотека", "12 стульев", "улица",
             "два капитана", "где вы находитесь", "сколько книг можно взять"],
)  # fmt: skip
def test_what_names_no_branch_names_none(text: str) -> None:
    assert find_branches(text, ALL) == ()


@pytest.mark.parametrize(
    "text", ["вы работаете 8 марта", "в день победы", "война и мир", "мир приключений", "победа", "на 8 марта открыты?",
             "садовая соль"],
)  # fmt: skip
def test_a_street_is_named_only_where_it_is_said_as_one(text: str) -> None:
    streets = ("село Ключи, улица 8 Марта, 1", "село Ключи, ул. Победы, 2", "село Ключи, улица Мира, 3",
               "село Ключи, улица Садовая, 4")  # fmt: skip
    there = [Branch(code=str(n), name="Библиотека", address=street) for n, street in enumerate(streets)]

    assert find_branches(text, there) == ()


@pytest.mark.parametrize("text", ["на улице 8 марта", "на улице Победы", "на Садовой", "ул Мира"])
def test_a_street_that_is_said_as_one_is_known(text: str) -> None:
    streets = ("село Ключи, улица 8 Марта, 1", "село Ключи, ул. Победы, 2", "село Ключи, улица Мира, 3",
               "село Ключи, улица Садовая, 4")  # fmt: skip
    there = [Branch(code=str(n), name="Библиотека", address=street) for n, street in enumerate(streets)]

    assert len(find_branches(text, there)) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("каштанка в библиотеке Некрасова", (FOURTH,)),
        ("каштанка в Сосновке", (FIRST,)),
        ("второй филиал каштанка", (SECOND,)),
        ("стихи Некрасова", ()),
        ("некрасов кому на руси жить хорошо", ()),
        ("сосновая ветка", ()),
    ],
)
def test_beside_a_title_a_branch_must_be_said_as_a_place(text: str, found: tuple[Branch, ...]) -> None:
    assert find_placed(words(text), ALL) == found


def test_a_name_that_fits_several_gives_them_all() -> None:
    other = Branch(code="20", name="Сосновская детская библиотека")

    assert set(find_branches("в сосновской", (*ALL, other))) == {FIRST, other}


def test_of_several_that_fit_the_one_named_more_exactly_wins() -> None:
    other = Branch(code="20", name="Сосновская детская библиотека")

    assert find_branches("сосновская детская библиотека", (*ALL, other)) == (other,)


@pytest.mark.parametrize(
    ("text", "branch", "beside"),
    [
        ("каштанка в сосновке", FIRST, ["каштанка"]),
        ("каштанка в сосновской библиотеке", FIRST, ["каштанка"]),
        ("мастер и маргарита филиал 2", SECOND, ["мастер", "маргарита"]),
        ("каштанка в детской", CHILDREN, ["каштанка"]),
        ("в центральной библиотеке", CENTRAL, []),
    ],
)
def test_the_words_beside_a_branch_are_the_title(text: str, branch: Branch, beside: list[str]) -> None:
    assert words_beside(text, branch) == beside


def test_who_names_none_means_the_main_one() -> None:
    assert meant("до скольки вы", ALL) == (CENTRAL,)
    assert meant("до скольки вы", (SECOND, FIRST)) == (SECOND,)
    assert meant("до скольки вы", ()) == ()


def test_without_a_main_branch_the_first_stands_for_it() -> None:
    assert main_branch((FIRST, SECOND)) == FIRST
    assert main_branch(()) is None


def test_a_button_carries_any_branch() -> None:
    long = Branch(code="Ставропольская ЦБС, отдел краеведения и редких книг", name="Отдел")

    assert branch_key("04") == "04"
    assert len(branch_key(long.code).encode()) <= 40
    assert branch_behind(branch_key(long.code), (*ALL, long)) == long
    assert branch_behind("нет такого", ALL) is None


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("opening hours of all branches", []),
        ("is the library open", []),
        ("which branch", []),
        ("do you have a children's library", ["EAST"]),
        ("main library hours", ["MAIN"]),
        ("the east branch", ["EAST"]),
        ("where is Oak Hill", ["OAK"]),
        ("the branch in Mill Road", ["EAST"]),
    ],
)
def test_library_and_branch_are_no_names_in_english_either(said: str, codes: list[str]) -> None:
    branches = (
        Branch(code="MAIN", name="Main Library", main=True, address="12 Market Square"),
        Branch(code="EAST", name="East Branch", children=True, address="301 Mill Road"),
        Branch(code="OAK", name="Oak Hill Public Library", address="9 Oak Street"),
    )

    assert [branch.code for branch in find_branches(said, branches)] == codes

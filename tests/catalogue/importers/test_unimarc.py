"""UNIMARC and RUSMARC records as the catalogue keeps them."""

from pathlib import Path

import pytest

from bot.library.model import ItemStatus, Kind
from bot.library.records import RecordData
from tests.catalogue.importers.support import DATA, read, written
from tests.support.iso2709 import LEADER, Subfields, build_record, control, field


@pytest.fixture
def catalogued(tmp_path: Path) -> "Catalogued":
    return Catalogued(tmp_path)


class Catalogued:
    """Reads one RUSMARC record, made of the fields that matter to a test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *fields: tuple[str, str], leader: str = LEADER, charset: str = "utf-8") -> RecordData:
        whole = [control("001", "RU/1"), *fields, field("801", [("a", "RU")], " 0")]
        if not any(tag == "200" for tag, _ in fields):
            whole.insert(1, field("200", [("a", "Каштанка")], "1 "))
        return read(written(self._folder / "one.mrc", build_record(whole, charset, leader=leader)), charset)[0]


def test_a_book_in_full(catalogued: Catalogued) -> None:
    record = catalogued(
        field("010", [("a", "978-5-389-04926-0"), ("b", "в пер."), ("d", "250.00"), ("9", "5000 экз.")]),
        field("100", [("a", "20130101d2013    c  y0rusy50      ca")]),
        field("101", [("a", "rus"), ("a", "eng"), ("c", "eng")], "1 "),
        field(
            "200",
            [("a", "Остров сокровищ"), ("e", "роман"), ("e", "[12+]"), ("f", "Р. Л. Стивенсон"), ("g", "пер. с англ.")],
            "1 ",
        ),
        field("205", [("a", "2-е изд.")]),
        field("210", [("a", "[М.]"), ("c", "Азбука"), ("d", "cop. 2013")]),
        field("215", [("a", "352 с."), ("c", "ил.")]),
        field("225", [("a", "Классика"), ("i", "Детям"), ("v", "7")], "1 "),
        field("300", [("a", "Печатается по изданию 1935 г.")]),
        field("330", [("a", "Карта, корабль и одноногий повар.")]),
        field("606", [("a", "Пираты"), ("x", "Художественная литература")]),
        field("608", [("a", "Приключения")]),
        field("610", [("a", "клады"), ("a", "острова")], "0 "),
        field("675", [("a", "821.111")]),
        field("686", [("a", "84(4Вел)"), ("2", "rubbk")]),
        field("700", [("a", "Стивенсон"), ("b", "Р. Л."), ("g", "Роберт Луис")], " 1"),
        field("702", [("a", "Чуковский"), ("b", "Н. К."), ("4", "730")], " 1"),
        field("856", [("u", "https://example.org/ostrov")], "4 "),
    )  # fmt: skip

    assert record == RecordData(
        source_id="RU/1",
        title="Остров сокровищ",
        subtitle="роман; [12+]",
        responsibility="Р. Л. Стивенсон; пер. с англ.",
        author="Стивенсон Р. Л.",
        authors=("Стивенсон Р. Л.",),
        contributors=("Чуковский Н. К.",),
        edition="2-е изд.",
        place="М.",
        publisher="Азбука",
        year=2013,
        extent="352 с.",
        isbns=("9785389049260",),
        series=(("Классика. Детям", "7"),),
        languages=("rus", "eng"),
        subjects=("Пираты — Художественная литература",),
        genres=("Приключения",),
        keywords=("клады", "острова"),
        udc="821.111",
        bbk="84(4Вел)",
        annotation="Карта, корабль и одноногий повар.",
        url="https://example.org/ostrov",
        audience="5–10",
        age_mark=12,
        items_unknown=True,
    )


def test_a_volume_knows_its_set_from_the_embedded_field(catalogued: Catalogued) -> None:
    record = catalogued(
        field("200", [("a", "Вып. 13.")], "0 "),
        field("461", [("1", r"001RU\NLR\bibl\5996"), ("1", "2001 "), ("a", "Задачи и этюды"), ("v", "Вып. 13")], " 0"),
    )

    assert (record.title, record.part_number) == ("Вып. 13", "Вып. 13")
    assert (record.parent_id, record.parent_title) == (r"RU\NLR\bibl\5996", "Задачи и этюды")


def test_a_volume_knows_its_set_from_standard_subfields(catalogued: Catalogued) -> None:
    record = catalogued(
        field("200", [("a", "Преступление и наказание")], "1 "),
        field("461", [("3", "77"), ("t", "Собрание сочинений"), ("v", "Т. 5")], " 0"),
    )

    assert (record.title, record.part_number) == ("Преступление и наказание", "Т. 5")
    assert (record.parent_id, record.parent_title) == ("77", "Собрание сочинений")


def test_a_volume_without_a_title_of_its_own_is_called_by_its_number(catalogued: Catalogued) -> None:
    record = catalogued(
        field("200", [("h", "Ч. 2")], "1 "), field("461", [("1", "2001 "), ("a", "Управление банком")], " 0")
    )

    assert (record.title, record.part_number, record.parent_title) == ("Ч. 2", "Ч. 2", "Управление банком")


def test_a_part_that_stands_before_the_title_is_no_title(catalogued: Catalogued) -> None:
    record = catalogued(field("200", [("a", "Ч.1."), ("a", "Здесь должен быть попугай")], "1 "))

    assert (record.title, record.part_number) == ("Здесь должен быть попугай", "Ч.1")


def test_works_of_one_author_under_one_cover_are_both_in_the_title(catalogued: Catalogued) -> None:
    record = catalogued(field("200", [("a", "Руслан и Людмила"), ("a", "Полтава")], "1 "))

    assert record.title == "Руслан и Людмила; Полтава"


def test_an_article_names_its_journal_and_has_no_copies(catalogued: Catalogued) -> None:
    record = catalogued(
        field("200", [("a", "Манга небесная")], "1 "),
        field("461", [("1", "2001 "), ("a", "Смена")], " 0"),
        field("463", [("1", "2001 "), ("a", "N 1"), ("v", "С. 5-10"), ("1", "210  "), ("d", "2009")], " 0"),
        field("899", [("a", "ЦГБ"), ("j", "С 50"), ("p", "123")]),
        leader="     naa2 22     3i 450 ",
    )

    assert (record.kind, record.parent_title, record.year) == (Kind.ARTICLE, "Смена. N 1", 2009)
    assert (record.items, record.part_number) == ((), "")


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ("am", Kind.BOOK),
        ("as", Kind.SERIAL),
        ("cm", Kind.MUSIC),
        ("em", Kind.MAP),
        ("gm", Kind.VIDEO),
        ("jm", Kind.AUDIO),
        ("lm", Kind.ELECTRONIC),
        ("??", Kind.BOOK),
    ],
)
def test_the_leader_tells_the_kind(catalogued: Catalogued, codes: str, kind: Kind) -> None:
    assert catalogued(leader=f"     n{codes}0 22     3i 450 ").kind is kind


def test_only_a_librarys_name_means_that_copies_are_unknown(catalogued: Catalogued) -> None:
    record = catalogued(field("899", [("a", "РГБ")]), field("899", [("a", "ГПИБ")]))

    assert (record.items, record.items_unknown) == ((), True)


def test_copies_in_899_have_branch_shelf_mark_and_number(catalogued: Catalogued) -> None:
    record = catalogued(
        field("899", [("a", "Филиал 3"), ("c", "Абонемент"), ("j", "84 Ч-56"), ("p", "10045")]),
        field("899", [("a", "Филиал 4"), ("j", "84 Ч-56"), ("t", "3")]),
    )

    first, lump = record.items
    assert (first.branch, first.location, first.call_number) == ("Филиал 3", "Абонемент", "84 Ч-56")
    assert (first.inventory_number, first.copies, lump.copies) == ("10045", 1, 3)
    assert not record.items_unknown
    assert record.call_number == "84 Ч-56"


def test_copies_in_852_are_one_each(catalogued: Catalogued) -> None:
    record = catalogued(
        field("852", [("a", "РГБ"), ("b", "FB"), ("j", "S 9/149"), ("n", "771")]),
        field("852", [("a", "РГБ"), ("b", "MK"), ("j", "МК")]),
    )

    assert [(copy.location, copy.call_number, copy.inventory_number) for copy in record.items] == [
        ("FB", "S 9/149", "771"),
        ("MK", "МК", ""),
    ]


def test_megapro_keeps_class_and_author_mark_in_a_field_of_its_own(catalogued: Catalogued) -> None:
    local = field("090", [("a", "84(2Рос=Рус)6"), ("x", "Б 90")])

    assert (catalogued(local).bbk, catalogued(local).call_number) == ("84(2Рос=Рус)6", "84(2Рос=Рус)6 Б 90")
    assert catalogued(field("090", [("a", "84(2)")])).call_number == ""
    assert catalogued(local, field("899", [("j", "И 11")])).call_number == "И 11"


def test_copies_in_995_as_koha_writes_them(catalogued: Catalogued) -> None:
    record = catalogued(
        field(
            "995",
            [("b", "ЦГБ"), ("c", "Ф2"), ("e", "Зал"), ("f", "300123"), ("j", "8871"), ("k", "84 Ч-56"), ("o", "0")],
        ),
        field("995", [("b", "ЦГБ"), ("c", "Ф2"), ("f", "300124"), ("o", "2"), ("n", "2026-04-01")]),
        field("995", [("b", "ЦГБ"), ("c", "Ф2"), ("f", "300125"), ("o", "9")]),
    )  # fmt: skip

    first, second, third = record.items
    assert (first.branch, first.location, first.call_number) == ("Ф2", "Зал", "84 Ч-56")
    assert (first.barcode, first.inventory_number, first.status) == ("300123", "8871", ItemStatus.AVAILABLE)
    assert (second.status, str(second.due_on)) == (ItemStatus.ON_LOAN, "2026-04-01")
    assert (third.status, record.warnings) == (ItemStatus.UNKNOWN, ("unknown_status",))


@pytest.mark.parametrize(
    ("where", "code"), [("200", "e"), ("300", "a"), ("333", "a")], ids=["title", "note", "audience"]
)
def test_an_age_mark_is_found_wherever_it_stands(catalogued: Catalogued, where: str, code: str) -> None:
    title: Subfields = [("a", "Каштанка"), *([(code, "[16+]")] if where == "200" else [])]
    fields = [field("200", title, "1 ")]
    if where != "200":
        fields.append(field(where, [(code, "Для читателей 16+")]))

    assert catalogued(*fields).age_mark == 16


def test_no_age_mark_is_not_for_everybody(catalogued: Catalogued) -> None:
    assert catalogued(field("300", [("a", "Тираж 0 экз., 12 таблиц")])).age_mark is None


def test_a_price_without_an_isbn_is_no_isbn_and_a_wrong_one_is_kept_aside(catalogued: Catalogued) -> None:
    record = catalogued(
        field("010", [("d", "700")]),
        field("010", [("a", "5-222-00034-7")]),
        field("010", [("z", "5-9777007-7-1")]),
        field("010", [("a", "5-222-00034-6 (в пер.)")]),
    )

    assert record.isbns == ("9785222000342",)
    assert record.isbn_raw == "5-222-00034-7; 5-9777007-7-1"


def test_a_name_in_other_letters_is_not_a_second_author(catalogued: Catalogued) -> None:
    record = catalogued(
        field("700", [("6", "z01700"), ("a", "Караччоли"), ("b", "Л.А.")], " 1"),
        field("700", [("6", "z01700"), ("7", "ba"), ("a", "Caraccioli"), ("b", "L.A.")], " 1"),
        field("701", [("a", "Второй"), ("b", "В.")], " 1"),
        field("702", [("a", "Третий"), ("b", "Т."), ("4", "070")], " 1"),
        field("710", [("a", "Московский университет")], "02"),
    )

    assert record.authors == ("Караччоли Л.А.", "Второй В.", "Третий Т.", "Московский университет")


@pytest.mark.parametrize(
    ("subtitle", "grade"),
    [
        ("учебник для 5 класса", "5"),
        ("11 кл.", "11"),
        ("5-й класс", "5"),
        ("для 5-7 классов", ""),
        ("первоклассный выбор", ""),
        ("12 класс", ""),
    ],
)
def test_a_textbook_knows_its_class(catalogued: Catalogued, subtitle: str, grade: str) -> None:
    assert catalogued(field("200", [("a", "Русский язык"), ("e", subtitle)], "1 ")).grade == grade


def test_articles_that_are_not_sorted_are_shown_without_their_marks() -> None:
    (record,) = read(DATA / "marc" / "pymarc_unimarc_utf8.dat")

    assert record.title == "L'altra faccia della spirale"
    assert (record.author, record.items_unknown) == ("Asimov, Isaac", True)


@pytest.mark.parametrize(
    ("told", "title"),
    [
        (field("454", [("1", "2001 "), ("a", "The shining")], " 1"), "The shining"),
        (field("454", [("t", "The shining")], " 1"), "The shining"),
        (field("500", [("a", "Shining")], "10"), "Shining"),
        (field("300", [("a", "Загл. ориг.: The shining")]), "The shining"),
        (field("510", [("a", "War and peace"), ("z", "eng")], "1 "), "War and peace"),
        (field("541", [("a", "War and peace")], "1 "), "War and peace"),
        (field("500", [("a", "Сочинения")], "10"), ""),
    ],
)
def test_the_original_of_a_translation_is_kept(catalogued: Catalogued, told: tuple[str, str], title: str) -> None:
    assert catalogued(told).original_title == title


def test_a_title_in_another_language_behind_the_title_is_kept(catalogued: Catalogued) -> None:
    told = field("200", [("a", "Война и мир"), ("d", "War and peace"), ("f", "Л. Толстой")], "1 ")
    assert (catalogued(told).title, catalogued(told).original_title) == ("Война и мир", "War and peace")

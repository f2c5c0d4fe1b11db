"""Which column of an inventory is which, by its heading: every library words its own.

Source of the words: the forms of Russian inventory books, exports of lending programs.
"""

import re
from collections.abc import Sequence
from dataclasses import field
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz, process

from bot.language.folding import fold
from bot.quick import dataclass, replace
from catalogue.importers.tables.authors import are_opened_by_people


class Column(StrEnum):
    """What a column tells."""

    ID = "id"
    INVENTORY = "inventory"
    BARCODE = "barcode"
    AUTHOR = "author"
    TITLE = "title"
    AUTHOR_TITLE = "author_title"
    SUBTITLE = "subtitle"
    PART = "part"
    YEAR = "year"
    PUBLISHER = "publisher"
    PLACE = "place"
    PAGES = "pages"
    ISBN = "isbn"
    ISSN = "issn"
    SERIES = "series"
    ORIGINAL = "original"
    GENRE = "genre"
    SUBJECT = "subject"
    KEYWORDS = "keywords"
    LANGUAGE = "language"
    KIND = "kind"
    AGE = "age"
    GRADE = "grade"
    ANNOTATION = "annotation"
    URL = "url"
    BBK = "bbk"
    UDC = "udc"
    CALL_NUMBER = "call_number"
    BRANCH = "branch"
    LOCATION = "location"
    STATUS = "status"
    DUE = "due"
    COPIES = "copies"
    AVAILABLE = "available"
    ISSUED = "issued"
    HOLDER = "holder"
    ACT = "act"
    NOTE = "note"


OF_COPIES = frozenset(
    {
        Column.INVENTORY, Column.BARCODE, Column.BRANCH, Column.LOCATION, Column.STATUS, Column.COPIES,
        Column.AVAILABLE, Column.ISSUED, Column.HOLDER, Column.ACT, Column.DUE,
    }
)  # fmt: skip
"""Columns that speak of copies: a table without any of them says nothing of what is on the shelves."""
EXPECTED = (
    "Заглавие (or Автор и заглавие), Автор, Год, ISBN, Инв. №, Филиал, Кол-во экз., Статус, … "
    "or Title, Author, Year, ISBN, Barcode, Branch, Copies, Status, …"
)

HEADINGS: dict[Column, str] = {
    Column.ID: "id|record id|код|код записи|номер записи|ид|идентификатор|id книги|код книги|book id|system number|mfn|"
    "bib id|bib number|biblionumber|record number|control number|bib record id",
    Column.INVENTORY: "инв|инв номер|инв n|инв no|инвентарный|инвентарный номер|инвентарный n|инвентарные номера|"
    "инв номера|n инв|номер инв|инвентарный номер экземпляра|inventory|inventory number|inventory no|inv no|"
    "accession number|accession no|accession|учетный номер|номер экземпляра",
    Column.BARCODE: "штрихкод|штрих код|шк|barcode|rfid|метка|радиометка|номер метки|"
    "item barcode|copy barcode|barcode number",
    Column.AUTHOR: "автор|авторы|author|authors|автор ы|фамилия автора|фио автора|автор произведения|writer|"
    "main author|author name|creator|авт",
    Column.TITLE: "заглавие|название|наименование|title|название книги|наименование книги|заглавие книги|книга|"
    "book title|название издания|наименование издания|произведение|название произведения|наименование документа|"
    "заглавие документа|основное заглавие|title proper|item title|main title|загл|назв|наим|"
    "наименование литературы|название литературы|учебник|учебники|название учебника|наименование учебника|"
    "учебная литература|наименование учебной литературы",
    Column.AUTHOR_TITLE: "автор и заглавие|автор и название|автор название|автор заглавие|автор и наименование|"
    "автор и заглавие книги|автор и название книги|название и автор|краткое описание|библиографическое описание|"
    "автор наименование|наименование автор|название автор|заглавие автор|наименование и автор|заглавие и автор|"
    "автор заглавие издания|описание издания|библиографическая запись",
    Column.SUBTITLE: "подзаголовок|сведения относящиеся к заглавию|подзаголовочные данные|subtitle",
    Column.PART: "том|часть|номер тома|том часть|выпуск|номер выпуска|volume|vol|part|том выпуск|n тома",
    Column.YEAR: "год|год издания|год изд|г изд|год выпуска|year|publication year|год публикации|дата издания|"
    "место и год издания|год и место издания|original publication year|publication date|pub date|pub year|"
    "year published|year of publication|date of publication|copyright|copyright date|date published",
    Column.PUBLISHER: "издательство|изд во|издатель|publisher|изд",
    Column.PLACE: "место издания|город|город издания|place",
    Column.PAGES: "объем|страниц|кол во страниц|количество страниц|число страниц|стр|pages|страницы",
    Column.ISBN: "isbn|исбн|isbn 13|isbn13|isbn 10|isbn issn|international standard book number",
    Column.ISSN: "issn",
    Column.ORIGINAL: "оригинальное название|название оригинала|заглавие оригинала|original title",
    Column.SERIES: "серия|series|книжная серия|название серии|цикл|series title|series name",
    Column.GENRE: "жанр|жанры|genre|genres|вид литературы|категория|category",
    Column.SUBJECT: "тема|тематика|рубрика|предметная рубрика|subject|subjects|предмет",
    Column.KEYWORDS: "ключевые слова|keywords|теги|tags",
    Column.LANGUAGE: "язык|язык издания|language|language code",
    Column.KIND: "вид документа|тип документа|вид издания|тип издания|вид|тип|носитель|format|material type|item type",
    Column.AGE: "возраст|возрастное ограничение|возрастная маркировка|возрастная категория|знак|маркировка|"
    "age|age mark|age rating",
    Column.GRADE: "класс|классы|grade|кл|для класса",
    Column.ANNOTATION: "аннотация|описание|annotation|description|summary|содержание",
    Column.URL: "ссылка|url|link|адрес в интернете|электронная версия",
    Column.BBK: "ббк|отдел|ббк отдел|отдел ббк|индекс ббк|bbk|раздел|индекс",
    Column.UDC: "удк|индекс удк|udc",
    Column.CALL_NUMBER: "полочный шифр|шифр|полочный индекс|расстановочный шифр|шифр хранения|"
    "call number|callnumber|call no|"
    "shelf mark|shelfmark|shelf|шифр издания|шифр документа|полка|полный шифр",
    Column.BRANCH: "филиал|библиотека|филиал библиотека|библиотека филиал|подразделение|структурное подразделение|"
    "branch|library|фил|номер филиала|n филиала|код филиала|фонд филиала|сигла|сиглы|держатель|"
    "branch name|library name|home branch|home library|owning library|owning branch|holding library|holding branch|"
    "current library|current branch",
    Column.LOCATION: "место хранения|мхр|местонахождение|местоположение|хранение|фонд|кафедра|location|где находится|"
    "collection|зал|shelving location|shelf location|item location|sublocation",
    Column.STATUS: "статус|состояние|статус экземпляра|состояние экземпляра|status|наличие|availability|"
    "item status|copy status|circulation status|отметка о выдаче|отметки о выдаче|сведения о выдаче|выдача",
    Column.DUE: "срок возврата|дата возврата|вернуть до|срок|due|due date|возврат до|выдана до|на руках до|"
    "date due",
    Column.COPIES: "количество|кол во|количество экземпляров|кол во экземпляров|кол во экз|экз|экземпляров|экземпляры|"
    "количество экз|число экземпляров|число экз|всего экз|всего экземпляров|copies|quantity|qty|count|кол экз|"
    "кол во экземп|количество книг|кол во книг|штук|шт|всего|кол|к во|колво|"
    "кол во шт|количество шт|кол шт|количество штук|"
    "number of copies|no of copies|total copies|copy count",
    Column.AVAILABLE: "в наличии|доступно|свободно|на полке|в наличии экз|свободных|available|"
    "copies available|available copies|copies in|"
    "доступно экз|остаток|в наличии шт",
    Column.ISSUED: "выдано|на руках|выдано экз|issued|on loan|checked out|у читателей",
    Column.HOLDER: "кому выдана|кому выдано|кому выдан|кому выдали|у кого|у кого на руках|на руках у|выдана|выдан",
    Column.ACT: "акт|акт выбытия|n акта|номер акта|n акта выбытия|номер акта выбытия|акт списания|n акта списания|"
    "номер акта списания|списано|выбытие|отметка о выбытии|номер и дата акта выбытия|дата и номер акта выбытия|"
    "n и дата акта выбытия|дата и n акта выбытия|дата списания|дата выбытия|акт о списании|акт о выбытии|"
    "сведения о выбытии|withdrawn",
    Column.NOTE: "примечание|примечания|отметки|комментарий|note|notes|remark|remarks|отметка|прим",
}  # fmt: skip
_BY_HEADING = {fold(heading): column for column, headings in HEADINGS.items() for heading in headings.split("|")}
_SURE_OPENERS = tuple(
    sorted(
        (fold(word) for word in ("автор и заглавие", "автор и название", "автор", "фио автора", "ф и о автора",
         "заглавие", "название",
         "наименование", "издательство", "isbn", "жанр", "серия", "филиал", "инвентарный номер", "инв", "штрихкод",
         "количество экземпляров", "кол во экз", "год издания", "срок возврата", "место хранения", "статус",
         "примечание", "номер акта", "акт")),
        key=len, reverse=True,
    )
)  # fmt: skip
"""A heading that opens with one of these means it, whatever follows: «Автор (фамилия, инициалы)»."""
_NOT_OURS = frozenset(
    fold(heading)
    for heading in (
        "п/п", "№ п/п", "№", "номер", "n", "цена", "цена, руб.", "стоимость", "сумма", "дата записи", "дата", "source",
        "дата поступления", "дата выдачи", "читатель", "фио", "фио читателя", "фамилия", "телефон", "билет", "№ билета",
        "№ формуляра", "источник поступления", "ксу", "№ ксу", "№ записи в ксу", "проверка", "отметки о проверке",
        "год рождения", "название организации", "автор записи", "авторский знак", "название файла",
    )
)  # fmt: skip
"""Headings that are known and say nothing about books, or nothing that a bot may know."""
_OF_ROWS = frozenset(map(fold, ("п/п", "n п/п", "n", "порядковый номер")))
OF_READERS = frozenset(
    fold(heading)
    for heading in (
        "читатель", "фио читателя", "фио", "№ билета", "номер билета", "читательский билет", "№ формуляра", "телефон",
        "дата рождения", "дата выдачи", "паспорт", "адрес читателя", "reader", "patron", "card number", "phone",
    )
)  # fmt: skip
"""Headings of lists of readers and loans: two of them, and the table is none of books."""
_ALSO_VALUES = frozenset({"книга", "произведение", "учебник"})
"""Words that head a column of titles and fill a column of kinds: alone they make no header."""
_AUTHOR_WITHIN = re.compile(r"\bавтор(?:ы|а|ов)?\b")
_TITLE_WITHIN = re.compile(r"\b(?:загл|назв|наимен)")
_OF_BRANCHES = frozenset({"филиал"})
"""«Филиал № 3» over numbers tells how many are there, and not where a copy is."""
_SHORTENED = re.compile(r"[а-яё]+(?:-[а-яё]{1,4}(?![а-яё]))?\.?")
_FEWEST_LETTERS = 3
_AGE_SIGN = re.compile(r"\d{1,2}\s?\+")
_TYPOS = 90.0
_LONG_ENOUGH = 6
_MAX_HEADING = 80
HEADER_WITHIN = 20
"""Rows in which a header is looked for: above it stand the library's name and «Инвентарная книга»."""


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header.

    Attributes:
        columns: Place of each column, from 0.
        rows: How many rows stand before the first row of data.
        width: Places that the header has, empty headings at the end left out.
        headings: What stands in it, as it stands.
        again: Further places under the very same heading: they speak where the first one says nothing.
        beside: The columns of further tables that stand to the right of the first one under the same headings.
    """

    columns: dict[Column, int]
    rows: int
    width: int
    headings: tuple[str, ...]
    again: dict[Column, tuple[int, ...]] = field(default_factory=dict)
    beside: tuple[dict[Column, int], ...] = ()

    @property
    def of_readers(self) -> bool:
        """Whether this is a list of readers or of their loans."""
        return sum(fold(heading) in OF_READERS for heading in self.headings) >= 2

    @property
    def numbers_rows(self) -> bool:
        """Whether every book has a number in it, its own or the row's."""
        return Column.INVENTORY in self.columns or any(_folded(heading) in _OF_ROWS for heading in self.headings)

    @property
    def knows_copies(self) -> bool:
        """Whether the table says anything of copies."""
        return not OF_COPIES.isdisjoint(self.columns)


def in_one_house(header: Header) -> Header:
    """For a library that has one branch: where a copy is kept is a shelf or a room of it («аб.», «ч/з»)."""
    place = header.columns.get(Column.BRANCH)
    if place is None or column_of(header.headings[place]) is not Column.LOCATION:
        return header
    columns: dict[Column, int] = {
        Column.LOCATION if column is Column.BRANCH else column: at for column, at in header.columns.items()
    }
    return replace(header, columns=columns)


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The header among the first rows: the row, or pair of rows, with most known headings and a title among them."""
    best: Header | None = None
    for at in range(min(len(rows), HEADER_WITHIN)):
        for height in (1, 2):
            if at + height > len(rows):
                continue
            header = _read_header(rows[at : at + height], at + height)
            if header is not None and (best is None or len(header.columns) > len(best.columns)):
                best = header
    return best and _with_authors_within(best, rows)


def _with_authors_within(header: Header, rows: Sequence[Sequence[str]]) -> Header:
    """A column of titles beside which there is none of authors may hold both: its first cells tell."""
    place = header.columns.get(Column.TITLE)
    if place is None or Column.AUTHOR in header.columns or Column.AUTHOR_TITLE in header.columns:
        return header
    if not are_opened_by_people([row[place] for row in rows[header.rows :] if place < len(row) and row[place]]):
        return header
    columns: dict[Column, int] = {
        Column.AUTHOR_TITLE if column is Column.TITLE else column: at for column, at in header.columns.items()
    }
    return replace(header, columns=columns)


def _beside(columns: dict[Column, int], again: dict[Column, tuple[int, ...]]) -> tuple[dict[Column, int], ...]:
    """Tables that stand side by side: authors and titles come again, each time to the right of all before."""
    found: list[dict[Column, int]] = []
    last = max(columns[column] for column in again) if {Column.AUTHOR, Column.TITLE} <= again.keys() else -1
    for at in range(len(again[Column.TITLE]) if last >= 0 else 0):
        table = {column: places[at] for column, places in again.items() if at < len(places)}
        if Column.AUTHOR not in table or min(table.values()) <= last:
            return ()
        last = max(table.values())
        found.append(table)
    return tuple(found)


def headings_of(rows: Sequence[Sequence[str]]) -> list[str]:
    """What looks most like a header, to tell a person what was found: the first row with most words."""
    filled = [[cell for cell in row if cell] for row in rows[:HEADER_WITHIN]]
    return max(filled, key=len, default=[])


def _folded(heading: str) -> str:
    return fold(heading.replace("№№", "№").replace("№", " n ").replace("N°", " n "))


def _abbreviated(heading: str) -> Column | None:
    """«Наименов. книги», «Год изд-я», «Кол-во экз-ров»: the column whose words are shortened so; None where several."""
    said = _SHORTENED.findall(heading.lower())
    if not any("-" in word or word.endswith(".") for word in said):
        return None
    meant = {column for known, column in _BY_HEADING.items() if _stands_for(said, known.split())}
    ours = not any(_stands_for(said, known.split()) for known in _NOT_OURS)
    return meant.pop() if ours and len(meant) == 1 else None


def _stands_for(said: Sequence[str], known: Sequence[str]) -> bool:
    return len(said) == len(known) and all(map(_shortens, said, known))


def _shortens(word: str, whole: str) -> bool:
    begin, hyphen, end = word.rstrip(".").partition("-")
    if word in {begin, whole}:
        return word == whole
    return len(begin) >= _FEWEST_LETTERS and whole.startswith(begin) and (whole.endswith(end) if hyphen else True)


@lru_cache(maxsize=1024)
def column_of(heading: str) -> Column | None:
    """What a heading means; None where nobody knows."""
    folded = _folded(heading)
    if not folded or len(folded) > _MAX_HEADING or fold(heading) in _NOT_OURS or folded in _NOT_OURS:
        return None
    if folded in _BY_HEADING:
        return _BY_HEADING[folded]
    if _AGE_SIGN.fullmatch(heading.strip()):
        return Column.AGE
    if _AUTHOR_WITHIN.search(folded) and _TITLE_WITHIN.search(folded):
        return Column.AUTHOR_TITLE
    return _abbreviated(heading) or _by_its_opening(folded)


def _by_its_opening(folded: str) -> Column | None:
    """What a heading begins with, else what it is a misspelling of."""
    opener = next((opener for opener in _SURE_OPENERS if folded.startswith(opener + " ")), "")
    if opener:
        return None if opener in _OF_BRANCHES and any(map(str.isdigit, folded)) else _BY_HEADING[opener]
    if len(folded) < _LONG_ENOUGH:
        return None
    near = process.extractOne(folded, _BY_HEADING.keys(), scorer=fuzz.ratio, score_cutoff=_TYPOS)
    return _BY_HEADING[near[0]] if near else None


def _read_header(rows: Sequence[Sequence[str]], end: int) -> Header | None:
    width = max((place + 1 for row in rows for place, cell in enumerate(row) if cell), default=0)
    columns: dict[Column, int] = {}
    headings: list[str] = []
    again: dict[Column, tuple[int, ...]] = {}
    for place in range(width):
        stack = [row[place] for row in rows if place < len(row) and row[place]]
        headings.append(" ".join(stack))
        column = _of_stack(stack)
        if column is None:
            continue
        first = columns.setdefault(column, place)
        if first != place and fold(headings[first]) == fold(headings[place]):
            again[column] = (*again.get(column, ()), place)
    if Column.TITLE not in columns and Column.AUTHOR_TITLE not in columns:
        return None
    if len(rows) > 1 and not _continues(rows):
        return None
    if len(columns) == 1 < width and fold(headings[next(iter(columns.values()))]) in _ALSO_VALUES:
        return None
    if Column.LOCATION in columns and Column.BRANCH not in columns:
        columns[Column.BRANCH] = columns.pop(Column.LOCATION)
    beside = _beside(columns, again)
    again = {} if beside else again
    return Header(columns=columns, rows=end, width=width, headings=tuple(headings), again=again, beside=beside)


def _of_stack(stack: Sequence[str]) -> Column | None:
    """The meaning of a heading of one or two storeys: the lower one says more."""
    for text in (*reversed(stack), " ".join(stack)):
        column = column_of(text)
        if column is not None:
            return column
    return None


def _continues(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the second row is a header as well: it must bring headings of its own and nothing but headings."""
    below = [cell for cell in rows[1] if cell]
    known = sum(column_of(cell) is not None or fold(cell) in _NOT_OURS for cell in below)
    return bool(below) and known * 2 >= len(below) and known > 0

"""Which column of a list of readers or of loans is which. Source of the words: exports of programs."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from bot.language.folding import fold
from bot.quick import dataclass
from catalogue.importers.tables.columns import HEADINGS
from catalogue.importers.tables.columns import Column as OfBooks

HEADER_WITHIN = 20
"""Rows in which a header is looked for: above it stand the library's name and «Список читателей»."""


class Column(StrEnum):
    """What a column tells."""

    CARD = "card"
    NAME = "name"
    SURNAME = "surname"
    GIVEN_NAME = "given_name"
    PATRONYMIC = "patronymic"
    BIRTH_DATE = "birth_date"
    PHONE = "phone"
    EMAIL = "email"
    CATEGORY = "category"
    BRANCH = "branch"
    VALID_UNTIL = "valid_until"
    REGISTERED = "registered"
    BLOCKED = "blocked"
    RIGHT = "right"
    DEBT = "debt"
    INVENTORY = "inventory"
    ISBN = "isbn"
    BARCODE = "barcode"
    TITLE = "title"
    AUTHOR = "author"
    AUTHOR_TITLE = "author_title"
    ISSUED = "issued"
    DUE = "due"
    RETURNED = "returned"
    RENEWALS = "renewals"
    MISSING = "missing"
    HIGH_DEMAND = "high_demand"
    RECALLED = "recalled"
    READING_ROOM = "reading_room"
    ITEM_TYPE = "item_type"


DATES = frozenset({
    Column.BIRTH_DATE, Column.VALID_UNTIL, Column.REGISTERED, Column.ISSUED, Column.DUE, Column.RETURNED,
})  # fmt: skip

_CARD = (
    "билет|номер билета|n билета|читательский билет|номер читательского билета|n читательского билета|формуляр|"
    "номер формуляра|n формуляра|карта читателя|номер карты|чит билет|n чит билета|card|card number|cardnumber|"
    "card no|library card|идентификатор читателя|id читателя|штрихкод билета|штрихкод читателя|номер читателя|"
    "n читателя|код читателя|patron barcode|borrower barcode|patron id|patron number|borrower number|"
    "library card number|card id"
)
_BRANCH = (
    "филиал|библиотека|подразделение|структурное подразделение|пункт выдачи|место выдачи|кафедра|код филиала|"
    "номер филиала|n филиала|branch|library|home library|home branch|branch name|library name|"
    "checkout library|checkout branch|checkout location|issuing library|circulating library"
)
PATRONS: Mapping[Column, str] = {
    Column.CARD: _CARD + "|штрихкод|barcode|barcode number",
    Column.NAME: "фио|ф и о|фио читателя|читатель|фамилия имя отчество|name|full name|patron|reader|"
    "patron name|borrower|borrower name",
    Column.SURNAME: "фамилия|surname|last name|фамилия читателя|family name|lastname",
    Column.GIVEN_NAME: "имя|given name|first name|имя читателя|firstname|forename",
    Column.PATRONYMIC: "отчество|patronymic|middle name",
    Column.BIRTH_DATE: "дата рождения|д р|др|родился|день рождения|birth date|birthdate|date of birth|год рождения|dob|"
    "birthday",
    Column.PHONE: "телефон|тел|мобильный|моб телефон|мобильный телефон|номер телефона|контактный телефон|сотовый|phone|"
    "phone number|telephone|mobile|mobile phone|cell phone|primary phone",
    Column.EMAIL: "e mail|email|эл почта|электронная почта|почта|mail|email address|e mail address",
    Column.CATEGORY: "категория|категория читателя|группа|группа читателей|вид читателя|category|"
    "patron type|patron category|borrower category|borrower type",
    Column.BRANCH: _BRANCH,
    Column.VALID_UNTIL: "действителен до|срок действия|билет до|действует до|срок действия билета|дата окончания|"
    "valid until|expires|expiry date|перерегистрация до|expiration date|expiration|expires on|card expires|expiry",
    Column.REGISTERED: "дата перерегистрации|перерегистрация|последняя перерегистрация|перерегистрирован|дата записи|"
    "дата последней перерегистрации|registered|registration date|date enrolled|enrollment date|"
    "date registered|date of registration",
    Column.BLOCKED: "блокировка|заблокирован|ограничение|лишен права|blocked|restricted|barred|suspended",
    Column.RIGHT: "право пользования|право пользования библиотекой",
    Column.DEBT: "долг|сумма долга|долг руб|задолженность|сумма задолженности|задолженность руб|debt|amount owed|fines|"
    "fines owed|balance owed|amount due",
}  # fmt: skip
LOANS: Mapping[Column, str] = {
    Column.CARD: _CARD,
    Column.INVENTORY: "инв|инв номер|инв n|инвентарный номер|инвентарный n|инвентарный|номер экземпляра|inventory|"
    "inventory number|accession number",
    Column.BARCODE: "штрихкод|штрих код|шк|barcode|штрихкод книги|штрихкод экземпляра|метка|rfid|"
    "item barcode|copy barcode",
    Column.TITLE: "название|заглавие|книга|название книги|заглавие книги|наименование|издание|документ|title|"
    "item title|book title",
    Column.AUTHOR: "автор|авторы|author",
    Column.AUTHOR_TITLE: "автор и заглавие|автор и название|автор заглавие|автор название|краткое описание|"
    "библиографическое описание|описание",
    Column.BRANCH: _BRANCH,
    Column.ISSUED: "дата выдачи|выдано|выдана|выдан|когда выдана|дата|issued|issue date|checkout date|дата получения|"
    "check out date|checked out|checked out on|date checked out|date issued|loan date|date borrowed|borrowed on",
    Column.DUE: "срок возврата|срок|вернуть до|вернуть|дата возврата|возврат до|до|due|due date|date due|"
    "планируемая дата возврата|предполагаемая дата возврата|срок сдачи",
    Column.RETURNED: "возвращено|возврат|возвращена|дата фактического возврата|фактическая дата возврата|сдано|"
    "дата сдачи|returned|return date|отметка о возврате|сдана",
    Column.RENEWALS: "продлений|количество продлений|число продлений|продлено раз|продления|продлено|renewals|"
    "times renewed|renewal count",
    Column.MISSING: "утеряна|утеряно|потеряна|lost|утрата",
    Column.HIGH_DEMAND: "повышенный спрос|повышенного спроса|не продлевается|не продлевать|high demand|not renewable",
    Column.RECALLED: "отозвана|отозвано|отзыв|просят вернуть|вернуть досрочно|досрочный возврат|recall|recalled",
    Column.READING_ROOM: "читальный зал|в читальный зал|только в читальном зале|reading room",
    Column.ITEM_TYPE: "вид издания|тип издания|вид документа|тип документа|вид экземпляра|тип экземпляра|item type",
}  # fmt: skip


_NAMES_BOOKS = (Column.TITLE, Column.AUTHOR, Column.AUTHOR_TITLE, Column.ISBN, Column.INVENTORY)
TITLES: Mapping[Column, str] = {column: HEADINGS[OfBooks(column.value)] for column in _NAMES_BOOKS}
"""Of a list of books: the words of a catalogue's own tables."""
NAMES_A_BOOK = {Column.TITLE, Column.AUTHOR_TITLE, Column.ISBN, Column.INVENTORY}
"""One of these is needed to find a book by."""
_OF_EITHER = fold("дата возврата")
"""The last day, unless another column tells that: then the day on which the book came back."""


@dataclass(frozen=True, slots=True)
class Header:
    """A list's header: the place of each column from 0, the rows before the first row of data, its words."""

    columns: Mapping[Column, int]
    rows: int
    headings: tuple[str, ...]


def find_header(rows: Sequence[Sequence[str]], words: Mapping[Column, str]) -> Header | None:
    """The row with most known headings and what the list must tell among them; None where there is none."""
    needed, least = ({Column.CARD}, 2) if Column.CARD in words else (NAMES_A_BOOK, 1)
    known = {fold(heading): column for column, headings in words.items() for heading in headings.split("|")}
    best: Header | None = None
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        columns = _columns([fold(cell.replace("№", " n ")) for cell in row], known)
        if len(columns) >= least and needed & columns.keys() and (best is None or len(columns) > len(best.columns)):
            best = Header(columns, at + 1, tuple(cell for cell in row if cell))
    return best


def _columns(headings: Sequence[str], known: Mapping[str, Column]) -> dict[Column, int]:
    """Where each column stands, the first of those that mean the same."""
    columns: dict[Column, int] = {}
    for place, heading in enumerate(headings):
        column = known.get(heading)
        if heading == _OF_EITHER and any(known.get(other) is Column.DUE for other in headings if other != heading):
            column = Column.RETURNED
        if column is not None:
            columns.setdefault(column, place)
    return columns

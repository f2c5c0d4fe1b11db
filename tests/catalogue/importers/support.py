"""A district library's catalogue in small: facts of real records, written anew in whatever charset a test needs."""

from pathlib import Path

from bot.library.records import Read, RecordData, Rejected
from catalogue.importers import recognise
from tests.support.iso2709 import build_record, control, field

DATA = Path(__file__).parents[2] / "data"

BRANCH = "Ставропольская ЦБС , {} фил"

_BOOKS = (
    ("0050092", "Цесаревич Алексей", "", "Хереш", "Э.", "Феникс", "1998", "5-222-00034-6", "63.3(2)535 Х39", (1,)),
    ("0050094", "Миссия Акорны", "", "Маккефри", "Э.", "ЭКСМО", "2006", "5-699-17877-5", "84(7Сое) М15", (2, 5)),
    ("0050126", "Академия магии", "", "Стивермер", "К.", "ЭКСМО", "2006", "5-699-16945-8", "84(7Сое) С80", (11,)),
    ("0050145", "Путешествие оптимистки, или Все бабы дуры", "Роман", "Вильмонт", "Е. Н.", "АСТ", "2006",
     "5-17-012649-2", "84(2Рос=Рус)6 В46", (18, 3, 7)),
    ("0050200", "Морфология, гидрология и гидравлика пойм", "", "Барышников", "Н.Б.", "Гидрометеоиздат", "1984", "",
     "26.22 Б26", (13,)),
    ("0050370", "Двойной удар Слепого", "Роман", "Воронин", "А. Н.", "Мартин", "1998", "5-900033-13-9",
     "84(2Рос=Рус)6 В75", (4,)),
)  # fmt: skip


def rusmarc(at: int) -> list[tuple[str, str]]:
    """The fields of one of the district's books, as LIBER exports them: 1E within every 995."""
    number, title, more, surname, initials, publisher, year, isbn, mark, branches = _BOOKS[at % len(_BOOKS)]
    number = f"{int(number) + at // len(_BOOKS) * 1000:07}"
    fields = [
        control("001", rf"RU\OEL_MUBIS\liberkoi\{number}"),
        field("010", [*([("a", isbn)] if isbn else []), ("d", "р. 50.00")]),
        field("100", [("a", f"20071030d{year}    |||y0rusy0179    ca")]),
        field("101", [("a", "rus")], "0 "),
        field("200", [("a", title), *([("e", more)] if more else []), ("f", f"{surname} {initials}")], "1 "),
        field("210", [("a", "М."), ("c", publisher), ("d", year)]),
        field("215", [("a", "320 с.")]),
        field("700", [("3", "0014563"), ("a", surname), ("b", initials)], " 1"),
        field("801", [("a", "RU"), ("b", "Ставропольская ЦБС")], " 0"),
    ]
    for copy, branch in enumerate(branches):
        inventory = f"0{number[-5:]}{copy:03}"
        fields.append(
            field(
                "995",
                [
                    ("a", BRANCH.format(branch)),
                    ("b", "Книга"),
                    ("j", "2007-103/1"),
                    ("l", mark),
                    ("f", f"{inventory}\x1e"),
                    ("k", f"{inventory.lstrip('0')}-{branch} фил"),
                ],
            )
        )
    return fields


def district(count: int = 6, charset: str = "cp866", *, shuffled: bool = False) -> list[bytes]:
    """Records of the district's catalogue, each with its terminator."""
    return [build_record(rusmarc(at), charset, shuffled=shuffled) for at in range(count)]


def read(path: Path, encoding: str = "") -> list[RecordData]:
    """Every record of a file; a rejected one fails the test."""
    return [record_of(row) for row in rows(path, encoding)]


def rows(path: Path, encoding: str = "") -> list[Read | Rejected]:
    """Every row of a file, good and bad."""
    return list(recognise(path, encoding).records())


def record_of(row: Read | Rejected) -> RecordData:
    """The record of a row that was read."""
    assert isinstance(row, Read), f"rejected: {row}"
    return row.record


def bad_of(row: Read | Rejected) -> Rejected:
    """The report of a row that was not."""
    assert isinstance(row, Rejected), f"read: {row}"
    return row


def written(path: Path, data: bytes) -> Path:
    """A file with some bytes."""
    path.write_bytes(data)
    return path


def all_of(path: Path) -> list[Read | Rejected]:
    """Every row of a table, as which the file is recognised."""
    file = recognise(path)
    assert file.format == "table"
    return list(file.records())


def numbers(record: RecordData) -> list[str]:
    """The inventory numbers of its copies."""
    return [item.inventory_number for item in record.items]


def csv(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "inventory.csv") -> Path:
    """An inventory in CSV, a line after another."""
    path = folder / name
    path.write_bytes("\r\n".join(lines).encode(encoding) + b"\r\n")
    return path

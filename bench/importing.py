"""Records imported a second and the memory of it, against pymarc reading the same file and keeping nothing.

``python -m bench importing [--records 50000] [--on sqlite]``

The file is RUSMARC in UTF-8, made up: works, editions and copies in the proportions of a district library. Each
import is a process of its own: recognise, read, key, keep in a fresh store, mark what disappeared. A million
records (``--records 1000000``) must not need more memory than fifty thousand.
"""

import argparse
import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.memory import collecting_soon

BAR_PER_S = 2000.0
BAR_MB = 300.0
DIALECTS = ("sqlite", "postgresql")
_CLERK = "\x1f"
_ENDS_FIELD, _ENDS_RECORD = b"\x1e", b"\x1d"
_SURNAMES = [
    "Белов",
    "Громов",
    "Зимин",
    "Климов",
    "Лесков",
    "Маров",
    "Носков",
    "Орлов",
    "Панин",
    "Рогов",
    "Седов",
    "Тихов",
    "Уваров",
    "Фомин",
    "Шилов",
    "Юдин",
]
_ENDINGS = ("", "ский", "ин", "енко", "ян", "ер")
_WORDS = [
    "река",
    "город",
    "ветер",
    "дорога",
    "зима",
    "свет",
    "дом",
    "сад",
    "письмо",
    "голос",
    "берег",
    "остров",
    "песня",
    "память",
    "тень",
    "мост",
    "поле",
    "лес",
    "ключ",
    "окно",
    "птица",
    "корабль",
    "часы",
    "хлеб",
    "снег",
    "война",
    "сердце",
    "утро",
    "вечер",
    "гроза",
    "тайна",
    "книга",
    "звезда",
    "камень",
]
_OF = ["старый", "тихий", "дальний", "белый", "последний", "северный", "забытый", "вечерний", "золотой", "чужой"]
_PUBLISHERS = ("АСТ", "Эксмо", "Просвещение", "Детская литература", "Азбука", "Художественная литература")


def records(count: int, seed: int = 1) -> Iterator[bytes]:
    """RUSMARC records with one to six copies each; a third are another edition of an earlier work."""
    draw = random.Random(seed)
    works: list[tuple[str, str, str]] = []
    for number in range(count):
        if works and draw.random() < 0.33:
            surname, initials, title = draw.choice(works)
        else:
            surname = draw.choice(_SURNAMES) + draw.choice(_ENDINGS)
            initials = f"{draw.choice('АБВГДЕИКЛМНОПРС')}. {draw.choice('АБВГДЕИКЛМНОПРС')}."
            title = f"{draw.choice(_OF)} {draw.choice(_WORDS)} и {draw.choice(_WORDS)} {number % 9973}".capitalize()
            if len(works) < 20_000:
                works.append((surname, initials, title))
        yield _record(_fields(draw, number, surname, initials, title))


def _fields(draw: random.Random, number: int, surname: str, initials: str, title: str) -> list[tuple[str, str]]:
    year = draw.randrange(1950, 2026)
    copies = [
        ("995", f"  {_CLERK}aЦБС, филиал {draw.randrange(1, 23)}{_CLERK}bКнига{_CLERK}f{number * 7 + copy:09d}"
         f"{_CLERK}l84(2Рос=Рус)6 {surname[0]}{draw.randrange(10, 99)}")
        for copy in range(draw.randrange(1, 7))
    ]  # fmt: skip
    return [
        ("001", f"RU\\TEST\\{number:09d}"),
        ("010", f"  {_CLERK}a{_isbn(number)}{_CLERK}d{draw.randrange(50, 900)} р."),
        ("100", f"  {_CLERK}a{year}0101d{year}    m  y0rusy50      ca"),
        ("101", f"0 {_CLERK}arus"),
        ("200", f"1 {_CLERK}a{title}{_CLERK}eроман{_CLERK}f{initials} {surname}"),
        ("210", f"  {_CLERK}aМосква{_CLERK}c{draw.choice(_PUBLISHERS)}{_CLERK}d{year}"),
        ("215", f"  {_CLERK}a{draw.randrange(60, 700)} с."),
        ("225", f"1 {_CLERK}aБиблиотека семейного чтения"),
        ("333", f"  {_CLERK}a{draw.choice((6, 12, 16))}+"),
        ("606", f"0 {_CLERK}aРусская литература -- {draw.choice(_WORDS)}"),
        ("686", f"  {_CLERK}a84(2Рос=Рус)6{_CLERK}2rubbk"),
        ("700", f" 1{_CLERK}a{surname}{_CLERK}b{initials}"),
        *copies,
    ]


def _isbn(number: int) -> str:
    body = f"9785{number % 100_000_000:08d}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
    return f"{body}{check}"


def _record(fields: Sequence[tuple[str, str]]) -> bytes:
    directory, data = b"", b""
    for tag, text in fields:
        field = text.encode() + _ENDS_FIELD
        directory += f"{tag}{len(field):04d}{len(data):05d}".encode()
        data += field
    base = 24 + len(directory) + 1
    return (
        f"{base + len(data) + 1:05d}nam0 22{base:05d}   450 ".encode() + directory + _ENDS_FIELD + data + _ENDS_RECORD
    )


async def _import(file: Path, url: str) -> int:
    from bot.clock import SystemClock
    from catalogue.importers import recognise
    from catalogue.loading import Plan, load_files
    from db.catalogue import SqlCatalogueWriter
    from db.connect import connect

    database = await connect(url)
    try:
        summary = await load_files(SqlCatalogueWriter(database, SystemClock()), [recognise(file)], Plan(source="bench"))
    finally:
        await database.aclose()
    assert summary.added == summary.read, summary
    return summary.read


def _bare(file: Path) -> int:
    """Every record decoded by pymarc and thrown away: what the fastest honest reader does."""
    from pymarc import Record

    read, rest = 0, b""
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            *whole, rest = (rest + block).split(_ENDS_RECORD)
            for chunk in whole:
                Record(chunk + _ENDS_RECORD, force_utf8=True)
                read += 1
    return read


def _child(file: Path, url: str) -> None:
    import uvloop

    started = time.perf_counter()
    with collecting_soon():  # as the command line does
        read = uvloop.run(_import(file, url)) if url else _bare(file)
    elapsed = time.perf_counter() - started
    # The import reads in a process of its own, which is over by now.
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu_s = sum(part.ru_utime + part.ru_stime for part in used)
    peak_mb = sum(part.ru_maxrss for part in used) / 1024
    print(json.dumps({"per_s": read / elapsed, "cpu_us": cpu_s * 1e6 / read, "mb": peak_mb}))


def measure(file: Path, url: str) -> dict[str, float]:
    """One pass over the file in a process of its own: records a second, CPU µs a record, peak memory in MB."""
    command = [sys.executable, "-m", "bench.importing", "--child", str(file), url]
    seen: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return seen


def main(argv: Sequence[str] = ()) -> int:
    """Run the measurement; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench importing", description=__doc__)
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--on", choices=DIALECTS, action="append", help="this database; default sqlite")
    parser.add_argument("--child", nargs=2, metavar=("FILE", "URL"), help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.child:
        _child(Path(options.child[0]), options.child[1])
        return 0

    from tests.support.databases import Databases, PostgresServer

    with tempfile.TemporaryDirectory(prefix="bb-bench-") as folder:
        file = Path(folder) / "made.mrc"
        with file.open("wb") as stream:
            stream.writelines(records(options.records))
        print(f"{options.records:,} records, {file.stat().st_size / 1e6:,.0f} MB")
        databases = Databases(Path(folder), server=lambda: PostgresServer(durable=True))
        try:
            seen = {"pymarc": measure(file, "")}
            for name in options.on or ("sqlite",):
                seen[name] = measure(file, asyncio.run(databases.url(name)))
        finally:
            databases.close()
    print(f"{'':12}{'per s':>9}{'ratio':>7}{'CPU µs':>8}{'peak MB':>9}")
    for name, row in seen.items():
        ratio = row["per_s"] / seen["pymarc"]["per_s"]
        print(f"{name:12}{row['per_s']:>9,.0f}{ratio:>7.2f}{row['cpu_us']:>8.0f}{row['mb']:>9.0f}")
    print(f"bars: {BAR_PER_S:,.0f} records a second, {BAR_MB:.0f} MB")
    slow = any(row["per_s"] < BAR_PER_S or row["mb"] > BAR_MB for name, row in seen.items() if name != "pymarc")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

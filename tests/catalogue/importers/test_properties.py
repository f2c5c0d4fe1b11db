"""Whatever the bytes, reading never raises anything but InputError, and damage stays where it is."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import InputError
from bot.library.records import Read, Rejected
from catalogue.importers import recognise
from catalogue.importers.source import SourceFile
from tests.catalogue.importers.support import DATA, district, written

RECORDS = district(5)
WHOLE = {
    rf"RU\OEL_MUBIS\liberkoi\{number}": title
    for number, title in (
        ("0050092", "Цесаревич Алексей"),
        ("0050094", "Миссия Акорны"),
        ("0050126", "Академия магии"),
        ("0050145", "Путешествие оптимистки, или Все бабы дуры"),
        ("0050200", "Морфология, гидрология и гидравлика пойм"),
    )
}
bounded = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def outcome(path: Path) -> list[Read | Rejected]:
    """Every row of a file; nothing where the file is refused as a whole."""
    try:
        return list(recognise(path).records())
    except InputError:
        return []


def read_titles(path: Path) -> dict[str, str]:
    return {row.record.source_id: row.record.title for row in outcome(path) if isinstance(row, Read)}


@bounded
@given(data=st.binary(max_size=400))
@pytest.mark.parametrize(
    "head", [b"", RECORDS[0][:80], RECORDS[0], b"#920: PAZK\r\n#200: ^A", b"<record>", b"\x1f\x8b"]
)
def test_arbitrary_bytes_never_raise(tmp_path: Path, head: bytes, data: bytes) -> None:
    rows = outcome(written(tmp_path / "file", head + data))

    assert [row.ordinal for row in rows] == list(range(1, len(rows) + 1))


@bounded
@given(
    which=st.integers(0, len(RECORDS) - 1),
    at=st.integers(0, 450),
    junk=st.binary(min_size=1, max_size=40),
    insert=st.booleans(),
)
def test_damage_to_one_record_never_loses_its_neighbours(
    tmp_path: Path, which: int, at: int, junk: bytes, insert: bool
) -> None:
    sound = RECORDS[which]
    at = min(max(at, which == 0), len(sound) - 1)  # the very first byte says what a file is
    broken = sound[:at] + junk + sound[at if insert else at + len(junk) :]
    path = written(tmp_path / "file.mrc", b"".join([*RECORDS[:which], broken, *RECORDS[which + 1 :]]))

    titles = read_titles(path)

    for number, (neighbour, title) in enumerate(WHOLE.items()):
        assert titles.get(neighbour) == title or number == which


@bounded
@given(cut=st.integers(0, sum(map(len, RECORDS))))
def test_a_file_cut_anywhere_gives_every_record_before_the_cut(tmp_path: Path, cut: int) -> None:
    data = b"".join(RECORDS)
    rows = outcome(written(tmp_path / "file.mrc", data[:cut]))

    ends = [sum(map(len, RECORDS[: at + 1])) for at in range(len(RECORDS))]
    assert sum(isinstance(row, Read) for row in rows) == sum(end <= cut for end in ends)


@bounded
@given(data=st.data())
def test_mangled_exports_of_irbis_never_raise(tmp_path: Path, data: st.DataObject) -> None:
    lines = (DATA / "irbis" / "mironov_3_utf8.txt").read_bytes().splitlines(keepends=True)
    shuffled = data.draw(st.permutations(lines[:30]))
    cut = data.draw(st.integers(0, 2000))

    rows = outcome(written(tmp_path / "file.txt", b"".join(shuffled)[:cut]))

    assert all(isinstance(row, Read | Rejected) for row in rows)


def test_every_format_has_a_reader_that_survives_a_file_of_another(tmp_path: Path) -> None:
    sources: list[SourceFile] = [
        recognise(DATA / "marc" / "pymarc_marc.dat"),
        recognise(DATA / "irbis" / "istu_17_utf8.txt"),
        recognise(DATA / "marc" / "pymarc_batch.xml"),
    ]
    for source in sources:
        for other in sources:
            swapped = SourceFile(
                path=other.path, format=source.format, charset=source.charset, size=other.size, reader=source.reader
            )
            assert all(isinstance(row, Read | Rejected) for row in swapped.records())

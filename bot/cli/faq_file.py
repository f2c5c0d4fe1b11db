"""Answers of the library from a file: YAML as in ``config.yaml``, CSV or Excel with a header."""

from pathlib import Path
from typing import Any

from bot.cli import sheets
from bot.errors import ConfigError, InputError
from bot.language.folding import fold
from bot.ports.library import FaqEntry
from bot.settings import FaqSettings, validated
from bot.yaml_file import read_yaml

LARGEST = 5_000_000
_HEADINGS = {
    "topic": ("topic", "тема", "ключ"),
    "language": ("language", "lang", "язык"),
    "questions": ("questions", "question", "вопросы", "вопрос", "как спрашивают"),
    "answer": ("answer", "ответ", "текст ответа"),
    "url": ("url", "link", "ссылка", "подробнее"),
}
_EXPECTED = "topic (тема), answer (ответ), and if you like questions (вопросы), language (язык), url (ссылка)"
_BETWEEN_QUESTIONS = "|"


def read_answers(path: Path, encoding: str = "", *, language: str = "ru") -> list[FaqEntry]:
    """The answers of a file, in its order.

    Args:
        path: ``.yaml``/``.yml``: a list of entries, or ``faq:`` with one; else a table whose questions are parted
            by ``|`` or by lines.
        encoding: Of a text table; "" finds it out.
        language: Of answers that name none.

    Raises:
        InputError: Says which entry, or which line, is wrong and what was expected.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: more than {LARGEST:,} bytes: this is no file of answers")
        found = _from_yaml(path) if path.suffix.lower() in {".yaml", ".yml"} else _from_table(path, encoding)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    entries: dict[tuple[str, str], FaqEntry] = {}
    for where, values in found:
        entry = _entry({"language": language} | values, f"{path.name}: {where}")
        key = entry.topic, entry.language
        if key in entries:
            raise InputError(f"{path.name}: {where}: the topic {entry.topic!r} ({entry.language}) stands here twice")
        entries[key] = entry
    if not entries:
        raise InputError(f"{path}: no answers in it; expected entries with {_EXPECTED}")
    return list(entries.values())


def _entry(values: dict[str, Any], where: str) -> FaqEntry:
    try:
        return FaqEntry(**validated(FaqSettings, values, where).model_dump())
    except ConfigError as error:
        raise InputError(str(error)) from None


def _from_yaml(path: Path) -> list[tuple[str, dict[str, Any]]]:
    try:
        found = read_yaml(path)
    except ConfigError as error:
        raise InputError(str(error)) from None
    if isinstance(found, dict):
        found = found.get("faq")
    if not isinstance(found, list):
        raise InputError(f"{path.name}: expected a list of entries, or `faq:` with one; entries have {_EXPECTED}")
    made: list[tuple[str, dict[str, Any]]] = []
    for at, values in enumerate(found, start=1):
        if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
            raise InputError(f"{path.name}: entry {at}: expected {_EXPECTED}")
        questions = values.get("questions")
        made.append((f"entry {at}", values | ({"questions": _split(questions)} if isinstance(questions, str) else {})))
    return made


def _from_table(path: Path, encoding: str) -> list[tuple[str, dict[str, Any]]]:
    rows = sheets.rows_of(path, encoding)
    header = next((row for row in rows if row), ())
    columns = {name: at for at, cell in enumerate(header) for name, known in _HEADINGS.items() if fold(cell) in known}
    if not {"topic", "answer"} <= columns.keys():
        found = ", ".join(header) or "nothing"
        raise InputError(f"{path.name}: the first row must name the columns; expected {_EXPECTED}; found: {found}")
    made: list[tuple[str, dict[str, Any]]] = []
    for number, row in enumerate(rows, start=1):
        if row == header or not any(row):
            continue
        values: dict[str, Any] = {name: row[at] for name, at in columns.items() if at < len(row) and row[at]}
        if "questions" in values:
            values["questions"] = _split(values["questions"])
        made.append((f"row {number}", values))
    return made


def _split(questions: str) -> list[str]:
    return [
        text.strip() for text in questions.replace("\n", _BETWEEN_QUESTIONS).split(_BETWEEN_QUESTIONS) if text.strip()
    ]

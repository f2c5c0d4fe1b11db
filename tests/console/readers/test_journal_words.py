"""Every entry that anybody writes into the journal is told in words: what was done, to whom, and the few words more."""

import ast
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.audit import Act, Entry
from bot.library.model import DayKind
from bot.renewal_requests import RequestState
from bot.staff import StaffRole
from console import journal_words, reader_words
from console.journal_words import JournalWords
from db.desk_audit import SqlStaffAudit
from tests.console.readers.conftest import Come
from tests.support.desk_readers import DeskReaders
from tests.support.staff import hire

CONSOLE = Path(reader_words.__file__).parent
WORDS = JournalWords(
    {"01": "Центральная библиотека", "02": "Детская библиотека"}, topics={"rules.print": "Печать и копии"}
)
FAMILIES = {"request.": RequestState, "places.": DayKind}
"""Actions that are put together of a beginning and a value."""


def entry(action: str, more: str = "", subject: str = "", **details: str | int) -> Entry:
    """One of the journal."""
    told = {"more": more} if more else {}
    return Entry(action=action, actor="staff:masha", subject=subject, details={**told, **details})


# --- all that is written -------------------------------------------------------------------------


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def said(value: ast.expr, inside: ast.AST) -> Iterator[str]:
    """Which actions an argument may be. Fails where that cannot be read off the page."""
    match value:
        case ast.Constant(value=str(action)):
            yield action
        case ast.IfExp():
            yield from said(value.body, inside)
            yield from said(value.orelse, inside)
        case ast.JoinedStr(values=[ast.Constant(value=str(beginning)), ast.FormattedValue()]) if beginning in FAMILIES:
            yield from (f"{beginning}{one.value}" for one in FAMILIES[beginning])
        case ast.Name(id=name):
            given = [one.value for one in ast.walk(inside) if isinstance(one, ast.Assign) and is_named(one, name)]
            for one in given:
                yield from said(one, inside)
            assert given or name == "what", f"line {value.lineno}: which action «{name}» is cannot be read here"
        case _:
            pytest.fail(f"line {value.lineno}: say the action plainly, so that its words can be looked for")


def is_named(assigned: ast.Assign, name: str) -> bool:
    """Whether it gives a value to this name."""
    return any(isinstance(target, ast.Name) and target.id == name for target in assigned.targets)


def written(source: str) -> set[str]:
    """Actions that a module of the console writes, by ``note`` or by a helper that takes ``what``."""
    tree, found = ast.parse(source), set()
    helpers = {
        one.name: [argument.arg for argument in one.args.args if argument.arg != "self"].index("what")
        for one in functions(tree)
        if "what" in [argument.arg for argument in one.args.args]
    }
    for function in functions(tree):
        for call in ast.walk(function):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            at = 1 if call.func.attr == "note" else helpers.get(call.func.attr)
            if at is not None and len(call.args) > at:
                found |= set(said(call.args[at], function))
    return found


def test_no_action_is_written_that_lacks_words() -> None:
    found = {file.name: written(file.read_text("utf-8")) for file in CONSOLE.glob("*.py")}
    told = reader_words.actions()

    assert {"places.py", "conversation.py", "books.py", "requests.py", "door.py"} <= {
        name for name, actions in found.items() if actions
    }
    states = {f"request.{one.value}" for one in RequestState} - {"request.confirmed", "request.refused"}
    lacking = {name: actions - told.keys() - states for name, actions in found.items()}
    assert {name: actions for name, actions in lacking.items() if actions} == {}
    assert set(Act) <= told.keys()
    assert all(re.search("[а-я]", words) for words in told.values())


def test_an_action_that_nobody_can_read_off_is_no_way_round() -> None:
    assert written("class A:\n  async def f(self):\n    await self.audit.note(me, 'new.deed')") == {"new.deed"}
    assert written("async def f(one):\n  deed = 'a' if one else 'b'\n  await x.note(me, deed)") == {"a", "b"}
    with pytest.raises(pytest.fail.Exception):
        written("async def f(one):\n  await x.note(me, one.deed)")


# --- how it is put -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (entry("search.readers", "card: 1"), "по номеру билета, найдено: 1"),
        (entry("renew", "2/3"), "продлено 2 из 3"),
        (entry("view.card", "conversation:17"), "диалог № 17"),
        (entry("answer.saved", "version 3"), "версия 3"),
        (entry("words.changed", "ru, version 2"), "русский, версия 2"),
        (entry("hand_on", "branch:02"), "филиал: Детская библиотека"),
        (entry("hand_on", "staff:9"), "сотрудник № 9"),
        (entry("staff.changed", "editor disabled"), "редактор, вход закрыт"),
        (entry("sign_in.refused", "code"), "не подошёл код из приложения"),
        (entry("catalogue.hidden", "record:4 item:5"), "издание № 4, экземпляр № 5"),
        (entry("catalogue.loaded", "наш каталог.csv"), "наш каталог.csv"),
        (entry("places.closed", "2026-05-05/2026-05-07 01,02 ремонт зала"),
         "5 мая – 7 мая; Центральная библиотека, Детская библиотека; ремонт зала"),
        (entry("places.urgent", "2026-05-05/... all прорвало трубу"), "с 5 мая; все филиалы; прорвало трубу"),
        (entry("places.branch_changed", "name hours"), "название, часы работы"),
        (entry("journal.exported", "what=take&since=2026-03-01"), "что диалог взят, с 2026-03-01"),
        (entry("linked", proof="code", outcome="linked"), "код из библиотеки"),
        (entry("link_refused", proof="pin", outcome="wrong"), "номер билета и ПИН, не подошло"),
        (entry("consent_given", purpose="service", version="c0ca2449cd0b"), "текст согласия c0ca2449cd0b"),
        (entry("code_issued", child=1), "для родителя"),
        (entry("pin_set", set=1), "задан"),
        (entry("erased", messages=12), "стёрто: 12 сообщений"),
        (entry("unlinked", key="a1"), ""),
        (entry("x", "a", n=2), "a, n: 2"),
    ],
)  # fmt: skip
def test_details_are_told_in_plain_words(kept: Entry, told: str) -> None:
    assert WORDS.details(kept) == told


def test_details_written_by_a_broken_hand_are_shown_as_they_are() -> None:
    assert WORDS.details(entry("search.readers", "нечто")) == "нечто, найдено: "
    assert WORDS.details(entry("staff.added", "king")) == "king"
    assert WORDS.details(entry("places.closed", "")) == ""
    assert WORDS.details(entry("catalogue.merged", "???")) == "???"


@pytest.mark.parametrize(
    ("subject", "told", "path"),
    [
        ("conversation:17", "диалог № 17", "c/17"),
        ("answer:rules.print", "ответ «Печать и копии»", ""),
        ("answer:own.chess", "ответ «own.chess»", ""),
        ("branch:01", "Центральная библиотека", ""),
        ("canned:Зонт", "«Зонт»", ""),
        ("canned:3", "готовый ответ № 3", ""),
        ("words:hello", "Первое приветствие", "words"),
        ("work:5", "книга № 5", "books/5"),
        ("synonym:title", "Книга", ""),
        ("/console/journal", "страница /console/journal", ""),
        ("a1b2c3d4" * 8, "чат a1b2c3d4", ""),
        ("что-то иное", "что-то иное", ""),
    ],
)
def test_about_whom_it_is_is_told_in_words(subject: str, told: str, path: str) -> None:
    whom = WORDS.whom(entry("take", subject=subject))
    assert (whom.text, whom.path) == (told, path)


async def test_the_page_and_the_file_speak_alike(come: Come, house: DeskReaders) -> None:
    masha = await come(role=StaffRole.ADMIN)
    vera = await hire(house.database, house.clock, "vera", "Вера Ильина")
    audit = SqlStaffAudit(house.database, house.clock)
    await audit.note("vera", "hand_on", f"staff:{vera.staff_id}", f"staff:{vera.staff_id}")
    await audit.note("vera", "places.urgent", "days:1", "2026-03-02/2026-03-02 all авария")

    page = await (await masha.get("journal")).text()
    file = (await (await masha.post("journal/file", {})).read()).decode("utf-8-sig")
    rows = {row[3]: row for row in csv.reader(io.StringIO(file), delimiter=";")}

    for told in (
        "Вера Ильина",
        "объявлено: сегодня закрыто",
        "2 марта; все филиалы; авария",
        "особые дни №\N{NO-BREAK SPACE}1",
    ):
        assert told in page, told
    handed, closed = rows["hand_on"], rows["places.urgent"]
    assert (handed[1], handed[5], handed[7]) == ("Вера Ильина (vera)", "Вера Ильина", "Вера Ильина")
    assert (closed[2], closed[5]) == ("объявлено: сегодня закрыто", "особые дни № 1")
    assert closed[7] == "2 марта; все филиалы; авария"
    for raw in ("view.journal", "sign_in", "version ", "conversation:"):
        assert raw not in re.sub(r"<(option|form|input)[^>]*>", "", page), raw
    assert journal_words.outcomes().keys() >= {"already", "wrong", "locked"}

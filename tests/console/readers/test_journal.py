"""The journal: filtered, paged, saved; for admins."""

import csv
import io
import re
from datetime import timedelta

import pytest

from bot.spreadsheet import harmless
from bot.staff import StaffRole
from console import journal
from db.desk_audit import SqlStaffAudit
from tests.console.conftest import Browser
from tests.console.readers.conftest import Come, audited
from tests.support.accounts import CARD, OTHER_CARD
from tests.support.desk_readers import DeskReaders

ADMIN = StaffRole.ADMIN
ROW = '<tr role="row">'


async def sought(browser: Browser, **fields: str) -> str:
    """The page that a search leads to."""
    answer = await browser.post("journal", fields)
    assert answer.status == 303, await answer.text()
    return await (await browser.get(answer.headers["Location"].removeprefix("/console/"))).text()


async def test_both_kinds_of_entries_stand_in_one_list(come: Come, house: DeskReaders) -> None:
    masha = await come(role=ADMIN)
    await masha.get(f"readers/{house.anna}")
    await masha.get(f"c/{await house.conversation()}")

    page = await (await masha.get("journal")).text()

    number = "№\N{NO-BREAK SPACE}"
    for words in ("открыта карточка читателя", f"читатель {number}{house.anna}", "билет привязан", "согласие дано",
                  "открыт диалог", f"диалог {number}1", "Masha"):  # fmt: skip
        assert words in page, words
    assert "Каренина" not in page, "the journal names nobody"


async def test_it_is_for_admins(come: Come, house: DeskReaders) -> None:
    vera = await come("vera", StaffRole.EDITOR)
    assert (await vera.get("journal")).status == 403
    assert (await vera.post("journal/file", {})).status == 403
    assert "staff:vera refused.role /console/journal" in await audited(house.database)


async def test_it_is_filtered_by_who_what_whom_and_when(come: Come, house: DeskReaders) -> None:
    masha, vera = await come(role=ADMIN), await come("vera")
    await masha.get(f"readers/{house.anna}")
    await vera.get(f"readers/{house.anna}")
    await vera.get(f"readers/{house.boris}")
    today = house.clock.now().date().isoformat()

    assert (await sought(masha, who="staff:vera", what="view.reader")).count(ROW) == 1 + 2
    of_anna = await sought(masha, what="view.reader", whom=" 1000 001 ")
    assert of_anna.count(ROW) == 1 + 2
    assert CARD not in of_anna
    assert (await sought(masha, what="view.reader", since=today, until=today)).count(ROW) == 1 + 3
    assert "Записей нет" in await sought(masha, until="2020-01-01")
    assert (await sought(masha, whom=f"patron:{house.boris}")).count(ROW) == 1 + 1


async def test_bad_filters_are_told(come: Come) -> None:
    masha = await come(role=ADMIN)
    assert "Билета с таким номером нет" in await (await masha.post("journal", {"whom": "777"})).text()
    assert "Дата написана не так" in await (await masha.post("journal", {"since": "вчера"})).text()
    for query in ("since=x", "patron=1;drop", "patron=" + "9" * 30, "until=0000-00-00"):
        assert (await masha.get(f"journal?{query}")).status == 400, query
    assert (await masha.get("journal?before=abc&who=' OR 1=1 --")).status == 200


async def test_it_goes_on_by_key_page_after_page(come: Come, house: DeskReaders) -> None:
    masha, audit = await come(role=ADMIN), SqlStaffAudit(house.database, house.clock)
    for number in range(journal.A_PAGE + 5):
        await audit.note("masha", "take", f"conversation:{number + 1000}")

    page = await (await masha.get("journal?what=take")).text()
    assert page.count(ROW) == 1 + journal.A_PAGE
    address = page.partition('href="/console/journal?what=take')[2].partition('"')[0].replace("&amp;", "&")
    assert "before=" in address
    older = await (await masha.get(f"journal?what=take{address}")).text()
    assert older.count(ROW) == 1 + 5
    assert "диалог №\N{NO-BREAK SPACE}1000" in older
    assert "Показать раньше" not in older


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_is_a_formula_however_its_sign_is_written(sign: str) -> None:
    assert harmless(f"{sign}cmd") == f"'{sign}cmd"
    assert harmless(f"Анна {sign}") == f"Анна {sign}"


async def test_the_file_has_all_lines_and_no_formulas(come: Come, house: DeskReaders) -> None:
    masha, audit = await come(role=ADMIN), SqlStaffAudit(house.database, house.clock)
    await audit.note("masha", "canned.changed", "=cmd|' /C calc'!A0", "@SUM(1)")
    for number in range(journal.LINES_A_PIECE):
        await audit.note("masha", "take", f"conversation:{number}")

    answer = await masha.post("journal/file", {})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="journal.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    data = (await answer.read()).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(data), delimiter=";"))
    assert rows[0][0] == "Когда"
    assert len(rows) == 1 + len(await audited(house.database))
    (changed,) = [row for row in rows if row[3] == "canned.changed"]
    assert (changed[5], changed[7]) == ("'=cmd|' /C calc'!A0", "'@SUM(1)")

    few = await masha.post("journal/file", {"what": "canned.changed"})
    assert len((await few.text()).strip().splitlines()) == 2
    assert any("journal.exported" in line for line in await audited(house.database))


async def test_who_was_looked_for_stays_while_the_days_are_changed_until_somebody_else_is_named(
    come: Come, house: DeskReaders
) -> None:
    masha = await come(role=ADMIN)
    for patron in (house.anna, house.boris):
        await masha.get(f"readers/{patron}")
    found = await sought(masha, what="view.reader", whom=CARD)
    kept = re.search(r'type="hidden" name="patron" value="(\d+)"', found)
    assert kept
    again = {"what": "view.reader", "patron": kept[1]}

    of_anna = await sought(masha, **again, until=house.clock.now().date().isoformat())
    of_boris = await sought(masha, **again, whom=OTHER_CARD)

    for page, patron in ((of_anna, house.anna), (of_boris, house.boris)):
        assert page.count(ROW) == 1 + 1
        assert f'href="/console/readers/{patron}"' in page
    assert (await sought(masha, what="view.reader", patron="1;drop")).count(ROW) == 1 + 2


async def test_a_day_of_the_filter_is_the_library_s_from_midnight_to_midnight(come: Come, house: DeskReaders) -> None:
    audit = SqlStaffAudit(house.database, house.clock)
    evening = house.clock.now().replace(hour=20, minute=59, second=0)  # 23:59 in Moscow
    for number, later in enumerate((0, 60, 24 * 3600, 24 * 3600 + 60)):
        house.clock.turn(evening + timedelta(seconds=later) - house.clock.now())
        await audit.note("masha", "take", f"conversation:{number}")
    day = evening.date() + timedelta(days=1)

    page = await sought(await come("olga", ADMIN), what="take", since=day.isoformat(), until=day.isoformat())

    numbers = sorted(re.findall(r'href="/console/c/(\d+)"', page))
    assert numbers == ["1", "2"]

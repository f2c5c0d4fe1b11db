"""After a form was taken the next page says so first, to eyes and ears."""

import ast
import re
from pathlib import Path

import console
from console.done import done
from db.connect import Database
from tests.console.conftest import Browser, OpenBrowser
from tests.support.clock import StandingClock
from tests.support.staff import hire


async def after(browser: Browser, path: str, fields: dict[str, str]) -> str:
    """What the page says first to which a form leads."""
    answer = await browser.post(path, fields)
    assert answer.status == 303, await answer.text()
    page = await (await browser.get(answer.headers["Location"].removeprefix("/console/"))).text()
    said = re.search(r'<p class="done" role="status">([^<]+)</p>', page)
    return said[1] if said else ""


async def test_what_became_of_a_form_is_said_on_the_page_that_follows(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser
) -> None:
    await hire(sqlite, clock)
    here, there = await open_browser(), await open_browser()
    await there.signs_in()
    await here.signs_in()

    assert await after(here, "account/sessions", {}) == "Во всех других браузерах вход закончен."
    assert 'class="done"' not in await (await here.get("account?done=nonsense")).text()


def test_every_code_that_a_screen_goes_on_with_has_words() -> None:
    codes = set()
    for path in Path(console.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "go":
                said = [one for more in node.args[2:] for one in ast.walk(more) if isinstance(one, ast.Constant)]
                codes |= {str(one.value) for one in said if str(one.value) != "catalogue."}
    assert codes <= done().keys()
    assert {"opened", "days-ended", "saved", "signed-out"} <= codes

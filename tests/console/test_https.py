"""A console that the world reaches by https says so to every browser."""

from dataclasses import replace

import pytest

from console.room import ConsoleSetting
from db.connect import Database
from tests.console.conftest import SETTING, Browser
from tests.support.clock import StandingClock
from tests.support.staff import hire


@pytest.fixture(params=[True, False], ids=["https", "http"])
def setting(request: pytest.FixtureRequest) -> ConsoleSetting:
    """With a certificate in front, and without."""
    return replace(SETTING, secure=request.param)


async def test_cookies_and_pages_are_for_https_where_the_world_comes_by_it(
    sqlite: Database, clock: StandingClock, browser: Browser, setting: ConsoleSetting
) -> None:
    await hire(sqlite, clock)
    door = await browser.get("login")
    came = await browser.client.post("/console/login", data={}, allow_redirects=False)

    assert ("Strict-Transport-Security" in door.headers) is setting.secure
    assert bool(door.cookies["bibliobot_door"]["secure"]) is setting.secure
    assert door.cookies["bibliobot_door"]["samesite"] == "Strict"
    assert came.status == 403
    if setting.secure:
        year = int(door.headers["Strict-Transport-Security"].removeprefix("max-age="))
        assert year >= 365 * 24 * 60 * 60

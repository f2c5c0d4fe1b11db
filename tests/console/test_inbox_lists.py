"""What a list of conversations is narrowed to, who sees what of it, and how it goes on."""

import re

import pytest

from bot.messages import Contact
from console import inbox
from db.messages import StoredLog
from tests.console.conftest import Browser
from tests.console.test_desk_screens import calls


async def listed(browser: Browser, query: str = "") -> set[str]:
    """Who stands in the list at an address."""
    page = await (await browser.get(f"list?{query}")).text()
    return set(re.findall(r'<b class="who">(.*?)</b>', page))


async def called(log: StoredLog, number: int, channel: str = "chat") -> int:
    """One reader more waits, called by their number."""
    return await calls(log, f"Вопрос {number}", Contact(channel=channel, address=str(number)), name=f"Ч{number}")


async def handed(masha: Browser, talk: int, branch: str) -> None:
    """The conversation is a branch's from now on."""
    await masha.post(f"c/{talk}/take", {})
    await masha.post(f"c/{talk}/hand", {"to": f"branch:{branch}"})


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Ч1", "Ч2"}),
        ("tab=nonsense", {"Ч1", "Ч2"}),
        ("tab=all", {"Ч1", "Ч2", "Ч3"}),
        ("tab=mine", {"Ч3"}),
        ("tab=closed", set()),
        ("words=вопрос", {"Ч1", "Ч2", "Ч3"}),
        ("tab=waiting&words=вопрос", {"Ч1", "Ч2"}),
        ("tab=mine&words=вопрос", {"Ч3"}),
        ("tab=closed&words=вопрос", set()),
        ("at=mine&words=вопрос", {"Ч1", "Ч2", "Ч3"}),
        ("at=mine&channel=chat", {"Ч3"}),
        ("words=%D0%B2%D0%BE%D0%BF%D1%80%D0%BE%D1%81+++2", {"Ч2"}),
        ("tab=all&channel=vk", {"Ч2"}),
        ("tab=all&channel=nonsense&branch=nonsense", {"Ч1", "Ч2", "Ч3"}),
        ("tab=all&branch=02", set()),
    ],
)
async def test_a_list_is_narrowed_by_what_there_is_and_by_nothing_else(
    masha: Browser, log: StoredLog, query: str, shown: set[str]
) -> None:
    await called(log, 1)
    await called(log, 2, "vk")
    await masha.post(f"c/{await called(log, 3)}/take", {})

    assert await listed(masha, query) == shown


async def test_each_branch_sees_its_own_readers_and_those_of_nobody(
    masha: Browser, vera: Browser, log: StoredLog
) -> None:
    for number, branch in ((1, "01"), (2, "02")):
        await handed(masha, await called(log, number), branch)
    await called(log, 3)

    assert await listed(masha, "tab=all&branch=02") == {"Ч2"}
    assert await listed(vera, "tab=all") == {"Ч2", "Ч3"}
    assert await listed(vera, "tab=all&branch=01") == set()
    assert "Центральная библиотека" not in await (await vera.get("")).text(), "nothing to choose that is not hers"
    assert "Центральная библиотека" in await (await masha.get("")).text()


async def test_how_many_wait_is_told_beside_the_section_of_one_s_own_branch_and_nothing_where_nobody_does(
    masha: Browser, vera: Browser, log: StoredLog
) -> None:
    assert (await (await vera.get("list/count")).text()).strip() == ""
    for number, branch in ((1, "01"), (2, "02")):
        await handed(masha, await called(log, number), branch)
    await called(log, 3)

    counts = [await (await one.get("list/count")).text() for one in (masha, vera)]

    assert [">3<" in counts[0], ">2<" in counts[1]] == [True, True]


async def test_a_long_list_goes_on_within_what_it_is_narrowed_to(
    masha: Browser, log: StoredLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "A_PAGE", 2)
    for number in range(1, 4):
        await called(log, number)
    await called(log, 4, "vk")

    first = await (await masha.get("list?tab=all&channel=chat")).text()
    onward = re.search(r'id="older" class="main-button" href="/console/\?([^"]+)"', first)
    assert onward
    second = await listed(masha, onward[1].replace("&amp;", "&"))

    assert (await listed(masha, "tab=all&channel=chat"), second) == ({"Ч3", "Ч2"}, {"Ч1"})

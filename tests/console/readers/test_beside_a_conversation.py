"""A reader's card beside their conversation: who sees it, what it tells, and how the inbox finds it."""

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import cast

import pytest
from aiohttp import FormData
from sqlalchemy import update

from bot.desk_actions import Release
from bot.library.model import DayKind, SpecialDays
from bot.messages import Contact
from console.room import ConsoleSetting
from db.branch_desk import SqlBranchDesk
from db.files import SqlFiles
from db.messages import StoredLog
from db.models import ContactRow
from tests.console.conftest import SETTING
from tests.console.readers.conftest import IN_PLACE, Come, audited
from tests.support.accounts import CARD
from tests.support.desk_readers import TITLES, DeskReaders
from tests.support.logs import ANNA


async def test_the_card_stands_beside_the_conversation_and_the_view_is_written_down(
    come: Come, house: DeskReaders
) -> None:
    masha, talk = await come(), await house.conversation()
    page = await (await masha.get(f"c/{talk}")).text()
    assert f'hx-get="/console/c/{talk}/card"' in page
    assert TITLES[0] not in page, "the page itself waits for no loans"
    house.clock.turn(timedelta(days=40))
    await masha.signs_in()

    card = await (await masha.get(f"c/{talk}/card")).text()
    for words in ("Каренина Анна", "билет 1000001", "книг: 2", "просрочено: 2", *TITLES):
        assert words in card, words
    seen = f"staff:masha view.card patron:{house.anna} {house.anna} {{'more': 'conversation:{talk}'}}"
    assert seen in await audited(house.database)


async def test_the_readers_other_chats_stand_there_and_lead_to_them(come: Come, house: DeskReaders) -> None:
    masha, talk = await come(), await house.conversation()
    assert "Другие чаты" not in await (await masha.get(f"c/{talk}/card")).text()
    elsewhere = Contact(channel="vk", address="7")
    await house.desk.comes(elsewhere)
    await house.desk.linked(elsewhere)
    other = await house.conversation(elsewhere)

    card = await (await masha.get(f"c/{talk}/card")).text()

    assert "Другие чаты" in card
    assert f'href="/console/c/{other}">ВКонтакте</a>' in card
    assert f'href="/console/c/{talk}"' not in card
    async with house.database.engine.begin() as connection:
        blocked = update(ContactRow).where(ContactRow.channel == elsewhere.channel)
        await connection.execute(blocked.values(unreachable_since=house.clock.now()))
    assert "не доходит с" in await (await masha.get(f"c/{talk}/card")).text()


async def test_a_reader_whom_the_messenger_does_not_name_is_called_by_their_card(
    come: Come, house: DeskReaders
) -> None:
    masha, talk = await come(), await house.conversation()
    heading = '<h1 id="who">Каренина Анна</h1>'
    for path in ("?tab=all", "list?tab=all"):
        assert "Каренина Анна" in await (await masha.get(path)).text(), path
    for path in (f"c/{talk}", f"c/{talk}/thread"):
        assert heading in await (await masha.get(path)).text(), path
    seen = f"staff:masha view.name patron:{house.anna} {house.anna} {{'more': 'conversation:{talk}'}}"
    assert (await audited(house.database)).count(seen) == 1, "once a day, however often the list is made"
    house.lending.days(1)
    masha = await come("olga")
    await masha.get("?tab=all")
    assert (await audited(house.database)).count(seen.replace("masha", "olga")) == 1


async def test_the_name_of_a_card_is_shown_to_those_who_may_see_it_and_of_a_linked_card_only(
    come: Come, house: DeskReaders
) -> None:
    vera, talk = await come("vera", branches=("02",)), await house.conversation()
    page = await (await vera.get(f"c/{talk}")).text()
    assert f"Читатель {talk}" in page
    assert "Каренина" not in page
    assert not any("view.name" in line for line in await audited(house.database))
    masha = await come()
    await house.desk.accounts.unlink(ANNA, None, "away")
    assert "Каренина" not in await (await masha.get("?tab=all")).text()


async def test_the_name_that_a_messenger_tells_is_kept(come: Come, house: DeskReaders) -> None:
    masha, talk = await come(), await house.conversation()
    async with house.database.writer.begin() as connection:
        await connection.execute(update(ContactRow).where(ContactRow.address == ANNA.address).values(name="Нюта"))
    page = await (await masha.get(f"c/{talk}")).text()
    assert '<h1 id="who">Нюта</h1>' in page
    assert "Каренина" not in page


async def test_a_closed_day_gives_another_day_on_the_page_and_beside_the_conversation(
    come: Come, house: DeskReaders
) -> None:
    masha, talk = await come(), await house.conversation()
    assert "до 17 марта" in await (await masha.get(f"readers/{house.anna}")).text()
    desk = SqlBranchDesk(house.database, house.lending.branches, house.clock)
    shut = SpecialDays(kind=DayKind.URGENT, first=date(2026, 3, 17), last=date(2026, 3, 18), note="авария")

    closing = await desk.say(shut, frozenset(), login="masha")

    for address in (f"readers/{house.anna}", f"c/{talk}/card"):
        page = await (await masha.get(address)).text()
        assert page.count("до 19 марта (17 марта закрыто)") == 2, address
    assert await desk.end(closing, date(2026, 3, 5), login="masha")
    assert "до 17 марта" in await (await masha.get(f"readers/{house.anna}")).text()
    await desk.say(replace(shut, last=None), frozenset(), login="masha")
    assert "вернуть, когда филиал откроется (срок 17 марта)" in await (await masha.get(f"c/{talk}/card")).text()


async def test_the_staff_see_the_card_where_the_channel_carries_nothing_personal_and_are_warned(
    come: Come, house: DeskReaders
) -> None:
    masha, talk = await come(), await house.conversation()
    async with house.database.writer.begin() as connection:
        await connection.execute(update(ContactRow).values(channel="wa"))
    assert "ничего личного" in await (await masha.get(f"c/{talk}")).text()
    assert "Каренина Анна" in await (await masha.get(f"c/{talk}/card")).text()


async def test_a_card_of_another_branch_is_not_shown_beside_a_conversation(come: Come, house: DeskReaders) -> None:
    vera, talk = await come("vera", branches=("02",)), await house.conversation()
    card = await (await vera.get(f"c/{talk}/card")).text()
    assert "видят сотрудники его филиала" in card
    assert "Каренина" not in card
    assert not any("view.card" in line for line in await audited(house.database))


async def test_a_conversation_without_a_card_has_none(come: Come, house: DeskReaders) -> None:
    masha, talk = await come(), await house.conversation()
    await house.desk.accounts.unlink(ANNA, None, "k")
    assert (await (await masha.get(f"c/{talk}/card")).text()).strip() == ""


async def test_a_file_that_was_attached_goes_with_the_reader_also_where_it_has_not_left(
    come: Come, house: DeskReaders
) -> None:
    masha, talk, files = await come(), await house.conversation(), SqlFiles(house.database, house.clock)
    for key, page in (("a" * 16, b"%PDF-1 left"), ("b" * 16, b"%PDF-2 taken back"), ("c" * 16, b"%PDF-3 leaves")):
        form = FormData({"key": key, "text": "Вот скан"})
        form.add_field("file", io.BytesIO(page), filename="скан.pdf", content_type="application/pdf")
        headers = {"X-CSRF": await masha.word()}
        answer = await masha.client.post(f"/console/c/{talk}/say", data=form, headers=headers)
        assert answer.status == 200
        if key.startswith("a"):
            house.clock.turn(timedelta(seconds=6))
            await cast("StoredLog", house.desk.log).act(Release())
            await house.desk.sends()
        if key.startswith("b"):
            await masha.post(f"c/{talk}/undo", {"key": key})
    numbers = range(1, 4)
    assert [(await files.read(number) or b"")[:6] for number in numbers] == [b"%PDF-1", b"%PDF-2", b"%PDF-3"]

    await house.desk.accounts.erase(ANNA, "k")

    assert [await files.read(number) for number in numbers] == [None, None, b"%PDF-3 leaves"]
    house.clock.turn(timedelta(seconds=6))
    await cast("StoredLog", house.desk.log).act(Release())
    await house.desk.sends()
    house.clock.turn(timedelta(days=1))
    await house.desk.store.retention.finish_erasures()
    assert [await files.read(number) for number in numbers] == [None, None, None]


async def test_a_conversation_erased_while_open_says_so_until_its_reader_writes_again(
    come: Come, house: DeskReaders
) -> None:
    masha, talk = await come(), await house.conversation()
    assert (await masha.get(f"c/{talk}")).status == 200
    house.clock.turn(timedelta(seconds=5))
    await house.desk.accounts.erase(ANNA, "m-erase")

    for path in (f"c/{talk}", f"c/{talk}/thread", f"c/{talk}/card"):
        answer = await masha.get(path)
        assert (answer.status, "попросил удалить свои данные" in await answer.text()) == (410, True), path
    said = await masha.post(f"c/{talk}/take", {}, **IN_PLACE)
    assert (said.status, said.content_type) == (410, "text/plain")

    house.clock.turn(timedelta(minutes=1))
    await house.desk.comes(ANNA, "позовите человека", agrees=False)
    assert (await masha.get(f"c/{talk}")).status == 200, "a stranger is answered"

    house.clock.turn(timedelta(days=2))
    await house.desk.sends()
    await house.desk.store.retention.finish_erasures()
    await masha.signs_in()
    assert (await masha.get(f"c/{talk}")).status == 410


async def test_the_inbox_finds_a_reader_by_their_card_and_that_it_was_seen_is_written_down(
    come: Come, house: DeskReaders
) -> None:
    masha, talk = await come(), await house.conversation()
    async with house.database.writing() as connection:
        await connection.execute(update(ContactRow).values(name="Нюша"))
    for words in ("каренина", CARD):
        page = await (await masha.get(f"?words={words}")).text()
        assert f'id="row-{talk}"' in page, words
        assert "Нюша</b>" in page
        assert "билет: Каренина Анна" in page
    seen = f"staff:masha view.name patron:{house.anna} {house.anna} {{'more': 'conversation:{talk}'}}"
    assert (await audited(house.database)).count(seen) == 1
    open_beside = await (await masha.get(f"c/{talk}?words=каренина")).text()
    assert "билет: Каренина Анна" in open_beside
    assert "билет:" not in await (await masha.get("?words=нюша")).text()


async def test_the_inbox_finds_no_card_of_another_branch(come: Come, house: DeskReaders) -> None:
    vera = await come("vera", branches=("02",))
    page = await (await vera.get("?words=каренина")).text()
    assert "Ничего не нашлось." in page
    assert "Каренина" not in page
    assert not any("view.name" in line for line in await audited(house.database))


class TestPublicOnly:
    """A library that has ceased to send anything of a person through the channel."""

    @pytest.fixture
    def setting(self) -> ConsoleSetting:
        return replace(SETTING, public_only=frozenset({ANNA.channel}))

    async def test_the_inbox_finds_no_card_in_a_channel_that_carries_nothing_of_a_person(
        self, come: Come, house: DeskReaders
    ) -> None:
        page = await (await (await come()).get("?words=каренина")).text()
        assert "Ничего не нашлось." in page
        assert await house.conversation()

"""Readers at the console: found, looked at, given a code, helped with their books, forgotten."""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

import pytest
from aiohttp import FormData
from sqlalchemy import update

from bot.accounts import LinkState
from bot.desk_actions import Release
from bot.library.model import DayKind, SpecialDays
from console.room import ConsoleSetting
from db.branch_desk import SqlBranchDesk
from db.files import SqlFiles
from db.messages import StoredLog
from db.models import ContactRow
from tests.console.conftest import SETTING, Browser
from tests.console.readers.conftest import IN_PLACE, Come, audited
from tests.support.accounts import CARD, CHILD_CARD, OTHER_CARD
from tests.support.desk_readers import TITLES, WANTED, DeskReaders
from tests.support.logs import ANNA, BORIS


async def found(browser: Browser, words: str) -> str:
    answer = await browser.post("readers", {"words": words}, **IN_PLACE)
    assert answer.status == 200
    return await answer.text()


async def key_of(browser: Browser, patron: int) -> str:
    """What a form of the reader's page brings along."""
    page = await (await browser.get(f"readers/{patron}")).text()
    key = re.search(r'name="key" value="(\w{16})"', page)
    assert key
    return key[1]


# --- finding -------------------------------------------------------------------------------------


FULL_WIDTH = "\uff11\uff10\uff10\uff10\uff10\uff10\uff11"
WAYS = (CARD, " 1000 001 ", FULL_WIDTH, "КАРЕНИНА", "каре", "Анна Каренина", "каренина анн")


@pytest.mark.parametrize("words", WAYS)
async def test_a_reader_is_found_by_card_and_by_name(come: Come, words: str) -> None:
    masha = await come()
    page = await found(masha, words)
    assert ("Каренина Анна" in page, "Борис" in page) == (True, False)
    assert "1985 г. р." in page
    assert "12.03" not in page, "no more than tells two readers apart"


async def test_a_reader_is_found_by_a_lost_zero_a_telephone_and_with_yo_or_e(come: Come, house: DeskReaders) -> None:
    masha = await come()
    await house.set(CHILD_CARD, card_number="0000042", surname="Королёва")
    assert "Королёва Таня" in await found(masha, "42")
    assert "Королёва Таня" in await found(masha, "королева")
    assert "Борис" in await found(masha, "+7 912 345 67 89")
    assert "Борис" in await found(masha, "9123456789")
    assert "Никого не нашлось" in await found(masha, "100%")
    assert "хотя бы две буквы" in await found(masha, "к")
    assert "хотя бы две буквы" in await found(masha, "__")


async def test_a_search_is_written_down_without_its_words(come: Come, house: DeskReaders) -> None:
    masha = await come()
    await found(masha, "Каренина")
    lines = await audited(house.database)
    assert "staff:masha search.readers {'more': 'name: 1'}" in lines
    assert not any("Каренина" in line for line in lines)


async def test_without_scripts_the_search_is_a_page(come: Come) -> None:
    masha = await come()
    page = await (await masha.post("readers", {"words": CARD})).text()
    assert "<!doctype html>" in page
    assert "Каренина Анна" in page


# --- the page ------------------------------------------------------------------------------------


async def test_a_readers_page_tells_card_books_chats_and_consents(come: Come, house: DeskReaders) -> None:
    await house.desk.linked(ANNA, CHILD_CARD, child=True)
    await house.lending.hold(house.anna, house.wanted)
    masha = await come()

    page = await (await masha.get(f"readers/{house.anna}")).text()

    for words in ("Каренина Анна", "билет 1000001", *TITLES, WANTED, "Чат на сайте", "код из библиотеки",
                  "Согласен на всё", "Согласие дано", "Таня", "билет привязан", "продлить можно ещё"):  # fmt: skip
        assert words in page, words
    vera = await come("vera")
    await vera.get(f"readers/{house.anna}")
    page = await (await masha.get(f"readers/{house.anna}")).text()
    assert '<span class="faint">Vera</span>' in page, "a colleague's name, not the login"
    child = await (await masha.get(f"readers/{house.tanya}")).text()
    assert "чат родителя" in child
    assert f"staff:masha view.reader patron:{house.anna} {house.anna}" in await audited(house.database)


async def test_a_card_ends_with_the_librarys_day_not_with_greenwichs(come: Come, house: DeskReaders) -> None:
    today = house.clock.now().date()
    await house.set(CARD, valid_until=today)
    masha = await come()
    assert "срок прошёл" not in await (await masha.get(f"readers/{house.anna}")).text()

    midnight = datetime.combine(today, time(21, 30), UTC)  # half past midnight in Moscow
    house.clock.turn(midnight - house.clock.now())
    await masha.signs_in()
    assert "срок прошёл" in await (await masha.get(f"readers/{house.anna}")).text()


async def test_who_is_gone_from_the_register_is_marked_and_gets_no_code(come: Come, house: DeskReaders) -> None:
    await house.set(CARD, missing_since=house.clock.now())
    masha = await come()
    assert "больше нет в картотеке" in await (await masha.get(f"readers/{house.anna}")).text()
    assert "код не выдан" in await (await masha.post(f"readers/{house.anna}/code", {})).text()
    assert "нет в картотеке" in await found(masha, CARD)


async def test_words_of_a_register_are_words(come: Come, house: DeskReaders) -> None:
    await house.set(CARD, surname="<script>alert(1)</script>", category="<b>", phone='"><script>')
    masha = await come()
    for page in (await found(masha, CARD), await (await masha.get(f"readers/{house.anna}")).text()):
        assert "<script>alert" not in page
        assert '"><script>' not in page


# --- scope ---------------------------------------------------------------------------------------


async def test_a_hostile_librarian_of_another_branch_gets_nothing_and_is_written_down(
    come: Come, house: DeskReaders
) -> None:
    """By hand, with every address there is."""
    vera = await come("vera", branches=("02",))
    one = f"readers/{house.anna}"
    assert "Никого не нашлось" in await found(vera, CARD)
    for path in (one, f"{one}/erase", f"{one}/books?book=каштанка"):
        answer = await vera.get(path)
        assert answer.status == 403, path
        assert "Каренина" not in await answer.text()
    fields = {"card": CARD, "contact": "1", "loan": "all", "key": "0" * 16, "work": "1", "pickup": "02", "hold": "1"}
    for what in ("code", "unlink", "export", "erase", "renew", "hold", "cancel"):
        assert (await vera.post(f"{one}/{what}", fields)).status == 403, what
    lines = await audited(house.database)
    assert lines.count(f"staff:vera refused.branch patron:{house.anna} {house.anna}") == 10
    assert (await house.desk.accounts.behind(ANNA)).holders
    assert [loan.loan.renewals for loan in await house.lending.loans(house.anna)] == [0, 0]


async def test_branches_meet_in_a_reader_who_has_to_do_with_both(come: Come, house: DeskReaders) -> None:
    vera = await come("vera", branches=("02", "07"))
    assert "Борис" in await found(vera, OTHER_CARD)
    assert (await vera.get(f"readers/{house.tanya}")).status == 200, "of no branch: anybody's"
    _, items = await house.lending.book("Книга детской", branch="02")
    await house.lending.lend(house.anna, items[0], "02")
    assert "Каренина" in await found(vera, CARD)
    assert (await vera.get(f"readers/{house.anna}")).status == 200


async def test_numbers_out_of_the_blue_are_nobody(come: Come, house: DeskReaders) -> None:
    masha = await come()
    for path in ("readers/999999", "readers/999999999999999999", "readers/999999/erase"):
        assert (await masha.get(path)).status == 404, path
    assert (await masha.get("readers/-1")).status == 404
    assert (await masha.post(f"readers/{house.anna}/unlink", {"contact": "1 OR 1"})).status == 400
    assert (await masha.post(f"readers/{house.anna}/hold", {"work": "9" * 30, "key": "0" * 16})).status == 400
    assert (await masha.post(f"readers/{house.anna}/cancel", {"hold": "x", "key": "0" * 16})).status == 400
    assert (await masha.post(f"readers/{house.anna}/renew", {"loan": "all"})).status == 400


# --- codes, chats, data --------------------------------------------------------------------------


async def test_a_code_is_big_printable_and_links_once(come: Come, house: DeskReaders) -> None:
    masha = await come()
    page = await (await masha.post(f"readers/{house.boris}/code", {})).text()
    code = re.search(r'class="big-code">(\d{4} \d{4})<', page)
    assert code
    assert "Действует до" in page
    assert "data:image/svg+xml" in page
    await house.desk.comes(BORIS)
    linked = await house.desk.accounts.link_by_code(BORIS, code[1], house.desk.key())
    assert linked.state is LinkState.LINKED
    assert code[1] not in await (await masha.get(f"readers/{house.boris}")).text()
    assert f"staff:masha code_issued {house.boris} {{'child': 0}}" in await audited(house.database)


async def test_a_guardians_code_makes_a_guardian(come: Come, house: DeskReaders) -> None:
    masha = await come()
    page = await (await masha.post(f"readers/{house.tanya}/code", {"child": "1"})).text()
    assert "Код для родителя" in page
    code = re.search(r'class="big-code">([\d ]+)<', page)
    assert code
    linking = await house.desk.accounts.link_by_code(ANNA, code[1], house.desk.key())
    assert linking.holder is not None
    assert linking.holder.child


async def test_a_chat_is_unlinked(come: Come, house: DeskReaders) -> None:
    masha = await come()
    (chat,) = await house.desk.store.desk.links(CARD) or ()
    page = await (await masha.post(f"readers/{house.anna}/unlink", {"contact": str(chat.contact_id)})).text()
    assert "Чат отвязан" in page
    assert not (await house.desk.accounts.behind(ANNA)).holders
    again = await (await masha.post(f"readers/{house.anna}/unlink", {"contact": str(chat.contact_id)})).text()
    assert "уже отвязан" in again


async def test_data_are_handed_out_as_the_reader_would_get_them(come: Come, house: DeskReaders) -> None:
    masha = await come()
    answer = await masha.post(f"readers/{house.anna}/export", {})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="reader-{house.anna}.json"'
    told = json.loads(await answer.read())
    assert told["Картотека библиотеки"]["Номер билета"] == CARD
    assert len(told["Картотека библиотеки"]["Книги на руках"]) == 2
    assert told["Чаты"][0]["Согласия"][0]["Текст"] == ["Согласен на всё"]
    assert f"staff:masha exported {house.anna}" in await audited(house.database)


async def test_a_reader_is_erased_only_with_the_card_typed(come: Come, house: DeskReaders) -> None:
    masha = await come()
    for typed in ("", "1000002", "да"):
        answer = await masha.post(f"readers/{house.anna}/erase", {"card": typed})
        assert (answer.status, "ничего не удалено" in await answer.text()) == (400, True)
    assert (await house.desk.accounts.behind(ANNA)).holders

    page = await (await masha.post(f"readers/{house.anna}/erase", {"card": " 1000 001 "})).text()
    assert "Данные удалены" in page
    assert "Имя неизвестно" in page
    assert TITLES[0] in page, "what is lent is the library's business still"
    assert not (await house.desk.accounts.behind(ANNA)).holders
    assert f"staff:masha erased {house.anna}" in await audited(house.database)


# --- loans and holds -----------------------------------------------------------------------------


async def test_one_book_is_renewed_once_however_often_it_is_pressed(come: Come, house: DeskReaders) -> None:
    masha = await come()
    key = await key_of(masha, house.anna)
    fields = {"loan": str(house.loans[0]), "key": key}
    first = await (await masha.post(f"readers/{house.anna}/renew", fields, **IN_PLACE)).text()
    assert "продлена до" in first
    assert "<!doctype" not in first
    await masha.post(f"readers/{house.anna}/renew", fields, **IN_PLACE)
    assert sorted(loan.loan.renewals for loan in await house.lending.loans(house.anna)) == [0, 1]
    assert f"staff:masha renew patron:{house.anna} {house.anna} {{'more': '1/1'}}" in await audited(house.database)


async def test_all_are_renewed_and_each_refusal_has_its_reason(come: Come, house: DeskReaders) -> None:
    work = next(loan.work_id for loan in await house.lending.loans(house.anna) if loan.title == TITLES[0])
    await house.lending.hold(house.boris, work or 0, "01")
    masha = await come()
    page = await (
        await masha.post(
            f"readers/{house.anna}/renew", {"loan": "all", "key": await key_of(masha, house.anna)}, **IN_PLACE
        )
    ).text()
    assert f"«{TITLES[0]}», Автор: не продлена, её ждёт другой читатель." in page
    assert f"«{TITLES[1]}», Автор: продлена до" in page


async def test_a_book_renewed_since_the_page_was_read_is_left_alone(come: Come, house: DeskReaders) -> None:
    masha = await come()
    seen = {f"due-{house.loans[0]}": house.lending.today.isoformat()}
    fields = {"loan": str(house.loans[0]), "key": "a" * 16, **seen}
    page = await (await masha.post(f"readers/{house.anna}/renew", fields, **IN_PLACE)).text()
    assert "уже продлена" in page
    assert [loan.loan.renewals for loan in await house.lending.loans(house.anna)] == [0, 0]


async def test_a_book_is_reserved_and_the_hold_cancelled(come: Come, house: DeskReaders) -> None:
    masha = await come()
    one = f"readers/{house.anna}"
    offered = await (await masha.get(f"{one}/books?book=каштанка", **IN_PLACE)).text()
    assert f'name="work" value="{house.wanted}"' in offered
    assert "Центральная библиотека" in offered
    fields = {"work": str(house.wanted), "pickup": "01", "key": "b" * 16}
    placed = await (await masha.post(f"{one}/hold", fields, **IN_PLACE)).text()
    assert "забронирована" in placed
    again = await (await masha.post(f"{one}/hold", fields, **IN_PLACE)).text()
    assert "забронирована" in again, "the same press is the same hold"
    (hold,) = await house.lending.holds(house.anna)
    twice = await (await masha.post(f"{one}/hold", fields | {"key": "c" * 16}, **IN_PLACE)).text()
    assert "Не забронирована: книга уже у читателя, или он её уже ждёт." in twice

    others = await masha.post(f"readers/{house.boris}/cancel", {"hold": str(hold.hold_id), "key": "d" * 16}, **IN_PLACE)
    assert "Такой брони нет" in await others.text()
    ended = await (await masha.post(f"{one}/cancel", {"hold": str(hold.hold_id), "key": "d" * 16}, **IN_PLACE)).text()
    assert "бронь снята" in ended
    assert not await house.lending.holds(house.anna)


# --- beside a conversation -----------------------------------------------------------------------


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

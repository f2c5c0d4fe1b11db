"""Readers at the console: found, looked at, given a code, forgotten."""

import json
import re
from datetime import UTC, datetime, time

import pytest
from sqlalchemy import update

from bot.accounts import LinkState
from db.models import PatronRow
from tests.console.conftest import Browser
from tests.console.readers.conftest import IN_PLACE, Come, audited
from tests.support.accounts import CARD, CHILD_CARD, OTHER_CARD
from tests.support.desk_readers import TITLES, WANTED, DeskReaders
from tests.support.logs import ANNA, BORIS


async def found(browser: Browser, words: str) -> str:
    answer = await browser.post("readers", {"words": words}, **IN_PLACE)
    assert answer.status == 200
    return await answer.text()


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
    assert page.index("<h2") < page.index('<h2 id="lending"') < page.index("<h3"), "no books under the card's heading"
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
        nobody = await masha.get(path)
        assert nobody.status == 404, path
        page = await nobody.text()
        assert "Такого читателя нет." in page
        assert 'class="main-button" href="/console/readers"' in page, "to the search, not to the dialogues"
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
    async with house.database.writing() as connection:
        await connection.execute(update(PatronRow).values(debt=1250, served_at=["ЦБ"]))
    answer = await masha.post(f"readers/{house.anna}/export", {})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="reader-{house.anna}.json"'
    told = json.loads(await answer.read())
    assert told["Картотека библиотеки"]["Номер билета"] == CARD
    entry = ("Пользование ограничено", "Долг", "Обслуживается", "Не обслуживается")
    assert [told["Картотека библиотеки"][name] for name in entry] == [False, "12.50", ["ЦБ"], []]
    assert len(told["Картотека библиотеки"]["Книги на руках"]) == 2
    assert told["Чаты"][0]["Согласия"][0]["Текст"] == ["Согласен на всё"]
    assert f"staff:masha exported {house.anna}" in await audited(house.database)


async def test_a_reader_is_erased_only_with_the_card_typed(come: Come, house: DeskReaders) -> None:
    masha = await come()
    for typed in ("", "1000002", "да"):
        answer = await masha.post(f"readers/{house.anna}/erase", {"card": typed})
        page = await answer.text()
        assert (answer.status, "ничего не удалено" in page, 'aria-invalid="true" autofocus' in page) == (
            400,
            True,
            True,
        )
        assert page.index("Что останется") < page.index("ничего не удалено"), "in sight of the field that has the focus"
    assert (await house.desk.accounts.behind(ANNA)).holders

    page = await (await masha.post(f"readers/{house.anna}/erase", {"card": " 1000 001 "})).text()
    assert "Данные удалены" in page
    assert "Имя неизвестно" in page
    assert TITLES[0] in page, "what is lent is the library's business still"
    assert not (await house.desk.accounts.behind(ANNA)).holders
    assert f"staff:masha erased {house.anna}" in await audited(house.database)


async def test_who_sees_one_branch_is_told_that_a_reader_may_be_known_in_another(come: Come) -> None:
    elsewhere = "Вы видите читателей своего филиала. Записан ли читатель в другом, спросите там."
    vera, masha = await come("vera", branches=("02",)), await come()

    for librarian, told in ((vera, True), (masha, False)):
        page = await (await librarian.post("readers", {"words": "Никтоев"})).text()
        assert "Никого не нашлось." in page
        assert (elsewhere in page) is told

"""«Мои данные» and «удалите мои данные»: all of it told, all of it forgotten, the figures left."""

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.circulation import Ok, OpenHold, OpenLoan, Unavailable
from bot.library.holds import HoldState
from bot.library.lending import Loan
from bot.messages import Document, Reply
from bot.ports.log import Attempt
from db.connect import Database
from db.files import SqlFiles
from db.forgetting import GONE
from db.models import BranchRow, ContactRow, ConversationRow, FileRow, MessageRow, PatronRow, WorkRow
from db.models_accounts import ConsentRow
from db.models_circulation import CirculationOutcomeRow, HoldRow, LoanRow
from db.models_staff import StaffDraftRow, StaffNoteRow, StaffRow
from tests.support.accounts import CARD, CHILD_CARD, Desk, everything, opened_desk
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS, says, turn

DAY = timedelta(days=1)
OF_BORIS = "Борису ответит Ольга"


class OneLoan:
    """A circulation in which everybody has «Обломов» and the second question finds it away."""

    def __init__(self) -> None:
        self.asked = 0

    async def loans(self, patron_id: int) -> Any:
        self.asked += 1
        if self.asked > 1:
            return Unavailable()
        loan = Loan(
            loan_id=1,
            patron_id=patron_id,
            item_id=1,
            branch_code="01",
            issued_on=date(2026, 3, 1),
            due_on=date(2026, 3, 16),
        )
        return Ok((OpenLoan(loan=loan, title="Обломов", author="Гончаров И. А."),))

    async def holds(self, patron_id: int) -> Any:
        hold = OpenHold(
            hold_id=1,
            work_id=1,
            title="Идиот",
            state=HoldState.QUEUED,
            pickup="01",
            placed_at=StandingClock().now(),
        )
        return Ok((hold,))


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> AsyncIterator[Desk]:
    """A library with two readers whose last words are answered and sent."""
    async with opened_desk(database, clock, circulation=OneLoan()) as opened:  # type: ignore[arg-type]
        await opened.comes(ANNA, "меня зовут Анна Каренина")
        await opened.comes(BORIS)
        await opened.sends()
        yield opened


async def a_librarian_notes(desk: Desk, words: str) -> None:
    """What librarians write among themselves about Anna and about Boris, and answers that are not finished."""
    now = desk.clock.now()
    staff = {"id": 1, "login": "olga", "name": "Ольга", "role": "admin", "password": "x", "must_change": False}
    async with desk.database.writer.begin() as connection:
        await connection.execute(insert(StaffRow).values(staff | {"created_at": now}))
        for contact, noted in ((ANNA, words), (BORIS, OF_BORIS)):
            whose = select(ContactRow.id).where(ContactRow.address == contact.address).scalar_subquery()
            talk = await connection.scalar(select(ConversationRow.id).where(ConversationRow.contact_id == whose))
            of = {"conversation_id": talk, "staff_id": 1, "text": noted}
            await connection.execute(insert(StaffNoteRow).values(of | {"key": contact.address, "created_at": now}))
            await connection.execute(insert(StaffDraftRow).values(of | {"updated_at": now}))


# --- export --------------------------------------------------------------------------------------


async def test_a_reader_is_told_all_that_is_kept_in_words(desk: Desk) -> None:
    await desk.linked(ANNA)
    await desk.linked(ANNA, CHILD_CARD, child=True)
    await desk.accounts.link_by_code(ANNA, "00000000", desk.key())

    told = json.loads(await desk.accounts.export(ANNA))

    assert told["Чат"] == {
        "Мессенджер": "Чат на сайте",
        "Имя в мессенджере": "",
        "Первое сообщение": "02.03.2026 10:00",
    }
    mine, hers = told["Билеты"]
    assert (mine["Номер билета"], mine["Имя"], mine["Чем подтверждён"]) == (CARD, "Анна", "код из библиотеки")
    assert mine["Книги на руках"] == [{"Книга": "Гончаров И. А.. Обломов", "Вернуть до": "16.03.2026"}]
    assert mine["Брони"] == [{"Книга": "Идиот", "С какого дня": "02.03.2026 10:00"}]
    assert (hers["Имя"], hers["Билет ребёнка"]) == ("Таня", "да")
    assert hers["Книги на руках"] == "сейчас узнать нельзя, попробуйте позже"
    assert told["Согласия"][0]["Текст"] == ["Согласен на всё"]
    assert [(one["Кто"], one["Текст"]) for one in told["Переписка"]] == [
        ("вы", "меня зовут Анна Каренина"),
        ("бот", "Здравствуйте!"),
    ]
    assert [one["Чем кончилось"] for one in told["Попытки привязать билет"]] == ["linked", "linked", "wrong"]
    assert (await desk.acts())[-1] == "exported"


async def test_an_export_tells_nothing_of_another_reader(desk: Desk) -> None:
    await desk.linked(ANNA)

    told = (await desk.accounts.export(BORIS)).decode()

    assert "Каренина" not in told
    assert CARD not in told


# --- erasure -------------------------------------------------------------------------------------


async def test_who_asks_to_be_forgotten_is_forgotten_at_once(desk: Desk) -> None:
    await desk.linked(ANNA)
    before = await desk.log.figures()
    file = await SqlFiles(desk.database, desk.clock).keep("мои данные.json", "application/json", b"{1}", ANNA)
    await says(desk.log, "пришлите мои данные")
    (waiting,) = await desk.log.claim(5)
    sent = Reply(text="Вот ваши данные, Анна.", attachments=(Document(file=file),), personal=True)
    await desk.log.complete(turn(waiting, sent))
    await desk.sends()
    await a_librarian_notes(desk, "Каренина просила позвонить")
    anna = select(ContactRow.id).where(ContactRow.address == ANNA.address).scalar_subquery()
    async with desk.database.writer.begin() as connection:
        hers = update(ConversationRow).where(ConversationRow.contact_id == anna)
        await connection.execute(hers.values(dialogue={"data": {"title": "мои данные"}}))

    await desk.accounts.erase(ANNA, desk.key())

    left = await everything(desk.database)
    assert not [word for word in ("Каренина", "Анна", "мои данные", "Вот ваши") if word in left]
    assert left.count("Здравствуйте!") == 1  # said to Boris
    assert left.count(OF_BORIS) == 2, "a note and an answer that is not finished"
    assert (await desk.accounts.behind(ANNA)).holders == ()
    async with desk.database.engine.connect() as connection:
        assert (await connection.execute(select(FileRow.id))).all() == []
        of_anna = select(ConsentRow.withdrawn_at).where(ConsentRow.contact_id == anna)
        assert set(await connection.scalars(of_anna)) == {desk.clock.now()}, "the record stays, the consent does not"
    after = await desk.log.figures()
    assert (after.received, after.handled) == (before.received + 1, before.handled + 1)
    assert (await desk.acts())[-2:] == ["unlinked", "erased"]


async def test_the_last_answer_still_leaves_and_then_the_address_goes(desk: Desk) -> None:
    await says(desk.log, "удалите мои данные")
    (waiting,) = await desk.log.claim(5)
    await desk.accounts.erase(ANNA, desk.key())
    await desk.log.complete(turn(waiting, "Удалил. Всего доброго!"))

    desk.clock.turn(timedelta(minutes=30))
    assert await desk.store.retention.finish_erasures() == 0  # the answer is still to be sent
    (leaving,) = await desk.log.claim_outbound("chat", 5)
    assert (leaving.contact, leaving.reply.text) == (ANNA, "Удалил. Всего доброго!")
    await desk.log.attempted(Attempt(message_id=leaving.message_id, channel="chat", external_ids=("x",)))
    assert await desk.store.retention.finish_erasures() == 1

    left = await everything(desk.database, keys=True)
    assert "удалите мои данные" not in left
    assert "Удалил" not in left
    assert "'anna'" not in left
    names = MessageRow.idempotency_key.is_not(None) | MessageRow.external_id.is_not(None)
    talks = select(ContactRow.address).join(ConversationRow, ConversationRow.contact_id == ContactRow.id)
    whose = talks.join(MessageRow, MessageRow.conversation_id == ConversationRow.id).where(names).distinct()
    async with desk.database.engine.connect() as connection:
        assert set(await connection.scalars(whose)) == {BORIS.address}, "an id in a messenger may tell the address"
    assert (await desk.acts())[-1] == "forgotten"
    assert await desk.log.said(ANNA) == []


async def test_who_has_more_to_say_is_forgotten_when_they_have_been_quiet_for_a_while(desk: Desk) -> None:
    await desk.accounts.erase(ANNA, desk.key())
    for words in ("и ещё", "и это"):
        desk.clock.turn(timedelta(minutes=9))
        await says(desk.log, words)
        (waiting,) = await desk.log.claim(5)
        await desk.log.complete(turn(waiting, "хорошо"))
        await desk.sends()
        assert await desk.store.retention.finish_erasures() == 0

    desk.clock.turn(timedelta(minutes=10))
    assert await desk.store.retention.finish_erasures() == 1


async def test_what_cannot_be_sent_for_a_day_goes_with_who_is_forgotten_and_nobody_elses(desk: Desk) -> None:
    for contact in (ANNA, BORIS):
        await says(desk.log, f"до свидания, {contact.address}", contact=contact)
    for waiting in await desk.log.claim(5):
        await desk.log.complete(turn(waiting, "До свидания!"))
    await desk.accounts.erase(ANNA, desk.key())
    desk.clock.turn(DAY)

    assert await desk.store.retention.finish_erasures() == 1

    assert [left.contact for left in await desk.log.claim_outbound("chat", 5)] == [BORIS]


async def test_who_comes_back_later_is_a_stranger(desk: Desk) -> None:
    await desk.linked(ANNA)
    await desk.accounts.erase(ANNA, desk.key())
    desk.clock.turn(timedelta(minutes=11))
    assert await desk.store.retention.finish_erasures() == 1

    await says(desk.log, "это снова я")

    (waiting,) = await desk.log.claim(5)
    assert waiting.inbound.contact == ANNA
    assert waiting.first
    await desk.log.complete(turn(waiting, "Здравствуйте! Чем помочь?"))
    (leaving,) = await desk.log.claim_outbound("chat", 5)
    assert leaving.contact == ANNA  # the answer goes to them, not to the number that was put in their place


async def test_who_agrees_again_meanwhile_stays(desk: Desk) -> None:
    await desk.accounts.erase(ANNA, desk.key())
    await desk.linked(BORIS)
    await desk.accounts.agree(ANNA, desk.accounts.consent_text("ru").version, desk.key())
    desk.clock.turn(DAY)

    assert await desk.store.retention.finish_erasures() == 0
    await desk.linked(ANNA, CHILD_CARD)


async def test_a_librarian_s_conversation_with_the_forgotten_ends(desk: Desk) -> None:
    await desk.accounts.erase(ANNA, desk.key())
    async with desk.database.writer.begin() as connection:
        await connection.execute(update(ConversationRow).values(mode="person"))
    desk.clock.turn(DAY)
    await desk.store.retention.finish_erasures()

    async with desk.database.engine.connect() as connection:
        wanted = select(ContactRow.address, ConversationRow.mode).join(ContactRow)
        modes = {row.address: row.mode for row in await connection.execute(wanted)}
    assert modes.pop(BORIS.address) == "person"
    (gone,) = modes
    assert gone.startswith(GONE)
    assert modes[gone] == "bot"


async def test_the_desk_forgets_a_reader_and_leaves_the_guardian_s_chat(desk: Desk) -> None:
    await desk.linked(ANNA)
    await desk.linked(BORIS, CARD, child=True)
    await desk.linked(BORIS, CHILD_CARD)
    await desk.store.desk.set_pin(CARD, "4815", "desk")
    code = await desk.code_for(CARD)

    assert await desk.store.desk.erase(CARD, "staff:olga")

    assert (await desk.accounts.behind(ANNA)).holders == ()
    assert [one.card_number for one in (await desk.accounts.behind(BORIS)).holders] == [CHILD_CARD]
    async with desk.database.engine.connect() as connection:
        patron = (await connection.execute(select(PatronRow).where(PatronRow.card_number == CARD))).one()
        said = (await connection.scalars(select(MessageRow.text).where(MessageRow.author == "reader"))).all()
    assert (patron.surname, patron.given_name, patron.phone, patron.birth_date) == ("", "", "", None)
    assert sorted(said) == ["", "привет"]
    assert (await desk.store.audit.last(1))[0].actor == "staff:olga"
    linking = await desk.accounts.link_by_code(BORIS, code, desk.key())
    assert linking.holder is None


async def test_a_history_goes_and_what_is_lent_now_stays(desk: Desk) -> None:
    patron = await desk.linked(ANNA)
    child = await desk.linked(ANNA, CHILD_CARD, child=True)
    now, today = desk.clock.now(), desk.clock.now().date()
    async with desk.database.writer.begin() as connection:
        branch = await connection.scalar(insert(BranchRow).values(code="01", name="Ц").returning(BranchRow.id))
        for who, title, returned_at in ((patron, "Вий", now), (patron, "Идиот", None), (child, "Мойдодыр", now)):
            lent = {"patron_id": who, "branch_id": branch, "title": title, "issued_on": today, "due_on": today}
            await connection.execute(insert(LoanRow).values(lent | {"as_of": now, "returned_at": returned_at}))
        for title, ended_at in (("Портрет", now), ("Бесы", None)):
            book = {"key": title, "title": "Книга", "kind": "book", "version": 1}
            work = await connection.scalar(insert(WorkRow).values(book).returning(WorkRow.id))
            waited = {
                "patron_id": patron,
                "work_id": work,
                "pickup_branch_id": branch,
                "state": "queued",
                "placed_at": now,
            }
            await connection.execute(
                insert(HoldRow).values(waited | {"ended_at": ended_at, "reason": f"ждёт: {title}"})
            )
        told = {"patron_id": patron, "call": "renew", "key": "m1", "outcome": {"title": "Вий"}, "at": now}
        await connection.execute(insert(CirculationOutcomeRow).values(told))

    await desk.accounts.erase(ANNA, desk.key())

    left = await everything(desk.database)
    assert not [title for title in ("Вий", "ждёт: Портрет") if title in left]
    assert all(title in left for title in ("Идиот", "ждёт: Бесы"))
    assert "Мойдодыр" in left, "the child's history is the child's"

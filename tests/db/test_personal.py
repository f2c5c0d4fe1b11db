"""«Мои данные» and «удалите мои данные»: all of it told, all of it forgotten, the figures left."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import LinkState
from bot.circulation import Ok, OpenHold, OpenLoan, Unavailable
from bot.library.holds import HoldState
from bot.library.lending import Loan
from bot.messages import Contact, Document, Reply
from bot.ports.log import Attempt
from db.base import Base
from db.connect import Database
from db.files import SqlFiles
from db.forgetting import GONE
from db.models import BranchRow, ContactRow, ConversationRow, FileRow, MessageRow, PatronRow, WorkRow
from db.models_accounts import ConsentRow, LinkAttemptRow, LinkCodeRow
from db.models_circulation import CirculationOutcomeRow, HoldRow, LoanRow
from db.models_handover import HandoverRow
from db.models_staff import StaffDraftRow, StaffNoteRow, StaffRow
from db.retention import KeepDays
from tests.support.accounts import CARD, CHILD_CARD, Desk, opened_desk
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS, says, turn
from tests.support.patience import SOON_S

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


async def everything(database: Database, *, keys: bool = False) -> str:
    """All rows of all tables but the register's own, as one text; messages' keys hold their words in these tests."""
    async with database.engine.connect() as connection:
        return "\n".join(
            [
                repr([value for column, value in row._mapping.items() if keys or column != "idempotency_key"])
                for table in Base.metadata.sorted_tables
                if table.name not in ("patrons", "consent_texts", "branches")
                for row in await connection.execute(select(table))
            ]
        )


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


# --- retention -----------------------------------------------------------------------------------


async def test_old_words_are_forgotten_and_what_is_younger_stays(desk: Desk) -> None:
    desk.clock.turn(89 * DAY)
    await says(desk.log, "позднее слово")
    (waiting,) = await desk.log.claim(5)
    await desk.log.complete(turn(waiting, "поздний ответ"))

    await desk.store.retention.tidy()
    assert "меня зовут" in await everything(desk.database)
    desk.clock.turn(2 * DAY)
    await desk.store.retention.tidy()
    await desk.store.retention.tidy()

    left = await everything(desk.database)
    assert "меня зовут" not in left
    assert "позднее слово" in left
    said = await desk.log.said(ANNA)
    assert [one.reply.text for one in said] == ["позднее слово", "поздний ответ"]
    figures = await desk.log.figures()
    assert figures.received == figures.handled == 3


async def test_a_code_that_was_just_given_out_outlives_the_tidying(desk: Desk) -> None:
    vera = Contact(channel="chat", address="vera")
    await desk.comes(vera)
    code = await desk.code_for(CARD)

    await desk.store.retention.tidy()

    assert (await desk.accounts.link_by_code(vera, code, desk.key())).state is LinkState.LINKED


async def test_many_old_words_are_forgotten_in_batches(
    database: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.retention.BATCH", 3)
    monkeypatch.setattr("db.retention.PAUSE_S", 0)
    async with opened_desk(database, clock) as desk:
        await says(desk.log, *[f"слово {number}" for number in range(20)])
        for waiting in await desk.log.claim(50):
            await desk.log.complete(turn(waiting))
        clock.turn(91 * DAY)

        await desk.store.retention.tidy()

        async with database.engine.connect() as connection:
            assert set(await connection.scalars(select(MessageRow.text))) == {""}


async def test_what_still_waits_is_not_touched(desk: Desk) -> None:
    await says(desk.log, "ещё не отвечено")
    desk.clock.turn(100 * DAY)

    await desk.store.retention.tidy()

    (waiting,) = await desk.log.claim(5)
    assert waiting.inbound.content.text == "ещё не отвечено"  # type: ignore[union-attr]


async def test_personal_files_go_after_a_week_and_the_words_beside_them_stay(desk: Desk) -> None:
    files = SqlFiles(desk.database, desk.clock)
    card = await files.keep("билет.png", "image/png", b"card", ANNA)
    plan = await files.keep("план.png", "image/png", b"plan")
    await says(desk.log, "билет")
    (waiting,) = await desk.log.claim(5)
    await desk.log.complete(
        turn(
            waiting,
            Reply(text="Ваш билет", attachments=(Document(file=card),), personal=True),
            Reply(text="План зала", attachments=(Document(file=plan),)),
        )
    )
    await desk.sends()
    desk.clock.turn(8 * DAY)

    await desk.store.retention.tidy()

    assert await files.read(card.file_id) is None
    assert await files.read(plan.file_id) == b"plan"
    said = [one.reply for one in await desk.log.said(ANNA)][-2:]
    assert [(one.text, len(one.attachments)) for one in said] == [("Ваш билет", 0), ("План зала", 1)]


async def test_words_about_a_librarians_help_go_and_who_was_asked_is_known_a_month(
    database: Database, clock: StandingClock
) -> None:
    async with opened_desk(database, clock, keep=KeepDays(messages=7)) as desk:
        await desk.comes(ANNA)
        async with database.writer.begin() as connection:
            talk = await connection.scalar(select(ConversationRow.id))
            help_given = {"conversation_id": talk, "channel": "chat", "called_at": clock.now(), "ended_at": clock.now()}
            await connection.execute(insert(HandoverRow).values(help_given | {"words": "Спасибо Ольге"}))

        for days, known in ((8, talk), (21, talk), (2, None)):
            clock.turn(days * DAY)
            await desk.store.retention.tidy()
            async with database.engine.connect() as connection:
                kept = (await connection.execute(select(HandoverRow.words, HandoverRow.conversation_id))).one()
            assert tuple(kept) == ("", known)


async def test_attempts_codes_and_the_audit_log_have_their_time(desk: Desk) -> None:
    await desk.linked(ANNA)
    desk.clock.turn(31 * DAY)
    await desk.store.retention.tidy()
    async with desk.database.engine.connect() as connection:
        assert (await connection.execute(select(LinkAttemptRow))).all() == []
        assert (await connection.execute(select(LinkCodeRow))).all() == []
    assert len(await desk.acts()) == 4

    desk.clock.turn(1100 * DAY)
    await desk.store.retention.tidy()
    assert await desk.acts() == []
    assert len((await desk.accounts.behind(ANNA)).holders) == 1  # the link itself stays until it is cut


async def test_who_is_silent_for_a_year_without_a_card_is_forgotten(desk: Desk) -> None:
    carl = Contact(channel="chat", address="carl")
    await desk.comes(carl, agrees=False)
    await desk.linked(ANNA)
    await desk.sends()
    desk.clock.turn(366 * DAY)

    await desk.store.retention.tidy()
    desk.clock.turn(timedelta(minutes=11))
    assert await desk.store.retention.finish_erasures() == 1

    async with desk.database.engine.connect() as connection:
        addresses = set(await connection.scalars(select(ContactRow.address)))
    assert {ANNA.address, BORIS.address} < addresses  # a card, a consent in force
    assert carl.address not in addresses


ONLY_CONTACTS = KeepDays(messages=0, files=0, attempts=0, audit=0, contacts=365)


async def test_nobody_waits_while_it_is_looked_for_who_has_been_silent(sqlite: Database, clock: StandingClock) -> None:
    async with opened_desk(sqlite, clock, keep=ONLY_CONTACTS) as desk:
        await desk.comes(ANNA)
        async with sqlite.writing(), asyncio.timeout(SOON_S):
            await desk.store.retention.tidy()


async def test_who_writes_while_it_is_looked_for_who_has_been_silent_is_not_forgotten(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    carl = Contact(channel="chat", address="carl")
    async with opened_desk(sqlite, clock, keep=ONLY_CONTACTS) as desk:
        await desk.comes(carl, agrees=False)
        clock.turn(366 * DAY)
        writes = Database.writing

        @asynccontextmanager
        async def writing(database: Database) -> AsyncIterator[AsyncConnection]:
            await says(desk.log, "Я снова здесь", contact=carl)
            async with writes(database) as connection:
                yield connection

        monkeypatch.setattr(Database, "writing", writing)
        await desk.store.retention.tidy()

        async with sqlite.engine.connect() as connection:
            asked = select(ContactRow.erased_at).where(ContactRow.address == "carl")
            assert await connection.scalar(asked) is None


async def test_nothing_goes_where_the_library_keeps_for_ever(database: Database, clock: StandingClock) -> None:
    keep = KeepDays(messages=0, files=0, attempts=0, audit=0, contacts=0)
    async with opened_desk(database, clock, keep=keep) as desk:
        await desk.comes(ANNA)
        await desk.linked(ANNA)
        before = await everything(database)
        clock.turn(5000 * DAY)

        await desk.store.retention.tidy()

        assert await everything(database) == before


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

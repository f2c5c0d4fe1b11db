"""Accounts in the store: one query, consent with its words, cards linked and cut, wishes, the audit log."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from bot.accounts import LinkState, NoticeWishes
from bot.audit import Act, Entry, Which
from bot.messages import Contact
from db.account_store import account_store
from db.connect import Database
from db.models import PatronRow
from db.models_accounts import ConsentRow, ConsentTextRow
from tests.support.accounts import CARD, CHILD_CARD, CONSENT, OTHER_CARD, Desk, opened_desk, setup_of
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> AsyncIterator[Desk]:
    """A library with one reader who has said something and agreed to nothing."""
    async with opened_desk(database, clock) as opened:
        await opened.comes(ANNA, agrees=False)
        yield opened


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    ran: list[str] = []

    def note(*arguments: object) -> None:
        ran.append(str(arguments[2]))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield ran
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def test_who_is_behind_a_contact_takes_one_query(desk: Desk) -> None:
    await desk.accounts.agree(ANNA, CONSENT["ru"].version, desk.key())
    await desk.linked(ANNA)
    await desk.linked(ANNA, CHILD_CARD, child=True)
    await desk.accounts.wish(ANNA, NoticeWishes(due_days=(7,), hide_titles=True))

    with counted(desk.database) as ran:
        account = await desk.accounts.behind(ANNA)

    assert len([one for one in ran if "SELECT" in one]) == 1
    assert [holder.card_number for holder in account.holders] == [CARD, CHILD_CARD]
    assert account.consent
    assert account.wishes == NoticeWishes(due_days=(7,), hide_titles=True)


async def test_the_same_address_in_another_messenger_is_somebody_else(desk: Desk) -> None:
    namesake = replace(ANNA, channel="vk")
    await desk.comes(namesake)
    await desk.accounts.agree(ANNA, CONSENT["ru"].version, desk.key())
    await desk.linked(ANNA)

    assert (await desk.accounts.behind(ANNA)).holders
    assert not (await desk.accounts.behind(namesake)).holders
    await desk.accounts.erase(namesake, desk.key())
    assert (await desk.accounts.behind(ANNA)).holders


async def test_somebody_who_never_wrote_has_an_empty_account(desk: Desk) -> None:
    nobody = Contact(channel="chat", address="nobody")

    account = await desk.accounts.behind(nobody)

    assert (account.holders, account.consent, account.wishes) == ((), False, NoticeWishes())
    await desk.accounts.erase(nobody, desk.key())
    assert await desk.accounts.unlink(nobody, None, desk.key()) == 0


# --- consent -------------------------------------------------------------------------------------


async def test_consent_is_kept_with_its_words_moment_channel_and_message(desk: Desk) -> None:
    await desk.accounts.agree(ANNA, CONSENT["ru"].version, "m5")
    await desk.accounts.agree(ANNA, CONSENT["ru"].version, "m5")  # a turn that is repeated

    async with desk.database.engine.connect() as connection:
        kept = (await connection.execute(select(ConsentRow))).one()
        words = (await connection.execute(select(ConsentTextRow))).one()
    assert (kept.purpose, kept.version, kept.channel, kept.key) == ("service", words.version, "chat", "m5")
    assert (kept.given_at, kept.withdrawn_at) == (desk.clock.now(), None)
    assert (words.text, words.language) == ("Согласен на всё", "ru")
    assert (await desk.accounts.behind(ANNA)).consent
    assert (await desk.acts()).count("consent_given") == 1


async def test_nobody_agrees_to_a_text_that_is_not_in_force(desk: Desk) -> None:
    await desk.accounts.agree(ANNA, "an older text", desk.key())

    assert not (await desk.accounts.behind(ANNA)).consent


async def test_consent_to_the_english_text_is_consent(desk: Desk) -> None:
    await desk.accounts.agree(ANNA, desk.accounts.consent_text("en").version, desk.key())

    assert (await desk.accounts.behind(ANNA)).consent
    assert desk.accounts.consent_text("tt") == CONSENT["ru"]


async def test_words_that_change_leave_what_was_agreed_to_until_it_is_taken_back(desk: Desk) -> None:
    await desk.accounts.agree(ANNA, CONSENT["ru"].version, desk.key())
    later = replace(setup_of(), texts={"ru": replace(CONSENT["ru"], version="newer")})
    accounts = account_store(desk.database, desk.clock, desk.log, later).accounts

    before = await accounts.behind(ANNA)
    await accounts.withdraw(ANNA, "m9")
    after = await accounts.behind(ANNA)

    assert (before.consent, before.former_consent) == (False, True)
    assert (after.consent, after.former_consent) == (False, False)


async def test_it_is_known_when_whose_card_it_is_was_born(desk: Desk) -> None:
    await desk.accounts.agree(ANNA, CONSENT["ru"].version, desk.key())
    await desk.linked(ANNA)

    assert [holder.born for holder in (await desk.accounts.behind(ANNA)).holders] == [date(1985, 3, 12)]


async def test_consent_taken_back_cuts_every_card_and_both_words_stay(desk: Desk) -> None:
    await desk.accounts.agree(ANNA, CONSENT["ru"].version, desk.key())
    await desk.linked(ANNA)
    desk.clock.turn(timedelta(hours=1))

    await desk.accounts.withdraw(ANNA, "m9")
    await desk.accounts.withdraw(ANNA, "m9")

    account = await desk.accounts.behind(ANNA)
    assert (account.holders, account.consent) == ((), False)
    async with desk.database.engine.connect() as connection:
        kept = (await connection.execute(select(ConsentRow))).one()
    assert (kept.withdrawn_at, kept.withdrawn_key) == (desk.clock.now(), "m9")
    assert (await desk.acts()).count("consent_withdrawn") == 1
    linking = await desk.accounts.link_by_code(ANNA, await desk.code_for(CARD), desk.key())
    assert linking.state is LinkState.NO_CONSENT


# --- links ---------------------------------------------------------------------------------------


async def test_one_card_is_cut_or_all_and_a_repeated_turn_hears_the_same_number(desk: Desk) -> None:
    await desk.accounts.agree(ANNA, CONSENT["ru"].version, desk.key())
    await desk.linked(ANNA)
    child = await desk.linked(ANNA, CHILD_CARD, child=True)
    await desk.linked(ANNA, OTHER_CARD, child=True)

    assert await desk.accounts.unlink(ANNA, child, "m20") == 1
    assert [one.card_number for one in (await desk.accounts.behind(ANNA)).holders] == [CARD, OTHER_CARD]
    assert await desk.accounts.unlink(ANNA, None, "m21") == 2
    assert await desk.accounts.unlink(ANNA, None, "m21") == 2
    assert await desk.accounts.unlink(ANNA, None, "m22") == 0
    assert (await desk.acts()).count("unlinked") == 3


async def test_wishes_are_those_said_last(desk: Desk) -> None:
    await desk.accounts.wish(ANNA, NoticeWishes(muted=True))
    await desk.accounts.wish(ANNA, NoticeWishes(due_days=(), overdue=False))

    assert (await desk.accounts.behind(ANNA)).wishes == NoticeWishes(due_days=(), overdue=False)


# --- the desk ------------------------------------------------------------------------------------


async def test_the_desk_sees_who_sees_a_card_and_cuts_one_of_them(desk: Desk) -> None:
    await desk.accounts.agree(ANNA, CONSENT["ru"].version, desk.key())
    await desk.comes(BORIS)
    await desk.linked(ANNA)
    await desk.linked(BORIS, child=True)

    links = await desk.store.desk.links(" 1000 001 ")
    assert links is not None
    assert [(one.channel, one.proof, one.child, one.reachable) for one in links] == [
        ("chat", "code", False, True),
        ("chat", "code", True, True),
    ]
    assert await desk.store.desk.unlink(CARD, "staff:olga", links[1].contact_id) == 1
    assert (await desk.accounts.behind(BORIS)).holders == ()
    assert len((await desk.accounts.behind(ANNA)).holders) == 1
    assert (await desk.store.audit.last(1))[0].actor == "staff:olga"


async def test_the_desk_is_told_that_there_is_no_such_card(desk: Desk) -> None:
    assert await desk.store.desk.issue_code("777", "desk") is None
    assert await desk.store.desk.links("777") is None
    assert await desk.store.desk.unlink("не знаю", "desk") == 0
    assert not await desk.store.desk.set_pin("777", "4815", "desk")
    assert not await desk.store.desk.erase("777", "desk")


# --- the audit log -------------------------------------------------------------------------------


async def test_the_audit_log_tells_who_did_what_when_and_where(desk: Desk) -> None:
    await desk.accounts.agree(ANNA, CONSENT["ru"].version, desk.key())
    patron = await desk.linked(ANNA)
    await desk.store.audit.add(Entry(action=Act.EXPORTED, actor="staff:olga", patron_id=patron, details={"rows": 3}))

    issued, linked, exported = [entry async for entry in desk.store.audit.entries(Which(patron_id=patron))]

    assert (issued.action, issued.actor) == (Act.CODE_ISSUED, "staff:olga")
    assert (linked.action, linked.actor, linked.channel) == (Act.LINKED, "reader", "chat")
    assert linked.details == {"proof": "code", "outcome": "linked"}
    assert (linked.at, exported.details) == (desk.clock.now(), {"rows": 3})
    assert linked.subject
    assert "anna" not in linked.subject


async def test_the_audit_log_is_read_by_pages_and_by_days(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.audit.PAGE", 3)
    for number in range(7):
        await desk.store.audit.add(Entry(action="login", actor=f"staff:{number}"))
        desk.clock.turn(timedelta(days=1))
    began = desk.clock.now() - timedelta(days=7)

    newest = await desk.store.audit.last(3)
    older = await desk.store.audit.last(3, before=newest[-1].entry_id)
    some = desk.store.audit.entries(Which(since=began + timedelta(days=2), until=began + timedelta(days=4)))

    assert [entry.actor for entry in newest + older] == [f"staff:{number}" for number in (6, 5, 4, 3, 2, 1)]
    assert [entry.actor async for entry in some] == ["staff:2", "staff:3"]
    whole: list[str] = []
    async for entry in desk.store.audit.entries(Which(actions={"login"})):
        whole.append(entry.actor)
        assert len(whole) <= 7, "no line comes twice"
    assert whole == [f"staff:{number}" for number in range(7)]
    assert await desk.store.audit.last(5, Which(actions={"link"})) == []


async def test_who_is_gone_from_the_register_is_told_nothing_until_they_are_back(desk: Desk) -> None:
    await desk.accounts.agree(ANNA, CONSENT["ru"].version, desk.key())
    await desk.linked(ANNA)
    code = await desk.code_for(CARD)
    await _gone(desk, CARD, desk.clock.now())

    account = await desk.accounts.behind(ANNA)
    assert (account.holders, account.suspended, account.consent) == ((), True, True)
    assert account.own_suspended
    assert await desk.store.desk.issue_code(CARD, "desk") is None
    assert (await desk.accounts.link_by_code(ANNA, code, desk.key())).state is LinkState.WRONG
    assert (await desk.accounts.link_by_card(ANNA, CARD, "12.03.1985", desk.key())).state is LinkState.WRONG
    assert b"1000001" not in await desk.accounts.export(ANNA)

    await _gone(desk, CARD, None)
    account = await desk.accounts.behind(ANNA)
    assert [holder.card_number for holder in account.holders] == [CARD]
    assert not account.suspended


async def _gone(desk: Desk, card: str, since: datetime | None) -> None:
    async with desk.database.writer.begin() as connection:
        await connection.execute(update(PatronRow).where(PatronRow.card_number == card).values(missing_since=since))

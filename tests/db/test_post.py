"""Letters outside a turn: once each, in their lane, never to those who cannot or will not hear."""

import pytest
from sqlalchemy import select, update

from bot.messages import Contact, Lane, Presence, Reply
from db.connect import Database
from db.models import ContactRow, MessageRow
from db.post import Letter, put
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS, opened_log, says

HELLO = Reply(text="К вашему билету привязали ещё один чат.", personal=True)


class Post:
    """One letter at a time, to whoever has an address; one who is unknown has no contact."""

    def __init__(self, database: Database, clock: StandingClock) -> None:
        self._database, self._clock = database, clock

    async def post(self, contact: Contact, reply: Reply, key: str) -> int | None:
        asked = select(ContactRow.id).where(ContactRow.address == contact.address)
        async with self._database.writing() as connection:
            letter = Letter(contact_id=await connection.scalar(asked) or 0, reply=reply, key=key)
            return (await put(connection, [letter], self._clock.now())).get(key)


@pytest.fixture
def post(database: Database, clock: StandingClock) -> Post:
    """The post of each database."""
    return Post(database, clock)


async def test_a_letter_is_sent_like_any_other_message(database: Database, clock: StandingClock, post: Post) -> None:
    async with opened_log(database, clock) as log:
        await says(log, "привет")

        written = await post.post(ANNA, HELLO, "linked:1")

        (sending,) = await log.claim_outbound("chat", 5)
        assert (sending.message_id, sending.contact, sending.lane) == (written, ANNA, Lane.NOTICE)
        assert sending.reply == HELLO


async def test_the_same_letter_is_written_once(database: Database, clock: StandingClock, post: Post) -> None:
    async with opened_log(database, clock) as log:
        await says(log, "привет")

        first = await post.post(ANNA, HELLO, "linked:" + "9" * 300)
        again = await post.post(ANNA, Reply(text="иначе"), "linked:" + "9" * 300)

        assert first is not None
        assert again is None
        assert len(await log.claim_outbound("chat", 5)) == 1


async def test_nothing_is_written_to_strangers_and_to_those_out_of_reach(
    database: Database, clock: StandingClock, post: Post
) -> None:
    async with opened_log(database, clock) as log:
        await says(log, "привет")
        await says(log, "привет", contact=BORIS)
        await log.note(Presence(contact=ANNA, reachable=False, at=clock.now()))
        async with database.writer.begin() as connection:
            await connection.execute(
                update(ContactRow).where(ContactRow.address == BORIS.address).values(erased_at=clock.now())
            )

        assert await post.post(ANNA, HELLO, "1") is None
        assert await post.post(BORIS, HELLO, "1") is None
        assert await post.post(Contact(channel="chat", address="nobody"), HELLO, "1") is None
        assert await log.claim_outbound("chat", 5) == []


async def test_many_letters_go_in_one_transaction(database: Database, clock: StandingClock) -> None:
    async with opened_log(database, clock) as log:
        await says(log, "привет")
        await says(log, "привет", contact=BORIS)
        async with database.writer.begin() as connection:
            ids = (await connection.scalars(select(ContactRow.id).order_by(ContactRow.id))).all()
            letters = [Letter(contact_id=one, reply=HELLO, key=f"linked:{one}") for one in ids]
            written = await put(connection, letters, clock.now())
            assert await put(connection, letters, clock.now()) == {}

    async with database.engine.connect() as connection:
        kept = (await connection.execute(select(MessageRow.id).where(MessageRow.author == "bot"))).scalars().all()
    assert sorted(written.values()) == sorted(kept)
    assert set(written) == {f"linked:{one}" for one in ids}

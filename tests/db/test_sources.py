"""The link that brought a reader is remembered, once, and only if it is one of ours."""

from datetime import UTC, datetime

import pytest

from bot.messages import Contact, Inbound, Started
from db.connect import Database
from db.messages import open_log
from db.sources import came
from tests.support.clock import StandingClock


def started(address: str, parameter: str, key: str) -> Inbound:
    contact = Contact(channel="max", address=address)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Inbound(contact=contact, content=Started(parameter), idempotency_key=key, sent_at=at)


async def test_the_first_link_counts_and_a_repeat_does_not(database: Database, clock: StandingClock) -> None:
    log = await open_log(database, clock)
    for address, parameter, key in (
        ("1", "branch-03", "a"),
        ("1", "branch-03", "a"),
        ("1", "branch-04", "b"),
        ("2", "", "c"),
        ("2", "branch-03", "d"),
        ("3", "branch-04", "e"),
    ):
        await log.record(started(address, parameter, key))
    await log.aclose()

    assert (await came(database, "max", "branch-03"), await came(database, "max", "branch-04")) == (2, 1)
    assert await came(database, "vk", "branch-03") == 0


@pytest.mark.parametrize("parameter", ["телефон 89001234567", "x" * 65, "a b", "\x00"])
async def test_a_word_that_is_not_ours_is_not_kept(sqlite: Database, clock: StandingClock, parameter: str) -> None:
    log = await open_log(sqlite, clock)
    await log.record(started("1", parameter, "a"))
    await log.aclose()
    assert await came(sqlite, "max", "") == 1

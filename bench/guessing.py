"""Brute force at linking: 10,000 codes from 100 contacts find nothing, are told nothing, and are reported.

``python -m bench guessing [--codes 10000] [--contacts 100] [--on sqlite]``

Fifty cards have a fresh code each, and every contact guesses at random, eight at once. The clock moves a second an
attempt, so that locks end and the guesser goes on. Prints how many guesses were looked at, what was answered, and how
long a refused and a failed attempt take: for a card that exists (with a PIN) and for one that does not.
"""

import argparse
import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import insert

from bot.accounts import LinkState, Proof
from bot.messages import Contact
from db.connect import connect
from db.models import PatronRow
from tests.support.accounts import CARD, Desk, opened_desk
from tests.support.clock import StandingClock
from tests.support.databases import Databases, PostgresServer

DIALECTS = ("sqlite", "postgresql")
AT_ONCE = 8
CARDS = 50
TIMED = 40


def main(argv: Sequence[str]) -> int:
    """Run the measurement; 1 where a guess found a card, was told anything, or nobody heard of the attack."""
    parser = argparse.ArgumentParser(prog="python -m bench guessing", description=__doc__)
    parser.add_argument("--on", choices=DIALECTS, action="append", help="only this database")
    parser.add_argument("--codes", type=int, default=10_000)
    parser.add_argument("--contacts", type=int, default=100)
    options = parser.parse_args(argv)
    failed = False
    with tempfile.TemporaryDirectory(prefix="bb-guess-") as folder:
        databases = Databases(Path(folder), server=lambda: PostgresServer(durable=True))
        try:
            for dialect in options.on or DIALECTS:
                failed |= not asyncio.run(_guess(databases, dialect, options.codes, options.contacts))
        finally:
            databases.close()
    return int(failed)


async def _guess(databases: Databases, dialect: str, codes: int, contacts: int) -> bool:
    database = await connect(await databases.url(dialect))
    clock = StandingClock()
    try:
        async with opened_desk(database, clock) as desk:
            guessers = [Contact(channel="chat", address=f"guesser {number}") for number in range(contacts)]
            for guesser in guessers:
                await desk.comes(guesser)
            await _with_codes(desk)
            began = perf_counter()
            answers = await _attempts(desk, guessers, codes)
            seconds = perf_counter() - began
            attacks = sum(what[0] == "attack" for what in desk.heard)
            print(
                f"{dialect}: {codes} guesses of {contacts} contacts in {seconds:.0f} s: "
                f"{answers[LinkState.WRONG]} looked at, {answers[LinkState.LOCKED]} refused unseen, "
                f"{answers[LinkState.LINKED]} found a card; reported {attacks} times "
                f"({(await desk.acts()).count('attack')} in the audit log)"
            )
            await _timed(desk)
            return set(answers) <= {LinkState.WRONG, LinkState.LOCKED} and attacks > 0
    finally:
        await databases.drop(database)


async def _with_codes(desk: Desk) -> None:
    async with desk.database.writer.begin() as connection:
        cards = [{"card_number": str(2_000_000 + number)} for number in range(CARDS)]
        await connection.execute(insert(PatronRow), cards)
    for card in cards:
        await desk.code_for(card["card_number"])


async def _attempts(desk: Desk, guessers: Sequence[Contact], codes: int) -> Counter[LinkState]:
    answers: Counter[LinkState] = Counter()
    for begin in range(0, codes, AT_ONCE):
        some = range(begin, min(begin + AT_ONCE, codes))
        linkings = await asyncio.gather(
            *(
                desk.accounts.link_by_code(
                    guessers[number % len(guessers)], f"{random.randrange(10**8):08}", f"guess {number}"
                )
                for number in some
            )
        )
        answers.update(linking.state for linking in linkings)
        desk.clock.turn(timedelta(seconds=len(some)))
    return answers


async def _timed(desk: Desk) -> None:
    """A wrong PIN for a card that exists and for one that does not, in turn, by the library's own hasher."""
    await desk.store.desk.set_pin(CARD, "4815", "desk")
    taken: dict[str, list[float]] = {CARD: [], "7777777": []}
    for number in range(TIMED):
        for card, times in taken.items():
            began = perf_counter()
            await desk.store.linking.proving.by_secret(card, f"{number:04}", [Proof.PIN])
            times.append((perf_counter() - began) * 1000)
    there, nowhere = (median(times) for times in taken.values())
    print(f"  a wrong PIN: {there:.2f} ms for a card that exists, {nowhere:.2f} ms for one that does not")

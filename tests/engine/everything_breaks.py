"""A process in which everything breaks while it holds what readers said; ``test_logs`` reads what it wrote down."""

import asyncio
import logging
import sys
from pathlib import Path

from sqlalchemy import insert

from bot.clock import SystemClock
from bot.engine import logs
from bot.engine.logs import loose_end
from bot.engine.outbox import Outbox
from bot.errors import ChannelUnavailable
from bot.messages import Contact, Reply
from bot.ports.library import Library
from bot.routing import Turn
from db.connect import connect
from db.migrate import upgrade
from db.models import PatronRow
from tests.support.clock import StandingClock
from tests.support.logs import arrival, opened_log
from tests.support.machine import FakeChannel, Machine, answers

TEXT, NAME, ADDRESS, CARD = "вопрос мой секретный", "Аграфена", "адрес-79161234567", "карта-4815162342"


async def breaks(turn: Turn, _: Library) -> Reply:
    try:
        raise KeyError(turn.text)
    except KeyError as error:
        raise ValueError(f"{turn.contact.address}: {turn.text}") from error


async def main(folder: Path) -> None:
    logs.configure("debug", "json")
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(loose_end)
    reader = Contact(channel="chat", address=ADDRESS)

    # A handler, understanding, a messenger and our own rendering.
    machine = Machine(StandingClock(), answers(("вопрос", breaks)))
    channel = FakeChannel()
    channel.faults = [ChannelUnavailable("no route"), ZeroDivisionError(TEXT)]
    outbox = Outbox("chat", channel, machine.log, machine.clock, machine.metrics)
    for number, text in enumerate((TEXT, "сломай понимание")):
        await machine.log.record(arrival(text, key=str(number), contact=reader, name=NAME))
    async with machine.running():
        sending = asyncio.create_task(outbox.run())
        await machine.settles()
        await machine.until(lambda: len(channel.tried) > 0)
        outbox.stop()
        await sending
    later = Machine(StandingClock())
    later.log.broken = True
    async with later.running():
        await later.until(lambda: later.dispatcher.away)

    # A database that minds what it is given, and a whole life of a log.
    database = await connect(f"sqlite:///{folder}/store.sqlite3")
    await upgrade(database)
    async with opened_log(database, SystemClock()) as log:
        await log.record(arrival(TEXT, key="1", contact=reader, name=NAME))
    try:
        async with database.writer.begin() as connection:
            for _ in range(2):
                await connection.execute(insert(PatronRow).values(card_number=CARD, surname=NAME))
    except Exception:
        logging.getLogger("library").exception("the database minds")
    await database.aclose()

    # What nobody waited for.
    await asyncio.gather(asyncio.create_task(_lost(TEXT)), return_exceptions=True)
    loop.call_exception_handler({"message": "Task exception was never retrieved", "exception": ValueError(TEXT)})


async def _lost(text: str) -> None:
    raise ValueError(text)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))

"""Many librarians at one console and a bot that goes on answering: what they do, and what the store says after.

Everybody is a real HTTP client: librarians sign in, keep their streams open, take, type, answer (sometimes pressing
twice over a bad line), hand on, give back, close; readers write to the web chat all the while. What each client was
told is remembered, and :func:`faults` compares it with the store. ``bench crowd`` is the long form.
"""

import asyncio
import json
import random
import re
import secrets
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter

from aiohttp import ClientResponse, ClientSession, ClientTimeout, CookieJar
from sqlalchemy import text

from bot.clock import Clock
from db.connect import Database
from tests.console.house import ConsoleHouse
from tests.support.staff import PASSWORD, hire

CALL = "Позовите человека"
QUESTIONS = ("Есть ли у вас Обломов?", "Есть ли «Идиот»?", "Спасибо", "Что почитать классику")
WITHIN_S = 30.0
SETTLE_S = 120.0


@dataclass(slots=True)
class Told:
    """What the clients were told by the console.

    Attributes:
        answers: Key of an answer that was taken → conversation, text.
        drafts: (staff, conversation) → the draft that was kept last, "" where an answer took it along.
        holds: Conversation → (who, from, until) in which nobody else can have had it.
        refused: How often somebody else was first.
    """

    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    drafts: dict[tuple[int, int], str] = field(default_factory=dict)
    holds: dict[int, list[tuple[int, datetime, datetime]]] = field(default_factory=lambda: defaultdict(list))
    done: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    times_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    ends_at: float = 0.0
    enough: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether the day is not over."""
        return perf_counter() < self.ends_at or len(self.answers) < self.enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How many there are, and how quick.

    Attributes:
        seconds: How long it goes on, and
        answers: until there are so many.
        pace_s: A librarian's longest rest between two deeds.
        questions_a_second: What other readers ask the bot meanwhile.
    """

    librarians: int
    waiting: int
    seconds: float
    answers: int
    pace_s: float
    questions_a_second: float
    seed: int = 1


class Librarian:
    """One browser, one person."""

    def __init__(self, staff_id: int, session: ClientSession, address: str, told: Told, dice: random.Random) -> None:
        self.staff_id = staff_id
        self._session, self._address, self._told, self._dice = session, address, told, dice
        self._csrf = ""

    async def signs_in(self, login: str) -> None:
        """Through the door, like everybody."""
        door = await self._page("login")
        self._csrf = _word(door)
        form = {"csrf": self._csrf, "login": login, "password": PASSWORD}
        async with self._session.post(f"{self._address}/console/login", data=form, allow_redirects=False) as answer:
            assert answer.status == 303, answer.status
        self._csrf = _word(await self._page("account"))

    async def listens(self) -> None:
        """Keep the list's stream open, as the page does."""
        async with self._session.get(f"{self._address}/console/stream", timeout=ClientTimeout(None)) as stream:
            async for _ in stream.content:
                pass

    async def works(self, pace_s: float) -> None:
        """Deed after deed."""
        while self._told.goes_on:
            listed = re.findall(r"/console/c/(\d+)\?", await self._page("list?tab=waiting"))
            if listed:
                await self._serves(int(self._dice.choice(listed)), pace_s)
            await asyncio.sleep(self._dice.uniform(0, pace_s))

    async def _serves(self, one: int, pace_s: float) -> None:
        await self._page(f"c/{one}")
        if not await self._does(one, "take"):
            return
        since = datetime.now(UTC)
        for _ in range(self._dice.randint(1, 3)):
            words = f"Ответ {secrets.token_hex(6)}"
            for length in (3, 8, len(words)):
                await self._drafts(one, words[:length])
            await asyncio.sleep(self._dice.uniform(0, pace_s))
            if self._dice.random() < 0.8:
                await self._says(one, words)
        end = self._dice.choice(("close", "back", "hand", "stay"))
        self._told.holds[one].append((self.staff_id, since, datetime.now(UTC)))
        if end == "hand":
            await self._does(one, "hand", {"to": "branch:01"})
        elif end != "stay":
            await self._does(one, end)

    async def _drafts(self, one: int, words: str) -> None:
        if await self._does(one, "draft", {"text": words}):
            self._told.drafts[self.staff_id, one] = words

    async def _says(self, one: int, words: str) -> None:
        """One press, that arrives twice where the line is bad."""
        key, presses = secrets.token_hex(8), 2 if self._dice.random() < 0.3 else 1
        form = {"key": key, "text": words}
        kept = await asyncio.gather(*(self._does(one, "say", form) for _ in range(presses)))
        if any(kept):
            self._told.answers[key] = (one, words)
            self._told.drafts[self.staff_id, one] = ""
        else:
            self._told.wrong.append(f"{self.staff_id} had {one} and could not answer")

    async def _does(self, one: int, what: str, form: dict[str, str] | None = None) -> bool:
        began = perf_counter()
        headers = {"X-CSRF": self._csrf, "HX-Request": "true"}
        address = f"{self._address}/console/c/{one}/{what}"
        async with self._session.post(address, data=form or {}, headers=headers, allow_redirects=False) as answer:
            said = await answer.text()
            self._told.times_ms[what].append((perf_counter() - began) * 1000)
            self._told.done[what] += answer.status < 300
            self._told.refused += answer.status == 409
            if answer.status not in (200, 204, 409):
                self._told.wrong.append(f"{what} of {one}: {answer.status} {said[:200]}")
            return answer.status < 300

    async def _page(self, path: str) -> str:
        began = perf_counter()
        async with self._session.get(f"{self._address}/console/{path}", headers={"Accept": "text/html"}) as answer:
            page = await answer.text()
            if answer.status != 200:
                self._told.wrong.append(f"page {path}: {answer.status}")
        self._told.times_ms["page " + re.sub(r"\d+", "N", path)].append((perf_counter() - began) * 1000)
        return page


def _word(page: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found is not None
    return found[1]


class Readers:
    """All readers of the web chat."""

    def __init__(self, session: ClientSession, address: str) -> None:
        self._session, self._address = session, address
        self.sessions: list[str] = []
        self.asked = 0

    async def call(self, count: int) -> None:
        """So many new readers call a person."""
        for number in range(count):
            self.sessions.append(secrets.token_urlsafe(24))
            await self.writes(self.sessions[-1], f"{CALL}, вопрос {number}")

    async def writes(self, session: str, words: str) -> None:
        """One message."""
        message = {"session": session, "text": words}
        async with self._session.post(f"{self._address}/chat/messages", json=message) as answer:
            assert answer.status == 202, answer.status
        self.asked += 1

    async def go_on(self, told: Told, a_second: float, dice: random.Random) -> None:
        """Ask the bot, call a person once more, write into conversations that somebody has."""
        while told.goes_on:
            words = CALL if dice.random() < 0.3 else dice.choice(QUESTIONS)
            await self.writes(dice.choice(self.sessions), words)
            await asyncio.sleep(dice.uniform(0, 2 / a_second))

    async def hear(self, session: str) -> list[str]:
        """The librarians' words in one conversation, as the page shows them."""
        heard: list[str] = []
        after = 0
        while True:
            query = {"session": session, "after": str(after)}
            async with self._session.get(f"{self._address}/chat/messages", params=query) as answer:
                told = json.loads(await answer.text())
            heard += [said["text"] for said in told["messages"] if said["author"] == "librarian"]
            if not told.get("more"):
                return heard
            after = told["messages"][-1]["id"]


@asynccontextmanager
async def opened(database: Database, clock: Clock, librarians: int) -> AsyncIterator[tuple[ConsoleHouse, list[int]]]:
    """A house with so many librarians in its books."""
    staff = [(await hire(database, clock, f"l{number}", f"Л{number}")).staff_id for number in range(librarians)]
    house = ConsoleHouse(database, clock, undo=timedelta(seconds=0.2))
    await house.open()
    tidying = asyncio.create_task(house.desk.follow())
    try:
        yield house, staff
    finally:
        tidying.cancel()
        await house.close()


async def play(database: Database, clock: Clock, crowd: Crowd) -> tuple[Told, list[str]]:
    """The whole of it: what the clients were told, and what in the store contradicts it."""
    told, dice = Told(), random.Random(crowd.seed)
    async with AsyncExitStack() as stack:
        house, staff = await stack.enter_async_context(opened(database, clock, crowd.librarians))
        timeout = ClientTimeout(WITHIN_S)
        readers = Readers(await stack.enter_async_context(ClientSession(timeout=timeout)), house.address)
        await readers.call(crowd.waiting)
        people = []
        for number, staff_id in enumerate(staff):
            jar = CookieJar(unsafe=True)
            session = await stack.enter_async_context(ClientSession(cookie_jar=jar, timeout=timeout))
            person = Librarian(staff_id, session, house.address, told, random.Random(crowd.seed + number))
            await person.signs_in(f"l{number}")
            people.append(person)
        listening = [asyncio.create_task(person.listens()) for person in people]
        told.ends_at, told.enough = perf_counter() + crowd.seconds, crowd.answers
        await asyncio.gather(
            *(person.works(crowd.pace_s) for person in people),
            readers.go_on(told, crowd.questions_a_second, dice),
        )
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        found = await _quiet(database)
        heard = [words for session in readers.sessions for words in await readers.hear(session)]
        found += await faults(database, told, heard)
    return told, found


async def appears(librarian: ClientSession, address: str) -> float:
    """Milliseconds from a reader's post to their words in a conversation that a librarian has open, by its stream."""
    session, sign, words = (
        secrets.token_urlsafe(24),
        f"знак{secrets.randbelow(10**9)}",
        f"Срочно {secrets.token_hex(4)}",
    )

    async def writes(said: str) -> None:
        async with librarian.post(f"{address}/chat/messages", json={"session": session, "text": said}) as answer:
            assert answer.status == 202, answer.status

    await writes(f"{CALL}, {sign}")
    async with librarian.get(f"{address}/console/list", params={"tab": "all", "words": sign}) as listed:
        one = re.findall(r"/console/c/(\d+)\?", await listed.text())[0]
    async with librarian.get(f"{address}/console/c/{one}/stream", timeout=ClientTimeout(None)) as stream:
        await _event(stream)
        began = perf_counter()
        await writes(words)
        async with asyncio.timeout(WITHIN_S):
            while True:
                await _event(stream)
                async with librarian.get(f"{address}/console/c/{one}/thread") as thread:
                    if words in await thread.text():
                        return (perf_counter() - began) * 1000


async def _event(stream: ClientResponse) -> None:
    while not (await stream.content.readline()).startswith(b"event: changed"):
        assert not stream.content.at_eof(), "the stream ended"


OPEN_STILL = """
SELECT (SELECT count(*) FROM messages WHERE state = 'waiting') AS waiting,
(SELECT count(*) FROM messages WHERE state = 'queued') AS queued,
(SELECT count(*) FROM staff_answers WHERE due_at IS NOT NULL) AS held"""


async def _quiet(database: Database) -> list[str]:
    """Wait until everything that was said has been dealt with and has left; what has not, after a long while."""
    told = ""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_S):
            while any(left := (await _rows(database, OPEN_STILL))[0]):
                told = f"left at the end: {left.waiting} waiting, {left.queued} queued, {left.held} answers"
                await asyncio.sleep(0.1)
            return []
    return [told]


async def faults(database: Database, told: Told, heard: Sequence[str]) -> list[str]:
    """What contradicts the promises: empty when all were kept."""
    found = list(told.wrong)
    kept = Counter(row.text for row in await _rows(database, "SELECT text FROM messages WHERE author = 'librarian'"))
    ours, shown = Counter(words for _, words in told.answers.values()), Counter(heard)
    found += [f"{words!r} was taken once and is kept {kept[words]} times" for words in ours if kept[words] != 1]
    found += [f"{words!r} was heard {shown[words]} times" for words in ours if shown[words] != 1]
    found += [f"{words!r} was never acknowledged as taken" for words in kept if words not in ours]
    found += await _lost_drafts(database, told)
    for one, holds in told.holds.items():
        found += _double(one, holds)
        found += await _spoken_over(database, one, holds)
    return found


async def _lost_drafts(database: Database, told: Told) -> list[str]:
    rows = await _rows(database, "SELECT staff_id, conversation_id, text FROM staff_drafts")
    kept = {(row.staff_id, row.conversation_id): row.text for row in rows}
    return [
        f"the draft {words!r} of {whose} is {kept.get(whose, '')!r}"
        for whose, words in told.drafts.items()
        if kept.get(whose, "") != words
    ]


def _double(one: int, holds: Sequence[tuple[int, datetime, datetime]]) -> list[str]:
    found, last = [], None
    for hold in sorted(holds, key=lambda hold: hold[1]):
        if last is not None and hold[1] < last[2] and hold[0] != last[0]:
            found.append(f"{one} was had by {last[0]} until {last[2]} and by {hold[0]} from {hold[1]}")
        if last is None or hold[2] > last[2]:
            last = hold
    return found


async def _spoken_over(database: Database, one: int, holds: Sequence[tuple[int, datetime, datetime]]) -> list[str]:
    rows = await _rows(database, f"SELECT created_at FROM messages WHERE author = 'bot' AND conversation_id = {one:d}")  # noqa: S608 - a number
    moments = [_moment(row.created_at) for row in rows]
    return [
        f"the bot spoke in {one} at {at}, which {who} had from {since} to {until}"
        for who, since, until in holds
        for at in moments
        if since < at < until
    ]


def _moment(stored: object) -> datetime:
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored)).replace(tzinfo=UTC)


async def _rows(database: Database, statement: str) -> Sequence:  # type: ignore[type-arg]  # rows of any statement
    async with database.engine.connect() as connection:
        return (await connection.execute(text(statement))).all()

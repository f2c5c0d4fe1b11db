"""A small library in memory: fakes of the ports that handlers ask, and the library of the conversation tests."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from rapidfuzz.fuzz import ratio

from bot.errors import StoreUnavailable
from bot.handover import Line
from bot.language import isbn
from bot.language.folding import words
from bot.language.morphology import stem
from bot.library.holidays import OfficialHolidays
from bot.library.hours import parse_hours
from bot.library.model import Branch, Edition, Holding, Kind, WorkCard
from bot.messages import Contact
from bot.ports.catalogue import Found, Suggested, Taste, Verdict, Wanted, Wish
from bot.ports.library import FaqAnswer, FaqEntry, Library
from db.answers import Answers

ALIKE = 75
"""From this likeness on (0..100) a word is taken for a misspelling of another."""
_NOISE = frozenset(["а", "и", "в", "есть", "ли", "у", "вас", "the", "a"])


class FakeCatalogue:
    """Fills ``Catalogue``: compares stems, forgives a misspelling, never guesses beyond that.

    Attributes:
        asked: Every question that came, for tests of what is asked at all.
        broken: Set it, and every call raises StoreUnavailable.
    """

    def __init__(self) -> None:
        self.cards: dict[int, WorkCard] = {}
        self.languages: dict[int, str] = {}
        self.tells_ages = True
        self.asked: list[Wanted] = []
        self.broken = False

    def holds(
        self,
        title: str,
        author: str = "",
        *at: Holding,
        kind: Kind = Kind.BOOK,
        age_mark: int | None = None,
        editions: Sequence[Edition] = (),
        items_unknown: bool = False,
        language: str = "",
    ) -> WorkCard:
        """Put a work on the shelves; copies are those of its holdings."""
        work = WorkCard(
            work_id=len(self.cards) + 1,
            title=title,
            author=author,
            kind=kind,
            available=sum(holding.available for holding in at),
            total=sum(holding.total for holding in at),
            items_unknown=items_unknown,
            holdings=at,
            editions=tuple(editions),
            age_mark=age_mark,
        )
        self.cards[work.work_id] = work
        self.languages[work.work_id] = language
        return work

    async def card(self, work_id: int) -> WorkCard | None:
        self._reach()
        if work_id >= 2**63:
            raise OverflowError("no database holds such a number")
        return self.cards.get(work_id)

    async def suggest(self, taste: Taste, limit: int = 5) -> Suggested:
        """By words of title, author and topics alone; an age shuts out what is marked for elder readers."""
        self._reach()
        asked = words(f"{taste.subject} {taste.genre} {taste.author}")
        roots = {stem(word) for word in asked}
        fit = [
            card
            for card in self.cards.values()
            if roots <= {stem(word) for word in words(f"{card.title} {card.author} {card.annotation}")}
            and (taste.age is None or self.tells_ages)
            and (taste.age is None or card.age_mark is None or card.age_mark <= taste.age)
            and (not taste.languages or self.languages.get(card.work_id) in taste.languages)
        ]
        fit.sort(key=lambda card: not card.available)
        wishes = {Wish.SUBJECT: taste.subject, Wish.GENRE: taste.genre, Wish.AUTHOR: taste.author}
        met = frozenset(wish for wish, said in wishes.items() if said) if fit else frozenset()
        return Suggested(works=tuple(fit[:limit]), met=met)

    async def find(self, wanted: Wanted, limit: int = 5) -> Found:
        self._reach()
        self.asked.append(wanted)
        typed = isbn.find(wanted.isbn or wanted.text)
        if typed:
            note = "" if typed[0].right else "bad_check_digit"
            works = [card for card in self.cards.values() if any(typed[0].isbn13 in e.isbns for e in card.editions)]
            verdict = Verdict.FOUND if works else Verdict.NOTHING
            return Found(verdict=verdict, works=tuple(works), scores=(1.0,) * len(works), isbn_note=note)
        asked = [word for word in words(wanted.text) if word not in _NOISE]
        return self._by_words(asked, limit) if asked else Found(verdict=Verdict.NOTHING)

    def _by_words(self, asked: list[str], limit: int) -> Found:
        marks = [(*_fit(asked, card), card) for card in self.cards.values()]
        ranked = sorted(marks, key=lambda mark: (-mark[0], mark[2].work_id))
        whole = [mark for mark in ranked if mark[0] == 1.0][:limit]
        if whole:
            exact = [mark for mark in whole if [w for w in words(mark[2].title) if w not in _NOISE] == asked]
            works = [mark[2] for mark in exact] if len(exact) == 1 else []
            works += [mark[2] for mark in whole if mark[2] not in works]
            sure = len(whole) == 1 or len(exact) == 1
            corrected = "" if whole[0][1] == asked else " ".join(whole[0][1])
            verdict = Verdict.FOUND if sure else Verdict.CHOICE
            return Found(verdict=verdict, works=tuple(works), scores=(1.0,) * len(works), corrected=corrected)
        near = [mark for mark in ranked if mark[0] >= 0.5][:limit]
        verdict = Verdict.NEAR if near else Verdict.NOTHING
        return Found(verdict=verdict, works=tuple(m[2] for m in near), scores=tuple(m[0] * 0.6 for m in near))

    def _reach(self) -> None:
        if self.broken:
            raise StoreUnavailable("the database does not answer")


def _fit(asked: list[str], card: WorkCard) -> tuple[float, list[str]]:
    """The share of the asked words that the work has, and the words as the work spells them."""
    has = words(f"{card.title} {card.author}")
    stems = {stem(word): word for word in has}
    read = []
    for word in asked:
        if stem(word) in stems:
            read.append(word)
        else:
            best = max(has, key=lambda known, word=word: ratio(known, word))  # type: ignore[misc]
            read.append(best if ratio(best, word) >= ALIKE and len(word) > 3 else "")
    return sum(bool(word) for word in read) / len(asked), read


class FakeFaq:
    """Fills ``Faq`` out of a list, by the rules of the real one."""

    def __init__(self, *entries: FaqEntry) -> None:
        self.entries = list(entries)

    @property
    def edition(self) -> object:
        return tuple(self.entries)

    def answers(self, topic: str, answer: str, *questions: str, url: str = "", language: str = "ru") -> None:
        """The library has written this."""
        self.entries.append(FaqEntry(topic=topic, language=language, answer=answer, questions=questions, url=url))

    async def about(self, topic: str, language: str) -> FaqAnswer | None:
        return Answers(self.entries).about(topic, language)

    async def nearest(self, text: str, language: str) -> FaqAnswer | None:
        return Answers(self.entries).nearest(text, language)


class FakeBranches:
    """Fills ``Branches``."""

    def __init__(self, *branches: Branch) -> None:
        self.branches = list(branches)

    @property
    def edition(self) -> object:
        return tuple(self.branches)

    async def all(self) -> Sequence[Branch]:
        return tuple(sorted(self.branches, key=lambda branch: not branch.main))


class NoHolidays:
    """Fills ``Holidays`` where no day is one."""

    def name(self, day: date) -> str:
        return ""


class FakePeople:
    """Fills ``People``: the line is as a test says; ratings are kept.

    Attributes:
        now: What whoever asks is told.
        asked: Handovers whose readers were asked whether it helped.
        rated / words: What they answered, by handover.
    """

    def __init__(self, now: Line | None = None, asked: Sequence[int] = ()) -> None:
        self.now, self.asked = now or Line(), list(asked)
        self.rated: dict[int, bool] = {}
        self.words: dict[int, str] = {}

    async def line(self, contact: Contact) -> Line:
        del contact
        return self.now

    async def rate(self, contact: Contact, handover_id: int, *, helped: bool) -> bool:
        del contact
        if handover_id in self.asked:
            self.rated[handover_id] = helped
        return handover_id in self.asked

    async def add_words(self, contact: Contact, handover_id: int, words: str) -> bool:
        del contact
        if handover_id in self.asked:
            self.words[handover_id] = words
        return handover_id in self.asked


CENTRAL = Branch(
    code="01",
    name="Центральная библиотека",
    main=True,
    address="с. Донское, ул. Ленина, 5",
    how_to_get="Остановка «Площадь», напротив почты.",
    phone="8 (86546) 3-11-22",
    email="knigi@example.org",
    latitude=45.46,
    longitude=41.98,
    hours=parse_hours(
        week={"mon-fri": "9:00-13:00, 14:00-19:00", "sat": "10:00-16:00", "sun": "closed"},
        closed={date(2026, 3, 20): "учёба библиотекарей"},
        special={date(2026, 3, 7): "10:00-14:00"},
        sanitary_day="last thursday",
    ),
)
CHILDREN = Branch(
    code="02",
    name="Детская библиотека",
    children=True,
    address="с. Донское, ул. Школьная, 1",
    phone="8 (86546) 3-44-55",
    hours=parse_hours(week={"mon-fri": "10:00-18:00", "sat": "closed", "sun": "10:00-17:00"}),
)
VILLAGE = Branch(code="07", name="Сосновская сельская библиотека", address="с. Сосновка, ул. Садовая, 12")


HOLIDAYS = OfficialHolidays("RU")
"""The real days off of Russia: loaded once."""


def at(branch: Branch, available: int, total: int, shelf: str = "", **more: Any) -> Holding:
    """Copies of a work at a branch: ``at(CENTRAL, 2, 3, "84(2)6 Б90")``."""
    marks = (shelf,) if shelf else ()
    return Holding(
        branch_code=branch.code,
        branch_name=branch.name,
        available=available,
        total=total,
        shelf_marks=marks,
        **more,
    )


def edition(
    title: str,
    year: int | None,
    publisher: str = "",
    isbn13: str = "",
    available: int = 0,
    total: int = 0,
    url: str = "",
) -> Edition:
    """One edition, as cards list them."""
    return Edition(
        record_id=year or 1,
        title=title,
        author="",
        year=year,
        publisher=publisher,
        isbns=(isbn13,) if isbn13 else (),
        kind=Kind.BOOK,
        available=available,
        total=total,
        items_unknown=total == 0,
        url=url,
    )


def sample_library(catalogue: FakeCatalogue, faq: FakeFaq, branches: FakeBranches) -> Library:
    """The library of the conversation tests; official days off are the real ones of Russia."""
    return Library(
        name="Труновская районная библиотека",
        catalogue=catalogue,
        faq=faq,
        branches=branches,
        holidays=HOLIDAYS,
        reply_hours="01",
    )


def empty_library() -> Library:
    """A library with nothing in it, for handlers that ask nothing of one."""
    return sample_library(FakeCatalogue(), FakeFaq(), FakeBranches())


def moment(day: str, time: str = "10:00") -> datetime:
    """A moment of the sample library's time: ``moment("2026-03-08", "12:30")``."""
    return datetime.fromisoformat(f"{day}T{time}:00+03:00")

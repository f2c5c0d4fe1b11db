"""The library's own answers: what is told on a topic, and to which words."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from bot.ports.library import Faq, FaqEntry
from db.connect import connect
from db.faq import SqlFaq
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.fake_library import FakeFaq


def entry(topic: str, answer: str, *questions: str, language: str = "ru", url: str = "") -> FaqEntry:
    return FaqEntry(topic=topic, language=language, answer=answer, questions=questions, url=url)


PRINT = entry("rules.print", "5 рублей лист", "Можно ли распечатать документ?", "Есть ли у вас принтер?")
JOIN = entry("join", "Паспорт", "Как записаться в библиотеку?", "Какие документы нужны для записи?")
RULES = entry("rules", "Правила")
WIFI_EN = entry("rules.wifi", "Free", "Do you have Wi-Fi?", language="en")


@pytest.fixture
async def faq(databases: Databases, dialect: str, clock: StandingClock) -> AsyncIterator[SqlFaq]:
    """An empty FAQ on each database in turn."""
    database = await connect(await databases.url(dialect))
    yield SqlFaq(database, clock)
    await databases.drop(database)


Tells = Callable[..., Awaitable[Faq]]


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def tells(request: pytest.FixtureRequest, databases: Databases, clock: StandingClock) -> AsyncIterator[Tells]:
    """What makes a FAQ of these answers, of each kind in turn."""
    if request.param == "fake":

        async def fake(*entries: FaqEntry) -> Faq:
            return FakeFaq(*entries)

        yield fake
        return
    database = await connect(await databases.url(request.param))

    async def real(*entries: FaqEntry) -> Faq:
        kept = SqlFaq(database, clock)
        await kept.put(entries)
        return kept

    yield real
    await databases.drop(database)


async def said(faq: Faq, topic: str, language: str = "ru") -> str | None:
    found = await faq.about(topic, language)
    return found.answer if found else None


async def heard(faq: Faq, text: str, language: str = "ru") -> str | None:
    found = await faq.nearest(text, language)
    return found.topic if found else None


async def test_a_topic_is_answered_whole(tells: Tells) -> None:
    faq = await tells(entry("rules.fine", "Штрафа нет.", url="https://example.org/rules"))

    found = await faq.about("rules.fine", "ru")

    assert found is not None
    assert (found.topic, found.answer, found.url) == ("rules.fine", "Штрафа нет.", "https://example.org/rules")


async def test_what_nobody_wrote_is_not_answered(tells: Tells) -> None:
    assert await said(await tells(), "rules.fine") is None
    faq = await tells(PRINT)
    assert await said(faq, "rules.fine") is None
    assert await said(faq, "") is None


async def test_the_readers_own_language_comes_first_then_another(tells: Tells) -> None:
    faq = await tells(entry("join", "По паспорту"), entry("join", "By passport", language="en"), WIFI_EN)

    assert await said(faq, "join", "en") == "By passport"
    assert await said(faq, "join", "ru") == "По паспорту"
    assert await said(faq, "join", "tt") == "По паспорту"
    assert await said(faq, "rules.wifi", "ru") == "Free"


async def test_a_narrow_topic_falls_back_to_the_wide_one(tells: Tells) -> None:
    faq = await tells(RULES, PRINT)

    assert await said(faq, "rules.print") == "5 рублей лист"
    assert await said(faq, "rules.wifi") == "Правила"
    assert await said(faq, "join.child") is None


async def test_the_configuration_never_overwrites_what_the_staff_wrote(faq: SqlFaq) -> None:
    await faq.put([JOIN, RULES])
    await faq.put([entry("join", "Приходите с паспортом!")], source="console")

    await faq.put([JOIN, RULES])

    assert await said(faq, "join") == "Приходите с паспортом!"


async def test_what_the_configuration_no_longer_says_is_no_longer_answered(faq: SqlFaq) -> None:
    await faq.put([JOIN, PRINT])
    await faq.put([RULES], source="import")

    await faq.put([JOIN])

    assert await said(faq, "rules.print") == "Правила"
    assert await said(faq, "join") == "Паспорт"


async def test_a_changed_configuration_changes_the_answer(faq: SqlFaq) -> None:
    await faq.put([JOIN])
    assert await said(faq, "join") == "Паспорт"

    await faq.put([entry("join", "Паспорт и фото")])

    assert await said(faq, "join") == "Паспорт и фото"


async def test_another_process_is_heard_within_seconds(
    databases: Databases, dialect: str, clock: StandingClock
) -> None:
    database = await connect(await databases.url(dialect))
    here, there = SqlFaq(database, clock), SqlFaq(database, clock)
    await here.put([JOIN])
    assert await said(here, "join") == "Паспорт"

    clock.turn(timedelta(seconds=1))
    await there.put([entry("join", "Новый ответ")], source="console")
    clock.turn(timedelta(seconds=6))

    assert await said(here, "join") == "Новый ответ"
    await databases.drop(database)


async def test_a_recorded_question_is_known_in_other_words(tells: Tells) -> None:
    faq = await tells(PRINT, JOIN, WIFI_EN)

    assert await heard(faq, "здравствуйте, а можно у вас документы распечатать") == "rules.print"
    assert await heard(faq, "Война и мир") is None

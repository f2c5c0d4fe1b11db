"""The overview as a librarian's browser gets it, and what stands in the way of an answer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from bot.overview import ChannelState, Day, Figures, Queue, Standing, Way, whole
from bot.ports.log import Outcome
from console.overview import by, healths, lanes, scoped, trouble
from console.room import ConsoleSetting
from db.channel_states import SqlChannelStates
from db.connect import Database
from db.messages import StoredLog
from db.models import ContactRow, ConversationRow
from db.models_handover import HandoverRow
from tests.console.conftest import SETTING, Browser
from tests.console.test_desk_screens import audited, calls, says
from tests.support.clock import MORNING, StandingClock
from tests.support.logs import arrival, turn
from tests.support.staff import hire

SCRIPT = "<script>alert(1)</script>"


async def asks(log: StoredLog, key: str, outcome: Outcome = Outcome.ANSWERED) -> None:
    recorded = await log.record(arrival(f"вопрос {key}", key=key))
    (waiting,) = await log.claim(1, recorded.conversation_id)
    await log.complete(replace(turn(waiting, "Ответ", outcome=outcome), intent="hours"))


async def test_the_day_is_shown_in_plain_words(
    sqlite: Database, browser: Browser, log: StoredLog, clock: StandingClock
) -> None:
    await hire(sqlite, clock)
    for key in "12":
        await asks(log, key)
    await asks(log, "3", Outcome.MISSED)
    await calls(log)
    clock.turn(timedelta(minutes=20))
    await SqlChannelStates(sqlite, clock).keep({("chat", Way.OUT): Standing.UP, ("wa", Way.OUT): Standing.REFUSED})
    await browser.signs_in()

    page = await (await browser.get("overview")).text()
    piece = await (await browser.get("overview/now")).text()

    for said in (
        "Ждут библиотекаря",
        "дольше всех: 20 минут",
        "75 %",
        "Центральная библиотека",
        'Чат на сайте</b>: <span class="standing good">работает',
        "мессенджер не принимает ключ",
        "выключен в настройках",
        "никто не ответил",
        "неделю назад за весь день: 0",
    ):
        assert said in page, said
        assert said in piece, said
    assert "<html" not in piece
    assert "style=" not in page.replace("style-src", ""), "the policy forbids styles in place"


class TestManyBranches:
    """A library with branches by the dozen."""

    @pytest.fixture
    def setting(self) -> ConsoleSetting:
        return replace(SETTING, branches={f"{number:02}": f"Филиал № {number}" for number in range(1, 19)})

    async def test_branches_where_nothing_happened_take_one_line_together(
        self, sqlite: Database, browser: Browser, log: StoredLog, clock: StandingClock
    ) -> None:
        await hire(sqlite, clock)
        await asks(log, "1")
        async with sqlite.writing() as connection:
            await connection.execute(update(ContactRow).values(source="branch-02"))
        await browser.signs_in()
        page = await (await browser.get("overview")).text()
        assert "Филиал №\N{NO-BREAK SPACE}2</th>" in page
        assert "Филиал №\N{NO-BREAK SPACE}3</th>" not in page
        assert "В остальных филиалах (17) сегодня вопросов не было." in page


async def test_who_is_not_signed_in_sees_nothing(browser: Browser) -> None:
    assert (await browser.get("overview")).status == 303
    assert (await browser.get("overview/now", **{"HX-Request": "true"})).status == 401


async def test_a_message_that_the_bot_has_not_read_is_told(
    sqlite: Database, browser: Browser, log: StoredLog, clock: StandingClock
) -> None:
    await hire(sqlite, clock)
    await browser.signs_in()
    await log.record(arrival("Ау?", key="1"))
    clock.turn(timedelta(minutes=3))

    assert "Бот не прочёл сообщение, которое пришло 3 минуты назад" in await (await browser.get("overview")).text()


async def test_a_librarian_of_a_branch_sees_its_figures_and_nobodys(
    sqlite: Database, browser: Browser, log: StoredLog, clock: StandingClock
) -> None:
    await hire(sqlite, clock, branches=("02",))
    await calls(log)
    async with sqlite.writer.begin() as connection:
        await connection.execute(update(ConversationRow).values(branch="01"))
    await browser.signs_in()

    page = await (await browser.get("overview")).text()

    assert "никто не ждёт" in page
    assert "Детская библиотека" in page
    assert "Центральная библиотека" not in page


async def test_what_readers_say_is_shown_as_text_to_whom_it_concerns_and_that_is_written_down(
    sqlite: Database, browser: Browser, log: StoredLog, clock: StandingClock
) -> None:
    await hire(sqlite, clock, branches=("02",))
    one = await calls(log)
    kept = {"channel": "chat", "called_at": clock.now(), "ended_at": clock.now(), "rated_at": clock.now()}
    async with sqlite.writer.begin() as connection:
        for branch, words in (("01", "чужое"), ("02", SCRIPT)):
            row = {**kept, "conversation_id": None, "branch": branch, "helped": True, "words": words}
            await connection.execute(insert(HandoverRow).values(row))
    await browser.signs_in()

    page = await (await browser.get("overview/opinions")).text()

    assert "чужое" not in page
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    assert one
    assert any("view.opinions" in line for line in await audited(sqlite))


# --- a channel that is off, or lost, while somebody answers --------------------------------------


async def test_before_and_after_sending_the_librarian_is_told_that_a_messenger_does_not_answer(
    sqlite: Database, browser: Browser, log: StoredLog, clock: StandingClock
) -> None:
    await hire(sqlite, clock)
    one = await calls(log)
    await browser.signs_in()
    assert "Ответ не потеряется" not in await (await browser.get(f"c/{one}")).text()
    await SqlChannelStates(sqlite, clock).keep({("chat", Way.OUT): Standing.LOST})

    assert (
        "Чат на сайте: нет связи: ответы не уходят, с 10:00. Ответ не потеряется"
        in await (await browser.get(f"c/{one}")).text()
    )
    status, thread = await says(browser, one)
    assert status == 200
    assert "Ответ не потеряется: он уйдёт" in thread
    clock.turn(timedelta(minutes=1))
    await SqlChannelStates(sqlite, clock).keep({("chat", Way.OUT): Standing.UP})
    assert "Ответ не потеряется" not in await (await browser.get(f"c/{one}/thread")).text()


async def test_an_answer_into_a_channel_that_is_off_is_refused_with_words_and_what_was_queued_waits(
    sqlite: Database, browser: Browser, log: StoredLog, clock: StandingClock
) -> None:
    await hire(sqlite, clock)
    one = await calls(log)
    async with sqlite.writer.begin() as connection:
        await connection.execute(update(ContactRow).values(channel="vk"))  # as if vk had been switched off since
    await browser.signs_in()

    page = await (await browser.get(f"c/{one}")).text()
    assert "Этот канал выключен: ответ не дойдёт." in page
    assert "Что ждёт отправки, уйдёт, когда его включат." in page
    status, said = await says(browser, one, "Долгий ответ")
    assert (status, said) == (409, "Этот канал выключен: ответ не дойдёт.")


# --- pure ----------------------------------------------------------------------------------------


def state(channel: str, standing: Standing, way: Way = Way.OUT, ago: timedelta = timedelta()) -> ChannelState:
    return ChannelState(
        channel=channel, way=way, standing=standing, since=MORNING - timedelta(hours=1), seen_at=MORNING - ago
    )


@pytest.mark.parametrize(
    ("states", "tone", "said"),
    [
        ([state("wa", Standing.UP)], "good", "работает"),
        ([], "unsure", "неизвестно"),
        ([state("wa", Standing.UP, ago=timedelta(minutes=4))], "unsure", "неизвестно"),
        ([state("wa", Standing.LOST)], "bad", "ответы не уходят"),
        ([state("wa", Standing.UP), state("wa", Standing.LOST, Way.IN)], "bad", "не приходят"),
        ([state("wa", Standing.UP), state("wa", Standing.REFUSED, Way.WEBHOOK)], "bad", "не принимает ключ"),
        ([state("wa", Standing.LOST, ago=timedelta(hours=1))], "unsure", "неизвестно"),
    ],
)
def test_a_channel_stands_as_was_last_said_and_a_silent_process_makes_it_unknown(
    states: list[ChannelState], tone: str, said: str
) -> None:
    found = {one.name: one for one in healths(SETTING, states, {}, MORNING)}

    assert found["WhatsApp"].tone == tone
    assert said in found["WhatsApp"].said
    assert found["ВКонтакте"].tone == "off"


def test_the_worst_comes_first_and_only_what_is_known_to_be_bad_warns() -> None:
    states = [state("chat", Standing.UP), state("wa", Standing.LOST)]

    assert [one.tone for one in healths(SETTING, states, {}, MORNING)] == ["bad", "good", "off"]
    assert trouble(SETTING, states, "chat", MORNING) is None
    assert trouble(SETTING, [], "wa", MORNING) is None
    assert trouble(SETTING, states, "wa", MORNING) is not None


def test_figures_are_scoped_added_up_and_put_in_order() -> None:
    figures = Figures(
        today={
            ("chat", "01"): Day(asked=4, answered=1),
            ("vk", ""): Day(asked=1, answered=1),
            ("gone", "02"): Day(asked=2),
        },
        waiting={("chat", "01"): Queue(waiting=1, oldest=MORNING), ("vk", "02"): Queue(waiting=2, oldest=MORNING)},
        renewed={"01": 3, "02": 1},
    )

    assert whole(figures.today).asked == 7
    mine = scoped(figures, frozenset({"02"}))
    assert (set(mine.today), set(mine.waiting), mine.renewed) == (
        {("vk", ""), ("gone", "02")},
        {("vk", "02")},
        {"02": 1},
    )
    rows = by(figures, 0, {"chat": "Чат", "wa": "WhatsApp", "vk": "ВКонтакте"})
    assert [(row.name, row.day.asked, row.waiting, row.share) for row in rows] == [
        ("Чат", 4, 1, 25),
        ("WhatsApp", 0, 0, None),
        ("ВКонтакте", 1, 2, 100),
        ("gone", 2, 0, 0),
    ]
    assert [count for _, count in lanes({1: 7})] == [0, 7, 0]

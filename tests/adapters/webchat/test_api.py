"""The fixed API, through real sockets, intake, dispatcher and store."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import StoreUnavailable
from bot.messages import Contact, Inbound, reply
from bot.ports.letters import Author, Logged
from tests.adapters.webchat.conftest import SESSION, Program, Stream
from tests.support.clock import StandingClock
from tests.support.patience import SOON_S

OTHER = "Zc4bW8nV5mL2tR7-Qp_9xJ3k"


async def answered(program: Program, number: int, session: str = SESSION) -> dict[str, Any]:
    """The reply to a message, waited for on the stream."""
    async with program.stream(session, after=str(number)) as stream:
        return await stream.next()


async def test_a_question_is_taken_and_answered(program_on_both: Program) -> None:
    status, taken = await program_on_both.post("Есть ли у вас Обломов?", id="q1")
    assert status == 202
    reply = await answered(program_on_both, taken["id"])
    question, answer = await program_on_both.said()
    assert question == {
        "id": taken["id"],
        "author": "reader",
        "text": "Есть ли у вас Обломов?",
        "buttons": [],
        "at": "2026-03-02T07:00:00.000Z",
    }
    assert answer == reply
    assert answer["author"] == "bot"
    assert answer["in_reply_to"] == taken["id"]
    assert answer["buttons"] == [
        [{"label": "Другие издания", "payload": "editions:1"}, {"label": "Похожие книги", "payload": "find"}]
    ]


async def test_a_repeat_is_told_the_first_id_and_answered_once(program_on_both: Program) -> None:
    taken = await asyncio.gather(*[program_on_both.post("повтор", id="same") for _ in range(5)])
    assert len({answer["id"] for _, answer in taken}) == 1
    await answered(program_on_both, taken[0][1]["id"])
    assert (await program_on_both.post("другие слова", id="same"))[1] == taken[0][1]
    assert [message["text"] for message in await program_on_both.said()] == ["повтор", "Вы написали: повтор"]


async def test_two_sessions_with_one_id_are_two_readers(program: Program) -> None:
    first = await program.post("мой вопрос", id="1")
    second = await program.post("чужой вопрос", id="1", session=OTHER)
    assert first[1]["id"] != second[1]["id"]
    await answered(program, second[1]["id"], OTHER)
    assert [message["text"] for message in await program.said(session=OTHER)] == [
        "чужой вопрос",
        "Вы написали: чужой вопрос",
    ]


async def test_a_pressed_button_is_a_message_with_its_label(program: Program) -> None:
    _, taken = await program.post("Другие издания", payload="editions:1")
    assert (await answered(program, taken["id"]))["text"] == "Нажато: 1."
    assert (await program.said())[0]["text"] == "Другие издания"


async def test_an_unknown_button_is_answered_kindly(program: Program) -> None:
    _, taken = await program.post("Кнопка прошлого месяца", payload="gone:7")
    assert "уже не действует" in (await answered(program, taken["id"]))["text"]


async def test_a_newcomer_is_greeted_once_however_often_the_page_opens(program: Program) -> None:
    opened = [(await program.post("", payload="start", id="start"))[1]["id"] for _ in range(3)]
    assert (await answered(program, opened[2]))["text"].startswith("Здравствуйте!")
    assert [message["author"] for message in await program.said()] == ["reader", "bot"]


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "\u202e\u200f", "\x00\x01\x1b", "??!"])
async def test_a_text_without_words_is_answered_kindly(program_on_both: Program, text: str) -> None:
    status, taken = await program_on_both.post(text)
    assert status == 202
    assert "Напишите название книги" in (await answered(program_on_both, taken["id"]))["text"]


@pytest.mark.parametrize("text", ["'; DROP TABLE messages; --", "<script>alert(1)</script>", "${7*7} {{7*7}} %s %(x)s"])
async def test_signs_of_other_languages_are_only_text(program: Program, text: str) -> None:
    _, taken = await program.post(text)
    assert (await answered(program, taken["id"]))["text"] == f"Вы написали: {text}"


async def test_what_was_seen_is_not_told_again(program: Program) -> None:
    _, taken = await program.post("раз, и два")
    await answered(program, taken["id"])
    assert [message["author"] for message in await program.said(after=taken["id"])] == ["bot"]
    assert await program.said(session=OTHER) == []


# --- the stream ----------------------------------------------------------------------------------


async def test_a_stream_tells_the_past_and_then_what_comes(program_on_both: Program) -> None:
    await program_on_both.post("до потока")
    async with program_on_both.stream() as stream:
        assert await stream.texts(2) == ["до потока", "Вы написали: до потока"]
        await program_on_both.post("во время")
        assert await stream.texts(2) == ["во время", "Вы написали: во время"]


async def test_a_reconnect_resumes_without_loss_or_doubles(program: Program) -> None:
    async with program.stream() as stream:
        _, taken = await program.post("вопрос А")
        seen = await stream.next()
    await answered(program, taken["id"])
    _, taken = await program.post("вопрос Б")
    await answered(program, taken["id"])
    async with program.stream(last=seen["id"]) as stream:
        assert await stream.texts(3) == ["Вы написали: вопрос А", "вопрос Б", "Вы написали: вопрос Б"]
    async with program.stream(after=str(taken["id"])) as stream:
        assert await stream.texts(1) == ["Вы написали: вопрос Б"]


async def test_two_tabs_hear_the_same_in_the_same_order(program: Program) -> None:
    async with program.stream() as one, program.stream() as two:
        await asyncio.gather(*[program.post(f"вопрос №{number}а") for number in range(5)])
        heard = [await one.texts(10), await two.texts(10)]
    assert heard[0] == heard[1]
    assert len(set(heard[0])) == 10


async def test_a_stream_hears_nothing_of_other_readers(program: Program) -> None:
    async with program.stream(OTHER) as stream:
        _, taken = await program.post("тайна")
        await answered(program, taken["id"])
        await program.post("не тайна", session=OTHER)
        assert await stream.texts(2) == ["не тайна", "Вы написали: не тайна"]


async def test_streams_end_when_the_library_closes(program: Program) -> None:
    async with program.stream() as stream:
        await program.house.channel.aclose()
        assert await stream.rest() in {b"", b"retry: 2000\n\n", b"retry: 2000\n\n: quiet\n\n"}


async def test_a_restart_loses_no_message_that_was_taken(program_on_both: Program) -> None:
    program_on_both.house.answering.clear()
    await program_on_both.house.close()
    await program_on_both.house.open()
    _, taken = await program_on_both.post("ждёт перезапуска")
    await program_on_both.house.close()
    program_on_both.house.answering.set()
    await program_on_both.house.open()
    assert (await answered(program_on_both, taken["id"]))["text"] == "Вы написали: ждёт перезапуска"
    assert len(await program_on_both.said()) == 2


# --- refusals ------------------------------------------------------------------------------------

Call = Callable[[Program], Awaitable[Any]]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/chat/messages", 400, "bad_session"),
        ("/chat/messages?session=short", 400, "bad_session"),
        (f"/chat/messages?session={SESSION}&after=x", 400, "bad_number"),
        (f"/chat/messages?session={SESSION}&after=-1", 400, "bad_number"),
        ("/chat/stream", 400, "bad_session"),
        (f"/chat/stream?session={SESSION}&after=1.5", 400, "bad_number"),
    ],
)
async def test_a_malformed_question_is_refused_with_a_reason(
    program: Program, path: str, status: int, code: str
) -> None:
    async with program.http.get(program.url(path)) as answer:
        assert answer.status == status
        error = (await answer.json())["error"]
    assert error["code"] == code
    assert error["field"] in error["message"]


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("text/plain", json.dumps({"session": SESSION, "text": "a"}), 415, "not_json"),
        ("application/x-www-form-urlencoded", f"session={SESSION}&text=a", 415, "not_json"),
        ("application/json", "{", 400, "bad_json"),
        ("application/json", "", 400, "bad_json"),
        ("application/json", "null", 400, "bad_json"),
        ("application/json", json.dumps({"session": SESSION}), 400, "bad_text"),
        ("application/json", json.dumps({"session": SESSION, "text": "ы" * 100_000}), 413, "too_large"),
        ("application/json", json.dumps({"session": SESSION, "text": "a" * 5_000}), 413, "too_long"),
        ("application/json", " " * 1_048_576, 413, "too_large"),
    ],
)
async def test_a_malformed_message_is_refused_with_a_reason(
    program: Program, content_type: str, body: str, status: int, code: str
) -> None:
    headers = {"Content-Type": content_type}
    async with program.http.post(program.url("/chat/messages"), data=body.encode(), headers=headers) as answer:
        assert answer.status == status
        assert (await answer.json())["error"]["code"] == code


async def test_a_body_without_a_length_is_measured_too(program: Program) -> None:
    async def endless() -> Any:
        for _ in range(40):
            yield b" " * 50_000

    headers = {"Content-Type": "application/json"}
    async with program.http.post(program.url("/chat/messages"), data=endless(), headers=headers) as answer:
        assert answer.status == 413


async def test_a_reader_who_floods_is_told_when_to_go_on(strict: Program, clock: StandingClock) -> None:
    assert [(await strict.post("ещё"))[0] for _ in range(4)] == [202, 202, 202, 429]
    async with strict.http.post(strict.url("/chat/messages"), json={"session": SESSION, "text": "ещё"}) as answer:
        assert answer.headers["Retry-After"] == "20"
        assert (await answer.json())["error"]["message"] == "Too many requests: try again in 20 s."
    assert (await strict.post("ещё", session=OTHER))[0] == 202
    clock.turn(timedelta(seconds=20))
    assert (await strict.post("ещё"))[0] == 202


async def test_an_address_that_floods_with_ever_new_sessions_is_held_back(strict: Program) -> None:
    async def post(number: int, address: str) -> int:
        fields = {"session": f"{number:030}", "text": "a"}
        headers = {"X-Real-IP": address}
        async with strict.http.post(strict.url("/chat/messages"), json=fields, headers=headers) as answer:
            return answer.status

    assert [await post(number, "203.0.113.9") for number in range(12)] == [202] * 10 + [429] * 2
    assert await post(20, "203.0.113.10") == 202


async def test_more_streams_than_there_is_room_for_are_sent_to_ask(strict: Program) -> None:
    async with strict.stream():
        async with strict.http.get(strict.url(f"/chat/stream?session={SESSION}")) as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "30"
            assert "GET /chat/messages" in (await answer.json())["error"]["message"]
        assert await strict.said() == []


async def test_a_full_disk_is_told_to_the_caller_and_nothing_is_acknowledged(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(message: Inbound) -> None:
        raise StoreUnavailable("no room: the disk is full; free some space")

    with monkeypatch.context() as broken:
        broken.setattr(program.house.log, "record", full)
        assert (await program.post("не влезло", id="1"))[0] == 503
    assert (await program.post("не влезло", id="1"))[0] == 202


async def test_a_store_that_is_away_is_503_for_a_stream_too(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable("the database does not answer")

    monkeypatch.setattr(program.house.log, "said", away)
    async with program.http.get(program.url(f"/chat/stream?session={SESSION}")) as answer:
        assert answer.status == 503


async def test_a_message_that_becomes_visible_late_is_told_late_and_once(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([[1, 2, 5], [1, 2, 4, 5], [1, 2, 3, 4, 5, 6]])
    visible: list[int] = []

    async def changed(*_: object) -> Any:
        while True:
            visible[:] = next(looks, [])
            if not visible:
                return
            yield

    async def said(contact: Contact, after: int = 0, limit: int = 200) -> list[Logged]:
        now = program.house.channel._setting.clock.now()
        shown = [number for number in visible or [1] if number > after][:limit]
        return [Logged(message_id=n, author=Author.BOT, reply=reply(f"№ {n}"), at=now) for n in shown]

    monkeypatch.setattr(program.house.log, "changed", changed)
    monkeypatch.setattr(program.house.log, "said", said)
    async with program.stream() as stream:
        assert await stream.texts(6) == ["№ 1", "№ 2", "№ 5", "№ 4", "№ 3", "№ 6"]
        assert await stream.rest() == b""


async def test_a_long_conversation_is_told_whole(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    async def said(contact: Contact, after: int = 0, limit: int = 200) -> list[Logged]:
        now = program.house.channel._setting.clock.now()
        numbers = range(after + 1, min(after + limit, 2_345) + 1)
        return [Logged(message_id=n, author=Author.BOT, reply=reply(str(n)), at=now) for n in numbers]

    monkeypatch.setattr(program.house.log, "said", said)
    async with program.stream() as stream:
        assert await stream.texts(2_345) == [str(number) for number in range(1, 2_346)]
    first = await program.said()
    assert len(first) == 1_000
    assert len(await program.said(after=2_000)) == 345


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
SESSIONS = st.sampled_from([SESSION, OTHER])
GOOD = st.fixed_dictionaries({"session": SESSIONS, "text": st.text(max_size=50)})
FIELDS = GOOD | st.fixed_dictionaries(
    {},
    optional={
        "session": SESSIONS | VALUES,
        "text": st.text(max_size=50) | VALUES,
        "payload": st.sampled_from(["start", "help", "work:1"]) | VALUES,
        "id": st.text(min_size=1, max_size=20) | VALUES,
        "language": st.sampled_from(["ru", "en"]) | VALUES,
    },
)


async def test_whatever_is_posted_is_taken_or_refused_and_never_breaks(program_on_both: Program) -> None:
    loop = asyncio.get_running_loop()
    statuses = set()

    async def post(body: bytes) -> int:
        headers = {"Content-Type": "application/json"}
        url = program_on_both.url("/chat/messages")
        async with program_on_both.http.post(url, data=body, headers=headers) as answer:
            found = await answer.json()
            assert ("id" in found) == (answer.status == 202)
            return answer.status

    @settings(max_examples=50, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.one_of(FIELDS.map(lambda fields: json.dumps(fields).encode()), st.binary(max_size=80)))
    def tried(body: bytes) -> None:
        statuses.add(asyncio.run_coroutine_threadsafe(post(body), loop).result(SOON_S))

    await asyncio.to_thread(tried)
    assert statuses <= {202, 400, 413}
    assert {202, 400} <= statuses


async def test_a_quiet_stream_says_now_and_then_that_it_lives(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def twice(*_: object) -> Any:
        yield
        yield
        yield

    monkeypatch.setattr(program.house.log, "changed", twice)
    async with program.stream() as stream:
        assert await stream.rest() == b"retry: 2000\n\n" + b": quiet\n\n" * 3


async def test_the_stream_type_is_read_by_the_standard(program: Program) -> None:
    async with program.http.get(program.url(f"/chat/stream?session={SESSION}")) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert isinstance(Stream(answer), Stream)

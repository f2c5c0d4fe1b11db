"""The list and the conversation, as a librarian's browser gets them."""

import asyncio
import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from html import escape

import pytest
from aiohttp import FormData
from sqlalchemy import delete, select, update

from bot.desk_actions import Release
from bot.messages import Contact
from bot.ports.log import Heard, Mode, Outcome
from bot.staff import StaffRole
from console import uploads
from console.thread import heard
from db.connect import Database
from db.messages import StoredLog
from db.models import ContactRow, ConversationRow, MessageRow
from db.models_accounts import AuditRow
from db.models_handover import HandoverRow
from tests.console.conftest import Browser, OpenBrowser
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, arrival, turn
from tests.support.patience import SOON_S
from tests.support.staff import hire

SCRIPT = "<script>alert(1)</script>"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
KEY = "0123456789abcdef"


async def calls(log: StoredLog, text: str = "Позовите человека", contact: Contact = ANNA, name: str = "Анна") -> int:
    """A reader calls a person; returns the conversation."""
    inbound = replace(arrival(text, key=f"{contact.address}{text}"[:100], contact=contact), name=name)
    recorded = await log.record(inbound)
    (waiting,) = await log.claim(1, recorded.conversation_id)
    await log.complete(replace(turn(waiting, "Записал"), mode=Mode.WAITING, handover_reason="asked"))
    return recorded.conversation_id


async def says(
    browser: Browser, one: int, text: str = "Да, есть", key: str = KEY, file: tuple[str, bytes] | None = None
) -> tuple[int, str]:
    """An answer as the page sends it."""
    form = FormData(quote_fields=False)
    form.add_field("key", key)
    form.add_field("text", text)
    if file is not None:
        form.add_field("file", io.BytesIO(file[1]), filename=file[0], content_type="application/octet-stream")
    headers = {"X-CSRF": await browser.word()}
    answer = await browser.client.post(f"/console/c/{one}/say", data=form, headers=headers, allow_redirects=False)
    return answer.status, await answer.text()


async def audited(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        found = await connection.execute(
            select(AuditRow.actor, AuditRow.action, AuditRow.subject).order_by(AuditRow.id)
        )
        return [" ".join(row) for row in found]


async def test_who_waits_is_listed_and_words_stay_words(masha: Browser, log: StoredLog, clock: StandingClock) -> None:
    one = await calls(log, SCRIPT, name="Щ" * 300)
    await calls(log, "Второй", Contact(channel="vk", address="7"), name=SCRIPT)
    clock.turn(timedelta(minutes=5))

    page = await (await masha.get("")).text()
    assert "Дольше всех ждут: 5 минут" in page
    assert "Чат на сайте" in page
    assert "ВКонтакте" in page
    assert SCRIPT not in page
    assert SCRIPT not in await (await masha.get(f"c/{one}")).text()
    assert "&lt;script&gt;" in page
    found = await (await masha.get("list?tab=all&words=второй")).text()
    assert ("ВКонтакте" in found, "Щ" in found) == (True, False)
    only = await (await masha.get("list?tab=all&channel=chat")).text()
    assert ("ВКонтакте" in only, "Щ" in only) == (False, True)


@pytest.mark.parametrize("intent", Heard)
async def test_what_the_bot_heard_in_silence_stands_below_the_words(
    masha: Browser, log: StoredLog, intent: Heard
) -> None:
    one = await calls(log)
    await masha.post(f"c/{one}/take", {})
    recorded = await log.record(arrival("Стоп!", key="2"))
    before = await (await masha.get(f"c/{one}/thread")).text()
    assert "бот ещё не прочёл" in before
    (waiting,) = await log.claim(1, recorded.conversation_id)

    await log.complete(replace(turn(waiting), outcome=Outcome.SILENT, intent=intent.value))

    after = await (await masha.get(f"c/{one}/thread")).text()
    assert escape(heard()[intent]) in after
    marks = [re.search(r'data-mark="([^"]+)"', page) for page in (before, after)]
    assert len({found and found[1] for found in marks}) == 2, "an open page would not fetch it"


async def test_an_empty_list_says_what_belongs_there_and_how_to_see_more(masha: Browser) -> None:
    for tab, said in (
        ("waiting", "Никто не ждёт."),
        ("mine", "Вы никому не отвечаете."),
        ("closed", "Закрытых"),
        ("all", "ещё не писали"),
    ):
        page = await (await masha.get(f"?tab={tab}")).text()
        assert said in page, tab
        assert "Показать весь список" not in page
    for narrowed in ("words=зонт", "channel=vk", "branch=02"):
        page = await (await masha.get(f"?tab=mine&{narrowed}")).text()
        assert "Ничего не нашлось." in page
        assert 'href="/console/?tab=mine">Показать весь список' in page


async def test_a_search_stays_beside_what_it_found_and_goes_on_in_other_lists(masha: Browser, log: StoredLog) -> None:
    one = await calls(log, "Забыла зонт")
    await calls(log, "Другое", Contact(channel="vk", address="9"))
    more = "&channel=chat&words=%D0%B7%D0%BE%D0%BD%D1%82"
    escaped = more.replace("&", "&amp;")

    found = await (await masha.get(f"?tab=waiting{more}")).text()
    assert f'href="/console/c/{one}?tab=waiting{escaped}"' in found
    assert f'href="/console/?tab=all{escaped}"' in found
    beside = await (await masha.get(f"c/{one}?tab=waiting{more}")).text()
    assert 'value="зонт"' in beside
    assert "Другое" not in beside
    taken = await (await masha.post(f"c/{one}/take?tab=waiting{more}", {}, **{"HX-Request": "true"})).text()
    assert f'id="to-list" class="to-list" href="/console/?tab=waiting{escaped}"' in taken
    nothing = await (await masha.get("list?tab=mine&words=пусто")).text()
    assert 'href="/console/?tab=all&amp;words=%D0%BF%D1%83%D1%81%D1%82%D0%BE">Искать во всех диалогах' in nothing


async def test_why_a_reader_waits_stands_in_the_same_sentence(masha: Browser, log: StoredLog) -> None:
    page = await (await masha.get(f"c/{await calls(log)}")).text()
    assert "<b>Ждёт библиотекаря: меньше минуты</b>, просит человека." in page


async def test_she_takes_answers_and_gives_back(
    masha: Browser, log: StoredLog, clock: StandingClock, sqlite: Database
) -> None:
    one = await calls(log)

    taken = await (await masha.post(f"c/{one}/take", {}, **{"HX-Request": "true"})).text()
    assert "Диалог у вас, бот молчит" in taken
    status, thread = await says(masha, one)
    assert status == 200
    assert "уходит" in thread
    clock.turn(timedelta(seconds=6))
    await log.act(Release())
    assert (await log.said(ANNA))[-1].reply.text == "Да, есть"
    assert "ждёт отправки" in await (await masha.get(f"c/{one}/thread")).text()
    back = await masha.post(f"c/{one}/back", {})
    assert back.headers["Location"] == f"/console/c/{one}"
    assert "Отвечает бот" in await (await masha.get(f"c/{one}")).text()
    done = await audited(sqlite)
    for what in ("take", "say", "give_back", "view.conversation"):
        assert f"staff:masha {what} conversation:{one}" in done


async def test_an_answer_is_taken_back_into_the_field(masha: Browser, log: StoredLog) -> None:
    one = await calls(log)
    await says(masha, one, "Ой, не то")

    undone = await masha.post(f"c/{one}/undo", {"key": KEY})

    assert (await undone.json()) == {"text": "Ой, не то"}
    assert "Ой, не то" not in await (await masha.get(f"c/{one}/thread")).text()
    assert (await says(masha, one, "Ой, не то"))[0] == 200
    assert "Ой, не то" not in await (await masha.get(f"c/{one}/thread")).text(), "a late repeat of the press"


async def test_the_second_is_told_who_was_first(masha: Browser, vera: Browser, log: StoredLog) -> None:
    one = await calls(log)
    await masha.post(f"c/{one}/take", {})

    late = await vera.post(f"c/{one}/take", {}, **{"HX-Request": "true"})
    assert (late.status, await late.text()) == (409, "Этот диалог уже взяли: Мария Петровна.")
    assert (await says(vera, one, key="f" * 16))[0] == 409
    assert "Забрать себе" in await (await vera.get(f"c/{one}")).text()


async def test_another_branchs_conversation_is_shut_and_the_attempt_written_down(
    masha: Browser, vera: Browser, log: StoredLog, sqlite: Database
) -> None:
    one = await calls(log)
    await masha.post(f"c/{one}/take", {})
    await masha.post(f"c/{one}/hand", {"to": "branch:01"})

    for path in (f"c/{one}", f"c/{one}/thread", f"c/{one}/stream", f"c/{one}/files/1/0"):
        assert (await vera.get(path)).status == 403, path
    assert (await vera.post(f"c/{one}/take", {})).status == 403
    assert (await vera.post(f"c/{one}/note", {"key": KEY, "text": "x"})).status == 403
    assert f"staff:vera refused.branch conversation:{one}" in await audited(sqlite)
    assert "Анна" not in await (await vera.get("")).text()
    refused = await masha.post(f"c/{one}/hand", {"to": "staff:2"})
    assert refused.status == 400, "nobody hands it to one who may not see it"


async def test_a_note_is_seen_by_colleagues_only(masha: Browser, vera: Browser, log: StoredLog) -> None:
    one = await calls(log)
    await masha.post(f"c/{one}/note", {"key": KEY, "text": "Звонила вчера, сердится"})

    assert "Звонила вчера" in await (await vera.get(f"c/{one}")).text()
    assert not any("Звонила" in said.reply.text for said in await log.said(ANNA))


async def test_what_was_being_written_is_there_again(masha: Browser, log: StoredLog) -> None:
    one = await calls(log)
    await masha.post(f"c/{one}/draft", {"text": "Здравствуйте, Анна"})

    assert ">Здравствуйте, Анна</textarea>" in await (await masha.get(f"c/{one}")).text()


async def test_a_session_that_ended_in_the_middle_says_so_in_plain_words(
    masha: Browser, log: StoredLog, clock: StandingClock
) -> None:
    one = await calls(log)
    word = await masha.word()
    clock.turn(timedelta(hours=13))

    answer = await masha.client.post(f"/console/c/{one}/say", data={"text": "Да"}, headers={"X-CSRF": word})

    assert answer.status == 401
    assert "написанное не пропадёт" in await answer.text()


async def test_what_is_gone_or_off_is_told(masha: Browser, log: StoredLog, sqlite: Database) -> None:
    vk = await calls(log, "Есть?", Contact(channel="vk", address="7"))
    status, said = await says(masha, vk)
    assert (status, said) == (409, "Этот канал выключен: ответ не дойдёт.")
    assert "Этот канал выключен" in await (await masha.get(f"c/{vk}")).text()

    one = await calls(log)
    async with sqlite.writer.begin() as connection:
        await connection.execute(delete(HandoverRow).where(HandoverRow.conversation_id == one))
        await connection.execute(delete(MessageRow).where(MessageRow.conversation_id == one))
        await connection.execute(delete(ConversationRow).where(ConversationRow.id == one))
    assert (await masha.get(f"c/{one}")).status == 404
    assert (await says(masha, one))[0] == 404


async def test_the_messengers_window_is_shown(
    masha: Browser, log: StoredLog, clock: StandingClock, sqlite: Database
) -> None:
    one = await calls(log, "Есть?", Contact(channel="wa", address="79990000000"))
    async with sqlite.writer.begin() as connection:
        await connection.execute(update(MessageRow).where(MessageRow.author == "reader").values(said_at=clock.now()))
    clock.turn(timedelta(hours=2))
    page = await (await masha.get(f"c/{one}/thread")).text()
    assert "Написать можно ещё: 22 часа" in page
    assert "ничего личного" in page
    clock.turn(timedelta(hours=5))
    async with sqlite.writer.begin() as connection:
        long_ago = clock.now() - timedelta(hours=25)
        await connection.execute(update(MessageRow).where(MessageRow.author == "reader").values(said_at=long_ago))
    await masha.signs_in()
    assert "Прошло больше суток" in await (await masha.get(f"c/{one}/thread")).text()
    assert await says(masha, one) == (
        409,
        "Прошло больше суток: мессенджер не доставит ответ, пока читатель не напишет снова.",
    )
    assert "Да, есть" not in await (await masha.get(f"c/{one}/thread")).text()


async def test_an_answer_of_the_last_minute_is_taken_once_however_late_it_is_repeated(
    masha: Browser, log: StoredLog, clock: StandingClock, sqlite: Database
) -> None:
    one = await calls(log, "Есть?", Contact(channel="wa", address="79990000000"))
    async with sqlite.writer.begin() as connection:
        heard = clock.now() - timedelta(hours=24, seconds=-2)
        await connection.execute(update(MessageRow).where(MessageRow.author == "reader").values(said_at=heard))
    assert (await says(masha, one))[0] == 200
    clock.turn(timedelta(seconds=3))
    assert (await says(masha, one))[0] == 200, "the line was lost, and the answer is here already"
    assert (await says(masha, one, key="another-key"))[0] == 409


async def test_why_an_answer_did_not_arrive_is_said_in_plain_words(
    masha: Browser, log: StoredLog, clock: StandingClock, sqlite: Database
) -> None:
    one = await calls(log)
    await says(masha, one)
    clock.turn(timedelta(seconds=6))
    await log.act(Release())
    async with sqlite.writer.begin() as connection:
        refused = {"state": "failed", "error": "the messenger's window is closed"}
        await connection.execute(update(MessageRow).where(MessageRow.author == "librarian").values(refused))
    thread = await (await masha.get(f"c/{one}/thread")).text()
    assert "не доставлено: читатель молчал больше суток" in thread


async def test_a_picture_goes_along_and_is_seen(masha: Browser, log: StoredLog, clock: StandingClock) -> None:
    one = await calls(log)
    assert (await says(masha, one, "Вот план", file=("../план зала.png", PNG)))[0] == 200
    clock.turn(timedelta(seconds=6))
    await log.act(Release())
    sent = (await log.said(ANNA))[-1]
    assert [attached.file.name for attached in sent.reply.attachments] == ["план зала.png"]  # type: ignore[union-attr]

    shown = await masha.get(f"c/{one}/files/{sent.message_id}/0")
    assert (shown.status, await shown.read()) == (200, PNG)
    assert shown.headers["Content-Type"] == "image/png"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert (await masha.get(f"c/{one}/files/{sent.message_id}/1")).status == 404


async def test_programs_and_pages_are_never_sent(masha: Browser, log: StoredLog) -> None:
    one = await calls(log)
    for name, data in (
        ("расписание.pdf", b"MZ\x90\x00" + bytes(200)),
        ("письмо.txt", b"<html><script>alert(1)</script>"),
        ("a.png", b"#!/bin/sh\nrm -rf /\n"),
        ("книга.docx", b"PK\x03\x04" + bytes(100)),
    ):
        status, said = await says(masha, one, file=(name, data))
        assert status == 415, name
        assert "Такие файлы" in said


async def test_a_hundred_megabytes_are_refused_before_they_have_arrived(masha: Browser, log: StoredLog) -> None:
    one = await calls(log)
    headers = {"X-CSRF": await masha.word(), "Content-Type": "multipart/form-data; boundary=x"}
    huge = headers | {"Content-Length": str(100 * 1024 * 1024)}
    host, port = masha.client.host, masha.client.port
    cookies = "; ".join(f"{one.key}={one.value}" for one in masha.client.session.cookie_jar)
    reader, writer = await asyncio.open_connection(host, port)
    lines = [f"POST /console/c/{one}/say HTTP/1.1", f"Host: {host}", f"Cookie: {cookies}"]
    lines += [f"{name}: {value}" for name, value in huge.items()]
    writer.write("\r\n".join([*lines, "", "--x"]).encode())
    async with asyncio.timeout(SOON_S):
        assert b" 413 " in await reader.readline()
    writer.close()
    status, said = await says(masha, one, file=("big.txt", b"a" * (uploads.LARGEST_FILE + 70_000)))
    assert (status, "до 20 МБ" in said) == (413, True)


def test_a_file_is_known_by_what_it_is() -> None:
    def package(**files: str) -> bytes:
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w") as made:
            for name, text in files.items():
                made.writestr(name.replace("__", "/"), text)
        return kept.getvalue()

    content = {"[Content_Types].xml": "<x/>"}
    assert uploads.kind_of(package(**content, word__document="x")) == (uploads._OFFICE["word/"])
    assert uploads.kind_of(package(**content, word__document="x", **{"word/vbaProject.bin": "macro"})) is None
    assert uploads.kind_of(package(mimetype="application/epub+zip")) == ("application/epub+zip", ".epub")
    assert uploads.kind_of(package(anything="x")) is None
    assert uploads.kind_of("Список книг\n1. Вий".encode()) == ("text/plain; charset=utf-8", ".txt")
    assert uploads.kind_of(b"\x00\x01\x02") is None
    assert uploads.named("..\\..\\отчёт\u202efdp.exe", ".pdf") == "отчёт fdp.pdf"
    assert uploads.named("", ".txt") == "file.txt"


async def test_the_list_hears_of_a_call_within_half_a_second(masha: Browser, log: StoredLog) -> None:
    answer = await masha.get("stream")
    assert answer.content_type == "text/event-stream"
    told = await _next(answer)
    assert '"waiting":0' in told
    await calls(log)
    while '"waiting":1' not in told:
        told = await _next(answer)
    answer.close()


async def _next(answer: object) -> str:
    """The next event's data."""
    while True:
        line = (await answer.content.readline()).decode()  # type: ignore[attr-defined]
        assert line, "the stream ended"
        if line.startswith("data:"):
            return str(line)


async def test_an_editor_writes_answers_that_fill_themselves_in(
    sqlite: Database, clock: StandingClock, log: StoredLog, open_browser: OpenBrowser, masha: Browser
) -> None:
    one = await calls(log)
    await hire(sqlite, clock, "olga", "Ольга", StaffRole.EDITOR)
    olga = await open_browser()
    await olga.signs_in("olga")
    text = "Здравствуйте, {имя}! {библиотекарь}, {библиотека}. <b>"
    assert "Готовых ответов пока нет." in await (await olga.get("canned")).text()
    blank = await olga.post("canned", {"title": " ", "text": "Долго написанное"})
    assert (blank.status, ">Долго написанное</textarea>" in await blank.text()) == (400, True)
    strange = await olga.post("canned", {"title": "Привет", "text": "Здравствуйте, {фамилия}!"})
    assert (strange.status, "подставить вместо «{фамилия}»" in await strange.text()) == (400, True)
    assert (await olga.post("canned", {"title": "Привет", "text": text})).status == 303
    twice = await olga.post("canned", {"title": "Привет", "text": "другое"})
    assert twice.status == 400
    assert ">другое</textarea>" in await twice.text(), "what was typed stays"
    assert (await masha.get("canned")).status == 403

    page = await (await masha.get(f"c/{one}")).text()
    assert "Здравствуйте, Анна! Мария Петровна, Районная библиотека. &lt;b&gt;" in page
    async with sqlite.writing() as connection:
        await connection.execute(update(ContactRow).values(name=""))
    assert "Здравствуйте! Мария Петровна, Районная" in await (await masha.get(f"c/{one}")).text()
    changed = await olga.post("canned/1", {"title": "Привет", "text": "Добрый день"})
    page = await (await olga.get(changed.headers["Location"].removeprefix("/console/"))).text()
    assert ("Добрый день" in page, "Сохранено." in page, "пока нет" in page) == (True, True, False)
    dropped = await olga.post("canned/1/drop", {})
    page = await (await olga.get(dropped.headers["Location"].removeprefix("/console/"))).text()
    assert ("Добрый день" in page, "Ответ удалён." in page) == (False, True)

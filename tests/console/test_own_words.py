"""The bot's own words at the console: what an editor writes the next reader hears, and nothing that could break."""

import pytest
from sqlalchemy import func, select

from bot.staff import StaffRole
from bot.wording.own import LONGEST, Own
from db.connect import Database
from db.models_accounts import AuditRow
from db.models_teaching import OwnWordsRow
from tests.console.conftest import Browser, OpenBrowser
from tests.console.test_desk_screens import audited
from tests.console.test_teaching import bot, editor, field, librarian, page_of, reader
from tests.support.clock import StandingClock
from tests.support.lessons import School
from tests.support.reader import Reader
from tests.support.staff import hire

__all__ = ["bot", "editor", "librarian", "reader"]  # fixtures of teaching

SCRIPT = "<script>alert(1)</script>"
IN_PLACE = {"HX-Request": "true"}
HELLO, THANKS = "words/hello/ru", "words/thanks/ru"


async def rows(database: Database) -> int:
    async with database.engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(OwnWordsRow)) or 0


async def say(browser: Browser, path: str, text: str) -> str:
    """Save a text as its form does; the page that follows."""
    version = field(await page_of(browser, path), "version")
    answer = await browser.post(path, {"text": text, "version": version})
    if answer.status != 303:
        return await answer.text()
    return await page_of(browser, answer.headers["Location"].removeprefix("/console/"))


async def test_every_text_is_listed_as_readers_hear_it(editor: Browser) -> None:
    page = await page_of(editor, "words")

    for which in Own:
        assert f'href="/console/words/{which}/ru"' in page
    assert "Здравствуйте! Это {библиотека}." in page
    assert "ваш текст" not in page
    assert "Hello! This is {library}." in await page_of(editor, "words?language=en")
    assert "Здравствуйте!" in await page_of(editor, "words?language=junk")


async def test_what_an_editor_writes_the_next_reader_hears_and_the_journal_tells(
    editor: Browser, bot: School, reader: Reader, sqlite: Database
) -> None:
    await reader.starts()
    reader.hears("Я бот, отвечаю днём и ночью.")

    saved = await say(editor, HELLO, "Добро пожаловать в {библиотека}!\r\nЯ Книжуля.")

    assert "Читатели уже слышат этот текст" in saved
    await bot.words.refresh()
    await reader.starts()
    reader.hears("Добро пожаловать в Труновская районная библиотека!\nЯ Книжуля.")
    reader.may_press("Найти книгу")
    reader.speaks("en")
    await reader.starts()
    reader.hears("Hello! This is")
    assert "staff:masha words.changed words:hello" in await audited(sqlite)
    assert "ваш текст" in await page_of(editor, "words")


async def test_it_is_put_back_as_it_was_and_an_emptied_field_brings_the_usual_text(
    editor: Browser, bot: School, reader: Reader
) -> None:
    first = await say(editor, THANKS, "Всегда рады!")
    assert "Вернуть как было" in first
    await say(editor, THANKS, "Не за что!")
    page = await page_of(editor, THANKS)
    assert page.index("Не за что!") < page.index("Всегда рады!")

    undone = await editor.post(
        f"{THANKS}/restore", {"version": field(page, "version"), "revision": field(page, "revision")}
    )
    assert undone.status == 303
    await bot.words.refresh()
    await reader.says("спасибо")
    reader.hears("Рад помочь!")
    reader.hears_nothing_of("Не за что!")
    await say(editor, THANKS, "Всегда рады!")
    assert "снова слышат обычный текст" in await say(editor, THANKS, "  \r\n ")

    await bot.words.refresh()
    await reader.says("большое спасибо")
    reader.hears("Рад помочь!")


async def test_the_undo_after_saving_restores_what_was_in_force_before(editor: Browser, bot: School) -> None:
    await say(editor, THANKS, "Первый")
    page = await say(editor, THANKS, "Второй")

    banner = page[page.index('class="done') :]
    await editor.post(f"{THANKS}/restore", {"version": field(banner, "version"), "revision": field(banner, "revision")})

    await bot.words.refresh()
    assert bot.words.say(Own.THANKS) == "Первый"


async def test_a_text_like_the_usual_one_is_the_usual_one(editor: Browser, sqlite: Database) -> None:
    page = await say(editor, THANKS, "Рад помочь! Если что-то понадобится, пишите.")

    assert 'class="done' not in page, "nothing was changed, so there is nothing to put back"
    assert await rows(sqlite) == 0


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (HELLO, "Привет, {имя}!", "вместо «{имя}»"),
        (HELLO, "Это {library.name}", "напишите так: {библиотека}"),
        (HELLO, "Скобка {", "Уберите фигурные скобки"),
        (THANKS, "{библиотека} рада", "ничего не подставляет"),
        (THANKS, "а" * (LONGEST + 1), "Слишком длинно: 1001"),
        (THANKS, "😀" * 501, "Слишком длинно"),
        (HELLO, "{библиотека}" * 60, "Слишком длинно"),
    ],
)
async def test_what_cannot_be_said_is_told_with_what_to_do_and_not_kept(
    editor: Browser, sqlite: Database, path: str, text: str, told: str
) -> None:
    answer = await editor.post(path, {"text": text, "version": "0"})

    page = await answer.text()
    assert answer.status == 400
    assert told in page
    assert text in page, "nothing typed is lost"
    assert await rows(sqlite) == 0
    looked = await editor.post(f"{path}/look", {"text": text}, **IN_PLACE)
    assert told in await looked.text()


async def test_a_long_text_and_a_script_are_words(editor: Browser, bot: School, reader: Reader) -> None:
    text = f"{SCRIPT} {'длинное приветствие ' * 20}".strip()

    page = await say(editor, THANKS, text)

    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    assert SCRIPT not in await page_of(editor, "words")
    await bot.words.refresh()
    await reader.says("спасибо")
    assert reader.text == text


async def test_the_second_of_two_editors_is_told_and_loses_nothing(editor: Browser) -> None:
    old = field(await page_of(editor, THANKS), "version")
    await say(editor, THANKS, "Первый")

    second = await editor.post(THANKS, {"text": "Второй", "version": old})

    page = await second.text()
    assert second.status == 409
    assert "Пока вы писали, текст изменили" in page
    assert "Первый" in page
    again = await editor.post(THANKS, {"text": "Второй", "version": field(page, "version")})
    assert again.status == 303


async def test_the_same_text_sent_twice_is_one_change(editor: Browser, sqlite: Database) -> None:
    for _ in range(2):
        assert (await editor.post(THANKS, {"text": "Дважды", "version": "0"})).status == 303

    assert await rows(sqlite) == 1


async def test_librarians_read_the_words_and_change_none(librarian: Browser, sqlite: Database) -> None:
    page = await page_of(librarian, "words")

    assert "Рад помочь!" in page
    assert 'href="/console/words/hello/ru"' not in page
    assert (await librarian.get(HELLO)).status == 403
    assert (await librarian.post(HELLO, {"text": "Я тут", "version": "0"})).status == 403
    assert await rows(sqlite) == 0


async def test_an_editor_of_one_branch_does_not_speak_for_all(
    open_browser: OpenBrowser, sqlite: Database, clock: StandingClock
) -> None:
    await hire(sqlite, clock, "vera", "Вера", StaffRole.EDITOR, branches=("02",))
    vera = await open_browser()
    await vera.signs_in("vera")

    assert 'href="/console/words/hello/ru"' not in await page_of(vera, "words")
    refused = await vera.post(HELLO, {"text": "Я тут", "version": "0"})

    assert refused.status == 403
    assert "общие для всех филиалов" in await refused.text()
    assert await rows(sqlite) == 0
    async with sqlite.engine.connect() as connection:
        noted = await connection.scalars(select(AuditRow.action).where(AuditRow.action == "refused.branch"))
        assert len(noted.all()) == 1


async def test_no_form_of_another_site_and_no_unknown_text(editor: Browser, sqlite: Database) -> None:
    assert (await editor.post(HELLO, {"text": "Я тут", "version": "0"}, csrf="0" * 64)).status == 403
    for path in ("words/junk/ru", "words/hello/de", "words/1/1"):
        assert (await editor.get(path)).status == 404
        assert (await editor.post(path, {"text": "Я тут", "version": "0"})).status == 404
    unknown = {"version": "0", "revision": "77"}
    assert (await editor.post(f"{HELLO}/restore", unknown)).status == 404
    assert await rows(sqlite) == 0

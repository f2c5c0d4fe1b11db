"""Takes the pictures of the librarian's guide: ``python -m tools.guide_pictures [NAME ...]`` writes ``docs/pictures/``.

The demonstration runs in a folder of its own, on a Tuesday morning that is always the same one; invented readers write
in the web chat and in messengers, an invented librarian works at the console, and its screens are taken as they are.
Needs Chromium, as the browser tests do.
"""

import asyncio
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aiohttp import ClientSession
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MORNING = datetime(2026, 12, 1, 8, 40, tzinfo=UTC)
"""A Tuesday, 11:40 in the library."""
WIDTH, HEIGHT = 1120, 760
COLOURS, LARGEST = 96, 60_000
"""Screens have few colours, so little is lost; the largest file of a picture, in bytes."""
PATIENCE_MS, ANSWER_S, START_S = 20_000, 20, 600
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--headless=new", "--disable-gpu", "--lang=ru", "--hide-scrollbars")
IN_RUSSIAN = {"LANG": "C.UTF-8", "LANGUAGE": "ru"}
"""Dates in fields are written as the browser speaks: Debian's speaks Russian with the package ``chromium-l10n``."""
LOGIN, OWN_NAME, OWN_PASSWORD = "maria", "Мария Петровна", "книги-пахнут-клеем"

CANNED = {
    "Зал и часы": "Здравствуйте, {имя}! Читальный зал открыт сегодня до 19:00.",
    "Нашлась вещь": "Здравствуйте! Ваша вещь нашлась и ждёт вас у гардероба.",
}
MISSED = (
    ("поиграть в настолки", "в настолки поиграть", "настолки поиграть"),
    ("напрокат телескоп взять",),
    ("научиться вязать крючком",),
)
"""What the bot does not know, each wording from another reader."""
LINKING = ("мои книги", "да", "link:card", "{card}", "2026")
LINKED = {
    "1000003": ("продлите всё",),
    "1000001": ("есть «Мастер и Маргарита»?", "Позовите библиотекаря. Вчера я забыла в читальном зале синий зонт"),
}
"""Card → what its reader says after showing it to the bot."""
PHONES = {
    "vk": ("Здравствуйте! Можно человека? Хочу привести к вам класс на экскурсию",),
    "telegram": ("до скольки вы сегодня?", "Позовите библиотекаря: на дом книги привозите? Мама не выходит"),
}


def main(arguments: Sequence[str]) -> int:
    """Take all pictures, or those that are named."""
    if arguments[:1] == ["--serve"]:
        return _serve(Path(arguments[1]))
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        sys.stderr.write("no Chromium: sh tests/need-browser.sh says how to get one\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tools.guide_pictures", "--serve", f"{folder}/demo"]
        log, confirms = Path(folder, "log"), {"BIBLIOBOT_CIRCULATION__CONFIRMATION": "staff_confirms"}
        with (
            log.open("w") as said,
            subprocess.Popen(command, stdout=said, stderr=said, env=os.environ | confirms) as service,
        ):
            try:
                asyncio.run(_take(program, log, Path(folder), arguments))
            finally:
                service.terminate()
    return 0


def _serve(folder: Path) -> int:
    """The demonstration with its messengers, and a clock that was set once and goes on."""
    from bot.cli import service
    from bot.clock import SystemClock

    ahead = MORNING - datetime.now(UTC)
    with patch.object(SystemClock, "now", lambda _: datetime.now(UTC) + ahead):
        return service.demo(folder, _free_port(), messengers=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


async def _take(program: str, log: Path, folder: Path, names: Sequence[str]) -> None:
    at = await _started(log)
    async with ClientSession() as http:
        await _readers(http, at)
    PICTURES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=list(FLAGS), env={**os.environ, **IN_RUSSIAN}
        )
        page = await _signed_in(browser, at)
        for name, show in SCREENS.items():
            if not names or name in names:
                await show(page, at["console"])
                await page.mouse.move(WIDTH - 1, HEIGHT - 1)
                await page.screenshot(path=folder / f"{name}.png")
                _kept(folder / f"{name}.png", PICTURES / f"{name}.webp")


def _kept(taken: Path, to: Path) -> None:
    """The picture as the documents have it."""
    with Image.open(taken) as shot:
        few = shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.convert("RGB").save(to, lossless=True, quality=80, method=4)
    size = to.stat().st_size
    sys.stdout.write(f"{to.relative_to(PICTURES.parent.parent)}: {size / 1000:.0f} kB\n")
    if size > LARGEST:
        raise SystemExit(f"{to.name}: larger than {LARGEST / 1000:.0f} kB; show less of the screen")


async def _started(log: Path) -> Mapping[str, str]:
    """Addresses of the demonstration, and the password of its librarian."""
    wanted = {
        "chat": r"web chat: +(\S+)",
        "console": r"console: +(\S+)",
        "password": r"password (\S+)",
        "phones": r"on a page: (\S+)",
    }
    async with asyncio.timeout(START_S):
        while True:
            said = await asyncio.to_thread(log.read_text, "utf-8")
            found = {name: re.search(rule, said) for name, rule in wanted.items()}
            if all(found.values()):
                return {name: one[1] for name, one in found.items() if one}
            await asyncio.sleep(1)


# --- what readers say ----------------------------------------------------------------------------


async def _readers(http: ClientSession, at: Mapping[str, str]) -> None:
    for group in MISSED:
        for wording in group:
            await _says(http, at["chat"], secrets.token_urlsafe(24), wording)
    for card, after in LINKED.items():
        session = secrets.token_urlsafe(24)
        for words in (*LINKING, *after):
            await _says(http, at["chat"], session, words.format(card=card))
    for kind, said in PHONES.items():
        for words in said:
            async with http.post(f"{at['phones']}phones/{kind}", json={"do": "say", "text": words}) as answer:
                answer.raise_for_status()
            await asyncio.sleep(1)


async def _says(http: ClientSession, chat: str, session: str, words: str) -> None:
    """Words, or a button by its payload; until the bot has answered."""
    button = {"text": "По номеру билета", "payload": words} if words.startswith("link:") else {"text": words}
    async with http.post(f"{chat}chat/messages", json={"session": session, **button}) as answer:
        answer.raise_for_status()
    for _ in range(ANSWER_S * 10):
        if (await _heard(http, chat, session))[-1:] == ["bot"]:
            return
        await asyncio.sleep(0.1)
    raise SystemExit(f"the bot does not answer: {words}")


async def _heard(http: ClientSession, chat: str, session: str) -> list[str]:
    async with http.get(f"{chat}chat/messages", params={"session": session}) as answer:
        told: dict[str, Any] = await answer.json()
    return [message["author"] for message in told["messages"]]


# --- the librarian -------------------------------------------------------------------------------


async def _signed_in(browser: Browser, at: Mapping[str, str]) -> Page:
    """The window of a librarian who writes answers, too; the demonstration's own one has taken her on."""
    chief = await _window(browser)
    await _enters(chief, at["console"], "demo", at["password"])
    await chief.goto(f"{at['console']}staff")
    await chief.get_by_label("Имя для входа").fill(LOGIN)
    await chief.get_by_label("Как зовут").first.fill(OWN_NAME)
    await chief.get_by_label("Роль").first.select_option("editor")
    await chief.get_by_role("button", name="Добавить").click()
    password = await chief.locator(".secret").inner_text()
    await chief.context.close()
    page = await _window(browser)
    await _enters(page, at["console"], LOGIN, password.strip())
    await page.get_by_label("Прежний пароль").fill(password.strip())
    await page.get_by_label("Новый пароль").fill(OWN_PASSWORD)
    await page.get_by_label("Ещё раз").fill(OWN_PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/login*")
    await _enters(page, at["console"], LOGIN, OWN_PASSWORD)
    await page.goto(f"{at['console']}canned")
    for title, text in CANNED.items():
        form = page.locator("main form").first
        await form.get_by_label("Название").fill(title)
        await form.get_by_label("Текст").fill(text)
        await form.get_by_role("button", name="Добавить").click()
    return page


async def _window(browser: Browser) -> Page:
    context = await browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, locale="ru-RU", timezone_id="Europe/Moscow", color_scheme="light"
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


async def _enters(page: Page, console: str, login: str, password: str) -> None:
    await page.goto(f"{console}login")
    await page.get_by_label("Имя для входа").fill(login)
    await page.get_by_label("Пароль").fill(password)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "login" not in url)


# --- the screens ---------------------------------------------------------------------------------


async def _waiting(page: Page, console: str) -> None:
    await page.goto(console)
    await page.locator("[data-row]").nth(2).wait_for()


async def _talk(page: Page, console: str) -> None:
    """Her conversation, with a note and an answer half written."""
    await page.goto(console)
    await page.locator("[data-row]").filter(has_text="зонт").click()
    await page.get_by_role("button", name="Взять").click()
    await page.get_by_text("Диалог у вас").wait_for()
    await page.get_by_role("button", name="Заметка").click()
    await page.locator("#note").fill("Зонт у Ольги, в гардеробе.")
    await page.get_by_role("button", name="Сохранить").click()
    await page.locator("article.note").wait_for()
    await page.get_by_label("Ответ читателю").fill("Здравствуйте, Анна! Зонт нашёлся и ждёт вас в гардеробе до 19:00.")
    await page.get_by_text("Черновик сохранён").wait_for()


async def _shelf(page: Page, console: str) -> None:
    """A book looked for without leaving the conversation."""
    if "/c/" not in page.url:
        await _talk(page, console)
    await page.get_by_role("button", name="Книга").click()
    await page.locator("#book").fill("мастер и маргарита")
    await page.keyboard.press("Enter")
    await page.locator("#books button").first.wait_for()


async def _reader(page: Page, console: str) -> None:
    await page.goto(f"{console}readers")
    await page.get_by_label("Номер билета, фамилия или телефон").fill("лугова")
    await page.keyboard.press("Enter")
    await page.locator("[data-row]").first.click()
    await page.get_by_role("heading", name="Лугова Анна").wait_for()


async def _code(page: Page, console: str) -> None:
    await _reader(page, console)
    await page.get_by_role("button", name="Выдать код для чата").click()
    await page.locator(".big-code").wait_for()


async def _requests(page: Page, console: str) -> None:
    await page.goto(f"{console}requests")
    await page.locator("[data-pick]").first.check()


async def _teach(page: Page, console: str) -> None:
    await page.goto(f"{console}teach")
    await page.get_by_role("link", name="Написать ответ").first.wait_for()


async def _answer(page: Page, console: str) -> None:
    await _teach(page, console)
    await page.get_by_role("link", name="Написать ответ").first.click()
    await page.get_by_label("Что ответит бот").fill("Настольные игры лежат в читальном зале. Играть можно до закрытия.")
    await page.get_by_role("button", name="Что изменится").click()
    await page.locator(".phone .bubble").filter(has_text="Настольные").first.wait_for()


async def _places(page: Page, console: str) -> None:
    await page.goto(f"{console}places")
    await page.get_by_text("Сегодня закрыто…").click()
    await page.get_by_label("Почему (услышит читатель)").first.fill("прорвало трубу")


async def _book(page: Page, console: str) -> None:
    await page.goto(f"{console}books")
    await page.get_by_label("Название, автор или ISBN").fill("мастер и маргарита")
    await page.keyboard.press("Enter")
    await page.locator("[data-row]").first.click()
    await page.get_by_role("heading", name="Что услышит читатель").wait_for()


async def _overview(page: Page, console: str) -> None:
    await page.goto(f"{console}overview")


SCREENS: Mapping[str, Callable[[Page, str], Awaitable[None]]] = {
    "waiting": _waiting,
    "talk": _talk,
    "shelf": _shelf,
    "reader": _reader,
    "code": _code,
    "requests": _requests,
    "teach": _teach,
    "answer": _answer,
    "book": _book,
    "places": _places,
    "overview": _overview,
}
"""By name, in an order in which one may follow the other."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

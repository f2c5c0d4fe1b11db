"""``bibliobot demo --messengers``: all messengers on a page, the real service behind them."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from demo.phones import Stand
from tests.browser.conftest import Visit
from tests.browser.phones import hears, phone, says, served
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MESSENGERS = ("telegram", "vk", "whatsapp", "max", "ok", "sms")
ADDRESS = "улица Садовая, 12"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stand(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    """Phones that talk with a service of this process."""
    async with served(tmp_path_factory.mktemp("phones")) as running:
        yield running.stand


async def chooses(visitor: Visitor, kind: str, what: str) -> None:
    await phone(visitor, kind).locator(".more > summary").click()
    await phone(visitor, kind).get_by_role("button", name=what, exact=True).click()


async def test_one_question_is_answered_in_all_messengers_side_by_side(stand: Stand, visit: Visit) -> None:
    person = await visit(stand.page.url, width=1440, height=1300)
    for kind in MESSENGERS:
        await says(person, kind, "где вы находитесь?")
    for kind in MESSENGERS:
        await hears(person, kind, ADDRESS)

    await phone(person, "telegram").get_by_role("button", name="Часы работы").click()
    await hears(person, "telegram", "с 10:00 до 19:00")
    await phone(person, "whatsapp").get_by_role("button", name="Часы работы").click()
    await hears(person, "whatsapp", "с 10:00 до 19:00")
    await says(person, "sms", "1")
    await hears(person, "sms", "с 10:00 до 19:00")
    await expect(phone(person, "whatsapp").locator(".bot .foot.read").first).to_be_visible()
    await expect(phone(person, "vk").locator(".place")).to_contain_text("55.0121, 50.0304")
    await expect(person.page.frame_locator("iframe").locator("#text")).to_be_visible()
    assert await person.sideways() == 0
    assert await person.barriers() == []


async def test_a_narrow_page_shows_one_phone_and_trouble_passes_without_a_loss(stand: Stand, visit: Visit) -> None:
    person = await visit(stand.page.url, width=360, height=740)
    await expect(phone(person, "vk")).to_be_hidden()
    await person.page.locator("#tab-telegram").focus()
    await person.page.keyboard.press("ArrowRight")
    await expect(phone(person, "vk")).to_be_visible()

    await phone(person, "vk").get_by_label("Связь с мессенджером").select_option("broken")
    await says(person, "vk", "<b>какой у вас телефон?</b>")
    await expect(phone(person, "vk").locator(".queue")).to_contain_text("Ждут отправки: 1")
    assert await person.barriers() == []
    await phone(person, "vk").get_by_label("Связь с мессенджером").select_option("calm")
    await hears(person, "vk", "8 (800) 000-00-01")
    await expect(phone(person, "vk").locator(".queue")).to_be_hidden()
    await expect(phone(person, "vk").locator(".reader .words").last).to_have_text("<b>какой у вас телефон?</b>")
    assert await person.sideways() == 0


async def test_a_reader_may_do_what_the_messenger_can(stand: Stand, visit: Visit) -> None:
    person = await visit(stand.page.url, width=360, height=740)
    await chooses(person, "telegram", "Начать")
    await hears(person, "telegram", "Здравствуйте!")
    await chooses(person, "telegram", "Послать снимок штрих-кода")
    await hears(person, "telegram", "Книги с таким ISBN")
    await chooses(person, "telegram", "Послать стикер")
    await expect(phone(person, "telegram").locator(".reader .piece")).to_have_text("Стикер")

    await person.page.locator("#tab-max").click()
    await says(person, "max", "где вы находитесь?")
    await hears(person, "max", ADDRESS)
    await chooses(person, "max", "Исправить последнее")
    await says(person, "max", "до скольки вы работаете?")
    await hears(person, "max", "с 10:00 до 19:00")
    await chooses(person, "max", "Удалить последнее")
    await expect(phone(person, "max").locator(".reader").last).to_contain_text("Сообщение удалено")


async def test_pages_of_other_sites_reach_nothing(stand: Stand) -> None:
    url = f"{stand.page.url}/phones/telegram"
    act, before = {"do": "say", "text": "привет"}, len(stand.phones["telegram"].items)
    async with aiohttp.ClientSession() as session:
        async with session.post(url, json=act, headers={"Origin": "https://elsewhere.example"}) as answer:
            assert answer.status == 403
        async with session.get(stand.page.url, headers={"Host": "elsewhere.example"}) as answer:
            assert answer.status == 403
        async with session.post(url, data={"do": "say", "text": "привет"}) as answer:
            assert answer.status == 415
        async with session.post(url, json={"do": "fly"}) as answer:
            assert answer.status == 400
        async with session.post(url, json={"do": "remove"}) as answer:
            assert answer.status == 409
    assert len(stand.phones["telegram"].items) == before


async def test_the_console_can_be_entered_at_this_machines_own_address(stand: Stand) -> None:
    server = stand.settings().server
    assert server.hooks_url.startswith("https://")  # messengers call nothing else
    assert not server.public_url.startswith("https:")  # else its cookie would not come back by http

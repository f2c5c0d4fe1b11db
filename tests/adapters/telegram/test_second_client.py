"""The emulator driven by python-telegram-bot: adapter and emulator cannot agree on a mistake."""

from collections.abc import AsyncIterator

import pytest
import telegram
from telegram.constants import ParseMode
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter

from tests.adapters.telegram.conftest import SECRET, TOKEN
from tests.emulators.telegram import TelegramServer

READER = 100001


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(TOKEN, base_url=f"{server.url}/bot", base_file_url=f"{server.url}/file/bot") as other:
        yield other


def keyboard(label: str, data: str) -> telegram.InlineKeyboardMarkup:
    """One button."""
    return telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton(label, callback_data=data)]])


async def test_the_other_client_believes_what_it_is_told_of_itself(bot: telegram.Bot) -> None:
    assert bot.username == "example_library_bot"
    assert await bot.set_my_commands([("help", "Помощь")])


async def test_the_other_clients_messages_are_read_as_ours(bot: telegram.Bot, server: TelegramServer) -> None:
    server.flood.per_chat_per_s = 0
    keys = keyboard("Да", "yes")
    sent = await bot.send_message(READER, "<b>Да</b> &amp; &lt;нет&gt;", parse_mode=ParseMode.HTML, reply_markup=keys)
    await bot.send_photo(READER, b"png", caption="вид")
    await bot.send_document(READER, b"pdf", filename="правила.pdf")
    await bot.send_venue(READER, 45.0, 41.9, "Библиотека", "ул. Ленина, 12")

    assert (sent.message_id, sent.chat.id, sent.text) == (server.said[READER][0]["id"], READER, "Да & <нет>")
    assert server.labels(server.said[READER][0]) == ["Да"]
    assert [shown["text"] for shown in server.said[READER]] == ["Да & <нет>", "вид", "", "Библиотека"]


async def test_the_other_client_polls_and_acknowledges(bot: telegram.Bot, server: TelegramServer) -> None:
    server.says(READER, "раз")
    await bot.send_message(READER, "?", reply_markup=keyboard("Да", "y"))
    server.presses(READER, "Да")

    first, press = await bot.get_updates(timeout=0)
    assert first.message is not None
    assert first.message.text == "раз"
    assert press.callback_query is not None
    assert await press.callback_query.answer()
    assert await bot.get_updates(offset=press.update_id + 1, timeout=0) == ()
    assert not server.updates.waiting


async def test_the_other_client_understands_every_refusal(bot: telegram.Bot, server: TelegramServer) -> None:
    with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
        await bot.send_message(7, "да")
    with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
        await bot.send_message(READER, "<b>да", parse_mode=ParseMode.HTML)
    with pytest.raises(BadRequest, match="too long"):
        await bot.send_message(READER, "я" * 4097)
    markup = keyboard("x", "я" * 33)
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(READER, "да", reply_markup=markup)
    server.blocked.add(READER)
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(READER, "да")


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
async def test_the_other_client_is_told_to_wait_by_a_flood(bot: telegram.Bot, server: TelegramServer) -> None:
    for _ in range(server.flood.burst_per_chat):
        await bot.send_message(READER, "да")
    with pytest.raises(RetryAfter) as limited:
        await bot.send_message(READER, "да")
    assert len(server.said[READER]) == server.flood.burst_per_chat
    assert str(server.flood.retry_after) in str(limited.value)
    with pytest.raises(RetryAfter):
        await bot.send_venue(READER, 1.0, 1.0, "x", "y")  # the whole bot waits


async def test_the_other_client_cannot_poll_beside_a_webhook(bot: telegram.Bot, server: TelegramServer) -> None:
    assert await bot.set_webhook("https://bot.library.example/hooks/telegram", secret_token=SECRET)
    assert (await bot.get_webhook_info()).url == "https://bot.library.example/hooks/telegram"
    with pytest.raises(Conflict):
        await bot.get_updates(timeout=0)
    assert await bot.delete_webhook()
    with pytest.raises(BadRequest, match=r"(?i)https"):
        await bot.set_webhook("http://bot.library.example/hooks/telegram")


async def test_a_wrong_token_is_refused(server: TelegramServer) -> None:
    with pytest.raises(InvalidToken):
        async with telegram.Bot("654321:another", base_url=f"{server.url}/bot"):
            pass

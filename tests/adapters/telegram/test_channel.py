"""The bot against the emulator: what is sent, what is refused, what is looked after."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.telegram.channel import Telegram, TelegramPolling, TelegramWebhook
from adapters.telegram.errors import ChatMoved, TooLate, refusal
from adapters.telegram.parse import Pressed
from adapters.telegram.settings import TelegramSettings
from bot.errors import (
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    InputError,
    MessageRefused,
    RateLimited,
)
from bot.messages import (
    Button,
    Contact,
    Document,
    Lane,
    Location,
    Moved,
    Outbound,
    Picture,
    Reply,
    bold,
    link,
    reply,
)
from tests.adapters.telegram.conftest import TOKEN, Make
from tests.emulators.base import Fault
from tests.emulators.telegram import TelegramServer
from tests.support.files import MemoryFiles
from tests.support.patience import LoopTime

READER = 100001
HOOK = "https://bot.library.example/hooks/telegram"
ANSWERS = json.loads((Path(__file__).parent / "api-responses.json").read_text("utf-8"))
CAT = "👨‍👩‍👧‍👦 _*[]<>&@`\\ «Кот & пёс» <b>"


@pytest.fixture
def channel(make: Make) -> TelegramWebhook:
    made = make()
    assert isinstance(made, TelegramWebhook)
    return made


def to_reader(said: Reply, *, message_id: int = 1, address: str = str(READER)) -> Outbound:
    contact = Contact(channel="telegram", address=address)
    return Outbound(message_id=message_id, contact=contact, reply=said, lane=Lane.REPLY, attempt=1)


# --- what readers see ----------------------------------------------------------------------------


async def test_a_reply_arrives_as_the_reader_should_see_it(channel: Telegram, server: TelegramServer) -> None:
    said = reply("Есть ", bold(CAT), ": ", link("запись", "https://l.example/?a=1&b=<2>"))
    sent = await channel.send(to_reader(said))

    [shown] = server.said[READER]
    assert shown["text"] == f"Есть {CAT}: запись"
    assert shown["entities"] == [
        {"type": "bold", "offset": len("Есть "), "text": CAT},
        {"type": "text_link", "offset": len(f"Есть {CAT}: "), "text": "запись", "url": "https://l.example/?a=1&b=<2>"},
    ]
    assert sent.external_ids == (f"{READER}:{shown['id']}",)


async def test_plain_words_need_no_markup(channel: Telegram, server: TelegramServer) -> None:
    await channel.send(to_reader(reply(CAT)))
    assert server.texts(READER) == [CAT]


async def test_buttons_stand_under_the_words_and_links_open(channel: Telegram, server: TelegramServer) -> None:
    rows = [[Button("Да", "yes"), Button("Нет", "no")], [Button("Сайт", "", url="https://l.example/")]]
    await channel.send(to_reader(reply("Взять?", buttons=rows)))

    assert server.said[READER][0]["keyboard"] == [
        [{"text": "Да", "callback_data": "yes"}, {"text": "Нет", "callback_data": "no"}],
        [{"text": "Сайт", "url": "https://l.example/"}],
    ]


async def test_a_number_is_asked_for_by_a_keyboard_that_goes_away_again(
    channel: Telegram, server: TelegramServer
) -> None:
    rows = [[Button("Дать номер", "phone", asks_phone=True)], [Button("Сайт", "", url="https://l.example/")]]
    await channel.send(to_reader(reply("Ваш номер?", buttons=rows)))
    await channel.send(to_reader(reply("Спасибо."), message_id=2))
    await channel.send(to_reader(reply("Ещё."), message_id=3))

    asked, thanked, more = server.said[READER]
    assert asked["keyboard"] == [[{"text": "Дать номер", "request_contact": True}]]
    assert asked["text"] == "Ваш номер?\nСайт: https://l.example/"
    assert (thanked["markup"], more["markup"]) == ({"remove_keyboard": True}, {})


async def test_a_keyboard_from_before_a_restart_is_taken_away_once(make: Make, server: TelegramServer) -> None:
    server.flood.per_chat_per_s = 0
    asking = [[Button("Дать номер", "phone", asks_phone=True)]]
    await make().send(to_reader(reply("Ваш номер?", buttons=asking)))

    started_anew = make()
    await started_anew.send(to_reader(reply("Книга есть.", buttons=[[Button("Часы", "hours")]]), message_id=2))
    await started_anew.send(to_reader(reply("Ещё."), message_id=3))
    await started_anew.send(to_reader(reply("И ещё."), message_id=4))

    markups = [shown["markup"] for shown in server.said[READER]][1:]
    assert "inline_keyboard" in markups[0]
    assert markups[1:] == [{"remove_keyboard": True}, {}]


async def test_a_group_that_became_another_chat_is_written_to_there_and_stays_known(
    make: Make, server: TelegramServer
) -> None:
    old, new = -4001, -1001234567890
    server.chats.add(new)
    server.moved[old] = new
    polling = make(mode="polling", staff_chat=old)
    assert isinstance(polling, TelegramPolling)

    sent = await polling.send(to_reader(reply("Читатель ждёт ответа."), address=str(old)))
    await polling.send(to_reader(reply("Ещё один."), address=str(old), message_id=2))

    assert sent.external_ids == (f"{new}:{server.said[new][0]['id']}",)
    assert server.texts(new) == ["Читатель ждёт ответа.", "Ещё один."]
    assert sum(call.path.endswith("sendMessage") for call in server.calls) == 3  # the old chat was tried once
    chat = {"id": new, "type": "supergroup", "title": "Сотрудники"}
    person = server.person(7)
    command = {"message_id": 9, "date": 1_772_438_400, "chat": chat, "from": person, "text": "/help"}
    server.updates.add("message", command)
    [accepted] = [await anext(polling.updates())]
    assert [(event.contact.address, event.address) for event in accepted.events if isinstance(event, Moved)] == [
        (str(old), str(new))
    ]
    assert [message.contact.address for message in accepted.messages] == [str(new)]

    await polling.send(to_reader(reply("И ещё один."), address=str(old), message_id=3))  # so the log did not keep it
    [again] = [await anext(polling.updates())]
    assert [event.address for event in again.events if isinstance(event, Moved)] == [str(new)]


async def test_a_long_text_goes_in_parts_and_buttons_stand_under_the_last(
    channel: Telegram, server: TelegramServer
) -> None:
    words = "Предложение о книгах. " * 400
    await channel.send(to_reader(reply(words, buttons=[[Button("Да", "yes")]])))

    assert [server.labels(shown) for shown in server.said[READER]] == [[], [], ["Да"]]
    assert "".join(server.texts(READER)).replace(" ", "") == words.replace(" ", "")


async def test_a_part_that_was_taken_is_not_sent_again(channel: Telegram, server: TelegramServer) -> None:
    message = to_reader(reply("Предложение о книгах. " * 400))
    server.flood.per_chat_per_s, server.flood.burst_per_chat, server.flood.retry_after = 0.001, 2, 1
    with pytest.raises(RateLimited) as limited:
        await channel.send(message)
    assert (limited.value.retry_after_s, limited.value.whole_channel) == (1, True)

    server.flood.per_chat_per_s = server.flood.per_s = 0
    server.flood._until = 0.0
    sent = await channel.send(message)

    assert len(server.said[READER]) == len(sent.external_ids) == 3


async def test_a_picture_goes_with_its_words_and_its_bytes_go_up_once(
    channel: Telegram, server: TelegramServer, files: MemoryFiles
) -> None:
    poster = await files.keep("афиша.png", "image/png", b"png")
    said = reply("Афиша ", bold("<3>"), at=[Picture(file=poster, alt="афиша")], buttons=[[Button("Да", "yes")]])
    for message_id in (1, 2):
        await channel.send(to_reader(said, message_id=message_id))

    assert [shown["photo"] for shown in server.said[READER]] == ["file0", "file0"]
    assert server.said[READER][0]["text"] == "Афиша <3>"
    assert server.labels(server.said[READER][0]) == ["Да"]
    assert server.files == {"file0": b"png"}


async def test_a_picture_too_large_for_a_photograph_goes_as_a_file(
    channel: Telegram, server: TelegramServer, files: MemoryFiles
) -> None:
    scan = await files.keep("карта.png", "image/png", bytes(10 * 1024**2 + 1))
    await channel.send(to_reader(reply("Вот:", at=[Picture(file=scan, alt="карта")])))

    words, document = server.said[READER]
    assert (words["text"], document["document"]) == ("Вот:", "file0")


async def test_documents_and_places_go_by_themselves(
    channel: Telegram, server: TelegramServer, files: MemoryFiles
) -> None:
    rules = await files.keep("правила.pdf", "application/pdf", b"pdf")
    place = Location(latitude=45.04, longitude=41.97, title="Центральная", address="ул. Ленина, 12")
    await channel.send(to_reader(reply("Правила:", at=[Document(file=rules), place])))

    words, document, venue = server.said[READER]
    assert (words["text"], document["document"]) == ("Правила:", "file0")
    assert venue["venue"] == {
        "location": {"latitude": 45.04, "longitude": 41.97},
        "title": "Центральная",
        "address": "ул. Ленина, 12",
    }


async def test_a_file_that_telegram_forgot_goes_up_again(
    channel: Telegram, server: TelegramServer, files: MemoryFiles
) -> None:
    said = reply("", at=[Document(file=await files.keep("правила.pdf", "application/pdf", b"pdf"))])
    await channel.send(to_reader(said))
    server.files = {"other": b""}

    await channel.send(to_reader(said, message_id=2))

    assert server.files["file1"] == b"pdf"


async def test_a_file_that_is_gone_is_told(channel: Telegram) -> None:
    from bot.messages import StoredFile

    lost = StoredFile(file_id=9, name="x.pdf", media_type="application/pdf", size=1)
    with pytest.raises(MessageRefused, match="gone"):
        await channel.send(to_reader(reply("", at=[Document(file=lost)])))


async def test_formatting_that_telegram_refuses_goes_out_plain(channel: Telegram, server: TelegramServer) -> None:
    fault = {"ok": False, "error_code": 400, "description": "Bad Request: can't parse entities: no end"}
    server.faults.append(Fault(status=400, body=fault, path="/sendMessage"))

    await channel.send(to_reader(reply("Есть ", bold("«Обломов»"))))

    assert [(shown["text"], shown["entities"]) for shown in server.said[READER]] == [("Есть «Обломов»", [])]


async def test_what_telegram_took_is_taken_whatever_it_says_of_it(channel: Telegram, server: TelegramServer) -> None:
    strange = {"ok": True, "result": {"message_id": 9, "chat": "?", "new_field": [1]}}
    server.faults.append(Fault(status=200, body=strange, path="/sendMessage"))

    assert (await channel.send(to_reader(reply("да")))).external_ids == (f"{READER}:9",)


# --- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["name"][:40])
def test_every_answer_on_record_becomes_an_error_that_says_what_to_do(answer: dict[str, Any]) -> None:
    if answer["body"].get("ok"):
        return
    error, said = refusal(answer["http_status"], answer["body"]), answer["body"]["description"].lower()
    assert isinstance(error, ChannelError)
    expected: type[ChannelError] = MessageRefused
    if answer["http_status"] == 429:
        expected = RateLimited
        assert isinstance(error, RateLimited)
        assert error.retry_after_s == answer["body"]["parameters"]["retry_after"]
    elif answer["http_status"] in (401, 404):
        expected = ChannelAuthError
    elif answer["http_status"] == 403 or "chat not found" in said:
        expected = DeliveryRefused
        assert not isinstance(error, MessageRefused)
    elif answer["http_status"] >= 409:
        expected = ChannelUnavailable
    elif "not modified" in said or "too old" in said:
        expected = TooLate
    elif "migrate_to_chat_id" in answer["body"].get("parameters", {}):
        expected = ChatMoved
        assert isinstance(error, ChatMoved)
        assert error.address == str(answer["body"]["parameters"]["migrate_to_chat_id"])
    assert isinstance(error, expected), error


def test_only_a_reader_who_stopped_us_counts_as_one() -> None:
    def told(words: str) -> ChannelError:
        return refusal(403, {"description": f"Forbidden: {words}"})

    stopped, other = told("bot was blocked by the user"), told("bot can't initiate conversation with a user")
    assert isinstance(stopped, DeliveryRefused)
    assert isinstance(other, DeliveryRefused)
    assert (stopped.blocked, other.blocked) == (True, False)


@pytest.mark.parametrize(
    "answer", [None, [], {"description": 7, "parameters": []}, {"parameters": {"retry_after": ""}}]
)
def test_an_answer_of_any_shape_becomes_an_error(answer: Any) -> None:
    for status in (400, 403, 429, 500, 502, 302):
        assert isinstance(refusal(status, answer), ChannelError)


async def test_a_reader_who_stopped_us_cannot_be_reached(channel: Telegram, server: TelegramServer) -> None:
    server.blocked.add(READER)
    with pytest.raises(DeliveryRefused) as refused:
        await channel.send(to_reader(reply("да")))
    assert refused.value.blocked

    with pytest.raises(DeliveryRefused):
        await channel.send(to_reader(reply("да"), address="7"))
    with pytest.raises(DeliveryRefused):
        await channel.send(to_reader(reply("да"), address="не чат"))


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=502, body=b"<html>"),
        Fault(status=500, body={"ok": False}),
        Fault(drop="before"),
        Fault(drop="after"),
    ],
    ids=["no JSON", "a fault of theirs", "no answer", "no answer, and sent"],
)
async def test_a_telegram_that_is_away_is_tried_again_later_and_the_token_stays_secret(
    channel: Telegram, server: TelegramServer, fault: Fault
) -> None:
    server.faults.append(fault)
    with pytest.raises(ChannelUnavailable) as lost:
        await channel.send(to_reader(reply("да")))
    assert not isinstance(lost.value, RateLimited)
    assert "test-telegram-token" not in str(lost.value)


async def test_a_wrong_token_stops_the_channel(make: Make) -> None:
    wrong = make(token="654321:another")
    for call in (wrong.ping(), wrong.send(to_reader(reply("да")))):
        with pytest.raises(ChannelAuthError):
            await call


def test_of_aiogram_only_what_is_called_is_built() -> None:
    from adapters.telegram.aiogram_parts import METHODS, types

    assert [name for name, method in METHODS.items() if not method.__pydantic_complete__] == []
    assert not types.Update.__pydantic_complete__, "five seconds and a hundred MB for what nobody reads"


async def test_it_ends_at_once(channel: Telegram) -> None:
    await channel.send(to_reader(Reply(text="Привет")))

    async with LoopTime() as passed:
        await channel.aclose()

    assert passed.seconds < 0.1, "aiogram's own end takes a quarter of a second more"


async def test_nobody_at_the_address_is_told_without_the_token(make: Make) -> None:
    nobody = make(api_url="http://127.0.0.1:9")
    with pytest.raises(ChannelUnavailable) as lost:
        await nobody.ping()
    assert "test-telegram-token" not in str(lost.value)


# --- beside messages -----------------------------------------------------------------------------


async def test_a_pressed_button_is_answered_and_too_late_is_no_fault(channel: Telegram, server: TelegramServer) -> None:
    server.pressed.add("q1")
    for query in ("q1", "q1", "q2"):
        await channel.courtesy(Pressed(query))
    await channel.courtesy("something of another channel")
    assert server.answered == ["q1"]


async def test_a_picture_of_a_reader_is_fetched_within_its_limit(channel: Telegram, server: TelegramServer) -> None:
    server.files["photo1"] = b"jpeg" * 100

    assert await channel.fetch("photo1", 400) == b"jpeg" * 100
    with pytest.raises(InputError, match="more than 399 bytes"):
        await channel.fetch("photo1", 399)
    with pytest.raises(InputError, match="gone"):
        await channel.fetch("photo2", 400)


@pytest.mark.parametrize("path", ["../../etc/passwd", "http://elsewhere.example/x", "", None, "a/../b"])
async def test_no_path_leads_elsewhere(channel: Telegram, server: TelegramServer, path: str | None) -> None:
    server.faults.append(Fault(status=200, body={"ok": True, "result": {"file_path": path}}, path="/getFile"))
    with pytest.raises(InputError):
        await channel.fetch("photo1", 400)
    assert [call.path for call in server.calls if call.path.startswith("/file")] == []


async def test_readers_join_by_a_link_whose_parameter_comes_back(channel: Telegram) -> None:
    assert await channel.join_link("branch-03") == "https://t.me/example_library_bot?start=branch-03"
    assert await channel.join_link() == "https://t.me/example_library_bot"
    with pytest.raises(ChannelError):
        await channel.join_link("филиал 3")


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"token": "no-token"},
        {"token": TOKEN, "mode": "webhook"},
        {"token": TOKEN, "mode": "webhook", "secret": "с пробелом"},
        {"token": TOKEN, "api_url": "telegram.org"},
    ],
)
def test_a_setting_that_cannot_work_is_refused_at_start(options: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        TelegramSettings(**options)
    assert "test-telegram-token" not in str(refused.value)

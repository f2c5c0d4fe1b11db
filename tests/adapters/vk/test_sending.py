"""Replies go out: whole, once, in batches; what VK refuses becomes what we must do."""

import asyncio
from dataclasses import dataclass, field

import pytest

from adapters.vk import client as vk_client
from adapters.vk.batches import AT_ONCE, Batches
from adapters.vk.channel import VkCallback
from adapters.vk.errors import error_of
from adapters.vk.parse import PressAnswer
from bot.errors import (
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    MessageRefused,
    RateLimited,
    WindowClosed,
)
from bot.messages import Button, Contact, Document, Location, Picture, Reply, Sent, StoredFile, bold, link, reply
from tests.adapters.vk.support import callback, outbound, recorded
from tests.emulators.base import Fault
from tests.emulators.vk import TOKEN, VkEmulator
from tests.emulators.vk.server import CALLS_PER_S
from tests.support.clock import StandingClock
from tests.support.patience import SOON_S

KEPT_PER_S = vk_client.CALLS_PER_S


@dataclass
class FewFiles:
    """Fills ``bot.ports.files.Files``."""

    read_ids: list[int] = field(default_factory=list)

    async def keep(
        self, name: str, media_type: str, data: bytes, of: Contact | None = None, *, of_talk: bool = False
    ) -> StoredFile:
        return StoredFile(file_id=1, name=name, media_type=media_type, size=len(data))

    async def read(self, file_id: int) -> bytes | None:
        self.read_ids.append(file_id)
        return b"\x89PNG picture" if file_id < 100 else None


def picture(file_id: int = 1) -> Picture:
    return Picture(file=StoredFile(file_id=file_id, name="афиша.png", media_type="image/png", size=12), alt="Афиша")


def document(file_id: int = 2) -> Document:
    return Document(file=StoredFile(file_id=file_id, name="правила.pdf", media_type="application/pdf", size=12))


async def test_a_reply_arrives_and_its_number_at_vk_is_kept(vk: VkEmulator, channel: VkCallback) -> None:
    sent = await channel.send(outbound(reply("Есть ", bold("«Обломов»"), ".")))

    (heard,) = vk.reader().heard
    assert heard["text"] == "Есть «Обломов»."
    assert sent.external_ids == (str(heard["id"]),)


async def test_a_repeat_is_never_a_second_message(vk: VkEmulator, channel: VkCallback) -> None:
    vk.faults.append(Fault(drop="after", path="messages.send"))
    with pytest.raises(ChannelUnavailable):
        await channel.send(outbound(Reply(text="Да."), message_id=41))

    await channel.send(outbound(Reply(text="Да."), message_id=41, attempt=2))
    await channel.send(outbound(Reply(text="Да."), message_id=42))

    assert vk.reader().words == ["Да.", "Да."]
    assert vk.repeats == 1


async def test_the_parts_of_a_long_reply_come_whole_in_order_and_once(vk: VkEmulator, channel: VkCallback) -> None:
    text = "\n".join(f"{number}. Предложение о книгах, не самое короткое." for number in range(400))
    buttons = ((Button("Дальше", "more"),),)
    vk.faults.append(Fault(path="messages.send"))
    vk.faults.append(Fault(drop="before", path="messages.send"))
    message = outbound(Reply(text=text, buttons=buttons), message_id=9)
    with pytest.raises(ChannelUnavailable):
        await channel.send(message)

    sent = await channel.send(message)

    assert "\n".join(vk.reader().words) == text
    assert [("keyboard" in one) for one in vk.reader().heard] == [False] * (len(sent.external_ids) - 1) + [True]
    assert [str(one["id"]) for one in vk.reader().heard] == list(sent.external_ids)


async def test_messages_that_wait_together_go_together_and_fail_apart(vk: VkEmulator, channel: VkCallback) -> None:
    for user_id in range(1, 61):
        vk.reader(user_id).allows = user_id != 30

    outcomes = await asyncio.gather(
        *[channel.send(outbound(Reply(text=f"№ {n}"), message_id=n, address=str(n))) for n in range(1, 61)],
        return_exceptions=True,
    )

    assert [vk.reader(n).words for n in range(1, 61)] == [[f"№ {n}"] if n != 30 else [] for n in range(1, 61)]
    refused = outcomes[29]
    assert isinstance(refused, DeliveryRefused)
    assert refused.blocked
    assert sum(vk.scripts) >= 50
    assert max(vk.scripts) == 25
    assert len(vk.calls) <= 6


async def test_a_batch_that_vk_does_not_understand_goes_one_by_one(vk: VkEmulator, channel: VkCallback) -> None:
    fault = {"error": {"error_code": 12, "error_msg": "Unable to compile code", "request_params": []}}
    vk.faults.append(Fault(status=200, body=fault, path="execute"))

    await asyncio.gather(*[channel.send(outbound(Reply(text=f"№ {n}"), message_id=n)) for n in range(5)])

    assert sorted(vk.reader().words) == [f"№ {n}" for n in range(5)]


async def test_signs_that_cannot_be_sent_cost_one_message(vk: VkEmulator, channel: VkCallback) -> None:
    texts = ["раз", "два", "три", "\ud83d", "четыре"]

    outcomes = await asyncio.gather(
        *[channel.send(outbound(Reply(text=text), message_id=n)) for n, text in enumerate(texts)],
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [Sent, Sent, Sent, MessageRefused, Sent]


class StandingTime:
    """Stands in for ``time``: nothing passes, and whoever would sleep is written down."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


async def test_no_more_calls_are_made_in_a_second_than_vk_allows(
    vk: VkEmulator, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vk_client, "CALLS_PER_S", KEPT_PER_S)
    monkeypatch.setattr(vk_client, "time", passing := StandingTime())
    channel = callback(clock, vk.url)
    await asyncio.gather(*[channel.courtesy(PressAnswer(f"e{n}", 100001, 100001)) for n in range(30)])
    await channel.aclose()

    begun = [0.0, *sorted(passing.slept)]
    assert len(vk.answered) == len(begun) == 30
    assert min(later - earlier for earlier, later in zip(begun, begun[CALLS_PER_S:], strict=False)) >= 1


async def test_a_batch_that_comes_too_fast_is_sent_again_after_a_second(vk: VkEmulator, channel: VkCallback) -> None:
    vk.spoils.append(6)

    with pytest.raises(RateLimited) as limited:
        await channel.send(outbound(Reply(text="Да.")))

    assert (limited.value.retry_after_s, limited.value.whole_channel) == (1.0, True)
    assert len(vk.calls) == 1, "vk_api must not ask again by itself"


async def test_flood_control_pauses_the_one_conversation(clock: StandingClock) -> None:
    async with VkEmulator(to_one_an_hour=1) as vk:
        vk.reader(1)
        vk.reader(2)
        channel = callback(clock, vk.url)
        await channel.send(outbound(Reply(text="раз"), message_id=1, address="1"))
        with pytest.raises(RateLimited) as limited:
            await channel.send(outbound(Reply(text="два"), message_id=2, address="1"))
        await channel.send(outbound(Reply(text="три"), message_id=3, address="2"))
        await channel.aclose()

    assert (limited.value.retry_after_s, limited.value.whole_channel) == (120.0, False)


MEANINGS: dict[type[ChannelError], tuple[int, ...]] = {
    RateLimited: (6, 9, 14, 29),
    ChannelUnavailable: (1, 10, 36, 99999),
    ChannelAuthError: (5, 15, 27, 28, 7, 912),
    DeliveryRefused: (900, 901, 902, 936),
    WindowClosed: (950,),
    MessageRefused: (911, 914, 910, 913, 940, 100, 917, 945, 946, 943, 944),
}


@pytest.mark.parametrize(("meaning", "code"), [(kind, code) for kind, codes in MEANINGS.items() for code in codes])
def test_an_error_of_vk_says_what_we_must_do(meaning: type[ChannelError], code: int) -> None:
    assert type(error_of(code, "text")) is meaning


def test_only_a_reader_who_stopped_us_counts_as_one() -> None:
    assert [code for code in (900, 901, 902, 936) if getattr(error_of(code, ""), "blocked", False)] == [901, 902]


RECORDED_ERRORS = [one for one in recorded("api-responses.json") if "error_code" in one]


@pytest.mark.parametrize("answer", RECORDED_ERRORS, ids=[f"error {one['error_code']}" for one in RECORDED_ERRORS])
async def test_a_recorded_error_is_one_of_ours_and_shows_no_token(
    vk: VkEmulator, channel: VkCallback, answer: dict[str, object]
) -> None:
    vk.faults.append(Fault(status=200, body=answer["body"]))

    with pytest.raises(ChannelError) as refused:
        await channel.send(outbound(Reply(text="Да.")))

    assert TOKEN not in str(refused.value)
    assert type(refused.value) is not ChannelError
    assert len(vk.calls) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=502, body=b"<html>Bad Gateway"),
        Fault(status=200, body=b"not json"),
        Fault(status=200, body=[]),
        Fault(status=200, body={"response": "words"}),
        Fault(status=200, body={"response": True}),
        Fault(status=200, body={"error": {}}),
        Fault(status=302, headers={"Location": "http://127.0.0.1:9/"}, body=b""),
        Fault(drop="before"),
    ],
)
async def test_whatever_else_vk_answers_means_try_again(vk: VkEmulator, channel: VkCallback, fault: Fault) -> None:
    vk.faults.append(fault)

    with pytest.raises(ChannelUnavailable):
        await channel.send(outbound(Reply(text="Да.")))
    await channel.send(outbound(Reply(text="Да."), attempt=2))

    assert vk.reader().words == ["Да."]


async def test_http_429_is_obeyed(vk: VkEmulator, channel: VkCallback) -> None:
    vk.faults.append(Fault(status=429, headers={"Retry-After": "7"}, body=b""))

    with pytest.raises(RateLimited) as limited:
        await channel.send(outbound(Reply(text="Да.")))

    assert limited.value.retry_after_s == 7


async def test_a_batch_that_failed_as_a_whole_fails_for_each(vk: VkEmulator, channel: VkCallback) -> None:
    vk.faults += [Fault(status=200, body={"response": None, "execute_errors": []}, path="execute")]

    outcomes = await asyncio.gather(
        *[channel.send(outbound(Reply(text=f"№ {n}"), message_id=n)) for n in range(4)], return_exceptions=True
    )

    assert [type(outcome) for outcome in outcomes[2:]] == [ChannelUnavailable] * 2  # the others went alone


@pytest.mark.parametrize("address", ["", "abc", "-100", "2000000001", "٣"])
async def test_an_address_that_is_no_readers_is_refused_without_a_call(
    vk: VkEmulator, channel: VkCallback, address: str
) -> None:
    with pytest.raises(DeliveryRefused):
        await channel.send(outbound(Reply(text="Да."), address=address))

    assert vk.calls == []


async def test_of_all_chats_of_many_only_the_staffs_own_is_written_to(vk: VkEmulator, clock: StandingClock) -> None:
    vk.reader(2_000_000_001)
    built = callback(clock, vk.url, staff_chat=2_000_000_001)

    sent = await built.send(outbound(Reply(text="Читатель ждёт"), address="2000000001"))
    with pytest.raises(DeliveryRefused):
        await built.send(outbound(Reply(text="Читатель ждёт"), address="2000000002"))

    assert len(sent.external_ids) == 1
    await built.aclose()


async def test_buttons_lead_back_as_presses(vk: VkEmulator, channel: VkCallback) -> None:
    rows = [[Button("Продлить", "renew:3"), Button("Сайт", "", url="https://library.example/")], [Button("Нет", "no")]]
    await channel.send(outbound(reply("Что делать?", buttons=rows)))

    event = vk.presses("Продлить")

    (press,) = channel.read(event).messages
    assert repr(press.content) == "ButtonPress(payload='renew:3', label='Продлить')"


async def test_a_map_point_is_sent_as_one(vk: VkEmulator, channel: VkCallback) -> None:
    at = Location(latitude=45.0448, longitude=41.9692, title="Библиотека", address="ул. Ленина, 12")

    await channel.send(outbound(reply("Мы здесь:", at=[at])))

    (heard,) = vk.reader().heard
    assert (heard["lat"], heard["long"]) == (45.0448, 41.9692)
    assert heard["text"] == "Мы здесь:\nБиблиотека, ул. Ленина, 12"


async def test_files_are_handed_over_once_and_named_afterwards(vk: VkEmulator, clock: StandingClock) -> None:
    files = FewFiles()
    channel = callback(clock, vk.url, files)

    await asyncio.gather(
        *[channel.send(outbound(reply("Вот:", at=[picture(), document()]), message_id=number)) for number in (1, 2)]
    )

    first, second = vk.reader().heard
    assert first["attachment"] == second["attachment"]
    assert first["attachment"].startswith("photo-123456789_")
    assert ",doc-123456789_" in first["attachment"]
    assert len([call for call in vk.calls if call.path.startswith("/upload/")]) == 2
    await channel.aclose()


async def test_a_file_that_vk_has_lost_is_handed_over_anew(vk: VkEmulator, clock: StandingClock) -> None:
    channel = callback(clock, vk.url, FewFiles())
    await channel.send(outbound(reply("Вот:", at=[picture()]), message_id=1))
    vk.forget_files()

    with pytest.raises(ChannelUnavailable):
        await channel.send(outbound(reply("Вот:", at=[picture()]), message_id=2))
    await channel.send(outbound(reply("Вот:", at=[picture()]), message_id=2, attempt=2))

    assert vk.reader().words == ["Вот:", "Вот:"]
    assert vk.wrong == ["messages.send: One of the parameters specified was missing or invalid: attachment"]
    vk.wrong.clear()
    await channel.aclose()


async def test_a_file_that_is_gone_from_the_store_costs_one_message(vk: VkEmulator, clock: StandingClock) -> None:
    channel = callback(clock, vk.url, FewFiles())

    with pytest.raises(MessageRefused):
        await channel.send(outbound(reply("Вот:", at=[document(100)])))
    await channel.aclose()


async def test_a_failed_upload_is_tried_again(vk: VkEmulator, clock: StandingClock) -> None:
    channel = callback(clock, vk.url, FewFiles())
    vk.faults.append(Fault(status=200, body={"response": {}}, path="photos.getMessagesUploadServer"))

    with pytest.raises(ChannelUnavailable):
        await channel.send(outbound(reply("Вот:", at=[picture()])))
    await channel.send(outbound(reply("Вот:", at=[picture()]), attempt=2))

    assert vk.reader().words == ["Вот:"]
    await channel.aclose()


async def test_a_call_that_hangs_does_not_hold_up_the_others(
    vk: VkEmulator, channel: VkCallback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vk_client, "TIMEOUT_S", (SOON_S, 0.3))
    vk.faults.append(Fault(slow_s=SOON_S, path="messages.send"))
    slow = asyncio.create_task(channel.send(outbound(Reply(text="раз"), message_id=1)))
    async with asyncio.timeout(SOON_S):
        while vk.faults:  # noqa: ASYNC110 - until it hangs
            await asyncio.sleep(0.002)
    monkeypatch.setattr(vk_client, "TIMEOUT_S", (SOON_S, SOON_S))

    await channel.send(outbound(Reply(text="два"), message_id=2))

    assert vk.reader().words == ["два"]
    with pytest.raises(ChannelUnavailable):
        await slow


async def test_what_waits_at_the_end_is_not_begun() -> None:
    begun: list[object] = []

    class Hanging:
        async def call(self, method: str, **values: object) -> None:
            begun.append(values["peer_id"])
            await asyncio.Event().wait()

    batches = Batches(Hanging())  # type: ignore[arg-type]
    sending = [asyncio.create_task(batches.send({"peer_id": number})) for number in range(1, AT_ONCE + 2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(begun) == AT_ONCE

    await batches.aclose()

    await asyncio.gather(*sending, return_exceptions=True)
    assert len(begun) == AT_ONCE


async def test_links_are_written_out_and_names_never_become_mentions(vk: VkEmulator, channel: VkCallback) -> None:
    words = "[id1|Павел] @all *id1 (Павел) info@library.example 2*3 "

    await channel.send(outbound(reply(words, link("каталог", "https://library.example/@top"))))

    heard = vk.reader().words[0]
    assert heard.replace("\u200b", "") == words + "каталог (https://library.example/@top)"
    for mention in ("[id1|", "@all", "*id1"):
        assert mention not in heard
    for harmless in ("info@library.example", "2*3", "https://library.example/@top"):
        assert harmless in heard

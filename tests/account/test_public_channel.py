"""A messenger that may carry nothing personal: no handler says any of it there, and no answer is a dead end."""

from datetime import date
from importlib import import_module

import pytest

from bot.accounts import Cardholder
from bot.engine.dispatcher import routes
from bot.engine.privacy import DataClass, Privacy
from bot.ports.library import Library
from bot.ports.log import Mode
from bot.ports.understanding import Request
from bot.routing import Personal
from bot.settings import DEFAULT_INTENTS
from tests.support.clock import StandingClock
from tests.support.fake_accounts import FakeAccounts
from tests.support.fake_circulation import FakeCirculation
from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.reader import UNDERSTANDING, Reader

PRIVACY = Privacy({"site": DataClass.PUBLIC_ONLY}, elsewhere=("Чат на сайте: https://library.example",))
TABLE = routes([import_module(f"handlers.{name}").router for name in DEFAULT_INTENTS])
PERSONAL = {(trigger.kind, trigger.key) for trigger, handler in TABLE.items() if isinstance(handler, Personal)}
SECRETS = ("Обломов", "Анна", "0012345", "5 марта", "Каштанка")
ELSEWHERE = "О билете, книгах на руках и брони здесь не говорю"


class Or:
    """What is written as ``=intent прошу`` is that intent, in Russian; everything else is understood as ever."""

    def understand(self, text: str) -> tuple[Request, ...]:
        if text.startswith("="):
            return (Request(intent=text[1:].split(maxsplit=1)[0], confidence=1.0, rest=text),)
        return UNDERSTANDING.understand(text)


@pytest.fixture
def abroad(
    library: Library, clock: StandingClock, accounts: FakeAccounts, anna: Cardholder, circulation: FakeCirculation,
    catalogue: FakeCatalogue,
) -> Reader:  # fmt: skip
    """Anna in a foreign messenger; her card was linked there before the library decided."""
    reader = Reader(library, clock, understanding=Or(), privacy=PRIVACY)
    accounts.links_to(reader.contact, anna)
    circulation.lends(anna.patron_id, "Обломов", date(2026, 3, 5))
    card = catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 1))
    circulation.knows(card.work_id, card.title, card.author)
    return reader


@pytest.mark.parametrize("intent", sorted(key for kind, key in PERSONAL if kind == "intent"))
async def test_a_personal_wish_is_sent_elsewhere_with_a_way_on(
    abroad: Reader, circulation: FakeCirculation, intent: str
) -> None:
    await abroad.says(f"={intent} прошу")

    abroad.hears(ELSEWHERE, "https://library.example")
    abroad.hears_nothing_of(*SECRETS)
    assert not circulation.calls
    ways = [button.label for button in abroad.offered()]
    assert ways
    for label in ways:
        await abroad.says(f"={intent} прошу")
        await abroad.presses(label)
        assert abroad.heard, label
        abroad.hears_nothing_of(ELSEWHERE, *SECRETS)


@pytest.mark.parametrize("verb", sorted(key for kind, key in PERSONAL if kind == "press"))
async def test_an_old_button_is_sent_elsewhere(abroad: Reader, circulation: FakeCirculation, verb: str) -> None:
    for payload in (verb, f"{verb}:1"):
        await abroad.presses_payload(payload)

        abroad.hears(ELSEWHERE)
        abroad.hears_nothing_of(*SECRETS)
    assert not circulation.calls


@pytest.mark.parametrize(
    "intent", sorted({key for kind, key in ((one.kind, one.key) for one in TABLE) if kind == "intent"})
)
async def test_no_answer_offers_what_is_not_said_here(abroad: Reader, intent: str) -> None:
    await abroad.says(f"={intent} прошу")

    assert abroad.heard
    for button in abroad.offered():
        assert ("press", button.payload.partition(":")[0]) not in PERSONAL, button
        assert not button.asks_phone
    abroad.hears_nothing_of("нажмите «Мои книги»", "Могу напоминать")


async def test_the_menu_counts_only_what_it_shows(abroad: Reader) -> None:
    await abroad.says("отмена")
    labels = [button.label for button in abroad.offered()]
    assert "Мои книги" not in labels

    await abroad.says("2")

    assert labels[1] == "Часы работы"
    abroad.hears("9:00")


async def test_a_book_is_told_without_the_button_to_reserve_it(abroad: Reader) -> None:
    await abroad.says("есть у вас каштанка чехова?")

    abroad.hears("Каштанка")
    assert "Забронировать" not in [button.label for button in abroad.offered()]


@pytest.mark.parametrize(
    "said",
    ["мои книги", "продли обломова", "когда сдавать книги", "забронируй каштанку", "привяжи билет 0012345", "мой билет",
     "мои данные", "напоминай за 3 дня", "удалите мои данные", "отвяжи билет", "мои брони", "my books", "renew all"],
)  # fmt: skip
async def test_in_readers_own_words(abroad: Reader, circulation: FakeCirculation, said: str) -> None:
    await abroad.says(said)

    abroad.hears_nothing_of("Обломов", "Анна", "0012345", "5 марта")
    assert not circulation.calls
    assert abroad.offered()


async def test_stop_is_heard_here_too(abroad: Reader) -> None:
    await abroad.says("стоп")

    assert abroad.heard
    abroad.hears_nothing_of(*SECRETS)


@pytest.mark.parametrize("said", ["0012345", "мой билет 0012345", "позвоните мне: 8 905 123-45-67"])
async def test_a_number_of_a_person_is_neither_kept_nor_said_again(abroad: Reader, said: str) -> None:
    await abroad.says(said)

    abroad.hears(ELSEWHERE, "https://library.example", "Номер, который вы написали, я не сохранил.")
    abroad.hears_nothing_of("0012345", "905")
    assert said not in str(abroad.last_message.inbound)
    assert said not in str(abroad.conversation.dialogue)


async def test_who_calls_a_person_with_a_number_is_called_one(abroad: Reader) -> None:
    await abroad.says("позовите библиотекаря, мой телефон 8 905 123-45-67")

    abroad.hears("Номер, который вы написали, я не сохранил.", "Записал ваш вопрос для библиотекаря")
    assert abroad.conversation.mode is Mode.WAITING
    assert "905" not in str(abroad.last_message.inbound)


async def test_an_isbn_is_no_number_of_a_person(abroad: Reader) -> None:
    await abroad.says("9785170978335")

    abroad.hears_nothing_of("Номер, который вы написали")
    assert "9785170978335" in str(abroad.last_message.inbound)

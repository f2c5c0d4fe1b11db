"""What nobody understood, and the words that are heard in every state."""

from importlib import import_module
from pathlib import Path

import pytest
import yaml

from bot.ports.log import Mode
from bot.ports.understanding import Request
from bot.routing import Answer, Router, Turn
from bot.settings import DEFAULT_INTENTS
from handlers.fallback import not_understood
from tests.support.fake_library import CENTRAL, FakeBranches, FakeCatalogue, FakeFaq, at, moment, sample_library
from tests.support.reader import Reader


async def test_two_misses_in_a_row_offer_a_person_first(reader: Reader) -> None:
    await reader.says("синхрофазотрон бабушки")
    await reader.says("квантовый чайник")

    reader.hears("Позвать библиотекаря? Он поищет лучше меня.")
    await reader.says("да")
    reader.hears("Записал, что вам нужен библиотекарь.")
    assert reader.conversation.mode is Mode.WAITING


async def test_who_wants_no_person_goes_on(reader: Reader) -> None:
    await reader.says("синхрофазотрон бабушки")
    await reader.says("квантовый чайник")
    await reader.says("нет")

    reader.hears("Что вам подсказать?")
    assert reader.conversation.mode is Mode.BOT


async def test_yes_to_nothing_in_particular_is_no_title(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Нет лет", "Е. А. Евтушенко", at(CENTRAL, 1, 1))
    catalogue.holds("Супружеское согласие", "Оноре де Бальзак", at(CENTRAL, 1, 1))
    for text in ("да", "нет", "ага", "не согласен"):
        await reader.says(text)
        reader.hears("Хорошо. Что вам подсказать?")


async def test_an_answer_between_two_misses_forgives_the_first(reader: Reader) -> None:
    await reader.says("синхрофазотрон бабушки")
    await reader.says("до скольки вы сегодня?")
    await reader.says("квантовый чайник")

    reader.hears("Попробуйте написать фамилию автора")


async def test_every_miss_is_kept(reader: Reader) -> None:
    for text in ("синхрофазотрон бабушки", "квантовый чайник", "фывапролд"):
        await reader.says(text)

    outcomes = [message.outcome for message in reader.log.messages.values() if message.inbound]
    assert outcomes == ["missed", "missed", "missed"]


async def test_a_person_is_offered_but_never_called_unasked(reader: Reader) -> None:
    for text in ("синхрофазотрон бабушки", "квантовый чайник", "пятое колесо"):
        await reader.says(text)

    assert reader.conversation.mode is Mode.BOT


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("стоп", "ничего не рассылаю"),
        ("человек", "Записал, что вам нужен библиотекарь."),
        ("помощь", "Вот что я умею"),
        ("отмена", "начнём сначала"),
    ],
)
async def test_global_words_are_heard_while_a_title_is_awaited(reader: Reader, word: str, heard: str) -> None:
    await reader.presses_payload("find")
    await reader.says(word)

    reader.hears(heard)


async def test_a_global_word_ends_what_was_awaited(reader: Reader, catalogue: FakeCatalogue) -> None:
    await reader.presses_payload("find")
    await reader.says("отмена")
    await reader.says("спасибо")

    reader.hears("Рад помочь!")
    assert catalogue.asked == []


async def test_a_module_that_the_library_has_switched_off_leaves_no_dead_end(reader: Reader) -> None:
    catalogue = FakeCatalogue()
    catalogue.holds("Мероприятия для детей", "", at(CENTRAL, 1, 1))
    library = sample_library(catalogue, FakeFaq(), FakeBranches(CENTRAL))

    async def asked(text: str, misses: int) -> Answer:
        request = Request(intent="events", confidence=0.9, rest=text)
        turn = Turn(contact=reader.contact, content=None, text=text, request=request, misses=misses,  # type: ignore[arg-type]
                    now=moment("2026-03-02"))  # fmt: skip
        answer = await not_understood(turn, library)
        assert isinstance(answer, Answer)
        return answer

    assert "Может быть, вы ищете книгу?" in (await asked("мероприятия для детей", 0)).replies[0].text
    assert "Не понял: «где афиша»" in (await asked("где афиша", 0)).replies[0].text
    assert "Позвать библиотекаря?" in (await asked("где афиша", 1)).replies[0].text


def test_every_trigger_of_the_modules_has_one_handler() -> None:
    routers: list[Router] = [import_module(f"handlers.{name}").router for name in DEFAULT_INTENTS]
    triggers = [trigger for router in routers for trigger in router.table]
    assert len(triggers) == len(set(triggers))


def test_every_intent_of_the_phrase_files_has_a_handler() -> None:
    routers: list[Router] = [import_module(f"handlers.{name}").router for name in DEFAULT_INTENTS]
    handled = {trigger.key for router in routers for trigger in router.table if trigger.kind == "intent"}
    folder = Path(import_module("understanding").__file__ or "").parent / "phrases"
    files = [yaml.safe_load(path.read_text("utf-8")) for path in folder.glob("*.yaml")]
    known = {file["intent"] for file in files if isinstance(file.get("intent"), str)}
    assert len(known) >= 20
    assert known <= handled

"""A card is linked to a chat: consent first, then proof; nobody learns whether a card exists."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image
from zxingcpp import read_barcodes

from bot.accounts import Cardholder, Proof
from bot.library.card_codes import CardBarcode
from bot.ports.library import Library
from tests.support.clock import StandingClock
from tests.support.fake_accounts import FakeAccounts
from tests.support.fake_circulation import FakeCirculation
from tests.support.reader import Reader

WRONG = "Не подошло."


async def test_who_asks_for_their_books_links_a_card_and_gets_them(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder, circulation: FakeCirculation
) -> None:
    circulation.lends(anna.patron_id, "Обломов", date(2026, 3, 5), "И. А. Гончаров")
    accounts.code(anna, "123456")

    await stranger.says("мои книги")
    stranger.hears("мне нужно хранить номер билета", "Прочитать полностью")
    await stranger.presses("Согласен")
    stranger.hears("Пришлите одноразовый код.")
    await stranger.says("123456")

    stranger.hears("Анна, готово: билет привязан.", "У вас на руках 1 книга.", "«Обломов», И. А. Гончаров")


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ("мои книги", "Чтобы показать ваши книги, мне нужен ваш билет."),
        ("продлите мне книги", "Чтобы продлить книги, мне нужен ваш билет."),
        ("мои брони", "Для броней мне нужен ваш билет."),
        ("покажи мой билет", "Чтобы показать ваш билет, его надо привязать к этому чату."),
        ("напоминай о сроках", "Чтобы напоминать о сроках, мне нужен ваш билет."),
    ],
)
async def test_who_wants_something_hears_what_the_card_is_for(stranger: Reader, wish: str, why: str) -> None:
    await stranger.says(wish)
    stranger.hears(why, "мне нужно хранить номер билета")

    await stranger.presses("Согласен")
    stranger.hears(f"{why} Пришлите одноразовый код.")


async def test_nothing_is_kept_of_who_does_not_agree(stranger: Reader, accounts: FakeAccounts) -> None:
    await stranger.says("привяжи билет")
    await stranger.says("не согласна")

    stranger.hears("ничего личного не сохраняю")
    assert not accounts.consents
    await stranger.says("до скольки вы сегодня?")
    stranger.hears("с 9:00 до 19:00")


async def test_a_wish_that_begins_with_not_is_no_refusal(stranger: Reader) -> None:
    await stranger.says("продлите книги")
    await stranger.says("не присылайте мне ничего")

    stranger.hears("Первым я вам не пишу")


async def test_a_story_with_a_not_in_it_is_no_refusal(stranger: Reader, accounts: FakeAccounts) -> None:
    await stranger.says("продлите книги")
    await stranger.says("срок кончается завтра, а я заболела, прийти не могу, как быть?")

    stranger.hears("Чтобы продлить книги, мне нужен ваш билет.")
    stranger.may_press("Согласен")


@pytest.mark.parametrize("said", ["я согласна", "ну хорошо, давайте", "да", "не против", "я не против", "не возражаю"])
async def test_who_agrees_in_words_is_asked_for_a_proof(stranger: Reader, accounts: FakeAccounts, said: str) -> None:
    await stranger.says("привяжи билет")
    await stranger.says(said)

    stranger.hears("Пришлите одноразовый код.")
    assert accounts.consents


async def test_what_is_hardly_a_yes_agrees_to_nothing(stranger: Reader, accounts: FakeAccounts) -> None:
    await stranger.says("привяжи билет")
    await stranger.says("мне это давай объясни")

    assert not accounts.consents


@pytest.mark.parametrize("said", ["да нет", "не знаю", "наверное, да", "да, а зачем это?", "не против, но зачем"])
async def test_what_may_be_either_is_asked_again(stranger: Reader, accounts: FakeAccounts, said: str) -> None:
    await stranger.says("привяжи билет")
    await stranger.says(said)

    stranger.hears("Не понял, да или нет.")
    stranger.may_press("Согласен")
    assert not accounts.consents
    await stranger.says("да")
    assert accounts.consents


async def test_a_yes_agrees_only_to_the_text_that_was_shown(stranger: Reader, accounts: FakeAccounts) -> None:
    await stranger.says("привяжи билет")
    accounts.version = "2" * 64
    await stranger.says("да")

    stranger.hears("Текст согласия с тех пор изменился.")
    assert not accounts.consents


async def test_a_consent_is_kept_in_the_language_it_was_asked_in(stranger: Reader, accounts: FakeAccounts) -> None:
    await stranger.says("привяжи билет")
    await stranger.says("yes, I agree, thank you")

    stranger.hears("Пришлите одноразовый код.")
    assert accounts.consents


@pytest.mark.parametrize(
    "said", ["я не согласна", "нет, спасибо", "нет, не хочу я ничего подписывать", "я против", "не хочу соглашаться"]
)
async def test_who_refuses_in_words_is_believed(stranger: Reader, accounts: FakeAccounts, said: str) -> None:
    await stranger.says("привяжи билет")
    await stranger.says(said)

    stranger.hears("ничего личного не сохраняю")
    assert not accounts.consents


async def test_who_has_agreed_once_is_not_asked_again(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.code(anna, "123456")
    await stranger.says("привяжи билет")
    await stranger.says("да")
    await stranger.says("123456")
    await stranger.says("отвяжи билет")

    await stranger.says("привяжи билет")

    stranger.hears("Пришлите одноразовый код.")
    stranger.hears_nothing_of("хранить номер билета")


async def test_an_old_consent_button_agrees_to_nothing_new(stranger: Reader, accounts: FakeAccounts) -> None:
    await stranger.says("привяжи билет")
    accounts.version = "2" * 64

    await stranger.presses("Согласен")

    stranger.hears("Текст согласия с тех пор изменился.")
    assert not accounts.consents


@pytest.mark.parametrize("typed", ["123456", "123 456", " код: 123-456 ", "１２３４５６", "мой код 123456", "١٢٣٤٥٦"])
async def test_a_code_is_read_however_it_is_typed(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder, typed: str
) -> None:
    accounts.code(anna, "123456")
    await stranger.says("привяжи билет")
    await stranger.says("да")

    await stranger.says(typed)

    stranger.hears("Анна, готово: билет привязан.")


async def test_a_code_works_once_and_for_a_while(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder, clock: StandingClock
) -> None:
    accounts.code(anna, "123456")
    clock.turn(timedelta(hours=1))
    await stranger.says("привяжи билет")
    await stranger.says("да")

    await stranger.says("123456")

    stranger.hears(WRONG)
    stranger.may_press("Где взять код?", "Отмена")


async def test_too_many_attempts_are_told_until_when(stranger: Reader, accounts: FakeAccounts) -> None:
    await stranger.says("привяжи билет")
    await stranger.says("да")
    for number in range(5):
        await stranger.says(f"00000{number}")
        stranger.hears(WRONG)

    await stranger.says("000009")

    stranger.hears("Слишком много попыток подряд.", "сегодня в 11:00", "подойдите с билетом", "Телефон")
    assert accounts.log[-1] == ("link locked", None)


async def test_who_has_no_code_hears_where_to_get_one(stranger: Reader) -> None:
    await stranger.says("привяжи билет")
    await stranger.says("да")

    await stranger.says("а где мне взять этот код?")

    stranger.hears("скажите: «Нужен код для бота»")


@pytest.mark.parametrize("word", ["отмена", "до скольки вы сегодня?", "библиотекарь"])
async def test_another_wish_ends_the_linking(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder, word: str
) -> None:
    accounts.code(anna, "123456")
    await stranger.says("привяжи билет")
    await stranger.says("да")

    await stranger.says(word)
    stranger.hears_nothing_of("код")
    await stranger.says("123456")

    assert not accounts.links


@pytest.mark.parametrize(
    "typed",
    ["0012345", "00 123 45", "№ 0012345", "мой билет 0012345", "００１２３４５", "00-123-45", "билет: 00-123-45"],
)
async def test_a_card_number_is_read_off_the_card(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder, typed: str
) -> None:
    accounts.ways |= {Proof.PIN}
    await stranger.says("привяжи билет")
    await stranger.says("да")
    await stranger.presses("По номеру билета")
    await stranger.says(typed)
    stranger.hears("Теперь PIN-код билета.")

    await stranger.says("4711")

    stranger.hears("Анна, готово: билет привязан.")


async def test_a_wrong_pin_and_a_card_that_does_not_exist_sound_alike(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.ways |= {Proof.PIN}
    heard: list[str] = []
    for card in ("0012345", "7777777"):
        await stranger.says("привяжи билет")
        if not heard:
            await stranger.says("да")
        await stranger.presses("По номеру билета")
        await stranger.says(card)
        await stranger.says("0000")
        heard.append(stranger.text.replace(card, "№"))

    assert heard[0] == heard[1]


async def test_the_secret_is_forgotten_with_its_turn(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.ways |= {Proof.PIN}
    await stranger.says("привяжи билет")
    await stranger.says("да")
    await stranger.presses("По номеру билета")
    await stranger.says("0012345")
    await stranger.says("4711")

    assert "4711" not in str(stranger.last_message.inbound)
    assert "4711" not in str(stranger.conversation.dialogue)


async def test_a_birth_date_links_where_the_library_allows_it(stranger: Reader, accounts: FakeAccounts) -> None:
    accounts.ways |= {Proof.BIRTH_DATE}
    accounts.issues("555", "Пётр", born=date(1990, 3, 5))
    await stranger.says("привяжи билет")
    await stranger.says("да")
    await stranger.presses("По номеру билета")
    await stranger.says("555")
    await stranger.says("5.3.1990")

    stranger.hears("Пётр, готово: билет привязан.")


async def test_a_phone_that_the_messenger_vouches_for_links(stranger: Reader, accounts: FakeAccounts) -> None:
    accounts.ways |= {Proof.PHONE}
    accounts.issues("555", "Пётр", phone="+79001112233")
    await stranger.says("привяжи билет")
    await stranger.says("да")
    stranger.may_press("Показать мой номер телефона")

    await stranger.shares_phone("+79001112233", verified=False)
    stranger.hears("Это чужой номер")
    await stranger.shares_phone("+79001112233")

    stranger.hears("Пётр, готово: билет привязан.")


async def test_a_phone_that_nobody_asked_for_is_not_used(stranger: Reader, accounts: FakeAccounts) -> None:
    await stranger.shares_phone("+79001112233")

    stranger.hears("номер телефона мне не нужен")
    assert not accounts.log


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("отвяжи карту", "Билет отвязан."),
        ("отвяжи", "Билет отвязан."),
        ("выйти", "Билет отвязан."),
        ("unlink my card", "The card is unlinked."),
    ],
)
async def test_a_card_is_unlinked_in_a_word(reader: Reader, accounts: FakeAccounts, word: str, heard: str) -> None:
    await reader.says(word)

    reader.hears(heard)
    assert not accounts.links[reader.contact]
    await reader.says("мои книги")
    reader.hears("Пришлите одноразовый код.")


async def test_of_several_cards_the_reader_says_which(
    reader: Reader, accounts: FakeAccounts, anna: Cardholder, misha: Cardholder
) -> None:
    await reader.says("отвяжи карту")
    reader.hears("Чей билет отвязать?")
    await reader.presses("Миша")

    reader.hears("Билет отвязан: Миша.")
    assert list(accounts.links[reader.contact]) == [anna.patron_id]


async def test_who_has_linked_nothing_hears_so(stranger: Reader) -> None:
    await stranger.says("отвяжи карту")

    stranger.hears("К этому чату билет не привязан.")


async def test_a_card_unlinked_in_the_midst_of_a_dialogue_shows_nothing_more(
    reader: Reader, accounts: FakeAccounts, anna: Cardholder, circulation: FakeCirculation
) -> None:
    circulation.lends(anna.patron_id, "Обломов", date(2026, 3, 5))
    await reader.says("мои книги")
    accounts.links.clear()

    await reader.presses("Продлить")

    reader.hears_nothing_of("Обломов")
    reader.hears("Пришлите одноразовый код.")
    assert not circulation.calls


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (date(2027, 5, 3), "Действует до 3 мая 2027 г."),
        (date(2026, 3, 1), "Срок билета прошёл 1 марта 2026 г.: продлить его можно в библиотеке."),
    ],
)
async def test_how_long_the_card_is_good_is_told(
    reader: Reader, accounts: FakeAccounts, anna: Cardholder, until: date, told: str
) -> None:
    accounts.cards[anna.card_number].holder = replace(anna, valid_until=until)
    await reader.says("до какого числа действует мой билет?")

    reader.hears("Ваш билет.", told)


async def test_the_card_is_shown_with_its_number(reader: Reader, library: Library) -> None:
    await reader.says("мой билет")

    reader.hears("Ваш билет.", "0012345")
    assert len(reader.heard[0].attachments) == 1
    assert all(reply.personal for reply in reader.heard)


@pytest.mark.parametrize(
    ("configured", "drawn"), [(CardBarcode.AUTO, "Code128"), (CardBarcode.CODE39, "Code39"), (CardBarcode.EAN13, "")]
)
async def test_the_card_has_the_barcode_that_the_library_s_scanners_read(
    library: Library,
    clock: StandingClock,
    accounts: FakeAccounts,
    anna: Cardholder,
    configured: CardBarcode,
    drawn: str,
) -> None:
    theirs = replace(library, card_barcode=configured)
    reader = Reader(theirs, clock)
    accounts.links_to(reader.contact, anna)

    await reader.says("мой билет")

    assert theirs.files is not None
    data = await theirs.files.read(1)
    assert data is not None
    found = {str(code.format).removeprefix("BarcodeFormat.") for code in read_barcodes(Image.open(BytesIO(data)))}
    assert {kind.replace(" ", "") for kind in found} == {kind for kind in ("QRCode", drawn) if kind}


async def test_what_is_kept_comes_as_a_file_and_goes_at_a_word(reader: Reader, accounts: FakeAccounts) -> None:
    await reader.says("мои данные")
    reader.hears("Здесь всё, что я о вас храню")
    assert len(reader.heard[0].attachments) == 1
    await reader.says("удалите мои данные")
    reader.hears("Удалить всё, что я о вас знаю?")
    await reader.presses("Да, удалить")

    reader.hears("Готово, ваши данные удалены.")
    assert reader.contact not in accounts.links


async def test_a_consent_is_taken_back(reader: Reader, accounts: FakeAccounts) -> None:
    await reader.says("отзываю согласие на обработку персональных данных")
    reader.hears("Отозвать согласие?")
    await reader.presses("Да, отозвать")

    reader.hears("Согласие отозвано, билет отвязан.")
    assert reader.contact not in accounts.consents


async def test_a_consent_to_words_that_changed_since_is_taken_back_all_the_same(
    reader: Reader, accounts: FakeAccounts
) -> None:
    accounts.version = "2" * 64

    await reader.says("отзываю согласие на обработку персональных данных")
    reader.hears("Отозвать согласие?")
    await reader.presses("Да, отозвать")

    assert reader.contact not in accounts.links


async def test_who_agreed_to_former_words_keeps_the_card_and_hears_why_another_one_asks_anew(
    reader: Reader, accounts: FakeAccounts
) -> None:
    accounts.version = "2" * 64
    await reader.says("мои книги")
    reader.hears_nothing_of("хранить номер билета")

    await reader.says("привяжи билет")

    reader.hears("Вы уже соглашались, но текст согласия изменился. Вот новый:\n")
    reader.hears("хранить номер билета")


async def test_a_card_gone_from_the_register_shows_nothing_and_sends_to_the_desk(
    reader: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.gone.add(anna.patron_id)

    for wish in ("мои книги", "продли всё", "мой билет", "мои брони", "привяжи билет"):
        await reader.says(wish)
        reader.hears("билета больше нет в списках библиотеки")
    await reader.presses("Привязать другой билет")
    reader.hears("Пришлите одноразовый код")

    await reader.says("отвяжи билет")
    reader.hears("Билет отвязан")


async def test_a_card_that_is_back_in_the_register_is_the_readers_again(
    reader: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.gone.add(anna.patron_id)
    await reader.says("мои книги")
    accounts.gone.clear()

    await reader.says("мои книги")
    reader.hears("На руках у вас книг нет")

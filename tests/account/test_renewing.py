"""«Продлите»: the new day, or the reason and the one thing to do; never twice for one wish."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.accounts import Cardholder, NoticeWishes
from bot.circulation import Ability, Keeping
from bot.library.lending import Patron
from bot.library.policy import LendingPolicy
from tests.support.fake_accounts import FakeAccounts
from tests.support.fake_circulation import FakeCirculation
from tests.support.fake_library import CHILDREN, FakeCatalogue, FakeFaq
from tests.support.reader import Reader

SOON, LATER = date(2026, 3, 5), date(2026, 3, 10)


@pytest.fixture
def three(circulation: FakeCirculation, reader: Reader, anna: Cardholder) -> list[int]:
    """Three books at home: the first two due on 5 March, the third on 10 March."""
    books = (("Война и мир", "Л. Н. Толстой", SOON), ("Двенадцать стульев", "И. Ильф", SOON), ("Обломов", "", LATER))
    return [circulation.lends(anna.patron_id, title, due, author) for title, author, due in books]


async def test_loans_are_told_by_day_and_number(reader: Reader, three: list[int]) -> None:
    await reader.says("какие книги у меня на руках?")

    reader.hears("У вас на руках 3 книги.", "Вернуть до 5 марта:", "1. «Война и мир»", "2. «Двенадцать стульев»")
    reader.hears("Вернуть до 10 марта:", "3. «Обломов»", "Возвращать сюда: Центральная библиотека.")
    reader.may_press("Продлить 1", "Продлить 3", "Продлить всё")


async def test_overdue_books_come_first(reader: Reader, circulation: FakeCirculation, anna: Cardholder) -> None:
    circulation.lends(anna.patron_id, "Обломов", date(2026, 2, 27))
    circulation.lends(anna.patron_id, "Война и мир", SOON)

    await reader.says("мои книги")

    reader.hears("Срок уже прошёл:", "1. «Обломов»: срок был 27 февраля", "Вернуть до 5 марта:", "2. «Война и мир»")


async def test_no_renewal_is_promised_that_an_overdue_book_will_prevent(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Обломов", date(2026, 2, 20))
    circulation.lends(anna.patron_id, "Война и мир", SOON)

    await reader.says("мои книги")

    reader.hears("2. «Война и мир»: продлить можно, когда вернёте просроченную книгу")
    reader.hears_nothing_of("продлить можно ещё")


async def test_no_renewal_is_promised_on_a_card_that_ended(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Война и мир", SOON)
    circulation.patrons[anna.patron_id] = Patron(patron_id=anna.patron_id, expires_on=date(2026, 3, 1))

    await reader.says("мои книги")

    reader.hears("«Война и мир»")
    reader.hears_nothing_of("продлить можно")


async def test_titles_are_hidden_until_they_are_asked_for(reader: Reader, three: list[int]) -> None:
    await reader.says("скрой названия книг")
    await reader.says("мои книги")
    reader.hears("1. Книга, взятая 16 февраля")
    reader.hears_nothing_of("Война и мир", "Обломов")

    await reader.presses("Показать названия")

    reader.hears("«Война и мир»")


async def test_many_loans_come_in_pages(reader: Reader, circulation: FakeCirculation, anna: Cardholder) -> None:
    for number in range(8):
        circulation.lends(anna.patron_id, f"Том {number}", date(2026, 3, 10 + number))
    await reader.says("мои книги")
    reader.hears("У вас на руках 8 книг.", "Показываю с 1 по 6.")

    await reader.presses("Показать ещё")
    reader.hears("Показываю с 7 по 8.", "1. «Том 6»", "2. «Том 7»")
    await reader.says("2")

    reader.hears("«Том 7»")
    assert circulation.calls == [f"renew {anna.patron_id} 1"]


async def test_a_family_sees_its_books_together(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder, misha: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Обломов", SOON)
    circulation.lends(misha.patron_id, "Мойдодыр", LATER, branch=CHILDREN)

    await reader.says("мои книги")
    reader.hears("На руках 2 книги на всех.", "Вы:", "1. «Обломов»", "Миша:", "2. «Мойдодыр»")
    await reader.says("продли всё")

    reader.hears("Продлено:", "«Обломов»", "«Мойдодыр»")


async def test_old_knowledge_is_told_with_its_age(
    reader: Reader, circulation: FakeCirculation, three: list[int]
) -> None:
    circulation.as_of = datetime.fromisoformat("2026-03-01T18:00:00+03:00")

    await reader.says("мои книги")

    reader.hears("Так было 1 марта в 18:00: новее пока не знаю.")


@pytest.mark.parametrize(
    ("said", "renewed"),
    [
        ("продлите всё", (0, 1, 2)),
        ("продлите мне книги", (0, 1, 2)),
        ("продли войну и мир", (0,)),
        ("продлите пожалуйста двенадцать стульев", (1,)),
        ("продли 12 стульев", (1,)),
        ("продли 2 и 3", (1, 2)),
        ("продли вторую", (1,)),
        ("продли последнюю", (2,)),
        ("продли с 1 по 2", (0, 1)),
        ("продли всё кроме обломова", (0, 1)),
        ("обломова сдам, остальные продлите", (0, 1)),
        ("обломова продлите, остальные не надо", (2,)),
        ("вторую верну, остальное продлите", (0, 2)),
        ("продли Толстого", (0,)),
        ("renew all", (0, 1, 2)),
    ],
)
async def test_the_books_that_are_meant_are_renewed(
    reader: Reader, circulation: FakeCirculation, three: list[int], said: str, renewed: tuple[int, ...]
) -> None:
    await reader.says(said)

    moved = [circulation.lent[loan].loan.renewals == 1 for loan in three]
    assert moved == [place in renewed for place in range(3)], reader.text
    reader.hears("теперь до 17 марта")


async def test_one_book_of_several_is_asked_for(reader: Reader, three: list[int]) -> None:
    await reader.says("продлите книгу")
    reader.hears("Какую книгу продлить?")
    await reader.says("3")

    reader.hears("«Обломов»: теперь до 17 марта.")


async def test_a_book_that_is_not_theirs(
    reader: Reader, catalogue: FakeCatalogue, circulation: FakeCirculation, three: list[int]
) -> None:
    catalogue.holds("Мёртвые души", "Гоголь Н. В.")
    await reader.says("продли мёртвые души")

    reader.hears("Книги «мёртвые души» у вас на руках нет.")
    assert not circulation.calls


async def test_what_is_no_book_is_not_told_to_be_missing(
    reader: Reader, circulation: FakeCirculation, three: list[int]
) -> None:
    await reader.says("я не успею сдать вовремя")

    reader.hears("Какую книгу продлить?")
    assert not circulation.calls


async def test_a_number_beyond_the_list(reader: Reader, circulation: FakeCirculation, three: list[int]) -> None:
    await reader.says("продли 7")

    reader.hears("Книги с номером 7 нет")
    assert not circulation.calls


async def test_nothing_on_hand(reader: Reader) -> None:
    await reader.says("продлите")

    reader.hears("Продлевать нечего: на руках у вас книг нет.")


async def test_until_the_end_of_the_month_is_as_far_as_the_rules_go(reader: Reader, three: list[int]) -> None:
    await reader.says("продли всё до конца месяца")

    reader.hears("теперь до 17 марта", "До 31 марта нельзя: это самый поздний срок по правилам.")


async def test_a_day_that_has_passed_is_asked_about(
    reader: Reader, circulation: FakeCirculation, three: list[int]
) -> None:
    await reader.says("продли войну и мир до 1 февраля")
    reader.hears("1 февраля уже прошло.")
    assert not circulation.calls

    await reader.says("да")

    reader.hears("«Война и мир», Л. Н. Толстой: теперь до 17 марта.")


async def test_a_button_pressed_twice_renews_once(
    reader: Reader, circulation: FakeCirculation, three: list[int]
) -> None:
    await reader.says("мои книги")
    button = next(button for button in reader.offered() if button.label == "Продлить всё")
    circulation.policy = replace(circulation.policy, renewal_days=20)
    await reader.presses_payload(button.payload)
    reader.hears("теперь до")

    await reader.presses_payload(button.payload)

    reader.hears("уже продлена")
    assert all(circulation.lent[loan].loan.renewals == 1 for loan in three)


async def test_a_button_of_an_old_notice_about_a_returned_book(
    reader: Reader, circulation: FakeCirculation, three: list[int]
) -> None:
    await reader.says("мои книги")
    button = next(button for button in reader.offered() if button.label == "Продлить 1")
    circulation.takes_back(three[0])

    await reader.presses_payload(button.payload)

    reader.hears("Этой книги у вас уже нет: наверное, вы её вернули.")


@pytest.mark.parametrize("payload", ["renew:", "renew:1", "renew:zz.zz", "renew:all.0000000000000000", "renew:1.1"])
async def test_a_made_up_button_renews_nothing(
    reader: Reader, circulation: FakeCirculation, three: list[int], payload: str
) -> None:
    circulation.lends(2, "Чужая", SOON)

    await reader.presses_payload(payload)

    reader.hears_nothing_of("Чужая")
    assert payload == "renew:" or not circulation.calls


async def test_when_a_book_can_be_renewed_no_more(reader: Reader, three: list[int]) -> None:
    await reader.says("скажи, когда уже нельзя будет продлить")

    reader.hears("Вот до какого дня можно держать книги", "«Война и мир», Л. Н. Толстой: самое позднее до")
    reader.hears("За 3 дня до срока напомню и скажу, если продлить уже нельзя.")


ASKED = [
    "Скажи, когда уже нельзя будет продлить",
    "Предупреди, когда продлить будет нельзя",
    "Предупреди меня, когда книгу больше нельзя будет продлить",
    "Сообщи, когда книги больше не продлить",
    "Дай знать, когда продлевать уже нельзя",
    "напомни когда уже нельзя будет продлевать",
    "сколько у меня осталось продлений",
    "сколько продлений осталось",
    "когда последнее продление",
    "какую книгу уже нельзя продлить",
    "когда уже не получится продлить",
    "а сколько раз я ещё могу продлить",
    "какие книги больше не продлеваются",
    "до какого числа я могу продлевать книги",
    "tell me when it can no longer be renewed",
    "warn me when I can't renew any more",
    "how many renewals do I have left",
]


@pytest.mark.parametrize("said", ASKED)
async def test_whoever_asks_how_long_renewing_goes_on_hears_the_last_day_of_each_book(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder, said: str
) -> None:
    circulation.lends(anna.patron_id, "Обломов", SOON)
    circulation.lends(anna.patron_id, "Бесы", SOON, renewals=2)

    await reader.says(said)

    if said.isascii():
        reader.hears("«Обломов»: until 6 April at the latest.", "«Бесы»: until 5 March, cannot be renewed again.")
    else:
        reader.hears("«Обломов»: самое позднее до 6 апреля.", "«Бесы»: до 5 марта, больше не продлить.")
    assert not circulation.calls


async def test_of_a_book_that_is_named_only_its_own_last_day_is_told(
    reader: Reader, circulation: FakeCirculation, three: list[int]
) -> None:
    await reader.says("до какого числа можно продлевать войну и мир")

    reader.hears("«Война и мир», Л. Н. Толстой: самое позднее до")
    reader.hears_nothing_of("Обломов", "стульев")
    assert not circulation.calls


async def test_who_gets_no_reminders_hears_how_to_be_told(
    reader: Reader, accounts: FakeAccounts, three: list[int]
) -> None:
    accounts.wishes[reader.contact] = NoticeWishes(muted=True)

    await reader.says("предупреди, когда продлить будет нельзя")

    reader.hears("Напоминания выключены. Включите их, и я скажу, когда продлить будет уже нельзя.")


@pytest.mark.parametrize(
    "said", ["не продлевайте мои книги", "не надо продлевать", "больше продлевать не надо", "напомни продлить книги"]
)
async def test_a_wish_that_nothing_be_renewed_renews_nothing(
    reader: Reader, circulation: FakeCirculation, three: list[int], said: str
) -> None:
    await reader.says(said)

    assert not circulation.calls


@pytest.mark.parametrize(
    "said",
    ["сколько ещё можно продлевать войну и мир", "когда больше нельзя продлевать",
     "скажи, когда продлить уже нельзя", "how many times can I renew",
     "how many more times can I renew"],
)  # fmt: skip
async def test_a_question_about_renewals_renews_nothing(
    reader: Reader, circulation: FakeCirculation, three: list[int], said: str
) -> None:
    await reader.says(said)

    reader.hears("This is how long you can keep" if said.isascii() else "Вот до какого дня можно держать книги")
    assert not circulation.calls


@pytest.mark.parametrize("said", ["сколько раз можно продлить", "how many times can a book be renewed"])
async def test_a_question_about_the_rules_renews_nothing_and_asks_for_no_card(
    reader: Reader, circulation: FakeCirculation, three: list[int], said: str
) -> None:
    await reader.says(said)

    assert not circulation.calls
    assert reader.heard


async def test_who_asks_how_books_are_renewed_may_renew_them_at_once(
    reader: Reader, faq: FakeFaq, circulation: FakeCirculation, three: list[int]
) -> None:
    faq.answers("rules.renew", "Два раза по 15 дней, можно по телефону.")

    await reader.says("а можно позвонить вам по телефону и продлить?")

    reader.hears("Два раза по 15 дней, можно по телефону.")
    reader.may_press("Продлить книги")
    assert not circulation.calls


async def test_what_somebody_waits_for_is_not_promised_for_longer(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Вий", SOON, wanted=True)
    circulation.lends(anna.patron_id, "Бесы", SOON, renewals=2)

    await reader.says("скажи, когда уже нельзя будет продлить")

    reader.hears("«Вий»: до 5 марта, её ждёт другой читатель.", "«Бесы»: до 5 марта, больше не продлить.")


async def test_where_the_staff_decide_it_is_a_request(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.policy = LendingPolicy()
    circulation.keeping = Keeping.SNAPSHOT
    circulation.lends(anna.patron_id, "Обломов", SOON)

    await reader.says("продлите")
    reader.hears("Попросил библиотекаря продлить, ответ придёт сюда.", "«Обломов»: пока до 5 марта.")
    await reader.says("мои книги")

    reader.hears("просьба продлить у библиотекаря")


async def test_a_system_that_did_not_answer_is_told_as_unknown(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.mute = True
    circulation.lends(anna.patron_id, "Обломов", SOON)

    await reader.says("продлите")

    reader.hears("Проверю и напишу, получилось ли:", "прежний срок 5 марта")


async def test_a_system_that_is_away_is_told_with_a_way_out(reader: Reader, circulation: FakeCirculation) -> None:
    circulation.away = 120.0

    await reader.says("мои книги")

    reader.hears("Программа библиотеки сейчас не отвечает. Попробуйте ещё раз через 2 мин.", "Телефон")
    reader.may_press("Позвать библиотекаря")


async def test_what_the_system_cannot_do_is_not_offered(
    reader: Reader, circulation: FakeCirculation, three: list[int]
) -> None:
    circulation.able -= {Ability.RENEW}

    await reader.says("мои книги")
    assert not [button for button in reader.offered() if button.payload.startswith("renew")]
    await reader.says("продлите")

    reader.hears("Этого я здесь сделать не могу. Поможет библиотекарь.")

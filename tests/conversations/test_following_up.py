"""«А когда вернут?», «а в детской?», «а завтра?»: a few words on what was shown last."""

from datetime import date, timedelta

import pytest

from bot.ports.log import Mode
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, CHILDREN, VILLAGE, FakeCatalogue, FakeFaq, at, edition
from tests.support.reader import Reader


@pytest.fixture
async def shown(reader: Reader, catalogue: FakeCatalogue) -> Reader:
    """A reader who was just told of «Каштанка», which is due on a day when the branch is closed."""
    catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 2, next_due=date(2026, 3, 20)), at(CHILDREN, 1, 1))
    await reader.says("каштанка")
    return reader


async def test_where_the_book_is_and_when_it_comes_back(shown: Reader) -> None:
    await shown.says("а где она?")
    shown.hears("Каштанка, А. П. Чехов", "Детская библиотека")

    await shown.says("а когда вернут?")
    shown.hears("Ждать не нужно, она на месте.", "Центральная библиотека: сейчас нет, срок возврата 21 марта.")


async def test_a_book_without_a_date_is_not_promised(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Муму", "И. С. Тургенев", at(CENTRAL, 0, 1))
    await reader.says("муму")

    await reader.says("а когда её вернут?")

    reader.hears("Когда её вернут, не знаю: срока в каталоге нет.", "Муму")


async def test_another_library_is_told_first(shown: Reader) -> None:
    await shown.says("а в Сосновке есть?")

    shown.hears("Каштанка", f"{VILLAGE.name}: этой книги нет.", "Детская библиотека")


async def test_and_another_book_is_looked_up(shown: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Муму", "И. С. Тургенев", at(CENTRAL, 1, 1))

    await shown.says("а муму?")
    shown.hears("Муму, И. С. Тургенев")

    await shown.says("кто автор?")
    shown.hears("Автор: И. С. Тургенев.")


async def test_the_author_the_edition_and_what_it_is_about(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "", at(CENTRAL, 1, 1), editions=(edition("Каштанка", 2019, available=1, total=1),))
    await reader.says("каштанка")

    await reader.says("кто автор?")
    reader.hears("Автор в каталоге не указан.")
    await reader.says("какой год издания?")
    reader.hears("Издания: Каштанка", "2019")
    await reader.says("а о чём она?")
    reader.hears("О чём она, в каталоге не сказано.")
    await reader.says("сколько экземпляров?")
    reader.hears("Центральная библиотека", "1 из 1")


async def test_the_book_is_reserved_without_naming_it_again(shown: Reader) -> None:
    await shown.says("забронируй её")

    shown.hears_nothing_of("Какую книгу забронировать?")
    shown.hears_nothing_of("не нашлось")


async def test_of_several_books_one_must_be_chosen(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Дом", "А. Андреев", at(CENTRAL, 1, 1))
    catalogue.holds("Дом", "Б. Борисов", at(CHILDREN, 1, 1))
    await reader.says("дом")
    reader.hears("Нашлось несколько книг. Какая нужна?")

    await reader.says("а в детской есть?")
    reader.hears("Про какую из этих книг вы спрашиваете?")

    await reader.presses("Дом, Б. Борисов")
    await reader.says("она есть в детской?")
    reader.hears("Дом, Б. Борисов", "Детская библиотека")


async def test_another_day_and_another_branch(reader: Reader) -> None:
    await reader.says("часы работы")
    await reader.says("а в субботу?")
    reader.hears("Центральная библиотека", "В субботу, 7 марта: с 10:00 до 14:00.")

    await reader.says("а детская?")
    reader.hears("Детская библиотека")
    await reader.says("а завтра?")
    reader.hears("Детская библиотека", "Завтра, 3 марта")


async def test_the_day_that_was_asked_about_is_kept(reader: Reader) -> None:
    await reader.says("вы работаете в субботу?")
    await reader.says("а до скольки?")
    reader.hears("Центральная библиотека", "В субботу, 7 марта: с 10:00 до 14:00.")

    await reader.says("а детская?")
    reader.hears("Детская библиотека", "В субботу, 7 марта: закрыто")

    await reader.says("а режим работы?")
    reader.hears("Детская библиотека", "Пн–Пт: с 10:00 до 18:00")
    await reader.says("до скольки?")
    reader.hears("Пн–Пт: с 10:00 до 18:00")


async def test_the_days_that_were_asked_about_are_kept(reader: Reader) -> None:
    await reader.says("работаете в выходные?")
    await reader.says("до скольки?")

    reader.hears("В субботу, 7 марта: с 10:00 до 14:00.", "В воскресенье, 8 марта: закрыто")
    await reader.says("а адрес?")
    reader.hears(CENTRAL.address)


async def test_the_address_and_the_phone_of_another_branch(reader: Reader) -> None:
    await reader.says("где вы находитесь?")
    await reader.says("а детская?")
    reader.hears("Детская библиотека", CHILDREN.address)


async def test_what_was_shown_long_ago_is_not_meant(shown: Reader, clock: StandingClock) -> None:
    clock.turn(timedelta(hours=3))

    await shown.says("она есть в детской?")

    shown.hears_nothing_of("Каштанка")


async def test_who_wanted_another_book_tells_more_and_then_is_offered_a_person(shown: Reader) -> None:
    await shown.says("нет, не та")
    shown.hears("Тогда напишите о книге ещё что-нибудь")

    await shown.says("опять не то")
    shown.hears("Жаль, что не то. Позвать библиотекаря?")

    await shown.says("да")
    assert shown.conversation.mode is Mode.WAITING


async def test_behind_the_wrong_book_a_question_on_it_is_still_heard(shown: Reader) -> None:
    await shown.says("не та")
    await shown.says("а в детской она есть?")

    shown.hears("Каштанка", "Детская библиотека")


async def test_more_of_a_list_is_its_further_books(reader: Reader, catalogue: FakeCatalogue) -> None:
    for number in range(8):
        catalogue.holds(f"Сказка {'абвгдежз'[number]}", "А. Андреев", at(CENTRAL, 1, 1))
    await reader.says("что почитать")
    reader.may_press("Ещё варианты")

    await reader.says("а другие есть?")

    reader.hears("Может быть, одна из этих?")


async def test_an_answer_that_did_not_help_is_followed_by_a_person(reader: Reader) -> None:
    await reader.says("есть ли у вас Кобзарь Шевченко")
    await reader.says("не помогло")

    reader.hears("Позвать библиотекаря?")


async def test_a_correction_is_heard_without_what_it_takes_back(shown: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Муму", "И. С. Тургенев", at(CENTRAL, 1, 1))

    await shown.says("ой нет, не каштанка, а муму")
    shown.hears("Муму, И. С. Тургенев")

    await shown.says("нет, в центральной")
    shown.hears("Муму, И. С. Тургенев", "Центральная библиотека")


async def test_a_title_that_sounds_like_a_correction_is_found(shown: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Нет худа без добра", "А. Автор", at(CENTRAL, 1, 1))

    await shown.says("нет худа без добра")

    shown.hears("Нет худа без добра, А. Автор")


async def test_of_several_books_told_at_once_one_is_meant_by_its_place(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("Вишнёвый сад", "А. П. Чехов", at(CENTRAL, 1, 1))
    catalogue.holds("Чайка", "А. П. Чехов", at(CENTRAL, 1, 1))
    await reader.says("вишнёвый сад, чайка")

    await reader.says("а вторая?")

    reader.hears("Чайка, А. П. Чехов")
    reader.hears_nothing_of("Вишнёвый сад", "Какую книгу ищете")


async def test_a_bare_question_on_a_place_is_about_the_last_one(reader: Reader) -> None:
    await reader.says("телефон детской")
    await reader.says("а адрес?")
    reader.hears("Детская библиотека", CHILDREN.address)

    await reader.says("до скольки там?")
    reader.hears("Детская библиотека")

    await reader.says("телефон центральной")
    reader.hears("Центральная библиотека")


async def test_in_which_library_is_a_question_on_the_book(shown: Reader) -> None:
    await shown.says("а в какой библиотеке?")

    shown.hears("Каштанка, А. П. Чехов", "Детская библиотека")


async def test_the_form_of_the_book_that_was_shown(shown: Reader) -> None:
    await shown.says("а аудио есть?")
    shown.hears("Аудиокниги в каталоге не вижу, есть книга.", "Каштанка, А. П. Чехов")

    await shown.says("а крупным шрифтом?")
    shown.hears("Есть ли она в таком издании, в каталоге не сказано", "Каштанка")

    await shown.says("издания покажи")
    shown.hears("Издания: Каштанка")

    await shown.says("все экземпляры")
    shown.hears("Детская библиотека", "Центральная библиотека")

    await shown.says("а где?")
    shown.hears("Каштанка, А. П. Чехов", "Детская библиотека")


async def test_words_that_point_at_nothing_leave_the_book_that_was_shown(shown: Reader) -> None:
    await shown.says("вторая")
    await shown.says("какой год издания?")

    shown.hears("Издания: Каштанка")


async def test_a_book_with_no_name_but_she_is_the_one_that_was_shown(shown: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Её тайна", "С. Д. Автор", at(CENTRAL, 1, 1))

    await shown.says("да, забронируй мне её")

    shown.hears_nothing_of("тайна")
    shown.hears_nothing_of("Какую книгу забронировать?")


async def test_whether_it_is_elsewhere_is_no_title(shown: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Детская", "И. А. Бунин", at(CENTRAL, 1, 1))

    await shown.says("нет ли в детской?")

    shown.hears("Каштанка", "Детская библиотека")


async def test_a_surname_is_another_book_and_no_library(shown: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Сосновский", "А. Н. Автор", at(CENTRAL, 1, 1))

    await shown.says("а Сосновский?")

    shown.hears("Сосновский, А. Н. Автор")


async def test_other_books_of_the_same_writer(shown: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("А. П. Чехов", "А. П. Чехов", at(CENTRAL, 1, 1))

    await shown.says("а другие его книги есть?")

    shown.hears("А. П. Чехов, А. П. Чехов")


async def test_another_volume_of_what_was_shown(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Тихий Дон. Том 1", "М. А. Шолохов", at(CENTRAL, 1, 1))
    catalogue.holds("тихий дон том 2", "М. А. Шолохов", at(CHILDREN, 1, 1))
    await reader.says("Тихий Дон. Том 1")

    await reader.says("а второй том?")

    reader.hears("тихий дон том 2, М. А. Шолохов", "Детская библиотека")


@pytest.mark.parametrize("said", ["а если неделю?", "а если на месяц?", "а за 3 дня?", "а если всего один день"])
async def test_how_much_is_asked_of_the_rule_that_was_told(reader: Reader, faq: FakeFaq, said: str) -> None:
    faq.answers("rules.fine", "Штрафов нет.")
    faq.answers("join", "Приходите с паспортом.")
    await reader.says("какой штраф за просрочку?")

    await reader.says(said)

    reader.hears("Отдельно об этом не сказано. Правило такое:", "Штрафов нет.")
    assert reader.last_message.outcome == "missed"


@pytest.mark.parametrize(
    ("asked", "said", "told"),
    [
        ("на сколько выдаёте?", "а если на месяц?", "На две недели."),
        ("сколько стоит копия?", "а если 20 страниц?", "5 рублей страница."),
        ("часы работы", "а если на месяц?", ""),
        ("часы работы", "а если на час?", ""),
    ],
)
async def test_how_much_is_asked_of_a_rule_that_left_the_subject_alone(
    reader: Reader, faq: FakeFaq, asked: str, said: str, told: str
) -> None:
    faq.answers("rules.term", "На две недели.")
    faq.answers("rules.print", "5 рублей страница.")
    await reader.says(asked)

    await reader.says(said)

    if told:
        reader.hears("Отдельно об этом не сказано. Правило такое:", told)
    else:
        reader.hears_nothing_of("Правило такое")


async def test_how_long_a_book_that_was_shown_may_stay_leaves_it_the_subject(shown: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.term", "На две недели.")

    await shown.says("а если на месяц?")
    shown.hears("На две недели.")

    await shown.says("а где она?")
    shown.hears("Каштанка, А. П. Чехов")


async def test_another_question_behind_a_rule_is_its_own(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.fine", "Штрафов нет.")
    faq.answers("rules.lost", "Заменить такой же.")
    await reader.says("какой штраф за просрочку?")

    await reader.says("а если книгу потерял?")
    reader.hears("Заменить такой же.")


async def test_a_rule_leaves_the_book_that_was_shown(shown: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.term", "На две недели.")
    await shown.says("на сколько дней выдаёте книги?")
    shown.hears("На две недели.")

    await shown.says("а где она?")
    shown.hears("Каштанка, А. П. Чехов")


@pytest.mark.parametrize("said", ["do you have it in Сосновка?", "is it in Сосновка?", "can I get it in Сосновка"])
async def test_an_english_reader_asks_of_another_library(english: Reader, catalogue: FakeCatalogue, said: str) -> None:
    catalogue.holds("Emma", "Jane Austen", at(CENTRAL, 1, 2))
    await english.says("do you have Emma by Jane Austen?")

    await english.says(said)

    english.hears("Emma, Jane Austen", f"{VILLAGE.name}: ")


async def test_a_quoted_title_is_no_library_of_that_name(shown: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Сосновская", "А. Петров", at(CENTRAL, 2, 2))

    await shown.says("а «Сосновская» есть?")

    shown.hears("Сосновская, А. Петров")
    shown.hears_nothing_of("Каштанка")


async def test_hours_of_a_library_are_no_question_on_the_books_that_were_listed(
    reader: Reader, catalogue: FakeCatalogue
) -> None:
    catalogue.holds("Дом", "А. Андреев", at(CENTRAL, 1, 1))
    catalogue.holds("Дом", "Б. Борисов", at(CHILDREN, 1, 1))
    await reader.says("дом")

    await reader.says("в пятницу детская открыта?")

    reader.hears("Детская библиотека", "В пятницу, 6 марта")
    reader.hears_nothing_of("Про какую из этих книг")


async def test_a_language_behind_a_book_is_that_of_an_edition(shown: Reader) -> None:
    await shown.says("а на английском?")
    shown.hears("Издания на этом языке в каталоге не вижу.", "Каштанка")

    await shown.says("по-английски")
    shown.hears("All right, I will answer in English.")

    await shown.says("in English")
    shown.hears("I see no edition in this language in the catalogue.")


async def test_how_long_a_book_is_no_record_tells(shown: Reader) -> None:
    await shown.says("это сколько страниц")

    shown.hears("Сколько в ней страниц, я не знаю: спросите библиотекаря.", "Каштанка")


@pytest.mark.parametrize("asked", ["а когда вернут", "кто автор?", "о чем она", "сколько в ней страниц"])
async def test_a_question_on_no_book_asks_which(reader: Reader, catalogue: FakeCatalogue, asked: str) -> None:
    catalogue.holds("Муму", "И. С. Тургенев", at(CENTRAL, 1, 1))

    await reader.says(asked)
    reader.hears("О какой книге вы спрашиваете? Напишите название или автора.")

    await reader.says("муму")
    reader.hears("Муму, И. С. Тургенев. Есть: 1 из 1.")


@pytest.mark.parametrize("asked", ["когда вы откроетесь", "о чем молчат рыбы", "автор рыжего коня"])
async def test_words_of_their_own_ask_for_no_book_that_was_shown(reader: Reader, asked: str) -> None:
    await reader.says(asked)

    reader.hears_nothing_of("О какой книге вы спрашиваете?")


async def test_one_of_a_list_is_chosen_with_words_around_it(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Космос", "Первый П.", at(CENTRAL, 1, 1))
    catalogue.holds("Космос и звёзды", "Второй В.", at(CENTRAL, 1, 1))
    await reader.says("что-нибудь про космос")

    await reader.says("а второй вариант где взять")

    reader.hears("Второй В.", "Есть: 1 из 1.")


async def test_the_second_part_of_a_book_whose_place_is_untold(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Ведьмак и меч", "Сапковский А.", at(CENTRAL, 1, 1))
    catalogue.holds("Ведьмак и кровь", "Сапковский А.", at(CENTRAL, 1, 1))
    await reader.says("ведьмак и меч")

    await reader.says("а вторая часть есть?")

    reader.hears("Которая по счёту эта книга, в каталоге не сказано. Вот другие книги того же автора:")
    reader.may_press("Ведьмак и кровь, Сапковский А.")


async def test_what_goes_on_is_not_told(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Дюна", "Герберт Ф.", at(CENTRAL, 1, 1))
    catalogue.holds("Мессия", "Герберт Ф.", at(CENTRAL, 1, 1))
    await reader.says("дюна")

    await reader.says("а продолжение есть?")

    reader.hears("Которая по счёту эта книга, в каталоге не сказано.")
    reader.may_press("Мессия, Герберт Ф.")


async def test_another_language_behind_books_in_one(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Эдэплэр (на татарском языке)", "", at(CENTRAL, 1, 1))
    catalogue.holds("Урал (на башкирском языке)", "", at(CENTRAL, 1, 1))
    await reader.says("книги на татарском есть?")

    await reader.says("а на башкирском")

    reader.may_press("Урал (на башкирском языке)")

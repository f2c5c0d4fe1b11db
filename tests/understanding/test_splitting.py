"""Where one wish of a message ends and the next begins."""

import pytest

from understanding.lexicon import phrases
from understanding.tokens import Reader
from understanding.understander import PhraseUnderstanding
from understanding.wishes import MOST_REQUESTS


@pytest.fixture(scope="module")
def reader() -> PhraseUnderstanding:
    return PhraseUnderstanding()


@pytest.mark.parametrize(
    ("said", "intents"),
    [
        ("до скольки вы в субботу и будет ли мастер-класс", ["hours", "events"]),
        ("есть ли у вас обломов и где вас найти", ["search", "location"]),
        ("Спасибо! А до скольки вы сегодня?", ["hours"]),
        ("что у меня на руках и продлите всё", ["my_loans", "renew"]),
        ("как записаться, какой у вас адрес", ["join", "location"]),
        ("where is the library and when are you open", ["location", "hours"]),
        ("Отпишите от рассылки и удалите мои данные", ["unsubscribe", "rules"]),
        ("есть ли у вас Идиот? и ещё Бесы есть?", ["search", "search"]),
        ("есть ли «Дюна»? она сейчас в наличии?", ["search"]),
        ("есть Гарри Поттер? первая часть есть?", ["search"]),
        ("продлите книги, билет 0012345", ["renew"]),
        ("Вы живой человек? На дом книги привозите?", ["out_of_scope", "rules"]),
    ],
)
def test_two_wishes_make_two_requests_in_their_order(
    reader: PhraseUnderstanding, said: str, intents: list[str]
) -> None:
    assert [request.intent for request in reader.understand(said)] == intents


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("Здравствуйте! Подскажите, до скольки вы работаете?", "hours"),
        ("есть ли у вас вайфай", "rules"),
        ("есть ли у вас отцы и дети", "search"),
        ("Добрый день, мы приезжали вчера, было закрыто. Когда у вас перерыв?", "hours"),
        ("обед у вас во сколько", "hours"),
        ("Преступление и наказание. Роман", "search"),
        ("хватит, соедините с сотрудником", "human"),
        ("вы робот? дайте нормального оператора", "human"),
        ("Позовите библиотекаря: на дом книги привозите?", "human"),
        ("Позовите библиотекаря. На дом книги привозите?", "human"),
        ("Есть ли у вас сотрудник, знающий жестовый язык?", "search"),
        ("Есть ли романы крупным шрифтом, лучше Токарева или Рубина?", "search"),
        ("доброй ночи, не спите?", "greeting"),
    ],
)
def test_one_wish_stays_one(reader: PhraseUnderstanding, said: str, intent: str) -> None:
    assert [request.intent for request in reader.understand(said)] == [intent]


@pytest.mark.parametrize(
    "said",
    [
        "Здравствуйте! Война и мир",
        "Добрый день. Обломов Гончаров.",
        "Привет! мастер и маргарита?",
        "Спасибо! А обломов?",
    ],
)
def test_a_title_behind_a_greeting_is_a_wish(reader: PhraseUnderstanding, said: str) -> None:
    assert [request.intent for request in reader.understand(said)] == ["search"]


def test_thanks_with_a_kind_word_stay_thanks(reader: PhraseUnderstanding) -> None:
    assert [request.intent for request in reader.understand("Спасибо! Внуки довольны.")] == ["thanks"]


def test_the_book_of_a_double_wish_is_looked_up_without_the_other_half(reader: PhraseUnderstanding) -> None:
    book, _ = reader.understand("есть ли у вас айвенго и где вас найти")

    assert book.rest == "айвенго"


def test_a_flood_of_wishes_is_cut(reader: PhraseUnderstanding) -> None:
    flood = "Где вы? Когда открыты? Как записаться? Какие мероприятия? Продлите книги. Какой штраф? Ваш телефон?"

    assert len(reader.understand(flood)) == MOST_REQUESTS


def test_the_same_wish_twice_is_one(reader: PhraseUnderstanding) -> None:
    assert len(reader.understand("До скольки вы сегодня? А завтра во сколько открываетесь?")) == 1


@pytest.mark.parametrize("said", ["Здравствуйте! Спасибо большое", "Привет, спасибо", "Добрый вечер. Благодарю вас!"])
def test_who_greets_and_thanks_is_not_asked_about_the_greeting(reader: PhraseUnderstanding, said: str) -> None:
    assert [request.intent for request in reader.understand(said)] == ["thanks"]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("мне бы Войну и мир, и до скольки вы", "Войну и мир"),
        ("Мне нужна Анна Каренина, до скольки вы работаете?", "Анна Каренина"),
        ("хочу Обломова, и где вас найти", "Обломова"),
    ],
)
def test_a_book_that_is_only_wanted_is_a_wish_beside_a_question(
    reader: PhraseUnderstanding, said: str, title: str
) -> None:
    book, other = reader.understand(said)

    assert (book.intent, other.intent in ("hours", "location")) == ("search", True)
    assert book.rest.startswith(title) or book.slots["narrower"] == title


def test_what_is_wanted_to_be_learned_is_no_book(reader: PhraseUnderstanding) -> None:
    assert [request.intent for request in reader.understand("Хочу научиться шить, есть ли у вас кружок?")] == ["events"]


@pytest.mark.parametrize(
    ("said", "book"),
    [
        ("есть ли обломов? отложите, зайду завтра", "обломов"),
        ("Есть ли «Мастер и Маргарита», и если есть, отложите пожалуйста до вечера", "Мастер и Маргарита"),
        ("do you have hyperion? reserve it for me please", "hyperion"),
    ],
)
def test_a_hold_without_a_book_is_of_the_one_asked_about(reader: PhraseUnderstanding, said: str, book: str) -> None:
    (request,) = reader.understand(said)

    assert (request.intent, request.slots.get("narrower", request.rest)) == ("hold", book)


def test_a_hold_of_another_book_stays_a_wish_of_its_own(reader: PhraseUnderstanding) -> None:
    requests = reader.understand("есть ли у вас обломов? и забронируйте мне чайку")

    assert [(one.intent, one.rest) for one in requests] == [("search", "обломов"), ("hold", "чайку")]


def test_what_is_asked_of_a_building_is_asked_of_the_one_named_beside_it(reader: PhraseUnderstanding) -> None:
    where, when = reader.understand("где филиал 2 и работает ли он в воскресенье")

    assert (where.intent, where.slots["branch"]) == ("location", "филиал 2")
    assert (when.intent, when.slots["branch"], when.slots["date"]) == ("hours", "филиал 2", "воскресенье")
    assert "филиал 2" in when.slots["whole"]


@pytest.mark.parametrize(
    ("said", "wishes"),
    [
        ("можно ли продлить, и что делать с порванной?", ["renew", "rules"]),
        ("Скажите, где находится филиал №3 и как туда позвонить?", ["location", "contacts"]),
        ("когда следующий концерт и можно ли мне напоминать о них", ["events", "subscribe"]),
        ("есть ли «Война и мир» и что ещё есть у Толстого?", ["search"]),
        ("скажите когда можно прийти и забрать книгу", ["hours"]),
        ("как записаться и сколько это стоит", ["join"]),
    ],
)
def test_of_two_wishes_joined_by_and_one_may_be_only_heard(
    reader: PhraseUnderstanding, said: str, wishes: list[str]
) -> None:
    assert [request.intent for request in reader.understand(said)] == wishes


def test_a_question_and_an_order_joined_by_and_are_two_wishes(reader: PhraseUnderstanding) -> None:
    said = "Посмотрите, пожалуйста, что за мной числится, и продлите, если можно"

    assert [request.intent for request in reader.understand(said)] == ["my_loans", "renew"]
    assert [request.intent for request in reader.understand("продлите мои книги и книги сына")] == ["renew"]


def test_a_question_that_only_points_back_names_no_book(reader: PhraseUnderstanding) -> None:
    said = "Я переехала из Омска, там мне давали книги из других городов, было удобно. Здесь такое есть?"

    assert all("такое есть" not in request.slots.get("title", "") for request in reader.understand(said))


def test_a_question_about_what_is_there_names_no_book(reader: PhraseUnderstanding) -> None:
    heard = reader.understand("Коляску у входа оставить можно? Там лестница?")

    assert [request.intent for request in heard] == ["rules"]
    assert [request.intent for request in reader.understand("Там лестница?")] == ["search"]


@pytest.mark.parametrize(
    "said",
    [
        "можно ли фотографировать подшивки районной газеты за 1943–1945 гг. собственным аппаратом?",
        "как доехать до вас с ул. Победы?",
    ],
)
def test_a_word_cut_short_ends_no_sentence(reader: PhraseUnderstanding, said: str) -> None:
    assert len(reader.understand(said)) == 1
    assert sentences(said) == 1


def sentences(said: str) -> int:
    """How many there are."""
    return 1 + sum(token.gap == "." for token in Reader(phrases()).read(said).tokens)


def test_a_capital_behind_a_word_cut_short_begins_a_sentence() -> None:
    assert sentences("Ищу газеты за 1943–1945 гг. Можно их снимать?") == 2


def test_an_order_takes_the_book_that_is_named_behind_its_comma(reader: PhraseUnderstanding) -> None:
    (hold,) = reader.understand("Зарезервируйте, пожалуйста, за мной «Дубровского» — все экземпляры, какие свободны.")

    assert (hold.intent, hold.rest) == ("hold", "Дубровского")


@pytest.mark.parametrize(
    ("said", "topics"),
    [
        ("есть ли у вас вайфай и можно ли распечатать", ["rules.wifi", "rules.print"]),
        ("Можно распечатать? А вайфай есть?", ["rules.print", "rules.wifi"]),
        ("wifi / распечатать / туалет", ["rules.wifi", "rules.print", "rules.facilities"]),
        ("туалет, ксерокс", ["rules.facilities", "rules.print"]),
        ("сколько книг можно взять и на сколько", ["rules.limit", "rules.term"]),
        ("сколько книг дают и на какой срок", ["rules.limit", "rules.term"]),
        ("на сколько дают книги и сколько штук", ["rules.term", "rules.limit"]),
        ("на сколько дают книги и какой штраф", ["rules.term", "rules.fine"]),
        ("как вернуть книгу если вы закрыты и будет ли штраф", ["rules.return", "rules.fine"]),
    ],
)
def test_two_rules_are_two_questions(reader: PhraseUnderstanding, said: str, topics: list[str]) -> None:
    heard = reader.understand(said)

    assert [(one.intent, one.slots["topic"]) for one in heard] == [("rules", topic) for topic in topics]


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("можно ли распечатать и отсканировать", "rules.print"),
        ("распечатать 40 страниц сколько будет", "rules.print"),
        ("Распечатать 40 страниц. Сколько будет?", "rules.print"),
        ("можно ли распечатать и сколько стоит", "rules.print"),
        ("я потеряла книгу что делать и сколько платить", "rules.lost"),
        ("можно сдать книги за маму и взять на её билет", "rules.proxy"),
        ("Можно я буду брать книги на билет ребёнка, а то мой просрочен?", "rules.proxy"),
        ("Потеряла книгу. Можно принести другую?", "rules.lost"),
    ],
)
def test_one_rule_asked_in_many_words_is_one(reader: PhraseUnderstanding, said: str, topic: str) -> None:
    assert [one.slots.get("topic") for one in reader.understand(said)] == [topic]


@pytest.mark.parametrize(
    "said",
    [
        "мне нужно сдать книги, вы в субботу работаете? а если опоздаю то что будет",
        "мне нужно сдать книги вы в субботу работаете а если опоздаю",
        "Вы работаете в субботу? Но если просрочу, что мне будет?",
    ],
)
def test_what_if_is_a_question_of_its_own(reader: PhraseUnderstanding, said: str) -> None:
    hours, rule = reader.understand(said)

    assert (hours.intent, rule.intent, rule.slots["topic"]) == ("hours", "rules", "rules.fine")


def test_sums_are_still_none_of_ours(reader: PhraseUnderstanding) -> None:
    assert [one.intent for one in reader.understand("сколько будет 2 + 2")] == ["out_of_scope"]


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("мартин иден и ещё что-нибудь лондона", [("search", "мартин иден"), ("recommend", "что-нибудь лондона")]),
        ("мартин иден и другие книги лондона", [("search", "мартин иден"), ("search", "другие книги лондона")]),
        ("нужен обломов, и ещё что нибудь гончарова", [("search", "обломов"), ("search", "что нибудь гончарова")]),
        ("есть мартин иден? и что-нибудь ещё лондона",
         [("search", "есть мартин иден"), ("recommend", "что-нибудь ещё лондона")]),
        ("дюна и что-нибудь для ребенка 5 лет", [("search", "дюна"), ("recommend", "что-нибудь для ребенка 5 лет")]),
        ("каштанку и ещё рассказы чехова", [("search", "каштанку"), ("search", "рассказы чехова")]),
        ("каштанку и ещё рассказы", [("search", "каштанку"), ("search", "рассказы")]),
        ("Муму и другие рассказы Тургенева", [("search", "Муму"), ("search", "рассказы Тургенева")]),
        ("сказки пушкина и стихи барто", [("search", "сказки пушкина"), ("search", "стихи барто")]),
    ],
)  # fmt: skip
def test_a_book_and_something_else_are_two_wishes(
    reader: PhraseUnderstanding, said: str, heard: list[tuple[str, str]]
) -> None:
    assert [(one.intent, one.rest) for one in reader.understand(said)] == heard


@pytest.mark.parametrize(
    "said",
    [
        "муму и другие рассказы",
        "понедельник начинается в субботу и что-то ещё",
        "романы и рассказы чехова",
        "стихи и поэмы пушкина",
        "алгебра и учебник макарычева",
        "отцы и дети и рассказы",
        "посоветуйте детектив и что-нибудь смешное",
        "Дюна и что-нибудь",
        "это одна книга или ещё что-то было?",
    ],
)
def test_what_is_told_by_the_first_half_is_no_wish_of_its_own(reader: PhraseUnderstanding, said: str) -> None:
    assert len(reader.understand(said)) == 1


@pytest.mark.parametrize(
    ("said", "book"),
    [
        ("дюна и что-нибудь похожее", "дюна"),
        ("Есть Дюна и похожее?", "Дюна"),
        ("мастер и маргарита и что-нибудь в таком духе", "мастер и маргарита"),
        ("нужен Шерлок Холмс и что-то подобное", "Шерлок Холмс"),
        ("Дюна. И что-нибудь похожее посоветуйте", "Дюна"),
        ("Есть «Дюна»? Посоветуйте ещё что-нибудь в этом роде", "Дюна"),
        ("Есть «Дюна»? И ещё что-нибудь этого же автора", "Дюна"),
        ("дюна и другие книги этого автора", "дюна"),
        ("do you have Dune and something similar?", "Dune"),
    ],
)
def test_something_like_it_is_like_the_book_beside_it(reader: PhraseUnderstanding, said: str, book: str) -> None:
    look, more = reader.understand(said)

    assert (look.intent, more.intent, more.slots["like"]) == ("search", "recommend", book)


def test_what_is_like_another_book_is_not_like_the_one_beside_it(reader: PhraseUnderstanding) -> None:
    _, more = reader.understand("Дюна и что-нибудь похожее на Метро 2033")

    assert more.slots["like"] == "Метро 2033"


@pytest.mark.parametrize("said", ["похожие книги о войне и мире", "Подобные звёздам", "что-нибудь похожее"])
def test_likeness_alone_is_like_no_book(reader: PhraseUnderstanding, said: str) -> None:
    (only,) = reader.understand(said)

    assert "like" not in only.slots


@pytest.mark.parametrize(
    ("said", "intents"),
    [
        ("есть Каштанка, до скольки вы сегодня и как записаться?", ["search", "hours", "join"]),
        ("до скольки вы сегодня, есть Каштанка и как записаться?", ["hours", "search", "join"]),
        ("Здравствуйте, есть Война и мир, адрес какой и телефон?", ["search", "location", "contacts"]),
        ("имеется Каштанка, как к вам доехать", ["search", "location"]),
    ],
)
def test_a_book_asked_for_by_one_word_is_a_wish_beside_others(
    reader: PhraseUnderstanding, said: str, intents: list[str]
) -> None:
    assert [request.intent for request in reader.understand(said)] == intents


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("Есть вопрос, до скольки вы сегодня работаете?", "hours"),
        ("есть просьба, скажите телефон", "contacts"),
        ("есть ребенок 5 лет, как записать", "join"),
        ("есть время, до скольки вы работаете", "hours"),
        ("есть молиться любить", "search"),
        ("Есть, господин президент", "search"),
    ],
)
def test_what_somebody_has_is_no_book(reader: PhraseUnderstanding, said: str, intent: str) -> None:
    assert [request.intent for request in reader.understand(said)] == [intent]


def test_how_many_books_by_somebody_looks_for_the_writer(reader: PhraseUnderstanding) -> None:
    assert reader.understand("скока книг кинга")[0].rest == "кинга"

"""What very different readers ask at the door: each of these once led to another answer."""

import pytest

from understanding.understander import PhraseUnderstanding


@pytest.fixture(scope="module")
def reader() -> PhraseUnderstanding:
    return PhraseUnderstanding()


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("где у вас обходные листы подписывают", "clearance"),
        ("надо бегунок отметить для училища", "clearance"),
        ("можно продлить, если я просто позвоню по телефону?", "renew"),
        ("подарить вам свои книжки можно?", "donation"),
        ("можно сразу восемь книг взять?", "limit"),
        ("дед скончался, ваши книги у него дома", "return"),
        ("не успели мы сдать, штраф будет?", "fine"),
        ("зачем вы спрашиваете номер билета?", "privacy"),
        ("есть что по брайлю для незрячего брата", "accessibility"),
        ("аудиокниги незрячим даёте?", "accessibility"),
        ("бабушке нужны книги, где буквы крупнее", "accessibility"),
        ("машину где у вас припарковать", "facilities"),
        ("во что у вас тут можно поиграть", "media"),
        ("is there some calm corner where I can study", "rooms"),
        ("how much do I have to pay for it", "price"),
        ("where are your computers?", "computers"),
        ("можно прийти со своей чашкой чая?", "conduct"),
        ("а если мы её дома не найдём?", "lost"),
    ],
)
def test_a_rule_is_asked_about(reader: PhraseUnderstanding, said: str, topic: str) -> None:
    [request] = reader.understand(said)

    assert (request.intent, request.slots["topic"]) == ("rules", f"rules.{topic}")


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("библиобус в Липовку когда заедет?", "hours"),
        ("а библиомобиль у вас ещё ездит", "hours"),
        ("а кто у вас работает в Липовке?", "contacts"),
        ("со мной робот разговаривает или человек?", "out_of_scope"),
        ("Вы точно человек?", "out_of_scope"),
        ("это нейросеть отвечает?", "out_of_scope"),
        ("are you a person?", "out_of_scope"),
        ("ты сам-то читаешь?", "out_of_scope"),
        ("есть кто живой? позовите человека", "human"),
        ("долго ещё ждать?!", "human"),
        ("дочке 7", "recommend"),
        ("список чтения на лето, 8 класс", "recommend"),
        ("что-нибудь по типу Нарнии", "recommend"),
        ("where is Anna Karenina?", "search"),
        ("where can we find The Idiot", "availability"),
        ("where is your nearest library", "location"),
        ("где вы сидите?", "location"),
        ("расписание поездов на Самару", "out_of_scope"),
        ("да идите вы лесом", "out_of_scope"),
        ("какие кружки есть для первоклашек", "events"),
    ],
)
def test_a_wish_is_heard(reader: PhraseUnderstanding, said: str, intent: str) -> None:
    [request] = reader.understand(said)

    assert intent in (request.intent, request.slots.get("rival"))


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("ну хорошо а до скольки вы в пятницу", "hours"),
        ("понятно а продлить как", "renew"),
        ("Спасибо большое! А адрес какой?", "location"),
        ("ясно, спасибо. и ещё: как записаться?", "join"),
    ],
)
def test_who_agrees_and_asks_on_is_not_thanked(reader: PhraseUnderstanding, said: str, intent: str) -> None:
    assert [request.intent for request in reader.understand(said)] == [intent]


@pytest.mark.parametrize(
    ("said", "author"),
    [
        ("чё почитать прикольного", ""),
        ("что-нибудь почитать нового сыну", ""),
        ("посоветуй почитать весёлого", ""),
        ("что почитать крутого сыну", ""),
        ("чего почитать лёгкого на лето", ""),
        ("что почитать горького", "Горький"),
        ("чего-нибудь толстого почитать", "Толстой"),
        ("есть чего-нибудь Крутого", "Крутой"),
    ],
)
def test_what_kind_of_thing_is_wanted_is_no_writer(reader: PhraseUnderstanding, said: str, author: str) -> None:
    assert reader.understand(said)[0].slots.get("author", "") == author


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("имеется литература на марийском?", "марийском"),
        ("что-нибудь почитать на якутском языке", "якутском"),
        ("got any books in Ukrainian?", "ukrainian"),
        ("сказки на белорусском есть?", "белорусском"),
    ],
)
def test_the_languages_of_neighbours_are_heard(reader: PhraseUnderstanding, said: str, language: str) -> None:
    [request] = reader.understand(said)

    assert request.intent in ("search", "recommend")
    assert request.slots["language"] == language


def test_a_day_at_school_tells_the_subject(reader: PhraseUnderstanding) -> None:
    [request] = reader.understand("подберите что-нибудь ко дню космонавтики")

    assert request.slots["subject"] == "космонавтики"


def test_who_is_unhappy_is_heard(reader: PhraseUnderstanding) -> None:
    for said in (
        "мне сейчас очень плохо",
        "я осталась одна",
        "поговорить не с кем совсем",
        "жена умерла на прошлой неделе",
    ):
        [request] = reader.understand(said)
        assert (request.intent, request.slots.get("topic")) == ("out_of_scope", "sorrow"), said
    for said in ("мне тяжело читать мелкий шрифт", "есть книги о том, как плохо быть одному?"):
        assert reader.understand(said)[0].slots.get("topic") != "sorrow", said

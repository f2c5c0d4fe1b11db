"""Pieces of a message that handlers need, in the reader's own words."""

import pytest

from understanding.understander import PhraseUnderstanding


@pytest.fixture(scope="module")
def reader() -> PhraseUnderstanding:
    return PhraseUnderstanding()


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("работаете в субботу?", "date", "субботу"),
        ("вы 8 марта работаете", "date", "8 марта"),
        ("работаете 23.02?", "date", "23.02"),
        ("режим работы на праздники", "date", "праздники"),
        ("какие мероприятия на этой неделе", "date", "на этой неделе"),
        ("are you open on sunday", "date", "sunday"),
        ("vi rabotaete v subbotu", "date", "субботу"),
        ("ds hf,jnftnt d ce,,jne", "date", "субботу"),
        ("где филиал 3", "branch", "филиал 3"),
        ("до скольки детская библиотека", "branch", "детская библиотека"),
        ("алгебра 8 класс макарычев", "grade", "8"),
        ("что почитать ребёнку 8 лет", "age", "8"),
        ("что почитать девочке десяти лет", "age", "10"),
        ("тихий дон том 2", "volume", "2"),
        ("гарри поттер часть третья", "volume", "3"),
        ("есть книга isbn 978-5-17-097833-5?", "isbn", "978-5-17-097833-5"),
        ("ISBN: 9785 8905 9170 8", "isbn", "9785 8905 9170 8"),
        ("5870220165", "isbn", "5870220165"),
        ("есть ли у вас «Чистый код»?", "title", "Чистый код"),
        ("Л.Н. Толстой Война и мир", "author", "Л.Н. Толстой"),
        ("books by roald dahl", "author", "roald dahl"),
        ("продлите вторую книгу", "item", "2"),
        ("продлите все книги", "scope", "all"),
        ("продлите на две недели", "period", "две недели"),
        ("номер билета 12345 продлите", "card", "12345"),
        ("книги про космос", "subject", "космос"),
        ("что-то похожее на властелина колец", "like", "властелина колец"),
        ("есть идиот достоевского", "author", "Достоевский"),
        ("есть идиот достоевского", "title", "идиот"),
        ("детективы Донцовой", "genre", "детективы"),
        ("детективы Донцовой", "author", "Донцова"),
        ("книги рэя брэдбери", "author", "Рэй Брэдбери"),
        ("что-нибудь про динозавров для ребёнка 6 лет", "subject", "динозавров"),
        ("что-нибудь про динозавров для ребёнка 6 лет", "age", "6"),
        ("гарри поттер 3", "title", "гарри поттер"),
        ("гарри поттер 3", "volume", "3"),
        ("литературное чтение 2 класс климанова", "grade", "2"),
        ("книга для пятиклассника", "grade", "5"),
        ("prestuplenie i nakazanie", "title", "преступление и наказание"),
        ("дочке 12, что посоветуете почитать", "age", "12"),
        ("Билет 0045, Иванова. Продлите, пожалуйста, книги.", "card", "0045"),
        ("посоветуйте фантастику", "genre", "фантастику"),
        ("есть кружки для детей?", "audience", "детей"),
        ("есть ли у вас вайфай", "topic", "rules.wifi"),
        ("сколько книг можно взять домой", "topic", "rules.limit"),
        ("на сколько дают книги", "topic", "rules.term"),
        ("что будет, если не верну вовремя", "topic", "rules.fine"),
        ("как часто можно продлевать", "topic", "rules.renew"),
        ("а вы можете книгу домой мне принести, я инвалид", "topic", "rules.delivery"),
        ("есть ли у вас пандус для инвалидов", "topic", "rules.accessibility"),
        ("принимаете ли вы книги от населения", "topic", "rules.donation"),
        ("доставляете книги на дом?", "topic", "rules.delivery"),
        ("можно вернуть в другой библиотеке?", "topic", "rules.return"),
        ("хочу заказать книгу из другой библиотеки", "topic", "rules.mba"),
        ("сколько стоит напечатать курсовую, 45 листов", "topic", "rules.print"),
        ("подобрать литературу для реферата", "topic", "rules.reference"),
        ("потерял читательский билет", "topic", "join.card"),
        ("отмените бронь", "topic", "hold.cancel"),
        ("не могу войти в личный кабинет", "topic", "trouble.account"),
    ],
)
def test_a_piece_is_picked_out(reader: PhraseUnderstanding, said: str, slot: str, value: str) -> None:
    assert reader.understand(said)[0].slots.get(slot) == value


@pytest.mark.parametrize(
    ("said", "slot"),
    [
        ("продлить до 15 марта", "item"),
        ("позвоните мне 8 912 345 67 89", "isbn"),
        ("451 градус по фаренгейту", "volume"),
        ("война и мир", "author"),
        ("анна каренина", "author"),
        ("гарри поттер", "author"),
        ("палата 6", "volume"),
        ("метро 2033", "volume"),
        ("сколько стоит читательский билет", "card"),
        ("книга про собак", "age"),
    ],
)
def test_nothing_is_made_up(reader: PhraseUnderstanding, said: str, slot: str) -> None:
    assert slot not in reader.understand(said)[0].slots

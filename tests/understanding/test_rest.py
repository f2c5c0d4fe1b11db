"""What of a message goes to the catalogue."""

import pytest

from understanding.understander import PhraseUnderstanding


@pytest.fixture(scope="module")
def reader() -> PhraseUnderstanding:
    return PhraseUnderstanding()


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("здравствуйте подскажите пожалуйста есть ли у вас обломов", "обломов"),
        ("добрый день, ищу гений клана Евгений Нетт", "гений клана Евгений Нетт"),
        ("миллион и один день каникул - есть в наличии??", "миллион и один день каникул"),
        ("мама просила узнать про книжная жизнь нины хилл", "книжная жизнь нины хилл"),
        ("можно узнать есть ли в библиотеке книга Кинг Стивен Черный дом спасибо заранее", "Кинг Стивен Черный дом"),
        ("свободна ли сейчас Солярис", "Солярис"),
        ("сколько у вас экземпляров горе от ума", "горе от ума"),
        ("do you have the da vinci code please", "the da vinci code"),
        ("tcnm kb e dfc djqyf b vbh", "djqyf b vbh"),
        ("est li u vas voina i mir", "voina i mir"),
        ("ищу книгу «Мы»", "Мы"),
        ("есть ли у вас Бойня №5?", "Бойня №5"),
        ("бабушка просит стихи есенина", "стихи есенина"),
        ("Внучек просил Незнайку на Луне, у вас найдётся?", "Незнайку на Луне"),
        ("дочка хочет Мойдодыра, не найдётся ли у вас", "Мойдодыра"),
        ("сын ищет остров сокровищ", "остров сокровищ"),
        ("хачу взять остров сокровищ", "остров сокровищ"),
        ("краткое содержание мцыри", "мцыри"),
        ("дубровский краткий пересказ", "дубровский"),
        ("кафка превращение есть ли на руках", "кафка превращение"),
        ("не подскажете, обломов есть в наличии?", "обломов"),
        ("учительница сказала прочитать недоросля у вас есть?", "недоросля"),
        ("хочу взять почитать Анну Каренину, она свободна?", "Анну Каренину"),
        ("Метро 2033 кто то взял или на полке", "Метро 2033"),
        ("мастера и маргариту уже разобрали?", "мастера и маргариту"),
        ("скажите, а вот эту книжку, Цветы для Элджернона, можно у вас взять?", "Цветы для Элджернона"),
        ("что-нибудь из Чехова", "Чехова"),
        ("чей роман Обломов", "Обломов"),
        ("есть у вас война и мир вопросительный знак", "война и мир"),
        ("отложите для меня Обломова, заберу в Сосновке", "Обломова"),
        ("do you have anything by Stephen King", "Stephen King"),
        ("а можно сразу три книги: Обломов и Гроза", "Обломов и Гроза"),
        ("Прошу сообщить, есть ли издание: «Русская история». С уважением, Сергей Петров", "Русская история"),
        ("Место занято", "Место занято"),
        (",tksq rksr", ",tksq rksr"),
        ("lbtnjkjubz lkz dct[", "lbtnjkjubz lkz dct["),
    ],
)
def test_politeness_and_request_words_are_cut_off(reader: PhraseUnderstanding, said: str, title: str) -> None:
    assert reader.understand(said)[0].rest == title


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("отложите для меня игру престолов", "игру престолов"),
        ("забронируйте мне пожалуйста шинель гоголя", "шинель гоголя"),
        ("продлите мастера и маргариту", "мастера и маргариту"),
        ("поставьте меня в очередь на шантарам", "шантарам"),
    ],
)
def test_a_wish_about_a_book_leaves_its_title(reader: PhraseUnderstanding, said: str, title: str) -> None:
    assert reader.understand(said)[0].rest == title


@pytest.mark.parametrize("said", ["забронируйте книгу", "продлите, пожалуйста, все книги", "забронировать"])
def test_a_wish_that_names_no_book_leaves_nothing(reader: PhraseUnderstanding, said: str) -> None:
    assert reader.understand(said)[0].rest == ""


@pytest.mark.parametrize("title", ["А зори здесь тихие", "Мы", "Я вам пишу", "Книга", "Есть", "Кто виноват?"])
def test_a_title_of_small_words_stays_whole(reader: PhraseUnderstanding, title: str) -> None:
    assert reader.understand(title)[0].rest == title.rstrip("?")


def test_a_doubtful_word_is_tried_both_ways(reader: PhraseUnderstanding) -> None:
    request = reader.understand("мастер и маргарита есть")[0]

    assert request.rest == "мастер и маргарита есть"
    assert request.slots["narrower"] == "мастер и маргарита"


@pytest.mark.parametrize("title", ["Halo. Примордиум. Книга 2", "Программирование. Учебное пособие", "Ветер. Стихи"])
def test_a_title_of_several_sentences_stays_whole(reader: PhraseUnderstanding, title: str) -> None:
    assert [request.rest for request in reader.understand(title)] == [title]


def test_a_preposition_stays_with_its_word(reader: PhraseUnderstanding) -> None:
    assert reader.understand("в вагоне есть")[0].slots["narrower"] == "в вагоне"


def test_a_preposition_goes_with_the_word_that_it_belonged_to(reader: PhraseUnderstanding) -> None:
    (request,) = reader.understand("грозу островского на завтра надо")
    assert request.slots["narrower"] == "грозу островского"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("я тут недавно переехала, есть ли у вас Шантарам", "Шантарам"),
        ("доброго здоровьичка, а есть ли у вас Шукшин", ""),
        ("Война и мир, есть ли у вас такая", ""),
    ],
)
def test_what_is_asked_behind_something_else_is_read_alone(reader: PhraseUnderstanding, said: str, title: str) -> None:
    (request,) = reader.understand(said)
    assert request.slots.get("narrower", "") == title


def test_the_word_book_may_belong_to_the_title(reader: PhraseUnderstanding) -> None:
    request = reader.understand("есть ли у вас книга джунглей")[0]

    assert request.rest == "джунглей"
    assert request.slots["wider"] == "книга джунглей"
    assert request.slots["whole"] == "есть ли у вас книга джунглей"


@pytest.mark.parametrize(
    ("said", "titles"),
    [
        ("нужен вишнёвый сад и чайка", ["вишнёвый сад", "чайка"]),
        ("идиот, бесы, игрок", ["идиот", "бесы", "игрок"]),
        ("Л.Н. Толстой, Анна Каренина", ["Л.Н. Толстой", "Анна Каренина"]),
        ("обломов\nобрыв", ["обломов", "обрыв"]),
    ],
)
def test_pieces_that_may_be_books_of_their_own_are_told(
    reader: PhraseUnderstanding, said: str, titles: list[str]
) -> None:
    assert reader.understand(said)[0].slots["titles"].split("\n") == titles


def test_a_hundred_titles_are_not_taken_apart(reader: PhraseUnderstanding) -> None:
    assert "titles" not in reader.understand(", ".join(f"книга номер {n}" for n in range(100)))[0].slots

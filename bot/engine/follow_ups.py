"""A few words that mean nothing alone: «а когда вернут?», «она есть в детской?», «а завтра?» speak of what was shown.

Pure: the words and the dialogue in, the kind of question out. Only a message that is such words from end to end counts;
whether the place or the book that it names exists, its handler finds out, and lets the message go its usual way if not.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache

from bot.engine import rule_questions
from bot.language import likeness, reactions, tongues
from bot.language.folding import words
from bot.language.numbers import value_of
from bot.library.when import names_days_only
from bot.ports.log import Dialogue
from bot.routing import Trigger

LASTS = timedelta(hours=2)
"""So long what was shown last is what «она» means."""
LONGEST = 80
"""Characters; a longer message says itself what it is about."""

_LEAD = (
    r"(?:(?:а|и|но|ну|да|ага|так|тогда|мне|нам|ок|хорошо|понятно|ясно|отлично|супер|спасибо|скажи|скажите|подскажи|подскажите|"
    r"пожалуйста|же|еще|"
    r"and|please) )*"
)
_IT = (
    r"(?:эта книга|эту книгу|этой книги|эти книги|книга|книгу|книги|она|он|оно|они|ее|его|их|это|эта|эту|этот|"
    r"it|this book|that book|the book|this|that|they|them)"
)
_TRAIL = (
    r"(?: (?:же|тогда|сейчас|теперь|вообще|примерно|у вас|там|обратно|надо|нужно|покажи|покажите|пожалуйста|"
    r"now|please))*"
)
_MAY_IT = rf"(?:{_IT} )?"
_NEAR_OR_FAR = r"(?: (?:у вас|здесь|тут))*(?: (?:по)?ближе к \S+| рядом с \S+)?(?: или (?:\S+ ?){1,3})?"
_OR_NOT = r"(?: или (?:нет|не очень|занят\w|на руках|выдан\w|(?:кто то |кто нибудь |ее |его |уже )*взял\w?))?"
_LEND = r"(?:можно |могу |хочу |хотел бы |хотела бы |давайте |can i |could you |please )?"
_HIS = r"(?:его|ее|(?:этого|того же) автора|этого писателя|этой писательницы|by (?:him|her|this author))"
_WHICH = r"(?:\d{1,2}|перв\w{2,3}|втор\w{2,3}|трет\w{2,3}|четверт\w{2,3}|пят\w{2,3}|шест\w{2,3}|седьм\w{2,3})"
_CLASS = rf"(?:{_WHICH}|восьм\w{{2,3}}|девят\w{{2,3}}|десят\w{{2,3}}|одиннадцат\w{{2,3}})"
_BOOK_QUESTIONS = {
    "others": rf"(?:какие |есть |у вас |есть ли |еще )*(?:другие|остальные|еще|прочие) (?:есть )?(?:{_HIS} )?"
    rf"(?:книг\w|произведени\w|роман\w|рассказ\w|books)(?: {_HIS})?(?: есть)?"
    rf"|(?:что|какие книги) (?:у вас )?(?:(?:еще|другое|другие) )?(?:у вас )?(?:есть )?"
    rf"(?:у (?:него|нее|этого автора)|(?:из )?{_HIS})(?: есть)?(?: еще)?"
    rf"|что (?:еще|другое) (?:он|она|этот автор) написал\w?",
    "pages": rf"(?:{_IT} )?(?:сколько|how many)(?: {_IT})?(?: (?:в|у))?(?: ней| нем| них| нее| него)?(?: {_IT})? "
    rf"(?:страниц|листов|pages)(?: (?:в|у) (?:ней|нем|них))?(?: {_IT})?"
    rf"|{_IT} (?:большая|толстая|длинная|тонкая|маленькая|короткая|long|short)"
    rf"|(?:большая|толстая|длинная|тонкая|короткая) {_IT}|(?:какой|какого) (?:она |он )?объем\w?(?: {_IT})?",
    "sequel": r"(?:есть |есть ли |какое |где )*"
    r"(?:продолжени\w|сиквел|следующ\w{2,3} (?:часть|том|книг\w)|the sequel|the next one)"
    rf"(?: (?:у нее|к ней|этой книги|{_IT}))?(?: есть)?",
    "volume": r"(?:есть |есть ли |можно |нужен |нужна |мне )*"
    rf"(?:{_WHICH}(?:[- ](?:й|ий|ый|я|ая|ю|ую))? (?:том|часть|книг[ау]|выпуск)"
    rf"|(?:том|часть|книг[ау]|выпуск) {_WHICH})(?: есть| можно)?",
    "grade": r"(?:есть |есть ли |можно |нужен |нужна |нужно |нужны |надо |тот |та |то |такой |такая |такое |учебник |"
    r"учебники |мне |the |is |there |for )*(?:(?:за|для|по|в|на|for) )?"
    rf"(?:{_CLASS}(?: (?:й|го|м|ый|ий))? (?:класс\w{{0,2}}|кл|grade)|(?:grade|класс) {_CLASS})"
    r"(?: (?:есть|можно|тоже|имеется))*",
    "due": rf"(?:когда|скоро ли|как скоро|через сколько|к какому числу|when will|when is) {_MAY_IT}(?:ее |его |их )?"
    rf"(?:вернут|вернется|вернутся|возвратят|сдадут|сдаст|появится|появятся|освободится|освободятся|поступит|будет|"
    rf"будут|можно будет взять|можно взять|be back|be available|due|due back)(?: {_IT})?"
    rf"(?: (?:свободна|свободен|в наличии|в библиотеке))?",
    "where": rf"(?:где|where) (?:бы )?(?:{_IT}(?: есть| находится| лежит| стоит)?|(?:is|are) {_IT}|"
    rf"{_MAY_IT}(?:можно |can i )?(?:ее |его |их )?(?:взять|найти|получить|забрать|get it|find it|взять почитать)"
    rf"(?: {_IT})?){_NEAR_OR_FAR}"
    rf"|(?:is |are )?{_MAY_IT}(?:есть |имеется |сейчас |еще )?(?:ли )?{_MAY_IT}"
    rf"(?:в наличии|на месте|свободна|свободен|на руках|занята|in stock|available)(?: ли)?(?: {_IT})?(?: есть)?"
    rf"(?: сейчас)?{_OR_NOT}"
    r"|есть(?: ли)?(?: у вас)?"
    r"|(?:где|where)(?: же| есть| еще есть| лежит| стоит)?"
    rf"|(?:в|во) как(?:ой|их) (?:именно )?(?:библиотек\w+|филиал\w+)(?: {_IT})?"
    rf"(?: есть| лежит| можно взять| взять)?(?: {_IT})?"
    rf"|(?:во )?все(?:х)? библиотек\w+(?: {_IT})?(?: есть)?"
    rf"|{_IT} (?:у вас )?(?:есть|имеется)|(?:есть|имеется) (?:ли )?{_IT}|is it there",
    "copies": rf"(?:сколько|how many) (?:у вас |всего )?{_MAY_IT}(?:у вас |всего )?"
    rf"(?:экземпляр\w*|штук\w*|копий|осталось|свободных|copies)"
    rf"(?: {_IT}| у вас| всего| осталось| есть| свободно| по району| везде| во всех)*"
    rf"|(?:покажи |покажите )?все экземпляры(?: {_IT})?"
    rf"|сколько (?:у вас )?их(?: всего| у вас| осталось)?"
    rf"|сколько (?:{_IT} |всего |у вас |есть )*(?:по|во|на) (?:всем\w*|всех|район\w*) ?"
    r"(?:филиал\w+|библиотек\w+|отделени\w+|район\w*)?(?: есть| всего)?",
    "editions": rf"(?:в каком|за какой|какой|какого|с какого|what) (?:{_IT} )?(?:год|года|году|year)"
    rf"(?: (?:издания|выпуска|издана|выпущена|вышла|изданы|{_IT}|is))*|год издания|год выпуска|"
    rf"(?:год|издание|издательство) (?:какой|какое|у нее|у него)|"
    r"(?:другие )?издания|(?:какое|чье|какие|what) "
    rf"(?:{_IT} )?(?:у вас )?(?:издание|издания|издательство|edition)(?: {_IT})?",
    "author": rf"(?:кто|who) (?:ее |его |это |is )?(?:автор|написал|написала|the author|wrote)(?: {_IT})?|автор кто|"
    rf"(?:чья|чей|чье) {_IT}|автор(?: {_IT})?",
    "about": rf"(?:о чем|про что)(?: {_IT})?|(?:what is|what s|whats) {_IT} about|"
    r"(?:расскажи|расскажите) (?:о|про|об) (?:ней|нее|нем|него|этой книге|эту книгу|книге|книгу)(?: подробнее)?|"
    r"(?:расскажи|расскажите) подробнее|(?:какой|какая) (?:сюжет|аннотация)|аннотация|описание",
    "form": rf"{_MAY_IT}(?:есть |имеется )?(?:ли )?{_MAY_IT}(?:в |во |на |по |in )?"
    r"(?:аудио\w*|электронн\w+(?: виде| формате| версия| версию| книга| книгу)?|онлайн|pdf|fb2|epub|"
    rf"крупным шрифтом|большими буквами|брайлю|брайлем|{tongues.AS_SAID}|"
    rf"audio\w*|e-?book|{'|'.join(tongues.IN_ENGLISH).lower()})(?: языке| виде| формате)?(?: {_IT})?"
    rf"(?: есть| имеется)?(?: {_IT})?",
    "reserve": rf"{_LEND}(?:мне |для меня |{_IT} )*(?:забронир\w+|бронирую|отложи|отложите|отложить|отложу|придержите|"
    rf"придержи|придержать|зарезервир\w+|закажи|закажите|заказать|reserve|hold)(?: (?:мне|для меня|на меня|{_IT}))*",
}
PLACES = frozenset(("hours", "location", "contacts"))
"""Wishes about a building: «а телефон?» is that of the one that was spoken of last."""
_THERE = {wish: Trigger("follow", f"there:{wish}") for wish in PLACES}
_PLACE_LASTS = timedelta(minutes=15)
_LONGEST_OF_A_PLACE = 6
"""Words; more say which building they are about."""
_NUMBER = re.compile(rf"(?:а|и|and) (?:(?:за|для|на|for) )?{_CLASS}(?: (?:й|ый|ий|я|ая|го|th))?(?: есть)?")
"""«А 9?»: of a textbook the class, of a book in volumes the volume, of a list its number."""
_ELSEWHERE = (
    rf"{_LEAD}(?:is |do you have |have you got |can i (?:get|find|borrow) )?{_MAY_IT}"
    rf"(?:есть |нет |имеется |можно взять )?(?:ли )?{_MAY_IT}(?:есть |is )?(?:в|во|на|in|at) "
    rf"(?:\S+ ?){{1,4}}?(?:{_IT} )?(?:есть|тоже|имеется|надо|нужно|too)?"
)
_AND_THERE = r"(?:а|и|and|what about) (?:\S+ ?){1,3}"
"""«А детская?»; with a book's title in its place it is a wish of its own, as the handler finds out."""
_AND_A_MAN = re.compile(r"(?:а|и|and) \w+(?:ский|цкий|ской|ов|ев|ин|ын)")
"""«А Дубровский?», «а Некрасов?» is another book or writer; a library is «дубровская», «имени Некрасова»."""
MAY_BE_MORE = ".more"
"""Who waits for more about a book (a key that ends so) hears a question on what was shown as well."""
OF_NO_BOOK = ("due", "author", "about", "pages")
"""Questions that are of a book, whatever was spoken of before."""
_BEGINS_OF_A_BOOK = frozenset(words("вернут вернется сдадут освободится автор написал написала чем что страниц"))
_LONGEST_OF_A_BOOK = 6
BOOK, BOOKS, RULE, NOTHING = "work", "works", "rule", "nothing"
_UNITS = tuple(
    words("день дня дней недел месяц год лет час раз страниц лист копи книг книж day week month year page book")
)
"""How the words begin by which an amount is told."""
_TIMES = (*_UNITS[: _UNITS.index("раз")], "day", "week", "month", "year")
"""Of these one is an amount without a number: «а если неделю?»."""
_SO_MANY = frozenset(words("пару несколько больше меньше один одну пол"))
_GOES_ON = frozenset(words("а и но ну если на and if what for"))
"""How a message begins that goes on with what was spoken of: «а неделю?», «на месяц»."""
_RESERVES = ("забронир", "отлож", "придерж", "подерж", "зарезерв", "отклады", "reserve", "hold")
_BESIDE_RESERVING = frozenset(
    words("а и но ну да все всё обе тогда вы мне нам меня нас для за мной нами ее его их эту этот это эти она он "
          "книгу книжку можно можете могли бы ли пожалуйста хочу прошу до на по к завтра послезавтра сегодня "
          "понедельника вторника среды четверга пятницы субботы воскресенья понедельник вторник среду четверг пятницу "
          "субботу воскресенье выходных вечера утра обеда конца недели неделю пару дней дня я приду зайду "
          "заберу подойду подъеду внук дочь сын it for me please can you could until till")
)  # fmt: skip
_BESIDE_AN_AMOUNT = frozenset(
    words("а и но ну если за на по при до больше дольше меньше всего только целый целую пол один одну пару несколько "
          "будет опоздаю задержу просрочу то сколько and if for what about a an only the")
)  # fmt: skip


def follow_up(text: str, dialogue: Dialogue, now: datetime) -> Trigger | None:
    """Who answers a question on what was shown last: ``due:work``, ``amount:rule``; None for a message of its own.

    Args:
        text: What the reader wrote.
        dialogue: With its ``subject``: ``work:12``, ``hours:03``.
        now: The moment of the turn.
    """
    if len(text) > LONGEST:
        return None
    subject = subject_of(dialogue, now)
    kind = _reaction(text, dialogue, subject)
    said = words(text)
    if subject == RULE:
        kind = "amount" if _names_an_amount(said) else kind or rule_questions.asked(" ".join(said))
    elif not kind and subject in (BOOK, BOOKS, "") and _GOES_ON.issuperset(said[:1]) and _names_an_amount(said):
        kind = "amount"  # a rule that leaves «она» to the book that was shown is no subject, but may be gone on with
    elif not kind and subject:
        kind = _question(text, about_a_book=subject in (BOOK, BOOKS))
    if not kind and subject not in (BOOK, BOOKS) and (kind := _of_no_book(text, said)):
        return Trigger("follow", f"{kind}:{NOTHING}")
    return Trigger("follow", f"{kind}:{subject or NOTHING}") if kind else None


def _of_no_book(text: str, said: Sequence[str]) -> str:
    """«А когда вернут?», «кто автор?» where no book was shown: of which one must be asked."""
    if len(said) > _LONGEST_OF_A_BOOK or _BEGINS_OF_A_BOOK.isdisjoint(said):
        return ""
    kind = _question(text, about_a_book=True)
    return kind if kind in OF_NO_BOOK else ""


def subject_of(dialogue: Dialogue, now: datetime) -> str:
    """What kind of thing was shown last (``work``, ``hours``), "" where nothing was, or long ago."""
    if not dialogue.subject or dialogue.subject_at is None or now - dialogue.subject_at > LASTS:
        return ""
    return dialogue.subject.partition(":")[0]


def of_the_same_place(text: str, wish: str, dialogue: Dialogue, now: datetime) -> Trigger | None:
    """Who answers a question on the building that was spoken of last: «а телефон?», «до скольки там?»."""
    if wish not in PLACES or subject_of(dialogue, now) not in PLACES:
        return None
    if dialogue.subject_at is None or now - dialogue.subject_at > _PLACE_LASTS:
        return None
    return _THERE[wish] if len(words(text)) <= _LONGEST_OF_A_PLACE else None


def _reaction(text: str, dialogue: Dialogue, subject: str) -> str:
    """What is said of an answer: that it was none («не то»), or that there be more of it."""
    if subject in (BOOK, BOOKS) and reactions.wants_more(text):
        return "more"
    if (subject in (BOOK, BOOKS) or dialogue.misses) and reactions.is_wrong(text):
        return "wrong"
    return ""


def _wants_it_reserved(said: Sequence[str]) -> bool:
    """«А можно вы её для меня подержите до пятницы»: an order of what was shown, in any words."""
    orders = [word for word in said if word.startswith(_RESERVES)]
    return len(orders) == 1 and all(word in _BESIDE_RESERVING or word in orders for word in said)


def _names_an_amount(said: Sequence[str]) -> bool:
    """Whether a message names so many days, pages or books and nothing else: «а если неделю?», «а за 10 страниц?»."""
    units = [word for word in said if word.startswith(_UNITS)]
    numbers = [word for word in said if word in _SO_MANY or value_of(word) is not None]
    if not numbers and not any(word.startswith(_TIMES) for word in units):
        return False  # «а книжка»
    return bool(units) and all(word in _BESIDE_AN_AMOUNT or word in units or word in numbers for word in said)


@lru_cache(maxsize=4_096)
def _question(text: str, *, about_a_book: bool) -> str:
    said = " ".join(words(text))
    if about_a_book:
        for kind, pattern in _of_a_book().items():
            if pattern.fullmatch(said):
                return kind
        if (kind := _in_other_words(said, text)) or _AND_A_MAN.fullmatch(said):
            return kind
    elif names_days_only(text):
        return "day"
    return "elsewhere" if _elsewhere().fullmatch(said) else ""


def _in_other_words(said: str, text: str) -> str:
    """What no pattern tells: «а можно вы её подержите», «а 9?», «а что-нибудь похожее?»."""
    if _wants_it_reserved(said.split()):
        return "reserve"
    if _NUMBER.fullmatch(said) and not _AND_A_MAN.fullmatch(said):
        return "number"
    return "alike" if likeness.is_all(text) else ""


# Compiled with the first question of their kind: a start would spend a hundredth of a second on them.


@cache
def _of_a_book() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(f"{_LEAD}(?:{pattern}){_TRAIL}") for kind, pattern in _BOOK_QUESTIONS.items()}


@cache
def _elsewhere() -> re.Pattern[str]:
    return re.compile(f"{_ELSEWHERE}|{_AND_THERE}")

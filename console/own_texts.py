"""What the library's own texts are called at the console, when readers hear them, and how each is heard in a trial."""

from collections.abc import Mapping

from bot.messages import ButtonPress, Content, Reply, Started, Text
from bot.quick import dataclass
from bot.wording import gettext as _
from bot.wording.own import Own, Words


@dataclass(frozen=True, slots=True)
class Told:
    """A text as the staff know it: its name, and when readers hear it."""

    title: str
    when: str


def told() -> Mapping[Own, Told]:
    """Every text, in the order of the list."""
    return {
        Own.HELLO: Told(_("Первое приветствие"), _("Когда читатель открыл чат впервые или нажал «Начать» (/start).")),
        Own.HELLO_AGAIN: Told(_("Повторное приветствие"), _("Когда знакомый читатель пишет «привет».")),
        Own.HELP: Told(
            _("Что умеет бот"),
            _("Когда читатель нажимает «Что ты умеешь?» или пишет «помощь». О читательском билете бот добавит сам."),
        ),
        Own.THANKS: Told(_("Ответ на «спасибо»"), _("Когда читатель благодарит или прощается.")),
        Own.NOT_FOUND: Told(_("Книга не нашлась"), _("Когда в каталоге нет ничего похожего на вопрос.")),
        Own.NO_ANSWER: Told(
            _("Ответа нет"), _("Когда на вопрос о правилах и услугах ответа ещё не написано. Телефон бот добавит сам.")
        ),
        Own.NOT_OURS: Told(_("Вопрос не о библиотеке"), _("Когда спрашивают о погоде, курсе валют и другом не нашем.")),
        Own.PERSON_CALLED: Told(
            _("Позвали библиотекаря"), _("Когда читатель зовёт библиотекаря, но ещё не написал зачем.")
        ),
        Own.QUESTION_PASSED: Told(_("Вопрос передан"), _("Когда вопрос читателя передан библиотекарю.")),
        Own.PEOPLE_THERE: Told(
            _("Библиотекарь на месте"), _("Вторая строка ответа, когда библиотекаря зовут в часы работы.")
        ),
        Own.PEOPLE_AWAY: Told(
            _("Библиотека закрыта"), _("Вторая строка ответа, когда библиотекаря зовут, а вы закрыты.")
        ),
        Own.TALK_OVER: Told(
            _("Разговор закончен"), _("После того как библиотекарь закрыл диалог. Под текстом кнопки «Да» и «Нет».")
        ),
    }


def about_places() -> Mapping[str, str]:
    """What is filled in at each place."""
    return {
        "library": _("название библиотеки"),
        "query": _("что искал читатель"),
        "today": _("до скольки открыто сегодня"),
        "moment": _("когда откроетесь"),
    }


def samples(library: str) -> Mapping[str, str]:
    """Something for each place, in the language of the turn."""
    return {
        "library": library,
        "query": _("Маленький прынц"),
        "today": _("сегодня до 19:00"),
        "moment": _("завтра в 9:00"),
    }


_HEARD_BY: Mapping[Own, Content] = {
    Own.HELLO: Started(""),
    Own.HELLO_AGAIN: Text("привет"),
    Own.HELP: ButtonPress("help"),
    Own.THANKS: Text("спасибо"),
    Own.NOT_FOUND: Text("есть книга абырвалг?"),
    Own.NO_ANSWER: ButtonPress("faq:nothing"),
    Own.NOT_OURS: Text("какая завтра погода"),
    Own.PERSON_CALLED: ButtonPress("human"),
    Own.QUESTION_PASSED: ButtonPress("human:told"),
    Own.PEOPLE_THERE: ButtonPress("human:told"),
    Own.PEOPLE_AWAY: ButtonPress("human:told"),
}
_IN_ENGLISH: Mapping[Own, Content] = {
    Own.HELLO_AGAIN: Text("hello"),
    Own.THANKS: Text("thank you"),
    Own.NOT_FOUND: Text("do you have the book Wexlorbist?"),
    Own.NOT_OURS: Text("what is the weather tomorrow?"),
}


def heard_by(which: Own, language: str) -> Content | None:
    """What a reader writes or presses to hear a text as a rule; the hour and the library's answers may differ."""
    return (_IN_ENGLISH.get(which) if language == "en" else None) or _HEARD_BY.get(which)


class Listening:
    """Fills ``Words`` by others, and notices whether one text was said: what was filled in shows where it stands."""

    def __init__(self, inner: Words, wanted: Own) -> None:
        self._inner, self._wanted = inner, wanted
        self.edition = object()
        self.heard = False

    def say(self, which: Own, **filled: str) -> str:
        self.heard = self.heard or which is self._wanted
        return self._inner.say(which, **filled)


def alone(words: Words, which: Own, library: str) -> tuple[Reply, ...]:
    """The text by itself, with samples filled in; in the language of the turn."""
    return (Reply(text=words.say(which, **samples(library))),)

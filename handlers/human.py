"""«Позовите библиотекаря»: the conversation waits for a person, and the reader hears when one answers."""

from datetime import datetime

from bot.asking import look_up_faq
from bot.handover import Line
from bot.language.folding import fold
from bot.library.hours import now_at
from bot.library.model import Branch
from bot.messages import Button, Reply, reply
from bot.ports.library import Library
from bot.ports.log import Mode
from bot.routing import Answer, Expects, Router, Turn, expects, intent, pressed
from bot.wording import gettext as _
from bot.wording.own import Own
from bot.wording.reaching import before_you, people_answer, usual_wait
from handlers import Row, desk, faq_reply, find_button, help_button, menu, yes_or_no

router = Router("human")

QUESTION = "human.question"
"""The dialogue waits for what the librarian is to know."""
NOT_NEEDED = frozenset(
    phrase.strip()
    for line in (
        "не надо|уже не надо|спасибо не надо|спасибо уже не надо|никого не надо",
        "не нужно|уже не нужно|больше не нужно|спасибо не нужно|спасибо уже не нужно|библиотекарь не нужен",
        "передумал|передумала|отбой|вернуть боту|вернись|вернитесь|хочу к боту",
        "сам разобрался|сама разобралась|разобрался|разобралась|уже разобрался|уже разобралась",
        "no need|never mind|not needed|back to the bot",
    )
    for phrase in line.split("|")
)
"""What who waits for a person says when none is needed any more, folded."""
_BACK = ("верн", "возвра", "назад", "обратно", "хочу", "давай", "позов", "лучше")
LONGEST_CALL_BACK = 5
"""Words of a message that asks for the bot again."""
A_GUESS_AT_A_CALL = 0.6
"""Below this confidence it is asked whether a person is wanted."""
_A_QUESTION_IS_LONGER = 40
"""Characters from which a call for a person says already what it is about."""


def _back() -> tuple[Row, ...]:
    return ((Button(_("Вернуться к боту"), "resume"),),)


@router.on(intent("human"), pressed("human"))
async def call(turn: Turn, library: Library) -> Answer:
    """Mark the conversation as waiting; say once when somebody answers and how to reach one sooner."""
    if _is_unsure(turn):
        return _asked(turn)
    branch = await desk(library)
    phone = branch.phone if branch else ""
    line = await library.people.line(turn.contact) if library.people else Line()
    if turn.mode is Mode.WAITING:
        text = " ".join([_("Ваш вопрос уже ждёт библиотекаря, второй раз звать не нужно."), *before_you(line.before)])
        if phone and branch is not None:
            text += " " + _call_or_phone(phone, _is_open(branch, turn.now, library))
        return Answer(replies=(reply(text, buttons=_back()),), expects=Expects(key=QUESTION))
    tip = await _tip(turn, library)
    told = turn.argument == "told" or len(turn.text) >= _A_QUESTION_IS_LONGER or "rule" in turn.request.slots
    said = [
        library.words.say(Own.QUESTION_PASSED if told else Own.PERSON_CALLED),
        people_answer(branch, turn.now, library.holidays, library.words),
        *before_you(line.before),
        *usual_wait(line.usual, branch, turn.now, library.holidays),
    ]
    if phone and branch is not None:
        said.append(_call_or_phone(phone, _is_open(branch, turn.now, library)))
    if turn.request.slots.get("topic") == "trouble.silence":
        said.insert(0, _("Извините, что вам не ответили."))
    if turn.request.slots.get("topic") == "review.complaint":
        said.insert(0, _("Мне жаль, что так вышло."))
    if summary := _summary(turn):
        said.insert(1, _("Передам: {summary}.").format(summary=summary))
    said.append(_("А пока я могу отвечать и сам.") if told else _("Чтобы спросить меня, нажмите «Вернуться к боту»."))
    asked = reply("\n".join(said), buttons=_back())
    return Answer(replies=(*tip, asked), handover=_reason(turn), expects=None if told else Expects(key=QUESTION))


def _is_unsure(turn: Turn) -> bool:
    """Whether a person was hardly asked for: nobody is called, and no dialogue held up, on a guess."""
    heard = turn.request
    return heard.intent == "human" and "rule" not in heard.slots and heard.confidence < A_GUESS_AT_A_CALL


def _asked(turn: Turn) -> Answer:
    if turn.mode is Mode.WAITING:
        said = _("Записал, библиотекарь это увидит. Можете дописать ещё.")
        return Answer(replies=(reply(said, buttons=_back()),), missed=True)
    rows = yes_or_no("human:told"), (find_button(), help_button())
    return Answer(replies=(reply(_("Не уверен, что понял. Позвать библиотекаря?"), buttons=rows),), missed=True)


def _reason(turn: Turn) -> str:
    """The reason code, with the topic where one was understood: ``asked:trouble.renew``, ``rule:review.complaint``."""
    topic = turn.request.slots.get("topic", "")
    if rule := turn.request.slots.get("rule"):
        return f"rule:{rule}"
    return f"asked:{topic}" if topic else "asked"


def _summary(turn: Turn) -> str:
    """What happened, in one line for the librarian; the reader sees it and may correct it. "" where it is not clear."""
    slots = turn.request.slots
    said = {
        "trouble.renew": _("не получается продлить"),
        "trouble.account": _("не получается войти в личный кабинет"),
        "trouble.card": _("не получается привязать читательский билет"),
        "trouble.loan": _("в списке книга, которой там быть не должно"),
        "trouble": _("что-то не сработало"),
    }.get(slots.get("topic", ""), "")
    if said and slots.get("title") and slots.get("author"):
        said += _(", книга «{title}», {author}").format(title=slots["title"], author=slots["author"])
    elif said and slots.get("title"):
        said += _(", книга «{title}»").format(title=slots["title"])
    return said


def _is_open(branch: Branch, moment: datetime, library: Library) -> bool:
    """Whether somebody takes up the phone now; unknown hours count as open."""
    return branch.hours is None or now_at(branch.hours, branch.zone, moment, library.holidays).open


def _call_or_phone(phone: str, now: bool) -> str:
    if now:
        return _("Быстрее всего позвонить: {phone}.").format(phone=phone)
    return _("Телефон: {phone}.").format(phone=phone)


async def _tip(turn: Turn, library: Library) -> tuple[Reply, ...]:
    """What the library itself says of such a trouble, where it has said anything."""
    topic = turn.request.slots.get("topic", "")
    known = await look_up_faq(library.faq, topic, "", turn.language) if topic else None
    return (faq_reply(known),) if known else ()


@router.on(expects(QUESTION))
async def note(turn: Turn, library: Library) -> Answer:
    """What the librarian is to know: it is kept with the conversation."""
    if turn.mode is not Mode.WAITING:
        return Answer(replies=(reply(_("Что вам подсказать?"), buttons=menu(library)),))
    if fold(turn.text) in NOT_NEEDED or _wants_the_bot(turn.text):
        return _on_with_the_bot(library)
    said = _("Записал, библиотекарь это увидит. Можете дописать ещё.")
    if turn.data.get("noted"):
        said = _("Записал и это. Если вопрос ко мне, нажмите «Вернуться к боту» и задайте его ещё раз.")
    return Answer(replies=(reply(said, buttons=_back()),), expects=Expects(key=QUESTION, data={"noted": True}))


def _wants_the_bot(text: str) -> bool:
    """«Верни бота», «хочу обратно к боту»: a few words with the bot in them, and a way back."""
    said = fold(text).split()
    return (
        len(said) <= LONGEST_CALL_BACK
        and any(word.startswith("бот") for word in said)
        and any(word.startswith(_BACK) for word in said)
    )


@router.on(pressed("resume"))
async def resume(turn: Turn, library: Library) -> Answer:
    """The reader needs no person any more."""
    del turn
    return _on_with_the_bot(library)


def _on_with_the_bot(library: Library) -> Answer:
    said = reply(_("Хорошо, дальше отвечаю я. Что вам подсказать?"), buttons=menu(library))
    return Answer(replies=(said,), resume=True)

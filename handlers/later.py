"""What readers ask and the bot cannot do yet: understood, told honestly, with the way it can be done today."""

from bot.asking import look_up, look_up_faq
from bot.messages import Button, reply
from bot.ports import Library, Mode, Verdict
from bot.routing import Answer, Router, Turn, intent, pressed
from bot.wording import books
from bot.wording import gettext as _
from bot.wording.reaching import phone_line
from handlers import Row, desk, faq_reply, find_button, librarian_button, words_of, yes_or_no

router = Router("later")


@router.on(intent("renew"), pressed("renew"))
async def renew(turn: Turn, library: Library) -> Answer:
    """A later due date: the library's own words on it, else the phone."""
    said = _("Продлевать книги сам я пока не умею. С этим поможет библиотекарь.")
    return await _instead(turn, library, said, "rules.renew")


@router.on(intent("my_loans"))
async def my_loans(turn: Turn, library: Library) -> Answer:
    """What the reader has at home, and until when."""
    said = _("Какие книги у вас на руках и до какого числа, я пока не вижу. Это скажет библиотекарь по вашему билету.")
    return await _instead(turn, library, said, "")


@router.on(intent("hold"))
async def hold(turn: Turn, library: Library) -> Answer:
    """To have a book put aside: whether it is in, which is what the reader needs first."""
    said = _("Откладывать книги сам я пока не умею. С этим поможет библиотекарь.")
    topic = turn.request.slots.get("topic", "") or "rules.hold"
    if topic == "hold.status":
        said = _("Брони и заказы я пока не вижу. Это скажет библиотекарь.")
        return await _instead(turn, library, said, topic)
    found = (await look_up(library.catalogue, turn.request, 1))[0]
    if found.verdict is not Verdict.FOUND:
        return await _instead(turn, library, said, topic)
    work = found.works[0]
    question = _("Показать, где сейчас есть {book}?").format(book=books.named(work))
    return await _instead(turn, library, said, topic, question, yes_or_no(f"work:{work.work_id}"))


@router.on(intent("events"))
async def events(turn: Turn, library: Library) -> Answer:
    """What is on: only what the library has written down."""
    known = await look_up_faq(library.faq, "events", words_of(turn), turn.language)
    if known is not None:
        return Answer(replies=(faq_reply(known, (find_button(), librarian_button())),))
    return await _instead(turn, library, _("Афиши у меня пока нет. О встречах и занятиях спросите библиотекаря."), "")


@router.on(intent("review"))
async def review(turn: Turn, library: Library) -> Answer:
    """Praise, blame, and what one thinks of a book."""
    topic = turn.request.slots.get("topic", "")
    known = await library.faq.about(topic, turn.language) if topic else None
    if known is not None and known.topic == topic:
        said = known.answer
    elif topic == "review.complaint":
        said = _("Мне жаль, что так вышло. Передать ваши слова библиотекарю?")
        return Answer(replies=(reply(said, buttons=(yes_or_no("human:told"),)),))
    else:
        said = _("Спасибо, что поделились! Отзывы я пока не собираю, но могу передать ваши слова библиотекарю.")
    buttons = ((Button(_("Передать библиотекарю"), "human:told"),), (find_button(),))
    return Answer(replies=(reply(said, buttons=buttons),))


@router.on(intent("subscribe"))
async def subscribe(turn: Turn, library: Library) -> Answer:
    """News and reminders."""
    del turn, library
    said = _("Новостей и напоминаний я пока не присылаю, поэтому подписаться нельзя. Спросить можно в любой момент.")
    return Answer(replies=(reply(said, buttons=((find_button(), librarian_button()),)),))


@router.on(intent("unsubscribe"))
async def unsubscribe(turn: Turn, library: Library) -> Answer:
    """«Стоп»: nothing is sent unasked, and that is said."""
    del turn, library
    said = _("Хорошо. Первым я вам не пишу и ничего не рассылаю. Если понадоблюсь, напишите.")
    return Answer(replies=(reply(said, buttons=((find_button(), librarian_button()),)),))


async def _instead(turn: Turn, library: Library, said: str, topic: str, question: str = "", *rows: Row) -> Answer:
    """What cannot be done here yet, how it can be done today, and a person."""
    known = await library.faq.about(topic, turn.language) if topic else None
    told = known.answer if known and known.topic == topic else ""  # a wider rule is no answer to this
    phone = phone_line(await desk(library), turn.now, library.holidays)
    if turn.mode is Mode.WAITING:
        said = _("Это я тоже записал для библиотекаря.") + " " + said
    lines = [said, told, phone, question]
    buttons = (*rows, (librarian_button(), find_button()))
    return Answer(replies=(reply("\n".join(line for line in lines if line), buttons=buttons),))

"""Questions of rules: answered in the library's own words, or not at all."""

import re

from bot.asking import look_up, look_up_faq
from bot.language.folding import words
from bot.messages import Button, reply
from bot.ports.library import Library
from bot.ports.understanding import Request
from bot.quick import replace
from bot.routing import Answer, Router, Turn, follows, intent, not_followed, pressed, same_for_all
from bot.wording import books
from bot.wording import gettext as _
from bot.wording.own import Own
from handlers import (
    Row,
    desk_phone,
    faq_reply,
    find_button,
    has_accounts,
    in_lines,
    librarian_button,
    surely,
    words_of,
    yes_or_no,
)

router = Router("rules")

LONGEST_TITLE = 60
"""Characters of a message that may still be the title of a book («Правила жизни»)."""

_FORGET = ("удал", "сотр", "стер", "уничтож", "забуд", "delete", "erase", "remove")
"""«Удалите мои данные»: an order to us, no question of rules."""
_OF_ALL = "rules"
"""The topic of the rules as such, and of a question whose topic nobody knows."""
_OF_LOST = "rules.lost"
_ASKED_ON = frozenset(("rules.fine", "rules.limit", "rules.price", "rules.print", _OF_LOST))
"""Topics of which it is asked on: «а если неделю?»; other answers leave the book that was shown what «она» means."""
_COUNTED = (
    (("страниц", "лист", "копи", "page"), "rules.print"),
    (("книг", "книж", "book"), "rules.limit"),
    (("раз",), "rules.renew"),
    (("час", "hour"), ""),
)
"""What is counted, by how its word begins, and the rule that tells of it; anything else is a time to keep a book."""
_TELLS_A_PRICE = re.compile(
    r"(?i)\d+\s*(?:руб|р\b|₽|коп|тенге|roubles?|rubles?|euro|eur|€|\$)|бесплатн|штраф|\bfree\b|\bfine"
)
_OF_TIME, _OF_RENEWAL = "rules.term", "rules.renew"
_DIED = ("умер", "скончал", "похорон", "покойн", "died", "passed")
"""How words begin of somebody who has lost somebody: the rule is told them more gently."""
_RULES = ("правил", "услови", "порядки", "rule", "polic")
_BORROWING = ("книг", "книж", "журнал", "выда", "взять", "брать", "берут", "book", "borrow", "lend")
"""Beginnings of words by which a question is about what the rules as such tell of."""


def _has(text: str, beginnings: tuple[str, ...]) -> bool:
    return any(word.startswith(beginnings) for word in words(text))


@router.on(follows("amount:rule"))
@same_for_all
async def of_so_much(turn: Turn, library: Library) -> Answer:
    """«А если неделю?» behind a rule: it holds for any amount, or tells what there is to tell."""
    return await _of_so_much(turn, library, turn.argument)


@router.on(follows("amount:nothing", "amount:work", "amount:works"))
@same_for_all
async def of_so_much_or_so_long(turn: Turn, library: Library) -> Answer:
    """The same where no rule is remembered: what is counted tells which one is meant, of a time how long books stay."""
    counted = [topic for beginnings, topic in _COUNTED if _has(turn.text, beginnings)]
    return await _of_so_much(turn, library, counted[0] if counted else _OF_TIME)


async def _of_so_much(turn: Turn, library: Library, topic: str) -> Answer:
    known = await library.faq.about(topic, turn.language) if topic else None
    if known is None or known.topic != topic:
        return not_followed(turn)
    wider = replace(known, answer="\n".join((_("Отдельно об этом не сказано. Правило такое:"), known.answer)))
    told = faq_reply(wider, (find_button(), librarian_button()))
    return Answer(replies=(told,), missed=True, about=f"rule:{topic}" if turn.argument == topic else "")


@router.on(follows("term:rule", "limit:rule"))
@same_for_all
async def how_long_or_how_many(turn: Turn, library: Library) -> Answer:
    """«И на сколько?», «а сколько штук?» behind a rule."""
    topic = _OF_RENEWAL if turn.argument == _OF_RENEWAL else "rules.term"
    asked = "rules.limit" if _has(turn.text, ("штук", "книг", "книж", "books", "руки", "раз", "максимум")) else topic
    return await _of_that_rule(turn, library, asked)


@router.on(follows("price:rule"))
@same_for_all
async def what_it_costs(turn: Turn, library: Library) -> Answer:
    """«Сколько это стоит?» behind a rule: the rule itself where it tells a price, else all that costs money."""
    known = await library.faq.about(turn.argument, turn.language)
    told = known is not None and known.topic == turn.argument and _TELLS_A_PRICE.search(known.answer)
    return await _of_that_rule(turn, library, turn.argument if told else "rules.price")


@router.on(follows("instead:rule"))
@same_for_all
async def what_may_stand_for_it(turn: Turn, library: Library) -> Answer:
    """«А деньгами можно?», «такую же не нашёл» behind the rule of lost books: it tells what there is to tell."""
    return await _of_so_much(turn, library, turn.argument) if turn.argument == _OF_LOST else not_followed(turn)


async def _of_that_rule(turn: Turn, library: Library, topic: str) -> Answer:
    known = await library.faq.about(topic, turn.language)
    if known is None or known.topic != topic:
        return not_followed(turn)
    return Answer(replies=(faq_reply(known, (find_button(), librarian_button())),), about=_about(topic))


def _about(topic: str) -> str:
    """How the dialogue remembers a rule that is asked on; other rules leave «она» to the book that was shown."""
    return f"rule:{topic}" if topic in _ASKED_ON else ""


@router.on(intent("rules"), pressed("faq"))
@same_for_all
async def rule(turn: Turn, library: Library) -> Answer:
    """The entry on the topic of the question; ``faq:rules.mba`` asks for it by name."""
    topic = turn.argument or turn.request.slots.get("topic", _OF_ALL)
    if topic == "rules.privacy" and library.accounts is not None and _has(turn.text, _FORGET):
        return Answer(replies=(), go_on=(Request(intent="erase_me", confidence=1.0),))
    unknown = topic == _OF_ALL and not turn.argument and not _has(turn.text, _RULES)
    known = await look_up_faq(library.faq, "" if unknown else topic, words_of(turn), turn.language)
    if known is None and unknown and _has(turn.text, _BORROWING):
        known = await library.faq.about(_OF_ALL, turn.language)
    rows: tuple[Row, ...] = ((find_button(), librarian_button()),)
    if known is not None:
        if known.topic == topic.partition(".")[0] and (unknown or known.topic != topic):
            said = _("Именно об этом не сказано. Общие правила такие:")
            wider = replace(known, answer=f"{said}\n{known.answer}")
            return Answer(replies=(faq_reply(wider, *rows),), missed=True)
        if _has(turn.text, _DIED):
            known = replace(known, answer=in_lines(_("Сочувствую вам."), known.answer))
        if known.topic == _OF_RENEWAL and has_accounts(library):
            rows = ((Button(_("Продлить книги"), "renew"),), *rows)
        return Answer(replies=(faq_reply(known, *rows),), about=_about(known.topic))
    if turn.text and len(turn.text) <= LONGEST_TITLE:
        work = surely((await look_up(library.catalogue, turn.request, 1))[0])
        if work is not None:
            text = _("Правила на это я не знаю. Может быть, вы ищете книгу {book}?").format(book=books.named(work))
            buttons = (yes_or_no(f"work:{work.work_id}"), *rows)
            return Answer(replies=(reply(text, buttons=buttons),), missed=True)
    said = library.words.say(Own.NO_ANSWER)
    told = in_lines(said, await desk_phone(turn, library))
    return Answer(replies=(reply(told, buttons=rows),), missed=True)

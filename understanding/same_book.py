"""«Есть ли Обломов? Если да, отложите до завтра»: the second wish is about the book of the first."""

from dataclasses import replace

from bot.language.folding import words
from bot.ports.understanding import Request

_LOOKS = frozenset({"search", "availability"})
_OF_THE_BOOK = ("title", "author", "isbn", "volume", "series", "grade", "narrower", "wider", "named", "titles")
_ABOUT_IT = frozenset(
    words(
        "её его их ее эту этот эти это она он они книгу книжку одну экземпляр мне меня нас нам для за мной "
        "пожалуйста если есть то и а да тогда ее до на к с в со после сегодня завтра послезавтра утра утром "
        "вечера вечером обеда обед понедельника вторника среды четверга пятницы субботы воскресенья понедельник "
        "вторник среду четверг пятницу субботу воскресенье выходных выходные конца недели неделю недельку день "
        "дня дней час часа зайду зайдём приду придём заберу подойду заеду я мы it this that one for me please "
        "until till by tomorrow today tonight"
    )
)


def one_book(requests: tuple[Request, ...]) -> tuple[Request, ...]:
    """The requests, where a hold that names no book takes the one that is asked about before it.

    To be told whether it is in is a part of the answer to a hold, so that wish goes.
    """
    if len(requests) < 2 or not any(one.intent == "hold" for one in requests):
        return requests
    kept: list[Request] = []
    for request in requests:
        before = kept[-1] if kept else None
        if request.intent == "hold" and before is not None and before.intent in _LOOKS and _names_no_book(request):
            kept[-1] = _of(request, before)
        else:
            kept.append(request)
    return tuple(kept)


def _names_no_book(request: Request) -> bool:
    return not request.slots.get("isbn") and _ABOUT_IT.issuperset(words(request.rest))


def _of(hold: Request, look: Request) -> Request:
    """The hold of the book that was looked for."""
    slots = {name: value for name, value in hold.slots.items() if name not in _OF_THE_BOOK}
    slots |= {name: look.slots[name] for name in _OF_THE_BOOK if name in look.slots}
    slots["whole"] = f"{look.slots.get('whole', look.rest)} {hold.slots.get('whole', '')}".strip()
    because = (*hold.because, "its book is the one asked about before")
    return replace(hold, slots=slots, rest=look.rest, because=because)

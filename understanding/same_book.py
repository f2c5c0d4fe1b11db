"""Two wishes of one message about one thing.

«Есть ли «Дюна» и что-нибудь похожее?»: the second wish is for something like the book of the first.

«Есть ли Обломов? Если да, отложите до завтра»: the second is about the book of the first. «Где филиал 2 и работает ли
он в воскресенье?»: the second is about the building of the first.
"""

from bot.language import likeness
from bot.language.folding import words
from bot.ports.understanding import Request
from bot.quick import replace

_LOOKS = frozenset({"search", "availability"})
_LEFT_TO_US = _LOOKS | {"recommend"}
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


_OF_A_PLACE = frozenset({"hours", "location", "contacts"})


def one_place(requests: tuple[Request, ...]) -> tuple[Request, ...]:
    """The requests, where what is asked of a building takes the building that is named beside it."""
    named = [
        request.slots["branch"] for request in requests if request.intent in _OF_A_PLACE and "branch" in request.slots
    ]
    if len(requests) < 2 or len(set(named)) != 1:
        return requests
    return tuple(
        _at(request, named[0]) if request.intent in _OF_A_PLACE and "branch" not in request.slots else request
        for request in requests
    )


def _at(request: Request, branch: str) -> Request:
    whole = f"{request.slots.get('whole', request.rest)} {branch}"
    because = (*request.because, "of the building that is named beside it")
    return replace(request, slots={**request.slots, "branch": branch, "whole": whole}, because=because)


def one_book(requests: tuple[Request, ...]) -> tuple[Request, ...]:
    """The requests, where a hold that names no book takes the one that is asked about beside it.

    To be told whether it is in is a part of the answer to a hold, so that wish goes; so does a second question whether
    it is in («есть ли «Дюна»? она в наличии?»).
    """
    if len(requests) < 2:
        return requests
    kept: list[Request] = []
    for request in requests:
        before = kept[-1] if kept else None
        if request.intent == "hold" and before is not None and before.intent in _LOOKS and _names_no_book(request):
            kept[-1] = _of(request, before)
        elif request.intent in _LOOKS and before is not None and before.intent == "hold" and not before.rest:
            kept[-1] = _of(before, request)  # «Отложите, пожалуйста: «Дубровского», какие свободны»
        elif request.intent in _LOOKS and before is not None and before.intent in _LOOKS and _names_no_book(request):
            continue
        else:
            kept.append(request)
    return tuple(kept)


def like_that_book(requests: tuple[Request, ...]) -> tuple[Request, ...]:
    """The requests, where «что-нибудь похожее» takes the book that is named before it."""
    if len(requests) < 2:
        return requests
    kept: list[Request] = []
    for request in requests:
        before = next((one for one in reversed(kept) if one.intent in _LOOKS), None)
        alike = request.intent in _LEFT_TO_US and _is_like_nothing(request)
        kept.append(_like(request, before) if alike and before is not None else request)
    return tuple(kept)


def _like(request: Request, look: Request) -> Request:
    because = (*request.because, "like the book that is asked about before")
    slots = {name: value for name, value in request.slots.items() if name not in _OF_THE_BOOK}
    return replace(request, intent="recommend", slots={**slots, "like": _named(look)}, because=because)


def _is_like_nothing(request: Request) -> bool:
    return not request.slots.get("like") and likeness.is_all(request.rest or request.slots.get("whole", ""))


def _named(look: Request) -> str:
    """The book as it is looked up, its writer beside it where one is named."""
    author, title = look.slots.get("author", ""), look.slots.get("title", "")
    return f"{title} {author}".strip() if title and author else title or look.slots.get("narrower", "") or look.rest


def _names_no_book(request: Request) -> bool:
    return not request.slots.get("isbn") and _ABOUT_IT.issuperset(words(request.rest))


def _of(hold: Request, look: Request) -> Request:
    """The hold of the book that was looked for."""
    slots = {name: value for name, value in hold.slots.items() if name not in _OF_THE_BOOK}
    slots |= {name: look.slots[name] for name in _OF_THE_BOOK if name in look.slots}
    slots["whole"] = f"{look.slots.get('whole', look.rest)} {hold.slots.get('whole', '')}".strip()
    because = (*hold.because, "its book is the one asked about before")
    quoted = look.slots.get("named", "") == look.slots.get("title")
    return replace(hold, slots=slots, rest=slots["title"] if quoted else look.rest, because=because)

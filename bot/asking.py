"""How a request becomes a question to the catalogue or the FAQ: one place for handlers and for ``evaluate``.

Understanding cuts politeness and request words off a message. Now and then it cuts off words of the
title («Книга джунглей», «Есть ли жизнь на Марсе»), and now and then two titles stand in one message;
so the catalogue is asked in several readings where there are several, and the surest answer wins.
"""

import re
from dataclasses import replace

from bot.ports import Catalogue, Faq, FaqAnswer, Found, Request, Verdict, Wanted

SURE = 0.97
"""A first answer so sure is not doubted: the other readings are not tried."""
SURE_OF_A_PART = 0.95
"""What each of several titles in one message must score: words apart from each other are found easily."""
MOST_LISTED = 5
"""So many books of a list are looked up at once; how many there were is told."""
MOST_PIECES = 5
"""Pieces between «и» and commas that are tried as titles of their own, alone and joined."""
_LONGEST_ASKED = 200
_ASKED_IN_ENGLISH = re.compile(
    r"(?:do you have|have you got|i(?:['’]?m| am) looking for|looking for|can i (?:get|borrow)|is(?=.+ available))\s+"
    r"(.+?)(?:\s+(?:available|please|in stock))*\s*[?.!]*",
    re.IGNORECASE,
)
_RANK = {Verdict.FOUND: 3, Verdict.CHOICE: 2, Verdict.NEAR: 1, Verdict.NOTHING: 0}
_AS_THEY_STAND = frozenset({"hold", "renew"})
"""Requests whose own words («забронируйте») are no title: what is left without them is all there is to look up."""
_YES = frozenset({Verdict.FOUND, Verdict.CHOICE})
_SHARPENING = ("title", "author", "isbn", "volume", "grade", "age", "series")


def wanted_from(request: Request) -> Wanted:
    """What to look for: the message without noise, sharpened by the slots that are known."""
    slots = {name: request.slots[name] for name in _SHARPENING if request.slots.get(name)}
    text = request.rest
    if not text and request.intent not in _AS_THEY_STAND:
        text = request.slots.get("whole", "")
    return Wanted(text=text, **slots)


def readings(request: Request) -> tuple[Wanted, ...]:
    """The ways to read a request for one book, likeliest first; empty where it names none."""
    first = wanted_from(request)
    others = ("narrower", "wider") if request.intent in _AS_THEY_STAND else ("narrower", "wider", "whole")
    texts = dict.fromkeys(
        [first.text, *(request.slots.get(name, "") for name in others), _bare(first.text), first.series]
    )
    return tuple(first if text == first.text else replace(first, text=text, title="") for text in texts if text)


def _bare(text: str) -> str:
    """The title without an English request around it («do you have Hyperion?»), "" where there is none."""
    asked = _ASKED_IN_ENGLISH.fullmatch(text.strip()) if len(text) <= _LONGEST_ASKED else None
    return asked[1].strip() if asked else ""


def titles(request: Request) -> tuple[str, ...]:
    """Pieces of a message that may name several books («вишнёвый сад и чайка»), empty where it names one."""
    parts = tuple(part for part in request.slots.get("titles", "").split("\n") if part)
    return parts if 1 < len(parts) <= MOST_PIECES else ()


def better(one: Found, two: Found) -> Found:
    """The surer of two answers; the first where they are equal."""
    return two if _weight(two) > _weight(one) else one


def _weight(found: Found) -> tuple[int, float]:
    return _RANK[found.verdict], found.scores[0] if found.scores else 0.0


async def look_up(catalogue: Catalogue, request: Request, limit: int = 5) -> tuple[Found, ...]:
    """Ask the catalogue for what a request names: one answer a book, nearly always one.

    The whole message wins over its parts where it is found («Война и мир»); the parts win
    where each of them is found and the whole is not.

    Raises:
        StoreUnavailable: From the catalogue.
    """
    if listed := _listed(request):
        return tuple([await catalogue.find(Wanted(text=title), limit) for title in listed])
    ways = readings(request)
    best = await catalogue.find(ways[0], limit) if ways else Found(verdict=Verdict.NOTHING)
    for way in ways[1:]:
        if _is_sure(best):
            break
        best = better(best, await catalogue.find(way, limit))
    best = await _named(catalogue, request, best, limit)
    if best.verdict in _YES:
        return (best,)
    return await _several(catalogue, titles(request), limit) or (best,)


def _listed(request: Request) -> list[str]:
    """The books of a list, as many as are looked up at once; empty where the message is none."""
    return request.slots.get("listed", "").split("\n")[:MOST_LISTED] if request.slots.get("listed") else []


async def _named(catalogue: Catalogue, request: Request, best: Found, limit: int) -> Found:
    """The book that a story names elsewhere than in its question, where the question itself names none so surely."""
    for name in request.slots.get("named", "").split("\n"):
        if not name or _is_sure(best):
            break
        found = await catalogue.find(Wanted(text=name), limit)
        if found.verdict in _YES and found.scores and found.scores[0] >= SURE_OF_A_PART:
            best = better(best, found)
    return best


async def _several(catalogue: Catalogue, pieces: tuple[str, ...], limit: int) -> tuple[Found, ...]:
    """The books that the pieces name, the longest titles first («война и мир, чайка»); empty where one is not found."""
    answers: list[Found] = []
    first = 0
    while first < len(pieces):
        for last in range(len(pieces), first, -1):
            if last - first == len(pieces):
                continue
            found = await catalogue.find(Wanted(text=" и ".join(pieces[first:last])), limit)
            if found.verdict in _YES and found.scores and found.scores[0] >= SURE_OF_A_PART:
                break
        else:
            return ()
        answers.append(found)
        first = last
    return tuple(answers)


def _is_sure(found: Found) -> bool:
    return found.verdict in _YES and bool(found.scores) and found.scores[0] >= SURE


async def look_up_faq(faq: Faq, topic: str, text: str, language: str) -> FaqAnswer | None:
    """The library's own answer: on this very topic, else on a question like this one, else on the wider topic.

    Args:
        faq: Where the answers are.
        topic: Topic key (``rules.wifi``), "" where none is known.
        text: The reader's words, "" where a button was pressed.
        language: In which the reader is answered.

    Raises:
        StoreUnavailable: From the FAQ.
    """
    told = await faq.about(topic, language) if topic else None
    if told is not None and told.topic == topic:
        return told
    if text and (alike := await faq.nearest(text, language)) is not None:
        return alike
    wider = topic.partition(".")[0]
    return told or (await faq.about(wider, language) if wider != topic else None)

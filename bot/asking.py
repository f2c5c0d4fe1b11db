"""How a request becomes a question to the catalogue or the FAQ: one place for handlers and for ``evaluate``.

Understanding cuts politeness and request words off a message. Now and then it cuts off words of the
title («Книга джунглей», «Есть ли жизнь на Марсе»), and now and then two titles stand in one message;
so the catalogue is asked in several readings where there are several, and the surest answer wins.
"""

import re
from collections.abc import Sequence

from bot.language import names, numbers
from bot.language.folding import fold, words
from bot.library.model import WorkCard
from bot.library.writers_listed import WritersListed, is_a_writer, writers_listed
from bot.ports.catalogue import Catalogue, Found, Taste, Verdict, Wanted
from bot.ports.library import Faq, FaqAnswer
from bot.ports.understanding import Request
from bot.quick import replace
from bot.sameness import of_the_same

SURE = 0.97
"""A first answer so sure is not doubted: the other readings are not tried."""
SURE_OF_A_PART = 0.95
"""What each of several titles in one message must score: words apart from each other are found easily."""
MOST_LISTED = 5
"""So many books of a list are looked up at once; how many there were is told."""
MOST_PIECES = 5
"""Pieces between «и» and commas that are tried as titles of their own, alone and joined."""
_MOST_BESIDE_AN_AUTHOR = 3
"""Words beside a writer's name that still are no title: «что есть у»."""
_SEVERAL_WORKS = 3
"""Of a writer with so many works here these are meant, and no book that is called by the name."""
_SHORTEST_NAME, _LONGEST_NAME = 3, 3
"""Letters of a name that is no initial; words of a writer's whole name."""
_LONGEST_INITIALS = 2
_LONGEST_ASKED = 200
_ENDING, _LONGEST_WITHOUT_AN_ENDING = 2, 4
"""Letters in which two forms of a word may differ, and of a word that has none to spare."""
_ASKED_IN_ENGLISH = re.compile(
    r"(?:do you have|have you got|i(?:['’]?m| am) looking for|looking for|can i (?:get|borrow)|is(?=.+ available))\s+"
    r"(.+?)(?:\s+(?:available|please|in stock))*\s*[?.!]*",
    re.IGNORECASE,
)
_ON_CONDITION = re.compile(r"(?i),?\s+(?:но|только|желательно|лучше|чтобы?)\s.*", re.DOTALL)
"""What a reader wants of a book beside its title: «мастера и маргариту, но с картинками»."""
_FEWEST_OF_A_NUMBER = 3
"""A number in so many words is a year or the like."""
_LONGEST_SERIES = 3
"""Words of a series' name behind the number of its part."""
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


def _readings(request: Request) -> tuple[Wanted, ...]:
    first = wanted_from(request)
    others = ("narrower", "wider") if request.intent in _AS_THEY_STAND else ("narrower", "wider", "whole")
    texts = dict.fromkeys(
        [
            first.text,
            *(request.slots.get(name, "") for name in others),
            _bare(first.text),
            first.series,
            _without_form(first.text, request.slots.get("format", "")),
            _number_last(first.text),
            _in_digits(first.text),
            _ON_CONDITION.split(first.text, maxsplit=1)[0],
            request.slots.get("title", ""),
            request.slots.get("uncorrected", ""),
        ]
    )
    kept = [text for text in texts if len(text) > 1 or (text and text == first.text)]  # no letter left of more words
    return tuple([first if text == first.text else replace(first, text=text, title="") for text in kept])


readings = of_the_same(_readings)
"""The ways to read a request for one book, likeliest first; empty where it names none."""


def _is_author_alone(request: Request) -> bool:
    """Whether a request names a writer and nothing else: «Булгаков», «что есть у Донцовой?»."""
    author, slots = words(request.slots.get("author", "")), request.slots
    if not author or any(slots.get(name) for name in ("isbn", "series", "volume", "grade")):
        return False
    if not names.OF_A_FAMILY.issuperset(words(slots.get("title", ""))):
        return False
    said = words(slots.get("narrower", "") or request.rest)
    return 0 < len(said) <= len(author) + _MOST_BESIDE_AN_AUTHOR


def _bare(text: str) -> str:
    """The title without an English request around it («do you have Hyperion?»), "" where there is none."""
    asked = _ASKED_IN_ENGLISH.fullmatch(text.strip()) if len(text) <= _LONGEST_ASKED else None
    return asked[1].strip() if asked else ""


def _without_form(text: str, form: str) -> str:
    """The title without the form that was asked for («Щегол в электронном виде»), "" where it is not told in it."""
    before, told, behind = text.partition(form) if form else ("", "", "")
    return f"{before.strip().removesuffix(' в')} {behind}".strip() if told else ""


def _number_last(text: str) -> str:
    """«ведьмак 3» for «третий ведьмак», "" where no ordinal stands before a name."""
    number, _space, name = text.partition(" ")
    which = numbers.ordinal(fold(number))
    return f"{name} {which}" if which is not None and 0 < len(name.split()) <= _LONGEST_SERIES else ""


def _in_digits(text: str) -> str:
    """«1984» for «тысяча девятьсот восемьдесят четыре», "" where no number is said in so many words."""
    said = words(text) if len(text) <= _LONGEST_ASKED else []
    read = numbers.to_digits(said)
    return " ".join(read) if len(read) <= len(said) - _FEWEST_OF_A_NUMBER + 1 else ""


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
    if _is_author_alone(request) and (written := await _by_author(catalogue, request, limit)) is not None:
        return (written,)
    ways = readings(request)
    best = await catalogue.find(ways[0], limit) if ways else Found(verdict=Verdict.NOTHING)
    for way in ways[1:]:
        if _is_sure(best):
            break
        best = better(best, _by_whom(await catalogue.find(way, limit), way, request.slots.get("author", "")))
    if (written := await _written(catalogue, request, best, limit)) is not None:
        return (written,)
    best = await _named(catalogue, request, best, limit)
    pieces = titles(request)
    # What was read otherwise than it was typed is borne out by the first work, word by word.
    if best.verdict in _YES and (best.corrected or _names_all(best, pieces) or _is_as_read(best, request)):
        return (best,)
    if apart := await _writers(catalogue, request, limit):
        return apart
    return await _titles(catalogue, pieces, best, limit) or (best,)


def named_apart(request: Request, answers: int) -> tuple[str, ...]:
    """What each of several answers is about, where a message lists titles or writers; empty where it does neither."""
    if listed := tuple(_listed(request)):
        return listed
    writers = _writers_in(request)
    return writers.names if writers is not None and answers == len(writers.names) else ()


def _by_whom(found: Found, way: Wanted, author: str) -> Found:
    """A title found without the writer that was named beside it is a question, if somebody else wrote that book."""
    said = [word for word in words(author) if len(word) > _LONGEST_INITIALS]
    said = [word for word in said if not names.given_name(word)] or said  # two Alexanders are two writers
    if found.verdict not in _YES or not said or any(word in words(way.text) for word in said):
        return found
    meant = {*said, *(other for word in said for other in names.pseudonyms(word))}
    work = found.works[0]
    own = words(f"{work.author} {work.title}")
    if not work.author or any(_alike(word, one) for word in meant for one in own):
        return found
    return replace(found, verdict=Verdict.NEAR)


def _names_all(found: Found, pieces: tuple[str, ...]) -> bool:
    """Whether the first book has a word of each piece in it: «вишнёвый сад, чайка» are two, «война и мир» is one."""
    its = words(f"{found.works[0].title} {found.works[0].author}")
    return all(any(_alike(said, word) for said in words(piece) for word in its) for piece in pieces)


def _is_as_read(found: Found, request: Request) -> bool:
    """Whether the first book has every word that other letters were read as: «отцы и дети» of «otcy i deti»."""
    read = words(request.slots.get("title", ""))
    return bool(read) and set(read).isdisjoint(words(request.rest)) and _names_all(found, tuple(read))


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


@of_the_same
def _writers_in(request: Request) -> WritersListed | None:
    return writers_listed(titles(request) or (request.rest,))


async def _writers(catalogue: Catalogue, request: Request, limit: int) -> tuple[Found, ...]:
    """What each of several writers wrote («Бианки, Пришвина и Паустовского»); empty where none or one is named."""
    listed = _writers_in(request)
    if listed is None or len(listed.names) < 2:
        return ()
    slots = [{"author": name, "genre": listed.genre} for name in listed.names]
    found = [await _by_author(catalogue, replace(request, slots=one), limit) for one in slots]
    return tuple([one or Found(verdict=Verdict.NOTHING) for one in found]) if any(found) else ()


async def _by_author(catalogue: Catalogue, request: Request, limit: int) -> Found | None:
    """What a writer wrote, where a request names nothing else; None where the catalogue holds nothing by that name.

    «Пушкин» is a novel by Merezhkovsky as well: it comes first where Pushkin has hardly written anything here, else
    behind what he wrote.
    """
    author = request.slots["author"]
    best = await catalogue.find(Wanted(text=author, author=author), limit)
    if best.verdict not in _YES:
        return None
    if any(len(word) < _SHORTEST_NAME for word in words(author)):
        return best  # of several Tolstoys the one with these initials: only the search knows them
    own = (await catalogue.suggest(Taste(author=author, genre=request.slots.get("genre", "")), limit)).works
    if best.verdict is Verdict.CHOICE or len(own) >= _SEVERAL_WORKS:
        return _with_own_first(best, own, limit)
    works = (*best.works[:1], *(work for work in own if work.work_id != best.works[0].work_id))[:limit]
    several = len(works) > 1
    return replace(best, verdict=Verdict.CHOICE, works=works, scores=best.scores[:1] * len(works)) if several else best


async def _kind_by_author(catalogue: Catalogue, request: Request, best: Found, limit: int) -> Found | None:
    """What a writer wrote of the kind that was asked for («сказки братьев Гримм», «стихи Пушкина»).

    None where more was said (two writers), a work of the writer is called so («Басни»), or the writer has nothing here.
    """
    slots = request.slots
    if not slots.get("author") or not slots.get("genre"):
        return None
    author, said, kind = (words(slots.get(name, "")) for name in ("author", "title", "genre"))
    if not author or not kind or titles(request) or not {*kind, *names.OF_A_FAMILY}.issuperset(said):
        return None
    if best.works and best.verdict in _YES and all(_is_in(word, best.works[0].author) for word in author):
        return None
    return await _by_author(catalogue, request, limit)


def _is_in(word: str, text: str) -> bool:
    return any(_alike(word, own) for own in words(text))


def _with_own_first(best: Found, own: Sequence[WorkCard], limit: int) -> Found:
    """What the writer wrote, what is asked for most first; then what else the search found."""
    ids = {work.work_id for work in own}
    works = (*own, *(work for work in best.works if work.work_id not in ids))[:limit]
    verdict = Verdict.FOUND if len(works) == 1 else Verdict.CHOICE
    return replace(best, verdict=verdict, works=works, scores=best.scores[:1] * len(works)) if own else best


async def _written(catalogue: Catalogue, request: Request, best: Found, limit: int) -> Found | None:
    """What a writer wrote, where a request that was looked up as a title turns out to want that; else None."""
    meant = await _by_author_meant(catalogue, request, best, limit) if best.corrected else None
    return meant or await _kind_by_author(catalogue, request, best, limit)


async def _by_author_meant(catalogue: Catalogue, request: Request, best: Found, limit: int) -> Found | None:
    """What a writer wrote whose name alone was asked for, misspelt: «булгакв»; None where it was anything else.

    The catalogue read the words as the name of a writer known to us: books about him have it in their titles, but
    who asks so wants his own.
    """
    read = words(best.corrected)
    if request.slots.get("author") or request.slots.get("isbn") or not 0 < len(read) <= _LONGEST_NAME:
        return None
    if len(words(request.rest)) > len(read) + _MOST_BESIDE_AN_AUTHOR:
        return None
    named = names.find(read, sure=False)
    if named is None or named[2].weight < names.WELL_KNOWN:
        return None
    if not all(map(names.given_name, (*read[: named[0]], *read[named[1] :]))):
        return None
    own = (await catalogue.suggest(Taste(author=best.corrected), limit)).works
    return _with_own_first(best, own, limit) if own else None


async def _titles(catalogue: Catalogue, pieces: tuple[str, ...], best: Found, limit: int) -> tuple[Found, ...]:
    """The books that the pieces name; empty where the best one has all of them that are no writer's name.

    «Двенадцать стульев, Ильф и Петров» is one book, even where its record names one of the two.
    """
    if best.verdict in _YES and _names_all(best, tuple([piece for piece in pieces if not is_a_writer(piece)])):
        return ()
    return await _several(catalogue, pieces, limit)


async def _several(catalogue: Catalogue, pieces: tuple[str, ...], limit: int) -> tuple[Found, ...]:
    """The books that the pieces name, the longest titles first («война и мир, чайка»); empty where one is not found."""
    answers: list[Found] = []
    first = 0
    while first < len(pieces):
        for last in range(len(pieces), first, -1):
            if last - first == len(pieces):
                continue
            piece = " и ".join(pieces[first:last])
            found = await catalogue.find(Wanted(text=piece), limit)
            if found.verdict in _YES and found.scores and found.scores[0] >= SURE_OF_A_PART:
                break
            if found.verdict in _YES and is_by(piece, found):
                break
        else:
            return ()
        answers.append(found)
        first = last
    return tuple(answers)


def is_by(name: str, found: Found) -> bool:
    """Whether all that was found is by the writer of this name and not called so: «Донцова» beside «Маринина»."""
    said = words(name)
    return bool(said and found.works) and all(
        all(any(_alike(word, own) for own in words(work.author)) for word in said)
        and not any(_alike(word, own) for own in words(work.title) for word in said)
        for work in found.works
    )


def _alike(one: str, two: str) -> bool:
    """Two words that differ in their endings at most: «Гончарова», «Гончаров»; an initial is like itself alone."""
    shorter = min(len(one), len(two))
    if shorter <= _LONGEST_INITIALS:
        return one == two
    least = shorter if shorter <= _LONGEST_WITHOUT_AN_ENDING else shorter - _ENDING
    return one[:least] == two[:least]


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

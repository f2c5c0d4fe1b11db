"""What of a message goes to the catalogue: the title, without politeness and request words."""

import re

from bot.quick import dataclass
from understanding.judging import Stretch
from understanding.meaning import ROLES, STRONG, WEAK
from understanding.tokens import Message

_AND = frozenset(["и", "а", "еще", "также", "плюс", "or", "and", "или"])
_PREPOSITIONS = "в во на о об к ко с со у из от за не ни без до по для над под"
_BELONGS_TO_THE_NEXT = frozenset(_PREPOSITIONS.split())
"""A title may begin with such a word («В вагоне»): it is not cut off from what follows it."""
_SEPARATES = re.compile(r"[;\n]|,\s")
_I_COME = frozenset(
    ["заберу", "зайду", "приду", "подойду", "подъеду", "заеду", "заскочу", "забегу", "заберем", "зайдем"]
)
_COLON = re.compile(r":\s")
_QUOTES = re.compile('[«»„“”"]')
_QUOTED = re.compile(r"[«„“\"][^«»„“”\"]+[»”“\"]")
_MOST_TITLES = 8
"""More pieces are no titles but a long sentence."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The part to look up.

    Attributes:
        text: Without noise, as the reader spelt it; "" where the request's own words are all there is.
        narrower: Without the weak words at its ends as well («мастер и маргарита есть»), "" where that is the same.
        wider: With the word «книга» that stood before it, "" where none did.
        meant: ``text`` in the spelling that was meant.
        titles: Its pieces between «и» and commas where there are several: each may be a book of its own.
    """

    text: str
    narrower: str = ""
    wider: str = ""
    titles: tuple[str, ...] = ()
    meant: str = ""


def rest(message: Message, words: Stretch, request: int = 0) -> Rest:
    """Cut noise off both ends of a stretch of the message.

    Strong words go with all weak ones between them and the end; weak words alone stay, so a
    title that begins with one is kept. A message of nothing but noise is kept whole: «Мы», «Ищу человека».

    Args:
        message: The message.
        words: The stretch.
        request: Terms that make the request («забронируйте»), as strong as noise can be; 0 for a search, whose
            words are in the noise file.
    """
    first, last = words.first, words.last
    marks = _marks(message, words, request)
    begin, stop = _cut(marks, first, last, STRONG)
    if begin >= stop:
        if request:
            return Rest("")
        polite = _polite(marks, first, last)
        if polite[0] >= polite[1]:
            polite = first, last
        return Rest(message.typed(*polite), meant=message.meant(*polite))
    begin = _behind_a_colon(message, begin, stop)
    stop = _before_coming(message, begin, stop)
    if request and (behind := _behind_a_quotation(message, begin, stop)) != stop:
        begin, stop = _cut(marks, begin, behind, STRONG)
    narrow = _cut(marks, _behind_a_question(message, marks, begin, stop), stop, WEAK)
    while narrow[1] < stop and narrow[1] > narrow[0] + 1 and message.tokens[narrow[1] - 1].word in _BELONGS_TO_THE_NEXT:
        narrow = narrow[0], narrow[1] - 1  # what it belonged to was cut off: «на» of «на завтра»
    while narrow[0] > begin and message.tokens[narrow[0] - 1].word in _BELONGS_TO_THE_NEXT:
        narrow = narrow[0] - 1, narrow[1]
    return Rest(
        _unquoted(message.typed(begin, stop)),
        _unquoted(message.typed(*narrow)) if narrow != (begin, stop) else "",
        _unquoted(message.typed(begin - 1, stop)) if begin > first and marks[begin - 1][1] == "noun" else "",
        _titles(message, *narrow),
        _unquoted(message.meant(*narrow)),
    )


def _titles(message: Message, first: int, last: int) -> tuple[str, ...]:
    if _AND.isdisjoint([token.word for token in message.tokens[first:last]]) and not _SEPARATES.search(message.text):
        return ()  # nothing parts it, as nearly always
    pieces: list[str] = []
    begin = first
    for number in range(first + 1, last + 1):
        joins = number < last and message.tokens[number].word in _AND
        if number < last and _COLON.search(_between(message, number)) and _speaks_of_books(message, begin, number):
            pieces, begin = [], number  # «можно сразу три книги: Обломов и Гроза»
            continue
        if number < last and not joins and not _SEPARATES.search(_between(message, number)):
            continue
        if begin < number:
            pieces.append(_unquoted(message.typed(begin, number)))
        begin = number + joins
    return tuple(pieces) if 1 < len(pieces) <= _MOST_TITLES else ()


def _behind_a_question(message: Message, marks: dict[int, tuple[int, str]], first: int, last: int) -> int:
    """Where the book begins behind something else that was said: «доброго здоровьичка, а есть ли у вас Шукшин»."""
    for number in range(last - 1, first + 1, -1):
        asks = number - 1
        if marks[number][0] or marks[asks][0] < STRONG or marks[asks][1] != "strong":
            continue
        while asks > first and not message.tokens[asks].gap and marks[asks - 1][0]:
            asks -= 1
        return number if asks > first and message.tokens[asks].gap else first
    return first


def _behind_a_colon(message: Message, first: int, last: int) -> int:
    """Where the book begins: «прошу сообщить, имеется ли издание: Ключевский В. О. Русская история»."""
    for number in range(last - 1, first, -1):
        if message.tokens[number - 1].meaning.noise == "noun" and _COLON.search(_between(message, number)):
            return number
    return first


def _before_coming(message: Message, first: int, last: int) -> int:
    """Where the book ends: «отложите Обломова, заберу в Сосновке»."""
    for number in range(first + 1, last):
        if message.tokens[number].word in _I_COME and _SEPARATES.search(_between(message, number)):
            return number
    return last


def _behind_a_quotation(message: Message, first: int, last: int) -> int:
    """Where a quoted book ends: «отложите «Обрыв» пожалуйста, я стесняюсь спросить»; not in «…«Вий», Гоголь»."""
    quoted = [found.end() for found in _QUOTED.finditer(message.text) if found.start() < message.tokens[last - 1].end]
    if not quoted or quoted[-1] <= message.tokens[first].start:
        return last
    for number in range(first + 1, last - 1):
        token = message.tokens[number]
        if token.start >= quoted[-1] and token.gap and message.text[token.start].islower():
            return number
    return last


def _speaks_of_books(message: Message, first: int, last: int) -> bool:
    return any(message.tokens[number].meaning.noise == "noun" for number in range(first, last))


def _between(message: Message, number: int) -> str:
    """What stands between a token and the one before it."""
    return message.text[message.tokens[number - 1].end : message.tokens[number].start]


def _unquoted(text: str) -> str:
    """Without quotation marks, of which one half may have been cut off."""
    return " ".join(_QUOTES.sub(" ", text).split())


def _cut(marks: dict[int, tuple[int, str]], first: int, last: int, least: int) -> tuple[int, int]:
    """What is left when both ends are cut; nothing where the cuts meet."""
    begin = first + _edge(marks, range(first, last), least)
    stop = last - _edge(marks, range(last - 1, begin - 1, -1), least)
    return begin, stop


def _marks(message: Message, words: Stretch, request: int) -> dict[int, tuple[int, str]]:
    """Strength (0 keeps) and role of each word; a row of words marks all of its words."""
    marks = {}
    for number in range(words.first, words.last):
        meaning = message.tokens[number].meaning
        role = "strong" if meaning.mask & request and meaning.noise != "noun" else meaning.noise
        marks[number] = (ROLES.get(role, 0), role)
    for first, last, row in words.rows:
        role = "strong" if row.mask & request else row.role
        if role and words.first <= first and last <= words.last:
            for place in range(first, last):
                if ROLES[role] > marks[place][0]:
                    marks[place] = (ROLES[role], role)
    return marks


def _edge(marks: dict[int, tuple[int, str]], places: range, least: int) -> int:
    """How many words to cut: up to the last one so strong that noise alone parts it from the end."""
    cut = 0
    strong = False
    for number, place in enumerate(places):
        strength, role = marks[place]
        if strength == 0:
            break
        if strength >= least and (role != "noun" or strong or number == 0):
            cut = number + 1
            strong = strong or role == "strong"
    return cut


def _polite(marks: dict[int, tuple[int, str]], first: int, last: int) -> tuple[int, int]:
    while first < last and marks[first][1] == "polite":
        first += 1
    while last > first and marks[last - 1][1] == "polite":
        last -= 1
    return first, last

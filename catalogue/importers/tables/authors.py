"""Authors and titles that share a cell, as librarians write them. Pure."""

import re
from collections.abc import Sequence

from bot.language import names
from bot.language.folding import fold
from catalogue.names import read_name

_INITIALS = r"(?:[А-ЯЁA-Z][а-яё]?\.\s?-?){1,3}"
_SURNAME = r"(?:[А-ЯЁA-Z][а-яёa-z'’]+(?:[- ][А-ЯЁA-Z][а-яёa-z'’]+)?|[А-ЯЁ][А-ЯЁ’-]{2,})"
_INVERTED = rf"{_SURNAME},?\s{_INITIALS}"
_PERSON = rf"(?:{_INVERTED}|{_INITIALS}\s?{_SURNAME})"
_OPENS_WITH_PEOPLE = re.compile(rf"({_PERSON}(?:,\s{_PERSON}){{0,4}}(?:\s?и\sдр\.)?)[\s,:]*(?=\S)")
_ENDS_WITH_PEOPLE = re.compile(rf"(.{{2,}}?)[,.;]\s+({_INVERTED}(?:,\s{_INVERTED}){{0,4}})")
_ABOUT = re.compile(r"(?:в|во|и|о|об|на|как|глазами|из|для|по|с|со|для|без|под|за)\s", re.IGNORECASE)
"""What goes on so is a sentence about somebody: «А. С. Пушкин в воспоминаниях современников»."""
_AREA = re.compile(r"\.\s?[–—-]\s(?=.{0,80}(?:(?<!\d)(?:1[5-9]|20)\d\d(?!\d)|\d\s?с\b))")
"""What parts the areas of a description: «Роман. - М.: АСТ, 2008. - 380 с.»; behind it stand a year or pages."""
_PLACE = re.compile(
    r"\.\s(?=(?:М|Л|СПб|Спб|Мн|Москва|Ленинград|Санкт-Петербург|Минск|Киев|Новосибирск|Екатеринбург|Казань"
    r"|Ростов[^:]{0,9})\.?\s?:\s)"
)
_YEAR_BEHIND = re.compile(r"[.,;]\s*(?=(?:1[5-9]|20)\d\d\s*(?:г\.?)?\s*$)")
_NO_AUTHOR = re.compile(r"\[?(?:сост|ред|под|пер|худож|ил|отв|гл)\b", re.IGNORECASE)
"""Who is named behind the slash for another work than writing: «/ сост. В. П. Аникин»."""
_QUOTED = re.compile(r'«([^«»]+)»|"([^"]+)"|“([^“”]+)”')
_LEAST, _SHARE = 3, 0.5


def author_and_title(text: str) -> tuple[str, str]:
    """One column for both, in either order; «Толстой Л. Н. Война и мир», «Букварь, Горецкий В.Г.».

    Also «Толстой, Лев. Война и мир», «Война и мир / Л. Толстой», «Сергей Есенин. Стихи»; what the description says of
    the edition is left out.
    """
    author, title, _ = taken_apart(text)
    return author, title


def taken_apart(text: str) -> tuple[str, str, str]:
    """Author, title, and what stands behind them: place, publisher, year, pages; each "" where there is none."""
    head, slash, responsible = text.partition(" / ")
    people = _OPENS_WITH_PEOPLE.match(head)
    if people and (rest := head[people.end() :].lstrip(" .–—-")) and not _ABOUT.match(rest):
        title, imprint = _without_imprint(rest)
        return people[1].strip(" ,"), _unquoted(title), imprint or _without_imprint(responsible)[1]
    head, imprint = _without_imprint(head)
    responsible, more = _without_imprint(responsible)
    imprint = imprint or more
    before, stop, after = head.partition(". ")
    if stop and after and _is_person(before):
        return before.strip(), after.strip(), imprint
    if not slash and (last := _ENDS_WITH_PEOPLE.fullmatch(head)):
        return last[2].strip(), last[1].strip(), imprint
    author = responsible.split(";")[0].strip() if slash else ""
    return "" if _NO_AUTHOR.match(author) else author, head.strip(), imprint


def _unquoted(title: str) -> str:
    found = _QUOTED.fullmatch(title)
    return next(filter(None, found.groups())) if found else title


def _without_imprint(text: str) -> tuple[str, str]:
    found = _AREA.search(text) or _PLACE.search(text) or _YEAR_BEHIND.search(text)
    return (text[: found.start()].strip(), text[found.end() :].strip()) if found else (text, "")


def are_opened_by_people(titles: Sequence[str]) -> bool:
    """Whether a column of «titles» holds authors, too: half of them and more open with a surname and initials."""
    opened = sum(_OPENS_WITH_PEOPLE.match(title) is not None for title in titles)
    return opened >= _LEAST and opened >= len(titles) * _SHARE


def _is_person(text: str) -> bool:
    """Whether the words before the first full stop are somebody's name.

    A surname and a given name that are known, or a well-known surname alone: «Чехов. Каштанка», not «Обломов. Роман».
    """
    if text.isalpha():
        return text[0].isupper() and _is_well_known(fold(text))
    said = text.split()
    if len(said) == 2 and "," not in text:
        given, surname = map(fold, said)
        return all(word[0].isupper() for word in said) and bool(names.given_name(given)) and _is_well_known(surname)
    return 2 <= len(said) <= 4 and "," in text[:40] and bool(read_name(text).initials)


def _is_well_known(word: str) -> bool:
    return names.is_only_a_name(word) and names.weight(word) >= names.WELL_KNOWN

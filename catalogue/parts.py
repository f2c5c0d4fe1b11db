"""What tells the volumes and school classes of one title apart, and what is mere noise around a title.

«Том I», «Т. 1», «том первый» and «1-й том» are one designation; «в 2 томах» says how many there are and not
which one this is; «[16+]», «роман», «2-е изд., испр.» say nothing of which work it is.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.language.folding import words
from bot.language.numbers import to_digits, value_of
from bot.quick import dataclass

_ORDINAL = (
    r"(?:перв(?:ый|ая|ое|ого|ой|ую)|втор(?:ой|ая|ое|ого|ую)|трет(?:ий|ья|ье|ьего|ьей|ью)|"
    r"четверт(?:ый|ая|ое|ого|ой)|пят(?:ый|ая|ое|ого|ой)|шест(?:ой|ая|ое|ого)|седьм(?:ой|ая|ое|ого)|"
    r"восьм(?:ой|ая|ое|ого)|девят(?:ый|ая|ое|ого|ой)|(?:один|две|три|четыр|пят|шест|сем|восем|девят)надцат(?:ый|ая|ого|ой)|"
    r"десят(?:ый|ая|ое|ого|ой)|двадцат(?:ый|ая|ого|ой))"
)
_DIGITS = r"\d{1,3}(?!\d)(?:\s?-?\s?(?:[аоыи]?й|[аья]?я|[еох]?е|х|го|ой|ей))?(?!\w)"
_ROMAN = r"[ivxхіlc]{1,6}(?!\w)"
_ONE = rf"(?:{_DIGITS}|{_ROMAN}|{_ORDINAL}(?!\w))"
_MANY = rf"(?P<n>{_ONE}(?:\s?(?:[-‐-―,/]|и)\s?(?:{_DIGITS}|{_ROMAN}))*)"
_SPAN = rf"(?P<n>{_ONE}(?:\s?(?:[-‐-―/]|и)\s?{_DIGITS})?)"
_KINDS = {
    "т": r"т(?:ом[аеу]?|омов)?|vol(?:ume)?",
    "ч": r"ч(?:аст[ьи])?|part",
    "к": r"кн(?:иг[аи])?|book",
    "в": r"вып(?:уск[аи]?)?|issue",
    "н": r"№|n(?=\s?\d)|номер",
    "с": r"ступень|полугодие",
}
_AFTER = re.compile(
    rf"(?<!\w)(?:{'|'.join(f'(?P<{kind}>{names})' for kind, names in _KINDS.items())})\.?\s?№?\s?{_MANY}\.?"
)
_LONG = {"т": "том", "ч": "часть", "к": "книга", "в": "выпуск", "с": "ступень|полугодие"}
_BEFORE = re.compile(
    rf"(?<!\w)(?P<n>{_DIGITS}|{_ORDINAL})\s(?:{'|'.join(f'(?P<{kind}>{name})' for kind, name in _LONG.items())})(?!\w)"
)
_TO_ROMAN = str.maketrans("хі", "xi")
_MAX_TITLE = 1000
_CLASS = (
    re.compile(rf"(?<!\w)(?:для\s)?{_SPAN}\s?-?\s?(?:класс(?:ы|а|е|у|ов|ах)?|кл)(?!\w)\.?"),
    re.compile(rf"(?<!\w)класс(?:ы|а)?[:\s]\s?{_SPAN}(?!\w)"),
)
_COUNT = re.compile(
    r"(?<!\w)в\s(?P<n>\d{1,3}|дв(?:ух|умя)|трех|четырех|пяти|шести|семи|восьми|девяти|десяти|двенадцати)"
    r"(?:\s?-?\s?(?:ух|ти|ми|х))?\s?(?:т(?:омах)?|ч(?:аст(?:ях|и))?|кн(?:игах)?|вып(?:усках)?|vol\w*)(?!\w)\.?"
)
# Most titles have no number: they are spared a dozen searches.
_NUMBERED = re.compile(rf"\d|(?<!\w)(?:{_ROMAN}|{_ORDINAL}|в\s(?:дв|тр|четырех|пяти|шести|семи|восьми|девяти|десяти))")
_EDITION = re.compile(
    rf"(?<!\w)(?:(?:\d{{1,2}}|{_ORDINAL})\s?-?\s?(?:[еоы]?е)?\s?изд(?:ание)?(?!\w)\.?|изд(?:ание|\.)\s?\d{{1,2}}(?:-?[ео]?е)?(?!\w)"
    r"|(?:испр|перераб|доп|стер|стереотип|дополненное|переработанное|исправленное|стереотипное)(?!\w)\.?)"
)
_EDITION_HINT = re.compile("изд|испр|перераб|доп|стер")
_AGE = re.compile(r"(?<!\d)(?:0|6|12|16|18)\s?\+")
_FOR_AGE = re.compile(r"(?<!\w)для\s[\w\s,-]{0,60}?возраста(?!\w)|(?<!\w)для\sчтения\s(?:взрослыми\s)?детям")
_TRANSLATED = re.compile(
    r"(?<!\w)(?:пер|перевод|перевел[аи]?)(?!\w)\.?\sсо?\s\w+\.?(?:\s\w\.\s?(?:\w\.\s?)?[^\W\d]{3,})?"
)
_BREAKS = re.compile(r"[.:;/|\[\]()]+|\s[-‐-―]\s|,\s")
_LANGUAGES = ((re.compile(r"(?<!\w)[cс]\s?\+\+"), " сплюсплюс "), (re.compile(r"(?<!\w)([cсf])\s?#"), r" \1шарп "))
_NOISE = frozenset(
    words(
        "роман романы повесть повести рассказ рассказы новелла новеллы очерк очерки эссе поэма поэмы стихи "
        "стихотворения пьеса пьесы комедия драма трагедия басня басни сказка сказки былина былины легенды "
        "эпопея дилогия трилогия тетралогия сборник фантастика фантастический фантастическая фантастические "
        "исторический историческая исторические приключенческий приключенческая приключенческие детектив "
        "детективный любовный сентиментальный авантюрный научно фэнтези сатирический юмористические "
        "лирическая литературно художественное издание серия си лп cd dvd компл обл тв мягк "
        "учебник учеб общеобразовательных общеобразоват учреждений организаций школ школы ил илл фгос "
        "сочинение соч произведение произведения стихах прозе"
    )
)
_JOINS = frozenset(["и", "в", "на", "для", "с", "из", "по", "со"])
_COLLECTED = """
    собрание сочинений, полное собрание сочинений, малое собрание сочинений, сочинения, избранные сочинения, избранное,
    избранные произведения, произведения, стихи, стихотворения, избранные стихи, избранные стихотворения,
    стихотворения и поэмы, поэмы, лирика, избранная лирика, рассказы, избранные рассказы, повести, повести и рассказы,
    рассказы и повести, романы, романы и повести, роман, повесть, рассказ, стихотворение, сказки, избранные сказки,
    сказка, басни, пьесы, проза, избранная проза, поэзия, драматургия, комедии, трагедии, драмы, сонеты, баллады,
    песни, письма, дневники, дневник, воспоминания, мемуары, статьи, очерки, эссе, новеллы, юмористические рассказы,
    selected works, collected works, works, poems, stories, letters, plays
"""
COLLECTED = frozenset(" ".join(words(title)) for title in _COLLECTED.split(","))
"""Titles that say only what kind of writing is inside: many people have one, and one person has several."""


@dataclass(frozen=True, slots=True)
class TitleParts:
    """A title taken to pieces.

    Attributes:
        core: What is left of the title, folded, numerals in digits.
        parts: Volumes, parts, books, issues in their order: "т1", "ч2", "к1-2".
        classes: School classes: "5", "10-11".
        count: Of how many volumes the edition is, "" if it does not say.
        is_collected: Whether the title says only what kind of writing is inside («Избранное»).
    """

    core: str
    parts: tuple[str, ...]
    classes: tuple[str, ...]
    count: str
    is_collected: bool


@lru_cache(maxsize=4096)
def take_apart(text: str) -> TitleParts:
    """Take a title to pieces, with its subtitle and part designations behind it, parted by `` : `` or full stops."""
    rest = _freed_of_noise(" ".join(text[:_MAX_TITLE].lower().replace("ё", "е").split()))
    counts: list[_Cut] = []
    classes: list[_Cut] = []
    parts: list[_Cut] = []
    if _NUMBERED.search(rest):
        if "в " in rest:
            rest = _cut(_COUNT, rest, counts)
        if "кл" in rest:
            for pattern in _CLASS:
                rest = _cut(pattern, rest, classes)
        for pattern in (_AFTER, _BEFORE):
            rest = _cut(pattern, rest, parts)
    segments = _segments(rest)
    is_collected = bool(segments) and segments[0] in COLLECTED
    return TitleParts(
        core=" ".join(
            segment for at, segment in enumerate(segments) if at == 0 or is_collected or not _is_noise(segment)
        ),
        parts=tuple(cut.kind + cut.numbers for cut in sorted(parts)),
        classes=tuple(sorted({cut.numbers for cut in classes})),
        count=counts[0].numbers if counts else "",
        is_collected=is_collected,
    )


_SHORT_NAMES = {"т": "Т.", "ч": "Ч.", "к": "Кн.", "в": "Вып.", "н": "№"}


def worded(parts: Sequence[str], classes: Sequence[str]) -> str:
    """Designations as a catalogue card has them: «Т. 1–2», «Кн. 3. 5 класс»; "" for none."""
    told = [f"{_SHORT_NAMES[part[0]]} {part[1:]}" for part in parts if part[0] in _SHORT_NAMES]
    told += [f"{number} класс" for number in classes]
    return ". ".join(told).replace("-", "–")


class _Cut(NamedTuple):
    """A designation that was cut out."""

    place: int
    kind: str
    numbers: str


def _freed_of_noise(text: str) -> str:
    """Without what never tells one work from another: age marks, numbers of editions, translators.

    Each search is made only where a letter of it stands: most titles need none.
    """
    if "+" in text or "#" in text:
        for pattern, named in _LANGUAGES:
            text = pattern.sub(named, text)
        text = _AGE.sub(" ", text)
    if "возраст" in text or "детям" in text:
        text = _FOR_AGE.sub(". ", text)
    if _EDITION_HINT.search(text):
        text = _EDITION.sub(". ", text)
    return _TRANSLATED.sub(". ", text) if "пер" in text else text


def _cut(pattern: re.Pattern[str], text: str, found: list[_Cut]) -> str:
    """Blank out every match, keeping all places; what was found is added to ``found``."""

    def blank(match: re.Match[str]) -> str:
        kind = next((name for name, text in match.groupdict().items() if text and name != "n"), "")
        found.append(_Cut(match.start(), kind, _numbers(match["n"])))
        return "." + " " * (len(match.group()) - 1)

    return pattern.sub(blank, text)


def _numbers(text: str) -> str:
    """«I», «первая», «1-2» as digits with hyphens between."""
    return "-".join(str(value_of(word) or word) for word in words(text.translate(_TO_ROMAN)) if word != "и")


def _segments(text: str) -> list[str]:
    """The pieces between punctuation, folded, numerals in digits, empty ones left out."""
    pieces = (" ".join(to_digits(words(piece))) for piece in _BREAKS.split(text))
    return [piece for piece in pieces if piece]


def _is_noise(segment: str) -> bool:
    return all(word in _NOISE or word in _JOINS for word in segment.split())

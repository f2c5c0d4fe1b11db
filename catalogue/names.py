"""One author under many spellings: «Лев Толстой», «Толстой Л. Н.», «Толстой, Лев Николаевич».

The key of an author is the surname with one initial, because that is all that every spelling has. Where the
surname cannot be told from the given name, all words of the name are the key: it then meets only its equals.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

from bot.language.folding import fold, words
from bot.quick import dataclass

NO_AUTHOR = frozenset(
    fold(text)
    for text in (
        "автор не указан", "без автора", "нет автора", "не указан", "неизвестен", "б/а", "б. а.", "коллектив авторов",
        "кол. авт.", "колл. авторов", "авторский коллектив", "группа авторов", "альманах", "сборник", "антология",
        "разные авторы", "народ", "народное творчество", "various", "unknown", "anonymous", "-", "нет", "сост.", "ред.",
    )
)  # fmt: skip
"""What stands in an author's column and names nobody, folded."""
_PARTICLES = frozenset(
    words(
        "де да ди дю дель делла дер ден ван фон фан ла ле ля эль аль бен ибн тер "
        "de da di du del della der den van von la le el al ben ibn ter"
    )
)
# Given names that are surnames as well: they decide only where nothing better does.
_ALSO_GIVEN = frozenset(
    words(
        "айзек альбер арчибальд бернард бернхард бертольт билл брайан вернон ги герберт говард гордон гастон грэм дин "
        "дональд даниель даниэль данте джек джеймс джейн джером джоан джойс джудит дуглас дэвид жорж кеннет кларк "
        "клиффорд колин корнелия кэрол лоуренс льюис мартин мигель мишель морис мюррей ник нил патрик пауло питер рекс "
        "рей рой рэй рюноскэ саймон сидни стенли стэнли томас уильям уинстон уолтер фаина франц френсис фрэнсис "
        "харпер хироси хьюго эдгар эдмонд эндрю эрик юджин"
    )
)
_AND = "и"
_PATRONYMIC = re.compile(r"\w{2,}(?:ович|евич|ьич|кич|мич|овна|евна|ична|инична|оглы|кызы)")
_SURNAME = re.compile(
    r"\w{2,}(?:ова?|ева?|ина?|ына?|ский|ская|цкий|цкая|енко|чук|швили|дзе|ян|янц|оглу|сон|берг|штейн|ман)"
)
_NOT_NAMES = re.compile(
    r"\b(?:и\s+др|et\s+al|сост|ред|авт|пер|худож|отв|науч|под\s+ред|jr|sr)\b\.?|\d[\d\s?–—-]*(?:гг?\b\.?)?|[<>\[\]{}]",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^)]*\)?")
_JUNIOR = re.compile(r"\b(отец|сын|старший|младший|мл|ст|père|fils)\b")
_APART = re.compile(r"\s*(?:;|/|&|\band\b)\s*")
_BROTHERS = re.compile(r"\b(?:братья|бр\.|сестры|с[её]стры)\s+", re.IGNORECASE)
_DOTS = re.compile(r"\.(?=\S)")
_HYPHENS = re.compile(r"\s*[-‐-―]\s*")
_APOSTROPHES = re.compile(r"(?<=\w)['’`ʼ](?=\w)")
_PLURAL = re.compile(r"(?<=\w\w)(ск|цк)(?:ие|ая)$|(?<=\w(?:ов|ев|ин|ын))[ыа]$")
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Name:
    """One person's name, read.

    Attributes:
        surname: Folded, in one word; all words of the name in order of the alphabet where it cannot be told.
        initials: First letters of the given names in their order, "" where none is known.
        junior: «отец», «сын»: what tells two Dumas apart.
    """

    surname: str
    initials: str = ""
    junior: str = ""

    @property
    def key(self) -> str:
        """Surname and one initial: equal for all spellings of the name."""
        return f"{self.surname}|{self.initials[:1]}"

    @property
    def full_key(self) -> str:
        """With all initials, where two people must not be taken for one."""
        return f"{self.surname}|{self.initials}|{self.junior}"


NOBODY = Name("")


def split_authors(text: str) -> tuple[str, ...]:
    """The people that an author's field names, each as it stands.

    «Барто, Лагздынь» are two, «Кутузов, Борис Николаевич» is one.
    """
    found: list[str] = []
    for chunk in _APART.split(text[: _MAX_NAME * 10]):
        pieces = [piece.strip() for part in chunk.split(",") for piece in _parted_by_and(part)]
        pieces = [piece for piece in pieces if fold(_NOT_NAMES.sub(" ", piece))]
        if len(pieces) == 2 and _is_inverted(pieces[0], pieces[1]):
            found.append(f"{pieces[0]}, {pieces[1]}")
        else:
            found += pieces
    return tuple(dict.fromkeys(found))


def _parted_by_and(text: str) -> list[str]:
    """«Ильф И. и Петров Е.» are two names, «Аркадий и Борис Стругацкие» is one."""
    sides = text.split(" и ")
    if len(sides) != 2:
        return [text]
    read = [_tokens(side) for side in sides]
    if all(len(tokens) == 1 and not _is_given(tokens[0]) for tokens in read):
        return sides
    whole = all(len(tokens) > 1 and sum(map(_is_given, tokens)) > 0 for tokens in read)
    return sides if whole and all(_words_of(tokens) for tokens in read) else [text]


def author_of(authors: Sequence[str], main: str = "") -> Name:
    """The name that a work is filed under: its first author; people of one surname are one family.

    Args:
        authors: Each author as the source spells it, the main one first.
        main: The source's own main author, where ``authors`` is empty.
    """
    people = list(authors) or list(split_authors(main))
    names = [name for name in map(read_name, people[:12]) if name.surname]
    if not names:
        return NOBODY
    first = names[0]
    family = _singular(first.surname)
    if len(names) > 1 and all(_singular(name.surname) == family for name in names[1:]):
        return Name(family + "+")
    return first


@lru_cache(maxsize=65_536)
def read_name(text: str) -> Name:
    """Read one person's name in any order of its parts; ``NOBODY`` where the text names nobody."""
    text = text[:_MAX_NAME]
    if fold(text) in NO_AUTHOR:
        return NOBODY
    lowered = text.lower()
    junior = _JUNIOR.search(lowered)
    is_family = bool(_BROTHERS.search(text))
    bare = _BROTHERS.sub("", _BRACKETS.sub(" ", text))
    bare = _NOT_NAMES.sub(" ", bare)
    surname, comma, rest = bare.partition(",")
    if comma and fold(rest):
        read = _inverted(_tokens(surname), _tokens(rest))
    else:
        tokens = _tokens(bare.replace(",", " "))
        is_family = is_family or _names_a_family(tokens)
        read = _read(tokens) if tokens else Name(" ".join(sorted(words(text))))
    if is_family and read.surname:
        return Name(_singular(read.surname) + "+")
    if junior and not read.junior:
        return Name(read.surname, read.initials, junior.group())
    return read


def _tokens(text: str) -> list[str]:
    """Words of a name, folded; an initial keeps its full stop: «Л.», «Дж.»; «Мамин-Сибиряк» is one word."""
    made: list[str] = []
    pieces = _HYPHENS.sub("-", _DOTS.sub(". ", text)).split()
    if len(pieces) == 1:
        # «О'Генри» alone is «О. Генри»; «Ричард О'Коннор» has a surname of one word.
        pieces = _APOSTROPHES.sub(". ", pieces[0]).split()
    for piece in pieces:
        folded = "".join(words(_APOSTROPHES.sub("", piece)))
        if not folded:
            continue
        if len(folded) == 1 and folded != _AND:
            made.append(folded + ".")
        elif piece.endswith(".") and len(folded) <= 4:
            made.append(folded[0] + ".")
        elif len(folded) == 2 and piece.isupper() and not text.isupper():
            made += [letter + "." for letter in folded]
        else:
            made.append(folded)
    # A particle behind a whole word is a surname: «Юлия Ден»; behind an initial it is none: «Бальзак О. де».
    ends_in_surname = len(made) > 1 and not made[-2].endswith(".")
    kept = [token for token in made[:-1] if token not in _PARTICLES] + [
        token for token in made[-1:] if token not in _PARTICLES or ends_in_surname
    ]
    return kept if any(not token.endswith(".") for token in kept) else made


def _names_a_family(tokens: list[str]) -> bool:
    """«Аркадий и Борис Стругацкие», «Дяченко М. и С.»: several given names and one surname."""
    if _AND not in tokens[1:-1]:
        return False
    rest = [token for token in tokens if token != _AND]
    return len(rest) >= 3 and sum(_is_given(token) for token in rest) == len(rest) - 1


def _inverted(before: list[str], after: list[str]) -> Name:
    return Name("".join(_words_of(before)), "".join(token[0] for token in after if token != _AND))


def _read(tokens: list[str]) -> Name:
    named = [token for token in tokens if token != _AND]
    full = _words_of(named)
    initials = "".join(token[0] for token in named if token.endswith("."))
    if not full:
        return Name("".join(sorted(initials)))
    if initials:
        return _with_initials(named, full, initials)
    if len(full) == 1:
        return Name(full[0])
    place = _surname_place(full)
    if place is None:
        return Name(" ".join(sorted(full)))
    return Name(full[place], "".join(word[0] for at, word in enumerate(full) if at != place))


def _with_initials(tokens: list[str], full: list[str], initials: str) -> Name:
    """«Толстой Л. Н.», «Л. Н. Толстой», «Бай Т. Мур», «Липпман Стенли Б.», «Гарсиа Маркес Г.»."""
    if tokens[0].endswith("."):
        return Name(full[-1], initials + "".join(word[0] for word in full[:-1]))
    if not tokens[-1].endswith("."):
        return Name(tokens[-1], "".join(token[0] for token in tokens[:-1]))
    if len(full) > 1 and _is_given(full[1]):
        return Name(full[0], "".join(word[0] for word in full[1:]) + initials)
    return Name(full[-1], initials)


def _surname_place(full: list[str]) -> int | None:
    """Where the surname stands among two or more whole words; None where that cannot be told."""
    last = len(full) - 1
    if full[0].isascii():
        return last
    if len(full) == 3:
        middle, end = (bool(_PATRONYMIC.fullmatch(word)) for word in full[1:])
        if middle != end:
            return 2 if middle else 0
    for given in (given_names(), _ALSO_GIVEN):
        known = [word in given for word in full]
        if any(known) and not all(known):
            return _beside_given(known, last)
    if len(full) == 2:
        looks = [bool(_SURNAME.fullmatch(word)) for word in full]
        if looks[0] != looks[1]:
            return looks.index(True)
    return None


def _beside_given(known: list[bool], last: int) -> int | None:
    """Given names open the name or close it; the surname is the last word of the other end, or the first."""
    if known[0]:
        return None if known[last] else last
    first_given = known.index(True)
    return first_given - 1 if all(known[first_given:]) or first_given == 1 else None


def _words_of(tokens: list[str]) -> list[str]:
    return [token for token in tokens if not token.endswith(".")]


def _is_inverted(before: str, after: str) -> bool:
    """Whether «before, after» is one person: a surname, then given names or initials."""
    surname, given = _words_of(_tokens(before)), _tokens(after)
    if len(surname) != 1 or len(_tokens(before)) != 1 or not given or len(given) > 3:
        return False
    if surname[0].isascii():
        return (len(given) < 3 and given[0].isascii()) or given[0].endswith(".")
    return all(_is_given(token) or _PATRONYMIC.fullmatch(token) for token in given)


def _is_given(token: str) -> bool:
    return token.endswith(".") or token in given_names() or token in _ALSO_GIVEN


def _singular(surname: str) -> str:
    """«Стругацкие» → «стругацкий», «Литвинова» → «литвинов»: one family."""
    surname = surname.removesuffix("+")
    return _PLURAL.sub(lambda match: match.group(1) + "ий" if match.group(1) else "", surname)


@cache
def given_names() -> frozenset[str]:
    """Words that are given names and hardly ever surnames, folded (``tools/make_given_names.py``)."""
    return frozenset(resources.files("catalogue").joinpath("given_names.txt").read_text("utf-8").split())


def also_given_names() -> frozenset[str]:
    """Given names that are surnames as well, folded."""
    return _ALSO_GIVEN

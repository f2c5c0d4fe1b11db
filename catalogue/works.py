"""Which records are editions of one work.

Two records are one work where author, title, part and school class are equal once all spellings are folded away.
A wrong merge is worse than a missed one: a reader who gets part 2 for part 1 loses trust, one who sees a title
twice loses a second. So whatever is left of a title after the known noise keeps two records apart.
"""

import re
from hashlib import blake2b

from bot.bibliography import Keyed
from bot.language.folding import fold, words
from bot.library.model import Kind
from bot.library.records import RecordData
from catalogue.names import NOBODY, Name, author_of
from catalogue.parts import TitleParts, take_apart, worded
from catalogue.persons import one_person

_NAMESAKES = frozenset({"толстой|а", "дюма|а", "иванов|в", "некрасов|в", "островский|н", "кузнецова|н"})
"""People of one surname and one initial who both wrote what libraries hold: told apart by all initials."""
_SUBJECT_NAMES = """
    математика, алгебра, геометрия, алгебра и начала анализа, физика, химия, биология, география, история,
    всеобщая история, история россии, отечественная история, русский язык, литература, русская литература,
    литературное чтение, чтение, родная речь, букварь, азбука, информатика, английский язык, немецкий язык,
    французский язык, окружающий мир, природоведение, обществознание, технология, музыка, изобразительное искусство,
    черчение, астрономия, экология, экономика, право, основы права, менеджмент, маркетинг, философия, психология,
    педагогика, социология, политология, культурология, статистика, логика, этика, эстетика, высшая математика,
    теория вероятностей, бухгалтерский учет, финансы, макроэкономика, микроэкономика
"""
_SUBJECTS = frozenset(fold(name) for name in _SUBJECT_NAMES.split(","))
"""School and college subjects: titles that hundreds of textbooks bear."""
_SCHOOLBOOK = frozenset(
    words(
        "учебник учеб учебное пособие тетрадь задачник хрестоматия практикум диктанты тесты контрольные прописи атлас"
    )
)
_TITLES_OF_MANY_JOURNALS = frozenset(
    words(
        "вестник труды известия бюллетень доклады записки сборник ежегодник bulletin journal proceedings transactions"
    )
)
"""Titles of journals that need their institute beside them."""
_STOPS = re.compile(r"[.:;!?…]+")
_BY_LAW = ("кодекс", "конституция", "федеральный закон", "правила дорожного движения", "библия", "коран", "евангелие")
"""Texts that are the same whoever prints them, though no author is named."""


def keyed(record: RecordData, source_file: str, ordinal: int) -> Keyed:
    """A record with the keys that decide where it belongs; never raises, whatever stands in the record.

    Args:
        record: As the importer read it.
        source_file: Name of the file, for the record's history.
        ordinal: 1-based place in the file.
    """
    whole = _whole_title(record)
    identity = _identity(record, whole)
    title = _display_title(record, whole)
    author = _shown_author(record)
    edition = record.isbns[0] if record.isbns else fold(record.publisher)
    return Keyed(
        record=record,
        work_key=_digest(*identity),
        fingerprint=_digest(*identity, str(record.year or ""), edition),
        title=title,
        author=author,
        source_file=source_file,
        ordinal=ordinal,
    )


def _display_title(record: RecordData, title: str) -> str:
    """The title as readers should see it: with the part, and with the set's title where the own one says nothing.

    «Вып. 13» in «Задачи и этюды» is «Задачи и этюды. Вып. 13»; a title that holds its parent's already is left alone.
    What tells a volume or a class only in the subtitle is told behind the title: «Война и мир. Т. 1–2».
    """
    behind = take_apart(record.subtitle)
    if not (behind.parts or behind.classes):
        return title
    inside = take_apart(title)
    told = worded(() if inside.parts else behind.parts, () if inside.classes else behind.classes)
    return _joined(title, told)


def _whole_title(record: RecordData) -> str:
    """The title with its part designation and its set, as far as their own fields tell them."""
    own, parent = _trimmed(record.title), _trimmed(record.parent_title)
    if not (parent or record.part_number or record.part_name):
        return own
    if parent and _is_volume(record, own) and not _contains(own, parent):
        pieces = [parent, record.part_number, own, record.part_name]
    else:
        pieces = [own, record.part_number, record.part_name]
    joined = ""
    for piece in map(_trimmed, pieces):
        if not _contains(joined, piece):
            joined = _joined(joined, piece)
    return joined


def _joined(text: str, piece: str) -> str:
    """Two pieces with one full stop between."""
    if not (text and piece):
        return text or piece
    return f"{text}{'' if text.endswith(('.', '!', '?', '…')) else '.'} {piece}"


def _identity(record: RecordData, title: str) -> tuple[str, ...]:
    taken = take_apart(f"{title} : {record.subtitle}" if record.subtitle else title)
    author = one_person(author_of(record.authors, record.author))
    return (
        record.kind.value,
        _language(record, title),
        *_author_part(record, author, taken),
        taken.core or fold(title),
        *taken.parts,
        "классы",
        *(taken.classes or _grade(record, taken)),
        *_set_part(record, taken),
    )


def _author_part(record: RecordData, author: Name, taken: TitleParts) -> tuple[str, ...]:
    if author is NOBODY or not author.surname:
        return ("", *_instead_of_author(record, taken))
    if taken.is_collected or taken.core in _SUBJECTS or author.key in _NAMESAKES:
        return (author.full_key,)
    return (author.key,)


def _instead_of_author(record: RecordData, taken: TitleParts) -> tuple[str, ...]:
    """What holds nameless editions together: who answers for them, else who printed them, else when."""
    if record.kind is Kind.SERIAL and taken.core not in _TITLES_OF_MANY_JOURNALS:
        return ()
    if record.kind is not Kind.ARTICLE and any(text in taken.core for text in _BY_LAW):
        return ()
    known = fold(record.responsibility) or fold(record.publisher) or str(record.year or "")
    return (known,)


def _set_part(record: RecordData, taken: TitleParts) -> tuple[str, ...]:
    """Volume 3 of ten is not volume 3 of six; an article belongs to its journal, an issue to its year."""
    if record.kind is Kind.ARTICLE:
        return (fold(record.parent_title), str(record.year or ""))
    if record.kind is Kind.SERIAL and (taken.parts or record.part_number):
        return (str(record.year or ""),)
    if taken.parts and taken.count:
        return (taken.count,)
    if taken.is_collected and taken.parts:
        return (str(record.year or ""),)
    if not taken.core:
        # «Том 2» of nobody knows what: at home only with itself.
        return (str(record.year or ""), fold(record.publisher), *record.isbns, record.source_id)
    return ()


def _grade(record: RecordData, taken: TitleParts) -> tuple[str, ...]:
    """The class of a schoolbook from its own field; «Муму» stays one work in whatever class it is read."""
    if not record.grade:
        return ()
    named = taken.core in _SUBJECTS or not _SCHOOLBOOK.isdisjoint(words(f"{record.title} {record.subtitle}"))
    return (record.grade,) if named else ()


def _language(record: RecordData, title: str) -> str:
    """A book in Tatar is not its Russian namesake; the language counts only where the letters do not tell it."""
    if not record.languages or title.isascii():
        return ""
    known = [language for language in record.languages if language not in {"rus", "ru", "und", "mul", "zxx"}]
    return known[0] if known and len(known) == len(record.languages) else ""


def _shown_author(record: RecordData) -> str:
    shown = _trimmed(record.author or next(iter(record.authors), ""))
    return shown if any(map(str.isalnum, shown)) else ""


def _is_volume(record: RecordData, own: str) -> bool:
    return record.kind is not Kind.ARTICLE and (bool(record.part_number) or not _says_something(own))


def _says_something(title: str) -> bool:
    """Whether a title has a word beside its part designation: «Вып. 13» and «Книга первая» have none."""
    return any(not word.isdigit() for word in take_apart(title).core.split())


def _contains(whole: str, piece: str) -> bool:
    """Whether ``whole`` says ``piece`` already; of a bare number, whether ``whole`` ends with it.

    A single word counts only where it stands between full stops: «Мир» is not said by «Война и мир».
    """
    folded, sought = fold(whole), fold(piece)
    if not sought:
        return True
    if sought.isdigit():
        return folded.endswith(f" {sought}")
    parts = take_apart(piece)
    if not parts.core and parts.parts:
        return set(parts.parts) <= set(take_apart(whole).parts)
    if " " not in sought:
        return sought in map(fold, _STOPS.split(whole))
    return f" {sought} " in f" {folded} "


def _trimmed(text: str) -> str:
    return " ".join(text.split()).strip(" /:;,=")


def _digest(*pieces: str) -> str:
    return blake2b("\x1f".join(pieces).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

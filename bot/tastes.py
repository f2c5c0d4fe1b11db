"""What a reader would like to read where no book is named: a kind, a subject, an age, an author. Pure."""

import re

from bot.language.folding import words
from bot.language.morphology import stem
from bot.language.names import OF_A_FAMILY, likely_surnames
from bot.language.numbers import to_digits
from bot.library.genres import BOOK, kind_of, told
from bot.ports.catalogue import Taste
from bot.ports.understanding import Request

_ABOUT = re.compile(r"(?:^|\s)(?:про|на тему|о|об|обо|about|on)\s+(.+)")
_ENDS = re.compile(
    r"\s+(?:для|ребенк\w*|дет(?:ям|ей)|сын\w*|доч\w+|внук\w*|внуч\w*|на \d+|лет|for|by|from|что|которые|чтобы)\b"
)
_AGE = re.compile(r"(?<!\d)(\d{1,2})(?:\s*-\s*\d{1,2})?\s*(?:лет|год\w*|years?|yo)\b")
_GRADE = re.compile(r"(?<!\d)(\d{1,2})\s*(?:-?[йго]{1,2}\s*)?класс|grade\s+(\d{1,2})")
_CHILDREN = frozenset(
    stem(word)
    for word in words("ребенок ребенку дети детям детей детский малыш малышам сын сыну дочка дочке внук внуку внучка "
                      "внучке дошкольник kids children toddler child")
)  # fmt: skip
_TEENS = frozenset(stem(word) for word in words("подросток подростки подростку teen teens teenager"))
_TEEN_AGE = 13
_TELLING, _MOST_OF_A_SUBJECT = 4, 2
_NEW = frozenset(stem(word) for word in words("новинка новинки новенькое свежие поступления новое новые new arrivals"))
_SMALL = frozenset(
    words("а и есть ли у вас мне нам бы для про о об на в с что какие какую какой нибудь то почитать прочитать читать "
          "хочу можно посоветуйте посоветуй подскажите порекомендуйте дайте ищу нужны нужна лет года год класс класса "
          "классе летом лето вечер отпуск интересное хорошее хорошую хороший интересную интересный any some good the a "
          "for please книг здравствуйте добрый день пожалуйста маленьких старшего младшего возраста")
)  # fmt: skip


_NOT = frozenset(words("не без кроме not without no"))
_BEHIND_NOT = frozenset(words("только очень такое такую такие про слишком"))
_OF_SOMEBODY = frozenset(
    stem(word)
    for word in words("мальчик мальчику девочка девочке школьник школьница внуку дочь дочери парень парню девушка "
                      "бабушка мама папа сестра брат взрослый boy girl")
)  # fmt: skip
_YOUNG = frozenset(
    stem(word)
    for word in words("мальчик мальчики мальчиков мальчишка мальчишек девочка девочки девочек девчонка девчонок пацан "
                      "пацанов")
)  # fmt: skip
_BESIDE_MORE = frozenset(
    words("но ну да только еще лучше тогда или ему ей мой моя моей моему чтобы было бы такое такую нет поновее новее "
          "ходит ходим учится перешел перешла свежее посвежее он она мама and but only my he she is")
)  # fmt: skip
_SOMEBODY = _CHILDREN | _TEENS | _NEW | _OF_SOMEBODY | _YOUNG
_OF_A_BUILDING = frozenset(words("детская детской детскую взрослая взрослой"))
"""«А в детской есть?» asks where."""
_NEWER = frozenset(words("поновее новее посвежее свежее"))
_LONGEST_ADDITION, _LONGEST_SUBJECT = 9, 3


def refused(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Writers and kinds that are not wanted: «не донцову», «без ужасов», «только не страшное»."""
    writers: list[str] = []
    genres: list[str] = []
    said = told(text)
    for number, word in enumerate(said):
        behind = _behind_not(said, number) if word in _NOT else ""
        if kind_of(behind):
            genres.append(behind)
        elif behind and likely_surnames(behind):
            writers.append(likely_surnames(behind)[0])
    return tuple(writers), tuple(genres)


def adds(text: str) -> bool:
    """Whether words only say more of what is wanted: «для мальчика 5 лет», «не страшное», «а новые?», «мне 13»."""
    said = to_digits(told(text))
    if not 0 < len(said) <= _LONGEST_ADDITION:
        return False
    subject = words(_subject(" ".join(said)))
    if not _OF_A_BUILDING.isdisjoint(said) and not any(kind_of(word) or stem(word) in BOOK for word in said):
        return False
    writers, genres = refused(text)
    tells = bool(subject or writers or genres)
    for number, word in enumerate(said):
        root = stem(word)
        if word in subject or kind_of(word) or root in _SOMEBODY or word.isdigit():
            tells = True
        elif word in _BESIDE_MORE:
            tells = tells or word in _NEWER
        elif number and said[number - 1] in _NOT | _BEHIND_NOT and (writers or genres):
            continue
        elif word not in _SMALL | _NOT and root not in BOOK:
            return False
    return tells and len(subject) <= _LONGEST_SUBJECT and (len(said) > 1 or not said[0].isdigit())


def narrowed(before: Taste, more: Taste) -> Taste:
    """A taste with what was added to it."""
    return Taste(
        subject=more.subject or before.subject,
        genre=more.genre or before.genre,
        author=more.author or before.author,
        age=more.age if more.age is not None else before.age,
        grade=more.grade if more.grade is not None else before.grade,
        children=more.children or before.children,
        newest=more.newest or before.newest,
        languages=more.languages or before.languages,
    )


def _behind_not(said: list[str], number: int) -> str:
    """The first word behind «не» that tells something."""
    return next((word for word in said[number + 1 : number + 4] if word not in _BEHIND_NOT), "")


def taste_of(request: Request, text: str) -> Taste:
    """What of a request can be chosen by.

    Args:
        request: As it was understood.
        text: The reader's own words.
    """
    slots = request.slots
    folded = " ".join(to_digits(told(text)))
    said = folded.split()
    stems = {stem(word) for word in said}
    grade = _number(slots.get("grade", "")) or _first(_GRADE, folded)
    age = _number(slots.get("age", "")) or _first(_AGE, folded)
    if age is None and not stems.isdisjoint(_TEENS):
        age = _TEEN_AGE
    named = [word for word in told(slots.get("genre", "")) if kind_of(word)]
    genre = " ".join(word for word in named if word not in refused(text)[1]) or _genre(said)
    subject = _ENDS.split(f" {slots.get('subject', '')}", maxsplit=1)[0].strip() or _subject(folded)
    if subject and all(kind_of(word) for word in told(subject)):
        genre, subject = genre or subject, ""  # «книги о приключениях»: a kind that is called a subject
    return Taste(
        subject=subject,
        genre=genre,
        author=slots.get("author", "") or _author(said, subject),
        age=age if age is not None and age < 100 else None,
        grade=grade if grade is not None and 1 <= grade <= 11 else None,
        children=not stems.isdisjoint(_CHILDREN | _YOUNG),
        newest=bool(slots.get("new")) or not stems.isdisjoint(_NEW) or not _NEWER.isdisjoint(said),
    )


def is_only_a_taste(taste: Taste, text: str) -> bool:
    """Whether the words name no book: all of them say what kind of book, about what, for whom, by whom."""
    if not (taste.genre or taste.subject):
        return False
    if len([word for word in words(taste.subject) if len(word) >= _TELLING]) > _MOST_OF_A_SUBJECT:
        return False  # «сказка о рыбаке и рыбке Пушкин» is one tale
    explained = {stem(word) for word in words(f"{taste.subject} {taste.author}")}
    small = _SMALL | OF_A_FAMILY if taste.author else _SMALL
    for word in told(text):
        root = stem(word)
        if word in small or word.isdigit() or kind_of(word) or root in explained | BOOK | _CHILDREN | _TEENS | _NEW:
            continue
        return False
    return True


def _genre(said: list[str]) -> str:
    """The kinds that are named; not those that are refused («не страшное»)."""
    shut_out = {_behind_not(said, number) for number, word in enumerate(said) if word in _NOT}
    return " ".join(word for word in said if kind_of(word) and stem(word) not in BOOK and word not in shut_out)


def _subject(folded: str) -> str:
    found = _ABOUT.search(folded)
    return _ENDS.split(" " + found[1], maxsplit=1)[0].strip() if found else ""


def _author(said: list[str], subject: str) -> str:
    """The one word left that may be a writer's surname: «детективы донцовой», «стихи некрасова»."""
    about = set(words(subject))
    left = [
        word for word in said
        if word not in _SMALL | OF_A_FAMILY | about and not word.isdigit() and not kind_of(word)
        and stem(word) not in BOOK | _CHILDREN | _TEENS | _NEW
    ]  # fmt: skip
    return left[0] if len(left) == 1 and likely_surnames(left[0]) else ""


def _number(text: str) -> int | None:
    return next((int(word) for word in to_digits(words(text)) if word.isdigit()), None)


def _first(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return next((int(group) for group in found.groups() if group), None) if found else None

"""Works for a taste: what fits by subject, kind, age and class, the likeliest first; a few dozen, never all."""

import tantivy

from bot.language.folding import words
from bot.language.morphology import stem
from bot.language.names import pseudonyms, surnames
from bot.library.genres import kinds_in
from bot.ports.catalogue import Taste, Wish
from bot.quick import replace
from catalogue.index.common import FUNCTION
from catalogue.index.documents import parse, schema
from catalogue.index.terms import keys
from catalogue.index.topics import MOST_ASKED_FOR, MOST_COPIES, YOUNG

_MUST, _SHOULD, _NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
FETCHED = 40
_POPULAR = 400
"""So many works are looked through for the most popular ones."""
_AGE_MARKS = (0, 6, 12, 16, 18)
_CHILD = 12
_GRADE_OF_AGE = 6
"""A child of seven is in the first class."""
_READ_AT_SCHOOL = 0.05
"""What a record's class says of a child's own choice, beside its being made for children."""
_NEW_YEARS = 2
_Part = tuple[tantivy.Occur, tantivy.Query]


class Suggester:
    """Chooses over one state of the index."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher
        self._newest: int | None = None

    def choose(self, taste: Taste) -> tuple[list[int], frozenset[Wish]]:
        """Numbers of works, likeliest first, and the wishes that all of them meet.

        What no record bears out is given up step by step: the class, the age, then the kind; never the subject, the
        author or the language.
        """
        if taste == Taste():
            return self._popular(), frozenset()
        for tried in _given_up(taste):
            found = self._fetch(tried)
            if found:
                return found, _met(tried)
        return [], frozenset()

    def _popular(self) -> list[int]:
        """What is asked for most: by copies, editions and the school programme; fiction before all else."""
        wanted: list[_Part] = []
        met = 0
        for tenths in range(MOST_ASKED_FOR, 0, -1):
            wanted.append((_SHOULD, _fixed(_term(f"r:{tenths}"), float(tenths))))
            met += self._searcher.doc_freq("x", f"r:{tenths}")
            if met >= _POPULAR:
                break
        fiction = (_SHOULD, _fixed(_term("f:1"), float(MOST_ASKED_FOR)))
        return self._read([(_MUST, tantivy.Query.boolean_query(wanted)), fiction], by_likeliness=True)

    def _fetch(self, taste: Taste) -> list[int]:
        parts = [*_subject(taste), *_genre(taste), *_author(taste), *_language(taste)]
        parts += [*self._readers(taste), *self._newness(taste)]
        if not parts:
            return []
        # Of works that fit alike those with more copies are likelier to be liked, and to be in.
        parts += [(_SHOULD, _boosted(f"q:{copies}", 0.05 * copies)) for copies in range(1, MOST_COPIES + 1)]
        parts += [(_SHOULD, _fixed(_term(f"r:{tenths}"), 0.05 * tenths)) for tenths in range(1, MOST_ASKED_FOR + 1)]
        only_for_whom = taste == Taste(age=taste.age, children=taste.children)
        return self._read(parts, by_likeliness=taste == Taste(author=taste.author), textbooks_last=only_for_whom)

    def _read(self, parts: list[_Part], *, by_likeliness: bool = False, textbooks_last: bool = False) -> list[int]:
        """Where all fit alike, what is asked for most comes first, textbooks of a namesake last."""
        hits = self._searcher.search(tantivy.Query.boolean_query(parts), FETCHED, False).hits
        found = [parse(bytes(self._searcher.doc(address).get_first("p") or b"")) for _, address in hits]
        last = by_likeliness or textbooks_last
        found.sort(key=lambda work: (work.rank, last and bool(work.grades), -work.prior if by_likeliness else 0.0))
        return [work.work_id for work in found]

    def _readers(self, taste: Taste) -> list[_Part]:
        """For whom: a class is demanded; marks for elder readers are shut out; marks for the young come first."""
        parts: list[_Part] = []
        age = taste.age if taste.age is not None else _CHILD - 2 if taste.children and taste.grade is None else None
        if taste.grade is not None:
            parts.append((_MUST, _term(f"g:{taste.grade}")))
        if age is None:
            return parts
        parts += [(_NOT, _term(f"a:{mark}")) for mark in _AGE_MARKS if mark > age]
        if age < _CHILD:
            young = [
                _fixed(_term("c:1"), 1.0),
                *(_fixed(_term(f"a:{mark}"), 1.0) for mark in (0, YOUNG) if mark <= age),
            ]
            # What other classes read is no book for this child: «Анна Каренина» is read at school, too.
            school = [_fixed(_term(f"g:{age - _GRADE_OF_AGE}"), _READ_AT_SCHOOL)] if age > _GRADE_OF_AGE else []
            parts.append((_MUST, tantivy.Query.boolean_query([(_SHOULD, one) for one in (*young, *school)])))
        elif age < 18:
            parts += [(_SHOULD, _boosted(f"a:{mark}", 2.0)) for mark in (12, 16) if mark <= age]
            if not (taste.subject or taste.genre or taste.author):
                parts.append((_MUST, tantivy.Query.boolean_query([(_SHOULD, _term("a:12")), (_SHOULD, _term("a:16"))])))
        return parts

    def _newness(self, taste: Taste) -> list[_Part]:
        if not taste.newest:
            return []
        last = self._last_year()
        years = [(_SHOULD, _boosted(f"y:{last - back}", 3.0 - back)) for back in range(_NEW_YEARS + 1)]
        return [(_MUST, tantivy.Query.boolean_query(years))]

    def _last_year(self) -> int:
        """The year of the newest edition; 0 where no record tells one."""
        if self._newest is None:
            told = [year for year in range(1990, 2100) if self._searcher.doc_freq("x", f"y:{year}")]
            self._newest = max(told, default=0)
        return self._newest


def _given_up(taste: Taste) -> list[Taste]:
    """The taste, and what is left of it when less and less is demanded."""
    steps = [taste]
    if taste.grade is not None:
        steps.append(replace(steps[-1], grade=None, age=taste.age or taste.grade + _GRADE_OF_AGE))
    if taste.children or steps[-1].age is not None:
        steps.append(replace(steps[-1], age=None, grade=None, children=False))
    if taste.genre and (taste.subject or taste.author):
        steps.append(replace(steps[-1], genre=""))
    if taste.newest and (taste.subject or taste.genre or taste.author):
        steps.append(replace(steps[-1], newest=False))
    return [one for one in dict.fromkeys(steps) if one != Taste()]


def _met(taste: Taste) -> frozenset[Wish]:
    named = {
        Wish.SUBJECT: taste.subject, Wish.GENRE: taste.genre, Wish.AUTHOR: taste.author, Wish.NEWEST: taste.newest,
        Wish.AGE: taste.age is not None or taste.children, Wish.GRADE: taste.grade is not None,
        Wish.LANGUAGE: taste.languages,
    }  # fmt: skip
    return frozenset(wish for wish, value in named.items() if value)


def _subject(taste: Taste) -> list[_Part]:
    """Every telling word: best in the record's subjects, then in its title, then in its annotation."""
    parts: list[_Part] = []
    for word in words(taste.subject)[:8]:
        if len(word) < 3 or word in FUNCTION:
            continue
        own = {stem(word), *keys(word)}
        places = [(_SHOULD, _boosted(f"s:{one}", 3.0)) for one in own]
        places += [(_SHOULD, _boosted(one, 2.0, "k")) for one in own]
        places += [(_SHOULD, _boosted(f"n:{one}", 1.0)) for one in own]
        parts.append((_MUST, tantivy.Query.boolean_query(places)))
    return parts


def _genre(taste: Taste) -> list[_Part]:
    parts: list[_Part] = []
    for kind in kinds_in(taste.genre):
        places = [(_SHOULD, _all_of([_boosted(f"s:{one}", 2.0) for one in name.split()])) for name in sorted(kind)]
        places += [(_SHOULD, _all_of([_boosted(one, 1.0, "k") for one in name.split()])) for name in sorted(kind)]
        parts.append((_MUST, tantivy.Query.boolean_query(places)))
    return parts


def _author(taste: Taste) -> list[_Part]:
    names = [word for word in words(taste.author) if len(word) >= 3]
    return [
        (_MUST, _fixed(tantivy.Query.boolean_query([(_SHOULD, _term(f"w:{key}")) for key in _names_of(name)]), 1.0))
        for name in names[:3]
    ]


def _language(taste: Taste) -> list[_Part]:
    told = [(_SHOULD, _fixed(_term(f"l:{code}"), 1.0)) for code in taste.languages]
    return [(_MUST, tantivy.Query.boolean_query(told))] if told else []


def _names_of(name: str) -> dict[str, None]:
    """Keys of a writer's name and of the others that the same person wrote under."""
    others = [other for surname in surnames(name)[:1] for other in pseudonyms(surname)]
    return dict.fromkeys(key for one in (name, *others) for key in keys(one))


def _term(text: str, field: str = "x") -> tantivy.Query:
    return tantivy.Query.term_query(schema(), field, text, "basic")


def _boosted(text: str, boost: float, field: str = "x") -> tantivy.Query:
    return tantivy.Query.boost_query(_term(text, field), boost)


def _all_of(queries: list[tantivy.Query]) -> tantivy.Query:
    return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(_MUST, one) for one in queries])


def _fixed(query: tantivy.Query, score: float) -> tantivy.Query:
    """Worth the same in each work that meets it: not more in one of which little is told."""
    return tantivy.Query.const_score_query(query, score)

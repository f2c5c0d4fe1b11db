"""A few dozen candidates for a question, never an unbounded set."""

from collections.abc import Iterable, Sequence
from itertools import islice

import tantivy

from catalogue.index.documents import Judged, any_of, parse, schema
from catalogue.index.questions import Question, Word

_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should
FIRST = 24
MORE = 10
MOST = 44
_MAX_LEFT_OUT = 5
_RARE, _FEWEST = 3, 2


class Candidates:
    """Fetches works once each, however many queries meet them."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher
        self._seen: set[tuple[int, int]] = set()

    def all_words(self, question: Question) -> list[Judged]:
        """Works with every word that tells something, or with what it may stand for; whole titles first."""
        demanded = _demanded(question.words)
        if not demanded:
            return self._whole(question)
        return self._fetch(_all_of(demanded, question), FIRST)

    def fewer_words(self, question: Question) -> Iterable[list[Judged]]:
        """Works that lack one of the words: a doubtful one, the last one (it may be unfinished), the commonest ones.

        Of many words the one too many may be none of those: works with the rarest ones come last.
        """
        demanded = _demanded(question.words)
        if len(demanded) < 2:
            return
        last = len(demanded) - 1
        doubtful = sorted(
            range(len(demanded)), key=lambda place: (demanded[place].known, place != last, demanded[place].weight)
        )
        for place in islice(doubtful, _MAX_LEFT_OUT):
            rest = [word for number, word in enumerate(demanded) if number != place]
            yield self._fetch(_all_of(rest, question), MORE)
        if len(demanded) > _MAX_LEFT_OUT:
            yield self.rare_words(question)

    def without_names(self, question: Question) -> list[Judged]:
        """Works with every telling word but given names, of which records often have the first letters alone."""
        demanded = _demanded(question.words)
        rest = [word for word in demanded if not word.name]
        return self._fetch(_all_of(rest, question), MORE) if _FEWEST <= len(rest) < len(demanded) else []

    def rare_words(self, question: Question) -> list[Judged]:
        """Works with any of the few rarest words."""
        words = sorted((word for word in question.words if word.options), key=lambda word: -word.weight)[:_RARE]
        terms = [(_SHOULD, _meant(word)) for word in words if not word.light]
        return self._fetch(tantivy.Query.boolean_query(terms), MORE) if terms else []

    def isbn(self, isbn: str, limit: int) -> list[Judged]:
        """Works with an edition of this ISBN (thirteen digits)."""
        return self._fetch(_exact(f"isbn:{isbn}"), limit)

    def _whole(self, question: Question) -> list[Judged]:
        return self._fetch(tantivy.Query.boolean_query([(_SHOULD, _exact(text)) for text in question.wholes]), FIRST)

    def _fetch(self, query: tantivy.Query, limit: int) -> list[Judged]:
        searcher = self._searcher
        found: list[Judged] = []
        for _, address in searcher.search(query, limit, False).hits:
            if len(self._seen) >= MOST:
                break
            place = (address.segment_ord, address.doc)
            if place not in self._seen:
                self._seen.add(place)
                found.append(parse(bytes(searcher.doc(address).get_first("p") or b"")))
        return found


def _demanded(words: Sequence[Word]) -> list[Word]:
    known = [word for word in words if word.options]
    return [word for word in known if not word.light and not word.about] or known


def _all_of(words: Sequence[Word], question: Question) -> tantivy.Query:
    parts = [(_MUST, _meant(word)) for word in words]
    # Common words are not demanded, but of many works those that have them come first.
    parts += [(_SHOULD, _meant(word)) for word in question.words if word.light and word.options and word not in words]
    parts += [(_SHOULD, tantivy.Query.boost_query(_exact(text), 4.0)) for text in question.wholes[:2]]
    parts += [(_SHOULD, tantivy.Query.boost_query(_exact(f"v:{number}"), 2.0)) for number in question.volumes]
    if question.trailing is not None:
        parts.append((_SHOULD, tantivy.Query.boost_query(_exact(f"v:{question.trailing}"), 2.0)))
    parts += [(_SHOULD, _exact(f"g:{grade}")) for grade in question.grades]
    return tantivy.Query.boolean_query(parts)


def _meant(word: Word) -> tantivy.Query:
    return any_of([key for key, _, _ in word.forms])


def _exact(text: str) -> tantivy.Query:
    return tantivy.Query.term_query(schema(), "x", text, "basic")

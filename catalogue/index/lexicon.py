"""What the catalogue knows of single words, remembered for as long as the index stands unchanged."""

from typing import NamedTuple

import tantivy

from bot.language.morphology import stem
from catalogue.index.documents import any_of
from catalogue.index.terms import Facts, facts
from catalogue.index.vocabulary import Correction, Vocabulary

_REMEMBERED = 16_384


class Entry(NamedTuple):
    """A folded word as the catalogue knows it.

    Attributes:
        keys: As kept with the vocabulary, or found now.
        frequency: In how many works it stands in any form; 0 where it is unknown.
        plausible: Whether a word that has a frequency is really one: in the catalogue exactly so, or in the dictionary.
            Otherwise only its stem is the same: an oblique surname perhaps, or a slip («ених» has the stem of «Ен»).
        sound: Whether it stands in the dictionary of Russian.
    """

    keys: tuple[str, ...]
    frequency: int
    plausible: bool
    sound: bool


class Lexicon:
    """Frequencies and corrections over one state of the index."""

    def __init__(self, searcher: tantivy.Searcher, vocabulary: Vocabulary) -> None:
        self._searcher = searcher
        self._vocabulary = vocabulary
        self._entries: dict[str, Entry] = {}
        self.works = max(searcher.num_docs, 1)

    def entry(self, word: str) -> Entry:
        """What is known of a folded word."""
        known = self._entries.get(word)
        if known is None:
            if len(self._entries) >= _REMEMBERED:
                self._entries.clear()
            kept = self._vocabulary.known(word)
            keys, sound = kept or facts(word)
            plausible = sound or kept is not None or len(word) < 3 or word.isdigit()
            known = self._entries[word] = Entry(keys, self._works_with(keys), plausible, sound)
        return known

    def keys(self, word: str) -> tuple[str, ...]:
        """The keys of a folded word."""
        return self.entry(word).keys

    def frequency(self, word: str) -> int:
        """In how many works the folded word stands in any form; 0 where it is unknown."""
        return self.entry(word).frequency

    def stem_frequency(self, word: str) -> int:
        """The same by its stem alone: quick for words that are likely to be none."""
        return self._searcher.doc_freq("k", stem(word))

    def corrections(self, word: str) -> list[Correction]:
        """Words of the catalogue near a misspelt one, likeliest first."""
        found = []
        for one in self._vocabulary.corrections(word):
            self._take(one.word, one.known)
            if self.frequency(one.word):
                found.append(one)
        return found

    def starting(self, prefix: str, limit: int) -> list[str]:
        """The most frequent words that begin so and are longer."""
        found = []
        for word, known in self._vocabulary.starting(prefix, limit).items():
            self._take(word, known)
            if word != prefix and self.frequency(word):
                found.append(word)
        return found

    def together(self, one: str, two: str) -> bool:
        """Whether two words, which are no forms of one, stand in one work, in any form."""
        if not set(self.keys(one)).isdisjoint(self.keys(two)):
            return False
        parts = [(tantivy.Occur.Must, any_of(self.keys(word))) for word in (one, two)]
        return self._searcher.search(tantivy.Query.boolean_query(parts), 1, False).hits != []

    def _take(self, word: str, known: Facts) -> None:
        """Remember a word of the catalogue by what is kept with it: it need not be looked up."""
        if word not in self._entries:
            self._entries[word] = Entry(known.keys, self._works_with(known.keys), True, known.sound)

    def _works_with(self, keys: tuple[str, ...]) -> int:
        count = self._searcher.doc_freq
        return max([count("k", key) for key in keys])

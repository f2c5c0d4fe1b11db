"""What the catalogue knows of single words, remembered for as long as the index stands unchanged."""

import tantivy

from bot.language.morphology import stem
from catalogue.index.terms import in_dictionary, keys
from catalogue.index.vocabulary import Correction, Vocabulary

_REMEMBERED = 16_384


class Lexicon:
    """Frequencies and corrections over one state of the index."""

    def __init__(self, searcher: tantivy.Searcher, vocabulary: Vocabulary) -> None:
        self._searcher = searcher
        self._vocabulary = vocabulary
        self._frequencies: dict[str, int] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._plausible: dict[str, bool] = {}
        self.works = max(searcher.num_docs, 1)

    def keys(self, word: str) -> tuple[str, ...]:
        """The keys of a folded word: as kept with the vocabulary, or found now."""
        known = self._keys.get(word)
        if known is None:
            if len(self._keys) >= _REMEMBERED:
                self._keys.clear()
            known = self._keys[word] = self._vocabulary.keys(word) or keys(word)
        return known

    def frequency(self, word: str) -> int:
        """In how many works the folded word stands in any form; 0 where it is unknown."""
        known = self._frequencies.get(word)
        if known is None:
            if len(self._frequencies) >= _REMEMBERED:
                self._frequencies.clear()
            known = max(self._searcher.doc_freq("k", key) for key in self.keys(word))
            self._frequencies[word] = known
        return known

    def stem_frequency(self, word: str) -> int:
        """The same by its stem alone: quick for words that are likely to be none."""
        return self._searcher.doc_freq("k", stem(word))

    def plausible(self, word: str) -> bool:
        """Whether a word that has a frequency is really one: in the catalogue exactly so, or in the dictionary.

        Otherwise only its stem is the same: an oblique surname perhaps, or a slip («ених» has the stem of «Ен»).
        """
        known = self._plausible.get(word)
        if known is None:
            if len(self._plausible) >= _REMEMBERED:
                self._plausible.clear()
            known = len(word) < 3 or word.isdigit() or word in self._vocabulary or in_dictionary(word)
            self._plausible[word] = known
        return known

    def corrections(self, word: str) -> tuple[Correction, ...]:
        """Words of the catalogue near a misspelt one, likeliest first."""
        return tuple(one for one in self._vocabulary.corrections(word) if self.frequency(one.word))

    def starting(self, prefix: str) -> list[str]:
        """The most frequent words that begin so."""
        return [word for word in self._vocabulary.starting(prefix) if word != prefix and self.frequency(word)]

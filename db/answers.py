"""Which recorded answer a reader's words ask for; pure."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from bot.language.folding import words
from bot.language.morphology import lemma, stem
from bot.ports.library import FaqAnswer, FaqEntry

FITS = 0.7
"""From which likeness on a recorded question is the reader's: below, a wrong answer costs more than none."""

MOST_LETTERS = 500
"""A question is not longer; what is, is a story."""

SILENT = frozenset(
    words(
        """
        а и или но же ли бы б в во на с со к ко у о об от до за из по под при для про без через
        я мы вы ты он она оно они мне нам вам меня нас вас ваш ваша ваше ваши мой моя мои свой это этот эта эти
        есть быть бывает был была было можно могу нужно надо хочу хотел хотела хотелось
        здравствуйте привет добрый день вечер утро пожалуйста подскажите скажите спасибо извините простите
        библиотека библиотеке библиотеки библиотеку вообще просто еще уже там тут
        a an the is are am be do does did i you we it to of in at on for and or please hello hi can could my your
        me there have has
        """
    )
)
"""Words that are in every question and tell nothing of what it is about."""

ASKING = frozenset(
    words(
        "как где когда куда откуда сколько какой какая какие какое что кто почему зачем how where when what which who"
    )
)
"""Words that tell a little: «где принтер» and «сколько стоит принтер» are two questions."""
ASKING_WEIGHT, ASKED = 0.4, "?"


class Answers:
    """The library's answers at one moment."""

    def __init__(self, entries: Iterable[FaqEntry]) -> None:
        self._entries = list(entries)
        self._by_topic = {(entry.topic, entry.language): entry for entry in self._entries}

    def about(self, topic: str, language: str) -> FaqAnswer | None:
        """The answer on a topic or on the part before its dot: each in the reader's language, then in another."""
        while topic:
            entry = self._by_topic.get((topic, language)) or next(
                (entry for entry in self._entries if entry.topic == topic), None
            )
            if entry is not None:
                return FaqAnswer(topic=entry.topic, answer=entry.answer, url=entry.url)
            topic = topic.rpartition(".")[0]
        return None

    def nearest(self, text: str, language: str) -> FaqAnswer | None:
        """The answer to the recorded question that is most like the reader's, None if none is like enough.

        How like is 0..1: the weight of the words in common, of that of all words of both.
        """
        asked = telling(text)
        of_all = self._weight(asked)
        best: FaqEntry | None = None
        likeness = FITS
        for number in sorted({number for token in asked for number in self._with.get(token, ())}):
            entry, question = self._questions[number]
            alike = 2 * self._weight(asked & question) / (of_all + self._of_question[number])
            if alike > likeness or (alike == likeness and (best is None or entry.language == language)):
                best, likeness = entry, alike
        return self.about(best.topic, language) if best is not None else None

    def _weight(self, tokens: Iterable[str]) -> float:
        return sum(ASKING_WEIGHT if token[0] == ASKED else self._weights.get(token, 1.0) for token in tokens)

    @cached_property
    def _questions(self) -> list[tuple[FaqEntry, frozenset[str]]]:
        return [(entry, _telling_of_ours(question)) for entry in self._entries for question in entry.questions]

    @cached_property
    def _with(self) -> Mapping[str, list[int]]:
        """Word → the questions in which it stands, by their places: no other is anything like one that has it."""
        found: dict[str, list[int]] = {}
        for number, (_entry, tokens) in enumerate(self._questions):
            for token in tokens:
                found.setdefault(token, []).append(number)
        return found

    @cached_property
    def _of_question(self) -> list[float]:
        """What all words of each question weigh together."""
        return [self._weight(tokens) for _entry, tokens in self._questions]

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        """A word that stands in many answers' questions tells little."""
        topics = {(entry.topic, token) for entry, tokens in self._questions for token in tokens}
        return {token: 1 / (1 + math.log(count)) for token, count in Counter(token for _, token in topics).items()}


def telling(text: str) -> frozenset[str]:
    """What of a question tells what it is about: dictionary forms without endings, marked where they ask."""
    joined = text[:MOST_LETTERS].replace("-", "")  # Wi-Fi is wifi
    kept = [word for word in words(joined) if word not in SILENT]
    return frozenset(ASKED + word if word in ASKING else stem(lemma(word)) for word in kept)


@lru_cache(maxsize=4_096)
def _telling_of_ours(question: str) -> frozenset[str]:
    """The same for what the library itself wrote: nearly all of it stands there unchanged after every change."""
    return telling(question)

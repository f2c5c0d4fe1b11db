"""Which parts of a message are wishes, and which only greet, tell what happened or speak of books in passing."""

from collections.abc import Sequence

from understanding.calibration import share
from understanding.doubt import SMALL_TALK
from understanding.lexicon import LEVELS
from understanding.splitting import SURE, Part

MOST_REQUESTS = 4
LONGEST_TITLE = 14
"""Tokens; a longer message that no phrase fits is stood for by its longest sentence."""
SURE_OF_THE_WHOLE = 0.7
_HALF = 0.5
_SAID_OUTRIGHT = frozenset({"thanks", "unsubscribe", "renew", "hold", "human"})
"""Wishes that need no question."""
_WEIGHTY = frozenset({"review", "human", "subscribe", "unsubscribe"})
_ORDERED = frozenset({"subscribe", "unsubscribe"})
"""Beside these another order stands: «отпишите и удалите мои данные»."""
_TOLD = frozenset({"hours", "location", "contacts", "events", "rules", "join", "my_loans", "search"})
"""Beside a complaint or a plea these only tell what happened, where nothing is asked."""
_LOOKED_FOR = frozenset({"search", "availability"})
_A_TITLE = 4
"""Few titles have more words that no phrase explains."""
_TROUBLED = frozenset({"renew", "hold", "my_loans", "search", "rules", "availability", "out_of_scope"})
"""Beside a call for a person these tell what went wrong («вы робот? дайте оператора»)."""
_OF_A_CARD = frozenset({"renew", "my_loans", "hold", "join"})
"""Beside these «билет 0045» only tells whose; they lead to linking themselves."""
_A_SIGH = frozenset({"unsubscribe"})
"""Nor is this meant beside such a call when one word says it: «хватит, соедините с сотрудником»."""


def wishes(parts: Sequence[Part]) -> list[Part]:
    """Keep what is asked for; drop greetings, background and repetitions. Empty where nothing is left."""
    kept = [part for part in parts if part.opinion.pattern is not None]
    if not all(map(is_small_talk, kept)) or any(part.joined for part in parts):
        kept = [part for part in parts if part.opinion.pattern is not None or is_a_title_asked_for(part)]
    kept = [part for part in kept if part.opinion.intent != "greeting"] or kept
    others = [part for part in kept if part.opinion.intent not in SMALL_TALK]
    if others:
        kept = [part for part in kept if part.opinion.intent != "thanks"]
    if any(part.opinion.intent in _OF_A_CARD for part in others):
        kept = [part for part in kept if part.opinion.intent != "link_card"]
    if any(part.asks for part in others):
        kept = [part for part in kept if is_outright(part)]
    if any(part.opinion.score >= SURE for part in others):
        kept = [part for part in kept if not _rambles(part)]
    if any(part.opinion.intent in _WEIGHTY for part in kept):
        ordered = all(part.opinion.intent in _ORDERED for part in kept if part.opinion.intent in _WEIGHTY)
        kept = [
            part
            for part in kept
            if part.asks or part.opinion.intent not in _TOLD or (ordered and _is_written_for(part))
        ]
    if any(part.opinion.intent == "human" for part in kept):
        kept = [part for part in kept if part.opinion.intent not in _TROUBLED and not _is_a_sigh(part)]
    kept = [part for part in kept if not _is_a_guess_at_an_order(part)] or kept
    unique: dict[str, Part] = {}
    for part in kept:
        first = unique.setdefault(part.opinion.intent, part)
        if first is not part and is_another_book(first, part):
            unique[f"{part.opinion.intent} {part.first}"] = part
        elif first is not part and is_another_rule(first, part):
            unique.setdefault(f"{part.opinion.intent} {part.topic}", part)
    return list(unique.values())[:MOST_REQUESTS]


def is_another_book(one: Part, two: Part) -> bool:
    """Two books asked for, each with a question or a word of its own: «Есть «Обломов»? А «Обрыв» есть?».

    «Нужен Обломов и ещё что-нибудь Гончарова» is two as well.
    """
    if two.joined and {one.opinion.intent, two.opinion.intent} <= _LOOKED_FOR:
        return True
    return all(
        part.opinion.intent in _LOOKED_FOR and part.asks and 0 < part.opinion.strange <= _A_TITLE for part in (one, two)
    )


def is_another_rule(one: Part, two: Part) -> bool:
    """Two rules asked for, each with a topic of its own: «Распечатать можно? А вайфай есть?»."""
    return bool(one.topic and two.topic) and one.topic != two.topic and is_outright(one) and is_outright(two)


def is_outright(part: Part) -> bool:
    """Worded as a question or a wish, or a phrase and nothing else: «скажите телефон и адрес»."""
    opinion = part.opinion
    if part.asks or opinion.intent in _SAID_OUTRIGHT or is_a_title_asked_for(part) or _is_a_book_wanted(part):
        return True
    return _is_written_for(part) and not opinion.strange


def _is_written_for(part: Part) -> bool:
    pattern = part.opinion.pattern
    return pattern is not None and bool(pattern.mask) and part.opinion.score >= SURE


def is_a_title_asked_for(part: Part) -> bool:
    """No phrase, but a question mark, and few words that the model takes for a title: «Метро 2033 есть?»."""
    return bool(
        part.opinion.pattern is None
        and part.opinion.content
        and part.last - part.first <= LONGEST_TITLE
        and part.closed
        and share(part.opinion) >= SURE_OF_THE_WHOLE
    )


def _is_a_book_wanted(part: Part) -> bool:
    """A phrase that asks for books and a few words more, which are its title: «мне нужна Анна Каренина»."""
    opinion = part.opinion
    return bool(
        opinion.intent == "search"
        and opinion.pattern is not None
        and LEVELS[opinion.pattern.level] == "always"
        and 0 < opinion.strange <= _A_TITLE
        and share(opinion) >= SURE_OF_THE_WHOLE
    )


def is_said_alone(part: Part) -> bool:
    """Only a word that means something when nothing else is said, and it is no question: «Шум и ярость. Романы»."""
    pattern = part.opinion.pattern
    return pattern is not None and LEVELS[pattern.level] == "alone" and not part.asks and not is_small_talk(part)


def is_small_talk(part: Part) -> bool:
    """A greeting or thanks."""
    return part.opinion.intent in SMALL_TALK


def is_a_kind_of_book(part: Part) -> bool:
    """No more than «учебное пособие», «книга 2»: the other half of a title that was written before it."""
    return part.opinion.intent == "search" and part.opinion.score < SURE and not part.joined


def _is_a_guess_at_an_order(part: Part) -> bool:
    """«Больше пользоваться вами не намерена» beside a question takes nobody off a list."""
    pattern = part.opinion.pattern
    by_ear = pattern is not None and not pattern.mask
    return part.opinion.intent in _ORDERED and by_ear and share(part.opinion) < _HALF


def _is_a_sigh(part: Part) -> bool:
    return part.opinion.intent in _A_SIGH and part.last - part.first == 1


def _rambles(part: Part) -> bool:
    """Books are spoken of in passing, among many other words: «хочу завезти книги после работы»."""
    return part.opinion.score < SURE and part.opinion.strange > _A_TITLE

"""Where a wish may just as well be another one: what the catalogue decides, or the reader."""

from bot.language import numbers
from understanding.calibration import confidence, share
from understanding.judging import Opinion
from understanding.lexicon import ONLY_BY_PHRASES
from understanding.splitting import IS_THERE, Part
from understanding.tokens import Message

SMALL_TALK = frozenset({"greeting", "thanks"})
_HARDLY_SURE, _NEARLY_AS_SURE = 0.62, 0.28
"""Shares of the best and of the next intent between which the reader is asked to choose."""
_HARDLY_A_TITLE, _WORTH_ASKING = 0.6, 0.15
"""Below this confidence a title may be what was heard next, where that has at least this share."""
_A_WORD_MAY_BE = 0.2
"""«Часы»: a single word of a wish may be a title where that has at least this share."""
_MOST_OF_A_TITLE = 6
_NAMED_LIKE_BOOKS = frozenset(
    ["hours", "location", "contacts", "events", "rules", "join", "review", "thanks", "my_loans"]
)
"""«Часы работы», «Правила жизни», «Спасибо за покупку»: so few words, and no question, may be a title."""
_LOOKS_FOR_BOOKS = frozenset({"recommend", "hold", "search", "availability"})
_DONE_AT_ONCE = frozenset({"subscribe", "unsubscribe"})
_A_GUESS = 0.5
_SURE_TO_DO_IT, _AGAINST_IT = 0.75, 0.14
"""What is done without another question must be surer, in a long message, too."""
_NEVER_ASKED = frozenset({"out_of_scope", "cancel", "help", "greeting", *ONLY_BY_PHRASES})
"""Intents that look into the catalogue themselves, or that nobody needs to choose."""


def rival(part: Part, message: Message) -> str:
    """The other intent that the whole message may just as well mean, "" where there is none.

    Few words that mean something only when nothing else is said, or that no phrase knows, may be a title, whatever the
    model says; what is hardly a title may be what the model heard next; and where phrases and model leave two intents
    nearly equal, both are rivals. The catalogue decides, or the reader.
    """
    opinion, count = part.opinion, len(message.tokens)
    if part.last - part.first < count or opinion.intent in _NEVER_ASKED:
        return ""
    if opinion.pattern is None and all(numbers.value_of(token.word) is not None for token in message.tokens):
        return ""  # «тысяча девятьсот восемьдесят четыре» is a title
    second, next_best = opinion.runner_up
    if opinion.pattern is None:
        near = confidence(opinion) < _HARDLY_A_TITLE and next_best >= _WORTH_ASKING and count > 1
    elif opinion.intent in _DONE_AT_ONCE:
        near = share(opinion) < _SURE_TO_DO_IT and next_best >= _AGAINST_IT
    else:
        near = share(opinion) < _HARDLY_SURE and next_best >= _NEARLY_AS_SURE and count <= _MOST_OF_A_TITLE
    if near and second not in _NEVER_ASKED and second != opinion.intent:
        return second
    if opinion.intent in _DONE_AT_ONCE and opinion.pattern and not opinion.pattern.mask and share(opinion) < _A_GUESS:
        return "search"  # «как её получить, я из дома не выхожу» takes nobody off a list
    if count == 1 and second == "search" and next_best >= _A_WORD_MAY_BE and opinion.intent in _NAMED_LIKE_BOOKS:
        return second
    return "search" if count <= _MOST_OF_A_TITLE and _sounds_like_a_title(part, message) else ""


def _sounds_like_a_title(part: Part, message: Message) -> bool:
    """A few words of a wish that books are called by, too, or that no phrase knows; and no question."""
    opinion = part.opinion
    if opinion.pattern is None or opinion.intent in _LOOKS_FOR_BOOKS:
        return False
    if (part.asks or message.asks) and not _asks_whether_it_is_there(opinion, message):
        return False
    if opinion.intent not in _NAMED_LIKE_BOOKS and opinion.pattern.mask:
        return False
    return len(message.tokens) > 1 and bool(opinion.strange or opinion.intent not in SMALL_TALK)


def _asks_whether_it_is_there(opinion: Opinion, message: Message) -> bool:
    """«Палата номер шесть есть?»: what no phrase knows, asked for as books are."""
    tokens = message.tokens
    return not (opinion.pattern and opinion.pattern.mask) and not IS_THERE.isdisjoint((tokens[0].word, tokens[-1].word))

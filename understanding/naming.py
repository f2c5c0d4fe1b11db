"""Books that a story names somewhere: in quotation marks, by a capital inside a sentence, behind «прочитать», «роман».

What is found are only candidates: the catalogue decides, and believes nothing but a whole title.
"""

import re

from bot.language.folding import words
from bot.language.morphology import stem
from understanding.tokens import Message

MOST_NAMED = 4
_QUOTED = re.compile(r"[«„“\"]([^«»„“”\"]{2,120})[»”“\"]")
_LONGEST = 7
"""Words of a title that is told without quotation marks."""
_LEADS_IN = frozenset(
    stem(word)
    for word in words(
        "прочитать читать почитать прочесть задали книга книгу роман повесть рассказ поэма пьеса сказка учебник "
        "называется read reading book novel called"
    )
)
_JOINS = frozenset(["и", "the", "of", "a", "and", "в", "на", "с", "о"])


def named(message: Message) -> tuple[str, ...]:
    """What may be a title in a message of several sentences, the likeliest first, at most :data:`MOST_NAMED`."""
    found = [match[1].strip() for match in _QUOTED.finditer(message.text)]
    tokens = message.tokens
    begins = [number for number in range(1, len(tokens)) if _is_capital(message, number)]
    begins += [number for number in range(1, len(tokens)) if _is_led_in(message, number)]
    found += [message.typed(begin, end) for begin in begins if (end := _end(message, begin))]
    return tuple(dict.fromkeys(title for title in found if len(title) > 1))[:MOST_NAMED]


def _is_capital(message: Message, number: int) -> bool:
    """A capital inside a sentence, where another does not stand before it."""
    token, before = message.tokens[number], message.tokens[number - 1]
    if token.gap == "." or not message.text[token.start].isupper():
        return False
    return bool(token.gap) or not message.text[before.start].isupper() or before.gap == "." or number == 1


def _is_led_in(message: Message, number: int) -> bool:
    token = message.tokens[number]
    return not token.gap and stem(message.tokens[number - 1].word) in _LEADS_IN


def _end(message: Message, begin: int) -> int:
    """Just behind the last word before a sign or the end; 0 where the words run on too long for a title."""
    tokens = message.tokens
    end = begin + 1
    while end < len(tokens) and not tokens[end].gap:
        end += 1
    if end - begin > _LONGEST:
        return 0
    while end > begin + 1 and tokens[end - 1].word in _JOINS:
        end -= 1
    return end

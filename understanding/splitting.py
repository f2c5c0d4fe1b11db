"""Where one request of a message ends and the next begins."""

from bot.language import likeness
from bot.quick import dataclass, replace
from understanding import kinds
from understanding.calibration import share
from understanding.hearing import Ear
from understanding.judging import BARE, Judge, Opinion, Stretch
from understanding.lexicon import LEVELS, Phrases
from understanding.tokens import Message
from understanding.topic_ear import OF_ALL, TopicEar

SURE = 0.8
_AND = frozenset(["и", "а", "но", "еще", "также", "плюс", "потом", "and", "also", "but", "then"])
IS_THERE = frozenset(["есть", "имеется", "найдется", "наличии", "взять", "почитать", "available"])
_IS_THERE_FIRST = frozenset(["есть", "имеется", "найдется"])
"""«Есть Каштанка, до скольки вы сегодня?»: begun so, words that no phrase knows ask for a book."""
_ONES_OWN = (
    "вопрос", "проблем", "просьб", "предлож", "желани", "иде", "сомнени", "минут", "врем", "ребен", "дет", "сын", "доч",
    "внук", "внуч", "билет", "паспорт", "карт", "пропис", "справк", "возможн", "смысл", "шанс", "деньги", "чек",
)  # fmt: skip
"""How words begin for what somebody has, not the library: «есть вопрос, до скольки вы?», «есть ребёнок 5 лет»."""
_LOOKED_FOR = frozenset({"search", "availability"})
_POINTS_BACK = (
    IS_THERE
    | _AND
    | {"такое", "такой", "такая", "такие", "это", "этот", "эта", "здесь", "тут", "там", "у", "вас", "ли"}
)
"""«Здесь такое есть?» names nothing: it asks for what was told before."""
_POINTS_THERE = frozenset({"там", "тут", "здесь", "туда", "there", "here"})
"""A later sentence that begins so asks of what was spoken of: «Коляску оставить можно? Там лестница?»."""
_MOST_POINTING = 6
_SEVERAL = 2
_LEFT_TO_US = _LOOKED_FOR | {"recommend"}
_ORDERS = frozenset({"renew", "hold", "subscribe", "unsubscribe"})
_MOST_OF_A_TITLE = 8
"""Words of which some may be a title: more are a story, and «хочу» in it may want anything."""
_SURELY_HEARD = 0.65
"""A half of a sentence that no phrase knows is a wish of its own where the model gives it such a share."""
_NO_HALVES = frozenset({"search", "availability", "recommend", "greeting", "thanks", "out_of_scope", "review", "human"})
"""What may be said by the way, or be the rest of a title: «скажите, есть ли «Война» и что ещё»."""
_LEADS_TO_AN_AMOUNT = frozenset({"на", "до", "во", "по", "с"})
_ASKS_NO_MORE = frozenset(
    ["сколько", "будет", "стоит", "почем", "это", "платить", "платно", "бесплатно", "выйдет", "обойдется"]
) | {"то", "с", "меня", "за", "все", "и", "а"}
"""«Распечатать 40 страниц, сколько будет?»: of what is asked stands before."""
_TELLS_WHY = frozenset({"то", "потому", "ведь", "чтобы", "because"})
"""«…, а то мой просрочен?» only tells why it is asked."""
_SURELY_NAMED = 0.6
"""Rules are two where each has a topic of its own with such a share."""
_SOMETHING_MORE = tuple(
    tuple(row.split())
    for row in ("что-нибудь", "чего-нибудь", "что-то", "чтонибудь", "что нибудь", "чего нибудь", "что то", "something",
                "другие книги", "другое", "посоветуйте", "посоветуй")
)  # fmt: skip
"""How the other half begins that leaves the choice to us: «Мартин Иден и ещё что-нибудь Лондона»."""
_OR = frozenset({"или", "or"})
_MORE = frozenset({"еще", "также", "плюс", "also"})
_OF_ANY_RULE = frozenset({OF_ALL, "rules.price"})
"""Topics that a half may have only because it does not say of what: «и сколько стоит»."""
_HOW_MUCH = frozenset({"rules.limit", "rules.term"})
"""Topics of which the second is asked in two words: «сколько книг дают и на сколько»."""
_MOST_PIECES = 60
"""A message in more pieces than this is read sentence by sentence only: splitting stays linear."""


@dataclass(frozen=True, slots=True)
class Part:
    """One request's stretch.

    Attributes:
        asks: Whether it is worded as a question or a wish.
        closed: Whether it ends in a question mark or a word that asks for a book («есть»), or wants a thing («мне бы»).
        joined: Whether «и» joins it to another wish, both told apart by what was heard.
        topic: Of one question of rules among several, where it is sure.
    """

    first: int
    last: int
    words: Stretch
    opinion: Opinion
    asks: bool
    closed: bool = False
    joined: bool = False
    topic: str = ""


class Splitter:
    """Parts a message at sentence ends, and inside a sentence only between two sure requests."""

    def __init__(self, phrases: Phrases, judge: Judge, ear: Ear, topic_ear: TopicEar) -> None:
        self._judge = judge
        self._ear = ear
        self._topic_ear = topic_ear
        self._wishing = phrases.bit("want") | phrases.bit("give") | phrases.bit("what_if")
        self._amounts = phrases.bit("how_many") | phrases.bit("how_long")
        self._asking = self._wishing
        for group in ("when", "until", "where", "how_many", "how_long", "what", "how", "can", "opener"):
            self._asking |= phrases.bit(group)
        self._wanting = phrases.bit("wanting")
        self._openers = phrases.bit("when") | phrases.bit("where") | phrases.bit("how_many") | phrases.bit("opener")

    def parts(self, message: Message, words: Stretch) -> list[Part]:
        """The message's stretches in order, at least one."""
        found: list[Part] = []
        for first, last in _sentences(message):
            if found and _asks_no_more(message, first, last):
                found[-1] = self._part(message, words, found[-1].first, last)
            else:
                told = self._sentence(message, words, first, last)
                if found and (more := self._something_more(message, words, found[-1], told[0])):
                    found[-1], told[0] = _beside_more(found[-1]), more
                found += told
        return found

    def with_topics(self, message: Message, parts: list[Part]) -> list[Part]:
        """The parts, where several ask for a rule each with its topic."""
        if sum(_asks_for_a_rule(part) for part in parts) < _SEVERAL:
            return parts
        return [replace(part, topic=self._topic(message, part)) if _asks_for_a_rule(part) else part for part in parts]

    def title(self, words: Stretch) -> Part:
        """The whole message as one title."""
        content = len(words.quiet) - sum(words.quiet)
        opinion = Opinion("search", BARE, None, 0, content, content)
        return Part(words.first, words.last, words, opinion, asks=False)

    def _sentence(self, message: Message, words: Stretch, first: int, last: int) -> list[Part]:
        borders = [n for n in range(first + 1, last) if self._border(message, words, n)]
        if not borders or len(borders) > _MOST_PIECES:
            return [self._part(message, words, first, last)]
        parts = [self._part(message, words, first, borders[0])]
        for number, start in enumerate(borders):
            end = borders[number + 1] if number + 1 < len(borders) else last
            piece = self._part(message, words, start, end)
            before = parts[-1]
            if more := self._something_more(message, words, before, piece):
                parts[-1:] = [_beside_more(before), more]
            elif self._how_much_of_it(message, before, piece):
                parts.append(replace(piece, opinion=before.opinion, asks=True))
            elif self._separate(message, words, before, piece) or self._another_rule(message, before, piece):
                parts.append(piece)
            elif self._joined(message, words, before, piece):
                parts[-1:] = [replace(before, joined=True), replace(piece, joined=True)]
            else:
                parts[-1] = self._part(message, words, before.first, end)
        return parts

    def _border(self, message: Message, words: Stretch, number: int) -> bool:
        token = message.tokens[number]
        before = message.tokens[number - 1].word
        if (before in _AND or before in _LEADS_TO_AN_AMOUNT) and not token.gap:
            return False
        at = number + (token.word in _LEADS_TO_AN_AMOUNT and number + 1 < words.last)  # «…, на сколько»
        opens = words.masks[at] & self._openers and not words.masks[number - 1] & self._openers
        return bool(token.gap) or token.word in _AND or bool(opens)

    def _part(self, message: Message, words: Stretch, first: int, last: int) -> Part:
        stretch = words.part(first, last) if (first, last) != (words.first, words.last) else words
        opinion = self._judge.opinion(stretch)
        # Where question marks are in use, a question has one: «когда» elsewhere only tells a story.
        asking = self._wishing if message.asks else self._asking
        marked = message.asks and any(message.tokens[n].asks for n in range(first, last))
        closed = marked or message.tokens[last - 1].word in IS_THERE or bool(stretch.present & self._wanting)
        closed = closed or _is_asked_for_first(message, first, last)
        if closed and last - first <= _MOST_POINTING:
            closed = any(message.tokens[n].word not in _POINTS_BACK for n in range(first, last))
            closed = closed and not (first and message.tokens[first].word in _POINTS_THERE)
        return Part(first, last, stretch, opinion, asks=marked or bool(stretch.present & asking), closed=closed)

    def _separate(self, message: Message, words: Stretch, one: Part, two: Part) -> bool:
        """Two sure requests of different kinds, unless one phrase reaches over the border.

        Where «и» joins a question to an order, the phrase only seems to: «Что за мной числится, и продлите».
        """
        if _wish(one) == _wish(two) or _asks_no_more(message, two.first, two.last):
            return False
        if _is_a_book_beside(message, one, two):
            return True
        if calls_a_person(message, one) and two.asks and message.tokens[two.first].gap:
            return True
        if min(one.opinion.score, two.opinion.score) < SURE:
            return False
        if any(part.opinion.intent == "search" and not part.opinion.strange for part in (one, two)):
            return False
        return not self._reaches_over(words, one, two) or self._is_ordered_beside(message, words, one, two)

    def _something_more(self, message: Message, words: Stretch, one: Part, two: Part) -> Part | None:
        """What is wanted beside a book that is named, without «и ещё»: something of a writer's, of a kind, like it."""
        if one.opinion.intent not in _LOOKED_FOR or one.last - one.first > _MOST_OF_A_TITLE or not one.opinion.strange:
            return None
        first = two.first
        while first < two.last and message.tokens[first].word in _AND:
            first += 1
        if first == two.last or message.tokens[two.first - 1].word in _OR:
            return None  # «одна она у меня или ещё что-то было?»
        led_on = first > two.first
        if led_on and first + 1 < two.last and kinds.is_another(*(token.word for token in message.tokens[first:][:2])):
            first += 1
        more = self._part(message, words, first, two.last)
        heard = self._ear.opinion(message, more.words, more.opinion)
        if heard.intent not in _LEFT_TO_US:
            return None
        if not likeness.is_all(message.meant(first, two.last)) and (
            not led_on or not (_is_left_open(message, more) or _is_a_kind_beside(message, one, two, more))
        ):
            return None
        return replace(more, asks=True, closed=True, joined=True)

    def _another_rule(self, message: Message, one: Part, two: Part) -> bool:
        """«Есть ли у вас вайфай и можно ли распечатать»: two rules, each of which is named for sure."""
        if not (_asks_for_a_rule(one) and _asks_for_a_rule(two)) or _tells_why(message, two):
            return False
        topics = self._topic(message, one), self._topic(message, two)
        return "" not in topics and topics[0] != topics[1]

    def _how_much_of_it(self, message: Message, one: Part, two: Part) -> bool:
        """«Сколько книг можно взять и на сколько»: of the two amounts the second is asked for in a word or two."""
        if not _asks_for_a_rule(one) or not two.words.present & self._amounts or two.last - two.first > _MOST_POINTING:
            return False
        topics = {self._topic(message, one), self._topic(message, two)}
        return len(topics) > 1 and topics <= _HOW_MUCH

    def _topic(self, message: Message, part: Part) -> str:
        """The topic that a question of rules surely is about, "" where none is."""
        topic, share = self._topic_ear.likeliest(message, part.words)
        return topic if share >= _SURELY_NAMED and topic not in _OF_ANY_RULE else ""

    def _is_ordered_beside(self, message: Message, words: Stretch, one: Part, two: Part) -> bool:
        whole = self._judge.opinion(words.part(one.first, two.last)).intent
        asks, orders = (one, two) if two.opinion.intent == whole else (two, one)
        ordered = whole in _ORDERS and orders.opinion.intent == whole
        return ordered and asks.asks and message.tokens[two.first].word in _AND

    def _reaches_over(self, words: Stretch, one: Part, two: Part) -> bool:
        """Whether one phrase has words of both."""
        whole = self._judge.opinion(words.part(one.first, two.last))
        pattern = whole.pattern
        if pattern is None or whole.score < max(one.opinion.score, two.opinion.score):
            return False
        return not any(pattern.mask & part.words.present == pattern.mask for part in (one, two))

    def _joined(self, message: Message, words: Stretch, one: Part, two: Part) -> bool:
        """«Можно ли продлить, и что делать с порванной?»: a wish that a phrase knows, and one that only is heard.

        Both are worded as questions or wishes, and only «и» stands between them.
        """
        tokens = message.tokens
        if tokens[two.first].word not in _AND or not (one.asks and two.asks):
            return False
        sure, other = (one, two) if one.opinion.score >= two.opinion.score else (two, one)
        if sure.opinion.score < SURE or {sure.opinion.intent, other.opinion.intent} & (_NO_HALVES - _LOOKED_FOR):
            return False
        if self._reaches_over(words, one, two):
            return False
        heard = [self._ear.opinion(message, part.words, part.opinion) for part in (sure, other)]
        return (
            heard[0].intent == sure.opinion.intent
            and heard[0].intent != heard[1].intent
            and _NO_HALVES.isdisjoint(opinion.intent for opinion in heard)
            and min(map(share, heard)) >= _SURELY_HEARD
        )


def calls_a_person(message: Message, part: Part) -> bool:
    """«Позовите библиотекаря», in a phrase and nothing else: an order, whatever is asked beside it."""
    opinion = part.opinion
    if opinion.intent != "human" or opinion.pattern is None or opinion.score < SURE or opinion.strange:
        return False
    if not opinion.pattern.mask or LEVELS[opinion.pattern.level] != "always":
        return False
    # «Вы живой человек?», «Есть ли сотрудник, который …» call nobody
    return not part.closed and all(token.word not in IS_THERE for token in message.tokens[part.first : part.last])


def _is_asked_for_first(message: Message, first: int, last: int) -> bool:
    """Whether a piece begins with «есть», and a book may be named behind it: «а есть Каштанка»."""
    while first < last and message.tokens[first].word in _AND:
        first += 1
    if last - first <= 1 or message.tokens[first].word not in _IS_THERE_FIRST:
        return False
    named = message.tokens[first + 1]
    return message.text[named.start].isupper() or not named.word.startswith(_ONES_OWN)


def _asks_no_more(message: Message, first: int, last: int) -> bool:
    """Whether a piece only asks what it costs or comes to, and not what: that was said before."""
    return all(token.word in _ASKS_NO_MORE for token in message.tokens[first:last])


def _tells_why(message: Message, part: Part) -> bool:
    first = part.first + (message.tokens[part.first].word in _AND)
    return first < part.last and message.tokens[first].word in _TELLS_WHY


def _asks_for_a_rule(part: Part) -> bool:
    """A phrase knows it for a question of rules."""
    opinion = part.opinion
    return (
        opinion.intent == OF_ALL
        and opinion.pattern is not None
        and bool(opinion.pattern.mask)
        and opinion.score >= SURE
    )


def _names_a_book(part: Part) -> bool:
    """Asked for or wanted, in words that no phrase knows: «мне бы Войну и мир»."""
    if part.opinion.pattern is not None or not part.closed:
        return False
    return bool(part.opinion.content) and part.last - part.first <= _MOST_OF_A_TITLE


def _beside_more(part: Part) -> Part:
    """The book beside which more is wanted."""
    return replace(part, asks=True, closed=True, joined=True)


def _is_left_open(message: Message, more: Part) -> bool:
    """«Что-нибудь Лондона», «другие книги автора»: some words more than those that leave it to us."""
    said = tuple(token.word for token in message.tokens[more.first : more.last])
    return any(said[: len(row)] == row and len(said) > len(row) for row in _SOMETHING_MORE)


def _is_a_kind_beside(message: Message, one: Part, two: Part, more: Part) -> bool:
    """«Каштанку и ещё рассказы Чехова»: a kind of books beside a title, of a writer's or «ещё»."""
    if kinds.is_a_kind(message.meant(one.first, one.last)):
        return False  # «романы и рассказы Чехова» are asked for together
    said, besides = message.meant(more.first, more.last), message.tokens[two.first : more.first]
    return kinds.is_a_writers(said) or (any(token.word in _MORE for token in besides) and kinds.is_a_kind(said))


def _is_all_known(part: Part) -> bool:
    """A wish in words that a phrase knows, every one."""
    return part.opinion.score >= SURE and not part.opinion.strange


def _is_a_book_beside(message: Message, one: Part, two: Part) -> bool:
    """A book that is asked for, and another wish: «мне бы Обломова, до скольки вы?»; behind it «есть» must begin it."""
    if _names_a_book(one) and _is_all_known(two):
        return True
    return _names_a_book(two) and _is_asked_for_first(message, two.first, two.last) and _is_all_known(one)


def _wish(part: Part) -> str:
    """Looking for a book and asking whether it is in are one wish."""
    return "search" if part.opinion.intent == "availability" else part.opinion.intent


def _sentences(message: Message) -> list[tuple[int, int]]:
    tokens = message.tokens
    starts = [0, *(number for number in range(1, len(tokens)) if tokens[number].gap == ".")]
    return list(zip(starts, [*starts[1:], len(tokens)], strict=True))

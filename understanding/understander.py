"""A reader's words → requests: the port ``Understanding``, filled by the phrase files."""

from collections.abc import Mapping

from bot.language import foreign, layout, morphology
from bot.language.folding import words as words_of
from bot.ports.understanding import Request
from bot.quick import replace
from understanding import circumstances, naming, pasted, plots
from understanding import slots as slots_
from understanding.calibration import SURE_OF_AN_ISBN, confidence, share
from understanding.doubt import SMALL_TALK, rival
from understanding.gibberish import is_gibberish
from understanding.hearing import Ear
from understanding.judging import Judge, Opinion, Stretch, stretch
from understanding.lexicon import LEVELS, Phrases, phrases
from understanding.listing import FEWEST, Listed, listed
from understanding.model import Model
from understanding.model import model as trained_model
from understanding.rest import Rest, rest
from understanding.same_book import like_that_book, one_book, one_place
from understanding.sought import Sought
from understanding.splitting import SURE, Part, Splitter, calls_a_person
from understanding.tokens import Message, Reader
from understanding.topic_ear import OF_ALL, TopicEar
from understanding.wishes import (
    LONGEST_TITLE,
    SURE_OF_THE_WHOLE,
    is_a_kind_of_book,
    is_a_title_asked_for,
    is_outright,
    is_said_alone,
    is_small_talk,
    wishes,
)

_LONGEST = 4_000
_SIGNED = Sought(
    r"(?i)\b(?:с уважением|с благодарностью|с наилучшими пожеланиями|(?:best|kind) regards|sincerely)\b"
    r"[\w\s,.-]{0,60}$",
    "уважением благодарностью пожеланиями regards sincerely",
)
_BOOKISH = frozenset({"search", "availability", "hold", "renew"})
_LOOKED_FOR = frozenset({"search", "availability"})
_NOT_HEARD = frozenset({"search", "availability", "out_of_scope"})
"""How a question in a language near to Russian is heard that was not understood."""
_SURE_OF_A_TONGUE = 0.9
_OF_ONE_SENTENCE = frozenset({"item", "scope", "like", "subject", "audience"})
"""Slots that mean something only beside the wish itself."""
_SURE_OF_A_STORY, _SURE_ENOUGH, _SURE_OF_SMALL_TALK = 0.3, 0.5, 0.5
_MOST_HEARD = 20
"""Of more sentences the last so many are heard by the model, too: the wish comes last, and time is short."""
_RUSSIAN = 0.7
"""This share of the letters must stand in Russian words: the rest are names."""
_WORTH_TELLING = 0.1
_TELLS_NOTHING_OF_AGE, _WITHOUT_A_PASSPORT = frozenset({"join", "join.remote"}), 14
"""How somebody younger joins is another question than how one joins from afar, who says «без паспорта», too."""
_BEFORE_A_LIST = frozenset({"search", "availability", "hold", "recommend", "greeting", "my_loans"})
"""«Забронируйте:», «нужны для школы:», «у меня список:»; a list of anything else is none of books."""
_OF_TITLES, _MOST_WEIGHED = 0.7, 10
"""This share of the first pieces must be titles."""
_MOST_TOLD, _SURE_OF_A_LIST = 10, 0.9
_NOT_AGAINST, _FOR_IT_ALONE = 0.05, 0.25
"""A sentence's wish stands where the whole message gives it at least this share; more where no phrase speaks for it."""
_LEAST_HEARD = 0.01


class PhraseUnderstanding:
    """Understands by phrases that a librarian can read; see ``phrases/*.yaml``.

    Pure and synchronous; remembers single words, never messages.
    """

    def __init__(self, source: Phrases | None = None, model: Model | None = None) -> None:
        self._phrases = source or phrases()
        self._reader = Reader(self._phrases)
        self._judge = Judge(self._phrases)
        self._ear = Ear(self._phrases, self._judge, model or trained_model())
        self._topic_ear = TopicEar(self._phrases)
        self._splitter = Splitter(self._phrases, self._judge, self._ear, self._topic_ear)

    def understand(self, text: str) -> tuple[Request, ...]:
        """At least one request, in the order of the message; never raises."""
        said = _unsigned(text[:_LONGEST])
        told = pasted.plain(said)
        message = self._reader.read(told)
        if not message.tokens:
            return (Request(intent="out_of_scope", confidence=0.3, because=("no words",)),)
        if heard := self._global(message):
            return (heard,)
        tongue = foreign.heard(told)
        requests = self._heard_in_ours(message, listable=told is said) if tongue is None or tongue.near else ()
        if tongue is not None and all(request.intent in _NOT_HEARD for request in requests):
            return (_in_another_language(tongue, message.text),)
        return requests

    def _heard_in_ours(self, message: Message, *, listable: bool) -> tuple[Request, ...]:
        """What is asked for in Russian or English."""
        words = stretch(message)
        if is_gibberish(message, words):
            return (Request(intent="out_of_scope", confidence=0.8, rest=message.text, because=("no word in it",)),)
        if listable and (found := self._listed(message.text)) and self._is_of_books(found):
            return (_looked_up(found),)
        parts = self._wishes(message, words)
        requests = tuple(self._request(message, words, part, len(parts)) for part in parts)
        return like_that_book(one_place(one_book(requests)))

    def _listed(self, text: str) -> Listed | None:
        """The list that a message is, without pieces that name nothing: «…, Нос, пожалуйста»."""
        found = listed(text)
        if found is None:
            return None
        named = tuple(title for title in found.titles if not self._is_polite(title))
        return replace(found, titles=named) if len(named) >= FEWEST else None

    def _is_polite(self, piece: str) -> bool:
        return " " not in piece and all("polite" in token.meaning.roles for token in self._reader.read(piece).tokens)

    def _is_of_books(self, found: Listed) -> bool:
        """Whether most pieces of a list are titles, and what stands before them asks for books or only greets."""
        asked = [self._reader.read(title) for title in (*found.titles[:_MOST_WEIGHED], found.before)]
        heard = [self._ear.opinion(one, stretch(one)) for one in asked if one.tokens]
        before = heard.pop().intent if found.before and asked[-1].tokens else "search"
        titles = sum(opinion.intent in ("search", "availability") for opinion in heard)
        return before in _BEFORE_A_LIST and titles >= _OF_TITLES * len(heard)

    def first_opinion(self, text: str) -> Opinion | None:
        """The judge's opinion behind the first request, for the tool that calibrates it; None where none was needed."""
        message = self._reader.read(text[:_LONGEST])
        if not message.tokens or self._global(message) or is_gibberish(message, words := stretch(message)):
            return None
        return self._wishes(message, words)[0].opinion

    def _wishes(self, message: Message, words: Stretch) -> list[Part]:
        """What is asked for, a part a wish; a message that no phrase fits is taken for a title."""
        parts = self._splitter.parts(message, words)
        parts = [*parts[:-_MOST_HEARD], *(self._heard(message, part) for part in parts[-_MOST_HEARD:])]
        parts = self._splitter.with_topics(message, parts)
        kept = self._fitting(message, words, parts, wishes(parts)) if len(parts) > 1 else wishes(parts)
        short = len(message.tokens) <= LONGEST_TITLE
        unexplained = [part for part in parts if part.opinion.pattern is None and part.opinion.content]
        if unexplained and (
            all(map(is_said_alone, kept))
            or (short and all(map(is_a_kind_of_book, kept)))
            or all(part.opinion.intent == "greeting" for part in kept)
            or (all(map(is_small_talk, kept)) and any(part.asks for part in unexplained))
        ):
            kept = []
        if kept:
            return kept
        return [self._title(message, words, parts, unexplained or parts, short=short)]

    def _title(self, message: Message, words: Stretch, parts: list[Part], left: list[Part], *, short: bool) -> Part:
        """Where no sentence asks for anything: what the whole message speaks for, else what is to be looked up."""
        if len(parts) == 1:
            return parts[0]
        whole = self._ear.opinion(message, words)
        least = SURE_OF_THE_WHOLE if short else _SURE_OF_A_STORY
        if whole.pattern is not None and share(whole) >= least and not (short and whole.intent in SMALL_TALK):
            return Part(words.first, words.last, words, whole, message.asks)
        if not short:
            return max(left, key=lambda part: part.last - part.first)
        title = self._splitter.title(words)
        return replace(title, opinion=replace(title.opinion, heard=whole.heard, runner_up=whole.runner_up))

    def _heard(self, message: Message, part: Part) -> Part:
        """The part with the opinion of phrases and model together."""
        heard = self._ear.opinion(message, part.words, part.opinion)
        return replace(part, opinion=heard)

    def _fitting(self, message: Message, words: Stretch, parts: list[Part], found: list[Part]) -> list[Part]:
        """The wishes that the message as a whole speaks for, too; its own where it speaks for another."""
        whole = self._ear.opinion(message, words)
        if not found or not whole.heard:
            return found
        if whole.intent == "greeting":
            # Who greets and asks, asks: the greeting is dropped already where anything else is said for sure.
            only = share(whole) >= _SURE_OF_SMALL_TALK and not any(map(is_outright, found))
            return [Part(words.first, words.last, words, whole, message.asks)] if only else found
        likeliest = max(
            dict.fromkeys([_family(whole.intent), *(_family(part.opinion.intent) for part in found)]),
            key=lambda intent: _heard_as(whole, intent) * max(_heard_as(part.opinion, intent) for part in parts),
        )
        kept = [part for part in found if _family(part.opinion.intent) == likeliest or _stands(part, whole)]
        if any(_family(part.opinion.intent) == likeliest or calls_a_person(message, part) for part in kept):
            return kept
        least = _SURE_ENOUGH if any(map(_is_written, found)) else _SURE_OF_A_STORY
        if whole.pattern is None or share(whole) < least:
            return kept or found
        return [Part(words.first, words.last, words, whole, message.asks)]

    def _global(self, message: Message) -> Request | None:
        if len(message.tokens) > 6:
            return None
        spoken = [t.word for t in message.tokens]
        intent = self._phrases.globals.get(" ".join(spoken))
        if intent is None:
            spoken = [t.word for t in message.tokens if "polite" not in t.meaning.roles]
            intent = self._phrases.globals.get(" ".join(spoken))
        if intent is None:
            return None
        because = (f"{intent}: the whole message is «{' '.join(spoken)}»",)
        return Request(intent=intent, confidence=0.97, slots={"whole": message.text}, anywhere=True, because=because)

    def _topic(
        self, intent: str, message: Message, told: Stretch, around: Stretch
    ) -> tuple[Mapping[str, str], tuple[str, ...]]:
        """The topic that the wish names, else the one of the rest of the message; and why, where it was heard."""
        if intent == OF_ALL:
            heard, why = self._topic_ear.heard(message, around)
            return {"topic": heard}, (why,)
        if intent == "human":  # what failed is told in one sentence, and how in another
            told = around
        found = slots_.topic(intent, told.present, self._phrases)
        if found.get("topic", intent) == intent and around is not told:
            found = slots_.topic(intent, around.present, self._phrases) or found
        return found, ()

    def _request(self, message: Message, words: Stretch, part: Part, of: int) -> Request:
        opinion = part.opinion
        intent = opinion.intent
        only_heard = opinion.pattern is not None and not opinion.pattern.mask
        telling = self._ear.telling(message, part.words, intent) if only_heard else ""
        text = message.typed(part.first, part.last)
        inside = [
            (a, b)
            for a, b in message.isbns
            if message.tokens[part.first].start <= a <= message.tokens[part.last - 1].end
        ]
        isbn = message.text[inside[0][0] : inside[0][1]] if inside else ""
        named = intent not in ("search", "recommend")
        cut = rest(message, part.words, opinion.explained if named else 0)
        found = slots_.slots(intent, message.meant(part.first, part.last), isbn, _spelt(cut))
        if of == 1 and part.last - part.first < len(message.tokens):
            found = _beside(slots_.slots(intent, message.meant(0, len(message.tokens))), found)
            cut = _named(cut, found, intent, says_more=opinion.strange > 0)
        if intent in _BOOKISH:
            cut = _without_circumstances(intent, cut, found.get("title", ""))
        topic, why = self._topic(intent, message, part.words, words if of == 1 else part.words)
        found.update(topic)
        if found.get("topic") in _TELLS_NOTHING_OF_AGE and _is_a_childs(found.get("age", "")):
            found["topic"] = "join.child"
        if of == 1 and (other := rival(part, message)):
            found["rival"] = other
        if _tells_more(message, part) and intent in _BOOKISH and (names := naming.named(message)):
            found["named"] = "\n".join(names)
        if intent in _LOOKED_FOR and not isbn and plots.is_told(message.text):
            found["plot"] = "1"
            found.pop("rival", None)  # told at such length it is no other wish
        if cut.text != text or intent != "search":
            found["whole"] = text if of > 1 else message.text
        if cut.narrower:
            found["narrower"] = cut.narrower
        if cut.wider:
            found["wider"] = cut.wider
        if cut.titles and intent in _BOOKISH:
            found["titles"] = "\n".join(cut.titles)
        return Request(
            intent=intent,
            confidence=SURE_OF_AN_ISBN if isbn and intent == "search" else confidence(opinion),
            slots=found,
            rest=cut.text,
            because=(*_because(part, message, telling), *why),
        )


def _tells_more(message: Message, part: Part) -> bool:
    """Whether a story is told around a wish; beside «Муму» «и другие рассказы Тургенева» is none."""
    return part.last - part.first < len(message.tokens) and not part.joined


def _is_a_childs(age: str) -> bool:
    """Whether an age that was told is a child's: «мне 10 лет»."""
    return age.isdecimal() and int(age) < _WITHOUT_A_PASSPORT


def _unsigned(text: str) -> str:
    """Without «С уважением, Мария Петровна» at its end: a name there is no author's."""
    signed = _SIGNED.search(text)
    return (text[: signed.start()].rstrip(" ,.\n") or text) if signed else text


def _in_another_language(tongue: foreign.Foreign, text: str) -> Request:
    """The request for a question in a language that we do not speak, with the title that may be in it."""
    slots = {"tongue": tongue.language, "whole": text}
    if tongue.of_books:
        slots["language"] = tongue.language
    if tongue.title:
        slots |= {"title": tongue.title, "narrower": tongue.narrower}
    because = (f"out_of_scope: asked in another language, as books are «на {tongue.language}»",)
    return Request(intent="out_of_scope", confidence=_SURE_OF_A_TONGUE, slots=slots, rest=tongue.title, because=because)


def _looked_up(found: Listed) -> Request:
    """The request for a list: its first titles, and of how many."""
    told = "\n".join(found.titles[:_MOST_TOLD])
    slots = {"listed": told, "of": str(len(found.titles)), "title": found.titles[0]}
    because = (f"search: a list of {len(found.titles)} titles",)
    return Request(intent="search", confidence=_SURE_OF_A_LIST, slots=slots, rest=found.titles[0], because=because)


def _spelt(cut: Rest) -> str:
    """What goes to the catalogue in the spelling that was meant; as it was typed where that makes no Russian of it."""
    if cut.meant == cut.text or not cut.meant:
        return cut.text
    made = words_of(cut.meant)
    if layout.looks_typed_on_another(cut.text):
        return cut.meant
    known = sum(len(word) for word in made if morphology.is_known(word))
    return cut.meant if known >= _RUSSIAN * sum(map(len, made)) else cut.text


def _beside(whole: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """What the wish's own sentence tells, and what the others do: «Билет 0045. Продлите, пожалуйста»."""
    found = {name: value for name, value in whole.items() if name not in _OF_ONE_SENTENCE} | dict(own)
    if "title" in whole:  # in quotation marks: surer than what is left of a sentence
        found["title"] = whole["title"]
    return found


def _without_circumstances(intent: str, cut: Rest, title: str) -> Rest:
    """The title that is read next, without «на пятницу в пятом филиале» behind it: as it was typed comes first."""
    read = cut.narrower or cut.text
    shorter = circumstances.without(intent, read)
    return replace(cut, narrower=shorter) if shorter != read and len(shorter) >= max(len(title), 1) else cut


def _named(cut: Rest, found: Mapping[str, str], intent: str, *, says_more: bool) -> Rest:
    """In a story of several sentences a quotation is what to look up, above all where the wish itself names nothing."""
    title = found.get("title", "")
    if not title or intent not in _BOOKISH or (says_more and len(title) >= len(cut.text)):
        return cut
    return replace(cut, text=f"{title} {found.get('author', '')}".strip(), narrower=title, wider="", titles=())


def _family(intent: str) -> str:
    """The intent as the model knows it."""
    return "search" if intent == "availability" else intent


def _heard_as(opinion: Opinion, intent: str) -> float:
    return max(opinion.heard.get(intent, 0.0), _LEAST_HEARD)


def _stands(part: Part, whole: Opinion) -> bool:
    """Whether a sentence's wish stands beside what the whole message wants most."""
    if part.joined:
        return True
    pattern = part.opinion.pattern
    written = pattern is None or _is_written(part)
    if whole.heard.get(_family(part.opinion.intent), 0.0) >= (_NOT_AGAINST if written else _FOR_IT_ALONE):
        return True
    if pattern is None:
        return is_a_title_asked_for(part)
    return is_outright(part) and _is_written(part) and part.opinion.score >= SURE


def _is_written(part: Part) -> bool:
    """Whether a phrase speaks for the wish, and not the model alone."""
    pattern = part.opinion.pattern
    return pattern is not None and bool(pattern.mask)


def _because(part: Part, message: Message, telling: str) -> tuple[str, ...]:
    opinion = part.opinion
    if opinion.pattern is None:
        reasons = ["search: no phrase fits, so it is taken for a title"]
    elif not opinion.pattern.mask:
        reasons = [f"{opinion.intent}: {opinion.heard[opinion.intent]:.0%} by all of its words, most by {telling}"]
    else:
        told = [
            message.tokens[part.first + number].word
            for number, mask in enumerate(part.words.masks)
            if mask & opinion.pattern.mask
        ]
        reasons = [f"{opinion.intent}: «{' '.join(told)}» ({LEVELS[opinion.pattern.level]})"]
        if opinion.strange:
            reasons.append(f"{opinion.strange} of {opinion.content} words unexplained")
    if opinion.runner_up[1] >= _WORTH_TELLING:
        reasons.append(f"next: {opinion.runner_up[0]} {opinion.runner_up[1]:.0%}")
    return (*reasons, *(f"read as {repaired}" for repaired in message.repaired))

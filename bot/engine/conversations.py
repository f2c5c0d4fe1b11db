"""What a message means where the dialogue stands: pure decisions, state in, decision out."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache

from bot.language.folding import fold
from bot.messages import Button, ButtonPress, Photo, Reply, SharedPhone, Started, Text, Unsupported
from bot.ports import Dialogue, Mode, Request, Waiting
from bot.routing import Answer, Expects, Trigger
from bot.sameness import OfTheSame

LONGEST_TEXT = 4_000
"""Characters that are read of one message; the log keeps all of it."""

OFFER_LASTS = timedelta(hours=24)
SAME_TEXT_TIMES = 20
AUTOMATED_TIMES = 2
"""Another bot is answered so often in ``SAME_TEXT_WITHIN``, whatever it says."""
SAME_TEXT_WITHIN = timedelta(minutes=5)
SURE = 0.8
"""From this confidence on another wish interrupts an awaited answer."""
LEAST_FIGURES = 4
"""So many make a number of a card, a PIN or a code, rather than a price or a class."""

ORDINALS = {
    word: number
    for number, forms in enumerate(
        (
            "первый первая первое первую one first",
            "второй вторая второе вторую two second",
            "третий третья третье третью three third",
            "четвертый четвертая четвертое четвертую four fourth",
            "пятый пятая пятое пятую five fifth",
            "шестой шестая шестое шестую",
            "седьмой седьмая седьмое седьмую",
            "восьмой восьмая восьмое восьмую",
            "девятый девятая девятое девятую",
            "десятый десятая десятое десятую",
        ),
        start=1,
    )
    for word in forms.split()
}
YES = ("да", "yes", "ага", "угу", "конечно", "давай", "давайте", "ок", "ok", "yep", "sure")
NO = ("нет", "no", "неа", "не")
LONGEST_LABEL = 60
"""Characters of a message that may be a typed label (labels have 40 at most)."""
LONGEST_YES = 3
"""Words of an answer that begins with yes or no; more is a wish of its own."""
_CHOICE = re.compile(r"(?:(?:номер|пункт|вариант|№|#)\s*)?(\d{1,2})\s*[.)!]*", re.IGNORECASE)
_UNREADABLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_EMPTY = Request(intent="", confidence=1.0)


@dataclass(frozen=True, slots=True)
class Call:
    """Ask a handler: the first of ``triggers`` that has one; ``otherwise`` is done where none has."""

    triggers: tuple[Trigger, ...]
    request: Request
    text: str = ""
    argument: str = ""
    pressed: bool = False
    otherwise: "Call | Say | None" = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Keep the message, say nothing."""


@dataclass(frozen=True, slots=True)
class Say:
    """The machine itself answers: ``phrase`` names a sentence of ``bot.engine.phrases``."""

    phrase: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and the dialogue with the guard's counts brought up to date."""

    moves: tuple[Call | Silence | Say, ...]
    dialogue: Dialogue
    intent: str
    confidence: float


def readable(text: str) -> str:
    """The words without control and direction signs, composed, cut to what is read."""
    return unicodedata.normalize("NFC", _UNREADABLE.sub("", text[: LONGEST_TEXT * 2])).strip()[:LONGEST_TEXT]


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return any(map(str.isalnum, text))


@dataclass(frozen=True, slots=True)
class _Words:
    """What is seen of a text before anybody understands it: its readable form, and the loop guard's digest of that."""

    text: str
    digest: str
    is_said: bool


def _look(text: str) -> _Words:
    text = readable(text)
    return _Words(text, _digest(text), has_words(text))


_look_again = lru_cache(maxsize=8_192)(_look)
LONGEST_REMEMBERED = 100
"""Characters of a text that may be remembered, in memory only; longer ones do not come twice."""


def _words(text: str) -> _Words:
    return _look_again(text) if len(text) <= LONGEST_REMEMBERED else _look(text)


def _digest(text: str) -> str:
    return hashlib.blake2s(text.casefold().encode(), digest_size=8).hexdigest()


def decide(waiting: Waiting, understand: Callable[[str], tuple[Request, ...]], now: datetime) -> Decision:
    """What this message asks for.

    Args:
        waiting: The message with its dialogue.
        understand: A reader's words to requests, at least one.
        now: The moment of the turn.
    """
    dialogue = waiting.dialogue
    if waiting.mode is Mode.PERSON:
        return Decision((Silence(),), dialogue, "", 0.0)
    content = waiting.inbound.content
    match content:
        case ButtonPress(payload):
            return _pressed(payload, dialogue)
        case Started(parameter):
            request = Request(intent="greeting", confidence=1.0, slots={"start": parameter})
            return Decision((Call((Trigger("intent", "greeting"),), request),), dialogue, "greeting", 1.0)
        case Text(text):
            return _said(_words(text), waiting, understand, now)
        case Photo():
            return _shown(content, waiting, understand, now)
        case SharedPhone() | Unsupported():
            return _wordless(content, waiting, now)


def _shown(photo: Photo, waiting: Waiting, understand: Callable[[str], tuple[Request, ...]], now: datetime) -> Decision:
    """The picture first; its caption is asked only where nothing is on the picture, or where it must be heard."""
    look = Call((Trigger("sent", "photo"),), _EMPTY, otherwise=Say("text_please", "photo"))
    if not has_words(photo.caption):
        dialogue = _counted(waiting, _digest(f"<photo {photo.handle}>"), now)
        guard = _guarded(dialogue, automated=waiting.inbound.automated)
        return Decision((guard or look,), dialogue, "", 0.0)
    said = _said(_words(photo.caption), waiting, understand, now)
    first = said.moves[0]
    if not isinstance(first, Call) or first.pressed or first.request.anywhere:
        return said
    look = replace(look, request=first.request, text=first.text, otherwise=first)
    return replace(said, moves=(look, *said.moves[1:]))


def _wordless(content: SharedPhone | Unsupported, waiting: Waiting, now: datetime) -> Decision:
    kind = content.kind if isinstance(content, Unsupported) else "phone"
    move: Call | Say = Say("text_please", kind)
    if isinstance(content, SharedPhone):
        move = Call((Trigger("sent", "phone"),), _EMPTY, otherwise=Say("phone_not_needed"))
    dialogue = _counted(waiting, _digest(f"<{kind}>"), now)
    guard = _guarded(dialogue, automated=waiting.inbound.automated)
    return Decision((guard or move,), dialogue, "", 0.0)


def _pressed(payload: str, dialogue: Dialogue) -> Decision:
    verb, _, argument = payload.partition(":")
    call = Call((Trigger("press", verb),), _EMPTY, argument=argument, pressed=True)
    return Decision((call,), dialogue, f"press:{verb}"[:32], 1.0)


def _said(words: _Words, waiting: Waiting, understand: Callable[[str], tuple[Request, ...]], now: datetime) -> Decision:
    text = words.text
    dialogue = _counted(waiting, words.digest, now)
    guard = _guarded(dialogue, automated=waiting.inbound.automated)
    if guard is not None:
        return Decision((guard,), dialogue, "", 0.0)
    if not words.is_said:
        return Decision((Say("nothing_said"),), dialogue, "", 0.0)
    button = chosen(text, dialogue, now)
    if button is not None:
        return _pressed(button.payload, dialogue)
    requests = understand(text)
    first = requests[0]
    if dialogue.expects and not first.anywhere and (_is_number(text) or not _interrupts(first)):
        triggers = (Trigger("expects", dialogue.expects), Trigger("intent", first.intent))
        return Decision((Call(triggers, first, text),), dialogue, first.intent, first.confidence)
    if first.anywhere:
        requests = requests[:1]
    calls = tuple(Call(_triggers(request), request, text) for request in requests)
    return Decision(calls, dialogue, first.intent, first.confidence)


def _triggers(request: Request) -> tuple[Trigger, ...]:
    """Who answers a wish: where another one is nearly as likely, who asks which of the two is meant."""
    return _triggers_of(request.intent, bool(request.slots.get("rival")))


@cache
def _triggers_of(intent: str, is_unsure: bool) -> tuple[Trigger, ...]:
    meant = Trigger("intent", intent)
    return (Trigger("intent", "unsure"), meant) if is_unsure else (meant,)


def _interrupts(request: Request) -> bool:
    return request.confidence >= SURE and request.intent not in {"search", "availability"}


def _is_number(text: str) -> bool:
    """Somebody typed what stands on a card («билет: 00-123-45»): that answers a question, it does not ask one."""
    figures = sum(sign.isdigit() for sign in text)
    return figures >= LEAST_FIGURES and figures >= sum(sign.isalpha() for sign in text)


def _counted(waiting: Waiting, digest: str, now: datetime) -> Dialogue:
    """The guard's counts after one more text; the text itself is not kept."""
    dialogue = waiting.dialogue
    since = dialogue.repeating_since
    again = digest == dialogue.last_text or waiting.inbound.automated
    goes_on = again and since is not None and now - since <= SAME_TEXT_WITHIN
    return Dialogue(  # in full: ``replace`` costs three times as much, once and again every turn
        expects=dialogue.expects,
        data=dialogue.data,
        offered=dialogue.offered,
        offered_at=dialogue.offered_at,
        misses=dialogue.misses,
        last_text=digest,
        repeats=dialogue.repeats + 1 if goes_on else 1,
        repeating_since=since if goes_on else now,
    )


def _guarded(dialogue: Dialogue, *, automated: bool) -> Say | Silence | None:
    """The same text again and again is told once and then not answered; another bot is just not answered."""
    if automated:
        return Silence() if dialogue.repeats > AUTOMATED_TIMES else None
    if dialogue.repeats < SAME_TEXT_TIMES:
        return None
    return Say("same_again") if dialogue.repeats == SAME_TEXT_TIMES else Silence()


def chosen(text: str, dialogue: Dialogue, now: datetime) -> Button | None:
    """The offered choice that a typed number, ordinal or label means, None for anything else."""
    if not dialogue.offered or dialogue.offered_at is None or now - dialogue.offered_at > OFFER_LASTS:
        return None
    is_short = len(text) <= LONGEST_LABEL
    number = _number_again(text) if is_short else _number(text)
    if number is not None:
        return dialogue.offered[number - 1] if 0 < number <= len(dialogue.offered) else None
    return _labelled(_folded(text), dialogue.offered) if is_short else None


def _number(text: str) -> int | None:
    """The number of a choice, in digits or as an ordinal; None for anything else."""
    words = text.casefold().replace("ё", "е").strip()
    number = ORDINALS.get(words.rstrip(".!)"))
    if number is None and (match := _CHOICE.fullmatch(words)):
        return int(match.group(1))
    return number


_number_again = lru_cache(maxsize=8_192)(_number)

_folded = lru_cache(maxsize=8_192)(fold)
"""Labels are few and come again with every turn; what is typed is short here, and often the same."""


def _labelled(said: str, offered: tuple[Button, ...]) -> Button | None:
    """The button whose label was typed, whatever the punctuation; «ага» and «да, позовите» press «Да»."""
    labels = _labels(offered)
    if said in labels:
        return labels[said]
    words = said.split()
    if words and len(words) <= LONGEST_YES:
        for yes_or_no in (YES, NO):
            if words[0] in yes_or_no:
                return next((labels[word] for word in yes_or_no if word in labels), None)
    return None


def _labels_of(offered: tuple[Button, ...]) -> dict[str, Button]:
    return {_folded(button.label): button for button in reversed(offered)}


_labels = OfTheSame(_labels_of)


def after(dialogue: Dialogue, answers: tuple[Answer, ...], now: datetime) -> Dialogue:
    """The dialogue once these answers are given."""
    expects: Expects | None = None
    missed = False
    offered: tuple[Button, ...] = ()
    for answer in answers:
        expects = answer.expects or expects
        missed = missed or answer.missed
        offered = offers(answer.replies) or offered
    return Dialogue(
        expects=expects.key if expects else "",
        data=dict(expects.data) if expects else {},
        offered=offered or dialogue.offered,
        offered_at=now if offered else dialogue.offered_at,
        misses=dialogue.misses + 1 if missed else 0,
        repeats=dialogue.repeats,
        repeating_since=dialogue.repeating_since,
        last_text=dialogue.last_text,
    )


def offers(replies: tuple[Reply, ...]) -> tuple[Button, ...]:
    """The choices on offer: those of the last reply that has any, in reading order."""
    for reply in reversed(replies):
        if reply.buttons:
            return _choices(reply)
    return ()


def _choices_of(reply: Reply) -> tuple[Button, ...]:
    return tuple(button for row in reply.buttons for button in row if button.is_choice)


_choices = OfTheSame(_choices_of)

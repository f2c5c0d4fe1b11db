"""What a message means where the dialogue stands: pure decisions, state in, decision out."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, lru_cache

from bot import tastes
from bot.engine.choices import LIST_LASTS, NO, YES, chosen, is_neither
from bot.engine.follow_ups import BOOK, BOOKS, MAY_BE_MORE, PLACES, follow_up, of_the_same_place, subject_of
from bot.language import corrections, reactions, yes_or_no
from bot.language.folding import fold
from bot.language.spoken import Spoken, spoken
from bot.library import genres
from bot.messages import Button, ButtonPress, Content, Photo, Reply, SharedPhone, Started, Text, Unsupported
from bot.ports.log import Dialogue, Heard, Mode, Waiting
from bot.ports.understanding import Request
from bot.quick import dataclass, replace
from bot.routing import TASTE, Answer, Expects, Trigger
from bot.sameness import of_the_same

LONGEST_TEXT = 4_000
"""Characters that are read of one message; the log keeps all of it."""

SAME_TEXT_TIMES = 20
AUTOMATED_TIMES = 2
"""Another bot is answered so often in ``SAME_TEXT_WITHIN``, whatever it says."""
SAME_TEXT_WITHIN = timedelta(minutes=5)
SURE = 0.8
"""From this confidence on another wish interrupts an awaited answer."""
LEAST_FIGURES = 4
"""So many make a number of a card, a PIN or a code, rather than a price or a class."""

_ABOUT_ONES_DATA = frozenset({"erase_me", "withdraw", Heard.OWN_DATA.value, "rules.privacy"})
"""Wishes that the bot asks back about, so it cannot carry them out while it is silent."""
_SAID_TO_A_PERSON = frozenset({"хватит"})
"""Means an end of notices to the bot, and anything to a person."""
_PLAINLY = frozenset((*YES, *NO)) - {"не"}
"""With «не» a wish begins, too: «не присылайте мне ничего»."""
_MOTHER_TONGUE = "ru"
"""Is not kept where it is what would be spoken anyway: most dialogues need no word about it."""
LONGEST_ANSWER = 6
"""Words of an answer to a question of yes or no: in whatever language, it is answered in the question's."""
_IN_ANOTHER_BUILDING = frozenset(f"elsewhere:{wish}" for wish in PLACES)
_SURE_OF_A_RULE = 0.9
_OF_AN_EDITION = ("а на ", "на ", "есть на ", "а есть на ")
"""How a question for an edition begins: «по-английски» and "in English" rather order an answer in it."""
_UNREADABLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_EMPTY = Request(intent="", confidence=1.0)
_NOT_TOLD = Spoken()


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
    """What to do, and the dialogue with the guard's counts brought up to date.

    Attributes:
        quiet: Whether it is done without a word, because a person speaks with the reader.
    """

    moves: tuple[Call | Silence | Say, ...]
    dialogue: Dialogue
    intent: str
    confidence: float
    quiet: bool = False


def readable(text: str) -> str:
    """The words without control and direction signs, composed, cut to what is read."""
    return unicodedata.normalize("NFC", _UNREADABLE.sub("", text[: LONGEST_TEXT * 2])).strip()[:LONGEST_TEXT]


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return any(map(str.isalnum, text))


@dataclass(frozen=True, slots=True)
class _Words:
    """What is seen of a text before anybody understands it.

    Attributes:
        text: Its readable form.
        wish: The same with one sign at its end: «Открыто ??» says what «Открыто?» does, and is not thought about twice.
        digest: The loop guard's.
        heard: The language it is in.
        meant: What is left of it, should it correct what was said before; "" where it cannot.
    """

    text: str
    wish: str
    digest: str
    is_said: bool
    heard: Spoken
    meant: str


def _look(text: str) -> _Words:
    text = readable(text)
    meant = "" if reactions.is_wrong(text) else corrections.meant(text)
    return _Words(text, _ended_once(text), _digest(text), has_words(text), spoken(text), meant)


def _ended_once(text: str) -> str:
    return f"{text.rstrip(f'{text[-1]} ')}{text[-1]}" if text.endswith(("?", "!")) else text


_look_again = lru_cache(maxsize=8_192)(_look)
LONGEST_REMEMBERED = 100
"""Characters of a text that may be remembered, in memory only; longer ones do not come twice."""


def _words(text: str) -> _Words:
    return _look_again(text) if len(text) <= LONGEST_REMEMBERED else _look(text)


def _digest(text: str) -> str:
    return hashlib.blake2s(text.casefold().encode(), digest_size=8).hexdigest()


def decide(
    waiting: Waiting,
    understand: Callable[[str], tuple[Request, ...]],
    now: datetime,
    otherwise: str = _MOTHER_TONGUE,
) -> Decision:
    """What this message asks for.

    Args:
        waiting: The message with its dialogue.
        understand: A reader's words to requests, at least one.
        now: The moment of the turn.
        otherwise: The language to answer in where the reader's words never told one.
    """
    dialogue = waiting.dialogue
    content = waiting.inbound.content
    if waiting.mode is Mode.PERSON:
        return _beside_a_person(content, dialogue, understand)
    match content:
        case Text(text):
            return _said(_words(text), waiting, understand, now, otherwise)
        case ButtonPress(payload):
            return _pressed(payload, dialogue)
        case Started(parameter):
            request = Request(intent="greeting", confidence=1.0, slots={"start": parameter})
            return Decision((Call((Trigger("intent", "greeting"),), request),), dialogue, "greeting", 1.0)
        case Photo():
            return _shown(content, waiting, understand, now, otherwise)
        case SharedPhone() | Unsupported():
            return _wordless(content, waiting, now)


def _beside_a_person(
    content: Content, dialogue: Dialogue, understand: Callable[[str], tuple[Request, ...]]
) -> Decision:
    """Silence; but «стоп» is done at once, and who speaks of their data is pointed out to the librarian."""
    nothing = Decision((Silence(),), dialogue, "", 0.0)
    if not isinstance(content, Text) or not (words := _words(content.text)).is_said:
        return nothing
    first = understand(words.wish)[0]
    if first.confidence < SURE or fold(words.text) in _SAID_TO_A_PERSON:
        return nothing
    if not _ABOUT_ONES_DATA.isdisjoint((first.intent, first.slots.get("topic", ""))):
        return replace(nothing, intent=Heard.OWN_DATA.value, confidence=first.confidence)
    if first.intent != Heard.STOP:
        return nothing
    call = Call((Trigger("intent", Heard.STOP.value),), first, words.wish)
    return Decision((call,), dialogue, Heard.STOP.value, first.confidence, quiet=True)


def _shown(
    photo: Photo,
    waiting: Waiting,
    understand: Callable[[str], tuple[Request, ...]],
    now: datetime,
    otherwise: str,
) -> Decision:
    """The picture first; its caption is asked only where nothing is on the picture, or where it must be heard."""
    look = Call((Trigger("sent", "photo"),), _EMPTY, otherwise=Say("text_please", "photo"))
    if not has_words(photo.caption):
        dialogue = _counted(waiting, _digest(f"<photo {photo.handle}>"), now)
        guard = _guarded(dialogue, automated=waiting.inbound.automated)
        return Decision((guard or look,), dialogue, "", 0.0)
    said = _said(_words(photo.caption), waiting, understand, now, otherwise)
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


def _said(
    words: _Words, waiting: Waiting, understand: Callable[[str], tuple[Request, ...]], now: datetime, otherwise: str
) -> Decision:
    text, before = words.text, waiting.dialogue
    heard = words.heard
    is_spoken = heard.language == (before.language or otherwise)
    if (before.expects and _is_answering(words, before)) or (
        heard.order
        and (is_spoken or text.casefold().startswith(_OF_AN_EDITION))
        and _asks_for_a_form(text, before, now)
    ):
        heard = _NOT_TOLD
    dialogue = _counted(waiting, words.digest, now, _language(heard, before.language, otherwise))
    guard = _guarded(dialogue, automated=waiting.inbound.automated)
    if guard is None and not words.is_said:
        guard = Say("nothing_said")
    elif guard is None and heard.order:
        guard = Say("speaks")
    if guard is not None:
        return Decision((guard,), dialogue, "", 0.0)
    button = chosen(text, dialogue, now)
    if button is not None:
        return _pressed(button.payload, dialogue)
    if is_neither(text, dialogue, now):
        return Decision((Say("yes_or_no"),), dialogue, "", 0.0)
    return _wished(words, dialogue, before.language, understand, now)


def _wished(
    words: _Words,
    dialogue: Dialogue,
    language: str,
    understand: Callable[[str], tuple[Request, ...]],
    now: datetime,
) -> Decision:
    """What free words ask for; ``language`` is the one that was spoken before them."""
    mended = _corrected(words, dialogue, now)
    requests = _as_before(understand(mended.wish), words.text) if mended else understand(words.wish)
    words = mended or words
    text, first = words.text, requests[0]
    if dialogue.language == "en" != language and _is_a_title(requests):
        dialogue = replace(dialogue, language=language)
    question = None if first.anywhere else _on_what_was_shown(words.wish, first, dialogue, now, mended=bool(mended))
    may_be_more = question is not None and dialogue.expects.endswith(MAY_BE_MORE)
    if dialogue.expects == TASTE:
        if len(requests) == 1 and not first.anywhere and tastes.adds(text):
            first = replace(first, intent="recommend")
            return Decision((Call(_triggers_of(first.intent, False), first, text),), dialogue, first.intent, SURE)
    elif dialogue.expects and not first.anywhere and not may_be_more and _answers(text, first, dialogue.expects):
        triggers = (Trigger("expects", dialogue.expects), Trigger("intent", first.intent))
        return Decision((Call(triggers, first, text),), dialogue, first.intent, first.confidence)
    if first.anywhere:
        requests = requests[:1]
    elif question is not None:
        call = Call((question, *_triggers(first)), first, words.wish, argument=dialogue.subject.partition(":")[2])
        return Decision((call,), dialogue, question.kind, 1.0)
    calls = tuple([Call(_triggers(request), request, words.wish) for request in requests])
    return Decision(calls, dialogue, first.intent, first.confidence)


def _on_what_was_shown(text: str, first: Request, dialogue: Dialogue, now: datetime, *, mended: bool) -> Trigger | None:
    """Who answers a question on what was shown; of a correction a name alone is one: «нет, в центральной»."""
    asked = of_the_same_place(text, first.intent, dialogue, now) or follow_up(text, dialogue, now)
    if asked is not None and asked.key in _IN_ANOTHER_BUILDING and _is_of_a_rule(first):
        return None  # «а в детской тоже печатают?» behind hours
    return asked or (follow_up(f"а {text}", dialogue, now) if mended else None)


def _is_of_a_rule(first: Request) -> bool:
    """Whether a question surely is of a rule that has a name."""
    return first.intent == "rules" and first.confidence >= _SURE_OF_A_RULE and "." in first.slots.get("topic", "")


def _corrected(words: _Words, dialogue: Dialogue, now: datetime) -> _Words | None:
    """What is meant by a correction of what was said before; None where nothing was, or yes and no are waited for."""
    if not words.meant or dialogue.expects.endswith("?"):
        return None
    spoken_with = dialogue.offered_at is not None and now - dialogue.offered_at <= LIST_LASTS
    return _words(words.meant) if spoken_with or dialogue.expects else None


def _as_before(requests: tuple[Request, ...], said: str) -> tuple[Request, ...]:
    """The requests of a correction, with all that was said as the last reading of a title: «Нет худа без добра»."""
    return tuple([replace(one, slots={**one.slots, "uncorrected": said}) for one in requests])


def _triggers(request: Request) -> tuple[Trigger, ...]:
    """Who answers a wish: where another one is nearly as likely, who asks which of the two is meant."""
    return _triggers_of(request.intent, bool(request.slots.get("rival")))


@cache
def _triggers_of(intent: str, is_unsure: bool) -> tuple[Trigger, ...]:
    meant = Trigger("intent", intent)
    return (Trigger("intent", "unsure"), meant) if is_unsure else (meant,)


def _answers(text: str, request: Request, awaited: str) -> bool:
    """Whether a message is the awaited answer rather than a wish that interrupts."""
    if request.confidence < SURE or request.intent in {"search", "availability"} or _is_number(text):
        return True
    if not awaited.endswith("?"):
        return False
    said = fold(text).split()
    return next(iter(said), "") in _PLAINLY or yes_or_no.answer(said) is not None


def _asks_for_a_form(text: str, dialogue: Dialogue, now: datetime) -> bool:
    """«А на английском?» behind a book asks for an edition, not to be spoken with so."""
    if subject_of(dialogue, now) not in (BOOK, BOOKS):
        return False
    question = follow_up(text, dialogue, now)
    return question is not None and question.key.startswith("form:")


def _is_answering(words: _Words, dialogue: Dialogue) -> bool:
    """Whether a question of yes or no waits, and these words are too few to tell another language."""
    return dialogue.expects.endswith("?") and len(words.text.split()) <= LONGEST_ANSWER and not words.heard.order


def _language(heard: Spoken, kept: str, otherwise: str) -> str:
    """What is remembered of the reader's language: what was said plainly, else what was, else what the letters are."""
    language = heard.language if heard.plainly else kept or heard.language
    return "" if language == otherwise == _MOTHER_TONGUE else language


def _is_a_title(requests: tuple[Request, ...]) -> bool:
    """Nothing but a title: «Where the Wild Things Are» is asked for by readers of any language; "poetry" is none."""
    first = requests[0]
    if len(requests) > 1 or first.intent != "search" or "whole" in first.slots or "language" in first.slots:
        return False
    return not all(map(genres.kind_of, genres.told(first.rest)))


def _is_number(text: str) -> bool:
    """Somebody typed what stands on a card («билет: 00-123-45»): that answers a question, it does not ask one."""
    figures = sum(sign.isdigit() for sign in text)
    return figures >= LEAST_FIGURES and figures >= sum(sign.isalpha() for sign in text)


def _counted(waiting: Waiting, digest: str, now: datetime, language: str | None = None) -> Dialogue:
    """The guard's counts after one more text, and its language; the text itself is not kept."""
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
        subject=dialogue.subject,
        subject_at=dialogue.subject_at,
        language=dialogue.language if language is None else language,
    )


def _guarded(dialogue: Dialogue, *, automated: bool) -> Say | Silence | None:
    """The same text again and again is told once and then not answered; another bot is just not answered."""
    if automated:
        return Silence() if dialogue.repeats > AUTOMATED_TIMES else None
    if dialogue.repeats < SAME_TEXT_TIMES:
        return None
    return Say("same_again") if dialogue.repeats == SAME_TEXT_TIMES else Silence()


def after(dialogue: Dialogue, answers: tuple[Answer, ...], now: datetime) -> Dialogue:
    """The dialogue once these answers are given."""
    expects: Expects | None = None
    missed = False
    offered: tuple[Button, ...] = ()
    about = ""
    for answer in answers:
        expects = answer.expects or expects
        about = answer.about or about
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
        subject=about or dialogue.subject,
        subject_at=now if about else dialogue.subject_at,
        language=dialogue.language,
    )


def offers(replies: tuple[Reply, ...]) -> tuple[Button, ...]:
    """The choices on offer: those of the last reply that has any, in reading order."""
    for reply in reversed(replies):
        if reply.buttons:
            return _choices(reply)
    return ()


def _choices_of(reply: Reply) -> tuple[Button, ...]:
    return tuple(button for row in reply.buttons for button in row if button.is_choice)


_choices = of_the_same(_choices_of)

"""What takes a reader's words: the handlers of the configuration, and understanding before them."""

import importlib
from collections.abc import Collection, Mapping
from functools import cache
from threading import Lock

from bot.engine.dispatcher import routes
from bot.engine.same_words import Remembered
from bot.engine.titles import Titled
from bot.errors import ConfigError
from bot.ports.catalogue import Titles
from bot.ports.understanding import Request, Understanding
from bot.routing import Handler, Router, Trigger
from bot.settings import Settings
from bot.taught import Synonyms, TaughtUnderstanding

_KNOWING = Lock()


def handler_table(settings: Settings) -> Mapping[Trigger, Handler]:
    """The handlers of all modules in ``intents:``. Raises ConfigError where one is missing."""
    routers: list[Router] = []
    for name in settings.intents:
        if not name.isidentifier():
            raise ConfigError(f"intents: {name!r} is no name of a module in handlers/")
        try:
            routers.append(importlib.import_module(f"handlers.{name}").router)
        except ModuleNotFoundError as error:
            if error.name != f"handlers.{name}":
                raise
            raise ConfigError(f"intents: there is no module handlers/{name}.py") from None
    try:
        return routes(routers)
    except ValueError as error:
        raise ConfigError(f"intents: {error}") from None


def understanding(synonyms: Synonyms, intents: Collection[str], titles: Titles) -> Understanding:
    """A reader's words to requests.

    Args:
        synonyms: The librarians' own phrases, before all others.
        intents: Every intent that has a handler.
        titles: What a message may be, word for word.
    """
    from understanding.topics import topics

    taught = TaughtUnderstanding(Titled(untaught(), titles), synonyms, topics(), frozenset(intents))
    return Remembered(taught, lambda: (titles.edition, synonyms.book))


@cache
def untaught() -> Understanding:
    """What understands readers before any librarian has taught it; one a process, pure.

    It is put together with the first text, or before that by :func:`know_phrases`.
    """
    return Remembered(_ByPhrases())


class _ByPhrases:
    def understand(self, text: str) -> tuple[Request, ...]:
        return know_phrases().understand(text)


def know_phrases() -> Understanding:
    """Put the phrases together, in whichever thread asks first; the others wait for it."""
    with _KNOWING:
        return _phrases()


@cache
def _phrases() -> Understanding:
    from understanding.understander import PhraseUnderstanding

    return PhraseUnderstanding()


def at_once(settings: Settings, table: Mapping[Trigger, Handler]) -> frozenset[str]:
    """What goes to a person without a question. Raises ConfigError where nobody ever means such a thing."""
    from understanding.topics import topics

    known = intents_of(table) | topics().keys() | {entry.topic for entry in settings.faq}
    for name in settings.handover.at_once:
        if name not in known:
            raise ConfigError(f"handover.at_once: {name!r} is no topic (docs/faq-topics.md) and no intent")
    return frozenset(settings.handover.at_once)


def intents_of(table: Mapping[Trigger, Handler]) -> frozenset[str]:
    """Every intent that has a handler."""
    return frozenset(trigger.key for trigger in table if trigger.kind == "intent")

"""The journal in words: about whom or what an entry is, and its few words more."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from urllib.parse import parse_qsl

from bot.accounts import LinkState
from bot.audit import DESK, ENGINE, READER, Entry
from bot.quick import dataclass
from bot.reader_desk import SoughtBy
from bot.shelving import ImportKind
from bot.staff import StaffMember, StaffRole
from bot.wording import counted, day
from bot.wording import gettext as _
from console import lesson_words, own_texts, words
from console.days_form import date_of
from console.reader_words import SHOWN, actions, proofs

SHOWN_DIGEST, DIGEST = 8, 64
_PAIR = re.compile(r"(\w+):(\S+)")


@dataclass(frozen=True, slots=True)
class Whom:
    """About whom or what; ``path``: its page under the console's root, "" for none."""

    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class JournalWords:
    """Names of what entries keep as numbers and codes.

    Attributes:
        branches: Code → name.
        staff: All accounts there are.
        topics: Topic → what answers on it tell.
    """

    branches: Mapping[str, str]
    staff: Sequence[StaffMember] = ()
    topics: Mapping[str, str] = field(default_factory=dict)

    def actors(self) -> dict[str, str]:
        """Whoever acts, as entries keep them → as they are called."""
        known = {f"staff:{who.login}": who.name for who in self.staff}
        return known | {name: words.actor(name) for name in (READER, ENGINE, DESK)}

    def whom(self, entry: Entry) -> Whom:
        """About whom or what an entry is."""
        kind, _sep, rest = entry.subject.partition(":")
        if entry.patron_id:
            return Whom(_("читатель № {number}").format(number=entry.patron_id), f"readers/{entry.patron_id}")
        if kind in self._things():
            return self._things()[kind](rest)
        if len(entry.subject) == DIGEST and not _sep:
            return Whom(_("чат {digest}").format(digest=entry.subject[:SHOWN_DIGEST]))
        if entry.subject.startswith("/"):
            return Whom(_("страница {path}").format(path=entry.subject))
        return Whom(entry.subject)

    def _things(self) -> Mapping[str, Callable[[str], Whom]]:
        synonyms = {kind.value: said for kind, said in lesson_words.kinds().items()}
        texts = {own.value: told.title for own, told in own_texts.told().items()}
        return {
            "answer": lambda topic: Whom(_("ответ «{topic}»").format(topic=self.topics.get(topic, topic))),
            "branch": lambda code: Whom(self.branches.get(code, code)),
            "canned": lambda name: Whom(
                _("готовый ответ № {number}").format(number=name) if name.isdecimal() else f"«{name}»"
            ),
            "conversation": lambda number: Whom(_("диалог № {number}").format(number=number), f"c/{number}"),
            "days": lambda number: Whom(_("особые дни № {number}").format(number=number)),
            "import": lambda number: Whom(_("загрузка № {number}").format(number=number), f"imports/{number}"),
            "miss": lambda number: Whom(_("вопрос № {number}").format(number=number)),
            "patron": lambda number: Whom(_("читатель № {number}").format(number=number), f"readers/{number}"),
            "request": lambda number: Whom(_("заявка № {number}").format(number=number)),
            "staff": lambda number: Whom(self._colleague(number)),
            "synonym": lambda kind: Whom(synonyms.get(kind, kind)),
            "words": lambda which: Whom(texts.get(which, which), "words"),
            "work": lambda number: Whom(_("книга № {number}").format(number=number), f"books/{number}"),
        }

    def _colleague(self, number: str) -> str:
        known = {str(who.staff_id): who.name for who in self.staff}
        return known.get(number) or _("сотрудник № {number}").format(number=number)

    # --- details ---------------------------------------------------------------------------------

    def details(self, entry: Entry) -> str:
        """The few words more, "" where there are none."""
        said = [self._detail(entry, key, value) for key, value in entry.details.items()]
        return ", ".join(one for one in said if one)

    def _detail(self, entry: Entry, key: str, value: str | int) -> str:
        if key == "more":
            return self._more(entry, str(value))
        put = _details().get(key)
        return put(value) if put else f"{key}: {value}"

    def _more(self, entry: Entry, more: str) -> str:
        put = self._ways().get(entry.action)
        if put is None and entry.action.startswith("places."):
            put = self._days
        return put(more) if put else more

    def _ways(self) -> Mapping[str, Callable[[str], str]]:
        """How the words more of an action are put; those of others are words already."""
        return {
            "answer.restored": _version,
            "answer.saved": _version,
            "catalogue.hidden": _things,
            "catalogue.merged": _things,
            "catalogue.shown": _things,
            "catalogue.split": _things,
            "catalogue.undone": _things,
            "hand_on": self._handed,
            "hold.missing": _things,
            "journal.exported": self._filters,
            "list.dropped": _list,
            "list.loaded": _list,
            "list.uploaded": _list,
            "places.branch_added": lambda _names: "",
            "places.branch_changed": _fields,
            "renew": _renewed,
            "search.readers": _searched,
            "sign_in.refused": lambda _code: _("не подошёл код из приложения"),
            "staff.added": _role,
            "staff.changed": _role,
            "view.card": _things,
            "view.name": _things,
            "words.changed": _language_and_version,
        }

    def _handed(self, to: str) -> str:
        kind, _sep, whom = to.partition(":")
        if kind == "staff":
            return self._colleague(whom)
        return _("филиал: {name}").format(name=self.branches.get(whom, whom))

    def _days(self, more: str) -> str:
        """«2026-05-05/2026-05-07 01,02 ремонт»: from when to when, where, and why."""
        days, _sep, rest = more.partition(" ")
        where, _sep, why = rest.partition(" ")
        first, _sep, last = days.partition("/")
        codes = [] if where == "all" else where.split(",")
        told = (
            _span(first, last),
            ", ".join(self.branches.get(code, code) for code in codes) or _("все филиалы"),
            why,
        )
        return "; ".join(one for one in told if one)

    def _filters(self, more: str) -> str:
        said = {
            "who": _("кто"),
            "what": _("что"),
            "patron": _("читатель №"),
            "whom": _("о ком"),
            "since": _("с"),
            "until": _("по"),
        }
        put = {"who": self.actors(), "what": dict(actions())}
        asked = [(name, put.get(name, {}).get(value, value)) for name, value in parse_qsl(more)]
        return ", ".join(f"{said.get(name, name)} {value}" for name, value in asked)


def _details() -> Mapping[str, Callable[[str | int], str]]:
    """How a detail that is kept by a name of its own is put."""
    return {
        "child": lambda child: _("для родителя") if child else "",
        "key": lambda _key: "",  # only guards against a repeat
        "messages": lambda count: _("стёрто: {messages}").format(
            messages=counted(int(count), "сообщение", "сообщения", "сообщений")
        ),
        "outcome": lambda state: outcomes().get(str(state), str(state)),
        "proof": lambda proof: proofs().get(str(proof), str(proof)),
        "purpose": lambda _purpose: "",  # there is only one
        "set": lambda kept: _("задан") if kept else _("снят"),
        "version": lambda version: _("текст согласия {version}").format(version=version),
    }


def outcomes() -> Mapping[str, str]:
    """What became of an attempt to link a card."""
    return {
        LinkState.LINKED.value: "",
        LinkState.ALREADY.value: _("билет здесь уже был"),
        LinkState.WRONG.value: _("не подошло"),
        LinkState.LOCKED.value: _("слишком много попыток"),
        LinkState.NO_CONSENT.value: _("нет согласия"),
        LinkState.OFF.value: _("этот способ выключен"),
    }


def _list(more: str) -> str:
    said = {ImportKind.PATRONS.value: _("список читателей"), ImportKind.LOANS.value: _("список выдач")}
    return said.get(more, more)


def _version(more: str) -> str:
    return _("версия {number}").format(number=more.rpartition(" ")[2])


def _language_and_version(more: str) -> str:
    language, _sep, version = more.partition(", ")
    return f"{lesson_words.languages().get(language, language)}, {_version(version)}"


def _renewed(more: str) -> str:
    done, _sep, wished = more.removesuffix(SHOWN).partition("/")
    said = _("продлено {done} из {wished}").format(done=done, wished=wished)
    return said + _(", с книгой в руках") if more.endswith(SHOWN) else said


def _searched(more: str) -> str:
    by, _sep, count = more.partition(": ")
    ways = {
        SoughtBy.CARD.value: _("по номеру билета"),
        SoughtBy.PHONE.value: _("по телефону"),
        SoughtBy.NAME.value: _("по фамилии"),
    }
    return _("{way}, найдено: {count}").format(way=ways.get(by, by), count=count)


def _role(more: str) -> str:
    role, _sep, disabled = more.partition(" ")
    name = words.role(StaffRole(role)) if role in set(StaffRole) else role
    return f"{name}, {_('вход закрыт')}" if disabled else name


def _things(more: str) -> str:
    """«record:1 item:2»: numbers of what was touched."""
    said = {
        "conversation": _("диалог № {number}"),
        "decision": _("решение № {number}"),
        "item": _("экземпляр № {number}"),
        "record": _("издание № {number}"),
        "work": _("книга № {number}"),
    }
    pairs = _PAIR.findall(more)
    return ", ".join(said[kind].format(number=number) if kind in said else number for kind, number in pairs) or more


def _fields(more: str) -> str:
    """Which fields of a branch were changed."""
    said = {
        "name": _("название"),
        "address": _("адрес"),
        "phone": _("телефон"),
        "email": _("почта"),
        "how_to_get": _("как добраться"),
        "aliases": _("другие названия"),
        "latitude": _("точка на карте"),
        "children": _("для детей"),
        "hours": _("часы работы"),
    }
    return ", ".join(said.get(name, name) for name in more.split())


def _span(first: str, last: str) -> str:
    ends = [day(known) if known else "" for known in (date_of(first), date_of(last))]
    if not ends[1]:
        return _("с {first}").format(first=ends[0])
    return ends[0] if ends[0] == ends[1] else _("{first} – {last}").format(first=ends[0], last=ends[1])

"""The sections of the console, in the order of its navigation."""

from collections.abc import Callable

from bot.quick import dataclass
from bot.staff import StaffRole
from bot.wording import gettext as _


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation.

    Attributes:
        key: What a screen passes as ``now_on``.
        path: Its address under the console's root.
        title: Its name, in the language of whoever looks.
        role: Who sees it: those who may do so much or more.
        letter: After ``g`` it leads there; a Latin capital, "" for none.
        count: Address of the figure beside the name, asked for once the page stands; "" for none.
        more: First pieces of further addresses that belong to it.
    """

    key: str
    path: str
    title: Callable[[], str]
    role: StaffRole = StaffRole.LIBRARIAN
    letter: str = ""
    count: str = ""
    more: tuple[str, ...] = ()


SECTIONS = (
    Section("inbox", "", lambda: _("Диалоги"), letter="I", count="list/count", more=("c",)),
    Section("overview", "overview", lambda: _("Обзор"), letter="O"),
    Section("books", "books", lambda: _("Каталог"), letter="K", more=("imports",)),
    Section(
        "teach",
        "teach",
        lambda: _("Чему научить"),
        letter="T",
        more=("answers", "means", "synonyms", "words"),
    ),
    Section("readers", "readers", lambda: _("Читатели"), letter="P"),
    Section("requests", "requests", lambda: _("Заявки"), letter="Z", count="requests/count"),
    Section("places", "places", lambda: _("Филиалы и часы"), letter="H"),
    Section("canned", "canned", lambda: _("Готовые ответы"), StaffRole.EDITOR),
    Section("journal", "journal", lambda: _("Журнал"), StaffRole.ADMIN),
    Section("staff", "staff", lambda: _("Сотрудники"), StaffRole.ADMIN),
)


def section_of(path: str, role: StaffRole) -> Section:
    """Where whoever has this role goes on from an address under the console's root: its section, else the first."""
    start, _slash, further = path.partition("/")
    found = next((one for one in SECTIONS if start == one.path or start in one.more), SECTIONS[0])
    is_its_page = not further and start == found.path
    return SECTIONS[0] if is_its_page or not role.may(found.role) else found

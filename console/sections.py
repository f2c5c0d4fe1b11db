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
    """

    key: str
    path: str
    title: Callable[[], str]
    role: StaffRole = StaffRole.LIBRARIAN
    letter: str = ""
    count: str = ""


SECTIONS = (
    Section("inbox", "", lambda: _("Диалоги"), letter="I"),
    Section("overview", "overview", lambda: _("Обзор"), letter="O"),
    Section("books", "books", lambda: _("Каталог"), letter="K"),
    Section("teach", "teach", lambda: _("Чему научить"), letter="T"),
    Section("readers", "readers", lambda: _("Читатели"), letter="P"),
    Section("requests", "requests", lambda: _("Заявки"), letter="Z", count="requests/count"),
    Section("places", "places", lambda: _("Филиалы и часы"), letter="H"),
    Section("canned", "canned", lambda: _("Готовые ответы"), StaffRole.EDITOR),
    Section("journal", "journal", lambda: _("Журнал"), StaffRole.ADMIN),
    Section("staff", "staff", lambda: _("Сотрудники"), StaffRole.ADMIN),
)

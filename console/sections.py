"""The sections of the console, in the order of its navigation."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.desk import StaffRole
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
    """

    key: str
    path: str
    title: Callable[[], str]
    role: StaffRole = StaffRole.LIBRARIAN
    letter: str = ""


SECTIONS = (
    Section("inbox", "", lambda: _("Диалоги"), letter="I"),
    Section("books", "books", lambda: _("Каталог"), letter="K"),
    Section("teach", "teach", lambda: _("Чему научить"), letter="T"),
    Section("canned", "canned", lambda: _("Готовые ответы"), StaffRole.EDITOR),
    Section("staff", "staff", lambda: _("Сотрудники"), StaffRole.ADMIN),
)

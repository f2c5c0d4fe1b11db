"""Which screens of the console axe and the keyboard try, and in which module of this folder.

``tests/console/test_every_address.py`` holds the list against the console's own addresses: a screen that is added later
takes its place here and is tried, or fails there.
"""

from collections.abc import Mapping

TRIED: Mapping[str, tuple[str, ...]] = {
    "test_console": ("login", "", "?tab=all", "c/1", "canned", "account", "account/code", "password", "c/999"),
    "test_console_books": ("imports", "imports/1", "books", "books/1", "books?hidden=1"),
    "test_console_overview": ("overview", "overview/opinions"),
    "test_places": ("places", "places/branch?code=01", "places/branch"),
    "test_readers": ("readers", "readers/1", "readers/1/erase", "requests", "journal", "staff", "readers/999"),
    "test_teaching": (
        "teach",
        "answers",
        "answers/new?miss=1",
        "answers/1",
        "answers/proposals/1",
        "means?miss=1",
        "means?kind=phrase",
        "synonyms",
        "words",
        "words/hello/ru",
    ),
}
"""Module → addresses under the console's root, tried as :meth:`Visitor.shuts_out` says."""

PIECES = frozenset(
    {
        "books/{id}/twins",
        "c/{id}/books",
        "c/{id}/card",
        "c/{id}/earlier",
        "c/{id}/files/{message}/{number}",
        "c/{id}/stream",
        "c/{id}/thread",
        "imports/{id}/piece",
        "imports/{id}/rejected",
        "list",
        "list/count",
        "means/books",
        "overview/now",
        "readers/{id}/books",
        "readers/{id}/lending",
        "requests/count",
        "stream",
    }
)
"""Addresses of what stands in a screen that is tried, and of files: no screens themselves."""


def screens_of(module: str) -> tuple[str, ...]:
    """The screens that a module tries; ``module`` is its ``__name__``."""
    return TRIED[module.rpartition(".")[2]]

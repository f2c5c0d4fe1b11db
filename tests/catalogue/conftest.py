"""The original catalogue exports are read where somebody names their folder, and nowhere else."""

import os
from pathlib import Path

import pytest

VARIABLE = "BIBLIOBOT_EXPORTS"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests over the originals out unless their folder is named; a wrong folder stops the run."""
    marked = [item for item in items if item.get_closest_marker("exports")]
    folder = os.environ.get(VARIABLE, "")
    if folder:
        if not all((Path(folder) / name).is_dir() for name in ("marc", "irbis")):
            raise pytest.UsageError(f"{VARIABLE}={folder}: expected a folder that holds marc/ and irbis/")
        return
    if marked and config.getoption("markexpr") == "exports":
        raise pytest.UsageError(f"-m exports: set {VARIABLE} to the folder that holds marc/ and irbis/")
    if marked:
        config.hook.pytest_deselected(items=marked)
        items[:] = [item for item in items if item not in marked]


@pytest.fixture
def exports() -> Path:
    """The folder of the originals."""
    return Path(os.environ[VARIABLE])

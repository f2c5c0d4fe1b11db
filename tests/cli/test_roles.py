"""One library served by several processes that share a PostgreSQL."""

import signal
from pathlib import Path

from tests.cli.library import SmallLibrary
from tests.cli.test_service import asks, serving
from tests.support.databases import Databases
from tests.support.patience import SOON_S


async def test_web_worker_and_sender_are_three_processes(tmp_path: Path, databases: Databases) -> None:
    url = await databases.url("postgresql")
    library = SmallLibrary.in_folder(tmp_path, f"database: {{url: '{url}'}}")
    with (
        serving(library, "--role", "worker") as (worker, _),
        serving(library, "--role", "sender") as (sender, _),
        serving(library, "--role", "web") as (web, address),
    ):
        assert "Центральная библиотека" in asks(address, "где вы находитесь?")

        for process in (web, worker, sender):
            process.send_signal(signal.SIGTERM)
            assert process.wait(SOON_S) == 0

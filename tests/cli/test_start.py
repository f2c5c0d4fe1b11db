"""What a start loads: libraries of what is not configured cost seconds and megabytes for nothing."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from db.connect import Database

START = """
import asyncio, sys
from pathlib import Path
from aiohttp import ClientSession
from bot.cli import structlog_alone
structlog_alone()
from bot.app.service import service_of
from bot.app.store import opened
from bot.cli import service
from bot.engine.service import Role
from bot.settings import Settings

async def main() -> None:
    settings = Settings(database={"url": "sqlite:///" + sys.argv[1]}, server={"port": 0})
    async with opened(settings, Path(sys.argv[2])) as what:
        running = service_of(what, Role.ALL)
        port = await running.start()
        print("@", *sys.modules)
        async with ClientSession() as client, client.get(f"http://127.0.0.1:{port}/console/login") as door:
            print("@", door.status, "console.app" in sys.modules)
        await running.stop()

asyncio.run(main())
"""
HEAVY = {
    "aiogram", "alembic", "argon2", "asyncpg", "babel.messages", "fpdf", "holidays", "jinja2", "openpyxl", "PIL",
    "playwright", "pygments", "pymarc", "requests", "rich", "segno", "vk_api", "zxingcpp",
    "sqlalchemy.dialects.postgresql", "understanding.understander",
    "catalogue.import_desk", "catalogue.importers", "console",
}  # fmt: skip


async def test_a_start_loads_no_library_of_what_is_not_configured_and_the_console_when_somebody_comes(
    sqlite: Database, tmp_path: Path
) -> None:
    command = (sys.executable, "-W", "error", "-c", START, str(sqlite.path), str(tmp_path))

    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    said, _ = await process.communicate()

    loaded, door = (line.split()[1:] for line in said.decode().splitlines() if line.startswith("@"))
    assert process.returncode == 0
    assert "adapters.webchat.channel" in loaded
    assert sorted(HEAVY & set(loaded)) == []
    assert door == ["200", "True"]

"""What a start loads: libraries of what is not configured cost seconds and megabytes for nothing."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from db.connect import Database

START = """
import asyncio, sys
from pathlib import Path
from bot import app
from bot.cli import service
from bot.engine.service import Role
from bot.settings import Settings

async def main() -> None:
    settings = Settings(database={"url": "sqlite:///" + sys.argv[1]}, server={"port": 0})
    async with app.opened(settings, Path(sys.argv[2])) as what:
        running = app.service(what, Role.ALL)
        await running.start()
        await running.stop()

asyncio.run(main())
print(*sys.modules)
"""
HEAVY = {
    "aiogram", "alembic", "argon2", "asyncpg", "fpdf", "holidays", "openpyxl", "PIL", "pymarc", "requests", "segno",
    "vk_api", "zxingcpp", "catalogue.importers",
}  # fmt: skip


async def test_a_start_with_the_web_chat_alone_loads_no_library_of_anything_else(
    sqlite: Database, tmp_path: Path
) -> None:
    command = (sys.executable, "-W", "error", "-c", START, str(sqlite.path), str(tmp_path))

    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    said, _ = await process.communicate()

    loaded = said.decode().splitlines()[-1].split()
    assert process.returncode == 0
    assert "adapters.webchat.channel" in loaded
    assert sorted(HEAVY & set(loaded)) == []

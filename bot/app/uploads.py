"""Files that were sent to the console go in time, whether or not anybody looks at its pages."""

import asyncio
from contextlib import suppress

from bot.app.store import Opened
from bot.errors import StoreUnavailable

LOOK_EVERY_S = 3600.0


async def keep_uploads_tidy(what: Opened) -> None:
    """Look every hour until cancelled: a process may have died over a list of people."""
    folder = what.folder / what.settings.console.upload_folder
    while True:
        if await asyncio.to_thread(lambda: folder.is_dir() and any(folder.iterdir())):
            from catalogue.import_desk import tidy  # where nothing was sent nothing of it is loaded
            from db.import_jobs import SqlImportJobs

            with suppress(StoreUnavailable):
                await tidy(folder, SqlImportJobs(what.database, what.clock), what.clock)
        await asyncio.sleep(LOOK_EVERY_S)

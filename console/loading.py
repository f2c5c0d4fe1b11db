"""Loading a catalogue, or a list of readers, of loans, of titles to hide: send a file, look at it, then load it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from typing import Any

from aiohttp import BodyPartReader, web

from bot.errors import InputError
from bot.shelving import BUSY, Fault, ImportDesk, ImportJob, ImportKind, JobState
from bot.staff import StaffRole
from bot.wording import counted
from bot.wording import gettext as _
from console.import_words import in_words, rejections, seen_to
from console.room import HEADERS, ROOT, Room, Stop, Visit

LONGEST_FIELD = 1_000
PIECE = 256 * 1024
KINDS = {
    "marc21": "MARC 21",
    "unimarc": "RUSMARC / UNIMARC",
    "irbis_iso": "ИРБИС (ISO 2709)",
    "irbis_text": "ИРБИС (текст)",
    "marcxml": "MARCXML",
    "table": "CSV / Excel",
}


def states() -> dict[JobState, str]:
    """How far a file is, in words."""
    return {
        JobState.CHECKING: _("проверяется"),
        JobState.CHECKED: _("проверен, ещё не загружен"),
        JobState.LOADING: _("загружается"),
        JobState.DONE: _("загружен"),
        JobState.FAILED: _("не загружен"),
        JobState.DROPPED: _("отменён"),
    }


def of_what() -> dict[ImportKind, str]:
    """What a file tells of, in words."""
    return {
        ImportKind.CATALOGUE: _("каталог"),
        ImportKind.PATRONS: _("список читателей"),
        ImportKind.LOANS: _("список выдач"),
        ImportKind.HIDDEN: _("список книг, которые нужно скрыть"),
    }


def faults(largest: int) -> dict[str, str]:
    """Why a file cannot be loaded and what to do, in words."""
    return {
        Fault.BUSY: _("Сейчас загружается другой файл. Дождитесь его и повторите."),
        Fault.TOO_LARGE: _("Файл слишком большой: можно до {count} МБ. Большой каталог загрузит администратор.").format(
            count=largest // 1024 // 1024
        ),
        Fault.EMPTY: _("Файл пустой. Выберите другой."),
        Fault.DISK: _("Сервер не смог сохранить файл: нет места на диске или прав. Скажите администратору."),
        Fault.NOT_CHECKED: _("Этот файл уже загружен или отменён."),
        Fault.FILE_GONE: _("Файл уже убран с сервера. Отправьте его ещё раз."),
        Fault.UNKNOWN_KIND: _(
            "Это не каталог. Подойдёт выгрузка из вашей программы: MARC, RUSMARC, MARCXML, ИРБИС, CSV или Excel. Если "
            "это читатели или выдачи, администратор выберет их в поле «Что в файле»."
        ),
        **_of_another_kind(),
        Fault.UNREADABLE: _("Файл не удалось прочитать до конца. Выгрузите его ещё раз."),
        Fault.NOTHING_READ: _("В файле не нашлось ни одной книги."),
        Fault.STORE: _("База данных не ответила. То, что записано, осталось. Загрузите файл ещё раз."),
        Fault.BROKEN: _("Программа споткнулась об этот файл. Покажите это сообщение администратору."),
    }


def _of_another_kind() -> dict[str, str]:
    """Files of other programs: what to save them as."""
    as_a_workbook = _("Выберите «Сохранить как», тип «Книга Excel (.xlsx)», и отправьте новый файл.")
    return {
        Fault.OLD_EXCEL: _("Это файл старого Excel или Word. Откройте его в Excel.") + " " + as_a_workbook,
        Fault.WEB_PAGE: _("Это не таблица, а веб-страница. Откройте её в Excel.") + " " + as_a_workbook,
        Fault.OTHER_OFFICE: _(
            "Это текстовый документ, а нужна таблица. Скопируйте её в Excel или LibreOffice Calc, сохраните и "
            "отправьте новый файл (.xlsx или .ods)."
        ),
        Fault.ARCHIVE: _("Это архив. Распакуйте его и отправьте файл, который внутри."),
        Fault.PICTURE: _("Это PDF или картинка. Боту нужен файл из вашей программы: MARC, CSV или Excel."),
        Fault.NO_HEADER: _(
            "В таблице не видно шапки. Впишите над списком строку с названиями столбцов: «Инв. №», «Автор», "
            "«Название», «Год», «Количество». Каких столбцов нет, тех не пишите. Потом отправьте файл ещё раз."
        ),
        Fault.CUT_SHORT: _("Файл не целый: у него нет конца. Сохраните или скопируйте его ещё раз и отправьте снова."),
        Fault.OF_BOOKS: _("Это список книг, а не читателей. Выберите «каталог» в поле «Что в файле»."),
    }


def list_faults() -> dict[str, str]:
    """The same where a list was expected."""
    return {
        Fault.UNKNOWN_KIND: _(
            "Не понять, где в файле номера билетов. Подойдёт CSV, Excel или база читателей ИРБИС. Столбцы таблицы "
            "нужно подписать: «№ билета» и ещё «ФИО» или «Срок возврата»."
        ),
        Fault.NOTHING_READ: _("В файле не нашлось ни одной строки, которая подходит."),
    }


def hiding_faults() -> dict[str, str]:
    """The same where a list of titles was expected."""
    return list_faults() | {
        Fault.UNKNOWN_KIND: _(
            "Не понять, какие книги скрыть. Подойдёт CSV или Excel. Столбцы нужно подписать: «Автор» и «Название», или "
            "ISBN, или «Инв. №»."
        ),
    }


class LoadingScreen:
    """The list of files, and a page for each.

    Args:
        largest: Bytes of a file.
    """

    def __init__(self, room: Room, desk: ImportDesk, largest: int) -> None:
        self._room, self._desk, self._largest = room, desk, largest

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        editors, one = StaffRole.EDITOR, ROOT + r"imports/{id:\d{1,9}}"
        screen = self._room.screen
        return [
            web.get(ROOT + "imports", screen(self.show, editors)),
            web.post(ROOT + "imports", screen(self.take, editors)),
            web.get(one, screen(self.job, editors)),
            web.get(one + "/piece", screen(self.piece, editors)),
            web.get(one + "/rejected", screen(self.rejected, editors)),
            web.post(one + "/load", screen(self.load, editors)),
            web.post(one + "/drop", screen(self.drop, editors)),
            web.post(one + "/undo", screen(self.undo, editors)),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """The form and what was loaded before."""
        await self._whole_library(visit)
        return self._room.page(
            visit,
            "imports.html",
            now_on="books",
            jobs=[job for job in await self._desk.latest() if _may(visit, job.kind)],
            kinds={kind: said for kind, said in of_what().items() if _may(visit, kind)},
            chosen=visit.request.query.get("kind", ""),
            people=await self._room.people(),
            states=states(),
            branches=self._room.setting.branches,
            largest=self._largest // 1024 // 1024,
        )

    async def take(self, visit: Visit) -> web.Response:
        """A file comes; it is checked, and nothing is written yet."""
        await self._whole_library(visit)
        if visit.request.content_type != "multipart/form-data":
            raise Stop(400, _("Выберите файл."))
        if (visit.request.content_length or 0) > self._largest + PIECE:
            raise Stop(413, faults(self._largest)[Fault.TOO_LARGE])
        try:
            job = await self._taken(visit)
        except InputError as error:
            raise Stop(409 if str(error) == Fault.BUSY else 400, self._why(error)) from None
        except (ValueError, AssertionError):
            raise Stop(400, _("Файл не дошёл. Попробуйте ещё раз.")) from None
        plain = "titles.uploaded" if job.kind is ImportKind.HIDDEN else "catalogue.uploaded"
        await self._note(visit, job, "list.uploaded" if job.kind.personal else plain)
        return self._room.go(visit, f"{ROOT}imports/{job.job_id}")

    async def job(self, visit: Visit) -> web.Response:
        """How far a file is, and what was found in it."""
        values = await self._values(await self._one(visit))
        return self._room.page(visit, "import.html", now_on="books", comes_anew=False, **values)

    async def piece(self, visit: Visit) -> web.Response:
        """The same, alone: the page asks while somebody is at work."""
        return self._room.page(visit, "_import.html", comes_anew=True, **await self._values(await self._one(visit)))

    async def load(self, visit: Visit) -> web.Response:
        """What was checked is loaded."""
        job = await self._one(visit)
        accepts = visit.form.get("accept") == "yes"
        if job.outcome.unconfirmed and not accepts:
            said = _("Отметьте галочку: многих книг в файле нет, и бот перестанет о них говорить.")
            if job.kind.personal:
                said = _("Отметьте галочку: многих в файле нет.")
            values = await self._values(job) | {"fault": said, "comes_anew": False}
            return self._room.page(visit, "import.html", 400, now_on="books", **values)
        try:
            await self._desk.load(job.job_id, login=visit.me.login, accept_disappeared=accepts)
        except InputError as error:
            raise Stop(409, self._why(error)) from None
        plain = "titles.loaded" if job.kind is ImportKind.HIDDEN else "catalogue.loaded"
        await self._note(visit, job, "list.loaded" if job.kind.personal else plain)
        return self._room.go(visit, f"{ROOT}imports/{job.job_id}")

    async def drop(self, visit: Visit) -> web.Response:
        """It was the wrong file."""
        job = await self._one(visit)
        try:
            await self._desk.drop(job.job_id)
        except InputError as error:
            raise Stop(409, self._why(error)) from None
        plain = "titles.dropped" if job.kind is ImportKind.HIDDEN else "catalogue.dropped"
        await self._note(visit, job, "list.dropped" if job.kind.personal else plain)
        return self._room.go(visit, f"{ROOT}imports", "dropped")

    async def undo(self, visit: Visit) -> web.Response:
        """What a list of titles hid is shown again."""
        job = await self._one(visit)
        try:
            await self._desk.show_again(job.job_id, login=visit.me.login)
        except InputError:
            raise Stop(409, _("Это уже отменили. Обновите страницу.")) from None
        await self._note(visit, job, "titles.undone")
        return self._room.go(visit, f"{ROOT}books?hidden=1", "shown")

    async def rejected(self, visit: Visit) -> web.StreamResponse:
        """The records that were left out, as a table for Excel."""
        job = await self._one(visit)
        path = self._desk.rejected(job.job_id)
        if path is None:
            raise Stop(404, _("Такого файла нет."))
        name = f"rejected-{job.job_id}.csv"
        headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'}
        response = web.StreamResponse(headers=HEADERS | headers)
        await response.prepare(visit.request)
        with closing(in_words(path)) as pieces:
            while piece := await asyncio.to_thread(next, pieces, b""):
                await response.write(piece)
        await response.write_eof()
        return response

    # --- helpers ---------------------------------------------------------------------------------

    async def _taken(self, visit: Visit) -> ImportJob:
        """Read the form's fields, then let the file through to the disk."""
        fields: dict[str, str] = {}
        async for part in await visit.request.multipart():
            if not isinstance(part, BodyPartReader):
                break
            if part.filename:
                branch, said = fields.get("branch", ""), fields.get("kind", "")
                kind = ImportKind(said) if said in set(ImportKind) else ImportKind.CATALOGUE
                await self._check(visit, kind)
                return await self._desk.take(
                    part.filename,
                    _pieces(part),
                    login=visit.me.login,
                    branch=branch if branch in self._room.setting.branches else "",
                    source=" ".join(fields.get("source", "").split())[:64],
                    kind=kind,
                )
            value = await part.read_chunk(LONGEST_FIELD)
            fields[part.name or ""] = value.decode("utf-8", "replace").replace("\x00", "")
        raise Stop(400, _("Выберите файл."))

    async def _one(self, visit: Visit) -> ImportJob:
        await self._whole_library(visit)
        job = await self._desk.job(int(visit.request.match_info["id"]))
        if job is None:
            raise Stop(404, _("Такого файла нет."))
        await self._check(visit, job.kind)
        return job

    async def _check(self, visit: Visit, kind: ImportKind) -> None:
        """Lists of people are for admins. Raises Stop; an attempt is written down."""
        if not _may(visit, kind):
            await self._room.audit.note(visit.me.login, "refused.role", visit.request.path)
            raise Stop(403, _("Списки читателей и выдач загружает администратор."))

    async def _note(self, visit: Visit, job: ImportJob, what: str) -> None:
        """Into the journal; of a list of people its kind, for the names of files may tell of them."""
        more = job.kind.value if job.kind.personal else job.name
        await self._room.audit.note(visit.me.login, what, f"import:{job.job_id}", more)

    async def _values(self, job: ImportJob) -> dict[str, Any]:
        hidden = job.kind is ImportKind.HIDDEN
        why = faults(self._largest) | (hiding_faults() if hidden else list_faults() if job.kind.listed else {})
        return {
            "job": job,
            "people": await self._room.people(),
            "busy": job.state in BUSY,
            "states": states(),
            "of_what": of_what()[job.kind],
            "kind": KINDS.get(job.outcome.format, job.outcome.format),
            "why": why.get(job.outcome.fault, ""),
            "rejections": rejections(),
            "copies_told": lambda count: counted(count, "экземпляр", "экземпляра", "экземпляров"),
            "mended": seen_to(job.outcome.warnings),
            "strange": [place for place in job.outcome.places if not place[0]],
            "hiding": _("Скроется") if job.state is JobState.CHECKED else _("Скрыто"),
            "listed": self._desk.rejected(job.job_id) is not None,
            "fault": "",
            "branch_name": self._room.setting.branches.get(job.branch, ""),
        }

    def _why(self, error: InputError) -> str:
        return faults(self._largest).get(str(error), _("Файл не дошёл. Попробуйте ещё раз."))

    async def _whole_library(self, visit: Visit) -> None:
        await self._room.whole_library(visit, _("Каталог загружает сотрудник, который отвечает за все филиалы."))


def _may(visit: Visit, kind: ImportKind) -> bool:
    return not kind.personal or visit.me.role.may(StaffRole.ADMIN)


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(PIECE):
        yield bytes(piece)

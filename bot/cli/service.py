"""The service in the foreground: ``run`` and ``demo``."""

import asyncio
import errno
import fcntl
import os
import shlex
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app.service import service_of
from bot.app.store import Opened, deliveries, open_database, opened
from bot.clock import SystemClock
from bot.engine import logs
from bot.engine.service import Role
from bot.errors import ConfigError, InputError, WrongUse
from bot.settings import PREFIX, Settings, load
from bot.staff import StaffRole
from bot.wording import in_language
from db import migrate
from db.connect import connect, parse_url

if TYPE_CHECKING:
    from rich.console import Console

    from demo.phones import Stand

PORTS_TRIED = 20
THIS_MACHINE = "127.0.0.1"
DEMO_LOGIN = "demo"
DEMO_PIN = "2026"
OF_THE_DEMO_TOO = ("SERVER__", "LOGGING__", "CIRCULATION__", "TRACEBACK")
"""What the environment may say of a demonstration: where it listens, what it writes down, how its books are lent."""


def run(config: Path | None, role: str) -> int:
    """Serve until told to stop."""
    try:
        wanted = Role(role)
    except ValueError:
        raise WrongUse(f"--role: expected {', '.join(Role)}, got {role!r}") from None
    settings, folder = load(config)
    logs.configure(settings.logging.level, settings.logging.format)
    with only_one(settings, folder, wanted):
        _in_loop(lambda: _serve(settings, folder, wanted))
    return 0


Invite = Callable[[Opened, int], Awaitable[None]]
"""What is done once the service listens at a port."""


async def _serve(settings: Settings, folder: Path, role: Role, invite: Invite | None = None) -> None:
    """Serve; what channels word themselves («Файл: …», «Выберите:») is in the library's language."""
    with in_language(settings.library.language):
        await _served(settings, folder, role, invite)


async def _served(settings: Settings, folder: Path, role: Role, invite: Invite | None) -> None:
    async with opened(settings, folder, serves=True) as what:
        if invite:
            await what.catalogue.start()  # who is invited is answered at once
        service = service_of(what, role)
        try:
            port = await service.start()
        except OSError as error:
            where = f"{settings.server.host}:{settings.server.port}"
            raise InputError(f"server: {where} cannot be listened on: {_not_listening(error)}") from None
        if invite:
            await invite(what, port)
        else:
            _say_address(settings, port)
        await service.run()


def _not_listening(error: OSError) -> str:
    """Why, and what to do."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return "this machine has no such address; mend server.host (0.0.0.0 is all of them)"
    if error.errno == errno.EACCES:
        return "ports below 1024 are kept for the system; choose another with server.port and a web server in front"
    return "another program has the port; choose another with server.port or stop it"


def _say_address(settings: Settings, port: int) -> None:
    host = THIS_MACHINE if settings.server.host in ("0.0.0.0", "::") else settings.server.host  # noqa: S104 - compared only
    sys.stderr.write(f"{settings.library.name}: http://{host}:{port}/  (Ctrl+C stops it)\n")
    sys.stderr.flush()


def _in_loop(work: Callable[[], Awaitable[None]]) -> None:
    import uvloop

    async def whole() -> None:
        await work()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(whole())


@contextmanager
def only_one(settings: Settings, folder: Path, role: Role) -> Iterator[None]:
    """Keep a second service off an SQLite file: its turns are claimed in memory.

    Raises:
        ConfigError: A role that needs several processes, on SQLite.
        InputError: Another service has the file.
    """
    url = parse_url(settings.database.url.get_secret_value(), folder)
    if url.get_backend_name() != "sqlite":
        yield
        return
    if role is not Role.ALL:
        raise ConfigError(f"--role {role}: several processes need PostgreSQL; with SQLite use --role all")
    path = Path(f"{url.database}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("a")
    except OSError as error:
        raise ConfigError(f"database.url: {path.parent} cannot be written: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"{url.database}: another bibliobot serves this database already; stop it first, or use PostgreSQL"
            ) from None
        yield


# --- the demonstration ---------------------------------------------------------------------------


def demo(folder: Path, port: int, *, messengers: bool = False) -> int:
    """Everything on, with a real catalogue, in a folder of its own; with phones of all messengers if wanted."""
    from rich.console import Console

    import demo as material
    from bot.cli import demo_readers
    from bot.cli.loading import Asked
    from bot.cli.loading import load as load_files

    console = Console(highlight=False, soft_wrap=True)
    make_stand = _stand_maker() if messengers else None
    unused = _in_a_folder_of_its_own(console)
    try:
        config = material.unpack(folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}; choose another with --folder") from None
    settings, base = load(config)
    settings = settings.model_copy(
        update={"server": settings.server.model_copy(update={"port": _free_port(settings.server.host, port)})}
    )
    with only_one(settings, base, Role.ALL):
        asyncio.run(_bring_up_to_date(settings, base))
        if not material.is_loaded(folder):
            console.print("Loading the catalogue; this is done once …")
            for file in material.catalogue_files(folder):
                code = load_files(config, [file], Asked(source=f"demo-{file.stem.split('.')[0]}"))
                if code:
                    return code
            material.mark_loaded(folder)
        logs.configure("warning", settings.logging.format)
        password = asyncio.run(_demo_librarian(settings, base))
        asyncio.run(demo_readers.settle(settings, base, DEMO_PIN))

        async def invite(what: Opened, port: int) -> None:
            _invite(console, what.settings, config, port, password, unused)

        if make_stand is None:
            _in_loop(lambda: _serve(settings, base, Role.ALL, invite))
        else:
            _in_loop(lambda: _serve_phones(make_stand, settings, base, console, invite))
    return 0


def _in_a_folder_of_its_own(console: "Console") -> Sequence[str]:
    """Forget what the environment says of a library: its store gets no invented readers, its messengers no answers."""
    kept = tuple(PREFIX + name for name in OF_THE_DEMO_TOO)
    unused = sorted(name for name in os.environ if name.startswith(PREFIX) and not name.startswith(kept))
    for name in unused:
        del os.environ[name]
    if unused:
        console.print(f"Not used by the demonstration: {', '.join(unused)}")
    return unused


async def _bring_up_to_date(settings: Settings, folder: Path) -> None:
    """The tables that an earlier version made: nobody's data are in them, so nobody need be asked."""
    database = await connect(settings.database.url.get_secret_value(), folder)
    try:
        if await migrate.state(database) is migrate.Tables.BEHIND:
            await migrate.upgrade(database)
    finally:
        await database.aclose()


async def _demo_librarian(settings: Settings, folder: Path) -> str:
    """Somebody who may do everything at the console; a new password at each start, since only its hash is kept."""
    from console import passwords
    from db.staff import SqlStaffBook

    password = passwords.made()
    database = await open_database(settings, folder, make_tables=True)
    try:
        book, hashed = SqlStaffBook(database, SystemClock()), await passwords.hashed(password)
        keys = await book.keys(DEMO_LOGIN)
        if keys is None:
            staff_id = await book.add(DEMO_LOGIN, "Библиотекарь Заречья", StaffRole.ADMIN, (), hashed)
        else:
            staff_id = keys.member.staff_id
        await book.set_password(staff_id, hashed, must_change=False)
    finally:
        await database.aclose()
    return password


def _stand_maker() -> "type[Stand]":
    """The phones; their emulators are a part of the tests. Raises InputError outside of a copy of the source."""
    import demo as material

    source = Path(material.__file__).resolve().parent.parent
    advice = "get a copy of the source and run there: make demo-messengers"
    if not (source / "tests" / "emulators").is_dir():
        raise InputError(f"--messengers: the emulators of the messengers come with the source only; {advice}")
    if str(source) not in sys.path:
        sys.path.insert(0, str(source))
    try:
        from demo.phones import Stand
    except ModuleNotFoundError as error:
        raise InputError(f"--messengers: {error.name} is not installed; {advice}") from None
    return Stand


async def _serve_phones(
    make_stand: "type[Stand]", settings: Settings, base: Path, console: "Console", invite: Invite
) -> None:
    """The service, and phones of all messengers that talk with it."""
    async with make_stand(settings, _free_port(THIS_MACHINE, settings.server.port + 1)) as stand:

        async def invite_to_all(what: Opened, port: int) -> None:
            await stand.begins(f"http://{THIS_MACHINE}:{port}", deliveries(what))
            await invite(what, port)
            console.print(f"All messengers on a page: {stand.page.url}/\n")

        await _serve(stand.settings(), base, Role.ALL, invite_to_all)


def _free_port(host: str, first: int) -> int:
    """The first port from ``first`` on that nobody has; 0 stays 0."""
    for port in range(first, min(first + PORTS_TRIED, 65536)) if first else ():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    return 0


def _invite(
    console: "Console", settings: Settings, config: Path, port: int, password: str, unused: Sequence[str]
) -> None:
    console.print(f"\n[bold]{settings.library.name}[/]")
    console.print(f"The reader's web chat:  http://{settings.server.host}:{port}/")
    console.print(f"The librarian's console: http://{settings.server.host}:{port}/console/")
    console.print(f"                         login {DEMO_LOGIN}, password {password}")
    console.print(f"Readers' cards:          1000001 to 1000003, PIN {DEMO_PIN}: «мои книги»")
    command = [sys.argv[0] if Path(sys.argv[0]).name == "bibliobot" else "bibliobot"]
    if unused:
        command = ["env", *(word for name in unused for word in ("-u", name)), *command]
    asks = shlex.join([*command, "ask", "--config", str(config), "есть ли у вас Мастер и Маргарита?"])
    console.print(f"From the shell:         {asks}", markup=False)
    console.print(
        "Try: «вий гоголя», «djqyf b vbh», «до скольки вы сегодня?», «позовите библиотекаря». Ctrl+C stops it.\n"
    )

"""``bibliobot run`` and ``demo`` as an operator starts and stops them."""

import asyncio
import json
import re
import secrets
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from bot.wording import current_language
from tests.cli.library import SmallLibrary
from tests.support.patience import SOON_S

SECRET = "k" * 24
IN_FORCE_S = 1.0
"""Promised to the librarians."""
IN_FORCE_ASKS = 20
"""A quiet machine answers more often in that time; on a busy one it passes before the service has had its turn."""


@contextmanager
def serving(library: SmallLibrary, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The service while it runs, and its address."""
    with subprocess.Popen(library.command("run", *words), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if found := re.search(r"http://[\d.]+:\d+", line):
                    yield process, found.group()
                    break
            else:
                pytest.fail(f"it did not start: {process.wait()}")
        finally:
            process.kill()
            process.stderr.close()


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=SOON_S) as response:  # noqa: S310 - our own server
        return bytes(response.read())


def asks(address: str, text: str, session: str = SECRET) -> str:
    """Say something as a reader's page does; returns the answer, as it comes over the stream."""
    body = json.dumps({"session": session, "text": text}).encode()
    request = urllib.request.Request(f"{address}/chat/messages", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=SOON_S) as response:  # noqa: S310
        assert response.status == 202
        message_id = json.load(response)["id"]
    with urllib.request.urlopen(f"{address}/chat/stream?session={session}", timeout=60) as stream:  # noqa: S310
        for line in stream:
            if line.startswith(b"data: "):
                message = json.loads(line[6:])
                if message.get("in_reply_to") == message_id:
                    return str(message["text"])
    raise AssertionError("the stream ended")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SmallLibrary, str]]:
    """A library with its catalogue, and the address where it is served: for all who do not stop it."""
    library = SmallLibrary.in_folder(tmp_path_factory.mktemp("served"))
    library.imports()
    with serving(library) as (_, address):
        yield library, address


def test_a_question_is_answered_and_sigterm_ends_it_in_order(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    library.imports()
    with serving(library) as (process, address):
        assert json.loads(get(f"{address}/healthz")) == {"status": "alive"}

        assert "Вий" in asks(address, "вий гоголя")
        assert json.loads(get(f"{address}/readyz"))["status"] == "ready"
        assert b"bibliobot_oldest_waiting_seconds 0.0" in get(f"{address}/metrics")

        process.send_signal(signal.SIGTERM)
        assert process.wait(SOON_S) == 0

    with serving(library) as (process, address):
        kept = json.loads(get(f"{address}/chat/messages?session={SECRET}&after=0"))["messages"]
        assert [message["author"] for message in kept] == ["reader", "bot"]


def test_what_a_librarian_teaches_is_in_force_while_the_service_runs(served: tuple[SmallLibrary, str]) -> None:
    library, address = served
    assert "не нашлось" in asks(address, "мим", secrets.token_hex(16))

    assert "added" in library.runs("synonyms", "add", "title", "мим", "Мастер и Маргарита")
    taught, asked = monotonic(), 0
    while "Мастер и Маргарита" not in asks(address, "мим", secrets.token_hex(16)):
        asked += 1
        assert monotonic() - taught < IN_FORCE_S or asked < IN_FORCE_ASKS

    assert json.loads(library.runs("misses", "--json"))[0]["channels"]["webchat"] >= 1


def test_an_import_is_found_while_the_service_runs(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    with serving(library) as (_, address):
        library.imports()
        for _ in range(100):  # the index follows within a second; asked again and again, it is soon found
            if "Центральная библиотека" in asks(address, "мастер и маргарита", secrets.token_hex(16)):
                return
        pytest.fail("the import was not found")


def test_a_second_service_on_one_sqlite_file_is_refused(served: tuple[SmallLibrary, str]) -> None:
    library, _ = served
    assert "another bibliobot serves this database already" in library.runs("run", code=1)


def test_a_taken_port_is_told(served: tuple[SmallLibrary, str], tmp_path: Path) -> None:
    _, address = served
    other = SmallLibrary.in_folder(tmp_path)
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("port: 0", f"port: {address.rpartition(':')[2]}"), "utf-8")

    assert "another program has the port" in other.runs("run", code=1)


def test_an_address_that_this_machine_has_not_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIBLIOBOT_SERVER__HOST", "192.0.2.1")  # nobody's: RFC 5737

    assert "has no such address; mend server.host" in SmallLibrary.in_folder(tmp_path).runs("run", code=1)


def test_several_roles_need_postgresql(tmp_path: Path) -> None:
    assert "several processes need PostgreSQL" in SmallLibrary.in_folder(tmp_path).runs("run", "--role", "web", code=1)


def test_an_unknown_role_is_wrong_use(tmp_path: Path) -> None:
    assert "expected all, web, worker, sender" in SmallLibrary.in_folder(tmp_path).runs("run", "--role", "x", code=2)


def test_wrong_use_of_the_command_line_ends_with_2(tmp_path: Path) -> None:
    SmallLibrary.in_folder(tmp_path).runs("fly", code=2)


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ("channels: {telegramm: {}}", "channels: unknown kind 'telegramm'; known: max, ok, sms, telegram, terminal"),
        ("channels: {webchat: {colour: red}}", "channels.webchat: colour: unknown key"),
        ("intents: [search]", "intents: no module of `intents:` handles the fallback"),
        ("intents: [serch]", "intents: there is no module handlers/serch.py"),
    ],
)
def test_a_wrong_configuration_stops_the_start(tmp_path: Path, extra: str, says: str) -> None:
    assert says in SmallLibrary.in_folder(tmp_path, extra).runs("run", code=1)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_channels_word_themselves_is_in_the_library_s_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    heard = []

    class Service:
        async def start(self) -> int:
            return 0

        async def run(self) -> None:
            async def outbox() -> None:
                heard.append(current_language())

            await asyncio.create_task(outbox())

    (tmp_path / "config.yaml").write_text(f"library: {{language: {language}}}", "utf-8")
    monkeypatch.setattr("bot.cli.service.service_of", lambda *_: Service())

    SmallLibrary(tmp_path).runs("run")

    assert heard == [language]

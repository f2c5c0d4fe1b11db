"""What is written down tells the operator what broke and where, and nothing of any reader."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from bot.engine import logs
from tests.engine import everything_breaks


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Everything that a process wrote in which everything broke."""
    command = [sys.executable, "-m", everything_breaks.__name__, str(tmp_path_factory.mktemp("logs"))]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


@pytest.mark.parametrize("said", ["секретный", everything_breaks.NAME, everything_breaks.CARD, "79161234567"])
def test_nothing_of_a_reader_is_written_down_whatever_breaks(written: str, said: str) -> None:
    assert said not in written
    assert json.dumps(said)[1:-1] not in written


@pytest.mark.parametrize(
    "event", ["handler failed", "turn failed", "turn put back", "channel lost", "store lost", "loose end"]
)
def test_what_broke_is_written_down(written: str, event: str) -> None:
    assert f'"event": "{event}"' in written


def test_the_kind_of_the_error_and_its_place_are_written_down(written: str) -> None:
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    [failed] = [line for line in lines if line["event"] == "handler failed"]

    assert failed["error"] == "ValueError from KeyError"
    assert failed["at"][-1].endswith(" breaks")
    assert failed["message"] == 1
    assert "IntegrityError" in written


@pytest.mark.parametrize("key", sorted(logs.PERSONAL))
def test_a_key_that_could_hold_personal_data_is_masked(key: str) -> None:
    assert logs._mask(None, "info", {"event": "something", key: "секрет"}) == {"event": "something", key: "…"}


def test_a_librarys_fault_is_told_by_kind_and_place_only() -> None:
    try:
        raise ValueError("секрет")
    except ValueError:
        record = logging.LogRecord("aiohttp", logging.ERROR, __file__, 1, "Error handling request", (), sys.exc_info())

    said = logs.DiscreetFormatter("%(message)s").format(record)

    assert said.startswith("Error handling request\nValueError\n")
    assert Path(__file__).name in said
    assert "секрет" not in said


@pytest.mark.parametrize(("form", "sign"), [("json", "{"), ("console", "2")])
def test_lines_are_json_for_machines_and_plain_for_people(
    form: str, sign: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = structlog.get_config()
    try:
        logs.configure("info", form)
        logger = structlog.get_logger().bind()
        logger.debug("not heard")
        logger.info("heard", channel="chat")
    finally:
        structlog.configure(**before)

    line = capfd.readouterr().err
    assert "not heard" not in line
    assert "heard" in line
    assert line.lstrip("\x1b[0123456789m").startswith(sign) or sign in line

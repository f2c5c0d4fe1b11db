"""A wrong configuration is refused at start: with its path, what was expected, and no secret."""

import sys
from datetime import time
from pathlib import Path

import pytest

from adapters.vk.settings import VkSettings
from adapters.webchat.settings import WebChatSettings
from bot.errors import ConfigError
from bot.settings import Settings, load, validated

SECRET = "hunter2-do-not-print"
TEMPLATE = Path(__file__).resolve().parent.parent.parent / "config.yaml"


def written(folder: Path, text: str) -> Path:
    file = folder / "config.yaml"
    file.write_text(text, "utf-8")
    return file


def fault(folder: Path, text: str, environ: dict[str, str] | None = None) -> str:
    """What the operator is told."""
    with pytest.raises(ConfigError) as told:
        load(written(folder, text), environ or {})
    return str(told.value)


@pytest.mark.parametrize("charset", ["cp1251", "utf-16"])
def test_a_file_in_another_charset_is_told_how_to_save_it(tmp_path: Path, charset: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("library: {name: Наша библиотека}", charset)
    with pytest.raises(ConfigError, match="expected YAML in UTF-8: save it so"):
        load(file, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("servr: {port: 1}", "servr: unknown key; did you mean 'server'?"),
        ("server: {prt: 1}", "server.prt: unknown key; did you mean 'port'?"),
        ("server: {port: eighty}", "server.port: expected a whole number"),
        ("server: {port: 70000}", "server.port: expected 65535 at most"),
        ("library: {timezone: Moscow}", "library.timezone: expected a name of the tz database"),
        ("library: {language: de}", "library.language: expected 'ru' or 'en'"),
        ("library: {branches: [{name: X}]}", "library.branches.0.code: is missing"),
        (
            "library: {branches: [{code: a, name: X}, {code: a, name: Y}]}",
            "library: branches: each code once, but twice: a",
        ),
        (
            "library: {reply_branch: b, branches: [{code: a, name: X}]}",
            "reply_branch: expected a code of a branch (a)",
        ),
        ("library: [1, 2]", "library: expected a block: lines of `key: value`"),
        ("- a\n- b", "expected sections (library:, database:, …), got a list"),
        ("just text", "expected sections (library:, database:, …), got text"),
        ("42", "expected sections (library:, database:, …), got one value"),
        ("server: {port: 1}\nserver: {port: 2}", "line 2, column 1: the key 'server' stands twice"),
        ("server: {port: 1", "line 1"),
        ("library:\n\tname: X", "line 2, column 1: a tab stands here"),
        ("server:\n  port:8080\n  host: x", "line 3, column 7: a colon too many, or the line above has none"),
        ("server:\n  host: x\n  port:8080\n", "line 3, column 3: a key wants a colon and a space"),
        ("library:\n  name: Дом: наш", "line 2, column 12: a colon too many"),
        ('library:\n  name: "Дом "Наш""', "line 2, column 15: a quotation mark too many or too few"),
        ("library:\n  name: X\n country: RU", "line 3, column 2: set in otherwise than the lines above"),
        ('library: {name: "X', "a quotation mark is opened somewhere above"),
        ("library: {timezone: +3}", "library.timezone: expected a name of the tz database"),
        (
            "library: {branches: [{code: a, name: X, closed: {31.12.2026: x}}]}",
            "library.branches.0.closed.31.12.2026: expected a day such as 2026-12-31",
        ),
        ("1: 2", "1: unknown key"),
        ("library: {name: {{NAME}}}", "line 1, column 18: text that begins with { or [ needs quotes"),
        (
            "library: {branches: [{code: a, name: X, closed: {2026-13-45: x}}]}",
            "column 50: looks like a day or a number",
        ),
        ("[" * 1000, "blocks within blocks without an end"),
        ("library: {branches: [{code: 01, name: X}]}", "branches.0.code: expected text; put it in quotes"),
        ("channels: [webchat]", "channels: expected a block: lines of `key: value`"),
        ("intents: {search: yes}", "intents: expected a list: [one, two]"),
        (
            "server: {public_url: bot.library.example}",
            "server.public_url: expected the whole address, such as https://",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    assert says in fault(tmp_path, text)


TWICE = """
library: {name: X}
faq:
  - {topic: wifi, answer: Есть}
  - {topic: wifi, language: en, answer: There is}
  - topic: wifi
    answer: Нет
"""


def test_a_topic_with_two_answers_is_told_with_the_lines_of_both(tmp_path: Path) -> None:
    said = "config.yaml, lines 4 and 6: the topic 'wifi' (ru) has two answers; keep one"
    assert fault(tmp_path, TWICE) == said

    entry = '{"topic": "wifi", "answer": "Нет"}'
    told = fault(tmp_path, "library: {name: X}", {"BIBLIOBOT_FAQ": f"[{entry}, {entry}]"})
    assert told.startswith("BIBLIOBOT_FAQ: faq.0 and faq.1: the topic 'wifi' (ru)")


def test_a_section_with_nothing_under_it_says_nothing(tmp_path: Path) -> None:
    """Whoever comments out every line of a section leaves its heading."""
    settings, _ = load(written(tmp_path, "library:\nserver: {port: 1}\nchannels:\n  webchat:\n"), {})

    assert (settings.library.name, settings.server.port, settings.channels) == ("Библиотека", 1, {"webchat": {}})


def test_a_time_without_quotes_is_a_time(tmp_path: Path) -> None:
    """YAML took it for minutes, and the quiet hours began at 21 minutes past midnight."""
    settings, _ = load(written(tmp_path, "notices: {quiet_from: 21:30, quiet_until: 9:00}"), {})

    assert (settings.notices.quiet_from, settings.notices.quiet_until) == (time(21, 30), time(9))


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("BIBLIOBOT_SERVER__PORT", SECRET, "BIBLIOBOT_SERVER__PORT: expected a whole number"),
        ("BIBLIOBOT_SERVER__PRT", SECRET, "BIBLIOBOT_SERVER__PRT: unknown key; did you mean 'port'?"),
        ("BIBLIOBOT_INTENTS", SECRET, 'BIBLIOBOT_INTENTS…: expected JSON, such as ["one", "two"]'),
        ("BIBLIOBOT_DATABASE__URL_FILE", sys.executable, "the file it names holds no text in UTF-8"),
    ],
)
def test_a_fault_in_the_environment_names_the_variable(tmp_path: Path, variable: str, value: str, says: str) -> None:
    told = fault(tmp_path, "", {variable: value})

    assert says in told
    assert SECRET not in told
    assert "config.yaml" not in told


def test_lists_and_blocks_of_a_channel_come_from_the_environment_as_json(tmp_path: Path) -> None:
    name = "BIBLIOBOT_CHANNELS__WEBCHAT__"
    sites, numbered = '["https://a.example", "https://b.example"]', '{"title": "[12"}'

    settings, _ = load(written(tmp_path, ""), {name + "EMBED_ON": sites, "BIBLIOBOT_CHANNELS__SECOND": numbered})

    webchat = validated(WebChatSettings, settings.channels["webchat"], "channels.webchat")
    assert webchat.embed_on == ("https://a.example", "https://b.example")
    assert settings.channels["second"] == {"title": "[12"}, "what only begins like a list is text"


def test_a_list_of_a_channel_that_is_none_says_how_the_environment_writes_it() -> None:
    with pytest.raises(
        ConfigError,
        match=r"""embed_on: expected a list: \[one, two\]; in the environment as JSON: """
        r"""BIBLIOBOT_CHANNELS__WEBCHAT__EMBED_ON='\["one", "two"\]'""",
    ):
        validated(WebChatSettings, {"embed_on": "https://a.example,https://b.example"}, "channels.webchat")


def test_a_missing_secret_of_a_channel_says_by_which_name_it_may_come() -> None:
    with pytest.raises(
        ConfigError, match=r"token: is missing; it may also come from .*: BIBLIOBOT_CHANNELS__VK__TOKEN"
    ):
        validated(VkSettings, {"group_id": 1}, "channels.vk")


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        ('{mon: "9-18"}', "tue, wed, thu, fri, sat, sun not told"),
        ('{mon-sun: "18:00-9:00"}', "expected an end after the start"),
        ('{mon-sun: "nine to five"}', "expected hours such as 9:00-18:00 or 9 am - 6 pm, or closed"),
        ('{mon-sun: "9:00-13:00, 12:00-18:00"}', "expected intervals in order"),
        ('{mon-fry: "9-18"}', "expected a weekday"),
    ],
)
def test_wrong_hours_name_the_branch(tmp_path: Path, hours: str, says: str) -> None:
    told = fault(tmp_path, f"library: {{branches: [{{code: '07', name: X, hours: {hours}}}]}}")

    assert told.startswith("config.yaml: library.branches.0 (07)")
    assert says in told


def test_a_folder_in_place_of_the_file_is_told_as_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"is a folder; name the file in it: .*config\.yaml"):
        load(tmp_path)


def test_a_language_that_the_bot_does_not_speak_is_told_with_what_happens_instead(tmp_path: Path) -> None:
    told = fault(tmp_path, "library: {language: de}")

    assert told.startswith("config.yaml: library.language: expected 'ru' or 'en': the bot speaks no other")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    told = fault(tmp_path, "server: {port: x}\nlibrary: {language: fr}")

    assert len(told.splitlines()) == 2


def test_no_value_is_ever_echoed(tmp_path: Path) -> None:
    told = fault(tmp_path, f"database: {{url: [{SECRET}]}}\nlogging: {{level: {SECRET}}}\nserver: {{port: {SECRET}}}")

    assert SECRET not in told
    assert "database.url" in told


def test_secrets_do_not_show_in_a_printed_configuration(tmp_path: Path) -> None:
    file = written(tmp_path, f"database: {{url: 'postgresql://a:{SECRET}@h/d'}}\nchannels: {{vk: {{token: {SECRET}}}}}")

    settings, _ = load(file, {})

    assert SECRET not in repr(settings)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "server: {port: 1, host: h}")

    settings, _ = load(file, {"BIBLIOBOT_SERVER__PORT": "2", "PATH": "/bin"})

    assert (settings.server.port, settings.server.host) == (2, "h")


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("sqlite:///x.sqlite3\n", "utf-8")

    settings, _ = load(written(tmp_path, ""), {"BIBLIOBOT_DATABASE__URL_FILE": str(secret)})

    assert settings.database.url.get_secret_value() == "sqlite:///x.sqlite3"


def test_an_option_that_names_a_file_is_no_secret_in_a_file(tmp_path: Path) -> None:
    variables = {"BIBLIOBOT_ACCOUNTS__KEY_FILE": "/data/key", "BIBLIOBOT_CHANNELS__MAX__CA_FILE": "/etc/root.pem"}

    settings, _ = load(written(tmp_path, ""), variables)

    assert settings.accounts.key_file == "/data/key"
    assert settings.channels["max"]["ca_file"] == "/etc/root.pem"


def test_a_missing_secret_file_is_told(tmp_path: Path) -> None:
    told = fault(tmp_path, "", {"BIBLIOBOT_DATABASE__URL_FILE": str(tmp_path / "gone")})

    assert told.startswith("BIBLIOBOT_DATABASE__URL_FILE: the file it names cannot be read")


def test_an_unknown_section_in_the_environment_is_told(tmp_path: Path) -> None:
    assert "unknown section 'serverr'" in fault(tmp_path, "", {"BIBLIOBOT_SERVERR__PORT": "1"})


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "no.yaml", {})


def test_relative_paths_start_from_the_file(tmp_path: Path) -> None:
    _, folder = load(written(tmp_path, ""), {})

    assert folder == tmp_path.resolve()


def test_the_template_is_a_valid_configuration() -> None:
    settings, _ = load(TEMPLATE, {})

    assert [branch.code for branch in settings.library.values()] == ["01", "02"]
    assert settings.channels == {"webchat": {}}


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    settings, _ = load(None, {})

    assert settings.server == Settings().server


def test_the_configuration_that_a_library_abroad_is_shown_is_right(tmp_path: Path) -> None:
    page = (TEMPLATE.parent / "docs" / "abroad.md").read_text("utf-8")
    shown = page.partition("```yaml\n")[2].partition("```")[0]

    settings, _ = load(written(tmp_path, shown), {})

    assert [branch.code for branch in settings.library.values()] == ["MAIN", "EAST"]
    assert (settings.library.language, settings.library.country) == ("en", "US")

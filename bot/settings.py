"""The whole configuration: ``config.yaml``, then the environment over it.

Every value may come from the environment (``BIBLIOBOT_SERVER__PORT=8080``), and from a file named
there (``BIBLIOBOT_DATABASE__URL_FILE=/run/secrets/database_url``). A wrong or unknown key is refused
with its path and what was expected; values are never echoed, they may be secrets.
"""

import difflib
import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.account_settings import AccountSettings, PrivacySettings
from bot.errors import ConfigError
from bot.handover_settings import HandoverSettings
from bot.lending_settings import CirculationSettings
from bot.library_settings import LibrarySettings
from bot.notice_settings import NoticeSettings
from bot.section import Section, whole_address
from bot.yaml_file import lines_of, read_yaml

PREFIX = "BIBLIOBOT_"
OWN_VARIABLES = frozenset({PREFIX + "CONFIG", PREFIX + "EXPORTS", PREFIX + "TRACEBACK"})
NAMES_OF_FILES = ("ACCOUNTS__KEY_FILE", "__CA_FILE")
"""Options that name a file themselves: these are no secrets in a file."""
Block = TypeVar("Block", bound=BaseModel)
DEFAULT_INTENTS = (
    "greeting",
    "search",
    "picture",
    "hours",
    "location",
    "contacts",
    "join",
    "rules",
    "human",
    "satisfaction",
    "link_card",
    "loans",
    "renewal",
    "holds",
    "my_card",
    "reminders",
    "letters",
    "my_data",
    "later",
    "unsure",
    "out_of_scope",
    "fallback",
)


class FaqSettings(Section):
    """One answer of the library."""

    topic: str = Field(min_length=1, max_length=64, description="Topic key (docs/faq-topics.md).")
    language: Literal["ru", "en"] = Field("ru", description="Language of the answer.")
    questions: tuple[str, ...] = Field((), description="How readers ask it.")
    answer: str = Field(min_length=1, description="The answer, in plain words.")
    url: str = Field("", description="Where to read more.")


class DatabaseSettings(Section):
    """Where everything is kept."""

    url: SecretStr = Field(
        SecretStr("sqlite:///data/bibliobot.sqlite3"),
        description="`sqlite:///path` (relative to the configuration's folder) or "
        "`postgresql://user:password@host/name`, with `?sslmode=verify-full` where the server is on another machine.",
    )


Address = Annotated[str, AfterValidator(whole_address("https://bot.library.example", may_be_left_out=True))]


class ServerSettings(Section):
    """Where the service listens."""

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` for all.")
    port: int = Field(8080, ge=0, le=65535, description="Port; 0 takes any free one.")
    public_url: Address = Field("", description="How the world reaches us: `https://bot.library.example`.")
    hooks_url: Address = Field(
        "",
        description="How messengers reach us, where only that is open to the world and the pages are not: "
        "`https://hooks.library.example`; empty: `public_url`.",
    )


class SearchSettings(Section):
    """The search index: derived, may be deleted at any time."""

    folder: str = Field("data/index", description="Folder of the index, relative to the configuration's folder.")


class MissesSettings(Section):
    """What readers asked in vain, kept without the readers (`bibliobot misses`)."""

    keep: int = Field(5000, ge=0, description="So many wordings are kept; the rarest and oldest go first.")


class ConsoleSettings(Section):
    """The librarians' pages at `/console/`."""

    enabled: bool = Field(True, description="Whether there are any; `bibliobot staff add` makes the first account.")
    idle_minutes: int = Field(180, ge=5, le=1440, description="A session in which nothing was done so long ends.")
    longest_hours: int = Field(12, ge=1, le=168, description="A session ends after this, whatever is done.")
    undo_seconds: float = Field(5, ge=0, le=60, description="How long a librarian may take an answer back.")
    return_minutes: int = Field(
        60, ge=5, le=10080, description="A conversation in which its librarian did nothing so long returns to the bot."
    )
    upload_megabytes: int = Field(
        500,
        ge=1,
        le=4096,
        description="The largest catalogue loaded at the console; larger: `bibliobot import`.",
    )
    upload_folder: str = Field(
        "data/uploads",
        description="Where files lie while they are checked and loaded, relative to the configuration's folder.",
    )
    client_address_header: str = Field(
        "", description="Where your proxy writes a visitor's address, such as `X-Forwarded-For`; empty without one."
    )


class LoggingSettings(Section):
    """What is written down; never personal data."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="From which level on.")
    format: Literal["auto", "json", "console"] = Field("auto", description="`auto`: console in a terminal, else JSON.")


class Settings(BaseSettings):
    """The whole configuration; ``bibliobot check`` tells whether it is right."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        arbitrary_types_allowed=True,
    )

    library: LibrarySettings = Field(LibrarySettings(), description="Who we are.")
    database: DatabaseSettings = Field(DatabaseSettings(), description="Where everything is kept.")
    server: ServerSettings = Field(ServerSettings(), description="Where the service listens.")
    channels: dict[str, dict[str, Any]] = Field(
        {"webchat": {}},
        repr=False,
        description="A block a channel: its key is the channel's name, `kind` the messenger (default: the key), "
        "`data` what it may carry: `full`, `public_only` (nothing of a person) or `off` (the channel is not there).",
    )
    intents: tuple[str, ...] = Field(DEFAULT_INTENTS, description="Modules of `handlers/` in use.")
    faq: tuple[FaqSettings, ...] = Field((), description="The library's own answers.")
    search: SearchSettings = Field(SearchSettings(), description="The search index.")
    misses: MissesSettings = Field(MissesSettings(), description="What readers asked in vain.")
    circulation: CirculationSettings = Field(CirculationSettings(), description="Loans, renewals and holds.")
    notices: NoticeSettings = Field(NoticeSettings(), description="What readers are told by themselves.")
    handover: HandoverSettings = Field(HandoverSettings(), description="When readers go to a person.")
    accounts: AccountSettings = Field(AccountSettings(), description="How a reader proves that a card is theirs.")
    privacy: PrivacySettings = Field(PrivacySettings(), description="Personal data.")
    console: ConsoleSettings = Field(ConsoleSettings(), description="The librarians' pages.")
    logging: LoggingSettings = Field(LoggingSettings(), description="What is written down.")


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> tuple[Settings, Path]:
    """Read the configuration; returns it with the folder that its relative paths start from.

    Args:
        path: The file; without it ``BIBLIOBOT_CONFIG``, else ``./config.yaml`` where it stands,
            else the defaults.
        environ: The environment, ``os.environ`` by default.

    Raises:
        ConfigError: Says which key is wrong and what was expected.
    """
    environ = os.environ if environ is None else environ
    named = path or (Path(environ[PREFIX + "CONFIG"]) if environ.get(PREFIX + "CONFIG") else None)
    file = named or Path("config.yaml")
    if named and not file.is_file():
        what = f"is a folder; name the file in it: {file / 'config.yaml'}" if file.is_dir() else "there is no such file"
        raise ConfigError(f"{file}: {what}. Name an existing one with --config or BIBLIOBOT_CONFIG.")
    values = _sections(file) if file.is_file() else {}
    variables = _variables(environ)

    class Here(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return _Environment(settings_cls, variables), init_settings

    try:
        settings = Here(**values)
    except ValidationError as error:
        raise ConfigError(explain(error, Settings, file.name, variables)) from None
    except SettingsError as error:
        field = re.search(r'field "(\w+)"', str(error))
        variable = PREFIX + (field[1].upper() if field else "")
        raise ConfigError(
            f'{variable}…: expected JSON, such as ["one", "two"]; an option of its own is {variable}__<OPTION>'
        ) from None
    try:
        settings.library.values()
    except ConfigError as error:
        raise ConfigError(f"{file.name}: {error}") from None
    _each_topic_once(settings.faq, file if values.get("faq") and f"{PREFIX}faq".lower() not in variables else None)
    return settings, file.resolve().parent


def validated(model: type[Block], values: Mapping[str, Any], where: str) -> Block:
    """Check one block (a channel's) against its model; errors name the whole path."""
    try:
        return model(**values)
    except ValidationError as error:
        raise ConfigError(explain(error, model, where=where)) from None


def explain(error: ValidationError, model: type[BaseModel], where: str, variables: Collection[str] = ()) -> str:
    """All faults of a configuration, one a line: path, what is wrong, what was expected; no values.

    Args:
        error: What pydantic says.
        model: What was filled.
        where: The file, or the block.
        variables: Names in the environment, in lower case: a fault that is theirs names the variable.
    """
    details = error.errors(include_input=False, include_url=False)
    return "\n".join(_fault(detail, model, where, variables) for detail in details)


_A_BLOCK = "expected a block: lines of `key: value` under it, set in"
_A_LIST = "expected a list: [one, two]"
_WHOLE, _NUMBER, _YES_OR_NO, _ONE_OF, _DAY = (
    "expected a whole number",
    "expected a number",
    "expected true or false",
    "expected {expected}",
    "expected a day such as 2026-12-31",
)
_SPOKEN = ": the bot speaks no other; readers of another language are answered in the one that is named"
_FAULTS = {
    "missing": "is missing",
    "string_type": 'expected text; put it in quotes where it looks like a number or a day: "01"',
    "dict_type": _A_BLOCK,
    "model_type": _A_BLOCK,
    "model_attributes_type": _A_BLOCK,
    "tuple_type": _A_LIST,
    "list_type": _A_LIST,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "literal_error": _ONE_OF,
    "enum": _ONE_OF,
    "less_than_equal": "expected {le} at most",
    "greater_than_equal": "expected {ge} at least",
    "less_than": "expected less than {lt}",
    "greater_than": "expected more than {gt}",
}
"""What pydantic says in the words of Python."""


def _fault(detail: ErrorDetails, model: type[BaseModel], where: str, variables: Collection[str]) -> str:
    path = ".".join(str(step) for step in detail["loc"] if step != "[key]") or "the whole file"
    variable = _variable(where, detail["loc"])
    place = variable if variable.lower() in variables else f"{where}: {path}"
    if detail["type"] == "extra_forbidden":
        keys = _known_keys(model, detail["loc"][:-1])
        close = difflib.get_close_matches(str(detail["loc"][-1]), keys, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(keys)}"
        return f"{place}: unknown key; {hint}"
    said = detail["msg"].removeprefix("Value error, ")
    known = _FAULTS.get(detail["type"])
    told = f"{said[0].lower()}{said[1:]}" if known is None else known.format(**detail.get("ctx", {}))
    if known is _ONE_OF and detail["loc"][-1] == "language":
        told += _SPOKEN
    return f"{place}: {told}{_elsewhere(detail['type'], variable) if where.startswith('channels.') else ''}"


def _elsewhere(fault: str, variable: str) -> str:
    """How the environment says it: nobody can tell whether a channel's value came from there."""
    if fault == "missing":
        return f"; it may also come from the environment: {variable}"
    return f'; in the environment as JSON: {variable}=\'["one", "two"]\'' if _FAULTS.get(fault) == _A_LIST else ""


def _variable(where: str, path: tuple[int | str, ...]) -> str:
    """By which name a value comes from the environment."""
    block = where.split(".") if where.startswith("channels.") else []
    return PREFIX + "__".join(map(str, (*block, *path))).upper()


def _known_keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys a block may have, found by walking the models along the path."""
    current: type[BaseModel] | None = model
    for step in path:
        if current is None or not isinstance(step, str):
            continue
        field = current.model_fields.get(step)
        current = next((kind for kind in _models_in(field.annotation) if kind), None) if field else None
    return sorted(current.model_fields) if current else []


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


def _sections(file: Path) -> dict[str, Any]:
    """The sections of a configuration; one with nothing under it says nothing: all of it is commented out."""
    found = {} if (found := read_yaml(file)) is None else found
    if not isinstance(found, dict):
        what = "a list" if isinstance(found, list) else "text" if isinstance(found, str) else "one value"
        raise ConfigError(f"{file.name}: expected sections (library:, database:, …), got {what}")
    values = {str(key): said for key, said in found.items() if said is not None or key not in Settings.model_fields}
    if isinstance(channels := values.get("channels"), dict):
        values["channels"] = {name: {} if options is None else options for name, options in channels.items()}
    return values


def _each_topic_once(faq: Sequence[FaqSettings], file: Path | None) -> None:
    """Of two answers on a topic in a language one would win in silence: raises ConfigError with the place of both."""
    lines = lines_of(file, "faq") if file else []
    first: dict[tuple[str, str], int] = {}
    for at, entry in enumerate(faq):
        before = first.setdefault((entry.topic, entry.language), at)
        if before != at:
            places = (f"lines {lines[before]} and {lines[at]}") if at < len(lines) else f"faq.{before} and faq.{at}"
            where = f"{file.name}, {places}" if file else f"{PREFIX}FAQ: {places}"
            raise ConfigError(f"{where}: the topic {entry.topic!r} ({entry.language}) has two answers; keep one")


class _Environment(EnvSettingsSource):
    """Values of the process environment; a channel's lists and blocks are JSON, as those of every other section."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str]) -> None:
        self._variables = variables
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._variables

    def explode_env_vars(self, field_name: str, field: FieldInfo, env_vars: Mapping[str, str | None]) -> dict[str, Any]:
        values = super().explode_env_vars(field_name, field, env_vars)
        return {key: _decoded(value) for key, value in values.items()} if field_name == "channels" else values


def _decoded(value: Any) -> Any:
    """Lists and blocks in a channel's options: which of these are text only the channel's own model knows."""
    if isinstance(value, dict):
        return {key: _decoded(inner) for key, inner in value.items()}
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Our variables in lower case, with ``…_FILE`` replaced by what the file holds."""
    found = {key: value for key, value in environ.items() if key.startswith(PREFIX) and key not in OWN_VARIABLES}
    for key in [key for key in found if key.endswith("_FILE") and not key.endswith(NAMES_OF_FILES)]:
        try:
            found[key.removesuffix("_FILE")] = Path(found.pop(key)).read_text("utf-8").strip()
        except OSError as error:
            raise ConfigError(f"{key}: the file it names cannot be read: {error.strerror}") from None
        except ValueError:
            raise ConfigError(f"{key}: the file it names holds no text in UTF-8") from None
    for key in found:
        section = key.removeprefix(PREFIX).split("__")[0].lower()
        if section not in Settings.model_fields:
            raise ConfigError(f"{key}: unknown section {section!r}; known: {', '.join(Settings.model_fields)}")
    return {key.lower(): value for key, value in found.items()}

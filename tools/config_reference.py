"""Writes docs/configuration.md out of the settings model: ``python -m tools.config_reference``."""

import types
from datetime import time
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.app.channels import CHANNEL_KINDS, channel_spec
from bot.settings import Settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"
HEAD = """# Configuration reference

Written from the settings model by `python -m tools.config_reference`; `make check` fails when it is stale.

One file, `config.yaml`: named with `--config` or `BIBLIOBOT_CONFIG`, else `./config.yaml` where it stands. Relative
paths start from its folder. Every value may come from the environment instead: `server.port` is
`BIBLIOBOT_SERVER__PORT`, a channel's secret `BIBLIOBOT_CHANNELS__<NAME>__SECRET`. Add `_FILE` to read the value from a
file (a Docker or systemd secret). The environment wins over the file. An unknown key is refused at start.
`bibliobot check` tells whether all of it works.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, *_section("", Settings)]
    parts.append("\n## Channels\n\nEach block under `channels:` is one account; its key is the channel's name.\n")
    for kind in CHANNEL_KINDS:
        spec = channel_spec(kind)
        parts.append(f"\n### `kind: {kind}`: {spec.title}\n\n" + _table(spec.settings))
    return "".join(parts)


def _section(path: str, model: type[BaseModel]) -> list[str]:
    title = f"`{path}`" if path else "Sections"
    lead = (model.__doc__ or "").splitlines()[0]
    parts = [f"\n## {title}\n\n{lead}\n\n" + _table(model)]
    for name, field in model.model_fields.items():
        for inner in _models(field.annotation):
            many = get_origin(field.annotation) is tuple
            parts += _section(f"{path}.{name}".strip(".") + ("[]" if many else ""), inner)
    return parts


def _table(model: type[BaseModel]) -> str:
    rows = [
        f"| `{name}` | {_kind(field.annotation)} | {_default(field)} | {field.description or ''} |\n"
        for name, field in model.model_fields.items()
    ]
    return "| key | value | default | meaning |\n| --- | --- | --- | --- |\n" + "".join(rows)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _kind(annotation: Any) -> str:
    if _models(annotation):
        return "list of blocks" if get_origin(annotation) is tuple else "block"
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    if get_origin(annotation) in (tuple, list):
        return "list"
    if get_origin(annotation) is dict:
        return "mapping"
    if get_origin(annotation) is types.UnionType:
        return " or ".join(_kind(part) for part in get_args(annotation) if part is not type(None))
    names = {
        "str": "text",
        "int": "whole number",
        "float": "number",
        "Decimal": "number",
        "bool": "`true` or `false`",
        "SecretStr": "secret text",
    }
    name = getattr(annotation, "__name__", str(annotation))
    return names.get(name, "text")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    if isinstance(value, BaseModel) or value in (None, "", (), {}):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`" + ", ".join(map(str, value)) + "`"
    if isinstance(value, time):
        return f"`{value:%H:%M}`"
    return f"`{value}`"


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()

"""YAML that people write: faults are told with their place, and what would silently be misread is a fault."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError

_ADVICE = (
    ("'\\t'", "a tab stands here: set lines in with spaces"),
    (
        "mapping values are not allowed",
        "a colon too many, or the line above has none with a space behind it; text with a colon wants quotes",
    ),
    ("could not find expected ':'", "a key wants a colon and a space behind it: `port: 8080`"),
    (
        "but found '<scalar>'",
        "a quotation mark too many or too few, here or above; inside a value write «these»",
    ),
    ("expected <block end>", "set in otherwise than the lines above it: as many spaces as its neighbours have"),
    ("unexpected end of stream", "a quotation mark is opened somewhere above and never closed"),
)
"""What the parser says, and what that means to who wrote the file."""


class _CarefulYaml(yaml.SafeLoader):
    """YAML that refuses a key given twice (the second would silently win) and takes 21:00 for a time, not for 1260."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as in its base
        first: [("tag:yaml.org,2002:str", re.compile(r"\d+(?::\d\d)+$")), *kinds] if first.isdigit() else kinds
        for first, kinds in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise _yaml_fault(
                    "text that begins with { or [ needs quotes; what is in {{…}} is to be filled in", key_node
                )
            if key in seen:
                raise _yaml_fault(f"the key {key!r} stands twice", key_node)
            seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError:
            raise _yaml_fault("looks like a day or a number, but is none; text needs quotes", node) from None


def _yaml_fault(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def read_yaml(file: Path) -> Any:
    """What a YAML file holds. Raises ConfigError with the place of a fault."""
    try:
        return yaml.load(file.read_text("utf-8"), _CarefulYaml)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        raise ConfigError(f"{file.name}{_told(error)}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        said = "expected YAML in UTF-8: save it so (in Windows' Notepad «Сохранить как», «Кодировка: UTF-8»)"
        raise ConfigError(f"{file.name}: {said}") from None
    except RecursionError:
        raise ConfigError(f"{file.name}: blocks within blocks without an end") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None


def _told(error: yaml.MarkedYAMLError) -> str:
    """The place and the fault; a key without its colon is told where it stands, not where the parser gave up."""
    problem = str(error.problem)
    mark = error.context_mark if "expected ':'" in problem else error.problem_mark
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return f"{place}: {next((advice for said, advice in _ADVICE if said in problem), problem)}"


def lines_of(file: Path, key: str) -> list[int]:
    """In which line each entry of the list under ``key`` begins; none where the file has no such list."""
    root = yaml.compose(file.read_text("utf-8"), _CarefulYaml)  # only a tree of nodes, with their places
    blocks = root.value if isinstance(root, yaml.MappingNode) else ()
    entries = next((block for name, block in blocks if name.value == key), None)
    return [entry.start_mark.line + 1 for entry in entries.value] if isinstance(entries, yaml.SequenceNode) else []

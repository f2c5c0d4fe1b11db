"""The FAQ topics that understanding knows (``phrases/topics.yaml``), and questions that readers ask."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from understanding.lexicon import FOLDER, read_file


@cache
def topics() -> Mapping[str, str]:
    """Topic key → the intent that carries it."""
    return {key: str(topic["intent"]) for key, topic in _read().items()}


@cache
def about(language: str = "ru") -> Mapping[str, str]:
    """Topic key → what an answer on it should say, for the librarian who writes it; in Russian or English."""
    return {key: str(topic["in_english" if language == "en" else "about"]) for key, topic in _read().items()}


@cache
def known_questions() -> tuple[str, ...]:
    """Some hundred questions of readers, of every kind, on which a change may be tried."""
    lines = Path(__file__).with_name("known_questions.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def _read() -> Mapping[str, Any]:
    return read_file(FOLDER / "topics.yaml")

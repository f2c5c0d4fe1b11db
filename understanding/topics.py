"""The FAQ topics that understanding knows (``phrases/topics.yaml``)."""

from collections.abc import Mapping
from functools import cache

import yaml

from understanding.lexicon import FOLDER


@cache
def topics() -> Mapping[str, str]:
    """Topic key → the intent that carries it."""
    read = yaml.safe_load((FOLDER / "topics.yaml").read_text("utf-8"))
    return {key: str(topic["intent"]) for key, topic in read.items()}

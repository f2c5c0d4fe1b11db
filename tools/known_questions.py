"""Writes understanding/known_questions.txt out of development messages: ``python -m tools.known_questions``.

The messages that understanding is tuned to are the project's own words, under its licence; those that are kept apart
for measuring are left out. Of each wish every n-th is taken, so that the list is the same at each run.
"""

import json
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "understanding" / "known_questions.txt"
SOURCES = ("messages_tune.jsonl", "messages_fresh_tune.jsonl", "messages_voices_train.jsonl")
OF_EACH_WISH = 16
LONGEST = 90
HEAD = """# Questions of readers, made up for the development of this bot: what a librarian teaches is tried on them.
# Written out of tests/understanding by `python -m tools.known_questions`; the same licence as the rest.
"""


def questions() -> list[str]:
    """The questions, by wish."""
    by_wish: dict[str, list[str]] = defaultdict(list)
    for name in SOURCES:
        for line in (ROOT / "tests" / "understanding" / name).read_text("utf-8").splitlines():
            message = json.loads(line)
            text = " ".join(message["text"].split())
            if len(text) <= LONGEST and text not in by_wish[message["intent"]]:
                by_wish[message["intent"]].append(text)
    return [text for wish in sorted(by_wish) for text in _some(by_wish[wish])]


def _some(texts: list[str]) -> list[str]:
    step = max(len(texts) // OF_EACH_WISH, 1)
    return texts[::step][:OF_EACH_WISH]


def page() -> str:
    """The whole file."""
    return HEAD + "".join(f"{text}\n" for text in questions())


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

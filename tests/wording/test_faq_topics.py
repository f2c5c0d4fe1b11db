"""The librarian's list of topics is the one that the bot looks up."""

import re

from tools import faq_topics, known_questions
from understanding.topics import known_questions as shipped


def test_the_page_of_topics_is_up_to_date() -> None:
    assert faq_topics.PAGE.read_text("utf-8") == faq_topics.page(), "run python -m tools.faq_topics"


def test_the_questions_that_come_with_the_bot_are_up_to_date() -> None:
    assert known_questions.PAGE.read_text("utf-8") == known_questions.page(), "run python -m tools.known_questions"
    assert len(shipped()) > 300


def test_every_topic_that_a_handler_names_is_on_the_page() -> None:
    asked = set()
    for path in (faq_topics.ROOT / "handlers").rglob("*.py"):
        asked |= set(re.findall(r'(?:about\(|look_up_faq\(library\.faq, )"([a-z.]+)"', path.read_text("utf-8")))

    assert asked >= {"events", "contacts", "hours", "rules.mba"}
    told = set(re.findall(r"^\| `([a-z.]+)`", faq_topics.page(), re.MULTILINE))
    assert asked <= told

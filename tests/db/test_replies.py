"""A reply comes back from the store as it was said."""

import pytest

from bot.messages import Reply, Template
from db.rows import reply_extra, reply_of


@pytest.mark.parametrize(
    "said",
    [
        Reply(text="Да, есть."),
        Reply(text="Yes.", language="en"),
        Reply(
            text="Вернуть до 5 марта.", personal=True, template=Template(name="due_soon", values=("1",)), language="en"
        ),
    ],
)
def test_a_reply_comes_back_as_it_was_said(said: Reply) -> None:
    assert reply_of(said.text, reply_extra(said)) == said

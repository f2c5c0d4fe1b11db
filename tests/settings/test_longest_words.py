"""How long a text of the library's own may be: one message in each of its channels."""

from dataclasses import dataclass
from typing import cast

import pytest

from adapters.whatsapp.render import capabilities
from bot.app.console import longest_words
from bot.channels import Capabilities, Channel
from bot.wording.own import LONGEST


@dataclass
class Named:
    """A channel that is asked for nothing but what it can carry."""

    capabilities: Capabilities


def can(max_text: int, beside: int = 0) -> Capabilities:
    return Capabilities(
        max_text=max_text,
        max_buttons=8,
        max_label=40,
        formatting=False,
        locations=False,
        max_text_beside_buttons=beside,
    )


@pytest.mark.parametrize(
    ("channels", "longest"),
    [
        ([], LONGEST),
        ([can(4096), can(20_000)], LONGEST),
        ([can(4096), can(500)], 500),
        ([can(4096, beside=300)], 300),
        ([capabilities(0)], LONGEST),
    ],
)
def test_the_narrowest_channel_counts(channels: list[Capabilities], longest: int) -> None:
    assert longest_words([cast("Channel", Named(one)) for one in channels]) == longest

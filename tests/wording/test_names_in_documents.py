"""A document that tells of a command, an option or a figure that is not there is found out."""

import pytest

from tools.check_names import not_there


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("`bibliobot misses --csv x.xlsx`, `bibliobot staff add masha --role editor`", []),
        ("say `bibliobot misses --xlsx x`", ["page.md: bibliobot misses has no --xlsx"]),
        ("docker compose run bibliobot staff add LOGIN --rank admin", ["page.md: bibliobot staff add has no --rank"]),
        ('watch `bibliobot_webhooks_total{result="bad"}`', []),
        ("watch `bibliobot_webhooks`", ["page.md: /metrics has no bibliobot_webhooks"]),
    ],
)
def test_what_is_not_there_is_told(text: str, faults: list[str]) -> None:
    assert not_there({"page.md": text}) == faults

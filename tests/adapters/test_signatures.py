"""A secret is compared whatever comes in its place."""

import pytest

from adapters.signatures import same


@pytest.mark.parametrize("given", ["", "тайна", "secret ", "Secret", "secre", "\udcff\udcfe", "\ud800", "\x00" * 9_999])
def test_what_is_not_the_secret_is_refused(given: str) -> None:
    assert same("secret", "secret")
    assert not same(given, "secret")


def test_where_there_is_no_secret_nothing_is_believed() -> None:
    assert not same("", "")

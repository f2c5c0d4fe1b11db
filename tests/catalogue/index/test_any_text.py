"""Whatever is typed, a search ends well."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ports.catalogue import Verdict, Wanted
from catalogue.index.folder import Builder, open_index
from catalogue.index.searching import Search
from tests.catalogue.index.conftest import LIBRARY

_TYPED = st.one_of(st.text(max_size=80), st.text("abcdjqyf bvh[],.'войнамирлев -12#", max_size=60))


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Search:
    """A search over the small library."""
    folder: Path = tmp_path_factory.mktemp("index")
    with Builder(folder) as builder:
        builder.add(replace(work, work_id=number, version=1) for number, work in enumerate(LIBRARY, start=1))
        builder.finish("library")
    opened = open_index(folder, "library")
    assert opened is not None
    return Search(opened.index.searcher(), opened.vocabulary)


@settings(max_examples=50, deadline=None)
@given(text=_TYPED)
def test_any_text_has_an_answer_with_scores_in_bounds(search: Search, text: str) -> None:
    answer = search.find(Wanted(text=text))
    assert all(0.0 <= score <= 1.0 for _, score in answer.hits)
    assert (answer.verdict is Verdict.NOTHING) == (not answer.hits)


@settings(max_examples=60, deadline=None)
@given(number=st.integers(0, len(LIBRARY) - 1))
def test_every_title_as_it_stands_finds_its_work_among_the_first(search: Search, number: int) -> None:
    title, author = LIBRARY[number].variants[0]
    answer = search.find(Wanted(text=f"{title} {author}"))
    assert number + 1 in [work_id for work_id, _ in answer.hits[:2]]
    assert answer.verdict in (Verdict.FOUND, Verdict.CHOICE)

"""A dataclass of ``bot.quick`` is what the standard one would be, in all that anybody can see."""

import copy
import dataclasses
import pickle
from collections.abc import Callable, Mapping
from dataclasses import asdict, field, fields, replace
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
import pytest

from bot import quick
from bot.quick import dataclass

Value = TypeVar("Value")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """A value."""

    name: str
    count: int = 1
    more: Mapping[str, int] = field(default_factory=dict)

    @property
    def twice(self) -> int:
        """Of the count."""
        return 2 * self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """A value."""

    most: ClassVar[int] = 5

    name: str
    count: int = 1
    more: Mapping[str, int] = field(default_factory=dict)

    @property
    def twice(self) -> int:
        """Of the count."""
        return 2 * self.count


@dataclass(frozen=True, slots=True)
class Pair:
    """A value with places."""

    left: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A value without anything."""


@dataclass(slots=True)
class Changing:
    """What somebody goes on writing to."""

    name: str
    seen: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Itself:
    """Equal to nothing else."""

    name: str


@dataclass(frozen=True, slots=True)
class Undescribed:
    name: str


def test_it_is_made_with_the_same_defaults_and_methods() -> None:
    one = Quick(name="a")

    assert isinstance(one, msgspec.Struct)
    assert asdict(one) == asdict(Slow(name="a")) == {"name": "a", "count": 1, "more": {}}
    assert one.twice == 2
    assert one.most == Quick.most == 5
    assert one.more is not Quick(name="b").more
    assert Quick.__doc__ == Slow.__doc__
    assert Undescribed.__doc__ == "Undescribed"
    assert Quick.__module__ == __name__


def test_it_looks_and_is_stored_the_same() -> None:
    values = {"name": "a", "count": 3, "more": {"x": 1}}

    assert repr(Quick(**values)) == repr(Slow(**values)).replace("Slow", "Quick")  # type: ignore[arg-type]
    assert msgspec.json.encode(Quick(**values)) == msgspec.json.encode(Slow(**values))  # type: ignore[arg-type]
    assert msgspec.json.decode(b'{"name":"a","new":1}', type=Quick) == Quick(name="a")
    assert pickle.loads(pickle.dumps(Quick(**values))) == Quick(**values)  # type: ignore[arg-type]  # noqa: S301 - our own


def test_it_is_compared_by_what_it_holds_and_by_its_kind() -> None:
    assert Pair("a") == Pair("a", "")
    assert hash(Pair("a")) == hash(Pair("a"))
    assert Pair("a") != Pair("b")
    assert Pair("a") != Nothing()  # type: ignore[comparison-overlap]
    assert Nothing() == Nothing()


def test_it_is_told_apart_by_its_places() -> None:
    match Pair("a", "b"):
        case Pair(left, right):
            assert (left, right) == ("a", "b")


def test_a_changed_copy_is_made_as_of_any_dataclass() -> None:
    one = Quick(name="a", more={"x": 1})

    assert replace(one, count=2) == Quick(name="a", count=2, more={"x": 1})
    assert copy.deepcopy(one) == one
    assert [each.name for each in fields(one)] == ["name", "count", "more"]


@pytest.mark.parametrize("kind", [Quick, Slow])
def test_its_own_way_to_a_changed_copy_takes_either_kind(kind: Any) -> None:
    one = kind(name="a", more={"x": 1})

    assert quick.replace(one, count=2) == kind(name="a", count=2, more={"x": 1})
    assert one == kind(name="a", more={"x": 1})
    with pytest.raises(TypeError):
        quick.replace(one, counts=2)


def test_it_cannot_be_changed() -> None:
    one = Pair("a")

    with pytest.raises(AttributeError):
        one.left = "b"  # type: ignore[misc]
    assert one.left == "a"


def test_one_that_may_be_changed_is_equal_while_it_holds_the_same_and_no_key() -> None:
    one, other = Changing("a"), Changing("a")

    assert isinstance(one, msgspec.Struct)
    assert one == other
    one.seen.append("b")
    one.name = "c"
    assert one == Changing("c", ["b"]) != other
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
    with pytest.raises(AttributeError):
        one.unknown = 1  # type: ignore[attr-defined]


def test_one_that_is_only_itself_is_a_key() -> None:
    one, other = Itself("a"), Itself("a")

    assert isinstance(one, msgspec.Struct)
    assert one != other
    assert {one: 1, other: 2}[one] == 1


def _with_a_base(made: Callable[..., Any]) -> object:
    @made(frozen=True, slots=True)
    class _Of(Generic[Value]):
        value: int

    return _Of(1)  # type: ignore[call-arg]


def _with_a_secret(made: Callable[..., Any]) -> object:
    @made(frozen=True, slots=True)
    class _Of:
        value: int
        key: bytes = field(default=b"secret", repr=False)

    return _Of(1)  # type: ignore[call-arg]


def _with_its_own_look(made: Callable[..., Any]) -> object:
    @made(frozen=True, slots=True)
    class _Of:
        value: int

        def __repr__(self) -> str:
            return "mine"

    return _Of(1)  # type: ignore[call-arg]


def _in_an_order(made: Callable[..., Any]) -> object:
    @made(frozen=True, order=True)
    class _Of:
        value: int

    return _Of(1)  # type: ignore[call-arg]


@pytest.mark.parametrize("case", [_with_a_base, _with_a_secret, _with_its_own_look, _in_an_order])
def test_what_would_behave_otherwise_stays_as_it_is(case: Callable[[Callable[..., Any]], object]) -> None:
    made = case(dataclass)

    assert not isinstance(made, msgspec.Struct)
    assert dataclasses.is_dataclass(made)
    assert repr(made).rsplit(".", 1)[-1] == repr(case(dataclasses.dataclass)).rsplit(".", 1)[-1]

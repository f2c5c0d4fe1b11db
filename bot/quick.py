"""``dataclass`` and ``replace`` for the project: the standard ones for whoever reads or checks, msgspec's when it runs.

A frozen dataclass sets each field through ``object.__setattr__``, twenty times the cost of a Struct of the same fields,
and each dataclass compiles the text of six methods when its module is loaded, which for some hundreds of them was the
largest part of a start. So the modules of the project import ``dataclass`` from here. ``replace`` of a Struct needs no
loop over its fields in Python: an eighth of the cost.
"""

from dataclasses import MISSING, Field, fields
from dataclasses import dataclass as standard
from dataclasses import replace as standard_replace
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import structs

__all__ = ["dataclass", "replace"]

_NO_PART = frozenset(
    ["__dict__", "__weakref__", "__slots__", "__annotations__", "__dataclass_fields__", "__dataclass_params__"]
)
_WRITTEN = frozenset(["__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__match_args__"])
_OPTIONS = frozenset(["frozen", "slots", "kw_only", "eq"])

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:

    def replace(one: Any, /, **changes: Any) -> Any:
        """The standard function, for classes of either kind."""
        return (structs.replace if isinstance(one, msgspec.Struct) else standard_replace)(one, **changes)

    def dataclass(made: type | None = None, /, **options: bool) -> Any:
        """The standard decorator; of a plain class with slots it makes a Struct.

        The Struct has the same fields, defaults, methods and behaviour: ``replace``, ``fields`` and ``asdict`` go on
        working, as do patterns, comparison, hashing, repr and immutability. A class with bases, with methods that a
        dataclass writes, with fields that are left out of some, or with other options is what the standard library
        makes of it.
        """
        if made is None:
            return lambda each: dataclass(each, **options)
        if not options.get("slots") or options.keys() - _OPTIONS or made.__bases__ != (object,):
            return standard(**options)(made)
        if _WRITTEN & vars(made).keys() or any(isinstance(one, Field) and _odd(one) for one in vars(made).values()):
            return standard(**options)(made)
        return _struct(made, **options)


def _odd(field: "Field[Any]") -> bool:
    return not (field.init and field.repr and field.compare and field.hash is None) or field.kw_only is True


def _struct(made: type, *, slots: bool, frozen: bool = False, kw_only: bool = False, eq: bool = True) -> Any:
    made.__doc__ = made.__doc__ or made.__name__  # or its signature would be worked out
    standard(init=False, repr=False, eq=False, match_args=False, kw_only=kw_only)(made)  # the fields, no method
    told = fields(made)
    names = {field.name for field in told}
    own = {name: what for name, what in vars(made).items() if name not in _NO_PART and name not in names}
    struct: Any = msgspec.defstruct(
        made.__name__,
        [_told(field) for field in told],
        module=made.__module__,
        namespace=own,
        frozen=frozen,
        kw_only=kw_only,
        eq=eq,
    )
    struct.__dataclass_fields__ = made.__dataclass_fields__  # type: ignore[attr-defined]
    struct.__qualname__ = made.__qualname__
    return struct


def _told(field: "Field[Any]") -> tuple[str, Any] | tuple[str, Any, Any]:
    if field.default is not MISSING:
        return field.name, field.type, field.default
    if field.default_factory is not MISSING:
        return field.name, field.type, msgspec.field(default_factory=field.default_factory)
    return field.name, field.type

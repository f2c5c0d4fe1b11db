"""Recorded events, bent: a value of another kind, a key gone or doubled in depth, anywhere."""

import copy
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    -(2**70),
    1e308,
    float("nan"),
    "",
    "\x00\ud83d",
    "ы" * 5_000,
    "5.80",
    [],
    [None],
    [[]],
    {},
    {"type": "photo"},
    {"b": ["x"]},
    "{",
    '{"b":"find"}',
)


@st.composite
def mutated(draw: st.DrawFn, events: Sequence[Any]) -> Any:
    """One event with one to four changes."""
    event = copy.deepcopy(draw(st.sampled_from(events)))
    for _ in range(draw(st.integers(1, 4))):
        event = _changed(draw, event)
    return event


def _changed(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(value)))
        if not draw(st.integers(0, 4)):
            return {name: inner for name, inner in value.items() if name != key}
        return {**value, key: _changed(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], _changed(draw, value[at]), *value[at + 1 :]]
    return draw(st.sampled_from(ODD))


@st.composite
def bent_bodies(draw: st.DrawFn, bodies: Sequence[bytes]) -> bytes:
    """A body with a few bytes changed, cut or doubled; sometimes still JSON, bent inside."""
    body = draw(st.sampled_from(bodies))
    if draw(st.booleans()):
        return json.dumps(draw(mutated([json.loads(body)]))).encode()
    at, length = draw(st.integers(0, len(body))), draw(st.integers(0, 20))
    return body[:at] + draw(st.binary(max_size=8)) + body[at + length :]

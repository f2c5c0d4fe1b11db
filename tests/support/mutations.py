"""Bodies that a messenger might send on a bad day: recorded ones, bent; the same ones for the same seed."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**63, 2**70, 1e308, 0.5, "", " ", "0", "\x00", "\ud800", "🙂" * 50, "я" * 5_000, [], {}, [[]],
    [None], {"": None}, [{"type": None}], {"text": {"text": []}}, "2026-03-02", "<b>&amp;", "../../etc/passwd",
)  # fmt: skip


def mutated(bodies: Sequence[bytes], number: int, seed: int) -> Iterator[bytes]:
    """So many bodies: values replaced, keys lost, lists doubled, bytes cut, overwritten or turned."""
    chance = random.Random(seed)
    for turn in range(number):
        raw = bodies[turn % len(bodies)]
        if chance.random() < 0.8:
            whole = json.loads(raw)
            for _ in range(chance.randint(1, 3)):
                whole = _bent(whole, chance)
            raw = json.dumps(whole).encode()
        if chance.random() < 0.3:
            raw = _broken(raw, chance)
        yield raw


def _bent(value: Any, chance: random.Random) -> Any:
    """The value with something odd somewhere in it."""
    if not value or not isinstance(value, dict | list) or chance.random() < 0.15:
        return chance.choice(ODD)
    if isinstance(value, dict):
        key = chance.choice(list(value))
        if chance.random() < 0.15:
            return {name: inner for name, inner in value.items() if name != key}
        return {name: _bent(inner, chance) if name == key else inner for name, inner in value.items()}
    place = chance.randrange(len(value))
    if chance.random() < 0.1:
        return [*value, *value]
    return [_bent(inner, chance) if number == place else inner for number, inner in enumerate(value)]


def _broken(raw: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(raw) + 1)
    return chance.choice(
        (
            raw[:place],
            raw[:place] + bytes([chance.randrange(256)]) + raw[place + 1 :],
            raw[place:],
            raw + raw,
            b"[" * 9_999,
        )
    )

"""Which inputs a user asks for, as the command line writes it: 384, 3x384x384, left=384."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

Size = str | int | Sequence[int]
#: As Python writes it: one size for all, sizes by name, or as the command line does.
InputLike = Size | Sequence[str] | Mapping[str, Size] | None
#: As the command line writes it, argument by argument; None: nothing is said.
InputSpec = Sequence[str] | None
#: What parts the inputs in a text, so that no name of an input may hold it.
COMMA, EQUALS = ",", "="


def spec_of(input: InputLike) -> InputSpec:
    """The specification of what Python gives: a size, a shape, a mapping of names to these, or
    several arguments of the command line; None where nothing is given."""
    if input is None:
        return None
    if isinstance(input, Mapping):
        return tuple(f"{name}{EQUALS}{_size(size)}" for name, size in input.items())
    if isinstance(input, list | tuple) and any(isinstance(word, str) for word in input):
        return tuple(map(_size, input))
    return (_size(input),)


def rest(spec: InputSpec, names: Collection[str]) -> InputSpec:
    """What of a specification is not about these names."""
    words = [part for word in spec or () for part in parts(word)]
    return tuple(word for word in words if word.rpartition(EQUALS)[0] not in names) or None


def parts(word: str) -> list[str]:
    """The parts of an argument: NAME=SIZE,NAME=SIZE, or one size for all."""
    return word.split(COMMA) if EQUALS in word else [word]


def _size(extents: Any) -> str:
    return "x".join(map(str, extents)) if isinstance(extents, list | tuple) else str(extents)


def pretty(text: str) -> str:
    """The text of the inputs of a profile, as messages have it: 'left 3×32×32, right 3×32×32'."""
    parts = (part.rpartition(EQUALS) for part in text.split(COMMA))
    return ", ".join(f"{name} {size.replace('x', '×')}".lstrip() for name, _, size in parts)

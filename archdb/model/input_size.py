"""The inputs that a user gives, in the words of the command line: 384, 3x384x384, left=384."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Size = str | int | Sequence[int]
#: As Python gives them: one size for all, sizes by name, or words.
Given = Size | Sequence[str] | Mapping[str, Size] | None
#: Word by word; None: nothing is said.
Words = Sequence[str] | None
#: What parts the inputs in a text, so that no name of an input may hold it.
COMMA, EQUALS = ",", "="


def worded(given: Given) -> Words:
    """An input as Python has it, in the words of the command line: a size, a shape, a mapping of
    names to these, or several words; None where there is none."""
    if given is None:
        return None
    if isinstance(given, Mapping):
        return tuple(f"{name}{EQUALS}{_size(size)}" for name, size in given.items())
    if isinstance(given, list | tuple) and any(isinstance(word, str) for word in given):
        return tuple(map(_size, given))
    return (_size(given),)


def _size(given: Any) -> str:
    return "x".join(map(str, given)) if isinstance(given, list | tuple) else str(given)


def pretty(words: str) -> str:
    """The text of the inputs of a profile, as messages have it: 'left 3×32×32, right 3×32×32'."""
    parts = (part.rpartition(EQUALS) for part in words.split(COMMA))
    return ", ".join(f"{name} {size.replace('x', '×')}".lstrip() for name, _, size in parts)

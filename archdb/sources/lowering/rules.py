"""The rules of the lowering by kind of call, and how they say that they cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from archdb.sources.lowering.values import Items, Known, Opaque, Stored, Value
from archdb.sources.neutral import Call


class UnmappedError(Exception):
    """archdb has no layer for this call; the words say why."""


class TiedError(UnmappedError):
    """Layers of different kinds share tensors, so that neither may hold them."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__("shares tensors with a layer of another kind")
        self.names = frozenset(names)


Result = Value | Stored | Known
#: What a call may give besides: what is not known of, or a list.
Given = Result | Opaque | Items
Rule = Callable[[Any, Call], Any]
RULES: dict[str, Rule] = {}


def rule(*kinds: str) -> Callable[[Rule], Rule]:
    """Register the rule of some kinds of call."""

    def register(function: Rule) -> Rule:
        for kind in kinds:
            if kind in RULES:
                raise TypeError(f"there are two rules for '{kind}'")
            RULES[kind] = function
        return function

    return register

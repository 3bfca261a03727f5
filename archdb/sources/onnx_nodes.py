"""ONNX's ops as calls: the kind that ATen has for each, and its arguments.

A translation takes a node and gives kind and arguments; inputs are Refs in their order, None where
one is left out. Attributes became inputs over the versions; both are read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from archdb.sources.neutral import Ref
from archdb.sources.onnx_parts import OnnxNode

Translated = tuple[str, dict[str, Any]]


class Node:
    """A node as translations see it: `version` is the opset of its domain, `read` the tensors that
    anything reads."""

    def __init__(
        self,
        node: OnnxNode,
        version: int,
        ranks: Callable[[Ref], int | None],
        read: Collection[str] = (),
    ) -> None:
        self.read = read
        self.op, self.attributes, self.version, self._ranks = (
            node.op,
            node.attributes,
            version,
            ranks,
        )
        self.inputs = [Ref(name) if name else None for name in node.inputs]
        self.outputs = node.outputs

    def at(self, place: int) -> Ref | None:
        """An input, or None where it is left out."""
        return self.inputs[place] if place < len(self.inputs) else None

    def rank(self, place: int) -> int | None:
        """The number of axes of an input, where it is known."""
        ref = self.at(place)
        return self._ranks(ref) if ref is not None else None

    def given(self, name: str, default: Any = None) -> Any:
        """An attribute."""
        value = self.attributes.get(name)
        return default if value is None else value

    def as_op(self, op: str, places: Iterable[int]) -> Translated:
        """The call of another op with the same attributes, which reads some of the inputs."""
        self.op, self.inputs = op, [self.inputs[at] for at in places]
        return TRANSLATIONS[op](self)

    def either(self, place: int, name: str) -> Any:
        """An input, or the attribute that it was in older versions."""
        return self.at(place) or self.given(name)


TRANSLATIONS: dict[str, Callable[[Node], Translated]] = {}


def translates(*ops: str) -> Callable[[Any], Any]:
    """Register the translation of some ops."""

    def register(function: Any) -> Any:
        TRANSLATIONS.update(dict.fromkeys(ops, function))
        return function

    return register

"""Padding masks: Keras 3 writes into a call which steps of a sequence count, as a tensor that
functions work out (not_equal of an embedding's input, any of a Masking's). They change no figure
of a sequence that is not padded, and are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from archdb.sources.keras_config import Node, Part, Ref, kind_of, refs

#: What a call is given masks as; an attention_mask is what a user has made.
MASKS = ("mask", "query_mask", "value_mask", "key_mask")


def without_masks(parts: list[Part], ends: Iterable[Ref]) -> tuple[list[Part], bool]:
    """The layers without the masks that their calls are given, and without the functions that
    worked out nothing else; whether there were any. `ends` are the outputs of the model."""
    masked = [ref.layer for part in parts for node in part.nodes for ref in _masks(part, node)]
    if not masked:
        return parts, False
    kept = {
        part.name: part._replace(nodes=[_unmasked(part, n) for n in part.nodes]) for part in parts
    }
    readers = Counter(ref.layer for part in kept.values() for ref in _reads(part))
    readers.update(ref.layer for ref in ends)
    while masked:
        part = kept.get(masked.pop())
        if part is not None and not readers[part.name] and _is_function(part):
            del kept[part.name]
            for ref in _reads(part):
                readers[ref.layer] -= 1
                masked.append(ref.layer)
    return list(kept.values()), True


def _is_function(part: Part) -> bool:
    """Whether it is a function of Keras: no input, and no layer that may have weights."""
    return kind_of(part).startswith("op:")


def _reads(part: Part) -> list[Ref]:
    return [ref for node in part.nodes for ref in node.refs()]


def _masks(part: Part, node: Node) -> list[Ref]:
    """The masks that a call is given; a function's own arguments are none."""
    given = {} if _is_function(part) else node.kwargs
    return [ref for name in MASKS for ref in refs(given.get(name))]


def _unmasked(part: Part, node: Node) -> Node:
    if not _masks(part, node):
        return node
    return Node(node.args, {key: value for key, value in node.kwargs.items() if key not in MASKS})

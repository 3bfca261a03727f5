"""Counting conventions as data: each file of seeds/conventions says what a component counts for.

    sentence = "..."                   # what is counted, in a sentence
    source = "..."                     # whose convention it is, and which release of it was asked
    divisor = 2                        # what the sum is divided by, where it is not 1
    missing = "..."                    # what the tool counts besides, and no component holds
    free = ["input", "dropout"]        # ops that count for nothing

    [weights]
    "*" = {macs = 1}                   # every op, also one that archdb learns later
    linear = {macs = 1, bias_adds = 1} # instead, for this op
    "conv2d depthwise_conv2d" = {...}  # the same for several

An op that no line names is not priced: a total over it is open, never too small in silence. So
"*" is for a convention that is defined by components, whatever the layer; what a tool or a paper
counts is known of the ops that it was asked about, and these are named one by one.

A price is an op's, whatever its switches: tools that count a norm without scale and shift at less
do so beyond what is said here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from archdb.analysis.weighing import Convention as Convention
from archdb.errors import DefinitionError, nearest
from archdb.model import components
from archdb.model.attributes import Count, Kind, Text
from archdb.model.declaration import Declaration
from archdb.ops import REGISTRY
from archdb.resources import bundled as bundled_at

#: What a convention may count: the counts of a layer row, and their sum over trainable tensors.
QUANTITIES = tuple(each.name for each in components.QUANTITIES)
KNOWN = [name for name, op in REGISTRY.items() if op.known]


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise ValueError
    return value


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError
    return tuple(map(str, value))


FILE = Declaration(
    {
        "sentence": Text,
        "source": Text,
        "divisor": Count,
        "missing": Text,
        "free": Annotated[Any, Kind("a list of ops", _names)],
        "weights": Annotated[Any, Kind("a table", _table)],
    },
    {"divisor": 1, "missing": None, "free": []},
)


def bundled() -> list[Convention]:
    """The conventions that archdb ships, by name."""
    return [load(path) for path in sorted(bundled_at("seeds/conventions").glob("*.toml"))]


def load(path: Path) -> Convention:
    """The convention of a file; DefinitionError naming the file and what is wrong in it."""
    try:
        data = FILE.parse(tomllib.loads(path.read_text("utf-8")))
        weights: dict[str, dict[str, int]] = {}
        for op, quantity, weight in _weights(data["weights"], data["free"]):
            weights.setdefault(op, {})[quantity] = weight
    except DefinitionError as error:
        raise error.at(path.name) from None
    columns = {name: data[name] for name in ("sentence", "source", "divisor", "missing")}
    return Convention(path.stem, **columns, weights=weights)


def _weights(
    priced: Mapping[str, Mapping[str, Any]], free: tuple[str, ...]
) -> Iterator[tuple[str, str, int]]:
    every = priced.get("*")
    found = dict.fromkeys(REGISTRY, every) if every else {}
    named = {op: price for ops, price in priced.items() if ops != "*" for op in ops.split()}
    for op, price in {**found, **{op: {"macs": 0} for op in free}, **named}.items():
        if op not in REGISTRY:
            raise DefinitionError(f"prices '{op}', which is no op", remedy=nearest(op, KNOWN))
        for quantity, weight in (price or {}).items():
            if quantity not in QUANTITIES:
                raise DefinitionError(
                    f"counts '{quantity}', which is no component",
                    remedy=nearest(quantity, QUANTITIES) or f"one of: {', '.join(QUANTITIES)}",
                ).at(op)
            yield op, quantity, _whole(op, weight)


def _whole(op: str, weight: Any) -> int:
    if not isinstance(weight, int) or isinstance(weight, bool):
        raise DefinitionError(
            f"a weight must be a whole number, got {weight!r}", remedy="fractions need a divisor"
        ).at(op)
    return weight

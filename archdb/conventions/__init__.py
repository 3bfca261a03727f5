"""Counting conventions as data: each .toml here says what one of each component counts for.

    sentence = "..."                   # what is counted, in a sentence
    source = "..."                     # whose convention it is

    [weights]
    "*" = {macs = 1}                   # every op archdb knows
    linear = {macs = 1, bias_adds = 1} # instead, for this op

An op that no line names is not priced: a total over it is open, never too small in silence.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

from archdb.ops import REGISTRY


class Convention(NamedTuple):
    """`weights` are (op, quantity, weight); an op that counts for nothing has weight 0."""

    name: str
    sentence: str
    source: str
    weights: list[tuple[str, str, int]]


def bundled() -> list[Convention]:
    """The conventions that archdb ships, by name."""
    return [_load(path) for path in sorted(Path(__file__).parent.glob("*.toml"))]


def _load(path: Path) -> Convention:
    data = tomllib.loads(path.read_text("utf-8"))
    named = data["weights"]
    every = named.pop("*", None)
    known = [name for name, op in REGISTRY.items() if op.known]
    priced = {**(dict.fromkeys(known, every) if every else {}), **named}
    weights = [
        (op, quantity, weight) for op in sorted(priced) for quantity, weight in priced[op].items()
    ]
    return Convention(path.stem, data["sentence"], data["source"], weights)

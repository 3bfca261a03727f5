"""Steps of a derivation: formula, numbers in their places, what comes out, and by what rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from archdb.analysis.layer_costs import PADS
from archdb.model.shape import CHANNEL, FEATURE, SEQUENCE, UNNAMED, NamedShape, Shape, axes_of
from archdb.ops import Op

#: What the extents of an input are called, by their number. A vector may be one of tokens.
IN_AXES = {
    1: (("features", 0), ("channels", 0), ("length", 0)),
    2: (("length", 0), ("features", 1), ("channels", 1)),
    3: (("channels", 0), ("height", 1), ("width", 2)),
    4: (("channels", 0), ("depth", 1), ("height", 2), ("width", 3)),
}
#: What extents of other shapes are called, where it is not the name of their axis.
CALLED = {
    CHANNEL: ("channels", "features"),
    FEATURE: ("features", "channels"),
    SEQUENCE: ("length",),
    UNNAMED: (),
}
_NAME = re.compile(r"[a-z][a-z_0-9]*")


class Step(NamedTuple):
    """One line on paper. `numbers` is the formula with numbers for its names, empty where the
    formula is words; `rule` says why it holds, and whose it is."""

    quantity: str
    formula: str
    numbers: str
    result: int | str | None
    rule: str = ""


def number(value: int) -> str:
    """An integer on paper: in groups from five digits on, in brackets below zero."""
    if value < 0:
        return f"(−{number(-value)})"
    return f"{value:,}" if value >= 10_000 else str(value)


def product(values: Iterable[int]) -> str:
    """Factors side by side."""
    return "·".join(map(number, values))


def total(values: Iterable[int]) -> str:
    """Terms side by side."""
    return " + ".join(map(number, values))


def with_numbers(formula: str, values: Mapping[str, int]) -> str:
    """The formula, each name of a value replaced by it."""

    def substitute(name: re.Match[str]) -> str:
        value = values.get(name[0])
        return name[0] if value is None else number(value)

    return _NAME.sub(substitute, formula)


def values_of(op: Op, inputs: tuple[Shape, ...], out: Shape) -> dict[str, int]:
    """What the names in the op's formulas stand for."""
    values: dict[str, int] = {}
    for slot, shape in reversed(list(enumerate(inputs, start=1))):
        suffix = "" if slot == 1 else f"_{slot}"
        values |= {f"{name}{suffix}": extent for name, extent in _extents(shape)}
    for name in op.declaration.attributes:
        values |= _attribute(name, getattr(op, name))
    values |= {f"out_{name}": extent for name, extent in _extents(out)}
    values["inputs"] = len(inputs)
    return values


def _extents(shape: Shape) -> Iterator[tuple[str, int]]:
    """What the extents of a shape are called, and what they are."""
    if not isinstance(shape, NamedShape):
        yield from ((name, shape[at]) for name, at in IN_AXES.get(len(shape), ()))
        return
    for name, extent in zip(axes_of(shape), shape, strict=True):
        for called in CALLED.get(name, (name,)):
            yield called, extent


def _attribute(name: str, value: object) -> dict[str, int]:
    """The numbers of an attribute: itself, both of a pair, or the four sides."""
    if isinstance(value, int):
        return {name: value}
    if not isinstance(value, tuple) or not all(isinstance(item, int) for item in value):
        return {}
    if len(value) == 4:
        return dict(zip(PADS, value, strict=True))
    return {f"{name}_h": value[0], f"{name}_w": value[1]} if len(value) == 2 else {}

"""Sequences of vectors, one or many at once: steps, and how they are told of."""

from __future__ import annotations

from math import prod

from archdb.model.shape import NamedShape, Shape, axes_of, named
from archdb.ops.base import Op, sequence
from archdb.ops.explained import OUTPUT, Formulas, Stated


def steps(op: Op, x: Shape) -> tuple[int, int]:
    """How many steps all sequences have together, and the features of one: of length×features, or
    of many such, whose axes stand before; ShapeError on a map, or what has no steps."""
    if len(x) > 3 or (len(x) == 3 and isinstance(x, NamedShape)):
        return prod(x[:-1]), x[-1]
    return sequence(op, x)


def stepped(op: Op, x: Shape, features: int, *, each: bool) -> Shape:
    """What sequences of other features are: at each step, or told in one vector."""
    count, _ = steps(op, x)
    if len(x) == 2:
        return (count, features) if each else (features,)
    axes = axes_of(x)
    if each:
        return named((*x[:-1], features), axes)
    return named((*x[:-2], features), (*axes[:-2], axes[-1]))


def told(x: Shape, formulas: Formulas) -> Formulas:
    """Formulas of one sequence, or the same of all steps of many."""
    if len(x) == 2:
        return formulas
    count = "·".join(map(str, x[:-1]))
    own = {"steps": Stated("of all sequences", count, prod(x[:-1]))}
    own |= {"features": Stated("of a step", str(x[-1]), x[-1])}
    own[OUTPUT] = Stated("as many sequences, of other features", "")
    kept = {name: text for name, text in formulas.items() if not name.startswith("out_")}
    put = {n: f.replace("length", "steps") for n, f in kept.items() if isinstance(f, str)}
    return {**own, **put}

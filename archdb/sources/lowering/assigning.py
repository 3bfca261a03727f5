"""Parts of a tensor that are written over: x[:, 1:] = y."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.joining import concatenated
from archdb.sources.lowering.shaping import spread
from archdb.sources.lowering.slicing import part
from archdb.sources.lowering.values import ONE, Value
from archdb.sources.neutral import Call

#: An axis and the run of it that is written over.
Run = tuple[int, int, int]


@rule("setitem")
def setitem(net: Lowering, call: Call) -> Value:
    """What is left of the tensor, joined with what is written: no layer computes anything."""
    given = call.arguments
    value, written = net.value(given["input"]), net.value(given["value"])
    runs = _runs(given["index"], value.full(net.batch))
    region = list(value.full(net.batch))
    for dim, start, stop in runs:
        region[dim] = stop - start
    written = written._replace(axes=(ONE,) * (len(region) - len(written.axes)) + written.axes)
    if list(written.full(net.batch)) != region:
        written = spread(net, written, written.full(net.batch), region)
    return _over(net, value, [run for run in runs if run[1:] != _whole(value, net, run)], written)


def _whole(value: Value, net: Lowering, run: Run) -> tuple[int, int]:
    return 0, value.full(net.batch)[run[0]]


def _runs(index: Any, full: tuple[int, ...]) -> list[Run]:
    """The runs that an index stands for, axis by axis."""
    items = list(index) if isinstance(index, list) else [index]
    if "..." in items:
        at = items.index("...")
        items[at : at + 1] = [{"slice": [None, None, None]}] * (len(full) - len(items) + 1)
    runs = []
    for dim, item in enumerate(items):
        if not isinstance(item, dict):
            raise UnmappedError("writes over elements by their place")
        start, stop, step = slice(*item["slice"]).indices(full[dim])
        if step != 1:
            raise UnmappedError("writes over each second element or fewer")
        runs.append((dim, start, stop))
    return runs


def _over(net: Lowering, value: Value, runs: list[Run], written: Value) -> Value:
    """The value with `written` in the place of these runs."""
    if not runs:
        return written
    (dim, start, stop), *rest = runs
    parts = [_over(net, part(net, value, dim, start, stop), rest, written) if rest else written]
    if start > 0:
        parts.insert(0, part(net, value, dim, 0, start))
    if stop < value.full(net.batch)[dim]:
        parts.append(part(net, value, dim, stop, value.full(net.batch)[dim]))
    return concatenated(net, parts, dim)

"""The receptive field of a layer deep in a network, forward from the image and back to it.

Forward (araujo2019), the field of one position grows by (kernel - 1) effective strides; backward,
n positions of a layer's output see (n - 1) stride + kernel of its input, from one position of the
last layer, which sees its own kernel. Both end at the same size.
"""

from __future__ import annotations

from archdb.analysis.receptive_field import Field
from archdb.explain.network import NetworkTrace, Table
from archdb.model.attributes import Pads
from archdb.model.window import Window

COLUMNS = (
    "axis",
    "layer",
    "op",
    "kernel",
    "stride",
    "pad",
    "forward",
    "field",
    "effective_stride",
    "effective_padding",
    "backward",
    "seen",
)
BOTH = "both"
Row = tuple[int | str | None, ...]


def target(trace: NetworkTrace) -> str:
    """The layer whose field is the network's, or, where there is none, the last one."""
    name = trace.profile.totals["receptive_field_layer"]
    return str(name) if name is not None else trace.main[-1].name


def table(trace: NetworkTrace, name: str) -> Table:
    """One row for each layer that changes the field, along the path that gives it."""
    field = trace.fields[name]
    if isinstance(field, str):
        return _none(trace, name, field)
    by_axis = [_axis(trace, path(trace, name, axis), axis) for axis in (0, 1)]
    if by_axis[0] == by_axis[1]:
        rows = [(BOTH, *row) for row in by_axis[0]]
    else:
        rows = [(letter, *row) for letter, part in zip("hw", by_axis, strict=True) for row in part]
    size = "×".join(map(str, field.size))
    notes = [
        f"field = field before + (kernel − 1)·effective stride before; one position of {name}"
        f" sees {size}",
        "seen = (seen behind − 1)·stride behind + kernel behind, from 1 back to the image",
        "layers of kernel 1, stride 1 and no padding change nothing and are left out",
    ]
    if len(_joins(trace, name)):
        notes.append("where paths meet, the rows follow the one with the largest field")
    if field.apart:
        notes.append(f"{field.apart}; the field spans them all")
    return Table(COLUMNS, rows, notes)


def path(trace: NetworkTrace, name: str, axis: int) -> list[str]:
    """From the input to a layer, at every join along the input whose field is the largest."""
    found = [name]
    while sources := trace.layers[found[-1]].inputs:
        found.append(max(sources, key=lambda source: _size(trace, source, axis)))
    return found[::-1]


def _size(trace: NetworkTrace, name: str, axis: int) -> int:
    field = trace.fields[name]
    return field.size[axis] if isinstance(field, Field) else 0


def _joins(trace: NetworkTrace, name: str) -> list[str]:
    return [at for at in path(trace, name, 0) if len(trace.layers[at].inputs) > 1]


def _axis(trace: NetworkTrace, names: list[str], axis: int) -> list[Row]:
    """Rows from the input to the last of these layers, without the column of the axis."""
    windows = [(name, *_window(trace, name, axis)) for name in names[1:]]
    moving = [row for row in windows if row[1:] != (1, 1, 0)]
    seen, backward = [1], [""]
    for _, kernel, stride, _ in reversed(moving):
        backward.append(f"({seen[-1]} − 1)·{stride} + {kernel}")
        seen.append((seen[-1] - 1) * stride + kernel)
    size, jump, start = 1, 1, 0
    first = trace.layers[names[0]]
    ends = zip(reversed(backward), reversed(seen), strict=True)
    rows: list[Row] = [
        (first.name, first.op.name, None, None, None, None, size, jump, start, *next(ends))
    ]
    for name, kernel, stride, pad in moving:
        forward = f"{size} + ({kernel} − 1)·{jump}"
        size, start = size + (kernel - 1) * jump, start + pad * jump
        jump *= stride
        op = trace.layers[name].op.name
        rows.append((name, op, kernel, stride, pad, forward, size, jump, start, *next(ends)))
    return [tuple(value if value != "" else None for value in row) for row in rows]


def _window(trace: NetworkTrace, name: str, axis: int) -> tuple[int, int, int]:
    """Effective kernel, stride and leading padding of a layer that has a field."""
    window, pads = trace.facts[name].window, trace.facts[name].pads
    assert isinstance(window, Window), "a field stands behind windows alone"
    return window.extent[axis], window.stride[axis], _leading(pads, axis)


def _leading(pads: Pads, axis: int) -> int:
    return pads[2 * axis]


def _none(trace: NetworkTrace, name: str, reason: str) -> Table:
    """What reaches the layer in which the field is lost, and why it is."""
    lost = name
    while open_ := [s for s in trace.layers[lost].inputs if isinstance(trace.fields[s], str)]:
        lost = open_[0]
    rows = [row for source in trace.layers[lost].inputs for row in _arriving(trace, source)]
    op = trace.layers[lost].op.name
    rows.append((BOTH, lost, op, None, None, None, f"none: {reason}", *(None,) * 5))
    return Table(COLUMNS, rows, [f"{name} has no receptive field: {reason}"])


def _arriving(trace: NetworkTrace, name: str) -> list[Row]:
    field = trace.fields[name]
    assert isinstance(field, Field), "the field is lost in the layer behind"
    op = trace.layers[name].op.name
    by_axis = list(zip(field.size, field.stride, field.padding, strict=True))
    if by_axis[0] == by_axis[1]:
        return [(BOTH, name, op, *(None,) * 4, *by_axis[0], None, None)]
    return [
        (letter, name, op, *(None,) * 4, *part, None, None)
        for letter, part in zip("hw", by_axis, strict=True)
    ]

"""Calls that archdb has no layer for: kept in their place, and never counted as nothing."""

from __future__ import annotations

from math import prod

from archdb.errors import DefinitionError
from archdb.model.shape import Shape
from archdb.ops import BUFFER, Op, make
from archdb.sources.lowering.base import Lowering
from archdb.sources.lowering.outcome import Unknown
from archdb.sources.lowering.values import Axis, Stored, Value, axes_of
from archdb.sources.neutral import Call


def unknown(net: Lowering, call: Call, why: str) -> list[Value]:
    """The call as unknown layers, one for each tensor that it gives; the first has the tensors that
    it alone reads."""
    inputs: dict[str, Value] = {}
    own: list[str] = []
    for name in call.reads():
        found = net.values.get(name)
        if isinstance(found, Value):
            inputs.setdefault(found.layer, found)
        elif isinstance(found, Stored):
            own += [n for n in found.names if n not in net.owner and n not in own]
    given = []
    for place, name in enumerate(call.writes):
        shape, axes = _recorded(net, name)
        told = [(net.role(n), net.graph.tensors[n].shape or (1,)) for n in own if not place]
        value = net.lay(
            _op(call.kind, shape, told),
            *inputs.values(),
            axes=axes,
            tensors=() if place else tuple(own),
            shape=shape,
            main=not place,
        )
        given.append(value)
        if not place:
            counted = sum(prod(extents) for role, extents in told if role != BUFFER)
            net.outcome.unknown.append(Unknown(value.layer, call.kind, why, counted))
    return given


def _op(kind: str, shape: Shape, told: list[tuple[str, Shape]]) -> Op:
    attributes = {"kind": kind, "parameters": told or 0}
    try:
        return make("unknown", {**attributes, "shape": list(shape)})
    except DefinitionError:  # of more axes than archdb states, or of none
        return make("unknown", attributes)


def _recorded(net: Lowering, name: str) -> tuple[Shape, tuple[Axis, ...]]:
    """Shape and axes of a tensor, as the file has them."""
    shape = net.graph.tensors[name].shape
    if shape is None:
        raise DefinitionError(
            "follows an op that archdb does not know, and the file states no shape for it",
            remedy="let the exporter write the shapes of all values into the file",
        ).at(name)
    return axes_of(shape, net.batch)

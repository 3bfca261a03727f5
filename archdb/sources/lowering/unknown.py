"""Calls that archdb has no layer for: kept in their place, and never counted as nothing."""

from __future__ import annotations

from math import prod

from archdb.errors import DefinitionError
from archdb.model.shape import Shape
from archdb.ops import BUFFER, Op, make
from archdb.sources.lowering.base import Lowering
from archdb.sources.lowering.outcome import Unknown
from archdb.sources.lowering.outlines import outline
from archdb.sources.lowering.values import Opaque, Stored, Value, axes_of
from archdb.sources.neutral import Call


def unknown(net: Lowering, call: Call, why: str) -> list[Value | Opaque]:
    """The call as unknown layers, one for each tensor that it gives; the first has the tensors that
    it alone reads."""
    inputs: dict[str, Value] = {}
    own: list[str] = []
    for name in call.reads():
        found = net.values.get(name)
        if isinstance(found, Opaque):
            found = Value(found.layer, (), ())
        if isinstance(found, Value):
            inputs.setdefault(found.layer, found)
        elif isinstance(found, Stored):
            own += [n for n in found.names if n not in net.owner and n not in own]
    given: list[Value | Opaque] = []
    for place, name in enumerate(call.writes):
        full = net.graph.tensors[name].shape
        if full is None:
            full = outline(net, call, place)
        shape, axes = axes_of(full or (), net.batch)
        told = [(net.role(n), net.graph.tensors[n].shape or (1,)) for n in own if not place]
        value = net.lay(
            _op(call.kind, None if full is None else shape, told),
            *inputs.values(),
            axes=axes,
            tensors=() if place else tuple(own),
            shape=shape,
            main=not place,
        )
        given.append(value if full is not None else Opaque(value.layer))
        if not place:
            counted = sum(prod(extents) for role, extents in told if role != BUFFER)
            net.outcome.unknown.append(Unknown(value.layer, call.kind, why, counted))
    return given


def _op(kind: str, shape: Shape | None, told: list[tuple[str, Shape]]) -> Op:
    attributes = {"kind": kind, "parameters": told or 0}
    if shape is None:
        return make("unknown", attributes)
    try:
        return make("unknown", {**attributes, "shape": list(shape)})
    except DefinitionError:  # of more axes than archdb states, or of none
        return make("unknown", attributes)

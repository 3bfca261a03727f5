"""Keras's layers that read several tensors in archdb's ops."""

from __future__ import annotations

from archdb.errors import DefinitionError
from archdb.sources.keras_config import Value
from archdb.sources.keras_functions import combined
from archdb.sources.keras_net import Call, KerasNet, layer
from archdb.sources.lowering.base import UnmappedError

#: Layers that combine two tensors or more, pair by pair but for sums.
PAIRS = {"Multiply": "multiply", "Maximum": "maximum", "Minimum": "minimum"}


def _several(call: Call) -> list[Value]:
    if len(call.inputs) < 2:
        raise DefinitionError(f"reads {len(call.inputs)} tensor(s), not two or more")
    return call.inputs


@layer("Add")
def add(net: KerasNet, call: Call) -> Value:
    return combined(net, "add", _several(call))


@layer("Average")
def average(net: KerasNet, call: Call) -> Value:
    made = combined(net, "add", _several(call), more="sum")
    return net.lay("rescale", made, elementwise=True, factor=1 / len(call.inputs))


@layer("Subtract")
def subtract(net: KerasNet, call: Call) -> Value:
    if len(call.inputs) != 2:
        raise DefinitionError(f"reads {len(call.inputs)} tensors, not two")
    return combined(net, "subtract", call.inputs)


@layer(*PAIRS)
def pairs(net: KerasNet, call: Call) -> Value:
    made, *rest = _several(call)
    for at, value in enumerate(rest, 1):
        more = "" if at == len(rest) else f"first_{at + 1}"
        made = combined(net, PAIRS[call.part.kind], [made, value], more)
    return made


@layer("Concatenate", "op:concatenate", "op:concat")
def concatenate(net: KerasNet, call: Call) -> Value:
    values = call.inputs
    if len(values) < 2:
        return call.one()
    axis = call.config.get("axis", call.node.kwargs.get("axis", -1))
    at = net.axis(values[0], axis)
    flat = all(value.flat for value in values)
    rank = len(net.shape(values[0]))
    if flat or (rank in (1, 3) and at == 0) or (rank == 2 and at == 1):  # that of channels
        return net.lay("concat", *values, elementwise=flat)
    return net.lay("concat", *values, axis=at)


@layer("CustomScaleLayer")
def scaled_residual(net: KerasNet, call: Call) -> Value:
    """The first and so much of the second (keras.applications has it as a layer of its own)."""
    if len(call.inputs) != 2 or not isinstance(call.config.get("scale"), int | float):
        raise UnmappedError("reads other than two tensors, or states no scale")
    shortcut, residual = call.inputs
    scaled = net.lay("rescale", residual, more="scaled", factor=call.config["scale"])
    return combined(net, "add", [shortcut, scaled])


def _product(net: KerasNet, call: Call) -> Value:
    return combined(net, "multiply", _several(call))


MERGES = {"concat": concatenate, "sum": add, "mul": _product, "ave": average}


@layer("Merge")
def merge(net: KerasNet, call: Call) -> Value:
    """Of Keras 1: what it does is an attribute."""
    how = call.config.get("mode", "sum")
    if how not in MERGES:
        raise UnmappedError(f"merges by {how}")
    return MERGES[how](net, call)

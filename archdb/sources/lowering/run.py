"""One pass over the calls of a neutral graph."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from archdb.errors import DefinitionError
from archdb.model.graph import Layer, Network
from archdb.ops import make
from archdb.sources.lowering.base import (
    RULES,
    Given,
    Lowering,
    Result,
    TiedError,
    UnmappedError,
)
from archdb.sources.lowering.constants import folded
from archdb.sources.lowering.naming import layers_of
from archdb.sources.lowering.outcome import Outcome, Row
from archdb.sources.lowering.unknown import unknown
from archdb.sources.lowering.values import Known, Stored, Value, axes_of
from archdb.sources.neutral import CONSTANT, INPUT, STORED, Call, Graph, Ref


class Lowered(NamedTuple):
    """A network and what became of each call and tensor; `holders`: layers by stored tensor."""

    network: Network
    outcome: Outcome
    holders: dict[str, list[str]]


def lower(graph: Graph, name: str) -> Lowered:
    """The network that a graph is; DefinitionError where nothing of it can be laid."""
    apart: frozenset[str] = frozenset()
    while True:
        net = Lowering(graph, apart)
        net.take = partial(_take, net)
        inputs = _begin(net)
        for call in graph.calls:
            net.path = call.path
            _take(net, call)
        if net.tied <= apart:
            return _lowered(net, inputs, name)
        apart |= net.tied


def _lowered(net: Lowering, inputs: dict[str, str], name: str) -> Lowered:
    if not net.rows:
        raise DefinitionError("has no layers: nothing that it does depends on its input").at(name)
    layers, blocks, names = layers_of(net.rows, net.graph.modules, inputs)
    entries = [
        Layer(own, make("input", {"shape": list(_input(net, key).shape)}))
        for key, own in inputs.items()
    ]
    for left in net.outcome.unknown:
        left.key = names[left.key]
    holders: dict[str, list[str]] = {}
    for row in net.rows:
        for tensor in row.tensors:
            holders.setdefault(tensor, []).append(names[row.key])
    return Lowered(Network(name, [*entries, *layers], blocks), net.outcome, holders)


def _begin(net: Lowering) -> dict[str, str]:
    """Gives each tensor of the graph its value; returns the inputs' names by their keys."""
    inputs = {}
    for tensor in net.graph.tensors.values():
        if tensor.role == INPUT:
            if tensor.shape is None:
                raise DefinitionError("has no shape").at(f"input '{tensor.name}'")
            shape, axes = axes_of(tensor.shape, net.batch)
            shape = shape or (1,)  # one number, the same for all samples or not
            inputs[tensor.name] = tensor.name
            net.values[tensor.name] = Value(tensor.name, shape, axes)
        elif tensor.role == CONSTANT and tensor.data is not None:
            net.values[tensor.name] = Known(tensor.shape or (), tensor.data)
        elif tensor.role in STORED:
            net.values[tensor.name] = Stored((tensor.name,), tensor.shape or ())
    return inputs


def _input(net: Lowering, name: str) -> Value:
    value = net.values[name]
    assert isinstance(value, Value)
    return value


def _take(net: Lowering, call: Call) -> None:
    """Lay what a call is, and check it against the shapes that the file has."""
    given: list[Result] | list[Given]
    constant = folded(net, call)
    if constant is not None:
        net.outcome.constant[call.kind] += 1
        given = constant
    else:
        given = _ruled(net, call)
    for name, result in zip(call.writes, given, strict=False):
        net.values[name] = result
        if isinstance(result, Value):
            _compare(net, call, name, result)


def _ruled(net: Lowering, call: Call) -> list[Given]:
    laid, left = len(net.rows), len(net.outcome.unknown)
    try:
        if call.kind not in RULES:
            for name in call.reads():
                net.get(Ref(name))
            raise UnmappedError("is a kind that archdb has no layer for")
        result = RULES[call.kind](net, call)
    except (
        UnmappedError,
        LookupError,
        ValueError,
        TypeError,
        ArithmeticError,
        StopIteration,
    ) as why:
        _undo(net, net.rows[laid:])
        del net.rows[laid:], net.outcome.unknown[left:]
        if isinstance(why, TiedError):
            net.tied |= why.names
        told = str(why) if isinstance(why, UnmappedError) else f"has other arguments: {why!r}"
        return list(unknown(net, call, told))
    if len(net.rows) == laid:
        net.outcome.folded[call.kind] += 1
    return list(result) if type(result) is list else [result]


def _undo(net: Lowering, rows: list[Row]) -> None:
    """Forget what layers hold that a call laid before it could go no further."""
    if not rows:
        return
    for row in rows:
        again = [name for name in row.tensors if net.owner[name] is not row]
        net.outcome.repeated.subtract(() if row.weights_of else again)
    keys = {row.key for row in rows}
    net.owner = {name: row for name, row in net.owner.items() if row.key not in keys}
    net.arranged = {k: v for k, v in net.arranged.items() if v.layer not in keys}


def _compare(net: Lowering, call: Call, name: str, value: Value) -> None:
    """Sets the derived shape beside the recorded one; the first difference is told."""
    stated = net.graph.stated
    recorded = stated.shapes.get(name) if stated else net.graph.tensors[name].shape
    if recorded is None:
        return
    net.outcome.compared += 1
    derived = value.full(stated.batch if stated else net.batch)
    if derived != tuple(recorded) and not net.outcome.shape_differs:
        where = f"{call.path or call.kind} ({call.kind})"
        net.outcome.shape_differs = f"{where}: {derived} derived, {tuple(recorded)} recorded"

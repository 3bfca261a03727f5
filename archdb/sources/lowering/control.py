"""Calls that run graphs of their own."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import Known
from archdb.sources.neutral import Call


@rule("If")
def branch(net: Lowering, call: Call) -> Any:
    """The branch that a known condition chooses, in the place of the call."""
    condition = net.get(call.arguments["0"])
    if not isinstance(condition, Known) or condition.scalar is None:
        raise UnmappedError("runs one of two graphs, by a condition that the input decides")
    chosen = call.arguments["then_branch" if condition.scalar else "else_branch"]
    for inner in chosen["calls"]:
        net.take(inner)
    return [net.values[name] for name in chosen["outputs"]]


@rule("Loop", "Scan", "SequenceMap")
def repeated(net: Lowering, call: Call) -> Any:
    """Never known: how many times it runs is not in the file."""
    raise UnmappedError("runs a graph of its own again and again")

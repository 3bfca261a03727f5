"""Calls that run graphs of their own."""

from __future__ import annotations

from itertools import count
from typing import Any

from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.joining import stacked
from archdb.sources.lowering.values import Known
from archdb.sources.neutral import Call

#: A loop that is written out may be so many calls, of all its steps.
MOST_CALLS = 20_000


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


@rule("Loop")
def loop(net: Lowering, call: Call) -> list[Any]:
    """Its graph as many times as it runs, if the file says it: what goes from step to step, and
    what each step adds to a list, along a new first axis."""
    known = dict(net.values)
    try:
        return _written_out(net, call)
    except (UnmappedError, LookupError, ValueError):
        net.values = known
        raise


def _written_out(net: Lowering, call: Call) -> list[Any]:
    given, body = call.arguments, call.arguments["body"]
    steps, going = (_number(net, given[at]) if at in given else None for at in ("0", "1"))
    names, outputs = body["inputs"], body["outputs"]
    carried = [net.values[given[str(at)].name] for at in range(2, len(names))]
    added: list[list[Any]] = [[] for _ in outputs[1 + len(carried) :]]
    for step in count():
        if going == 0 or (steps is not None and step >= steps):
            break
        if step * len(body["calls"]) > MOST_CALLS:
            raise UnmappedError(f"runs a graph of its own again and again, {step:,} times and more")
        begins = [Known((), (step,)), Known((), (True,)), *carried]
        net.values.update(zip(names, begins, strict=True))
        for inner in body["calls"]:
            net.take(inner)
        holds, *found = (net.values[name] for name in outputs)
        going = holds.scalar if isinstance(holds, Known) else None
        if going is None:
            raise UnmappedError("runs a graph of its own until its numbers end it")
        carried = found[: len(carried)]
        for column, value in zip(added, found[len(carried) :], strict=True):
            column.append(value)
    return [*carried, *(stacked(net, [net.realised(v) for v in column], 0) for column in added)]


def _number(net: Lowering, ref: Any) -> int:
    found = net.get(ref)
    if not isinstance(found, Known) or found.scalar is None:
        raise UnmappedError("runs a graph of its own as often as the input decides")
    return int(found.scalar)


@rule("Scan", "SequenceMap")
def repeated(net: Lowering, call: Call) -> Any:
    """Not written out."""
    raise UnmappedError("runs a graph of its own again and again")

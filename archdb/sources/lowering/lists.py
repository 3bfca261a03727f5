"""Lists of tensors, which an exporter makes where a module cuts a tensor into parts."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.base import RULES, Lowering, UnmappedError, rule
from archdb.sources.lowering.elementwise import number
from archdb.sources.lowering.joining import concatenated, stacked
from archdb.sources.lowering.values import Items, Known
from archdb.sources.neutral import Call


@rule("list")
def made(net: Lowering, call: Call) -> Items:
    """Of these tensors, or empty."""
    return Items(tuple(net.get(ref) for ref in call.arguments["tensors"]))


def items(net: Lowering, call: Call) -> tuple[Any, ...]:
    """The tensors of the list that a call reads."""
    found = net.values.get(call.arguments["input"].name)
    if not isinstance(found, Items):
        raise UnmappedError("reads a list of tensors that arrives or is worked out")
    return found.items


@rule("list_insert")
def inserted(net: Lowering, call: Call) -> Items:
    """One tensor more, at the end or at a place."""
    found, at = list(items(net, call)), number(net, call.arguments["at"])
    found.insert(len(found) if at is None else int(at), net.get(call.arguments["tensor"]))
    return Items(tuple(found))


@rule("list_erase")
def erased(net: Lowering, call: Call) -> Items:
    """One tensor fewer, that at the end or at a place."""
    found, at = list(items(net, call)), number(net, call.arguments["at"])
    found.pop(-1 if at is None else int(at))
    return Items(tuple(found))


@rule("list_at")
def at(net: Lowering, call: Call) -> Any:
    """The tensor at a place."""
    return items(net, call)[int(number(net, call.arguments["at"]))]


@rule("list_length")
def length(net: Lowering, call: Call) -> Known:
    """How many there are."""
    return Known((), (len(items(net, call)),))


@rule("list_split")
def split(net: Lowering, call: Call) -> Items:
    """A tensor cut along an axis, into parts of stated sizes or into single elements."""
    kind = "unbind" if call.arguments["split_size"] is None else "split"
    return Items(tuple(RULES[kind](net, Call(kind, call.path, call.arguments, call.writes))))


@rule("list_joined")
def joined(net: Lowering, call: Call) -> Any:
    """Side by side along an axis, a new one or one that they have."""
    values = [net.realised(one) for one in items(net, call)]
    return (stacked if call.arguments["stack"] else concatenated)(
        net, values, int(call.arguments["dim"])
    )

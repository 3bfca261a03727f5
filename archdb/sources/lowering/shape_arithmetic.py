"""Arithmetic on shapes, as exporters write it out: Shape → Gather → Concat → Reshape."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from typing import Any

from archdb.sources.lowering.axes import runs
from archdb.sources.lowering.base import Lowering
from archdb.sources.lowering.tables import Table, known, made, met, picked, spread, table, together
from archdb.sources.lowering.values import Known, Stored
from archdb.sources.neutral import Call

#: What gives numbers of numbers, or several tables of them.
Work = Callable[[Lowering, Call], Table | list[Table]]
ARITHMETIC: dict[str, Work] = {}


def evaluates(*kinds: str) -> Callable[[Any], Any]:
    """Register what gives numbers of numbers; LookupError where it cannot."""

    def register(function: Any) -> Any:
        ARITHMETIC.update(dict.fromkeys(kinds, function))
        return function

    return register


def _divided(one: Any, other: Any) -> Any:
    if isinstance(one, int) and isinstance(other, int):
        return int(one / other) if other else 0
    return one / other


TWO: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": _divided,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "pow": operator.pow,
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "logical_and": lambda one, other: bool(one and other),
    "logical_or": lambda one, other: bool(one or other),
    "maximum": max,
    "minimum": min,
}
ONE: dict[str, Callable[[Any], Any]] = {
    "neg": operator.neg,
    "abs": abs,
    "sqrt": math.sqrt,
    "floor": math.floor,
    "ceil": math.ceil,
    "logical_not": operator.not_,
    "identity": lambda n: n,
    "cast": lambda n: n,
    "cast_integer": int,
}
#: Of as many as there are.
SEVERAL: dict[str, Any] = {"sum_of": sum, "max_of": max, "min_of": min}


@evaluates(*TWO)
def two(net: Lowering, call: Call) -> Table:
    """Arithmetic of two."""
    given = call.arguments
    other = given.get("other", given.get("exponent"))
    return together(TWO[call.kind], table(net, given["input"]), table(net, other))


@evaluates(*ONE)
def one(net: Lowering, call: Call) -> Table:
    """A function of one."""
    return together(ONE[call.kind], table(net, call.arguments["input"]))


@evaluates(*SEVERAL)
def several(net: Lowering, call: Call) -> Table:
    """Of several, element by element."""
    work: Callable[[Any], Any] = SEVERAL[call.kind]
    return together(lambda *n: work(n), *(table(net, ref) for ref in call.arguments["tensors"]))


@evaluates("where")
def where(net: Lowering, call: Call) -> Table:
    """One or the other, by a condition."""
    parts = [table(net, call.arguments[n]) for n in ("condition", "input", "other")]
    return together(lambda holds, one, other: one if holds else other, *parts)


@evaluates("cat")
def cat(net: Lowering, call: Call) -> Table:
    """One behind the other along an axis."""
    parts = [table(net, ref) for ref in call.arguments["tensors"]]
    dim = int(call.arguments.get("dim", 0)) % len(parts[0].shape)
    total = sum(part.shape[dim] for part in parts)
    before, behind = parts[0].shape[:dim], parts[0].shape[dim + 1 :]

    def numbers() -> Iterable[Any]:
        for row in range(math.prod(before)):
            for part in parts:
                size = math.prod(part.shape[dim:])
                if isinstance(part, Known):
                    yield from part.data[row * size : (row + 1) * size]

    return made((*before, total, *behind), parts, numbers)


@evaluates("unsqueeze", "squeeze", "flatten")
def shaped(net: Lowering, call: Call) -> Table:
    """The same numbers with axes of 1 more or fewer, or in a row."""
    given, value = call.arguments, table(net, call.arguments["input"])
    dims = [] if given.get("dim") is None else net.integers([given["dim"]])
    shape = list(value.shape)
    if call.kind == "unsqueeze":
        rank = len(shape) + len(dims)
        for dim in sorted(n % rank for n in dims):
            shape.insert(dim, 1)
    elif call.kind == "squeeze":
        gone = {n % len(shape) for n in dims} if dims else set(range(len(shape)))
        shape = [n for at, n in enumerate(shape) if at not in gone or n != 1]
    else:
        start = int(given.get("start_dim", 0))
        shape[start:] = [math.prod(shape[start:])]
    return value._replace(shape=tuple(shape))


@evaluates("reshape")
def reshape(net: Lowering, call: Call) -> Table:
    """The same numbers under another shape."""
    value = table(net, call.arguments["input"])
    wanted = net.integers(call.arguments["shape"])
    wanted = [value.shape[at] if n == 0 else n for at, n in enumerate(wanted)]
    left = math.prod(value.shape) // max(1, math.prod(n for n in wanted if n != -1))
    return value._replace(shape=tuple(left if n == -1 else n for n in wanted))


@evaluates("permute")
def permute(net: Lowering, call: Call) -> Table:
    """A table turned."""
    value, dims = table(net, call.arguments["input"]), net.integers(call.arguments["dims"])
    places = {dim: at for at, dim in enumerate(dims)}
    order = [places[dim] for dim in range(len(dims))]
    shape = [value.shape[dim] for dim in dims]
    return picked(value, shape, lambda index: (index[at] for at in order))


@evaluates("gather")
def gather(net: Lowering, call: Call) -> Table:
    """Numbers by their place along an axis."""
    value, index = (table(net, call.arguments[name]) for name in ("input", "index"))
    dim, rank = int(call.arguments.get("dim", 0)) % len(value.shape), len(index.shape)
    shape = (*value.shape[:dim], *index.shape, *value.shape[dim + 1 :])
    if not isinstance(index, Known):
        return Stored((), shape, False)
    extent = value.shape[dim]
    if any(not -extent <= n < extent for n in index.data):
        raise LookupError
    rows = [int(n) % extent for n in index.data]

    def place(at: tuple[int, ...]) -> tuple[int, ...]:
        row = 0
        for own, most in zip(at[dim : dim + rank], index.shape, strict=True):
            row = row * most + own
        return (*at[:dim], rows[row], *at[dim + rank :])

    return picked(value, shape, place)


@evaluates("slice_many")
def slice_many(net: Lowering, call: Call) -> Table:
    """Runs along axes."""
    value = table(net, call.arguments["input"])
    kept = [range(extent) for extent in value.shape]
    for dim, run in runs(net, call, len(value.shape)):
        kept[dim] = range(*run.indices(value.shape[dim]))
    shape = [len(run) for run in kept]
    return picked(value, shape, lambda index: (run[i] for run, i in zip(kept, index, strict=True)))


@evaluates("split", "chunk")
def parts(net: Lowering, call: Call) -> list[Table]:
    """One behind the other, of stated sizes or so many."""
    given, value = call.arguments, table(net, call.arguments["input"])
    dim = int(given.get("dim", 0)) % len(value.shape)
    extent = value.shape[dim]
    size = -(-extent // int(given["chunks"])) if "chunks" in given else given["split_size"]
    sizes = net.integers([size])
    if len(sizes) == 1:
        sizes = [min(sizes[0], extent - at) for at in range(0, extent, sizes[0])]
    ends = [sum(sizes[: at + 1]) for at in range(len(sizes))]
    return [_run(value, dim, range(end - n, end)) for n, end in zip(sizes, ends, strict=True)]


def _run(value: Table, dim: int, run: range) -> Table:
    shape = (*value.shape[:dim], len(run), *value.shape[dim + 1 :])
    return picked(value, shape, lambda at: (*at[:dim], run[at[dim]], *at[dim + 1 :]))


@evaluates("arange")
def arange(net: Lowering, call: Call) -> Table:
    """Numbers from one to another."""
    start, end, step = (known(net, call.arguments[n]).scalar for n in ("start", "end", "step"))
    count = max(0, math.ceil((end - start) / step))
    return made((count,), [], lambda: (start + step * n for n in range(count)))


@evaluates("full")
def full(net: Lowering, call: Call) -> Table:
    """One number again and again."""
    shape = net.integers(call.arguments["size"])
    number = known(net, call.arguments["value"]).scalar
    return made(shape, [], lambda: [number] * math.prod(shape))


@evaluates("broadcast_to")
def broadcast_to(net: Lowering, call: Call) -> Table:
    """Numbers repeated to a shape."""
    value = table(net, call.arguments["input"])
    return spread(value, met(value.shape, tuple(net.integers(call.arguments["size"]))))


@evaluates("prod", "sum")
def told(net: Lowering, call: Call) -> Known:
    """All numbers in one."""
    value = known(net, call.arguments["input"])
    if len(value.shape) > 1:
        raise LookupError
    total = math.prod(value.data) if call.kind == "prod" else sum(value.data)
    return Known((1,) if call.arguments.get("keepdim") else (), (total,))

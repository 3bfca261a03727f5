"""What gives elements another place or shape."""

from __future__ import annotations

from math import prod

from archdb.model.attributes import MOST_AXES
from archdb.sources.lowering.arranging import plain, widened
from archdb.sources.lowering.axes import full_shape
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import (
    BATCH,
    ONE,
    Axis,
    Value,
    axes_of,
    in_order,
    stands_before,
)
from archdb.sources.neutral import Call


@rule("permute")
def permute(net: Lowering, call: Call) -> Value:
    """Another order of the axes, which is no layer yet."""
    value = net.value(call.arguments["input"])
    dims = net.integers(call.arguments["dims"])
    return value._replace(axes=tuple(value.axes[dim] for dim in dims))


@rule("transpose")
def transpose(net: Lowering, call: Call) -> Value:
    """Two axes change places."""
    value = net.value(call.arguments["input"])
    one, other = (int(call.arguments[name]) % len(value.axes) for name in ("dim0", "dim1"))
    axes = list(value.axes)
    axes[one], axes[other] = axes[other], axes[one]
    return value._replace(axes=tuple(axes))


@rule("t", "T")
def turned(net: Lowering, call: Call) -> Value:
    """All axes in reverse."""
    value = net.value(call.arguments["input"])
    return value._replace(axes=value.axes[::-1])


@rule("unsqueeze")
def unsqueeze(net: Lowering, call: Call) -> Value:
    """Axes of extent 1 more."""
    value = net.value(call.arguments["input"])
    dims = net.integers(call.arguments["dim"])
    axes = list(value.axes)
    rank = len(axes) + len(dims)
    for dim in sorted(n % rank for n in dims):
        axes.insert(dim, ONE)
    return value._replace(axes=tuple(axes))


@rule("squeeze")
def squeeze(net: Lowering, call: Call) -> Value:
    """Axes of extent 1 fewer."""
    value = net.value(call.arguments["input"])
    full, asked = value.full(net.batch), call.arguments.get("dim")
    dims = range(len(full)) if asked is None else [n % len(full) for n in net.integers(asked)]
    gone = {dim for dim in dims if full[dim] == 1}
    return value._replace(axes=tuple(a for i, a in enumerate(value.axes) if i not in gone))


@rule("flatten")
def flatten(net: Lowering, call: Call) -> Value:
    """Neighbouring axes as one: a layer where only the batch is left beside it."""
    value = net.value(call.arguments["input"])
    rank = len(value.axes)
    start = int(call.arguments.get("start_dim", 0)) % rank
    end = int(call.arguments.get("end_dim", -1)) % rank
    return merged(net, value, start, end + 1)


def merged(net: Lowering, value: Value, start: int, stop: int) -> Value:
    """Axes from `start` up to `stop` as one."""
    part = value.axes[start:stop]
    inner = any(axis.batch for axis in part[1:])
    if inner and part[-1] != BATCH:
        raise UnmappedError("folds the batch between other axes")
    at = tuple(i for axis in part for i in axis.at)
    one = Axis(at, any(axis.batch for axis in part), inner and bool(at))
    found = value._replace(axes=(*value.axes[:start], one, *value.axes[stop:]))
    if found.axes[0] == BATCH and len(found.axes) == 2 and len(value.shape) > 1:
        if at == tuple(range(len(value.shape))):
            return net.lay(net.make("flatten"), value, axes=in_order(1))
        return plain(net, found)
    return found


@rule("reshape_as", "view_as")
def reshape_as(net: Lowering, call: Call) -> Value:
    """To the shape of another tensor."""
    return reshaped(net, net.value(call.arguments["input"]), _shape_of(net, call))


@rule("expand_as")
def expand_as(net: Lowering, call: Call) -> Value:
    """Repeated to the shape of another tensor."""
    given = {"input": call.arguments["input"], "size": _shape_of(net, call)}
    found: Value = expand(net, Call("expand", call.path, given, call.writes))
    return found


def _shape_of(net: Lowering, call: Call) -> list[int]:
    return list(full_shape(net, call.arguments.get("other", call.arguments.get("1"))))


@rule("flatten_at")
def flatten_at(net: Lowering, call: Call) -> Value:
    """All axes before one as one, and all from it on as another."""
    value = net.value(call.arguments["input"])
    at = int(call.arguments["dim"]) % len(value.axes)
    return merged(net, merged(net, value, at, len(value.axes)), 0, at)


@rule("reshape", "view")
def reshape(net: Lowering, call: Call) -> Value:
    """The same elements under another shape."""
    value = net.value(call.arguments["input"])
    wanted = net.integers(call.arguments["shape"])
    return reshaped(net, value, wanted)


def reshaped(net: Lowering, value: Value, wanted: list[int]) -> Value:
    """The value under a shape with the batch, one extent of it perhaps -1."""
    full = value.full(net.batch)
    wanted = [full[at] if n == 0 and at < len(full) else n for at, n in enumerate(wanted)]
    if net.graph.one_sample and -1 in wanted and all(n % net.batch for n in wanted):
        left, rest = divmod(prod(value.bare()), prod(n for n in wanted if n != -1))
        wanted = wanted if rest else [left if n == -1 else n for n in wanted]
    wanted = _completed(full, wanted, net.batch, stands_before(value))
    if tuple(wanted) == full:
        return value
    merges = _merges(full, wanted)
    if merges is not None:
        for start, stop in reversed(merges):
            if stop - start != 1:
                if stop == start:
                    value = value._replace(axes=(*value.axes[:start], ONE, *value.axes[start:]))
                else:
                    value = merged(net, value, start, stop)
        return value
    shape, axes = axes_of(tuple(wanted), net.batch, stands_before(value))
    if prod(shape) != prod(value.bare()):
        raise UnmappedError("folds the batch behind another axis")
    x = plain(net, value)
    if x.shape == shape:
        return x._replace(axes=axes)
    if len(shape) == 1:
        return net.lay(net.make("flatten"), x, axes=axes)
    return split(net, x, shape, axes)


def split(net: Lowering, x: Value, shape: tuple[int, ...], axes: tuple[Axis, ...]) -> Value:
    """Another shape; of more axes than a layer may have, those of extent 1 are left out."""
    if len(shape) > MOST_AXES:
        kept = [at for at, extent in enumerate(shape) if extent > 1]
        place = {at: (i,) for i, at in enumerate(kept)}
        axes = tuple(
            Axis(tuple(i for at in axis.at for i in place.get(at, ())), axis.batch) for axis in axes
        )
        shape = tuple(shape[at] for at in kept)
    return x._replace(axes=axes) if x.shape == shape else net.reshape(x, shape, axes, main=True)


def _completed(full: tuple[int, ...], wanted: list[int], batch: int, before: int) -> list[int]:
    """The extents with what -1 stands for. A file that fixes its batch to 1 means the batch: in the
    extent that has as many elements before it as the batch has (`before`), one of 1 if there is
    such; in the one that ends there where it would be the last."""
    stated = prod(n for n in wanted if n != -1)
    if -1 in wanted:
        if not stated or prod(full) % stated:
            raise UnmappedError(f"makes {wanted} of {list(full)}")
        return [prod(full) // stated if n == -1 else n for n in wanted]
    if stated * batch == prod(full):
        places = [at for at in range(len(wanted)) if prod(wanted[:at]) == before]
        ones = [at for at in places or range(len(wanted)) if wanted[at] == 1]
        at = next(iter([*ones, *places]), 0)
        if at == len(wanted) - 1 and wanted[at] != 1:
            at = max(at - 1, 0)  # rows of all samples: the last extent is that of features
        return [*wanted[:at], wanted[at] * batch, *wanted[at + 1 :]]
    if stated != prod(full):
        raise UnmappedError(f"makes {wanted} of {list(full)}")
    return wanted


def _merges(full: tuple[int, ...], wanted: list[int]) -> list[tuple[int, int]] | None:
    """For each wanted extent the axes that it merges; None where an axis would be split."""
    found, at = [], 0
    for extent in wanted:
        start, have = at, 1
        while have < extent and at < len(full):
            have *= full[at]
            at += 1
        if have != extent:
            return None
        if start == at and at < len(full) and full[at] == 1:
            at += 1
        found.append((start, at))
    if any(n != 1 for n in full[at:]):
        return None
    if at < len(full) and found:
        found[-1] = (found[-1][0], len(full))
    return found


@rule("expand")
def expand(net: Lowering, call: Call) -> Value:
    """Extents of 1 repeated; nothing where there is nothing to repeat."""
    value = net.value(call.arguments["input"])
    full = value.full(net.batch)
    wanted = net.integers(call.arguments["size"])
    wide = (1,) * (len(wanted) - len(full)) + full
    result = [n if w == -1 else w for n, w in zip(wide, wanted, strict=True)]
    if list(wide) == result:
        return value._replace(axes=(ONE,) * (len(wide) - len(full)) + value.axes)
    return spread(net, value, wide, result)


def spread(net: Lowering, value: Value, wide: tuple[int, ...], result: list[int]) -> Value:
    """A layer that repeats, but for the batch, along which everything is the same anyway."""
    value = widened(value, len(wide))
    batch = next(
        (
            at
            for at, (n, m) in enumerate(zip(wide, result, strict=True))
            if n == 1 and m == net.batch
        ),
        None,
    )
    if batch is not None and not any(axis.batch for axis in value.axes):
        value = value._replace(axes=(*value.axes[:batch], BATCH, *value.axes[batch + 1 :]))
    if list(value.full(net.batch)) == result:
        return value
    x = plain(net, value)
    pairs = zip(result, x.axes, strict=True)
    own = [(n // net.batch if axis.batch else n, axis) for n, axis in pairs]
    shape = [n for n, axis in own if axis != BATCH]
    return net.lay(net.make("expand", shape=shape), x, axes=x.axes)

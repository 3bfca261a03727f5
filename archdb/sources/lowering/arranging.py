"""Bringing elements into the order that an op needs, by the fewest layers that do it."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from archdb.model.shape import Shape, is_image
from archdb.sources.lowering.base import Lowering, UnmappedError
from archdb.sources.lowering.values import BATCH, ONE, Axis, Value, in_order


def plain(net: Lowering, value: Value) -> Value:
    """The value with its axes in their order as the layer's shape; a batch that has an axis of its
    own is left out, one that is folded stays folded."""
    own = [(at, axis) for at, axis in enumerate(value.axes) if axis != BATCH]
    extents = value.bare()
    shape = tuple(extents[at] for at, _ in own)
    place = {at: i for i, (at, _) in enumerate(own)}
    axes = tuple(
        Axis((place[at],), axis.batch, axis.inner) if at in place else BATCH
        for at, axis in enumerate(value.axes)
    )
    if shape == value.shape and [i for _, axis in own for i in axis.at] == list(range(len(shape))):
        return value._replace(axes=axes)
    if not shape and prod(value.shape) > 1:
        raise UnmappedError("is one number for each image")
    shape = shape or (1,)
    key = (value.layer, shape, tuple(axis.at for axis in value.axes))
    if key not in net.arranged:
        net.arranged[key] = _rearranged(net, value, shape)
    return net.arranged[key]._replace(axes=axes)


def _rearranged(net: Lowering, value: Value, shape: Shape) -> Value:
    """Layers that put the elements of a value into this shape."""
    order = [i for axis in value.axes for i in axis.at]
    dropped = [i for i in range(len(value.shape)) if i not in order]
    moved = [i for i in order if value.shape[i] > 1]
    plain_axes = in_order(len(shape))
    if moved != sorted(moved):
        if [axis.at for axis in value.axes if axis != BATCH] == [(1, 2), (0,)]:
            op = net.make("to_sequence")
            return net.lay(op, value, axes=plain_axes, main=False)
        op = net.make("permute", order=[*order, *dropped])
        value = net.lay(op, value, axes=in_order(len(value.shape)), main=False)
    if value.shape == shape:
        return value
    if len(shape) == 1:
        return net.lay(net.make("flatten"), value, axes=plain_axes, main=False)
    return net.reshape(value, shape, plain_axes, main=False)


def image(net: Lowering, value: Value, extents: int) -> Value:
    """The value as channels and so many extents behind them, with the batch first, or with an axis
    of 1 in its place."""
    if len(value.axes) != extents + 2:
        raise UnmappedError(
            f"needs a batch, channels and {extents} extents, got {len(value.axes)} axes"
        )
    first = value.axes[0]
    if first.at and value.bare()[0] == 1 and not first.batch:
        first = ONE
    if first == ONE and net.graph.one_sample and any(axis.at for axis in value.axes if axis.batch):
        # of one sample it does not matter which axis of 1 the batch is
        value = value._replace(axes=tuple(Axis(axis.at) for axis in value.axes))
        first = BATCH
    if first not in (BATCH, ONE) or any(axis.batch for axis in value.axes[1:]):
        raise UnmappedError("the batch is folded into another axis")
    x = plain(net, value._replace(axes=(BATCH, *value.axes[1:])))
    x = x._replace(axes=(first, *x.axes[1:]))
    if extents == 2 and not is_image(x.shape):
        return net.reshape(x, tuple(x.shape), x.axes, main=False)
    return x


def is_folded(value: Value) -> bool:
    """Whether the first axis is the batch and something else, and no other is the batch."""
    first, *others = value.axes
    return first.batch and bool(first.at) and not any(axis.batch for axis in others)


def per_channel(net: Lowering, value: Value, extents: int, lay: Callable[[Value], Value]) -> Value:
    """What an op gives that treats each channel alone, so that what the batch is folded into may
    stand among the channels meanwhile."""
    if not is_folded(value) or len(value.axes) != extents + 2:
        return lay(image(net, value, extents))
    first, channels, *positions = value.axes
    merged = Axis(first.at + channels.at)
    found = lay(image(net, value._replace(axes=(BATCH, merged, *positions)), extents))
    own = [Axis((at,)) for at in range(1, extents + 2)]
    shape = (*value.bare()[:2], *found.shape[1:])
    return net.reshape(found, shape, (Axis((0,), True, first.inner), *own), main=False)


def widened(value: Value, rank: int) -> Value:
    """The value with axes of 1 before its own, so that it has so many."""
    return value._replace(axes=(ONE,) * (rank - len(value.axes)) + value.axes)


def aligned(net: Lowering, values: list[Value]) -> list[Value]:
    """Values as element-wise ops need them: shapes of one rank, axis by axis."""
    rank = max(len(value.axes) for value in values)
    wide = [widened(value, rank) for value in values]
    if len({value.axes for value in wide}) == 1 and len({len(v.shape) for v in wide}) == 1:
        return wide
    batched = {at for value in wide for at, axis in enumerate(value.axes) if axis == BATCH}
    if len(batched) > 1:
        raise UnmappedError("the batch stands in different axes of what is joined")
    return [plain(net, without(value, batched)) for value in wide]


def without(value: Value, batched: set[int]) -> Value:
    """The value with the batch's axis, of extent 1 where it has none, as the batch."""
    axes = tuple(
        BATCH if at in batched and axis == ONE else axis for at, axis in enumerate(value.axes)
    )
    if any(axes[at] != BATCH for at in batched):
        return _squeezed(value, batched, axes)
    return value._replace(axes=axes)


def _squeezed(value: Value, batched: set[int], axes: tuple[Axis, ...]) -> Value:
    """As `_without`, of a value whose layer has an axis of 1 where others have the batch."""
    extents = value.bare()
    if any(extents[at] != 1 for at in batched):
        raise UnmappedError("meets the batch with an axis of its own")
    return value._replace(
        axes=tuple(BATCH if i in batched else axis for i, axis in enumerate(axes))
    )

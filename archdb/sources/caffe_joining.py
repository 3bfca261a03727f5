"""Caffe's layers that join blobs, part them or give them another shape, in archdb's ops."""

from __future__ import annotations

from math import prod
from typing import Any

from archdb.errors import DefinitionError
from archdb.sources.caffe import Prototxt, layer
from archdb.sources.lowering.base import UnmappedError
from archdb.sources.prototext import Message

#: A blob is repeated so often as one layer that reads it so often.
MOST_TILES = 64


@layer("Split")
def split(net: Prototxt, part: Message) -> str:
    """Nothing happens."""
    return net.only()


def _along(own: Message, old: str) -> int:
    """The axis that a layer states, perhaps by its old name."""
    return own.integer("axis", own.integer(old, 1))


@layer("Concat")
def concat(net: Prototxt, part: Message) -> str:
    own, bottoms = part.message("concat_param"), net.some()
    if len(bottoms) == 1:
        return bottoms[0]
    axis, shape = _along(own, "concat_dim"), net.net.shapes[bottoms[0]]
    if axis == 1 and (shape is None or len(shape) in (1, 3)):
        return net.lay("concat", *bottoms)
    return net.lay("concat", *bottoms, axis=net.axis(bottoms[0], axis))


@layer("Slice")
def slices(net: Prototxt, part: Message) -> list[str]:
    """One part for each top, between the stated points or of equal size."""
    own, bottom, tops = part.message("slice_param"), net.only(), part.words("top")
    axis = net.axis(bottom, _along(own, "slice_dim"))
    count = net.net.shape(bottom)[axis]
    points = own.integers("slice_point")
    if not points and tops and count % len(tops) == 0:
        points = [count // len(tops) * at for at in range(1, len(tops))]
    ends = [0, *points, count]
    if len(ends) != len(tops) + 1 or ends != sorted(set(ends)):
        raise DefinitionError(f"cannot part {count} into {len(tops)} at {points}")
    made = []
    for top, start, stop in zip(tops, ends, ends[1:], strict=False):
        told: dict[str, Any] = {"start": start, "stop": stop}
        if axis:
            told["axis"] = axis
        op = "slice" if axis else "slice_channels"
        made.append(net.lay(op, bottom, more=top, **told))
    return made


@layer("Flatten")
def flatten(net: Prototxt, part: Message) -> str:
    own, bottom = part.message("flatten_param"), net.only()
    first, last = own.integer("axis", 1), own.integer("end_axis", -1)
    if (first, last) == (1, -1):
        return net.lay("flatten", bottom)
    shape = net.net.shape(bottom)
    start, stop = net.axis(bottom, first), net.axis(bottom, last) + 1
    extents = [*shape[:start], prod(shape[start:stop]), *shape[stop:]]
    return net.lay("reshape", bottom, shape=extents)


@layer("Reshape")
def reshape(net: Prototxt, part: Message) -> str:
    """Another shape, in which the batch stays what it is."""
    own, bottom = part.message("reshape_param"), net.only()
    if own.integer("pixelshuffler", 0):
        return net.lay("pixel_shuffle", bottom, factor=own.integer("pixelshuffler", 0))
    if own.integer("axis", 0) or own.integer("num_axes", -1) != -1:
        raise UnmappedError("reshapes some of the axes")
    batch, *extents = own.message("shape").integers("dim") or [0]
    if batch == -1 and (-1 in extents or 0 in extents):
        raise UnmappedError("moves elements between the batch and other axes")
    shape = net.net.shape(bottom)
    if batch != 0 and -1 not in extents and prod(extents) != prod(shape):
        raise UnmappedError("moves elements between the batch and other axes")
    if tuple(extents) == shape:
        return bottom
    return net.lay("reshape", bottom, shape=extents or [-1])


@layer("Permute")
def permute(net: Prototxt, part: Message) -> str:
    order = part.message("permute_param").integers("order")
    if not order or order[0] != 0:
        raise UnmappedError("moves the batch")
    return net.lay("permute", net.only(), order=[axis - 1 for axis in order[1:]])


@layer("Crop")
def crop(net: Prototxt, part: Message) -> str:
    """Height and width to those of a second blob."""
    own = part.message("crop_param")
    if own.integer("axis", 2) != 2:
        raise UnmappedError("crops other axes than height and width")
    offset = own.integers("offset") or [0]
    return net.lay("crop2d", *net.some(), offset=(offset * 2)[:2])


@layer("Tile")
def tile(net: Prototxt, part: Message) -> str:
    own, bottom = part.message("tile_param"), net.only()
    count, axis = own.integer("tiles", 1), net.axis(bottom, own.integer("axis", 1))
    if not 1 <= count <= MOST_TILES:
        raise UnmappedError(f"repeats a blob {count} times")
    return bottom if count == 1 else net.lay("concat", *[bottom] * count, axis=axis)


@layer("ArgMax")
def argmax(net: Prototxt, part: Message) -> str:
    own, bottom = part.message("argmax_param"), net.only()
    if own.integer("top_k", 1) != 1 or own.flag("out_max_val", False) or not own.all("axis"):
        raise UnmappedError("gives several numbers, or of all axes")
    return net.lay("argmax", bottom, axes=[net.axis(bottom, own.integer("axis", 1))], keep=True)


@layer("Reduction")
def reduction(net: Prototxt, part: Message) -> str:
    """Sums or means over all axes from one on."""
    own, bottom = part.message("reduction_param"), net.only()
    how = own.choice("operation", ("", "SUM", "ASUM", "SUMSQ", "MEAN"), "SUM")
    axis = net.axis(bottom, own.integer("axis", 0))
    if how in ("ASUM", "SUMSQ"):
        bottom = net.lay("abs" if how == "ASUM" else "square", bottom, more="each")
    if how == "MEAN" and not axis:
        raise UnmappedError("leaves one number")
    axes = list(range(axis, len(net.net.shape(bottom))))
    factor = own.number("coeff", 1)
    op = "reduce_mean" if how == "MEAN" else "reduce_sum"
    made = net.lay(op, bottom, axes=axes, keep=not axis)
    return made if factor == 1 else net.lay("rescale", made, more="scale", factor=factor)


@layer("Parameter")
def parameter(net: Prototxt, part: Message) -> str:
    shape = part.message("parameter_param").message("shape").integers("dim")
    return net.weighted("parameter", shape=shape or [1])


@layer("ShuffleChannel")
def shuffle(net: Prototxt, part: Message) -> str:
    groups = part.message("shuffle_channel_param").integer("group", 1)
    return net.lay("channel_shuffle", net.only(), groups=groups)

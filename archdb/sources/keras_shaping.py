"""Keras's layers that move elements or give them another shape, in archdb's ops."""

from __future__ import annotations

from math import prod
from typing import Any

from archdb.errors import DefinitionError
from archdb.model.shape import Shape
from archdb.sources.keras_config import Value
from archdb.sources.keras_net import Call, KerasNet, layer
from archdb.sources.lowering.base import UnmappedError


@layer("Flatten")
def flatten(net: KerasNet, call: Call) -> Value:
    """A vector; of a map in archdb's order, in which the weights behind it are then."""
    value = call.one()
    return value if len(net.shape(value)) == 1 else net.lay("flatten", value)


@layer("Reshape")
def reshape(net: KerasNet, call: Call) -> Value:
    return reshaped(net, call.one(), call.config.get("target_shape") or [], "")


@layer("op:reshape")
def reshape_function(net: KerasNet, call: Call) -> Value:
    """A reshape in which the batch stays."""
    stated = call.config.get("newshape") or call.node.kwargs.get("newshape")
    stated = stated or call.node.kwargs.get("shape") or (*call.node.args[1:], None)[0]
    if not isinstance(stated, list) or len(stated) < 2 or not all(type(n) is int for n in stated):
        raise UnmappedError("has a shape that is worked out")
    return reshaped(net, call.one(), stated[1:], "")


def reshaped(net: KerasNet, value: Value, target: Any, more: str) -> Value:
    """The same elements, in Keras's order, under another shape."""
    before = net.shape(value)
    after = _filled(before, target)
    if after == before:
        return value
    last = not net.channels_first
    if last and len(before) == 3 and before[:2] == (1, 1) and len(after) == 1:
        return value._replace(flat=True)
    if last and value.flat and len(after) == 3 and after[:2] == (1, 1):
        return value._replace(flat=False)
    if last and len(before) == 3 and after == (before[0] * before[1], before[2]):
        return net.lay("to_sequence", value, more=more)
    return _moved(net, value, before, after, more)


def _moved(net: KerasNet, value: Value, before: Shape, after: Shape, more: str) -> Value:
    """Channels last, reshaped, and first again where there are such axes."""
    turns = not net.channels_first
    if turns and len(before) > 2 and prod(before[:-1]) > 1:
        order = [*range(1, len(before)), 0]
        value = net.lay("permute", value, more="channels_last", order=order)
    if not turns or len(after) < 3:
        return net.lay("reshape", value, more=more, shape=list(after))
    if prod(after[:-1]) == 1:
        return net.lay("reshape", value, more=more, shape=list(net.turned(after)))
    names = {3: ["height", "width", "channel"], 4: ["depth", "height", "width", "channel"]}
    told: dict[str, Any] = {"axis_names": names[len(after)]} if len(after) in names else {}
    value = net.lay("reshape", value, more="positions", shape=list(after), **told)
    order = [len(after) - 1, *range(len(after) - 1)]
    return net.lay("permute", value, more=more, order=order)


def _filled(before: Shape, target: Any) -> Shape:
    """A target shape, its -1 worked out."""
    if not isinstance(target, list) or not all(type(n) is int for n in target):
        raise DefinitionError(f"has a target shape that is none: {target!r}")
    stated = prod(n for n in target if n != -1)
    if target.count(-1) > 1 or stated < 1 or prod(before) % stated:
        raise DefinitionError(f"cannot make {target} of {list(before)}")
    after = tuple(prod(before) // stated if n == -1 else n for n in target)
    if prod(after) != prod(before):
        raise DefinitionError(f"cannot make {target} of {list(before)}")
    return after


@layer("Permute")
def permute(net: KerasNet, call: Call) -> Value:
    value, dims = call.one(), call.config.get("dims") or []
    rank = len(net.shape(value))
    if sorted(dims) != list(range(1, rank + 1)):
        raise DefinitionError(f"orders {rank} axes by {dims}")
    order = [net.axis(value, dims[at]) for at in _places(net, rank)]
    return net.lay("permute", value, order=order)


def _places(net: KerasNet, rank: int) -> list[int]:
    """For each of archdb's axes the place of Keras's."""
    places = list(range(rank))
    return places if rank < 3 or net.channels_first else [rank - 1, *places[:-1]]


def _pair(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value, value]


def _sides(stated: Any) -> list[int]:
    """[top, bottom, left, right] of n, [height, width] or [[top, bottom], [left, right]]."""
    return [side for both in _pair(stated) for side in _pair(both)]


@layer("ZeroPadding2D")
def pad(net: KerasNet, call: Call) -> Value:
    return net.lay("pad2d", call.one(), padding=_sides(call.config.get("padding", 1)))


@layer("ZeroPadding1D")
def pad_1d(net: KerasNet, call: Call) -> Value:
    return net.lay("pad", call.one(), sides=[_pair(call.config.get("padding", 1)), [0, 0]])


@layer("ZeroPadding3D", "Cropping3D")
def pad_3d(net: KerasNet, call: Call) -> Value:
    """Sides of a number for all, one for each axis, or two; what is cropped counts below zero."""
    crops = call.part.kind == "Cropping3D"
    stated = call.config.get("cropping" if crops else "padding", 1)
    axes = stated if isinstance(stated, list) else [stated] * 3
    sides = [[-n if crops else n for n in _pair(both)] for both in axes]
    return net.lay("pad", call.one(), sides=[[0, 0], *sides])


@layer("CenterCrop")
def center_crop(net: KerasNet, call: Call) -> Value:
    """The middle of a map, the odd row and column before it staying out."""
    value, own = call.one(), call.config
    _, height, width = net.net.shape(value.layer)
    rows, columns = height - own.get("height", height), width - own.get("width", width)
    if min(rows, columns) < 0:
        raise UnmappedError("is larger than what it crops, which is resized first")
    top, left = rows // 2, columns // 2
    sides = [top, rows - top, left, columns - left]
    return net.lay("trim2d", value, sides=sides) if any(sides) else value


@layer("Cropping2D")
def crop(net: KerasNet, call: Call) -> Value:
    sides = _sides(call.config.get("cropping", 0))
    return net.lay("trim2d", call.one(), sides=sides) if any(sides) else call.one()


@layer("Cropping1D")
def crop_1d(net: KerasNet, call: Call) -> Value:
    before, after = _pair(call.config.get("cropping", 1))
    return net.lay("pad", call.one(), sides=[[-before, -after], [0, 0]])


@layer("UpSampling2D")
def upsample(net: KerasNet, call: Call) -> Value:
    how, size = call.config.get("interpolation", "nearest"), call.config.get("size", 2)
    if how not in ("nearest", "bilinear"):
        raise UnmappedError(f"interpolates by {how}")
    return net.lay("resize2d", call.one(), how=how, scale=size)


@layer("UpSampling3D")
def upsample_3d(net: KerasNet, call: Call) -> Value:
    return net.lay("resize3d", call.one(), how="nearest", scale=call.config.get("size", 2))


@layer("UpSampling1D")
def upsample_1d(net: KerasNet, call: Call) -> Value:
    return net.lay("resize1d", call.one(), how="nearest", scale=call.config.get("size", 2))


@layer("Resizing")
def resize(net: KerasNet, call: Call) -> Value:
    """To a stated size."""
    how, own = call.config.get("interpolation", "bilinear"), call.config
    if how not in ("nearest", "bilinear", "bicubic") or own.get("crop_to_aspect_ratio"):
        raise UnmappedError(f"resizes by {how}, or crops")
    return net.lay("resize2d", call.one(), how=how, size=[own.get("height"), own.get("width")])


@layer("RepeatVector")
def repeat(net: KerasNet, call: Call) -> Value:
    value = call.one()
    (features,) = net.shape(value)
    row = net.lay("reshape", value, more="row", shape=[1, features])
    return net.lay("expand", row, shape=[call.config.get("n", 1), features])

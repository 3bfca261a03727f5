"""Shapes: the extents of one sample's axes, what the axes are called, and both as text.

A shape is a tuple of up to six extents, without the batch. Where it says nothing else its axes
are the usual ones of its rank: (features,), (length, features), (channels, height, width) or
(channels, depth, height, width). A `NamedShape` says what they are, so that a sequence of heads
or a matrix of attention scores is not taken for an image because it has as many axes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeGuard

from archdb.errors import ShapeError, UsageError
from archdb.model.attributes import LARGEST

Shape = tuple[int, ...]
AxisNames = tuple[str, ...]

CHANNEL, HEIGHT, WIDTH, DEPTH = "channel", "height", "width", "depth"
SEQUENCE, FEATURE = "sequence", "feature"
#: An axis of which nothing is said.
UNNAMED = "_"
#: Along these a position has its channels.
CHANNELS = (CHANNEL, FEATURE)
#: What the axes of a shape are that says nothing else, by their number.
USUAL: dict[int, AxisNames] = {
    0: (),
    1: (FEATURE,),
    2: (SEQUENCE, FEATURE),
    3: (CHANNEL, HEIGHT, WIDTH),
    4: (CHANNEL, DEPTH, HEIGHT, WIDTH),
}
#: Largest extent of an input axis, as of any attribute. What is counted has its own bound: what
#: exceeds the 64 bits of a column is refused where it is derived.
MAX_EXTENT = LARGEST


class NamedShape(tuple[int, ...]):
    """Extents whose axes are not the usual ones of their number. It is compared as the tuple that
    it is, so what is kept by shape is kept by its `key_of`."""

    axes: AxisNames

    def __reduce__(self) -> tuple[Any, ...]:
        return named, (tuple(self), self.axes)


def named(extents: Iterable[int], axes: AxisNames) -> Shape:
    """A shape whose axes are these."""
    shape = tuple(extents)
    if axes == USUAL.get(len(shape)) or axes in ((CHANNEL,), (SEQUENCE, CHANNEL)):
        return shape
    found = NamedShape(shape)
    found.axes = axes
    return found


def unnamed(extents: Iterable[int]) -> Shape:
    """A shape of whose axes nothing is known."""
    shape = tuple(extents)
    return named(shape, (UNNAMED,) * len(shape))


def stated(extents: Shape, names: AxisNames | None) -> Shape:
    """A shape as a layer states it: with these names; of up to three axes without names they are
    those of a vector, a sequence or an image, of more nothing is known."""
    if names:
        return named(extents, names)
    return tuple(extents) if len(extents) <= 3 else named(extents, (UNNAMED,) * len(extents))


def axes_of(shape: Shape) -> AxisNames:
    """What the axes of a shape are."""
    if isinstance(shape, NamedShape):
        return shape.axes
    return USUAL.get(len(shape)) or (UNNAMED,) * len(shape)


def key_of(shape: Shape | None) -> tuple[Any, ...] | None:
    """What a shape is looked up by: beside its extents, names of axes that are not the usual."""
    return (shape.axes, *shape) if isinstance(shape, NamedShape) else shape


def is_image(shape: Shape | None) -> TypeGuard[Shape]:
    """Whether it is channels×height×width."""
    return shape is not None and len(shape) == 3 and not isinstance(shape, NamedShape)


def is_map(shape: Shape) -> bool:
    """Whether its positions are those of an image, in whatever order its axes are."""
    return is_image(shape) or set(axes_of(shape)) == {CHANNEL, HEIGHT, WIDTH}


def channel_axis(shape: Shape) -> int:
    """Which axis is that of channels or features; ShapeError where none is said to be."""
    if not isinstance(shape, NamedShape):
        return 1 if len(shape) == 2 else 0
    for at, name in enumerate(axes_of(shape)):
        if name in CHANNELS:
            return at
    raise ShapeError(f"no axis of {pretty(shape)} is that of channels", remedy="say which: axis")


def has_channels(shape: Shape) -> bool:
    """Whether one of its axes is that of channels or features."""
    return not isinstance(shape, NamedShape) or not set(CHANNELS).isdisjoint(shape.axes)


def channels_first(shape: Shape) -> bool:
    """Whether a sequence has its channels before its steps."""
    return len(shape) == 2 and has_channels(shape) and channel_axis(shape) == 0


def axis_of(shape: Shape, axis: int | None) -> int:
    """The axis that a number means, from the end below zero; without one that of channels."""
    if axis is None:
        return channel_axis(shape)
    if not -len(shape) <= axis < len(shape):
        raise ShapeError(f"has no axis {axis}: {pretty(shape)} has {len(shape)}, counted from 0")
    return axis % len(shape)


def with_extent(shape: Shape, axis: int, extent: int) -> Shape:
    """The same axes, one of them of another extent."""
    return named((*shape[:axis], extent, *shape[axis + 1 :]), axes_of(shape))


def met(shapes: Iterable[Shape], extents: Iterable[int]) -> Shape:
    """These extents, each axis called as the first of some shapes of as many axes that says."""
    called = {axes_of(shape) for shape in shapes}
    if len(called) == 1:
        return named(extents, called.pop())
    columns = zip(*map(axes_of, shapes), strict=True)
    stated = (next((name for name in names if name != UNNAMED), UNNAMED) for names in columns)
    return named(extents, tuple(stated))


def without_axes(shape: Shape, axes: Iterable[int]) -> Shape:
    """The shape without these axes."""
    kept = [at for at in range(len(shape)) if at not in set(axes)]
    return taken(shape, kept)


def taken(shape: Shape, order: Iterable[int]) -> Shape:
    """These axes of a shape, in this order."""
    axes, order = axes_of(shape), tuple(order)
    return named((shape[at] for at in order), tuple(axes[at] for at in order))


def text(shape: Shape) -> str:
    """'3x224x224', as the `input` column has it."""
    return "x".join(map(str, shape))


def pretty(shape: Shape) -> str:
    """'3×224×224', as messages have it."""
    return "×".join(map(str, shape))


def hint(shape: Shape) -> str:
    """What is to be said where the last axis looks like that of colours, or the first like that of
    a batch; empty where neither does."""
    if len(shape) == 4 and shape[0] == 1 and shape[1] in (1, 3, 4) and axes_of(shape) == USUAL[4]:
        return (
            f"{pretty(shape)} is a volume of one channel; a batch is not part of an input:"
            f" {pretty(shape[1:])} is an image"
        )
    if len(shape) != 3 or shape[2] not in (1, 3, 4) or min(shape[:2]) < 8:
        return ""
    height, width, colours = shape
    return (
        f"{pretty(shape)} looks like height×width×channels; channels come first:"
        f" {pretty((colours, height, width))}"
    )


def channels(shape: Shape) -> int:
    """Channels of an image; features of a sequence or a vector; ShapeError where no axis is said
    to have them."""
    return shape[channel_axis(shape)]


def with_channels(shape: Shape, count: int) -> Shape:
    """The same positions with `count` channels (or features) each."""
    return with_extent(shape, channel_axis(shape), count)


def parse(text: str) -> Shape:
    """The shape that '3x224x224' names; raises UsageError on anything else."""
    parts = text.replace("×", "x").lower().split("x")
    remedy = "write one size (384) or channels, height and width (3x384x384)"
    try:
        sizes = tuple(map(_integer, parts))
    except ValueError:
        raise UsageError(f"'{text}' is not an input size", remedy=remedy) from None
    for size in sizes:
        if not 1 <= size <= MAX_EXTENT:
            raise UsageError(
                f"input size '{text}': each extent must be from 1 to {MAX_EXTENT}, got {size}",
                remedy=remedy,
            )
    return sizes


def _integer(digits: str) -> int:
    """As int(), which also takes '3_84', ' 384 ' and the digits of other scripts."""
    if not (digits.isascii() and digits.removeprefix("-").isdigit()):
        raise ValueError
    return int(digits)


def resize(size: str, native: Shape) -> Shape:
    """The input that `size` asks of a network defined at `native`.

    '384' keeps the channels of an image and makes it square; a full shape is taken as it is.
    Raises UsageError where the number of axes differs from the native input's.
    """
    sizes = parse(size)
    if len(sizes) == 1 and len(native) == 3:
        return (native[0], sizes[0], sizes[0])
    if len(sizes) != len(native):
        raise UsageError(
            f"input size '{size}' has {len(sizes)} extents",
            remedy=f"this network's native input is {text(native)}",
        )
    return sizes

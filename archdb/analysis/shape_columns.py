"""The columns that state a shape: channels, height and width, or the shape in text beside them."""

from __future__ import annotations

from archdb.model.shape import (
    CHANNEL,
    FEATURE,
    HEIGHT,
    SEQUENCE,
    WIDTH,
    NamedShape,
    Shape,
    axes_of,
    is_image,
    text,
)
from archdb.model.window import POINT, Unbounded, Window

SHAPES = ("in_channels", "in_height", "in_width", "out_channels", "out_height", "out_width")
#: A shape in text, where the columns of channels, height and width do not state it as it is.
OUT_SHAPE = "out_shape"
#: Which axes the columns of channels, height and width state, in any order.
STATED = {
    frozenset(axes): axes
    for axes in ((CHANNEL, HEIGHT, WIDTH), (FEATURE, SEQUENCE), (CHANNEL, SEQUENCE))
}


def split(shape: Shape | None) -> tuple[int | None, ...]:
    """(channels, height, width), in whatever order the shape has them; of a sequence (features,
    length, None), of a vector (features, None, None); nothing of any other shape."""
    if is_image(shape):
        return shape
    if shape is None:
        return (None, None, None)
    if not isinstance(shape, NamedShape) and len(shape) <= 3:
        return (shape[1], shape[0], None) if len(shape) == 2 else (shape[0], None, None)
    axes = axes_of(shape)
    order = STATED.get(frozenset(axes), ()) if len(set(axes)) == len(axes) else ()
    found = tuple(shape[axes.index(name)] for name in order)
    return (*found, *(None,) * (3 - len(found)))


def beyond(out: Shape | None) -> str | None:
    """The shape in text where the columns do not state it as it is."""
    if out is None or (not isinstance(out, NamedShape) and len(out) <= 3):
        return None
    return text(out)


def as_read(inputs: tuple[Shape, ...], window: Window | Unbounded) -> Shape | None:
    """The first input; what a window slides over is read as an image, whatever its axes are."""
    if not inputs:
        return None
    slides = isinstance(window, Window) and window is not POINT and len(inputs[0]) == 3
    return tuple(inputs[0]) if slides else inputs[0]

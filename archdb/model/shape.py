"""Shapes as text, in errors and in the database.

A shape is (channels, height, width), (features,) or (length, features): one image, no batch.
"""

from __future__ import annotations

from archdb.errors import UsageError
from archdb.model.attributes import LARGEST

Shape = tuple[int, ...]

#: Largest extent of an input axis, as of any attribute. What is counted has its own bound: what
#: exceeds the 64 bits of a column is refused where it is derived.
MAX_EXTENT = LARGEST


def text(shape: Shape) -> str:
    """'3x224x224', as the `input` column has it."""
    return "x".join(map(str, shape))


def pretty(shape: Shape) -> str:
    """'3×224×224', as messages have it."""
    return "×".join(map(str, shape))


def hint(shape: Shape) -> str:
    """What is to be said where the last axis looks like that of colours; empty where it does
    not."""
    if len(shape) != 3 or shape[2] not in (1, 3, 4) or min(shape[:2]) < 8:
        return ""
    height, width, colours = shape
    return (
        f"{pretty(shape)} looks like height×width×channels; channels come first:"
        f" {pretty((colours, height, width))}"
    )


def channels(shape: Shape) -> int:
    """Channels of an image; features of a sequence or a vector."""
    return shape[1] if len(shape) == 2 else shape[0]


def with_channels(shape: Shape, count: int) -> Shape:
    """The same positions with `count` channels (or features) each."""
    return (shape[0], count) if len(shape) == 2 else (count, *shape[1:])


def parse(words: str) -> Shape:
    """The shape that '3x224x224' names; raises UsageError on anything else."""
    parts = words.replace("×", "x").lower().split("x")
    remedy = "write one size (384) or channels, height and width (3x384x384)"
    try:
        sizes = tuple(map(_integer, parts))
    except ValueError:
        raise UsageError(f"'{words}' is not an input size", remedy=remedy) from None
    for size in sizes:
        if not 1 <= size <= MAX_EXTENT:
            raise UsageError(
                f"input size '{words}': each extent must be from 1 to {MAX_EXTENT}, got {size}",
                remedy=remedy,
            )
    return sizes


def _integer(digits: str) -> int:
    """As int(), which also takes '3_84', ' 384 ' and the digits of other scripts."""
    if not (digits.isascii() and digits.removeprefix("-").isdigit()):
        raise ValueError
    return int(digits)


def resize(words: str, native: Shape) -> Shape:
    """The input that `words` asks of a network defined at `native`.

    '384' keeps the channels of an image and makes it square; a full shape is taken as it is.
    Raises UsageError where the number of axes differs from the native input's.
    """
    sizes = parse(words)
    if len(sizes) == 1 and len(native) == 3:
        return (native[0], sizes[0], sizes[0])
    if len(sizes) != len(native):
        raise UsageError(
            f"input size '{words}' has {len(sizes)} extents",
            remedy=f"this network's native input is {text(native)}",
        )
    return sizes

"""Receptive fields, carried forward from the input.

The recurrences and the words are those of araujo2019 ('Computing Receptive Fields of
Convolutional Neural Networks', Distill): size, effective stride and effective padding, in input
pixels, as pairs (height, width). Padding is the number of pixels by which the first window
starts before the input; it is never cut off at the border, so a field may exceed the image.
Where paths meet, the field is the union over all of them, which is one window only if the
paths agree on stride and centre; otherwise a reason stands in its place.
"""

from __future__ import annotations

from typing import NamedTuple

from archdb.ops.attributes import Pads
from archdb.ops.window import Window


class Field(NamedTuple):
    """The window of the input that one output position sees."""

    size: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)


#: A field, or why there is none.
FieldOrReason = Field | str

#: How a field stands in a row: six integers and no note, or none and the reason.
FIELD_COLUMNS = (
    *("receptive_field_h", "receptive_field_w"),
    *("effective_stride_h", "effective_stride_w"),
    *("effective_padding_h", "effective_padding_w"),
    "receptive_field_note",
)

PIXEL = Field()
NOT_AN_IMAGE = "the input is not an image"
#: Behind a constant. Where it meets paths that do see the input, it adds nothing to them.
NOTHING = "does not depend on the input"


def through(field: Field, window: Window, pads: Pads) -> Field:
    """The field behind one more window: it grows by (extent - 1) strides."""
    (size_h, size_w), (stride_h, stride_w), (padding_h, padding_w) = field
    extent_h, extent_w = window.extent
    return Field(
        (size_h + (extent_h - 1) * stride_h, size_w + (extent_w - 1) * stride_w),
        (stride_h * window.stride[0], stride_w * window.stride[1]),
        (padding_h + pads[0] * stride_h, padding_w + pads[2] * stride_w),
    )


def union(fields: list[FieldOrReason], where: str) -> FieldOrReason:
    """The union of the fields that meet in layer `where`, or the reason why it is no window."""
    fields = [field for field in fields if field is not NOTHING] or [NOTHING]
    first = fields[0]
    if isinstance(first, str):
        return first
    largest = first
    for field in fields[1:]:
        if isinstance(field, str):
            return field
        if field.stride != first.stride:
            return (
                f"paths meet in '{where}' with effective strides"
                f" {_pair(first.stride)} and {_pair(field.stride)}"
            )
        if _centre(field) != _centre(first):
            return f"paths meet in '{where}' with different centres"
        largest = Field(
            _greater(largest.size, field.size),
            first.stride,
            _greater(largest.padding, field.padding),
        )
    return largest


def columns_of(field: FieldOrReason) -> tuple[int | str | None, ...]:
    """The field as a row of FIELD_COLUMNS."""
    if isinstance(field, str):
        return (None, None, None, None, None, None, field)
    return (*field.size, *field.stride, *field.padding, None)


def _centre(field: Field) -> tuple[int, int]:
    """Twice the centre of the first window, less one: an integer also for even sizes."""
    return field.size[0] - 2 * field.padding[0], field.size[1] - 2 * field.padding[1]


def _greater(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return max(a[0], b[0]), max(a[1], b[1])


def _pair(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"

"""Receptive fields, carried forward from the input.

The recurrences and the words are those of araujo2019 ('Computing Receptive Fields of
Convolutional Neural Networks', Distill): size, effective stride and effective padding, in input
pixels, as pairs (height, width). Padding is the number of pixels by which the first window
starts before the input; it is never cut off at the border, so a field may exceed the image.
Where paths meet, the field is the span of all of them, from the first pixel that one of them
reads to the last: one window for every position if the paths agree on the stride; otherwise a
reason stands in its place. Where their centres differ, size and stride stand and the padding does
not, as in the article; both edges are carried on all the same.
"""

from __future__ import annotations

from typing import NamedTuple

from archdb.model.attributes import Pads
from archdb.model.window import Window


class Field(NamedTuple):
    """The window of the input that one output position sees.

    It begins `padding` before the input. `apart` says where paths of different centres met, behind
    which that is the edge of a span and no padding.
    """

    size: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    apart: str | None = None

    @property
    def rank(self) -> tuple[tuple[int, int], ...]:
        """What the larger of two fields is larger in: height and width, then the stride."""
        return self.size, self.stride, self.padding


#: A field, or why there is none.
FieldOrReason = Field | str

#: How a field stands in a row: six integers and no note; without the padding, or without any,
#: and the reason.
FIELD_COLUMNS = (
    "receptive_field_h",
    "receptive_field_w",
    "effective_stride_h",
    "effective_stride_w",
    "effective_padding_h",
    "effective_padding_w",
    "receptive_field_note",
)

PIXEL = Field()
NOT_AN_IMAGE = "the input is not an image"
#: Behind a constant. Where it meets paths that do see the input, it adds nothing to them.
NOTHING = "does not depend on the input"


def through(field: Field, window: Window, pads: Pads) -> Field:
    """The field behind one more window: it grows by (extent - 1) strides."""
    (size_h, size_w), (stride_h, stride_w), (padding_h, padding_w), apart = field
    extent_h, extent_w = window.extent
    return Field(
        (size_h + (extent_h - 1) * stride_h, size_w + (extent_w - 1) * stride_w),
        (stride_h * window.stride[0], stride_w * window.stride[1]),
        (padding_h + pads[0] * stride_h, padding_w + pads[2] * stride_w),
        apart,
    )


def union(fields: list[FieldOrReason], where: str) -> FieldOrReason:
    """The span of the fields that meet in layer `where`, or the reason why it is no window."""
    fields = [field for field in fields if field is not NOTHING] or [NOTHING]
    spanned = fields[0]
    for field in fields[1:]:
        if isinstance(spanned, str):
            return spanned
        if isinstance(field, str):
            return field
        if field.stride != spanned.stride:
            return (
                f"paths meet in '{where}' with effective strides"
                f" {_pair(spanned.stride)} and {_pair(field.stride)}"
            )
        spanned = _span(spanned, field, where)
    return spanned


def _span(a: Field, b: Field, where: str) -> Field:
    """From the first pixel of two fields of one stride to the last."""
    apart = a.apart or b.apart
    if apart is None and _centre(a) != _centre(b):
        apart = f"paths meet in '{where}' with different centres, so the padding is not one number"
    before = _greater(a.padding, b.padding)
    after = _greater(_behind(a), _behind(b))
    return Field((before[0] + after[0], before[1] + after[1]), a.stride, before, apart)


def columns_of(field: FieldOrReason) -> tuple[int | str | None, ...]:
    """The field as a row of FIELD_COLUMNS."""
    if isinstance(field, str):
        return (None, None, None, None, None, None, field)
    padding = (None, None) if field.apart else field.padding
    return (*field.size, *field.stride, *padding, field.apart)


def _centre(field: Field) -> tuple[int, int]:
    """Twice the centre of the first window, less one: an integer also for even sizes."""
    return field.size[0] - 2 * field.padding[0], field.size[1] - 2 * field.padding[1]


def _behind(field: Field) -> tuple[int, int]:
    """How many pixels of the first window lie at the input's first pixel or behind it."""
    return field.size[0] - field.padding[0], field.size[1] - field.padding[1]


def _greater(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return max(a[0], b[0]), max(a[1], b[1])


def _pair(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"

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

from archdb.analysis.layer_costs import check_size
from archdb.model.attributes import Pads
from archdb.model.window import Window


class Field(NamedTuple):
    """The window of the input that one output position sees, as FIELD_COLUMNS have it.

    It begins `padding` before the input. `apart` says where paths of different centres met, behind
    which that is the edge of a span and no padding.
    """

    size_h: int = 1
    size_w: int = 1
    stride_h: int = 1
    stride_w: int = 1
    padding_h: int = 0
    padding_w: int = 0
    apart: str | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self[0:2]

    @property
    def stride(self) -> tuple[int, int]:
        """Input pixels from one output position to the next."""
        return self[2:4]

    @property
    def padding(self) -> tuple[int, int]:
        """Pixels before the first of the input."""
        return self[4:6]

    @property
    def rank(self) -> tuple[int, ...]:
        """What the larger of two fields is larger in: height and width, then the stride."""
        return self[:6]


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
    """The field behind one more window: it grows by (extent - 1) strides. ShapeError where it
    exceeds the 64 bits of a column."""
    size_h, size_w, stride_h, stride_w, padding_h, padding_w, apart = field
    extent_h, extent_w = window.extent
    slide_h, slide_w = window.stride
    grown = (
        size_h + (extent_h - 1) * stride_h,
        size_w + (extent_w - 1) * stride_w,
        stride_h * slide_h,
        stride_w * slide_w,
        padding_h + pads[0] * stride_h,
        padding_w + pads[2] * stride_w,
    )
    check_size(grown)
    return Field(*grown, apart)


def union(fields: list[FieldOrReason], where: str) -> FieldOrReason:
    """The span of the fields that meet in layer `where`, or the reason why it is no window."""
    fields = [field for field in fields if field is not NOTHING] or [NOTHING]
    spanned = fields[0]
    for field in fields[1:]:
        if isinstance(spanned, str):
            return spanned
        if isinstance(field, str):
            return field
        if field is not spanned:
            spanned = _span(spanned, field, where)
    return spanned


def _span(a: Field, b: Field, where: str) -> FieldOrReason:
    """From the first pixel of two fields to the last: of one stride, or there is a reason."""
    a_size_h, a_size_w, stride_h, stride_w, a_top, a_left, a_apart = a
    b_size_h, b_size_w, b_stride_h, b_stride_w, b_top, b_left, b_apart = b
    if stride_h != b_stride_h or stride_w != b_stride_w:
        said = f"paths meet in '{where}' with effective strides"
        return f"{said} {_pair(a.stride)} and {_pair(b.stride)}"
    apart = a_apart or b_apart
    # twice the centre of the first window, less one: an integer also for even sizes
    if apart is None and (
        a_size_h - 2 * a_top != b_size_h - 2 * b_top
        or a_size_w - 2 * a_left != b_size_w - 2 * b_left
    ):
        apart = f"paths meet in '{where}' with different centres, so the padding is not one number"
    top, left = max(a_top, b_top), max(a_left, b_left)
    bottom = max(a_size_h - a_top, b_size_h - b_top)
    right = max(a_size_w - a_left, b_size_w - b_left)
    return Field(top + bottom, left + right, stride_h, stride_w, top, left, apart)


def columns_of(field: FieldOrReason) -> tuple[int | str | None, ...]:
    """The field as a row of FIELD_COLUMNS."""
    if isinstance(field, str):
        return (None, None, None, None, None, None, field)
    return tuple(field) if field.apart is None else (*field[:4], None, None, field.apart)


def _pair(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"

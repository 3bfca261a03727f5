"""How an op's own facts come about, as `archdb explain` writes it down.

An op's `formulas` go by what they give: an output extent (`out_channels`), a parameter tensor
(`weight`) or a column (`macs`, `gemm_k`). A formula is text in the names of attributes
(`kernel_h`), of the inputs' extents (`channels`; `height_2` of a second input) and of the output's
(`out_height`); the explanation puts the numbers in their places. What is not stated is the same
for all ops: what a window does to height and width, and so much work for each output element.
"""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from archdb.model.shape import NamedShape, Shape


class Stated(NamedTuple):
    """A formula whose numbers stand in no attribute or extent. With a `value` it is a step on the
    way, whose name later formulas use."""

    formula: str
    numbers: str
    value: int | None = None


Formulas = dict[str, str | Stated]


#: What the extents of an output are called, by their number.
OUT_AXES = {
    1: ("out_features",),
    2: ("out_length", "out_features"),
    3: ("out_channels", "out_height", "out_width"),
    4: ("out_channels", "out_depth", "out_height", "out_width"),
}
#: What is said of an output whose axes have no such names.
OUTPUT = "output"


def out_axes(shape: Shape) -> tuple[str, ...]:
    """What the extents of an output are called: axis_0 and so on where they are not the usual
    ones."""
    usual = () if isinstance(shape, NamedShape) else OUT_AXES.get(len(shape), ())
    return usual or tuple(f"axis_{at}" for at in range(len(shape)))


class Explained:
    """The answers of an op that has no other."""

    def formulas(self, *inputs: Shape) -> Formulas:
        """How its own facts come about."""
        return {}

    def sums(self, out: Shape, *inputs: Shape) -> int:
        """How many sums its MACs are: each takes one addition fewer than it has products."""
        return prod(out)

    def tensorflow(self, *inputs: Shape) -> Shape | None:
        """The weight's shape as TensorFlow orders it; None where TensorFlow has no such layer."""
        return None


def applied_kernels(positions: str, filters: str, channels: str) -> Formulas:
    """A kernel that slides: applied at each position for each pair of filter and channel, it
    multiplies all its weights every time."""
    times = " · ".join(filter(None, (positions, filters, channels)))
    return {"kernel_applications": times, "macs": f"{times} · kernel_h · kernel_w"}

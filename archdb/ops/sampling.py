"""Ops that read a map where other layers say, and tables by tokens."""

from __future__ import annotations

from math import prod
from typing import Annotated, Any

from archdb.errors import ShapeError
from archdb.model.attributes import Count, Flag, Padding, Pair, choice
from archdb.model.shape import Shape, axes_of, named, pretty
from archdb.model.window import Unbounded, Window
from archdb.ops.base import WEIGHT, Gemm, Op, Tensor, Work, image, no_params, op, point
from archdb.ops.convolution import Conv2d
from archdb.ops.explained import OUTPUT, Formulas, Stated
from archdb.ops.resizing import interpolated
from archdb.ops.rewritable import kept_of_first, stated_by

ELSEWHERE = Unbounded("where it reads follows from the data")


@op("deform_conv2d")
class DeformConv2d(Op):
    """Deformable convolution (dai2017): each tap of the kernel reads where it is moved to by a
    second input, two offsets for each tap (and each of some groups of channels), and is weighed by
    a third one, if there is one (zhu2019).

    Beside the convolution's own multiply-accumulates: two additions for each offset pair, and for
    each element that a tap reads four products and three additions (bilinear), one product more
    with weights.
    """

    arity = (2, 3)
    filters: Count
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0, 0, 0)
    dilation: Pair = (1, 1)
    groups: Count = 1
    bias: Flag = True

    channels = stated_by("filters")

    def plain(self) -> Any:
        """The convolution without the offsets."""
        return Conv2d(**self._values)

    def out(self, *inputs: Shape) -> Shape:
        x, offset = inputs[:2]
        out: Shape = self.plain().out(image(self, x))
        pairs = 2 * prod(self.kernel)
        if offset[1:] != out[1:] or offset[0] % pairs or x[0] % (offset[0] // pairs):
            raise ShapeError(
                f"offsets {pretty(offset)} are not {pairs} for each group at {pretty(out[1:])}"
            )
        if len(inputs) == 3 and inputs[2] != (offset[0] // 2, *out[1:]):
            raise ShapeError(f"weights {pretty(inputs[2])} are not half as many as offsets")
        return out

    def params(self, *inputs: Shape) -> tuple[Tensor, ...]:
        tensors: tuple[Tensor, ...] = self.plain().params(inputs[0])
        return tensors

    def work(self, out: Shape, *inputs: Shape) -> Work:
        plain: Work = self.plain().work(out, inputs[0])
        read = inputs[0][0] * prod(self.kernel) * out[1] * out[2]
        weighed = read if len(inputs) == 3 else 0
        return plain._replace(adds=3 * read + prod(inputs[1]), muls=4 * read + weighed)

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        gemm: Gemm = self.plain().gemm(out, inputs[0])
        return gemm

    def formulas(self, *inputs: Shape) -> Formulas:
        formulas: Formulas = dict(self.plain().formulas(inputs[0]))
        out = self.out(*inputs)
        read = inputs[0][0] * prod(self.kernel) * out[1] * out[2]
        times = 5 if len(inputs) == 3 else 4
        extents = {name: Stated("as the convolution's", "") for name in ("out_height", "out_width")}
        return {
            **formulas,
            **extents,
            "muls": Stated("for each element that is read", f"{times}·{read}"),
            "adds": Stated("3 · elements read + offsets", f"3·{read} + {prod(inputs[1])}"),
        }

    def window(self, *inputs: Shape) -> Unbounded:
        window: Window = self.plain().window(inputs[0])
        return ELSEWHERE._replace(pads=window.pads(*inputs[0][1:]))


@op("grid_sample")
class GridSample(Op):
    """A map read at the points of a second input, height×width×2 (jaderberg2015), or several maps
    at once, each at its own points: their axes stand before those of both. Bilinear: four
    products and three additions for each output element; nearest: none."""

    arity = (2, 2)
    how: Annotated[str, choice("nearest", "bilinear", "bicubic")] = "bilinear"

    params = no_params
    channels = kept_of_first

    def out(self, *inputs: Shape) -> Shape:
        x, grid = inputs
        if len(x) <= 3:
            image(self, x)
        if len(grid) != len(x) or grid[-1] != 2:
            raise ShapeError(f"needs points height×width×2, got {pretty(grid)}")
        if grid[:-3] != x[:-3]:
            raise ShapeError(f"needs points for each map of {pretty(x)}, got {pretty(grid)}")
        return named((*x[:-2], *grid[-3:-1]), axes_of(x))

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return interpolated(self.how, out)

    def formulas(self, *inputs: Shape) -> Formulas:
        rows, columns = inputs[1][-3:-1]
        if len(inputs[0]) > 3:
            return {OUTPUT: Stated("as many maps, of a position for each point", "")}
        return {
            "out_height": Stated("rows of points", str(rows)),
            "out_width": Stated("points of a row", str(columns)),
        }

    def window(self, *inputs: Shape) -> Unbounded:
        return ELSEWHERE


@op("embedding_bag")
class EmbeddingBag(Op):
    """One vector of `units` features for a bag of tokens: the rows of a table that they name, told
    together, their sum, mean or largest elements: for n tokens n - 1 additions (or comparisons) for
    each feature, and of a mean a division."""

    vocabulary: Count
    units: Count
    how: Annotated[str, choice("mean", "sum", "max")] = "mean"

    window = point
    channels = stated_by("units")

    def out(self, x: Shape) -> Shape:
        if len(x) != 1:
            raise ShapeError(f"needs a sequence of tokens (length), got {pretty(x)}")
        return (self.units,)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        return (Tensor("table", WEIGHT, (self.vocabulary, self.units)),)

    def work(self, out: Shape, x: Shape) -> Work:
        told = self.units * (x[0] - 1)
        if self.how == "max":
            return Work(comparisons=told)
        return Work(adds=told, divisions=self.units if self.how == "mean" else 0)

    def formulas(self, *inputs: Shape) -> Formulas:
        told = "units · (length − 1)"
        return {
            "out_features": "units",
            "table": "vocabulary · units",
            "adds": told,
            "comparisons": told,
        }

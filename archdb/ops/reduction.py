"""Tensors told in fewer numbers along stated axes: means, sums, extremes, norms."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from archdb.errors import ShapeError
from archdb.model.attributes import Count, Flag
from archdb.model.axes import Axes, Axis
from archdb.model.shape import (
    CHANNELS,
    Shape,
    axes_of,
    axis_of,
    channel_axis,
    has_channels,
    is_image,
    is_map,
    named,
    pretty,
    with_extent,
    without_axes,
)
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops.base import Op, Work, no_params, op, same_shape
from archdb.ops.explained import Formulas, Stated, out_axes
from archdb.ops.pooling import GlobalAvgPool2d
from archdb.ops.rewritable import Origin
from archdb.ops.sequence import GlobalAvgPool1d
from archdb.ops.written import Permuted, Reshaped, Writing

REDUCED = Unbounded("behind what is told of positions together")


Factors = Mapping[str, tuple[int, int]]


def of_group(**factors: tuple[int, int]) -> Factors:
    """The work on a group of n elements, by kind: what n is multiplied by, and what is added."""
    return factors


class Reduced(Op):
    """Shared by all: the n elements of each group along `axes` are told in one number. `keep`: the
    axes stay, with an extent of 1. Of a whole tensor comes a vector of one number."""

    axes: Axes
    keep: Flag = False

    params = no_params
    each: ClassVar[Factors]

    def along(self, x: Shape) -> list[int]:
        """The axes, counted from the first."""
        return [axis_of(x, axis) for axis in self.axes]

    def by_position(self, x: Shape) -> bool:
        """Whether each position of a map is told by itself."""
        return all(axes_of(x)[at] in CHANNELS for at in self.along(x))

    def ends_map(self, *native: Shape | None) -> bool:
        x = native[0]
        return x is None or (
            is_map(x) and any(axes_of(x)[at] not in CHANNELS for at in self.along(x))
        )

    def out(self, x: Shape) -> Shape:
        along = self.along(x)
        if self.keep:
            for axis in along:
                x = with_extent(x, axis, 1)
            return x
        return without_axes(x, along) if len(along) < len(x) else named((1,), ("feature",))

    def window(self, x: Shape) -> Window | Unbounded:
        """Of a map, all of it along its height or width, as a global pool has it."""
        along = self.along(x)
        if not is_map(x) or self.by_position(x):
            return POINT
        if not is_image(x):
            return REDUCED
        return Window(kernel=(x[1] if 1 in along else 1, x[2] if 2 in along else 1))

    def channels(self, *inputs: Shape) -> Origin:
        (x,) = inputs
        return (0,) if has_channels(x) and channel_axis(x) not in self.along(x) else ()

    def work(self, out: Shape, x: Shape) -> Work:
        n = prod(x) // prod(out)
        return Work(**{kind: prod(out) * (a * n + b) for kind, (a, b) in self.each.items()})

    def formulas(self, *inputs: Shape) -> Formulas:
        (x,) = inputs
        groups = prod(self.out(x))
        n = prod(x) // groups
        return {kind: _told(groups, n, *factors) for kind, factors in self.each.items()}


def _told(groups: int, n: int, factor: int, more: int) -> Stated:
    """groups · (factor · n + more), in names and in numbers."""
    times = f"{factor}·" if factor > 1 else ""
    terms = [f"{times}{{n}}"] if factor else []
    if more:
        terms.append(f"− {-more}" if terms and more < 0 else f"{'+ ' if terms else ''}{more}")
    inner = " ".join(terms)
    text = f"{{groups}}·({inner})" if len(terms) > 1 else f"{{groups}}·{inner}"
    return Stated(text.format(groups="groups", n="n"), text.format(groups=groups, n=n))


@op("reduce_mean")
class ReduceMean(Reduced):
    """The mean of each group: its sum, then one division."""

    each = of_group(adds=(1, -1), divisions=(0, 1))

    def writing(self, *inputs: Shape) -> Writing:
        """Over all positions of a map or a sequence as their global pool."""
        (x,) = inputs
        along, out = self.along(x), tuple(self.out(x))
        kept = [at for at in range(len(x)) if at not in along]
        if len(kept) != 1 or len(x) not in (2, 3):
            return super().writing(*inputs)
        order = (*kept, *along) if len(x) == 3 else (*along, *kept)
        op = GlobalAvgPool2d() if len(x) == 3 else GlobalAvgPool1d()
        return Writing(op, ((Permuted(order),),), (Reshaped(out),))


@op("reduce_sum")
class ReduceSum(Reduced):
    """The sum of each group: one addition fewer than it has elements."""

    each = of_group(adds=(1, -1))


@op("reduce_product")
class ReduceProduct(Reduced):
    """The product of each group: one multiplication fewer than it has elements."""

    each = of_group(muls=(1, -1))


@op("reduce_max")
class ReduceMax(Reduced):
    """The largest element of each group: one comparison fewer than it has elements."""

    each = of_group(comparisons=(1, -1))


@op("reduce_min")
class ReduceMin(Reduced):
    """The smallest element of each group: one comparison fewer than it has elements."""

    each = of_group(comparisons=(1, -1))


@op("argmax")
class Argmax(Reduced):
    """The number of the largest element (or smallest) of each group: one comparison fewer than it
    has elements."""

    each = of_group(comparisons=(1, -1))


@op("reduce_norm")
class ReduceNorm(Reduced):
    """The Euclidean norm of each group: squares, their sum and its root, counted as an
    exponential."""

    each = of_group(muls=(1, 0), adds=(1, -1), exponentials=(0, 1))


@op("reduce_variance")
class ReduceVariance(Reduced):
    """The variance of each group: the mean (n - 1 additions, 1 division), differences (n
    additions), their squares (n products), and the mean of these (n - 1 additions, 1 division)."""

    each = of_group(adds=(3, -2), muls=(1, 0), divisions=(0, 2))


class Along(Op):
    """Shared by what works along one axis, on each group of n elements by itself."""

    axis: Axis

    params = no_params

    def counted(self, x: Shape) -> tuple[int, int]:
        """How many groups there are, and how many elements each has."""
        n = x[axis_of(x, self.axis)]
        return prod(x) // n, n

    def window(self, x: Shape) -> Window | Unbounded:
        axis = axis_of(x, self.axis)
        return REDUCED if is_map(x) and axes_of(x)[axis] not in CHANNELS else POINT


@op("top_k")
class TopK(Along):
    """The `k` largest elements along an axis, one after the other: the largest takes n - 1
    comparisons, the next n - 2, and so on. Their numbers are a row of their own."""

    k: Count

    def out(self, x: Shape) -> Shape:
        axis = axis_of(x, self.axis)
        if self.k > x[axis]:
            raise ShapeError(f"there are no {self.k} of {x[axis]} along axis {axis} of {pretty(x)}")
        return with_extent(x, axis, self.k)

    def work(self, out: Shape, x: Shape) -> Work:
        groups, n = self.counted(x)
        return Work(comparisons=groups * (self.k * n - self.k * (self.k + 1) // 2))

    def formulas(self, *inputs: Shape) -> Formulas:
        groups, n = self.counted(inputs[0])
        counted = f"{groups}·({self.k}·{n} − {self.k}·({self.k} + 1)/2)"
        name = out_axes(self.out(*inputs))[axis_of(inputs[0], self.axis)]
        return {name: "k", "comparisons": Stated("groups·(k·n − k·(k + 1)/2)", counted)}


@op("cumulative_sum")
class CumulativeSum(Along):
    """Along an axis each element with all before it: one addition for each but the first."""

    out = same_shape

    def work(self, out: Shape, x: Shape) -> Work:
        groups, n = self.counted(x)
        return Work(adds=groups * (n - 1))

    def formulas(self, *inputs: Shape) -> Formulas:
        groups, n = self.counted(inputs[0])
        return {"adds": Stated("groups·(n − 1)", f"{groups}·({n} − 1)")}

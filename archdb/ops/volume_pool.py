"""Pools over volumes, and pools of any axes to a stated number of bins."""

from __future__ import annotations

from math import gcd, prod
from typing import Annotated, Any, ClassVar

from archdb.model.attributes import Count, Pair, said
from archdb.model.declaration import REQUIRED
from archdb.model.shape import Shape
from archdb.model.window import NO_MAP, Unbounded, Window
from archdb.ops.along import arranged, stepwise
from archdb.ops.base import Op, Work, image, no_params, op, sequence, whatever_size
from archdb.ops.explained import Formulas, Stated
from archdb.ops.pooling import UNSAID_STRIDE, AdaptiveAvgPool2d, Rounded, spanned, unrounded
from archdb.ops.rewritable import kept
from archdb.ops.volume import VOLUME, Deep, Two, Volume, volume

Stride = Annotated[tuple[int, int], said(Two, UNSAID_STRIDE)]


class Pool3d(Volume):
    """Shared by pools over volumes; padding counts as an element of the window."""

    rounding: Rounded = REQUIRED
    stride: Stride = REQUIRED

    params = no_params
    channels = kept
    #: Which operation, one fewer than the window has elements.
    each: ClassVar[str]

    def __new__(cls, *args: Any, **attributes: Any) -> Any:
        return super().__new__(cls, *args, **unrounded(attributes))

    def out(self, x: Shape) -> Shape:
        return (x[0], *self.slid(x))

    def formulas(self, *inputs: Shape) -> Formulas:
        taps = "(depth_kernel · kernel_h · kernel_w − 1)"
        return {**self.extents(inputs[0]), self.each: f"{taps} · out_elements"}


@op("max_pool3d")
class MaxPool3d(Pool3d):
    """The largest element of each window of a volume: one comparison fewer than it has elements."""

    each = "comparisons"

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(comparisons=prod(out) * (self.taps - 1))


@op("avg_pool3d")
class AvgPool3d(Pool3d):
    """The mean of each window of a volume: its sum, then one division."""

    each = "adds"

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(adds=prod(out) * (self.taps - 1), divisions=prod(out))


class Adaptive(Op):
    """Shared by pools to a stated number of bins along each axis of positions, whatever the size,
    with bins as adaptive_avg_pool2d has them."""

    ends_map = whatever_size
    params = no_params
    channels = kept
    #: Which operation, one fewer than a bin has elements, and whether a division follows.
    each: ClassVar[str] = "adds"
    divided: ClassVar[bool] = True

    def axes(self, x: Shape) -> list[tuple[int, int]]:
        """Size and bins along each axis."""
        raise NotImplementedError

    def read(self, x: Shape) -> int:
        """The elements of all bins together."""
        positions = prod(size for size, _ in self.axes(x))
        return prod(x) // positions * prod(spanned(*axis) for axis in self.axes(x))

    def work(self, out: Shape, x: Shape) -> Work:
        divisions = prod(out) if self.divided else 0
        return Work(divisions=divisions, **{self.each: self.read(x) - prod(out)})

    def binned(self, x: Shape) -> Formulas:
        """Where the extents of the output come from."""
        raise NotImplementedError

    def formulas(self, *inputs: Shape) -> Formulas:
        (x,) = inputs
        spans = "·".join(f"({n} + {bins} − {gcd(n, bins)})" for n, bins in self.axes(x))
        others = prod(x) // prod(size for size, _ in self.axes(x))
        told = f"{others}·{spans} − {others * prod(bins for _, bins in self.axes(x))}"
        words = "channels · (size + bins − gcd) along each axis − out_elements"
        return {**self.binned(x), self.each: Stated(words, told)}


@op("adaptive_max_pool2d")
class AdaptiveMaxPool2d(Adaptive):
    """The largest elements over a grid of `bins`, whatever the size of the map."""

    bins: Pair

    each = "comparisons"
    divided = False

    def axes(self, x: Shape) -> list[tuple[int, int]]:
        return list(zip(image(self, x)[1:], self.bins, strict=True))

    def out(self, x: Shape) -> Shape:
        return (image(self, x)[0], *self.bins)

    def binned(self, x: Shape) -> Formulas:
        return {"out_height": "bins_h", "out_width": "bins_w"}

    def window(self, x: Shape) -> Window | Unbounded:
        window: Window | Unbounded = AdaptiveAvgPool2d(self.bins).window(x)
        return window


class Adaptive1d(Adaptive):
    """Shared by those along a sequence."""

    bins: Count

    def axes(self, x: Shape) -> list[tuple[int, int]]:
        return [(sequence(self, x)[0], self.bins)]

    def out(self, x: Shape) -> Shape:
        return arranged(x, self.bins, sequence(self, x)[1])

    def binned(self, x: Shape) -> Formulas:
        return stepwise(x, "bins", "features")

    def window(self, x: Shape) -> Unbounded:
        return NO_MAP


@op("adaptive_avg_pool1d")
class AdaptiveAvgPool1d(Adaptive1d):
    """Means over `bins` along a sequence, whatever its length."""


@op("adaptive_max_pool1d")
class AdaptiveMaxPool1d(Adaptive1d):
    """The largest elements over `bins` along a sequence, whatever its length."""

    each = "comparisons"
    divided = False


class Adaptive3d(Deep, Adaptive):
    """Shared by those over a volume; bins [d, h, w] are stored as bins [h, w] and depth_bins d."""

    bins: Two
    depth_bins: Count

    def axes(self, x: Shape) -> list[tuple[int, int]]:
        return list(zip(volume(self, x)[1:], (self.depth_bins, *self.bins), strict=True))

    def out(self, x: Shape) -> Shape:
        return (volume(self, x)[0], self.depth_bins, *self.bins)

    def binned(self, x: Shape) -> Formulas:
        return {"out_depth": "depth_bins", "out_height": "bins_h", "out_width": "bins_w"}

    def window(self, x: Shape) -> Unbounded:
        return VOLUME


@op("adaptive_avg_pool3d")
class AdaptiveAvgPool3d(Adaptive3d):
    """Means over a grid of `bins` in a volume, whatever its size."""


@op("adaptive_max_pool3d")
class AdaptiveMaxPool3d(Adaptive3d):
    """The largest elements over a grid of `bins` in a volume, whatever its size."""

    each = "comparisons"
    divided = False

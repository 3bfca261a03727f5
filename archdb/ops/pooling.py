"""Pooling: windows that keep the channels. Stride and rounding are always said, because frameworks
differ."""

from math import gcd, prod
from typing import Annotated, Any

from archdb.model.attributes import MODES, Padding, Pair, Rounding, said
from archdb.model.shape import Shape
from archdb.model.window import Unbounded, Window
from archdb.ops.base import (
    BIAS,
    WEIGHT,
    Op,
    Tensor,
    Work,
    image,
    no_params,
    op,
    whatever_size,
)
from archdb.ops.explained import Formulas
from archdb.ops.rewritable import kept, window_dilated
from archdb.ops.windowed import Windowed

UNSAID_STRIDE = "unsaid, PyTorch and Keras take the kernel, Caffe takes 1"
Stride = Annotated[tuple[int, int], said(Pair, UNSAID_STRIDE)]
Rounded = Annotated[str, said(Rounding, "unsaid, PyTorch and Keras round down, Caffe up")]

#: Of each window, one operation fewer than it has elements.
_BUT_ONE = "(kernel_h · kernel_w − 1) · out_channels · out_height · out_width"


def unrounded(attributes: dict[str, Any]) -> dict[str, Any]:
    """These attributes of a pool, with a rounding where a mode of padding leaves nothing to round,
    since it states its own size."""
    if attributes.get("padding") in MODES and attributes.get("rounding") is None:
        return {**attributes, "rounding": "floor"}
    return attributes


class Pool(Windowed):
    """Shared by pools with a window of their own; padding counts as an element of the window."""

    kernel: Pair
    rounding: Rounded
    stride: Stride
    padding: Padding = (0, 0, 0, 0)
    dilation: Pair = (1, 1)

    params = no_params
    channels = kept
    dilated = window_dilated

    def __new__(cls, *args: Any, **attributes: Any) -> Any:
        return super().__new__(cls, *args, **attributes if len(args) > 1 else unrounded(attributes))

    def out(self, x: Shape) -> Shape:
        rows, columns = self.positions(x)
        return x[0], rows, columns


@op("max_pool2d")
class MaxPool2d(Pool):
    """The largest element of each window: one comparison fewer than the window has elements."""

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"comparisons": _BUT_ONE}

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(comparisons=prod(out) * (prod(self.kernel) - 1))


@op("avg_pool2d")
class AvgPool2d(Pool):
    """The mean of each window: its sum, then one division.

    Where one window is the whole map at native input, it is a global pool written with its size.
    """

    sized = True

    def ends_map(self, *native: Shape | None) -> bool:
        x = native[0]
        if x is None or len(x) != 3 or self.kernel == (1, 1) or self.dilation != (1, 1):
            return False
        return self.kernel == x[1:] and not any(self.sliding.pads(*x[1:]))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"adds": _BUT_ONE}

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(adds=prod(out) * (prod(self.kernel) - 1), divisions=prod(out))


@op("subsample2d")
class Subsample2d(Op):
    """Trainable subsampling: the sum of a window times a coefficient plus a bias, one of each
    per map (lecun1998, section II.B: layers S2 and S4)."""

    kernel: Pair
    stride: Pair
    rounding: Rounding = "floor"

    channels = kept

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        return (channels, *self.window(x).slide(height, width))

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        return (Tensor("coefficient", WEIGHT, (x[0],)), Tensor("bias", BIAS, (x[0],)))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"coefficient": "channels", "bias": "channels", "adds": _BUT_ONE}

    def work(self, out: Shape, x: Shape) -> Work:
        elements = prod(out)
        return Work(bias_adds=elements, adds=elements * (prod(self.kernel) - 1), muls=elements)

    def window(self, x: Shape) -> Window:
        return Window(self.kernel, self.stride, rounding=self.rounding)


class GlobalPool(Op):
    """One value for each channel, whatever the size of the map (lin2014, section 3.2)."""

    ends_map = whatever_size
    params = no_params
    channels = kept

    def out(self, x: Shape) -> Shape:
        return (image(self, x)[0], 1, 1)

    def window(self, x: Shape) -> Window:
        _, height, width = image(self, x)
        return Window(kernel=(height, width))


@op("global_avg_pool2d")
class GlobalAvgPool2d(GlobalPool):
    """The mean of each map: its sum, then one division."""

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"adds": "channels · (height · width − 1)"}

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(adds=prod(x) - x[0], divisions=x[0])


@op("global_max_pool2d")
class GlobalMaxPool2d(GlobalPool):
    """The largest element of each map."""

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"comparisons": "channels · (height · width − 1)"}

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(comparisons=prod(x) - x[0])


@op("adaptive_avg_pool2d")
class AdaptiveAvgPool2d(Op):
    """Means over a grid of `bins`, whatever the size of the map (PyTorch's AdaptiveAvgPool2d).

    Bin i of b on an axis of n spans floor(i n / b) up to, not including, ceil((i + 1) n / b):
    bins overlap where b does not divide n.
    """

    bins: Pair

    ends_map = whatever_size
    params = no_params
    channels = kept

    def out(self, x: Shape) -> Shape:
        return (image(self, x)[0], *self.bins)

    def work(self, out: Shape, x: Shape) -> Work:
        read = x[0] * spanned(x[1], self.bins[0]) * spanned(x[2], self.bins[1])
        return Work(adds=read - prod(out), divisions=prod(out))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {
            "out_height": "bins_h",
            "out_width": "bins_w",
            "adds": f"channels · {SPANNED} − out_channels · out_height · out_width",
        }

    def window(self, x: Shape) -> Window | Unbounded:
        _, height, width = image(self, x)
        if height % self.bins[0] or width % self.bins[1]:
            return Unbounded(
                f"bins of unequal size: {height}×{width} pooled to {self.bins[0]}×{self.bins[1]}"
            )
        cell = (height // self.bins[0], width // self.bins[1])
        return Window(kernel=cell, stride=cell)


def spanned(size: int, bins: int) -> int:
    """How many elements the bins over an axis have together. An element on which two bins meet is
    in both, and all of their bins - 1 borders fall on one but the gcd - 1 between two elements."""
    return size + bins - gcd(size, bins)


#: The elements that a grid of bins has together on one channel, in the words of a formula.
SPANNED = "(height + bins_h − gcd(height, bins_h)) · (width + bins_w − gcd(width, bins_w))"

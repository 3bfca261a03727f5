"""The one window routine: how a kernel slides over a map. Convolution, pooling and all the rest.

Rules (n input extent, k kernel, s stride, d dilation, p padding before and after):
    effective kernel   e = k + (k - 1)(d - 1)
    explicit, floor    out = floor((n + p_before + p_after - e) / s) + 1
    explicit, ceil     out = ceil(...) + 1, less one where the last window would start at or
                       beyond n + p_before (Caffe's pooling, PyTorch's ceil_mode); the last
                       window may hang over the end, also where it is the only one
    same               out = ceil(n / s); padding max((out - 1)s + e - n, 0) in all, the
                       smaller half before (TensorFlow)
    valid              out = ceil((n - e + 1) / s), no padding (TensorFlow)
"""

from __future__ import annotations

from typing import NamedTuple

from archdb.errors import ShapeError
from archdb.model.attributes import Pads


class Window(NamedTuple):
    """A kernel, its stride, padding, dilation and rounding; pairs are (height, width)."""

    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: Pads | str = (0, 0, 0, 0)
    dilation: tuple[int, int] = (1, 1)
    rounding: str = "floor"

    @property
    def extent(self) -> tuple[int, int]:
        """The effective kernel: input positions from the first to the last one it touches."""
        (kernel_h, kernel_w), (dilation_h, dilation_w) = self.kernel, self.dilation
        return (kernel_h - 1) * dilation_h + 1, (kernel_w - 1) * dilation_w + 1

    def pads(self, height: int, width: int) -> Pads:
        """The concrete padding (top, bottom, left, right) on a map of this size."""
        if not isinstance(self.padding, str):
            return self.padding
        if self.padding == "valid":
            return 0, 0, 0, 0
        top, bottom = _same(height, self.extent[0], self.stride[0])
        left, right = _same(width, self.extent[1], self.stride[1])
        return top, bottom, left, right

    def slide(self, height: int, width: int) -> tuple[int, int]:
        """Output (height, width); raises ShapeError where the window does not fit the map."""
        top, bottom, left, right = self.pads(height, width)
        (extent_h, extent_w), (stride_h, stride_w) = self.extent, self.stride
        rows = (height + top + bottom - extent_h) // stride_h + 1
        columns = (width + left + right - extent_w) // stride_w + 1
        if self.rounding == "ceil" and not isinstance(self.padding, str):  # modes are floored
            rows = _ceiled(height + top, bottom - extent_h, stride_h)
            columns = _ceiled(width + left, right - extent_w, stride_w)
        if rows < 1 or columns < 1:
            raise ShapeError(
                f"a {extent_h}×{extent_w} window does not fit the {height}×{width} map"
                f" (padding top {top}, bottom {bottom}, left {left}, right {right})",
                remedy="use a larger input, or a smaller window or more padding in the layer",
            )
        return rows, columns


def _ceiled(before_end: int, rest: int, stride: int) -> int:
    """How many times a window stands that may hang over, of which the last begins before the end:
    `rest` is the padding behind it less the window's extent."""
    count = -(-(before_end + rest) // stride) + 1
    return count - 1 if (count - 1) * stride >= before_end else count


def _same(size: int, extent: int, stride: int) -> tuple[int, int]:
    total = max((-(-size // stride) - 1) * stride + extent - size, 0)
    return total // 2, total - total // 2


#: An op that looks at one position of the map at a time.
POINT = Window()


class Unbounded(NamedTuple):
    """In place of a window: why an output's receptive field is not one window of the input.

    `pads` is the padding that the op states all the same (a transposed convolution's).
    """

    reason: str
    pads: Pads = (0, 0, 0, 0)


#: Receptive fields are those of images.
NO_MAP = Unbounded("a sequence has no height and width")

#: Behind upsampling, outputs between two input positions see different windows.
UPSAMPLED = Unbounded("behind upsampling the field depends on the position")

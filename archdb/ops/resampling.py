"""Maxima put back where they were found, and regions of a map in bins."""

from math import prod

from archdb.errors import ShapeError
from archdb.model.attributes import Pair, Sides
from archdb.model.shape import Shape, pretty
from archdb.model.window import UPSAMPLED, Unbounded
from archdb.ops.base import Op, Work, image, no_params, no_work, op, whatever_size
from archdb.ops.explained import Formulas
from archdb.ops.pooling import SPANNED, spanned
from archdb.ops.rewritable import kept


@op("max_unpool2d")
class MaxUnpool2d(Op):
    """Each element back to where its maximum was found; zeros elsewhere (badrinarayanan2017).

    The second input is the pool that found the maxima. It does not tell the size of what it
    pooled where it rounds up; `size` does (Caffe-SegNet: upsample_h, upsample_w). Without it the
    windows are complete: (n - 1) stride + kernel - padding.
    """

    arity = (2, 2)
    kernel: Pair
    stride: Pair
    padding: Sides = (0, 0, 0, 0)
    size: Pair = None  # type: ignore[assignment]

    params = no_params
    work = no_work
    channels = kept

    def out(self, *inputs: Shape) -> Shape:
        x, pool = inputs
        image(self, x)
        if x != pool:
            raise ShapeError(f"{pretty(x)} cannot go back to where {pretty(pool)} came from")
        full = tuple(map(self._full, x[1:], (0, 1)))
        size = self.size or full
        if min(size) < 1 or any(
            abs(n - m) >= step for n, m, step in zip(size, full, self.stride, strict=True)
        ):
            raise ShapeError(
                f"no such pool of {pretty(size)} gives {pretty(x[1:])}",
                remedy=f"the size must be near {pretty(full)}",
            )
        return (x[0], *size)

    def formulas(self, *inputs: Shape) -> Formulas:
        if self.size:
            return {"out_height": "size_h", "out_width": "size_w"}
        return {
            "out_height": "(height − 1) · stride_h + kernel_h − pad_top − pad_bottom",
            "out_width": "(width − 1) · stride_w + kernel_w − pad_left − pad_right",
        }

    def _full(self, count: int, axis: int) -> int:
        padding = sum(self.padding[2 * axis : 2 * axis + 2])
        return (count - 1) * self.stride[axis] + self.kernel[axis] - padding

    def window(self, *inputs: Shape) -> Unbounded:
        return UPSAMPLED._replace(pads=self.padding)


@op("psroi_pool2d")
class PsRoiPool2d(Op):
    """Position-sensitive pooling of regions (dai2016): bin (i, j) of a region averages its own
    group of channels. The second input is a region, a vector. Shapes are those of one region, and
    the work that of the largest one, the whole map, in bins as adaptive_avg_pool2d has them."""

    arity = (2, 2)
    bins: Pair

    ends_map = whatever_size
    params = no_params

    def out(self, *inputs: Shape) -> Shape:
        channels = image(self, inputs[0])[0]
        if len(inputs[1]) != 1:
            raise ShapeError(f"needs a vector as its region, got {pretty(inputs[1])}")
        if channels % prod(self.bins):
            raise ShapeError(f"{channels} channels do not divide into {prod(self.bins)} bins")
        return (channels // prod(self.bins), *self.bins)

    def work(self, out: Shape, *inputs: Shape) -> Work:
        _, height, width = inputs[0]
        read = out[0] * spanned(height, self.bins[0]) * spanned(width, self.bins[1])
        return Work(adds=read - prod(out), divisions=prod(out))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {
            "out_channels": "channels/(bins_h · bins_w)",
            "out_height": "bins_h",
            "out_width": "bins_w",
            "adds": f"out_channels · {SPANNED} − out_channels · out_height · out_width",
        }

    def window(self, *inputs: Shape) -> Unbounded:
        return Unbounded("a region is chosen by the data")

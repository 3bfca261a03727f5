"""Ops that move, drop, repeat or interpolate elements."""

from math import prod
from typing import Annotated

from archdb.errors import DefinitionError, ShapeError
from archdb.ops.attributes import Count, Offset, Pair, Sides, Size, choice
from archdb.ops.base import Op, Work, image, no_params, no_work, op, point, same_shape
from archdb.ops.shape import Shape, pretty
from archdb.ops.window import UPSAMPLED, Unbounded, Window

Interpolation = Annotated[str, choice("nearest", "bilinear")]


@op("pad2d")
class Pad2d(Op):
    """Zeros around a map, as a layer of its own."""

    padding: Sides

    params = no_params
    work = no_work

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        return (channels, *self.window(x).slide(height, width))

    def window(self, x: Shape) -> Window:
        return Window(padding=self.padding)


@op("pad_channels")
class PadChannels(Op):
    """Zero maps before and after the channels (he2016, option A: shortcuts without parameters)."""

    before: Size = 0
    after: Size = 0

    params = no_params
    work = no_work
    window = point

    def out(self, x: Shape) -> Shape:
        return (self.before + x[0] + self.after, *x[1:])


@op("slice_channels")
class SliceChannels(Op):
    """The channels from `start` up to, not including, `stop` (ma2018: channel split)."""

    start: Size = 0
    stop: Count

    params = no_params
    work = no_work
    window = point

    def out(self, x: Shape) -> Shape:
        if not self.start < self.stop <= x[0]:
            raise ShapeError(f"cannot take channels {self.start} to {self.stop} of {x[0]}")
        return (self.stop - self.start, *x[1:])


@op("channel_shuffle")
class ChannelShuffle(Op):
    """Channels dealt out anew over the groups (zhang2018, Figure 1)."""

    groups: Count

    out = same_shape
    params = no_params
    work = no_work
    window = point

    def check(self) -> None:
        if self.groups < 2:
            raise DefinitionError(f"'groups' must be 2 or more, got {self.groups}").at(self.name)


@op("crop2d")
class Crop2d(Op):
    """A map cut to the size of a second one (Caffe's Crop; ronneberger2015)."""

    arity = (2, 2)

    params = no_params
    work = no_work

    def out(self, *inputs: Shape) -> Shape:
        x, like = inputs
        if x[1] < like[1] or x[2] < like[2]:
            raise ShapeError(f"cannot cut {pretty(x)} to the size of {pretty(like)}")
        return (x[0], *like[1:])

    def window(self, *inputs: Shape) -> Unbounded:
        return Unbounded("behind a crop the field depends on where it cuts")


@op("resize2d")
class Resize2d(Op):
    """A map interpolated to `scale` times its size, or to the size of a second input.

    Bilinear: four products and three additions for each output element; nearest: none.
    """

    arity = (1, 2)
    how: Interpolation
    scale: Pair = None  # type: ignore[assignment]

    params = no_params

    def out(self, *inputs: Shape) -> Shape:
        channels, height, width = image(self, inputs[0])
        if (self.scale is None) == (len(inputs) == 1):
            raise ShapeError("needs either a scale or a second input that gives the size")
        if len(inputs) == 2:
            return (channels, *inputs[1][1:])
        return (channels, height * self.scale[0], width * self.scale[1])

    def work(self, out: Shape, *inputs: Shape) -> Work:
        if self.how == "nearest":
            return Work()
        return Work(muls=4 * prod(out), adds=3 * prod(out))

    def window(self, *inputs: Shape) -> Unbounded:
        return UPSAMPLED


@op("max_unpool2d")
class MaxUnpool2d(Op):
    """Each element back to where the maximum was found; zeros elsewhere (badrinarayanan2017).
    The second input is the map that was pooled: it gives the size."""

    arity = (2, 2)
    kernel: Pair
    stride: Pair
    padding: Offset = (0, 0)

    params = no_params
    work = no_work

    def out(self, *inputs: Shape) -> Shape:
        x, pooled = inputs
        if x[0] != pooled[0]:
            raise ShapeError(f"{x[0]} channels cannot go back to where {pooled[0]} came from")
        return pooled

    def window(self, *inputs: Shape) -> Unbounded:
        return UPSAMPLED


@op("psroi_pool2d")
class PsRoiPool2d(Op):
    """Position-sensitive pooling of regions (dai2016): bin (i, j) of a region averages its own
    group of channels. The second input is a region; shapes are those of one region, and the work
    that of the largest one, the whole map."""

    arity = (2, 2)
    bins: Pair

    params = no_params

    def out(self, *inputs: Shape) -> Shape:
        channels = image(self, inputs[0])[0]
        if channels % prod(self.bins):
            raise ShapeError(f"{channels} channels do not divide into {prod(self.bins)} bins")
        return (channels // prod(self.bins), *self.bins)

    def work(self, out: Shape, *inputs: Shape) -> Work:
        _, height, width = inputs[0]
        return Work(adds=out[0] * height * width - prod(out), divisions=prod(out))

    def window(self, *inputs: Shape) -> Unbounded:
        return Unbounded("a region is chosen by the data")

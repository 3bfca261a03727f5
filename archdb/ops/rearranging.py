"""Positions turned into channels and back: patches, blocks of pixels."""

from __future__ import annotations

from math import prod

from archdb.errors import ShapeError
from archdb.model.attributes import Count, Padding, Pair
from archdb.model.shape import CHANNEL, SEQUENCE, Shape, named, pretty
from archdb.model.window import NO_MAP, UPSAMPLED, Unbounded, Window
from archdb.ops.base import Op, Work, image, no_params, no_work, op
from archdb.ops.explained import Formulas, Stated
from archdb.ops.moving import Moving


@op("pixel_shuffle")
class PixelShuffle(Moving):
    """Blocks of `factor` by `factor` channels spread over as many pixels (shi2016)."""

    factor: Count

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        if channels % self.factor**2:
            raise ShapeError(f"{channels} channels do not divide into {self.factor}² pixels")
        return (channels // self.factor**2, height * self.factor, width * self.factor)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {
            "out_channels": "channels/(factor · factor)",
            "out_height": "height · factor",
            "out_width": "width · factor",
        }

    def window(self, x: Shape) -> Unbounded:
        return UPSAMPLED


@op("pixel_unshuffle")
class PixelUnshuffle(Moving):
    """Blocks of `factor` by `factor` pixels as so many channels: space to depth, Darknet's reorg
    (redmon2017), which orders them in another way."""

    factor: Count

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        if height % self.factor or width % self.factor:
            raise ShapeError(
                f"{height}×{width} pixels do not divide into {self.factor}×{self.factor}"
            )
        return (channels * self.factor**2, height // self.factor, width // self.factor)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {
            "out_channels": "channels · factor · factor",
            "out_height": "height/factor",
            "out_width": "width/factor",
        }

    def window(self, x: Shape) -> Window:
        return Window((self.factor, self.factor), (self.factor, self.factor))


class Patches(Op):
    """Shared by what takes a map apart into the patches of a window and puts it together."""

    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0, 0, 0)
    dilation: Pair = (1, 1)

    params = no_params

    def sliding(self) -> Window:
        """The window."""
        return Window(self.kernel, self.stride, self.padding, self.dilation)


@op("unfold")
class Unfold(Patches):
    """The patches of a window side by side (im2col): for each position of the window all that it
    reads, channels × positions, the channels first (PyTorch's Unfold)."""

    work = no_work

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        positions = prod(self.sliding().slide(height, width))
        return named((channels * prod(self.kernel), positions), (CHANNEL, SEQUENCE))

    def formulas(self, *inputs: Shape) -> Formulas:
        rows, columns = self.sliding().slide(*inputs[0][1:])
        return {
            "axis_0": "channels · kernel_h · kernel_w",
            "axis_1": Stated("rows · columns of the window", f"{rows}·{columns}"),
        }

    def window(self, x: Shape) -> Unbounded:
        return NO_MAP._replace(pads=self.sliding().pads(*x[1:]))


@op("fold")
class Fold(Patches):
    """Patches put together to a map of `size`, and added where they overlap (col2im): one addition
    for each element of a patch."""

    size: Pair

    def out(self, x: Shape) -> Shape:
        if len(x) != 2:
            raise ShapeError(f"needs patches, channels×positions, got {pretty(x)}")
        taps, positions = prod(self.kernel), prod(self.sliding().slide(*self.size))
        if x[0] % taps or x[1] != positions:
            raise ShapeError(
                f"{pretty(x)} are no patches of {pretty(self.kernel)} at {positions} positions"
            )
        return (x[0] // taps, *self.size)

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(adds=prod(x))

    def formulas(self, *inputs: Shape) -> Formulas:
        taps = prod(self.kernel)
        return {
            "out_channels": Stated("channels/(kernel_h · kernel_w)", f"{inputs[0][0]}/{taps}"),
            "out_height": "size_h",
            "out_width": "size_w",
            "adds": "in_elements",
        }

    def window(self, x: Shape) -> Unbounded:
        return UPSAMPLED._replace(pads=self.sliding().pads(*self.size))

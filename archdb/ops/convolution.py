"""Convolutions: the layers whose kernels slide over a map and sum over channels."""

from math import prod

from archdb.errors import DefinitionError, ShapeError
from archdb.ops.attributes import Count, Flag, Offset, Padding, Pair, Rounding, Sides, Table
from archdb.ops.base import BIAS, BUFFER, WEIGHT, Gemm, Op, Tensor, Work, image, op
from archdb.ops.shape import Shape
from archdb.ops.window import UPSAMPLED, Unbounded, Window


class Sliding(Op):
    """Shared by all convolutions: one window, one weight tensor, an optional bias per map."""

    filters: Count
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0, 0, 0)
    dilation: Pair = (1, 1)
    rounding: Rounding = "floor"
    bias: Flag = True

    def out(self, x: Shape) -> Shape:
        _, height, width = image(self, x)
        return (self.filters, *self.window(x).slide(height, width))

    def window(self, x: Shape) -> Window:
        return Window(self.kernel, self.stride, self.padding, self.dilation, self.rounding)

    def weight(self, x: Shape) -> Tensor:
        raise NotImplementedError

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        bias = (Tensor("bias", BIAS, (self.filters,)),) if self.bias else ()
        return (self.weight(x), *bias)

    def work(self, out: Shape, x: Shape) -> Work:
        """Each weight is used once at each output position."""
        macs = prod(self.weight(x).shape) * out[1] * out[2]
        return Work(macs=macs, bias_adds=prod(out) if self.bias else 0)


@op("conv2d")
class Conv2d(Sliding):
    """Convolution (cross-correlation) over a map, optionally in groups (AlexNet: 2).

    Weights are (filters, channels / groups, kernel_h, kernel_w): each filter sums over the
    channels of its group only. `groups` equal to the channels is a depthwise convolution.
    """

    groups: Count = 1

    def weight(self, x: Shape) -> Tensor:
        channels = x[0]
        if channels % self.groups or self.filters % self.groups:
            raise ShapeError(
                f"{channels} channels and {self.filters} filters do not divide"
                f" into {self.groups} groups"
            )
        return Tensor("weight", WEIGHT, (self.filters, channels // self.groups, *self.kernel))

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        filters, *patch = self.weight(inputs[0]).shape
        return Gemm(m=out[1] * out[2], n=filters // self.groups, k=prod(patch))


@op("partial_conv2d")
class PartialConv2d(Sliding):
    """Convolution in which each output map reads its own subset of the input maps.

    `connections` lists, for each filter, the input maps it reads, counted from 0; one kernel
    for each connection and one bias for each filter (lecun1998, Table I: layer C3).
    """

    connections: Table

    def check(self) -> None:
        if len(self.connections) != self.filters:
            raise DefinitionError(
                f"'connections' has {len(self.connections)} rows for {self.filters} filters"
            ).at(self.name)

    def weight(self, x: Shape) -> Tensor:
        highest = max(max(row) for row in self.connections)
        if highest >= x[0]:
            raise ShapeError(f"a connection reads map {highest}, the input has {x[0]} maps")
        return Tensor("weight", WEIGHT, (sum(map(len, self.connections)), *self.kernel))


@op("depthwise_conv2d")
class DepthwiseConv2d(Op):
    """Convolution of each channel by itself, `multiplier` filters each, with no sum over
    channels (chollet2017, howard2017): weights (channels * multiplier, 1, kernel_h, kernel_w)."""

    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0, 0, 0)
    dilation: Pair = (1, 1)
    rounding: Rounding = "floor"
    multiplier: Count = 1
    bias: Flag = True

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        return (channels * self.multiplier, *self.window(x).slide(height, width))

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        filters = x[0] * self.multiplier
        bias = (Tensor("bias", BIAS, (filters,)),) if self.bias else ()
        return (Tensor("weight", WEIGHT, (filters, 1, *self.kernel)), *bias)

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(macs=prod(out) * prod(self.kernel), bias_adds=prod(out) if self.bias else 0)

    def window(self, x: Shape) -> Window:
        return Window(self.kernel, self.stride, self.padding, self.dilation, self.rounding)

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        return Gemm(m=out[1] * out[2], n=self.multiplier, k=prod(self.kernel))


@op("locally_connected2d")
class LocallyConnected2d(Sliding):
    """Convolution without weight sharing: filters and biases of their own at each position."""

    def weight(self, x: Shape) -> Tensor:
        filters, height, width = self.out(x)
        return Tensor("weight", WEIGHT, (height, width, filters, x[0], *self.kernel))

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        bias = (Tensor("bias", BIAS, self.out(x)),) if self.bias else ()
        return (self.weight(x), *bias)

    def work(self, out: Shape, x: Shape) -> Work:
        """Each weight is used once."""
        return Work(macs=prod(self.weight(x).shape), bias_adds=prod(out) if self.bias else 0)


@op("conv_transpose2d")
class ConvTranspose2d(Op):
    """Transposed convolution ('deconvolution', long2015): each input element spreads a kernel
    over the output, out = (in - 1) stride + effective kernel - padding + output_padding.

    Weights are (channels, filters / groups, kernel_h, kernel_w), each used once at each input
    position, what is cut off by padding included. `fixed`: the kernel is not trained (bilinear
    upsampling) and counts as a buffer.
    """

    filters: Count
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Sides = (0, 0, 0, 0)
    output_padding: Offset = (0, 0)
    dilation: Pair = (1, 1)
    groups: Count = 1
    bias: Flag = True
    fixed: Flag = False

    def check(self) -> None:
        for more, stride, dilation in zip(
            self.output_padding, self.stride, self.dilation, strict=True
        ):
            if more >= max(stride, dilation):
                raise DefinitionError(
                    f"'output_padding' must be less than stride or dilation, got {more}"
                ).at(self.name)

    def out(self, x: Shape) -> Shape:
        _, height, width = image(self, x)
        top, bottom, left, right = self.padding
        extent = Window(kernel=self.kernel, dilation=self.dilation).extent
        size = (
            (height - 1) * self.stride[0] + extent[0] - top - bottom + self.output_padding[0],
            (width - 1) * self.stride[1] + extent[1] - left - right + self.output_padding[1],
        )
        if min(size) < 1:
            raise ShapeError(f"padding {self.padding} leaves nothing of the {height}×{width} map")
        return (self.filters, *size)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        if x[0] % self.groups or self.filters % self.groups:
            raise ShapeError(
                f"{x[0]} channels and {self.filters} filters do not divide"
                f" into {self.groups} groups"
            )
        shape = (x[0], self.filters // self.groups, *self.kernel)
        weight = Tensor("weight", BUFFER if self.fixed else WEIGHT, shape)
        return (weight, Tensor("bias", BIAS, (self.filters,))) if self.bias else (weight,)

    def work(self, out: Shape, x: Shape) -> Work:
        macs = prod(x) * (self.filters // self.groups) * prod(self.kernel)
        return Work(macs=macs, bias_adds=prod(out) if self.bias else 0)

    def window(self, x: Shape) -> Unbounded:
        return UPSAMPLED._replace(pads=self.padding)

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        """Every input position times the whole kernel, before col2im adds what overlaps."""
        channels, height, width = inputs[0]
        spread = self.filters // self.groups * prod(self.kernel)
        return Gemm(m=height * width, n=spread, k=channels // self.groups)

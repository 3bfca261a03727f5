"""Convolutions: the layers whose kernels slide over a map and sum over channels."""

from math import prod

from archdb.errors import DefinitionError, ShapeError
from archdb.ops.attributes import Count, Flag, Padding, Pair, Rounding, Table
from archdb.ops.base import BIAS, WEIGHT, Gemm, Op, Tensor, Work, image, op
from archdb.ops.shape import Shape
from archdb.ops.window import Window


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

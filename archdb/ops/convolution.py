"""Convolutions: the layers whose kernels slide over a map and sum over channels."""

from collections.abc import Sequence
from math import prod
from typing import Any

from archdb.errors import DefinitionError, ShapeError
from archdb.model.attributes import Count, Flag, Padding, Pair, Rounding, Table
from archdb.model.shape import Shape
from archdb.model.window import Window
from archdb.ops.base import BIAS, WEIGHT, Gemm, Op, Tensor, Work, op
from archdb.ops.explained import Formulas, Stated, applied_kernels
from archdb.ops.given import Given
from archdb.ops.rewritable import Origin, count, stated_by, whatever_arrives, window_dilated
from archdb.ops.windowed import Windowed


class Sliding(Windowed):
    """Shared by all convolutions: one window, one weight tensor, an optional bias per map."""

    filters: Count
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0, 0, 0)
    dilation: Pair = (1, 1)
    rounding: Rounding = "floor"
    bias: Flag = True

    channels = stated_by("filters")
    dilated = window_dilated

    def out(self, x: Shape, *read: Shape) -> Shape:
        rows, columns = self.positions(x)
        return self.filters, rows, columns

    def kernels(self, x: Shape) -> Shape:
        """The shape of the weight."""
        raise NotImplementedError

    def weight(self, x: Shape) -> Tensor:
        return Tensor("weight", WEIGHT, self.kernels(x))

    def params(self, x: Shape, *read: Shape) -> tuple[Tensor, ...]:
        bias = (Tensor("bias", BIAS, (self.filters,)),) if self.bias else ()
        return (self.weight(x), *bias)

    def work(self, out: Shape, x: Shape, *read: Shape) -> Work:
        """Each weight is used once at each output position."""
        return Work(prod(self.kernels(x)) * out[1] * out[2], prod(out) if self.bias else 0)


@op("conv2d")
class Conv2d(Given, Sliding):
    """Convolution (cross-correlation) over a map, optionally in groups (AlexNet: 2).

    Weights are (filters, channels / groups, kernel_h, kernel_w): each filter sums over the
    channels of its group only. `groups` equal to the channels is a depthwise convolution.
    `kernel_input`: the second input is the kernel, `bias_input`: the last one the bias; they
    are worked out by other layers, whose parameters they are.
    """

    groups: Count = 1

    def kernels(self, x: Shape) -> Shape:
        if x[0] % self.groups or self.filters % self.groups:
            raise ShapeError(
                f"{x[0]} channels and {self.filters} filters do not divide"
                f" into {self.groups} groups"
            )
        return (self.filters, x[0] // self.groups, *self.kernel)

    def out(self, x: Shape, *read: Shape) -> Shape:
        rows, columns = self.positions(x)
        if read:
            self.check_read(read, self.weight(x), self.filters)
        return self.filters, rows, columns

    def params(self, x: Shape, *read: Shape) -> tuple[Tensor, ...]:
        return self.own(self.weight(x), self.filters)

    def formulas(self, *inputs: Shape) -> Formulas:
        channels = "channels" if self.groups == 1 else "(channels/groups)"
        return {
            "out_channels": "filters",
            "bias": "filters",
            "weight": f"filters · {channels} · kernel_h · kernel_w",
            **applied_kernels("out_height · out_width", "filters", channels),
            "gemm_m": "out_height · out_width",
            "gemm_k": f"{channels} · kernel_h · kernel_w",
            "gemm_n": "filters" if self.groups == 1 else "filters/groups",
        }

    def tensorflow(self, *inputs: Shape) -> Shape:
        filters, channels, *kernel = self.kernels(inputs[0])
        return (*kernel, channels, filters)

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        filters, *patch = self.kernels(inputs[0])
        return Gemm(out[1] * out[2], filters // self.groups, prod(patch))

    def depthwise(self, x: Shape) -> bool:
        """Whether each filter reads one channel."""
        return 1 < self.groups == x[0]

    def channels(self, *inputs: Shape) -> Origin:
        if not self.depthwise(inputs[0]):
            return "filters"
        return (0,) if self.filters == self.groups else ()

    def adapted(self, old: tuple[Shape, ...], new: tuple[Shape, ...]) -> Any:
        was, now = old[0][0], new[0][0]
        if self.given and list(map(count, old)) != list(map(count, new)):
            raise ShapeError("reads weights that are worked out")
        if not self.depthwise(old[0]):
            return self
        return self.like(filters=self.filters // was * now, groups=now)

    def chain(self, windows: Sequence[Window]) -> tuple[Op, ...]:
        if self.given:
            return ()
        return tuple(self.like(**window._asdict()) for window in windows)

    def separated(self) -> tuple[Op, ...]:
        """The bias goes to the sum over channels, as in Keras's SeparableConv2D."""
        if self.groups > 1 or self.given:
            return ()
        depthwise = DepthwiseConv2d(**self.sliding._asdict(), bias=False)
        return depthwise, Conv2d(filters=self.filters, kernel=1, bias=self.bias)


@op("partial_conv2d")
class PartialConv2d(Sliding):
    """Convolution in which each output map reads its own subset of the input maps.

    `connections` lists, for each filter, the input maps it reads, counted from 0; one kernel
    for each connection and one bias for each filter (lecun1998, Table I: layer C3).
    """

    connections: Table

    def channels(self, *inputs: Shape) -> Origin:
        return ()  # the table has a row for each filter

    def check(self) -> None:
        if len(self.connections) != self.filters:
            raise DefinitionError(
                f"'connections' has {len(self.connections)} rows for {self.filters} filters"
            ).at(self.name)

    def kernels(self, x: Shape) -> Shape:
        highest = max(max(row) for row in self.connections)
        if highest >= x[0]:
            raise ShapeError(f"a connection reads map {highest}, the input has {x[0]} maps")
        return (sum(map(len, self.connections)), *self.kernel)

    def formulas(self, *inputs: Shape) -> Formulas:
        read = list(map(len, self.connections))
        return {
            "out_channels": "filters",
            "bias": "filters",
            "maps_read": Stated("of each filter in turn", " + ".join(map(str, read)), sum(read)),
            "weight": "maps_read · kernel_h · kernel_w",
            **applied_kernels("out_height · out_width", "maps_read", ""),
        }


@op("depthwise_conv2d")
class DepthwiseConv2d(Windowed):
    """Convolution of each channel by itself, `multiplier` filters each, with no sum over
    channels (chollet2017, howard2017): weights (channels * multiplier, 1, kernel_h, kernel_w)."""

    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0, 0, 0)
    dilation: Pair = (1, 1)
    rounding: Rounding = "floor"
    multiplier: Count = 1
    bias: Flag = True

    dilated = window_dilated
    adapted = whatever_arrives

    def channels(self, *inputs: Shape) -> Origin:
        return (0,) if self.multiplier == 1 else ()

    def chain(self, windows: Sequence[Window]) -> tuple[Op, ...]:
        multipliers = [self.multiplier, *[1] * (len(windows) - 1)]
        pairs = zip(windows, multipliers, strict=True)
        return tuple(self.like(**window._asdict(), multiplier=m) for window, m in pairs)

    def out(self, x: Shape) -> Shape:
        rows, columns = self.positions(x)
        return x[0] * self.multiplier, rows, columns

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        filters = x[0] * self.multiplier
        bias = (Tensor("bias", BIAS, (filters,)),) if self.bias else ()
        return (Tensor("weight", WEIGHT, (filters, 1, *self.kernel)), *bias)

    def formulas(self, *inputs: Shape) -> Formulas:
        filters = "channels · multiplier"
        return {
            "out_channels": filters,
            "bias": filters,
            "weight": f"{filters} · kernel_h · kernel_w",
            **applied_kernels("out_height · out_width", filters, ""),
            "gemm_m": "out_height · out_width",
            "gemm_k": "kernel_h · kernel_w",
            "gemm_n": "multiplier",
        }

    def tensorflow(self, *inputs: Shape) -> Shape:
        return (*self.kernel, inputs[0][0], self.multiplier)

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(macs=prod(out) * prod(self.kernel), bias_adds=prod(out) if self.bias else 0)

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        return Gemm(m=out[1] * out[2], n=self.multiplier, k=prod(self.kernel))


@op("locally_connected2d")
class LocallyConnected2d(Sliding):
    """Convolution without weight sharing: filters and biases of their own at each position."""

    def kernels(self, x: Shape) -> Shape:
        filters, height, width = self.out(x)
        return (height, width, filters, x[0], *self.kernel)

    def params(self, x: Shape, *read: Shape) -> tuple[Tensor, ...]:
        bias = (Tensor("bias", BIAS, self.out(x)),) if self.bias else ()
        return (self.weight(x), *bias)

    def formulas(self, *inputs: Shape) -> Formulas:
        neurons = "out_height · out_width · filters"
        return {
            "out_channels": "filters",
            "bias": neurons,
            "weight": f"{neurons} · channels · kernel_h · kernel_w",
            **applied_kernels("out_height · out_width", "filters", "channels"),
        }

    def work(self, out: Shape, x: Shape, *read: Shape) -> Work:
        """Each weight is used once."""
        return Work(macs=prod(self.kernels(x)), bias_adds=prod(out) if self.bias else 0)

"""Layers in which every output reads every input feature."""

from math import prod

from archdb.ops.attributes import Count, Flag
from archdb.ops.base import BIAS, BUFFER, WEIGHT, Gemm, Op, Tensor, Work, no_params, no_work, op
from archdb.ops.shape import Shape
from archdb.ops.window import POINT, Window


def _features(x: Shape) -> int:
    """Features of one position: of the whole map for an image, of one step for a sequence."""
    return x[1] if len(x) == 2 else prod(x)


def _whole_map(self: Op, x: Shape) -> Window:
    """The window that covers the map, as in the equivalent convolution."""
    return Window(kernel=(x[1], x[2])) if len(x) == 3 else POINT


@op("linear")
class Linear(Op):
    """Fully connected layer. An image is flattened first, as Caffe's InnerProduct does; a
    sequence (length, features) is multiplied step by step."""

    units: Count
    bias: Flag = True

    window = _whole_map

    def out(self, x: Shape) -> Shape:
        return (x[0], self.units) if len(x) == 2 else (self.units,)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        weight = Tensor("weight", WEIGHT, (self.units, _features(x)))
        return (weight, Tensor("bias", BIAS, (self.units,))) if self.bias else (weight,)

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(macs=prod(out) * _features(x), bias_adds=prod(out) if self.bias else 0)

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        return Gemm(m=prod(out) // self.units, n=self.units, k=_features(inputs[0]))


@op("rbf")
class Rbf(Op):
    """Euclidean radial basis functions: each unit sums the squared differences between its
    input and a centre (lecun1998, section II.B: the output layer). The centres are fixed by
    hand, so they are buffers, not parameters."""

    units: Count

    window = _whole_map

    def out(self, x: Shape) -> Shape:
        return (self.units,)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        return (Tensor("centre", BUFFER, (self.units, prod(x))),)

    def work(self, out: Shape, x: Shape) -> Work:
        differences = self.units * prod(x)
        return Work(adds=differences + self.units * (prod(x) - 1), muls=differences)


@op("flatten")
class Flatten(Op):
    """The map as one vector of features."""

    params = no_params
    work = no_work
    window = _whole_map

    def out(self, x: Shape) -> Shape:
        return (prod(x),)

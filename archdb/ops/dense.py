"""Layers in which every output reads every input feature."""

from math import prod
from typing import Any

from archdb.errors import ShapeError
from archdb.model.attributes import Count, Flag
from archdb.model.shape import Shape
from archdb.model.window import POINT, Window
from archdb.ops.base import (
    BIAS,
    BUFFER,
    WEIGHT,
    Gemm,
    Op,
    Tensor,
    Work,
    no_params,
    no_work,
    op,
    whatever_size,
)
from archdb.ops.convolution import Conv2d
from archdb.ops.explained import Formulas
from archdb.ops.rewritable import Origin, stated_by, whatever_arrives


def _features(x: Shape) -> int:
    """Features of one position: of the whole map for an image, of one step for a sequence."""
    return x[1] if len(x) == 2 else prod(x)


def _read(x: Shape) -> str:
    """The features of one position, in names."""
    return "channels · height · width" if len(x) == 3 else "features"


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
    ends_map = whatever_size
    channels = stated_by("units")

    def out(self, x: Shape) -> Shape:
        return (x[0], self.units) if len(x) == 2 else (self.units,)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        weight = Tensor("weight", WEIGHT, (self.units, _features(x)))
        return (weight, Tensor("bias", BIAS, (self.units,))) if self.bias else (weight,)

    def formulas(self, *inputs: Shape) -> Formulas:
        read, steps = _read(inputs[0]), "length · " if len(inputs[0]) == 2 else ""
        return {
            "out_length": "length",
            "out_features": "units",
            "bias": "units",
            "weight": f"units · {read}",
            "macs": f"{steps}units · {read}",
            "gemm_m": steps.removesuffix(" · ") or "1",
            "gemm_n": "units",
            "gemm_k": read,
        }

    def tensorflow(self, *inputs: Shape) -> Shape:
        return (_features(inputs[0]), self.units)

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(macs=prod(out) * _features(x), bias_adds=prod(out) if self.bias else 0)

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        return Gemm(m=prod(out) // self.units, n=self.units, k=_features(inputs[0]))

    def as_convolution(self, x: Shape) -> Any:
        """The matrix as kernels of the map's size (long2015, section 3.1)."""
        if len(x) != 3:
            raise ShapeError(f"reads a {'sequence' if len(x) == 2 else 'vector'}, not a map")
        return Conv2d(filters=self.units, kernel=x[1:], bias=self.bias)


@op("rbf")
class Rbf(Op):
    """Euclidean radial basis functions: each unit sums the squared differences between its
    input and a centre (lecun1998, section II.B: the output layer). The centres are fixed by
    hand, so they are buffers, not parameters."""

    units: Count

    window = _whole_map
    ends_map = whatever_size
    channels = stated_by("units")

    def out(self, x: Shape) -> Shape:
        return (self.units,)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        return (Tensor("centre", BUFFER, (self.units, prod(x))),)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {
            "out_features": "units",
            "centre": "units · in_elements",
            "adds": "units · in_elements + units · (in_elements − 1)",
            "muls": "units · in_elements",
        }

    def work(self, out: Shape, x: Shape) -> Work:
        differences = self.units * prod(x)
        return Work(adds=differences + self.units * (prod(x) - 1), muls=differences)


@op("flatten")
class Flatten(Op):
    """The map as one vector of features."""

    flattens = True
    params = no_params
    work = no_work
    window = _whole_map
    ends_map = whatever_size
    adapted = whatever_arrives

    def channels(self, *inputs: Shape) -> Origin:
        return (0,) if prod(inputs[0]) == inputs[0][0] else ()

    def out(self, x: Shape) -> Shape:
        return (prod(x),)

    def formulas(self, *inputs: Shape) -> Formulas:
        whole = {3: "channels · height · width", 2: "length · features", 1: "features"}
        return {"out_features": whole[len(inputs[0])]}

"""Layers in which every output reads every input feature."""

from math import prod
from typing import Any

from archdb.errors import ShapeError
from archdb.model.attributes import Count, Flag
from archdb.model.axes import LaterAxis
from archdb.model.shape import (
    Shape,
    axis_of,
    channel_axis,
    has_channels,
    is_image,
    pretty,
    with_extent,
)
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops.activation import MIXED
from archdb.ops.base import (
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
from archdb.ops.explained import Formulas, Stated, out_axes
from archdb.ops.given import Given
from archdb.ops.moving import beside
from archdb.ops.rewritable import Origin, stated_by, whatever_arrives
from archdb.ops.written import Reshaped, Writing


def _whole_map(self: Op, x: Shape) -> Window:
    """The window that covers the map, as in the equivalent convolution."""
    return Window(kernel=(x[1], x[2])) if is_image(x) else POINT


@op("linear")
class Linear(Given):
    """Fully connected layer. Without `axis` an image is flattened first, as Caffe's InnerProduct
    does, and a sequence (length, features) is multiplied step by step; with it, what is multiplied
    are the vectors along that axis (the last: -1). `kernel_input`: the second input is the matrix,
    `bias_input`: the last one the bias; they are worked out by other layers."""

    units: Count
    bias: Flag = True
    axis: LaterAxis = None  # type: ignore[assignment]

    def flattens_map(self, x: Shape) -> bool:
        """Whether all of an image is one vector."""
        return self.axis is None and is_image(x)

    def along(self, x: Shape) -> int:
        """The axis of the vectors."""
        if self.axis is None and len(x) > 3:
            raise ShapeError(
                f"{pretty(x)} may be multiplied along any axis", remedy="say which: axis"
            )
        return axis_of(x, self.axis)

    def features(self, x: Shape) -> int:
        """The length of the vectors."""
        return prod(x) if self.flattens_map(x) else x[self.along(x)]

    def ends_map(self, *native: Shape | None) -> bool:
        x = native[0]
        return self.axis is None if x is None else self.flattens_map(x)

    def window(self, x: Shape, *read: Shape) -> Window | Unbounded:
        return _whole_map(self, x) if self.flattens_map(x) else beside(x, (self.along(x),), MIXED)

    def channels(self, *inputs: Shape) -> Origin:
        x = inputs[0]
        if self.flattens_map(x) or self.along(x) == _axis_of_channels(x):
            return "units"
        return (0,) if has_channels(x) else ()

    def out(self, x: Shape, *read: Shape) -> Shape:
        self.check_read(read, self.weight(x), self.units)
        if self.flattens_map(x):
            return (self.units,)
        return with_extent(x, self.along(x), self.units)

    def weight(self, x: Shape) -> Tensor:
        return Tensor("weight", WEIGHT, (self.units, self.features(x)))

    def params(self, x: Shape, *read: Shape) -> tuple[Tensor, ...]:
        return self.own(self.weight(x), self.units)

    def formulas(self, *inputs: Shape) -> Formulas:
        x = inputs[0]
        read = "channels · height · width" if self.flattens_map(x) else "features"
        if self.axis is not None or len(x) > 3:
            return self._along_axis(x)
        steps = "length · " if len(x) == 2 else ""
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

    def _along_axis(self, x: Shape) -> Formulas:
        out, features = self.out(x), self.features(x)
        rows = prod(out) // self.units
        return {
            out_axes(out)[self.along(x)]: "units",
            "weight": Stated("units · vector", f"{self.units}·{features}"),
            "bias": "units",
            "macs": Stated("out_elements · vector", f"{prod(out)}·{features}"),
            "gemm_m": Stated("out_elements/units", f"{prod(out)}/{self.units}", rows),
            "gemm_n": "units",
            "gemm_k": Stated("vector", str(features)),
        }

    def tensorflow(self, *inputs: Shape) -> Shape:
        return (self.features(inputs[0]), self.units)

    def work(self, out: Shape, x: Shape, *read: Shape) -> Work:
        return Work(macs=prod(out) * self.features(x), bias_adds=prod(out) if self.bias else 0)

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        return Gemm(m=prod(out) // self.units, n=self.units, k=self.features(inputs[0]))

    def reads_flat(self, x: Shape) -> bool:
        return self.flattens_map(x) or x[self.along(x)] == prod(x)

    def acts_along(self, x: Shape) -> tuple[int, ...] | None:
        return None if self.reads_flat(x) else (self.along(x),)

    @property
    def written_plainly(self) -> bool:
        return self.axis is None

    def writing(self, *inputs: Shape) -> Writing:
        """Along an axis that is said, unless it is one vector that arrives, or a sequence."""
        x = inputs[0]
        if not self.reads_flat(x):
            return Writing(self.turned_to(x, (self.along(x),)))
        out = tuple(self.out(*inputs))
        return Writing(self.like(axis=None), behind=(Reshaped(out),) if len(out) > 1 else ())

    def turned_to(self, x: Shape, axes: tuple[int, ...]) -> Any:
        return self.like(axis=None if (len(x), *axes) == (2, 1) else axes[0])

    def as_convolution(self, x: Shape) -> Any:
        """The matrix as kernels of the map's size (long2015, section 3.1); along the channels of a
        map, as kernels of one position."""
        if not is_image(x):
            raise ShapeError(f"reads a {_SHAPES.get(len(x), 'tensor')}, not a map")
        if self.given:
            raise ShapeError("reads weights that are worked out")
        if self.flattens_map(x):
            return Conv2d(filters=self.units, kernel=x[1:], bias=self.bias)
        if self.along(x) != 0:
            raise ShapeError("is multiplied along another axis than that of channels")
        return Conv2d(filters=self.units, kernel=1, bias=self.bias)


_SHAPES = {1: "vector", 2: "sequence"}


def _axis_of_channels(x: Shape) -> int | None:
    return channel_axis(x) if has_channels(x) else None


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
        return {"out_features": whole.get(len(inputs[0]), "in_elements")}

    def writing(self, *inputs: Shape) -> Writing:
        return Writing(None, behind=(Reshaped((prod(inputs[0]),)),))

"""Transposed convolution along a sequence and over a volume, by the rules of maps."""

from __future__ import annotations

from math import prod
from typing import Annotated, Any

from archdb.errors import DefinitionError
from archdb.model.attributes import Count, Flag, Kind, Offset, Size, kind_of
from archdb.model.shape import Shape
from archdb.model.window import NO_MAP, Unbounded
from archdb.ops.along import Along, Ends, Run, on_map, stepwise
from archdb.ops.base import Gemm, Tensor, Work, op
from archdb.ops.explained import Formulas, Stated
from archdb.ops.rewritable import Origin, stated_by
from archdb.ops.transposed import ConvTranspose2d, reached
from archdb.ops.volume import VOLUME, Volume, volume


def _more(value: Any) -> tuple[int, int]:
    """A number of steps, as a pair whose second is 0."""
    pair = value if isinstance(value, (list, tuple)) else (value, 0)
    if len(pair) != 2 or pair[1] != 0:
        raise ValueError
    return kind_of(Size).parse(pair[0]), 0


More = Annotated[tuple[int, int], Kind("a non-negative integer", _more)]
More3 = Annotated[
    tuple[int, int],
    Kind("a non-negative integer or [depth, height, width]", kind_of(Offset).parse),
]


@op("conv_transpose1d")
class ConvTranspose1d(Along):
    """Transposed convolution along a sequence, as conv_transpose2d is over a map: weights
    (features, filters / groups, kernel), each used once at each step of the input."""

    filters: Count
    kernel: Run
    stride: Run = (1, 1)
    padding: Ends = (0, 0, 0, 0)
    output_padding: More = (0, 0)
    dilation: Run = (1, 1)
    groups: Count = 1
    bias: Flag = True

    planar = ConvTranspose2d

    def __new__(cls, *args: Any, **attributes: Any) -> Any:
        if attributes.get("padding") == "causal":
            raise DefinitionError("'padding' cannot be causal of what spreads steps").at(cls.name)
        return super().__new__(cls, *args, **attributes)

    def window(self, x: Shape) -> Unbounded:
        return NO_MAP._replace(pads=self.planar_op().window(on_map(self, x)).pads)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        weight, *bias = self.planar_op().params(on_map(self, x))
        return (weight._replace(shape=weight.shape[:-1]), *bias)

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        gemm: Gemm = self.planar_op().gemm(on_map(self, out), on_map(self, inputs[0]))
        return gemm

    def sums(self, out: Shape, *inputs: Shape) -> int:
        count: int = self.planar_op().sums(on_map(self, out), on_map(self, inputs[0]))
        return count

    def channels(self, *inputs: Shape) -> Origin:
        return "filters"

    def formulas(self, *inputs: Shape) -> Formulas:
        planar = self.planar_op().formulas(on_map(self, inputs[0]))
        length = planar["out_height"].replace("height", "length")
        filters = "filters" if self.groups == 1 else "(filters/groups)"
        return {
            **stepwise(inputs[0], length, "filters"),
            "bias": "filters",
            "weight": f"features · {filters} · kernel_h",
            "macs": f"length · features · {filters} · kernel_h",
            "gemm_m": "length",
            "gemm_n": f"{filters} · kernel_h",
            "gemm_k": "features" if self.groups == 1 else "features/groups",
        }


@op("conv_transpose3d")
class ConvTranspose3d(Volume):
    """Transposed convolution over a volume, as conv_transpose2d is over a map, along each of its
    axes: weights (channels, filters / groups, kernel_depth, kernel_h, kernel_w), each used once at
    each position of the input."""

    filters: Count
    output_padding: More3 = (0, 0)
    depth_output_padding: Size = 0
    groups: Count = 1
    bias: Flag = True

    channels = stated_by("filters")

    def flat(self) -> Any:
        """The op of maps, over height and width."""
        return ConvTranspose2d(
            self.filters, self.kernel, self.stride, self.padding, self.output_padding,
            self.dilation, self.groups, self.bias,
        )  # fmt: skip

    def deep(self) -> Any:
        """The op of maps along the depth, over a map of width 1."""
        ends = self.padding if isinstance(self.padding, str) else (*self.depth_padding, 0, 0)
        steps = (self.depth_stride, 1)
        return ConvTranspose2d(
            self.filters, (self.depth_kernel, 1), steps, ends, (self.depth_output_padding, 0),
            (self.depth_dilation, 1), self.groups,
        )  # fmt: skip

    def check(self) -> None:
        for planar in (self.flat, self.deep):
            planar()

    def slid(self, x: Shape) -> tuple[int, int, int]:
        channels, depth, height, width = volume(self, x)
        deep, flat = (
            self.deep().out((channels, depth, 1)),
            self.flat().out((channels, height, width)),
        )
        return (deep[1], *flat[1:])

    def out(self, x: Shape) -> Shape:
        return (self.filters, *self.slid(x))

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        channels, _, height, width = volume(self, x)
        weight, *bias = self.flat().params((channels, height, width))
        shape = (*weight.shape[:2], self.depth_kernel, *self.kernel)
        return (weight._replace(shape=shape), *bias)

    def work(self, out: Shape, x: Shape) -> Work:
        macs = prod(x) * (self.filters // self.groups) * self.taps
        return Work(macs=macs, bias_adds=prod(out) if self.bias else 0)

    def window(self, *inputs: Shape) -> Unbounded:
        channels, _, height, width = inputs[0]
        pads = self.flat().window((channels, height, width)).pads
        return VOLUME._replace(pads=pads)

    def formulas(self, *inputs: Shape) -> Formulas:
        filters = "filters" if self.groups == 1 else "(filters/groups)"
        taps = "depth_kernel · kernel_h · kernel_w"
        axes = zip(("out_depth", "out_height", "out_width"), self.slid(*inputs), strict=True)
        return {
            **{name: Stated("as conv_transpose2d, along this axis", "") for name, _ in axes},
            "out_channels": "filters",
            "bias": "filters",
            "weight": f"channels · {filters} · {taps}",
            "macs": f"depth · height · width · channels · {filters} · {taps}",
        }

    def sums(self, out: Shape, *inputs: Shape) -> int:
        """One for each position that any tap of a kernel falls on, cut off or not."""
        sizes = inputs[0][1:]
        kernel = (self.depth_kernel, *self.kernel)
        strides, dilations = (
            (self.depth_stride, *self.stride),
            (self.depth_dilation, *self.dilation),
        )
        axes = zip(sizes, kernel, strides, dilations, strict=True)
        return self.filters * prod(reached(*axis) for axis in axes)

"""Transposed convolution: each input element spreads a kernel over the output."""

from math import gcd, prod
from typing import Any

from archdb.errors import DefinitionError, ShapeError
from archdb.model.attributes import Count, Flag, Offset, Padding, Pair
from archdb.model.shape import Shape
from archdb.model.window import UPSAMPLED, Unbounded, Window
from archdb.ops.base import BIAS, BUFFER, WEIGHT, Gemm, Op, Tensor, Work, image, op
from archdb.ops.explained import Formulas, applied_kernels
from archdb.ops.rewritable import Origin


@op("conv_transpose2d")
class ConvTranspose2d(Op):
    """Transposed convolution ('deconvolution', long2015): each input element spreads a kernel
    over the output, out = (in - 1) stride + effective kernel - padding + output_padding.

    The modes are TensorFlow's and Keras's: what a convolution of that padding would make of the
    output is the input. same: out = in stride; valid: out = in stride, and by how much the
    effective kernel exceeds the stride more. Of an odd padding the larger half is after.

    Weights are (channels, filters / groups, kernel_h, kernel_w), each used once at each input
    position, what is cut off by padding included. `fixed`: the kernel is not trained (bilinear
    upsampling) and counts as a buffer.
    """

    filters: Count
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0, 0, 0)
    output_padding: Offset = (0, 0)
    dilation: Pair = (1, 1)
    groups: Count = 1
    bias: Flag = True
    fixed: Flag = False

    def check(self) -> None:
        if isinstance(self.padding, str) and any(self.output_padding):
            raise DefinitionError(
                f"'output_padding' goes with explicit padding; '{self.padding}' states the size"
            ).at(self.name)
        for more, stride, dilation in zip(
            self.output_padding, self.stride, self.dilation, strict=True
        ):
            if more >= max(stride, dilation):
                raise DefinitionError(
                    f"'output_padding' must be less than stride or dilation, got {more}"
                ).at(self.name)

    def channels(self, *inputs: Shape) -> Origin:
        """A fixed kernel interpolates: each map stays itself."""
        return (0,) if self.fixed and self.filters == inputs[0][0] else "filters"

    def adapted(self, old: tuple[Shape, ...], new: tuple[Shape, ...]) -> Any:
        was, now = old[0][0], new[0][0]
        if self.channels(*old) == "filters":
            return self
        return self.like(filters=now, groups=now if self.groups == was else self.groups)

    def out(self, x: Shape) -> Shape:
        _, height, width = image(self, x)
        size = self._size(height, 0), self._size(width, 1)
        if min(size) < 1:
            raise ShapeError(f"padding {self.padding} leaves nothing of the {height}×{width} map")
        return (self.filters, *size)

    def _size(self, count: int, axis: int) -> int:
        extent, stride = self._convolution().extent[axis], self.stride[axis]
        if isinstance(self.padding, str):
            beyond = max(extent - stride, 0) if self.padding == "valid" else 0
            return count * stride + beyond
        padding = sum(self.padding[2 * axis : 2 * axis + 2])
        return (count - 1) * stride + extent - padding + self.output_padding[axis]

    def _convolution(self) -> Window:
        """The convolution that this is the transpose of."""
        return Window(self.kernel, self.stride, self.padding, self.dilation)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        if x[0] % self.groups or self.filters % self.groups:
            raise ShapeError(
                f"{x[0]} channels and {self.filters} filters do not divide"
                f" into {self.groups} groups"
            )
        shape = (x[0], self.filters // self.groups, *self.kernel)
        weight = Tensor("weight", BUFFER if self.fixed else WEIGHT, shape)
        return (weight, Tensor("bias", BIAS, (self.filters,))) if self.bias else (weight,)

    def formulas(self, *inputs: Shape) -> Formulas:
        filters = "filters" if self.groups == 1 else "(filters/groups)"
        return {
            "out_channels": "filters",
            "bias": "filters",
            "out_height": self._extent("h").format("height", "top", "bottom"),
            "out_width": self._extent("w").format("width", "left", "right"),
            "weight": f"channels · {filters} · kernel_h · kernel_w",
            **applied_kernels("height · width", "channels", filters),
            "gemm_m": "height · width",
            "gemm_n": f"{filters} · kernel_h · kernel_w",
            "gemm_k": "channels" if self.groups == 1 else "channels/groups",
        }

    def _extent(self, axis: str) -> str:
        """How an extent comes about, but for the names of what arrives and of both paddings."""
        extent = f"(kernel_{axis} − 1) · dilation_{axis} + 1"
        if self.padding == "same":
            return f"{{0}} · stride_{axis}"
        if self.padding == "valid":
            return f"{{0}} · stride_{axis} + max({extent} − stride_{axis}, 0)"
        spread = f"({{0}} − 1) · stride_{axis} + {extent}"
        return f"{spread} − pad_{{1}} − pad_{{2}} + output_padding_{axis}"

    def sums(self, out: Shape, *inputs: Shape) -> int:
        """One for each position that any tap of a kernel falls on, cut off or not."""
        _, height, width = inputs[0]
        fallen = (
            reached(*axis)
            for axis in zip((height, width), self.kernel, self.stride, self.dilation, strict=True)
        )
        return self.filters * prod(fallen)

    def tensorflow(self, *inputs: Shape) -> Shape:
        return (*self.kernel, self.filters // self.groups, inputs[0][0])

    def work(self, out: Shape, x: Shape) -> Work:
        macs = prod(x) * (self.filters // self.groups) * prod(self.kernel)
        return Work(macs=macs, bias_adds=prod(out) if self.bias else 0)

    def window(self, x: Shape) -> Unbounded:
        """The padding is what the convolution would add to this op's output."""
        return UPSAMPLED._replace(pads=self._convolution().pads(*self.out(x)[1:]))

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        """Every input position times the whole kernel, before col2im adds what overlaps."""
        channels, height, width = inputs[0]
        spread = self.filters // self.groups * prod(self.kernel)
        return Gemm(m=height * width, n=spread, k=channels // self.groups)


def reached(size: int, kernel: int, stride: int, dilation: int) -> int:
    """How many positions i · stride + t · dilation there are for i < size and t < kernel.

    Two pairs give the same one where i differs by a multiple of dilation / g and t by the same
    multiple of stride / g the other way, g their greatest common divisor; so of the pairs that
    give one position all but the first have a predecessor at just that distance.
    """
    common = gcd(stride, dilation)
    again = max(size - dilation // common, 0) * max(kernel - stride // common, 0)
    return size * kernel - again

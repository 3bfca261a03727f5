"""Windows that slide over a volume (channels×depth×height×width)."""

from __future__ import annotations

from math import prod
from typing import Annotated, Any

from archdb.errors import DefinitionError, ShapeError
from archdb.model.attributes import (
    MODES,
    Count,
    Flag,
    Kind,
    Padding,
    Pads,
    Pair,
    Rounding,
    kind_of,
)
from archdb.model.shape import Shape, pretty
from archdb.model.window import Unbounded, Window
from archdb.ops.base import WEIGHT, Gemm, Op, Tensor, Work, op
from archdb.ops.explained import Formulas, Stated
from archdb.ops.given import Given
from archdb.ops.rewritable import stated_by

Attributes = dict[str, Any]
EACH = "a positive integer or [depth, height, width]"
SIDES = "a number, [depth, height, width], six sides from front to right, same or valid"
#: Receptive fields are those of images.
VOLUME = Unbounded("a volume has a depth beside height and width")


def _ends(value: Any) -> tuple[int, int]:
    before, after = value
    if min(before, after) < 0:
        raise ValueError
    return before, after


Two = Annotated[tuple[int, int], Kind(EACH, kind_of(Pair).parse)]
Sides = Annotated[Pads | str, Kind(SIDES, kind_of(Padding).parse)]
Ends = Annotated[tuple[int, int], Kind("what is added at the front and at the back", _ends)]


def apart(given: Attributes) -> Attributes:
    """Attributes of a volume as those of height and width, and those of depth beside them: kernel
    [3, 5, 5] as kernel [5, 5] and depth_kernel 3."""
    found = dict(given)
    for name in ("kernel", "stride", "dilation", "bins", "output_padding"):
        value, of_depth = given.get(name), f"depth_{name}"
        if of_depth in given or value is None:
            continue
        each = value if isinstance(value, (list, tuple)) else (value,) * 3
        if len(each) == 3:
            found |= {of_depth: each[0], name: tuple(each[1:])}
        elif of_depth not in given:
            raise DefinitionError(f"'{name}' needs {EACH}, got {value!r}")
    return found | _padded(given)


def _padded(given: Attributes) -> Attributes:
    padding = given.get("padding")
    if padding is None or padding in MODES or "depth_padding" in given:
        return {}
    sides = padding if isinstance(padding, (list, tuple)) else (padding,) * 3
    if len(sides) == 3:
        sides = tuple(side for side in sides for _ in range(2))
    if len(sides) != 6:
        raise DefinitionError(f"'padding' needs {SIDES}, got {padding!r}")
    return {"depth_padding": tuple(sides[:2]), "padding": tuple(sides[2:])}


def volume(op: Op, x: Shape) -> tuple[int, int, int, int]:
    """(channels, depth, height, width), or ShapeError where the input is no volume."""
    if len(x) != 4:
        raise ShapeError(f"needs channels×depth×height×width, got {pretty(x)}")
    return x[0], x[1], x[2], x[3]


class Deep(Op):
    """Shared by what is stated of three sides at once, and stored as the depth's own and the map's
    (`apart`)."""

    def __new__(cls, *args: Any, **attributes: Any) -> Any:
        try:
            attributes = apart(attributes)
        except DefinitionError as error:
            raise error.at(cls.name) from None
        return super().__new__(cls, *args, **attributes)


class Volume(Deep):
    """Shared by windows over volumes: one window over height and width, and one along the depth,
    by the same rules. A kernel [d, h, w] is stored as kernel [h, w] and depth_kernel d; so are
    stride, padding and dilation."""

    kernel: Two
    rounding: Rounding = "floor"
    stride: Two = (1, 1)
    padding: Sides = (0, 0, 0, 0)
    dilation: Two = (1, 1)
    depth_kernel: Count
    depth_stride: Count = 1
    depth_padding: Ends = (0, 0)
    depth_dilation: Count = 1

    def windows(self) -> tuple[Window, Window]:
        """The window along the depth, as one over a map of width 1, and that over the map."""
        along = self.padding if isinstance(self.padding, str) else (*self.depth_padding, 0, 0)
        return (
            Window(
                (self.depth_kernel, 1),
                (self.depth_stride, 1),
                along,
                (self.depth_dilation, 1),
                self.rounding,
            ),
            Window(self.kernel, self.stride, self.padding, self.dilation, self.rounding),
        )

    def slid(self, x: Shape) -> tuple[int, int, int]:
        """Depth, height and width of the output."""
        _, depth, height, width = volume(self, x)
        deep, flat = self.windows()
        return (deep.slide(depth, 1)[0], *flat.slide(height, width))

    @property
    def taps(self) -> int:
        """Positions that a window reads."""
        return self.depth_kernel * prod(self.kernel)

    def window(self, *inputs: Shape) -> Unbounded:
        return VOLUME._replace(pads=self.windows()[1].pads(*inputs[0][2:]))

    def extents(self, x: Shape) -> Formulas:
        """How depth, height and width come about."""
        deep, flat = self.windows()
        out = self.slid(x)
        axes = ((deep, x[1], 0), (flat, x[2], 0), (flat, x[3], 1))
        names = ("out_depth", "out_height", "out_width")
        return {
            name: window_formula(window, size, axis, count)
            for name, (window, size, axis), count in zip(names, axes, out, strict=True)
        }


def window_formula(window: Window, size: int, axis: int, count: int) -> Stated:
    """How often a window stands along an axis, by the rules of archdb.model.window."""
    extent, stride = window.extent[axis], window.stride[axis]
    if window.padding == "same":
        return Stated("⌈n/s⌉", f"⌈{size}/{stride}⌉")
    if window.padding == "valid":
        return Stated("⌈(n − e + 1)/s⌉", f"⌈({size} − {extent} + 1)/{stride}⌉")
    sides = window.pads(*((size, 1) if axis == 0 else (1, size)))[2 * axis : 2 * axis + 2]
    opened, closed = ("⌊", "⌋") if window.rounding == "floor" else ("⌈", "⌉")
    spare = size + sum(sides) - extent
    dropped = window.rounding == "ceil" and -(-spare // stride) + 1 > count
    text = f"{opened}({{n}} + {{p}} − {{e}})/{{s}}{closed}{'' if dropped else ' + 1'}"
    numbers = {"n": size, "p": sum(sides), "e": extent, "s": stride}
    return Stated(text.format(n="n", p="p", e="e", s="s"), text.format(**numbers))


@op("conv3d")
class Conv3d(Given, Volume):
    """Convolution over a volume, perhaps in groups: weights (filters, channels / groups,
    kernel_depth, kernel_h, kernel_w). `kernel_input`: the second input is the kernel,
    `bias_input`: the last one the bias."""

    filters: Count
    bias: Flag = True
    groups: Count = 1

    channels = stated_by("filters")

    def weight(self, x: Shape) -> Tensor:
        channels = volume(self, x)[0]
        if channels % self.groups or self.filters % self.groups:
            raise ShapeError(
                f"{channels} channels and {self.filters} filters do not divide"
                f" into {self.groups} groups"
            )
        patch = (channels // self.groups, self.depth_kernel, *self.kernel)
        return Tensor("weight", WEIGHT, (self.filters, *patch))

    def out(self, x: Shape, *read: Shape) -> Shape:
        self.check_read(read, self.weight(x), self.filters)
        return (self.filters, *self.slid(x))

    def params(self, x: Shape, *read: Shape) -> tuple[Tensor, ...]:
        return self.own(self.weight(x), self.filters)

    def work(self, out: Shape, x: Shape, *read: Shape) -> Work:
        macs = prod(self.weight(x).shape) * prod(out[1:])
        return Work(macs=macs, bias_adds=prod(out) if self.bias else 0)

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        filters, *patch = self.weight(inputs[0]).shape
        return Gemm(m=prod(out[1:]), n=filters // self.groups, k=prod(patch))

    def formulas(self, *inputs: Shape) -> Formulas:
        x = inputs[0]
        channels = "channels" if self.groups == 1 else "(channels/groups)"
        patch = f"{channels} · depth_kernel · kernel_h · kernel_w"
        positions = "out_depth · out_height · out_width"
        return {
            **self.extents(x),
            "out_channels": "filters",
            "bias": "filters",
            "weight": f"filters · {patch}",
            "macs": f"{positions} · filters · {patch}",
            "gemm_m": positions,
            "gemm_k": patch,
            "gemm_n": "filters" if self.groups == 1 else "filters/groups",
        }

    def tensorflow(self, *inputs: Shape) -> Shape:
        filters, channels, *kernel = self.weight(inputs[0]).shape
        return (*kernel, channels, filters)

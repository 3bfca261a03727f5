"""Windows that slide along a sequence (length×features)."""

from contextlib import suppress
from typing import Annotated, Any, ClassVar

from archdb.model.attributes import MODES, Count, Flag, Kind, Pads, Rounding, Size, kind_of, said
from archdb.model.shape import Shape, axes_of, channels_first, named
from archdb.model.window import NO_MAP, Unbounded, Window
from archdb.ops.base import (
    Gemm,
    Op,
    Tensor,
    Work,
    no_params,
    op,
    sequence,
)
from archdb.ops.convolution import Conv2d
from archdb.ops.explained import Formulas, out_axes
from archdb.ops.given import Given
from archdb.ops.pooling import UNSAID_STRIDE, AvgPool2d, MaxPool2d, Rounded, unrounded
from archdb.ops.rewritable import Origin, kept

REACH = ("kernel", "dilation")


def _run(value: Any) -> tuple[int, int]:
    """A number of steps, as a pair whose second is 1."""
    pair = value if isinstance(value, (list, tuple)) else (value, 1)
    if len(pair) != 2 or pair[1] != 1:
        raise ValueError
    return kind_of(Count).parse(pair[0]), 1


def _ends(value: Any) -> Pads | str:
    """Padding before and after, as top and bottom of a map."""
    if value in MODES:
        return str(value)
    ends = value if isinstance(value, (list, tuple)) else (value, value)
    if len(ends) not in (2, 4) or any(ends[2:]):
        raise ValueError
    before, after = (kind_of(Size).parse(side) for side in ends[:2])
    return before, after, 0, 0


Run = Annotated[tuple[int, int], Kind("a positive integer", _run)]
Step = Annotated[tuple[int, int], said(Run, UNSAID_STRIDE)]
Ends = Annotated[Pads | str, Kind("a number, [before, after], same, valid or causal", _ends)]


class Along(Op):
    """Shared by windows that slide along a sequence: the op of maps on a map of width 1, whose
    height is the length. A kernel of k is stored as k×1, padding as that of top and bottom.

    `padding`: same and valid as for maps; causal is the explicit padding that it stands for, all
    of (kernel - 1) dilation before the first step (Keras).
    """

    planar: ClassVar[type[Op]]

    def __new__(cls, *args: Any, **attributes: Any) -> Any:
        if attributes.get("padding") == "causal":
            with suppress(TypeError, ValueError, OverflowError):  # which are said of the attribute
                kernel, dilation = (_run(attributes.get(name) or 1)[0] for name in REACH)
                attributes["padding"] = [(kernel - 1) * dilation, 0]
        return super().__new__(cls, *args, **attributes)

    def planar_op(self) -> Any:
        """The op of maps."""
        return self.planar(**self._values)

    def out(self, x: Shape) -> Shape:
        channels, length, _ = self.planar_op().out(on_map(self, x))
        return arranged(x, length, channels)

    def work(self, out: Shape, x: Shape) -> Work:
        work: Work = self.planar_op().work(on_map(self, out), on_map(self, x))
        return work

    def window(self, x: Shape) -> Unbounded:
        lifted = on_map(self, x)
        return NO_MAP._replace(pads=self.planar_op().window(lifted).pads(*lifted[1:]))

    def length(self, x: Shape) -> str:
        """How the length of the output comes about."""
        steps = on_map(self, x)[1]
        extent = "(kernel_h − 1) · dilation_h"
        window: Window = self.planar_op().window(on_map(self, x))
        if window.padding == "same":
            return "⌈length/stride_h⌉"
        if window.padding == "valid":
            return f"⌈(length − {extent})/stride_h⌉"
        slid = f"(length + pad_top + pad_bottom − {extent} − 1)/stride_h"
        if window.rounding == "floor":
            return f"⌊{slid}⌋ + 1"
        spare = steps + sum(window.pads(steps, 1)[:2]) - window.extent[0]
        dropped = -(-spare // window.stride[0]) + 1 > window.slide(steps, 1)[0]
        return f"⌈{slid}⌉" if dropped else f"⌈{slid}⌉ + 1"


def arranged(x: Shape, length: int, channels: int) -> Shape:
    """A sequence whose axes stand as those of another one: channels last, or first."""
    if channels_first(x):
        return named((channels, length), axes_of(x))
    return (length, channels)


def stepwise(x: Shape, length: str, features: str) -> Formulas:
    """What the extents of such a sequence come from, in its order."""
    if not channels_first(x):
        return {"out_length": length, "out_features": features}
    return dict(zip(out_axes(x), (features, length), strict=True))


def on_map(op: Op, x: Shape) -> Shape:
    length, features = sequence(op, x)
    return (features, length, 1)


@op("conv1d")
class Conv1d(Given, Along):
    """Convolution along a sequence, perhaps in groups: weights (filters, features / groups,
    kernel). `groups` equal to the features is a depthwise convolution. `kernel_input`: the second
    input is the kernel, `bias_input`: the last one the bias."""

    filters: Count
    kernel: Run
    stride: Run = (1, 1)
    padding: Ends = (0, 0, 0, 0)
    dilation: Run = (1, 1)
    rounding: Rounding = "floor"
    bias: Flag = True
    groups: Count = 1

    planar = Conv2d

    def weight(self, x: Shape) -> Tensor:
        flat: Tensor = self.planar_op().weight(on_map(self, x))
        return flat._replace(shape=flat.shape[:-1])

    def out(self, x: Shape, *read: Shape) -> Shape:
        self.check_read(read, self.weight(x), self.filters)
        return super().out(x)

    def params(self, x: Shape, *read: Shape) -> tuple[Tensor, ...]:
        return self.own(self.weight(x), self.filters)

    def work(self, out: Shape, x: Shape, *read: Shape) -> Work:
        return super().work(out, x)

    def window(self, x: Shape, *read: Shape) -> Unbounded:
        return super().window(x)

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        gemm: Gemm = self.planar_op().gemm(on_map(self, out), on_map(self, inputs[0]))
        return gemm

    def formulas(self, *inputs: Shape) -> Formulas:
        features = "features" if self.groups == 1 else "(features/groups)"
        return {
            **stepwise(inputs[0], self.length(inputs[0]), "filters"),
            "bias": "filters",
            "weight": f"filters · {features} · kernel_h",
            "macs": f"out_length · filters · {features} · kernel_h",
            "gemm_m": "out_length",
            "gemm_k": f"{features} · kernel_h",
            "gemm_n": "filters" if self.groups == 1 else "filters/groups",
        }

    def tensorflow(self, *inputs: Shape) -> Shape:
        return self.weight(inputs[0]).shape[::-1]

    def channels(self, *inputs: Shape) -> Origin:
        origin: Origin = self.planar_op().channels(on_map(self, inputs[0]))
        return origin

    def adapted(self, old: tuple[Shape, ...], new: tuple[Shape, ...]) -> Any:
        lifted = [(on_map(self, shapes[0]),) for shapes in (old, new)]
        turned = self.planar_op().adapted(*lifted)
        return self.like(filters=turned.filters, groups=turned.groups)


class Pool1d(Along):
    """Shared by pools along a sequence."""

    kernel: Run
    rounding: Rounded
    stride: Step
    padding: Ends = (0, 0, 0, 0)
    dilation: Run = (1, 1)

    params = no_params
    channels = kept
    #: Which operation, one fewer than the window has elements.
    each: ClassVar[str]

    def __new__(cls, *args: Any, **attributes: Any) -> Any:
        return super().__new__(cls, *args, **unrounded(attributes))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {
            **stepwise(inputs[0], self.length(inputs[0]), "features"),
            self.each: "(kernel_h − 1) · out_length · features",
        }


@op("max_pool1d")
class MaxPool1d(Pool1d):
    """The largest element of each window along a sequence, feature by feature: one comparison
    fewer than the window has steps."""

    planar = MaxPool2d
    each = "comparisons"


@op("avg_pool1d")
class AvgPool1d(Pool1d):
    """The mean of each window along a sequence, feature by feature: its sum, then one division."""

    planar = AvgPool2d
    each = "adds"

"""Rules for single convolutions: one layer becomes several, of which the last bears its name."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

from archdb.analysis.layer_costs import facts_of
from archdb.errors import ShapeError
from archdb.model.attributes import Count, Pads, choice
from archdb.model.graph import Layer
from archdb.model.window import Window
from archdb.ops import Op
from archdb.ops.activation import Relu
from archdb.ops.convolution import Conv2d
from archdb.ops.rewritable import with_count
from archdb.rewrite.base import RewriteContext, TracedLayer, rule

#: What stands between the parts of a layer that is taken apart.
BETWEEN: dict[str, list[tuple[str, Op]]] = {"linear": [], "relu": [("relu", Relu())]}
Between = Annotated[str, choice(*BETWEEN)]

Parts = list[tuple[str, Op]]  # (what a new layer's name ends in, its op); the last keeps its name
#: What becomes of a convolution with this window: its parts, or why it is left alone.
Expand = Callable[[TracedLayer, Window], Parts | str]


def _expand_each(context: RewriteContext, expand: Expand) -> Iterable[Layer]:
    """Every chosen layer that slides weights over a map, as what `expand` makes of it."""
    for traced in context.layers.values():
        slides = traced.facts.weighted and "kernel" in traced.op.attributes()
        if not (slides and context.chosen(traced.name)):
            yield traced.layer
            continue
        window = traced.facts.window
        parts: Parts | str = context.why_tied(traced.name)
        if not parts:
            parts = expand(traced, window) if isinstance(window, Window) else window.reason
        if isinstance(parts, str):
            context.skip(traced.name, parts)
            yield traced.layer
        else:
            yield from context.build(traced.layer, parts)


@rule("stack-3x3")
def stack(context: RewriteContext, *, between: Between = "linear") -> Iterable[Layer]:
    """A k×k convolution as a stack of (k - 1) / 2 of 3×3, with the same receptive field and the
    same output shape (szegedy2016, section 3.1; simonyan2015, section 2.3).

    Every layer of the stack has the filters, groups, dilation and bias of the one it stands for.
    The last has its stride; the padding is dealt out, the first getting what is left over. Between
    them stands nothing, so that weights and multiplications compare; with stack-3x3=relu, a ReLU.
    """

    def expand(traced: TracedLayer, window: Window) -> Parts | str:
        why = _no_stack(window)
        if why:
            return why
        steps = (window.kernel[0] - 1) // 2
        pads = [window.padding] * steps
        if not isinstance(window.padding, str):
            pads = _dealt(window.padding, steps)
        strides = [(1, 1)] * (steps - 1) + [window.stride]
        small = [
            window._replace(kernel=(3, 3), stride=stride, padding=pad)
            for stride, pad in zip(strides, pads, strict=True)
        ]
        names = [f"3x3_{number}" for number in range(1, steps + 1)]
        return _parts(traced.op.chain(small), names, between)

    return _expand_each(context, expand)


def _no_stack(window: Window) -> str:
    """Why no stack of 3×3 stands for this window; nothing where one does."""
    (height, width), (stride, dilation) = window.kernel, (window.stride, window.dilation)
    shown = f"a kernel of {height}×{width}"
    if height != width:
        return f"{shown} is not square"
    if height % 2 == 0:
        return f"{shown} is even"
    if height <= 3:
        return f"{shown} is no larger than 3×3"
    steps = f"in strides of {max(stride)}"
    if window.rounding == "ceil" and not isinstance(window.padding, str) and max(stride) > 1:
        return f"padding {steps} that are rounded up cannot be split"
    # Strides that step over a 3×3 window leave it no padding to give up for the larger one.
    if window.padding == "same" and any(
        s > 2 * d + 1 for s, d in zip(stride, dilation, strict=True)
    ):
        return f"padding 'same' {steps} cannot be split"
    return ""


def _dealt(padding: Pads, steps: int) -> list[Pads | str]:
    """A padding in parts that add up to it on each side, the larger ones first."""
    return [
        tuple(side // steps + (step < side % steps) for side in padding)  # type: ignore[misc]
        for step in range(steps)
    ]


@rule("factorize")
def factorize(context: RewriteContext, *, between: Between = "linear") -> Iterable[Layer]:
    """A k×l convolution as k×1 and 1×l behind each other, with the same receptive field and the
    same output shape (szegedy2016, section 3.2).

    Either has the filters, groups and bias of the one they stand for, and its stride, padding and
    dilation along its own axis. Between them stands nothing; with factorize=relu, a ReLU.
    """

    def expand(traced: TracedLayer, window: Window) -> Parts | str:
        height, width = window.kernel
        if 1 in window.kernel:
            return f"a kernel of {height}×{width} has no second axis"
        column, row = window.padding, window.padding
        if not isinstance(window.padding, str):
            top, bottom, left, right = window.padding
            column, row = (top, bottom, 0, 0), (0, 0, left, right)
        halves = (
            window._replace(kernel=(height, 1), stride=(window.stride[0], 1), padding=column),
            window._replace(kernel=(1, width), stride=(1, window.stride[1]), padding=row),
        )
        return _parts(traced.op.chain(halves), [f"{height}x1", f"1x{width}"], between)

    return _expand_each(context, expand)


def _parts(ops: Sequence[Op], names: Sequence[str], between: str) -> Parts | str:
    """Ops under names, with what stands between them."""
    if not ops:
        return "no sums over a window that could be taken in steps"
    parts: Parts = []
    for name, op in zip(names, ops, strict=True):
        parts += [*(BETWEEN[between] if parts else []), (name, op)]
    return parts


@rule("bottleneck")
def bottleneck(context: RewriteContext, *, channels: Count) -> Iterable[Layer]:
    """A 1×1 convolution to so many channels before each larger convolution (szegedy2015, section
    4), with a bias where that has one."""

    def expand(traced: TracedLayer, window: Window) -> Parts | str:
        (x,) = traced.inputs
        if window.kernel == (1, 1):
            return "a kernel of 1×1 gains nothing"
        if x is None or not isinstance(traced.op.channels(x), str):
            return "filters that do not read all channels"
        if x[0] <= channels:
            return f"reads no more than {channels} channels"
        narrow = with_count(x, channels)
        try:
            facts_of(traced.op, (narrow,))
        except ShapeError as error:
            return error.what
        bias = traced.op.attributes().get("bias", True)
        return [("1x1", Conv2d(filters=channels, kernel=1, bias=bias)), ("", traced.op)]

    return _expand_each(context, expand)


@rule("depthwise-separable")
def depthwise_separable(context: RewriteContext, *, between: Between = "linear") -> Iterable[Layer]:
    """A convolution as a depthwise one with its window and a 1×1 one with its filters and bias
    (chollet2017; howard2017, section 3.1), with the same receptive field and output shape.

    Between them stands nothing, as in Xception; with depthwise-separable=relu, a ReLU, as in
    MobileNet.
    """

    def expand(traced: TracedLayer, window: Window) -> Parts | str:
        if window.kernel == (1, 1):
            return "a kernel of 1×1 is pointwise already"
        ops = traced.op.separated()
        if not ops:
            return "not one convolution over all channels"
        return _parts(ops, ["depthwise", ""], between)

    return _expand_each(context, expand)

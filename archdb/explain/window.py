"""What a window does to height and width, step by step: the rules of archdb.model.window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archdb.explain.steps import Step, number
from archdb.model.attributes import Pads
from archdb.model.shape import Shape
from archdb.model.window import Window

GUIDE = "Dumoulin and Visin 2016"
FLOOR = (
    f"explicit padding, rounded down: PyTorch, Keras, Caffe's convolution ({GUIDE}, relationship 6)"
)
CEIL = (
    "explicit padding, rounded up: Caffe's pooling, PyTorch's ceil_mode; a last window that would"
    " start beyond the input and its leading padding is dropped"
)
SAME = "SAME: TensorFlow, Keras; of an odd padding the larger half is at the bottom and right"
VALID = "VALID: TensorFlow, Keras; no padding"
DILATED = f"effective kernel of dilation d, TensorFlow's atrous rate ({GUIDE}, section 5.1)"


class _Axis(NamedTuple):
    """One axis of a window: input, kernel, effective kernel, stride, padding, output."""

    name: str
    sides: tuple[str, str]
    n: int
    k: int
    d: int
    e: int
    s: int
    before: int
    after: int
    out: int


def steps(window: Window, pads: Pads, size: Shape, out: Shape) -> Iterator[Step]:
    """Both axes, height first."""
    sides = (("pad_top", "pad_bottom"), ("pad_left", "pad_right"))
    for axis, name in enumerate(("height", "width")):
        before, after = pads[2 * axis], pads[2 * axis + 1]
        yield from _axis(
            window,
            _Axis(
                *(name, sides[axis], size[axis], window.kernel[axis], window.dilation[axis]),
                *(window.extent[axis], window.stride[axis], before, after, out[axis]),
            ),
        )


def _axis(window: Window, axis: _Axis) -> Iterator[Step]:
    name, _, n, k, d, e, s, *_ = axis
    kernel = "k"
    if d > 1:
        kernel = "e"
        numbers = f"{k} + ({k} − 1)·({d} − 1)"
        yield Step(f"effective_kernel_{name[0]}", "k + (k − 1)·(d − 1)", numbers, e, DILATED)
    if window.padding == "same":
        yield Step(f"out_{name}", "⌈n/s⌉", f"⌈{n}/{s}⌉", axis.out, SAME)
        yield from _same(axis, kernel)
    elif window.padding == "valid":
        yield Step(
            f"out_{name}", f"⌈(n − {kernel} + 1)/s⌉", f"⌈({n} − {e} + 1)/{s}⌉", axis.out, VALID
        )
    else:
        yield _explicit(window, axis, kernel)


def _same(axis: _Axis, kernel: str) -> Iterator[Step]:
    first, second = axis.sides
    both = axis.before + axis.after
    needed = f"({axis.out} − 1)·{axis.s} + {axis.e} − {axis.n}"
    yield Step(
        f"padding_{axis.name[0]}",
        f"P = max((out − 1)·s + {kernel} − n, 0)",
        f"max({needed}, 0)",
        both,
        SAME,
    )
    yield Step(first, "⌊P/2⌋", f"⌊{both}/2⌋", axis.before, SAME)
    yield Step(second, "P − ⌊P/2⌋", f"{both} − {axis.before}", axis.after, SAME)


def _explicit(window: Window, axis: _Axis, kernel: str) -> Step:
    n, e, s, before, after = axis.n, axis.e, axis.s, axis.before, axis.after
    pads, padded = "p₁ + p₂", f"{number(before)} + {number(after)}"
    if before == after:
        pads, padded = "2p", f"2·{number(before)}"
    opened, closed, rule = ("⌊", "⌋", FLOOR) if window.rounding == "floor" else ("⌈", "⌉", CEIL)
    formula = f"{opened}(n − {kernel} + {pads})/s{closed} + 1"
    numbers = f"{opened}({n} − {e} + {padded})/{s}{closed} + 1"
    if rule is CEIL and axis.out == -(-(n + before + after - e) // s):
        formula, numbers = f"{formula} − 1", f"{numbers} − 1"
        rule += f", and here it would start at {axis.out}·{s} ≥ {n} + {before}"
    return Step(f"out_{axis.name}", formula, numbers, axis.out, rule)

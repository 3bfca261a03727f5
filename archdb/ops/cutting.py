"""Ops that take a part of a tensor along an axis, or add to it, and compute nothing."""

from __future__ import annotations

from math import prod
from typing import Annotated, Any

from archdb.errors import DefinitionError, ShapeError
from archdb.model.attributes import Count, Extents, choice
from archdb.model.axes import Axis, AxisSides, Whole
from archdb.model.shape import (
    UNNAMED,
    Shape,
    axes_of,
    axis_of,
    is_image,
    named,
    pretty,
    with_extent,
    without_axes,
)
from archdb.model.window import Unbounded, Window
from archdb.ops.base import op
from archdb.ops.explained import OUTPUT, Formulas, Stated, out_axes
from archdb.ops.moving import Moving, beside
from archdb.ops.written import Reshaped, Selected, Writing

CHOSEN = Unbounded("one position of all is chosen")
PICKED = Unbounded("positions are picked by a table")
AROUND = Unbounded("around the border stands what is on the other side")


@op("slice")
class Slice(Moving):
    """Along `axis`, every `step`-th element from `start` up to, not including, `stop`: below zero
    both count from the end, without `stop` all that follow are taken. A part of a split or chunk
    is a slice."""

    axis: Axis
    start: Whole = 0
    stop: Whole = None  # type: ignore[assignment]
    step: Count = 1

    def bounds(self, x: Shape) -> tuple[int, int, int]:
        """The axis, and first and last index, counted from the start."""
        axis = axis_of(x, self.axis)
        count = x[axis]
        start = self.start + count * (self.start < 0)
        stop = count if self.stop is None else self.stop + count * (self.stop < 0)
        if not 0 <= start < stop <= count:
            asked = f"{self.start} to {'the end' if self.stop is None else self.stop}"
            raise ShapeError(f"cannot take {asked} of axis {axis} of {pretty(x)}")
        return axis, start, stop

    def out(self, x: Shape) -> Shape:
        axis, start, stop = self.bounds(x)
        return with_extent(x, axis, (stop - start - 1) // self.step + 1)

    def window(self, x: Shape) -> Window | Unbounded:
        """Of a map, as a trimmed one in steps."""
        axis, start, stop = self.bounds(x)
        if not is_image(x) or axis == 0:
            return beside(x, (axis,), CHOSEN)
        trimmed = (-start, stop - x[axis])
        padding = (*trimmed, 0, 0) if axis == 1 else (0, 0, *trimmed)
        return Window(stride=(self.step, 1) if axis == 1 else (1, self.step), padding=padding)

    def dilated(self, rate: tuple[int, int], stride: tuple[int, int]) -> Any:
        """The same positions of a finer map: `axis` is one of height and width."""
        at = self.axis % 3 - 1
        bounds = {n: v and v * rate[at] for n, v in (("start", self.start), ("stop", self.stop))}
        return self.like(**bounds, step=stride[at])

    def formulas(self, *inputs: Shape) -> Formulas:
        (x,) = inputs
        axis, start, stop = self.bounds(x)
        if is_image(x) and axis:
            return {}
        counted = Stated("⌈(stop − start)/step⌉", f"⌈({stop} − {start})/{self.step}⌉")
        return {out_axes(self.out(x))[axis]: counted}

    def writing(self, *inputs: Shape) -> Writing:
        """One of so many equal parts is what is chosen when the axis is split in two, and so is
        every so-manieth element."""
        (x,) = inputs
        axis, start, stop = self.bounds(x)
        count, part = x[axis], stop - start
        if self.step == 1 and count % part == 0 and start % part == 0:
            split = Reshaped((*x[:axis], count // part, part, *x[axis + 1 :]))
            return Writing(None, behind=(split, Selected(axis, start // part)))
        if count % self.step == 0 and start < self.step and stop > count - self.step + start:
            split = Reshaped((*x[:axis], count // self.step, self.step, *x[axis + 1 :]))
            return Writing(None, behind=(split, Selected(axis + 1, start)))
        stop_written = None if stop == count else stop
        return Writing(self.like(axis=axis, start=start, stop=stop_written))


@op("select")
class Select(Moving):
    """The one element number `index` along `axis`, which goes: a part of an unbind, a class token.
    Below zero it counts from the end."""

    axis: Axis
    index: Whole

    def out(self, x: Shape) -> Shape:
        axis = axis_of(x, self.axis)
        if not -x[axis] <= self.index < x[axis]:
            raise ShapeError(f"there is no element {self.index} of axis {axis} of {pretty(x)}")
        if len(x) == 1:
            raise ShapeError("of a vector one element is no tensor", remedy="take a slice of it")
        return without_axes(x, [axis])

    def window(self, x: Shape) -> Window | Unbounded:
        return beside(x, (axis_of(x, self.axis),), CHOSEN)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {OUTPUT: Stated(f"without axis {axis_of(inputs[0], self.axis)}", "")}

    def writing(self, *inputs: Shape) -> Writing:
        axis = axis_of(inputs[0], self.axis)
        return Writing(None, behind=(Selected(axis, self.index % inputs[0][axis]),))


class Picking(Moving):
    """Shared by what takes elements by their numbers, which a table of `shape` states, or a second
    input."""

    arity = (1, 2)
    axis: Axis = 0
    shape: Extents = None  # type: ignore[assignment]

    def table(self, inputs: tuple[Shape, ...]) -> Shape:
        """The shape of the table of numbers."""
        if (self.shape is None) == (len(inputs) == 1):
            raise ShapeError("needs either the shape of a table or a second input that is one")
        return self.shape if len(inputs) == 1 else inputs[1]

    def window(self, *inputs: Shape) -> Window | Unbounded:
        return beside(inputs[0], (axis_of(inputs[0], self.axis),), PICKED)


@op("take")
class Take(Picking):
    """Along `axis` the elements whose numbers stand in a table, whose axes take its place (NumPy's
    take, ONNX's Gather): rows of a table of biases by their relative positions."""

    def out(self, *inputs: Shape) -> Shape:
        x, table = inputs[0], self.table(inputs)
        axis, axes = axis_of(x, self.axis), axes_of(x)
        names = axes_of(table) if len(inputs) == 2 else (UNNAMED,) * len(table)
        if len(table) == 1:
            names = (axes[axis],)
        extents = (*x[:axis], *table, *x[axis + 1 :])
        return named(extents, (*axes[:axis], *names, *axes[axis + 1 :]))

    def formulas(self, *inputs: Shape) -> Formulas:
        axis = axis_of(inputs[0], self.axis)
        return {OUTPUT: Stated(f"a table in the place of axis {axis}", "")}

    def writing(self, *inputs: Shape) -> Writing:
        """A table of its own is written as a row of numbers."""
        if self.shape is None:
            return super().writing(*inputs)
        axis = axis_of(inputs[0], self.axis)
        row = self.like(axis=axis, shape=(prod(self.shape),))
        return Writing(row, behind=(Reshaped(tuple(self.out(*inputs))),))


@op("gather")
class Gather(Picking):
    """For each element of a table the one whose number along `axis` it is, at its own place along
    the others (PyTorch's gather, NumPy's take_along_axis)."""

    def out(self, *inputs: Shape) -> Shape:
        x, table = inputs[0], self.table(inputs)
        axis = axis_of(x, self.axis)
        if len(table) != len(x) or any(
            n > m for at, (n, m) in enumerate(zip(table, x, strict=True)) if at != axis
        ):
            raise ShapeError(f"a table {pretty(table)} does not fit {pretty(x)} beside axis {axis}")
        return named(table, axes_of(x))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {OUTPUT: Stated("as the table", "")}


@op("pad")
class Pad(Moving):
    """Elements before and after along each axis, `sides` = [[before, after], …], and below zero as
    many cut off. `mode`: zeros (or another constant), those within reflected, the outermost
    repeated, or those of the other end."""

    sides: AxisSides
    mode: Annotated[str, choice("constant", "reflect", "replicate", "circular")] = "constant"

    def check(self) -> None:
        if self.mode != "constant" and min(map(min, self.sides)) < 0:
            raise DefinitionError(f"in mode {self.mode} nothing can be cut off").at(self.name)

    def out(self, x: Shape) -> Shape:
        if len(self.sides) != len(x):
            raise ShapeError(f"has sides for {len(self.sides)} axes, and {pretty(x)} has {len(x)}")
        most = {"reflect": -1, "circular": 0}.get(self.mode)
        if most is not None and any(
            max(sides) > n + most for sides, n in zip(self.sides, x, strict=True)
        ):
            raise ShapeError(f"{pretty(x)} has not so much to {self.mode}")
        out = tuple(n + sum(sides) for n, sides in zip(x, self.sides, strict=True))
        if min(out) < 1:
            raise ShapeError(f"leaves nothing of {pretty(x)}")
        return named(out, axes_of(x))

    def window(self, x: Shape) -> Window | Unbounded:
        if is_image(x) and self.mode != "circular" and any(map(any, self.sides[1:])):
            return Window(padding=(*self.sides[1], *self.sides[2]))
        return beside(x, tuple(at for at, n in enumerate(self.sides) if any(n)), AROUND)

    def formulas(self, *inputs: Shape) -> Formulas:
        (x,) = inputs
        return {
            name: Stated("before + extent + after", f"{_signed(b)} + {n} + {_signed(a)}")
            for name, n, (b, a) in zip(out_axes(self.out(x)), x, self.sides, strict=True)
        }


def _signed(count: int) -> str:
    """As it is written in a sum."""
    return f"(−{-count})" if count < 0 else str(count)

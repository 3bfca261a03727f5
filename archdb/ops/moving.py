"""Ops that give the same elements another place or shape, along any axes, and compute nothing."""

from __future__ import annotations

from math import prod
from typing import Any

from archdb.errors import DefinitionError, ShapeError
from archdb.model.axes import Axes, Names, Order, Reshaping, Shifts, Spread
from archdb.model.shape import (
    CHANNELS,
    UNNAMED,
    Shape,
    axes_of,
    axis_of,
    is_map,
    named,
    pretty,
    taken,
)
from archdb.model.shape import stated as stated_as
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops.base import Op, no_params, no_work, op, point, same_shape
from archdb.ops.explained import OUTPUT, Formulas, Stated, out_axes
from archdb.ops.rewritable import kept
from archdb.ops.written import Permuted, Reshaped, Writing

RESHAPED = Unbounded("behind a reshape elements stand at other positions")
ROLLED = Unbounded("behind a roll elements stand at other positions")
FLIPPED = Unbounded("behind a flip elements stand at other positions")
EXPANDED = Unbounded("behind what is spread over positions, which may come from anywhere")


def check_names(self: Any) -> None:
    """DefinitionError where `axis_names` are not as many as the extents of `shape`."""
    if self.axis_names and len(self.axis_names) != len(self.shape):
        raise DefinitionError(
            f"'axis_names' has {len(self.axis_names)} names, 'shape' {len(self.shape)} extents"
        ).at(self.name)


def beside(x: Shape, axes: tuple[int, ...], reason: Unbounded) -> Window | Unbounded:
    """Each position by itself where what is done is done along channels of a map, or where there
    is no map; else the reason why not."""
    names = axes_of(x)
    return reason if is_map(x) and any(names[at] not in CHANNELS for at in axes) else POINT


class Moving(Op):
    """Shared by ops that move or drop elements: no parameters and no work."""

    params = no_params
    work = no_work


@op("reshape")
class Reshape(Moving):
    """The same elements in the same order under another shape (Caffe's Reshape). Of the extents
    of `shape`, 0 keeps the input's own at that place, and -1 is what the others leave. `axis_names`
    says what they are; unsaid, one to three are those of a vector, a sequence or a map, and of more
    nothing is known."""

    shape: Reshaping
    axis_names: Names = None  # type: ignore[assignment]

    def check(self) -> None:
        check_names(self)

    def ends_map(self, *native: Shape | None) -> bool:
        """Where height and width are stated, or there are none."""
        return len(self.shape) != 3 or min(self.shape[1:]) > 0

    def out(self, x: Shape) -> Shape:
        kept = [extent or (x[i] if i < len(x) else 0) for i, extent in enumerate(self.shape)]
        stated = prod(extent for extent in kept if extent != -1)
        if not stated or prod(x) % stated or (-1 not in kept and prod(x) != stated):
            raise ShapeError(f"{pretty(x)} elements do not fill {pretty(self.shape)}")
        out = tuple(prod(x) // stated if extent == -1 else extent for extent in kept)
        return stated_as(out, self.axis_names)

    def formulas(self, *inputs: Shape) -> Formulas:
        out = self.out(*inputs)
        kept = "·".join(str(n) for n, asked in zip(out, self.shape, strict=True) if asked != -1)
        left = Stated("what the others leave", f"{prod(inputs[0])}/({kept or 1})")
        words = {0: "the input's own"}
        names = out_axes(out)
        return {
            axis: left if asked == -1 else Stated(words.get(asked, "as stated"), str(extent))
            for axis, asked, extent in zip(names, self.shape, out, strict=False)
        }

    def writing(self, *inputs: Shape) -> Writing:
        return Writing(None, behind=(Reshaped(tuple(self.out(*inputs))),))

    def window(self, x: Shape) -> Unbounded:
        return RESHAPED


@op("permute")
class Permute(Moving):
    """The axes in another order (a transposition of two, or of more): axis i of the output is axis
    order[i] of the input. Each is still called what it was."""

    order: Order

    window = point
    channels = kept

    def out(self, x: Shape) -> Shape:
        if len(self.order) != len(x):
            raise ShapeError(f"orders {len(self.order)} axes, and {pretty(x)} has {len(x)}")
        return taken(x, self.order)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {OUTPUT: Stated("axes " + ", ".join(map(str, self.order)), "")}

    def writing(self, *inputs: Shape) -> Writing:
        return Writing(None, behind=(Permuted(self.order),))


@op("expand")
class Expand(Moving):
    """Extents of 1 repeated up to `shape`, as broadcasting does; 0 keeps the input's own. Axes
    that the input has not are put before it."""

    shape: Spread

    def out(self, x: Shape) -> Shape:
        more = len(self.shape) - len(x)
        if more < 0 or 0 in self.shape[:more]:
            raise ShapeError(f"cannot be spread over {pretty(self.shape)}: {pretty(x)}")
        out = [n or x[at - more] for at, n in enumerate(self.shape)]
        if any(own not in (1, n) for own, n in zip(x, out[more:], strict=True)):
            raise ShapeError(f"cannot be spread over {pretty(self.shape)}: {pretty(x)}")
        return named(out, (UNNAMED,) * more + axes_of(x))

    def window(self, x: Shape) -> Window | Unbounded:
        out = self.out(x)
        spread = tuple(at for at in range(len(x)) if out[at - len(x)] != x[at])
        return beside(x, spread, EXPANDED)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {OUTPUT: Stated("1 is repeated, 0 is the input's own", "")}


class Turning(Moving):
    """Shared by what moves elements along axes and leaves the shape as it is."""

    axes: Axes

    out = same_shape

    def along(self, x: Shape) -> tuple[int, ...]:
        """The axes, counted from the first."""
        return tuple(axis_of(x, axis) for axis in self.axes)


@op("roll")
class Roll(Turning):
    """Elements moved along axes by so many places, those beyond the end to the start (liu2021:
    shifted windows)."""

    by_distance = True
    shifts: Shifts

    def check(self) -> None:
        if len(self.shifts) != len(self.axes):
            raise DefinitionError(
                f"'shifts' has {len(self.shifts)} numbers for {len(self.axes)} axes"
            ).at(self.name)

    def window(self, x: Shape) -> Window | Unbounded:
        return beside(x, self.along(x), ROLLED)


@op("flip")
class Flip(Turning):
    """Elements in reverse order along axes."""

    def window(self, x: Shape) -> Window | Unbounded:
        return beside(x, self.along(x), FLIPPED)

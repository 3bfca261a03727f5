"""Where a network begins, and where its branches meet."""

from collections.abc import Callable
from typing import ClassVar

from archdb.errors import ShapeError
from archdb.model.attributes import MOST_AXES, Extents
from archdb.model.axes import Axis, LaterAxis, Names
from archdb.model.shape import (
    UNNAMED,
    Shape,
    axes_of,
    axis_of,
    channel_axis,
    has_channels,
    met,
    named,
    pretty,
)
from archdb.model.window import Unbounded, Window
from archdb.ops.base import Op, no_params, no_work, op, point
from archdb.ops.explained import Formulas, Stated, out_axes
from archdb.ops.moving import beside, check_names
from archdb.ops.rewritable import Origin, kept, whatever_arrives
from archdb.ops.written import Reshaped, Writing


@op("input")
class Input(Op):
    """What the network is given: channels×height×width, features, or a sequence."""

    arity = (0, 0)
    source = True
    shape: Extents
    axis_names: Names = None  # type: ignore[assignment]

    params = no_params
    work = no_work
    window = point

    def check(self) -> None:
        check_names(self)

    def out(self) -> Shape:
        return named(self.shape, self.axis_names) if self.axis_names else self.shape


class Join(Op):
    """Shared by ops that read two or more layers, at the same position unless said otherwise."""

    arity: ClassVar[tuple[int, int | None]] = (2, None)
    params = no_params
    window: Callable[..., Window | Unbounded] = point


@op("concat")
class Concat(Join):
    """Maps of equal size stacked along the channels (or vectors, along the features); with `axis`
    along that one (a class token before a sequence)."""

    axis: LaterAxis = None  # type: ignore[assignment]

    work = no_work
    adapted = whatever_arrives

    def out(self, *inputs: Shape) -> Shape:
        axis = axis_of(inputs[0], self.axis)
        if len({(len(x), x[:axis], x[axis + 1 :]) for x in inputs}) > 1:
            raise apart(inputs, "concatenated")
        extents = list(inputs[0])
        extents[axis] = sum([x[axis] for x in inputs])
        return met(inputs, extents)

    def channels(self, *inputs: Shape) -> Origin:
        """Along another axis than that of channels each channel stays itself."""
        if not all(map(has_channels, inputs)):
            return ()
        return (
            () if axis_of(inputs[0], self.axis) == channel_axis(inputs[0]) else kept(self, *inputs)
        )

    def window(self, *inputs: Shape) -> Window | Unbounded:
        return beside(inputs[0], (axis_of(inputs[0], self.axis),), JOINED)

    def joins_along(self, *inputs: Shape) -> int | None:
        return axis_of(inputs[0], self.axis)

    def formulas(self, *inputs: Shape) -> Formulas:
        axis = axis_of(inputs[0], self.axis)
        stacked = Stated("the inputs' together", " + ".join(str(x[axis]) for x in inputs))
        return {out_axes(self.out(*inputs))[axis]: stacked}


@op("stack")
class Stack(Join):
    """Tensors of equal shape side by side along a new axis, number `axis` of the output; of one
    input, an axis of extent 1."""

    arity = (1, None)
    axis: Axis = 0

    work = no_work

    def out(self, *inputs: Shape) -> Shape:
        if len(set(inputs)) > 1:
            raise apart(inputs, "stacked")
        first = inputs[0]
        if len(first) == MOST_AXES:
            raise ShapeError(f"{pretty(first)} has as many axes as a tensor may have")
        axis = axis_of((*first, 1), self.axis)
        names = axes_of(met(inputs, first))
        extents = (*first[:axis], len(inputs), *first[axis:])
        return named(extents, (*names[:axis], UNNAMED, *names[axis:]))

    def window(self, *inputs: Shape) -> Window | Unbounded:
        return STACKED

    def formulas(self, *inputs: Shape) -> Formulas:
        name = out_axes(self.out(*inputs))[axis_of((*inputs[0], 1), self.axis)]
        return {name: Stated("as many as inputs", str(len(inputs)))}

    def writing(self, *inputs: Shape) -> Writing:
        if len(inputs) == 1:
            return Writing(None, behind=(Reshaped(tuple(self.out(*inputs))),))
        return Writing(self.like(axis=axis_of((*inputs[0], 1), self.axis)))


#: Where tensors come to stand beside each other.
JOINED = Unbounded("behind what is joined along a map the field depends on the position")
STACKED = Unbounded("of a stack each part has a field of its own")


def apart(inputs: tuple[Shape, ...], verb: str, remedy: str = "") -> ShapeError:
    listed = " and ".join(map(pretty, inputs))
    return ShapeError(f"shapes that do not meet cannot be {verb}: {listed}", remedy=remedy)

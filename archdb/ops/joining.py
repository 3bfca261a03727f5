"""Where a network begins, and where its branches meet."""

from collections.abc import Callable
from math import prod
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
    with_extent,
)
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops.base import Op, Work, no_params, no_work, op, point
from archdb.ops.explained import OUTPUT, Formulas, Stated, out_axes
from archdb.ops.moving import beside, check_names
from archdb.ops.rewritable import Origin, count, kept, whatever_arrives, with_count


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
        _agree(inputs, "concatenated", lambda x: (*x[:axis], *x[axis + 1 :]))
        return met(inputs, with_extent(inputs[0], axis, sum(x[axis] for x in inputs)))

    def channels(self, *inputs: Shape) -> Origin:
        """Along another axis than that of channels each channel stays itself."""
        if not all(map(has_channels, inputs)):
            return ()
        return (
            () if axis_of(inputs[0], self.axis) == channel_axis(inputs[0]) else kept(self, *inputs)
        )

    def window(self, *inputs: Shape) -> Window | Unbounded:
        return beside(inputs[0], (axis_of(inputs[0], self.axis),), JOINED)

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
        _agree(inputs, "stacked", lambda x: x)
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


#: Where tensors come to stand beside each other.
JOINED = Unbounded("behind what is joined along a map the field depends on the position")
STACKED = Unbounded("of a stack each part has a field of its own")

#: Why a map has no receptive field of its own behind what is spread over it.
SPREAD = Unbounded("behind a factor for each channel, which depends on the whole map")
SPREAD_TERM = Unbounded("behind a term for each channel, which depends on the whole map")


class Elementwise(Join):
    """Element by element over shapes of as many axes, each equal or 1: an extent of 1 is spread
    over the others', as in NumPy and all frameworks."""

    commutative = True
    #: What is done, and what becomes of the receptive field where positions are spread.
    verb: ClassVar[str]
    spread: ClassVar[Unbounded]

    def out(self, *inputs: Shape) -> Shape:
        out = tuple(map(max, zip(*inputs, strict=False)))
        if any(len(x) != len(inputs[0]) for x in inputs):
            raise _apart(inputs, self.verb, SPREADING)
        if any(n not in (1, most) for x in inputs for n, most in zip(x, out, strict=True)):
            raise _apart(inputs, self.verb)
        return met(inputs, out)

    def channels(self, *inputs: Shape) -> Origin:
        if not all(map(has_channels, inputs)):
            return ()
        single = self.single(*inputs)
        return tuple(slot for slot in range(len(inputs)) if slot not in single)

    def single(self, *inputs: Shape) -> tuple[int, ...]:
        most = max(map(count, inputs))
        return tuple(slot for slot, x in enumerate(inputs) if count(x) < most)

    def window(self, *inputs: Shape) -> Window | Unbounded:
        """What is spread over the positions has been drawn from anywhere."""
        positions = {with_count(x, 1) for x in inputs}
        return POINT if len(positions) == 1 else self.spread

    def formulas(self, *inputs: Shape) -> Formulas:
        out = self.out(*inputs)
        if out in inputs:
            return {}
        several = ["", *(f"_{slot}" for slot in range(2, len(inputs) + 1))]
        named = {axis: axis.removeprefix("out_") for axis in out_axes(out)}
        return {
            axis: f"max({', '.join(own + slot for slot in several)})" for axis, own in named.items()
        } or {OUTPUT: Stated("the larger extent of each axis", "")}


@op("add")
class Add(Elementwise):
    """Element-wise sum: for each element of the output, one addition for each input after the
    first. An extent of 1 is spread over the others'."""

    verb = "added"
    spread = SPREAD_TERM

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(adds=prod(out) * (len(inputs) - 1))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {**super().formulas(*inputs), "adds": "(inputs − 1) · out_elements"}


@op("multiply")
class Multiply(Elementwise):
    """Element-wise product; an extent of 1 is spread over the other's (hu2018: a
    squeeze-and-excitation block scales its channels, C×1×1; woo2018: positions, 1×H×W)."""

    arity = (2, 2)
    verb = "multiplied"
    spread = SPREAD

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(muls=prod(out))


SPREADING = "a vector is spread over a map as C×1×1: reshape it to [-1, 1, 1] first"


def _agree(inputs: tuple[Shape, ...], verb: str, part: Callable[[Shape], Shape]) -> None:
    first = inputs[0]
    if any(len(other) != len(first) or part(other) != part(first) for other in inputs[1:]):
        raise _apart(inputs, verb)


def _apart(inputs: tuple[Shape, ...], verb: str, remedy: str = "") -> ShapeError:
    listed = " and ".join(map(pretty, inputs))
    return ShapeError(f"shapes that do not meet cannot be {verb}: {listed}", remedy=remedy)

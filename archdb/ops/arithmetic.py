"""Arithmetic element by element, of two tensors or more, or of a tensor and a number."""

from __future__ import annotations

from math import prod
from typing import Annotated, ClassVar

from archdb.errors import DefinitionError, ShapeError
from archdb.model.attributes import LATER, LaterFlag, Number, choice
from archdb.model.shape import Shape, has_channels, met
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops.base import Work, no_work, op
from archdb.ops.explained import OUTPUT, Formulas, Stated, out_axes
from archdb.ops.joining import Join, apart
from archdb.ops.rewritable import Origin, count, with_count
from archdb.ops.scaling import Rescale
from archdb.ops.written import Writing, without_leading_ones

#: Why a map has no receptive field of its own behind what is spread over it.
SPREAD = Unbounded("behind a factor for each channel, which depends on the whole map")
SPREAD_TERM = Unbounded("behind a term for each channel, which depends on the whole map")
SPREADING = "a vector is spread over a map as C×1×1: reshape it to [-1, 1, 1] first"

LaterNumber = Annotated[Number, LATER]


class Elementwise(Join):
    """Element by element over shapes of as many axes, each equal or 1: an extent of 1 is spread
    over the others', as in NumPy and all frameworks. `value`: a number in the place of the last
    input."""

    commutative = True
    value: LaterNumber = None  # type: ignore[assignment]

    #: What is done, and what becomes of the receptive field where positions are spread.
    verb: ClassVar[str]
    spread: ClassVar[Unbounded] = SPREAD_TERM

    def admit(self, inputs: tuple[Shape, ...]) -> None:
        """A number is an input less."""
        least = self.arity[0] - 1
        if self.value is None:
            super().admit(inputs)
        elif len(inputs) != least:
            raise ShapeError(f"takes {least} input(s) beside a value, got {len(inputs)}")

    def out(self, *inputs: Shape) -> Shape:
        out = tuple(map(max, zip(*inputs, strict=False)))
        if any(len(x) != len(inputs[0]) for x in inputs):
            raise apart(inputs, self.verb, SPREADING)
        if any(n not in (1, most) for x in inputs for n, most in zip(x, out, strict=True)):
            raise apart(inputs, self.verb)
        return met(inputs, out)

    def channels(self, *inputs: Shape) -> Origin:
        if not all(map(has_channels, inputs)):
            return ()
        single = self.single(*inputs)
        return tuple(slot for slot in range(len(inputs)) if slot not in single)

    def writing(self, *inputs: Shape) -> Writing:
        return Writing(self, *without_leading_ones(self.out(*inputs), *inputs))

    @property
    def written_plainly(self) -> bool:
        """More than three axes come of ops that are not."""
        return self.value is None

    def acts_along(self, x: Shape) -> tuple[int, ...] | None:
        return () if self.value is not None else None

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
        names = {axis: axis.removeprefix("out_") for axis in out_axes(out)}
        if not all(name.startswith("out_") for name in names):
            return {OUTPUT: Stated("the larger extent of each axis", "")}
        return {
            axis: f"max({', '.join(own + slot for slot in several)})" for axis, own in names.items()
        }


@op("add")
class Add(Elementwise):
    """Element-wise sum: for each element of the output, one addition for each input after the
    first. An extent of 1 is spread over the others'. `value`: a number in the place of all other
    inputs."""

    verb = "added"

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(adds=prod(out) * max(len(inputs) - 1, 1))

    def formulas(self, *inputs: Shape) -> Formulas:
        times = "" if self.value is not None else "(inputs − 1) · "
        return {**super().formulas(*inputs), "adds": f"{times}out_elements"}


@op("multiply")
class Multiply(Elementwise):
    """Element-wise product; an extent of 1 is spread over the other's (hu2018: a
    squeeze-and-excitation block scales its channels, C×1×1; woo2018: positions, 1×H×W)."""

    arity = (2, 2)
    verb = "multiplied"
    spread = SPREAD

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(muls=prod(out))

    def writing(self, *inputs: Shape) -> Writing:
        return super().writing(*inputs) if self.value is None else Writing(Rescale(self.value))


class Compared(Elementwise):
    """Shared by what chooses between two elements: one comparison."""

    arity = (2, 2)
    verb = "compared"

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(comparisons=prod(out))


@op("maximum")
class Maximum(Compared):
    """The larger of two elements: one comparison."""


@op("minimum")
class Minimum(Compared):
    """The smaller of two elements: one comparison."""


class Ordered(Elementwise):
    """Shared by what depends on the order of its two inputs. `value_first`: the number stands in
    the place of the first."""

    arity = (2, 2)
    commutative = False
    value_first: LaterFlag = False

    def check(self) -> None:
        if self.value_first and self.value is None:
            raise DefinitionError("'value_first' goes with a value").at(self.name)


@op("subtract")
class Subtract(Ordered):
    """Element-wise difference: one addition."""

    verb = "subtracted"

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(adds=prod(out))


@op("divide")
class Divide(Ordered):
    """Element-wise quotient: one division."""

    verb = "divided"
    spread = SPREAD

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(divisions=prod(out))


@op("power")
class Power(Ordered):
    """Element-wise power, counted as an exponential whatever the exponent; a square is one of its
    own."""

    verb = "raised"
    spread = SPREAD

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(exponentials=prod(out))


@op("compare")
class Compare(Ordered):
    """Whether one element is less than the other, equal to it and so on: one comparison."""

    how: Annotated[
        str, choice("equal", "unequal", "less", "less_equal", "greater", "greater_equal")
    ]

    verb = "compared"

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(comparisons=prod(out))


@op("where")
class Where(Elementwise):
    """Elements of the second input where the first, a condition, holds, and elsewhere of the third
    or a `value` (a mask that is filled): elements are chosen, and none is computed."""

    arity = (3, 3)
    commutative = False
    verb = "chosen from"

    work = no_work

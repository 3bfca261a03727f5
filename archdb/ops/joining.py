"""Where a network begins, and where its branches meet."""

from collections.abc import Callable
from math import prod
from typing import ClassVar

from archdb.errors import ShapeError
from archdb.model.attributes import Extents
from archdb.model.shape import Shape, channels, pretty, with_channels
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops.base import Op, Work, no_params, no_work, op, point
from archdb.ops.explained import OUT_AXES, Formulas, Stated
from archdb.ops.rewritable import Origin, whatever_arrives


@op("input")
class Input(Op):
    """What the network is given: channels×height×width, features, or a sequence."""

    arity = (0, 0)
    source = True
    shape: Extents

    params = no_params
    work = no_work
    window = point

    def out(self) -> Shape:
        return self.shape


class Join(Op):
    """Shared by ops that read two or more layers, at the same position unless said otherwise."""

    arity: ClassVar[tuple[int, int | None]] = (2, None)
    params = no_params
    window: Callable[..., Window | Unbounded] = point


@op("concat")
class Concat(Join):
    """Maps of equal size stacked along the channels (or vectors, along the features)."""

    work = no_work
    adapted = whatever_arrives

    def out(self, *inputs: Shape) -> Shape:
        _agree(inputs, "concatenated", lambda x: with_channels(x, 0))
        return with_channels(inputs[0], sum(map(channels, inputs)))

    def formulas(self, *inputs: Shape) -> Formulas:
        stacked = Stated("the inputs' together", " + ".join(str(channels(x)) for x in inputs))
        return {"out_channels": stacked, "out_features": stacked}


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
        return out

    def channels(self, *inputs: Shape) -> Origin:
        single = self.single(*inputs)
        return tuple(slot for slot in range(len(inputs)) if slot not in single)

    def single(self, *inputs: Shape) -> tuple[int, ...]:
        most = max(map(channels, inputs))
        return tuple(slot for slot, x in enumerate(inputs) if channels(x) < most)

    def window(self, *inputs: Shape) -> Window | Unbounded:
        """What is spread over the positions has been drawn from anywhere."""
        positions = {with_channels(x, 1) for x in inputs}
        return POINT if len(positions) == 1 else self.spread

    def formulas(self, *inputs: Shape) -> Formulas:
        out = self.out(*inputs)
        if out in inputs:
            return {}
        several = ["", *(f"_{slot}" for slot in range(2, len(inputs) + 1))]
        named = {axis: axis.removeprefix("out_") for axis in OUT_AXES[len(out)]}
        return {
            axis: f"max({', '.join(own + slot for slot in several)})" for axis, own in named.items()
        }


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

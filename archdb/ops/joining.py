"""Where a network begins, and where its branches meet."""

from collections.abc import Callable
from math import prod
from typing import ClassVar

from archdb.errors import ShapeError
from archdb.ops.attributes import Extents
from archdb.ops.base import Op, Work, no_params, no_work, op, point
from archdb.ops.explained import Formulas, Stated
from archdb.ops.rewritable import kept, whatever_arrives
from archdb.ops.shape import Shape, channels, pretty, with_channels
from archdb.ops.window import POINT, Unbounded, Window


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


@op("add")
class Add(Join):
    """Element-wise sum of equal shapes: one addition for each input after the first."""

    commutative = True
    channels = kept

    def out(self, *inputs: Shape) -> Shape:
        _agree(inputs, "added", lambda x: x)
        return inputs[0]

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(adds=prod(out) * (len(inputs) - 1))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"adds": "(inputs − 1) · out_elements"}


@op("multiply")
class Multiply(Join):
    """Element-wise product; an input of height and width 1 is spread over the other's map
    (hu2018: a squeeze-and-excitation block scales its channels)."""

    arity = (2, 2)
    commutative = True
    channels = kept

    def out(self, *inputs: Shape) -> Shape:
        x, y = sorted(inputs, key=prod, reverse=True)
        if x != y and (len(x) != 3 or y != (x[0], 1, 1)):
            listed = " and ".join(pretty(shape) for shape in inputs)
            raise ShapeError(f"shapes that do not meet cannot be multiplied: {listed}")
        return x

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(muls=prod(out))

    def window(self, *inputs: Shape) -> Window | Unbounded:
        """A factor that is spread over the map has been drawn from anywhere in it."""
        return POINT if inputs[0] == inputs[1] else SPREAD


#: Why a map has no receptive field of its own once its channels have been scaled.
SPREAD = Unbounded("behind a factor for each channel, which depends on the whole map")


def _agree(inputs: tuple[Shape, ...], verb: str, part: Callable[[Shape], Shape]) -> None:
    first = inputs[0]
    for other in inputs[1:]:
        if len(other) != len(first) or part(other) != part(first):
            listed = " and ".join(pretty(x) for x in inputs)
            raise ShapeError(f"shapes that do not meet cannot be {verb}: {listed}")

"""Where a network begins, and where its branches meet."""

from collections.abc import Callable
from math import prod

from archdb.errors import ShapeError
from archdb.ops.attributes import Extents
from archdb.ops.base import Op, Work, no_params, no_work, op, point
from archdb.ops.shape import Shape, pretty


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
    """Shared by ops that read two or more layers at the same position."""

    arity = (2, None)
    params = no_params
    window = point


@op("concat")
class Concat(Join):
    """Maps of equal size stacked along the channels (or vectors, along the features)."""

    work = no_work

    def out(self, *inputs: Shape) -> Shape:
        _agree(inputs, "concatenated", lambda x: x[1:] if len(x) == 3 else x[:-1])
        if len(inputs[0]) == 3:
            return (sum(x[0] for x in inputs), *inputs[0][1:])
        return (*inputs[0][:-1], sum(x[-1] for x in inputs))


@op("add")
class Add(Join):
    """Element-wise sum of equal shapes: one addition for each input after the first."""

    def out(self, *inputs: Shape) -> Shape:
        _agree(inputs, "added", lambda x: x)
        return inputs[0]

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(adds=prod(out) * (len(inputs) - 1))


def _agree(inputs: tuple[Shape, ...], verb: str, part: Callable[[Shape], Shape]) -> None:
    first = inputs[0]
    for other in inputs[1:]:
        if len(other) != len(first) or part(other) != part(first):
            listed = " and ".join(pretty(x) for x in inputs)
            raise ShapeError(f"shapes that do not meet cannot be {verb}: {listed}")

"""What a tensor of the neutral graph is in archdb: a layer's output seen along its own axes.

archdb has no batch and states shapes in one order. A Value says of each axis of the tensor which
axes of the layer's shape it is made of, and whether the batch is part of it. So a permutation, a
merge of axes, an axis of extent 1 that comes or goes is no layer: one is laid only where an op
needs the elements in that very order (`Lowering.plain`).
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from archdb.model.shape import Shape
from archdb.sources.neutral import Call


class Axis(NamedTuple):
    """An axis of a tensor: axes of the layer's shape, merged in this order, and perhaps the batch
    before them, or behind them (`inner`)."""

    at: tuple[int, ...]
    batch: bool = False
    inner: bool = False


BATCH, ONE = Axis((), True), Axis(())


class Value(NamedTuple):
    """The output of a layer as the graph sees it."""

    layer: str
    shape: Shape
    axes: tuple[Axis, ...]

    def bare(self) -> Shape:
        """The extents of its axes, of the batch 1."""
        return tuple(prod(self.shape[i] for i in axis.at) for axis in self.axes)

    def full(self, batch: int) -> Shape:
        """The extents of its axes with the batch."""
        return tuple(
            extent * (batch if axis.batch else 1)
            for extent, axis in zip(self.bare(), self.axes, strict=True)
        )


class Stored(NamedTuple):
    """Numbers of the file alone: a parameter or buffer, or what is worked out from such.

    `names` are the tensors behind it; `whole`: its elements are those of the one tensor, perhaps
    in another order. Otherwise `call` works it out, as what it gives at `place`.
    """

    names: tuple[str, ...]
    shape: Shape
    whole: bool = True
    call: Call | None = None
    place: int = 0


class Opaque(NamedTuple):
    """The output of an unknown layer whose shape nobody states: what reads it is unknown, too."""

    layer: str


class Items(NamedTuple):
    """A list of tensors."""

    items: tuple[Any, ...]


class Known(NamedTuple):
    """Numbers that are known: shapes and what is worked out from them, constants of the file."""

    shape: Shape
    data: tuple[Any, ...]

    @property
    def scalar(self) -> Any:
        """The one number; None where there are more."""
        return self.data[0] if len(self.data) == 1 else None


def axes_of(full: Shape, batch: int, before: int = 1) -> tuple[Shape, tuple[Axis, ...]]:
    """The shape without the batch of a tensor that has one, and its axes.

    The batch is in the extent that is a multiple of it; of several the one behind as many elements
    as it stood behind in what the tensor was made of (`before`), else the first.
    """
    found = [at for at, extent in enumerate(full) if extent and extent % batch == 0]
    chosen = next((at for at in found if prod(full[:at]) == before), found[0] if found else -1)
    shape: list[int] = []
    axes = []
    for at, extent in enumerate(full):
        own = at == chosen
        rest = extent // batch if own else extent
        if own and rest == 1:
            axes.append(BATCH)
            continue
        axes.append(Axis((len(shape),), own))
        shape.append(rest)
    return tuple(shape), tuple(axes)


def stands_before(value: Value) -> int:
    """How many elements, without the batch, stand before the batch's own axis; 1 without one."""
    extents = value.bare()
    for at, axis in enumerate(value.axes):
        if axis.batch:
            return prod(extents[: at + axis.inner])
    return 1


def in_order(rank: int, batch: int | None = 0) -> tuple[Axis, ...]:
    """The axes of a tensor whose layer has the shape in its own order, the batch put in at one
    place, if any."""
    own = [Axis((i,)) for i in range(rank)]
    return tuple(own if batch is None else [*own[:batch], BATCH, *own[batch:]])

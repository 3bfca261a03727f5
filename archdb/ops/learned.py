"""Tensors that a network has of its own and no input: learnt, or fixed tables."""

from __future__ import annotations

from typing import Annotated, Any

from archdb.model.attributes import Extents, Flag, choice
from archdb.model.axes import Names
from archdb.model.shape import Shape, has_channels, stated
from archdb.ops.base import (
    BIAS,
    BUFFER,
    NORM,
    WEIGHT,
    Op,
    Tensor,
    no_work,
    op,
    point,
)
from archdb.ops.moving import check_names
from archdb.ops.rewritable import Origin, with_count
from archdb.ops.written import Reshaped, Writing

Role = Annotated[str, choice(WEIGHT, BIAS, NORM)]


class Stored(Op):
    """Shared by tensors that are there before anything arrives."""

    arity = (0, 0)
    constant = True
    stored = True
    shape: Extents
    axis_names: Names = None  # type: ignore[assignment]

    work = no_work
    window = point

    def check(self) -> None:
        check_names(self)

    def out(self) -> Shape:
        return stated(self.shape, self.axis_names)

    def writing(self, *inputs: Shape) -> Writing:
        """Without names, and without axes of one element."""
        extents = tuple(n for n in self.shape if n > 1) or (1,)
        behind = () if extents == self.shape else (Reshaped(self.shape),)
        return Writing(self.like(shape=extents, axis_names=None), behind=behind)

    def channels(self, *inputs: Shape) -> Origin:
        """As wide as what it meets."""
        return "shape" if has_channels(self.out()) else ()

    def as_wide(self, attribute: str, channels: int) -> Any:
        return self.like(shape=tuple(with_count(self.out(), channels)))


@op("parameter")
class Parameter(Stored):
    """A learnt tensor that layers read: a position embedding, a class token, a table of biases, a
    gate. `role`: whether its numbers count as weights, biases or those of a norm."""

    role: Role = WEIGHT

    def params(self) -> tuple[Tensor, ...]:
        return (Tensor("tensor", self.role, self.shape),)


@op("constant")
class Constant(Stored):
    """A tensor that is not learnt: a mask, an anchor, a table of positions. `buffer`: whether it is
    kept with the weights; otherwise it is written down where it is used, and has no numbers."""

    buffer: Flag = False

    def params(self) -> tuple[Tensor, ...]:
        return (Tensor("table", BUFFER, self.shape),) if self.buffer else ()

    def in_shape(self, shape: Shape) -> Any:
        return self.like(shape=shape)

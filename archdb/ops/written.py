"""How an op may be written otherwise and do the same: what a comparison of networks looks through.

For given input shapes an op states its `writing`: the op in the one form in which two are
compared, and what only gives elements another place or shape before and behind it, in steps.
The axis that an op works along is one of these writings: `acts_along` says which axes make a
difference to it, so that steps which leave these whole may be taken before it or behind.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from archdb.model.shape import Shape, axis_of, channel_axis


class Reshaped(NamedTuple):
    """The same elements in the same order under other extents."""

    extents: Shape


class Permuted(NamedTuple):
    """The axes in another order."""

    order: tuple[int, ...]


class Selected(NamedTuple):
    """The elements of one number along an axis, which goes."""

    axis: int
    number: int


Step = Reshaped | Permuted | Selected
Steps = tuple[Step, ...]


class Writing(NamedTuple):
    """`op`: None for what is nothing but steps; `before`: the steps that each input takes before
    it, `behind`: those that its output takes."""

    op: Any
    before: tuple[Steps, ...] = ()
    behind: Steps = ()

    @property
    def chooses(self) -> bool:
        """Whether it takes a part."""
        return any(isinstance(step, Selected) for step in self.behind)


def written_axis(x: Shape, axis: int, may_be_unsaid: bool) -> int | None:
    """An axis as it is compared: unsaid, where it may be, for the channels of a usual shape."""
    return None if may_be_unsaid and axis == channel_axis(tuple(x)) else axis


def without_leading_ones(out: Shape, *inputs: Shape) -> tuple[tuple[Steps, ...], Steps]:
    """Steps before and behind what works element by element on its leading axes, so that those
    of one element are left out of more than three."""
    count = 0
    while len(out) - count > 3 and all(len(x) == len(out) and x[count] == 1 for x in inputs):
        count += 1
    if not count:
        return ((),) * len(inputs), ()
    return tuple((Reshaped(tuple(x[count:])),) for x in inputs), (Reshaped(tuple(out)),)


class Written:
    """The answers of an op that has no other: its axes by number, from the first, left unsaid
    where they are those of channels; no names."""

    def writing(self: Any, *inputs: Shape) -> Writing:
        """What it is compared as where these shapes arrive."""
        changes = self.axes_written(inputs[0]) if inputs else {}
        if getattr(self, "axis_names", None):
            changes["axis_names"] = None
        return Writing(self.like(**changes) if changes else self)

    def axes_written(self: Any, x: Shape) -> dict[str, Any]:
        """Its attributes that speak of axes, as they are compared."""
        found: dict[str, Any] = {}
        declared = self.declaration.attributes
        if "axis" in declared and getattr(self, "axes", None) is None:
            found["axis"] = written_axis(x, axis_of(x, self.axis), declared["axis"].later)
        if getattr(self, "axes", None) is not None:
            found["axes"] = tuple(axis_of(x, axis) for axis in self.axes)
        return found

    def acts_along(self: Any, x: Shape) -> tuple[int, ...] | None:
        """The axes that it does not treat as so many positions: none for what is done element by
        element; None where no other order or shape of the axes may be taken for this one."""
        if self.arity != (1, 1):
            return None
        if "axis" in self.declaration.attributes and getattr(self, "axes", None) is None:
            return (axis_of(x, self.axis),)
        return () if self.elementwise else None

    def turned_to(self: Any, x: Shape, axes: tuple[int, ...]) -> Any:
        """The same op where these axes of another shape are what `acts_along` says."""
        if not axes:
            return self
        later = self.declaration.attributes["axis"].later
        return self.like(axis=written_axis(x, axes[0], later))

    def reads_flat(self, x: Shape) -> bool:
        """Whether all that arrives is one vector to it, whatever its shape."""
        return False

    def joins_along(self, *inputs: Shape) -> int | None:
        """The axis along which it puts its inputs beside each other and does nothing else; None
        for all others."""
        return None

    def in_shape(self, shape: Shape) -> Any:
        """The op that gives its elements in another order and shape: of a tensor whose elements
        are not told apart; None for all others."""
        return None

    @property
    def written_plainly(self: Any) -> bool:
        """Whether it is written in one way where all shapes have their usual axes."""
        own = type(self)
        said = any(getattr(self, name, None) is not None for name in ("axis", "axes", "axis_names"))
        return own.writing is Written.writing and not said

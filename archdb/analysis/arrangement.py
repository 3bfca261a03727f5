"""How elements stand behind steps that only give them another place or shape.

Each axis of what they were given is cut into parts, of which the axes of what they make are put
together in another order. Steps behind each other are one arrangement, however they were written.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations, product
from math import prod
from typing import NamedTuple

from archdb.model.shape import Shape
from archdb.ops.written import Permuted, Reshaped, Selected, Step

Groups = tuple[tuple[int, ...], ...]


class Arrangement(NamedTuple):
    """`axes`: the parts of each axis, by extent; parts are numbered through all axes. `out`: which
    parts make each axis behind the steps. `chosen`: of which parts one element is taken, and which.
    Parts of one element are left out."""

    axes: Groups
    out: Groups
    chosen: tuple[tuple[int, int], ...] = ()

    @property
    def parts(self) -> list[int]:
        """The extents of all parts."""
        return [part for axis in self.axes for part in axis]

    @property
    def shape(self) -> Shape:
        """What comes out."""
        parts = self.parts
        return tuple(prod(parts[k] for k in group) for group in self.out)

    @property
    def given(self) -> Shape:
        """What it is that stands otherwise."""
        return tuple(map(prod, self.axes))

    @property
    def in_order(self) -> bool:
        """Whether all elements follow each other as they did."""
        found = [k for group in self.out for k in group]
        return not self.chosen and found == sorted(found)

    def behind(self, step: Step) -> Arrangement | None:
        """With one step more; None where the parts do not fit what it cuts."""
        if isinstance(step, Permuted):
            return self._replace(out=tuple(self.out[at] for at in step.order))
        if isinstance(step, Selected):
            return self._selected(step.axis, step.number)
        return self._reshaped(step)

    def _selected(self, axis: int, index: int) -> Arrangement:
        parts, chosen = self.parts, list(self.chosen)
        for k in reversed(self.out[axis]):
            chosen.append((k, index % parts[k]))
            index //= parts[k]
        out = (*self.out[:axis], *self.out[axis + 1 :])
        return together(self._replace(out=out, chosen=tuple(sorted(chosen))))

    def _reshaped(self, step: Reshaped) -> Arrangement | None:
        made: Arrangement = self
        waiting = [k for group in self.out for k in group]
        out: list[list[int]] = []
        for extent in step.extents:
            out.append([])
            while extent > 1:
                if not waiting:
                    return None
                k = waiting[0]
                size = made.parts[k]
                if extent % size:
                    if size % extent:
                        return None
                    made, size = made.cut(k, extent), extent
                    waiting = [k, k + 1, *(n + (n > k) for n in waiting[1:])]
                    out = [[n + (n > k) for n in group] for group in out]
                out[-1].append(waiting.pop(0))
                extent //= size
        return None if waiting else together(made._replace(out=tuple(map(tuple, out))))

    def cut(self, part: int, first: int) -> Arrangement:
        """A part as two, of which the first has so many elements; `out` is left as it was."""
        axes = []
        for numbers, axis in zip(parts_of(self.axes), self.axes, strict=True):
            k = part - numbers[0] if part in numbers else None
            two = axis if k is None else (*axis[:k], first, axis[k] // first, *axis[k + 1 :])
            axes.append(two)
        chosen = tuple((k + (k > part), index) for k, index in self.chosen)
        return Arrangement(tuple(axes), self.out, chosen)

    def along(self, axes: tuple[int, ...]) -> tuple[int, ...] | None:
        """Which axes of what it was given these are of what comes out; None where one of them is
        not a whole one."""
        numbers = parts_of(self.axes)
        found = []
        for axis in axes:
            if not self.out[axis] or self.out[axis] not in numbers:
                return None
            found.append(numbers.index(self.out[axis]))
        return tuple(found)

    def with_extent(self, axis: int, extent: int) -> Arrangement:
        """The same, where a whole axis of what it is given has another extent."""
        axes = (*self.axes[:axis], (extent,), *self.axes[axis + 1 :])
        return self._replace(axes=axes)


def whole(parts: Sequence[Arrangement], axis: int) -> Arrangement | None:
    """What all parts of one tensor are beside each other along an axis, each chosen by another
    index; None where they are not all, or are not in order."""
    first = parts[0]
    if not first.chosen or any(each[:2] != first[:2] for each in parts):
        return None
    sizes, numbers = first.parts, [k for k, _ in first.chosen]
    if any([k for k, _ in each.chosen] != numbers for each in parts):
        return None
    found = [dict(each.chosen) for each in parts]
    for order in permutations(numbers):
        if found == [
            dict(zip(order, index, strict=True))
            for index in product(*(range(sizes[k]) for k in order))
        ]:
            group = (*order, *first.out[axis])
            out = (*first.out[:axis], group, *first.out[axis + 1 :])
            return together(Arrangement(first.axes, out))
    return None


def unmoved(shape: Shape) -> Arrangement:
    """That of no step."""
    axes = tuple((n,) if n > 1 else () for n in shape)
    return Arrangement(axes, tuple(parts_of(axes)))


def parts_of(axes: Groups) -> list[tuple[int, ...]]:
    """The parts of each axis, by number."""
    found, at = [], 0
    for axis in axes:
        found.append(tuple(range(at, at + len(axis))))
        at += len(axis)
    return found


def together(made: Arrangement) -> Arrangement:
    """With parts as one that follow each other before and behind."""
    fate: dict[int, tuple[int, int]] = {k: (-1, place) for place, (k, _) in enumerate(made.chosen)}
    for at, group in enumerate(made.out):
        fate |= {k: (at, place) for place, k in enumerate(group)}
    new: dict[int, int] = {}
    axes: list[tuple[int, ...]] = []
    count = -1
    for numbers, axis in zip(parts_of(made.axes), made.axes, strict=True):
        parts: list[int] = []
        for k, size in zip(numbers, axis, strict=True):
            before = fate.get(k - 1)
            follows = before is not None and fate[k] == (before[0], before[1] + 1)
            if parts and follows:
                parts[-1] *= size
            else:
                parts.append(size)
                count += 1
            new[k] = count
        axes.append(tuple(parts))
    sizes, chosen = made.parts, dict[int, int]()
    for k, index in made.chosen:
        chosen[new[k]] = chosen.get(new[k], 0) * sizes[k] + index
    out = tuple(tuple(dict.fromkeys(new[k] for k in group)) for group in made.out)
    return Arrangement(tuple(axes), out, tuple(chosen.items()))

"""The ops that make an arrangement, in the one way in which networks are compared."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from archdb.analysis.arrangement import Arrangement, parts_of, together
from archdb.model.attributes import MOST_AXES
from archdb.model.shape import Shape
from archdb.ops import Op
from archdb.ops.cutting import Select, Slice
from archdb.ops.dense import Flatten
from archdb.ops.moving import Permute, Reshape


def chosen_ops(made: Arrangement) -> Iterator[tuple[Op, Arrangement]]:
    """The ops that take what is chosen, one after the other, each with what is left to be done."""
    while made.chosen:
        part, index = made.chosen[0]
        numbers = parts_of(made.axes)
        axis = next(at for at, group in enumerate(numbers) if part in group)
        last = part == numbers[axis][-1] and len(numbers[axis]) > 1
        if part != numbers[axis][0] and not last:
            given, made = made.given, _cut_around(made, axis, part - numbers[axis][0])
            yield reshaped(given, made.given), made
            continue
        place = part - numbers[axis][0]
        own, others = made.axes[axis][place], made.axes[axis][:place] + made.axes[axis][place + 1 :]
        rest = prod(others)
        if last:
            op: Op = Slice(axis=axis, start=index, step=own)
        elif others:
            stop = None if index == own - 1 else (index + 1) * rest
            op = Slice(axis=axis, start=index * rest, stop=stop)
        else:
            op = Select(axis=axis, index=index)
        kept = [others] if others else []
        axes = (*made.axes[:axis], *kept, *made.axes[axis + 1 :])
        chosen = tuple((k - 1, i) for k, i in made.chosen[1:])
        out = tuple(tuple(k - (k > part) for k in group) for group in made.out)
        made = together(Arrangement(axes, out, chosen))
        yield op, made


def _cut_around(made: Arrangement, axis: int, place: int) -> Arrangement:
    """With an axis as several: what is before one of its parts, it, and what is behind it. Other
    axes are taken together where there would be too many."""
    parts = made.axes[axis]
    cut = [parts[:place], (parts[place],), *([parts[place + 1 :]] if parts[place + 1 :] else [])]
    before, behind = made.axes[:axis], made.axes[axis + 1 :]
    if len(before) + len(cut) + len(behind) > MOST_AXES:
        before, behind = (tuple([sum(each, ())] if each else []) for each in (before, behind))
    return made._replace(axes=(*before, *cut, *behind))


def moving_ops(made: Arrangement) -> Iterator[tuple[Op, Shape]]:
    """The ops that bring what is not chosen to its places, each with the shape behind it: at the
    most a reshape, a permutation and a reshape, unless these have too many axes."""
    given, wanted, runs = made.given, made.shape, _runs(made)
    if len(runs) > 1:
        if direct := _directly(made):
            yield Permute(order=direct), wanted
            return
        sizes, rising = made.parts, sorted(range(len(runs)), key=lambda k: runs[k][0])
        blocks = tuple(prod(sizes[k] for k in runs[run]) for run in rising)
        ranks = tuple(rising.index(run) for run in range(len(runs)))
        for shape, turn in _turns(blocks, ranks):
            if shape != given:
                yield reshaped(given, shape), shape
            given = tuple(shape[k] for k in turn)
            yield Permute(order=turn), given
    if given != wanted:
        yield reshaped(given, wanted), wanted


def _turns(blocks: Shape, ranks: tuple[int, ...]) -> Iterator[tuple[Shape, tuple[int, ...]]]:
    """The permutations that bring blocks into an order, each with the shape that it is of: one, or
    of too many blocks one after the other to its place."""
    if len(blocks) <= MOST_AXES:
        yield blocks, ranks
        return
    now = list(range(len(blocks)))
    for place, block in enumerate(ranks):
        at = now.index(block)
        if at > place:
            groups = now[:place], now[place:at], [block], now[at + 1 :]
            extents = [prod(blocks[k] for k in group) for group in groups]
            kept = [k for k, group in enumerate(groups) if group]
            turn = [kept.index(k) for k in (0, 2, 1, 3) if k in kept]
            yield tuple(extents[k] for k in kept), tuple(turn)
            now.insert(place, now.pop(at))


def _runs(made: Arrangement) -> list[list[int]]:
    """Parts that follow each other before and behind, in the order behind."""
    runs: list[list[int]] = []
    for k in (k for group in made.out for k in group):
        if runs and runs[-1][-1] + 1 == k:
            runs[-1].append(k)
        else:
            runs.append([k])
    return runs


def _directly(made: Arrangement) -> tuple[int, ...] | None:
    """The order of whole axes, some of them of one element; None where axes are cut or joined."""
    groups = (*made.axes, *made.out)
    if len(made.axes) != len(made.out) or max(map(len, groups)) > 1:
        return None
    wide, single = ([at for at, n in enumerate(made.given) if (n > 1) == w] for w in (True, False))
    alone = iter(single)
    return tuple(wide[group[0]] if group else next(alone) for group in made.out)


def reshaped(given: Shape, wanted: Shape) -> Op:
    """The op of another shape: 0 where an axis at the beginning stays, -1 for one that alone is
    not as it was."""
    if len(wanted) == 1:
        flat: Op = Flatten()
        return flat
    same = 0
    while same < min(len(given), len(wanted)) and given[same] == wanted[same]:
        same += 1
    rest = wanted[same:]
    ends = 0
    while ends < min(len(given) - same, len(rest)) and given[-1 - ends] == rest[-1 - ends]:
        ends += 1
    if len(rest) - ends == 1:
        rest = (-1, *rest[1:])
    other: Op = Reshape(shape=(*(0,) * same, *rest))
    return other

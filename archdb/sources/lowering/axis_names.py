"""What axes are called behind a reshape, so that a sequence of heads is not taken for an image."""

from __future__ import annotations

from math import prod

from archdb.model.shape import (
    CHANNEL,
    CHANNELS,
    HEIGHT,
    SEQUENCE,
    UNNAMED,
    USUAL,
    WIDTH,
    Shape,
    axes_of,
)


def reshaped_names(old: Shape, new: Shape) -> tuple[str, ...]:
    """The names of the axes of `new`, the elements of `old` in the same order.

    An axis that stays is what it was. One that is split has parts of no name, but for a sequence
    beside channels, whose two parts are the height and width of a map. What merges is a sequence
    where it was the positions of a map.
    """
    before = axes_of(old)
    found: list[str] = []
    for olds, news in _groups(old, new):
        names = [before[at] for at in olds if old[at] > 1] or [before[at] for at in olds[:1]]
        found += _names(names, len(news))
    if len(found) != len(new):
        return (UNNAMED,) * len(new)
    if {HEIGHT, WIDTH} < set(found):
        found = [CHANNEL if name in CHANNELS else name for name in found]
    map_like = set(found) == {HEIGHT, WIDTH, *set(found).intersection(CHANNELS)}
    if not map_like and len(found) == 3:
        found = [UNNAMED if name in (HEIGHT, WIDTH) else name for name in found]
    return _distinct(found)


def _names(olds: list[str], news: int) -> list[str]:
    """The names of so many axes made of axes of these."""
    if len(olds) == news == 1:
        return olds
    if olds == [SEQUENCE] and news == 2:
        return [HEIGHT, WIDTH]
    if olds == [HEIGHT, WIDTH] and news == 1:
        return [SEQUENCE]
    return [UNNAMED] * news


def _distinct(names: list[str]) -> tuple[str, ...]:
    seen: set[str] = set()
    found = []
    for name in names:
        found.append(UNNAMED if name in seen else name)
        seen.add(name)
    return tuple(found)


def _groups(old: Shape, new: Shape) -> list[tuple[list[int], list[int]]]:
    """The smallest runs of axes of both that hold equally many elements."""
    found: list[tuple[list[int], list[int]]] = []
    i = j = 0
    while i < len(old) or j < len(new):
        olds: list[int] = []
        news: list[int] = []
        have = want = 1
        while (i < len(old) or j < len(new)) and (not olds or not news or have != want):
            if (have <= want and i < len(old)) or j >= len(new):
                olds.append(i)
                have *= old[i]
                i += 1
            else:
                news.append(j)
                want *= new[j]
                j += 1
        if prod(old[i:]) == prod(new[j:]) == 1:  # extents of 1 at the end
            olds += range(i, len(old))
            news += range(j, len(new))
            i, j = len(old), len(new)
        found.append((olds, news))
    return found


def usual(names: tuple[str, ...]) -> bool:
    """Whether a shape without names has these."""
    return names == USUAL.get(len(names)) and len(names) <= 3

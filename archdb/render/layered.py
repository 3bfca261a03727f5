"""Where the boxes of a drawing stand: layer by layer from the top, as edges lead.

A box is one rank below the lowest that it reads (longest path); in a rank boxes stand in the order
of execution, as near to what they read as there is room. An edge over several ranks has a place
kept for it in each, so that it runs past boxes and not through them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

#: Between boxes of a rank, between ranks, and the room that an edge on its way is kept, in pixels.
GAP, RISE, LANE = 18.0, 26.0, 10.0


class Box(NamedTuple):
    """Centre and size, in pixels."""

    x: float
    y: float
    width: float
    height: float


class Layout(NamedTuple):
    """Boxes by name; each edge as the points that it passes; the size of all."""

    boxes: dict[str, Box]
    lines: list[list[tuple[float, float]]]
    width: float
    height: float


Edge = tuple[str, str]
#: A box by its name, or the place of an edge in a rank.
Place = str | tuple[Edge, int]


def ranks(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The rank of each box, from 0; `names` are in the order of execution."""
    read: dict[str, list[str]] = {name: [] for name in names}
    for source, reader in edges:
        read[reader].append(source)
    found: dict[str, int] = {}
    for name in names:
        found[name] = 1 + max((found[s] for s in read[name] if s in found), default=-1)
    return found


def layout(
    sizes: Mapping[str, tuple[float, float]], edges: Sequence[Edge], aside: Collection[str] = ()
) -> Layout:
    """Boxes of these sizes (width, height), in the order of execution, and edges between them;
    those `aside` stand to the right of all others."""
    names = list(sizes)
    rank = ranks(names, edges)
    edges = [edge for edge in edges if rank[edge[0]] < rank[edge[1]]]
    rows: list[list[Place]] = [[] for _ in range(1 + max(rank.values(), default=-1))]
    for name in names:
        rows[rank[name]].append(name)
    paths: dict[Edge, list[Place]] = {}
    for edge in edges:
        between: list[Place] = [(edge, at) for at in range(rank[edge[0]] + 1, rank[edge[1]])]
        paths[edge] = [edge[0], *between, edge[1]]
        for at, place in enumerate(between, rank[edge[0]] + 1):
            rows[at].append(place)
    above = _above(paths)
    x: dict[Place, float] = {}
    for row in rows:
        _spread([place for place in row if not _owner(place) & {*aside}], sizes, above, x)
    right = max((x[p] + _wide(p, sizes) / 2 for p in x), default=0.0)
    for row in rows:
        edge_of_row = right + GAP
        for place in row:
            if place not in x:
                x[place] = edge_of_row + _wide(place, sizes) / 2
                edge_of_row += _wide(place, sizes) + GAP
    return _placed(sizes, rank, rows, paths, x)


def _above(paths: Mapping[Edge, Sequence[Place]]) -> dict[Place, list[Place]]:
    found: dict[Place, list[Place]] = {}
    for path in paths.values():
        for upper, lower in pairwise(path):
            found.setdefault(lower, []).append(upper)
    return found


def _owner(place: Place) -> set[str]:
    """The box that a place is for, or that its edge leads to."""
    return {place if isinstance(place, str) else place[0][1]}


def _wide(place: Place, sizes: Mapping[str, tuple[float, float]]) -> float:
    return sizes[place][0] if isinstance(place, str) else LANE


def _spread(
    row: list[Place],
    sizes: Mapping[str, tuple[float, float]],
    above: Mapping[Place, Sequence[Place]],
    x: dict[Place, float],
) -> None:
    """Give the places of a rank their x: below what is above them, side by side, and so that they
    lie about it evenly."""

    def wanted(place: Place) -> float:
        upper = [x[other] for other in above.get(place, ()) if other in x]
        return sum(upper) / len(upper) if upper else 0.0

    row.sort(key=wanted)
    targets = list(map(wanted, row))
    at, left = [], float("-inf")
    for place, target in zip(row, targets, strict=True):
        half = _wide(place, sizes) / 2
        at.append(max(target, left + half))
        left = at[-1] + half + GAP
    shift = sum(a - t for a, t in zip(at, targets, strict=True)) / max(len(row), 1)
    x.update({place: a - shift for place, a in zip(row, at, strict=True)})


def _placed(
    sizes: Mapping[str, tuple[float, float]],
    rank: Mapping[str, int],
    rows: Sequence[Sequence[Place]],
    paths: Mapping[Edge, Sequence[Place]],
    x: Mapping[Place, float],
) -> Layout:
    left = min((x[p] - _wide(p, sizes) / 2 for p in x), default=0.0) - GAP
    right = max((x[p] + _wide(p, sizes) / 2 for p in x), default=0.0) + GAP
    tops, y = [], GAP
    for row in rows:
        tall = max(sizes[p][1] for p in row if isinstance(p, str))
        tops.append((y, tall))
        y += tall + RISE
    boxes = {}
    for name, (width, height) in sizes.items():
        top, tall = tops[rank[name]]
        boxes[name] = Box(x[name] - left, top + tall / 2, width, height)
    lines = []
    for (source, reader), path in paths.items():
        first, last = boxes[source], boxes[reader]
        points = [(first.x, first.y + first.height / 2)]
        for at, place in enumerate(path[1:-1], rank[source] + 1):
            top, tall = tops[at]
            points += [(x[place] - left, top), (x[place] - left, top + tall)]
        lines.append([*points, (last.x, last.y - last.height / 2)])
    return Layout(boxes, lines, right - left, y - RISE + GAP)

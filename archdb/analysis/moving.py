"""Layers that two networks have in different places: left out here, put in there."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from archdb.analysis.neighbourhoods import Graph
from archdb.analysis.reading import Partners, Reading

#: How far off a layer may stand and be said to have moved: further, it is another one.
FARTHEST = 12

#: Layers behind each other, and the place in the first network that they stand at.
Run = tuple[int, list[int]]


def pair_moved(graphs: tuple[Graph, Graph], partners: tuple[Partners, Partners]) -> set[int]:
    """Pair runs of equal layers that have no partners and stand near each other.

    Returns those that have moved, by their numbers in the first graph: not those that read what
    they read, and stand elsewhere in the order alone.
    """
    ours, theirs = _runs(graphs, partners, 0), _runs(graphs, partners, 1)
    near = sorted(
        (abs(a[0] - b[0]), a, b)
        for key in ours.keys() & theirs.keys()
        for a in ours[key]
        for b in theirs[key]
        if abs(a[0] - b[0]) <= FARTHEST
    )
    found: set[int] = set()
    for _, (_, run), (_, other) in near:
        if partners[0][run[0]] is None and partners[1][other[0]] is None:
            for i, j in zip(run, other, strict=True):
                partners[0][i], partners[1][j] = j, i
            found |= _elsewhere(Reading(graphs, partners, found), run)
    return found


def _runs(
    graphs: tuple[Graph, Graph], partners: tuple[Partners, Partners], side: int
) -> dict[Hashable, list[Run]]:
    """Unbroken runs of layers without a partner, by what they are."""
    graph = graphs[side]
    places = {i: place for place, i in enumerate(graphs[0].order)}
    found: dict[Hashable, list[Run]] = {}
    run: list[int] = []
    place = 0
    for k in [*graph.order, None]:
        if k is not None and partners[side][k] is None:
            run.append(k)
            continue
        if run:
            kinds = tuple((graph.layers[k].op, graph.layers[k].auxiliary) for k in run)
            found.setdefault(kinds, []).append((place, run))
            run = []
        if k is not None:
            place = places[k if side == 0 else _number(partners[1][k])]
    return found


def _number(partner: int | None) -> int:
    assert partner is not None
    return partner


def _elsewhere(reading: Reading, run: Sequence[int]) -> set[int]:
    """A run, where it or what reads it does not read what its partner reads."""
    readers = {reader for i in run for reader, _ in reading.graphs[0].readers[i]}
    for i in {*run, *readers}:
        j = reading.partners[0][i]
        if j is not None and i not in reading.moved and reading.reads_otherwise(i, j):
            return set(run)
    return set()

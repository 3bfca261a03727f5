"""The cells of NAS-Bench-101 (ying2019), numbered as the benchmark's own script finds them.

A cell is a directed acyclic graph of at most 7 vertices, the input first and the output last, and
of at most 9 edges, in which every vertex lies on a path between the two. Each vertex between them
bears one of three operations. Of isomorphic cells the first stands for all; the script goes
through the adjacency matrices of 2, 3, … vertices in the order of their bits, column after column
with the least significant first, and for each through all labels, the last vertex moving first.

The script hashes every graph and keeps those whose hash is new. Here a matrix that is isomorphic
to an earlier one is left out with all its labels, because that one has had their like; and of the
labels of a matrix those stay that none of its automorphisms makes smaller. So no graph need be
remembered, and any cell is found by its number.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, permutations, product
from typing import NamedTuple

MOST_VERTICES, MOST_EDGES = 7, 9
#: The benchmark's labels 0, 1 and 2, of which its hash is taken.
OPERATIONS = ("conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3")
INPUT, OUTPUT = -1, -2  # their labels

#: A column of the adjacency matrix for each vertex: what it reads, as bits.
Columns = tuple[int, ...]
#: Where each of the vertices between input and output goes.
Renaming = tuple[int, ...]
Labels = tuple[int, ...]


class Cell(NamedTuple):
    """`reads` are for each vertex those that it reads, in their order; `labels` the indices in
    OPERATIONS of the vertices between input and output."""

    reads: tuple[tuple[int, ...], ...]
    labels: Labels

    @property
    def operations(self) -> tuple[str, ...]:
        return tuple(OPERATIONS[label] for label in self.labels)

    @property
    def matrix(self) -> tuple[tuple[int, ...], ...]:
        """The adjacency matrix: row by row 1 where a vertex is read by the one of the column."""
        vertices = range(len(self.reads))
        return tuple(tuple(int(v in self.reads[to]) for to in vertices) for v in vertices)


def module_hash(cell: Cell) -> str:
    """The benchmark's hash of a cell, equal for isomorphic ones: each vertex is hashed by degrees
    and label, then as often as there are vertices with its neighbours."""
    readers = [[at for at, bit in enumerate(row) if bit] for row in cell.matrix]
    every = [*zip(cell.reads, readers, strict=True)]
    labels = (INPUT, *cell.labels, OUTPUT)
    hashes = [
        _md5(str((len(out), len(into), label)))
        for (into, out), label in zip(every, labels, strict=True)
    ]
    for _ in labels:
        hashes = [
            _md5("|".join((_joined(hashes, into), _joined(hashes, out), own)))
            for (into, out), own in zip(every, hashes, strict=True)
        ]
    return _md5(str(sorted(hashes)))


def _joined(hashes: Sequence[str], vertices: Sequence[int]) -> str:
    return "".join(sorted([hashes[vertex] for vertex in vertices]))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _matrices(vertices: int) -> Iterator[Columns]:
    """All matrices in the order of their bits; the last column is the most significant."""

    def columns(vertex: int, edges: int) -> Iterator[Columns]:
        """The columns up to that of `vertex`, of so many edges at most and none empty."""
        if vertex == 0:
            yield (0,)
            return
        for own in range(1, 1 << vertex):
            left = edges - own.bit_count()
            if left >= vertex - 1:  # one at least for each column before
                for before in columns(vertex - 1, left):
                    yield (*before, own)

    every = (1 << vertices - 1) - 1  # only the output is read by none
    for found in columns(vertices - 1, MOST_EDGES):
        read = 0
        for column in found:
            read |= column
        if read == every:
            yield found


def _renamed(columns: Columns, to: Renaming) -> Columns | None:
    """The matrix with its vertices renamed; None where one then reads a later one."""
    names = (0, *to, len(columns) - 1)
    found = [0] * len(columns)
    for vertex, column in enumerate(columns):
        name = names[vertex]
        for source in range(vertex):
            if column >> source & 1:
                if names[source] > name:
                    return None
                found[name] |= 1 << names[source]
    return tuple(found)


def _automorphisms(columns: Columns) -> list[Renaming] | None:
    """The renamings that leave a matrix as it is; None where one leads to an earlier matrix."""
    found = []
    for to in permutations(range(1, len(columns) - 1)):
        renamed = _renamed(columns, to)
        if renamed is not None and renamed[::-1] < columns[::-1]:
            return None
        if renamed == columns:
            found.append(to)
    return found


def _labellings(automorphisms: list[Renaming]) -> Iterator[Labels]:
    """Labels of which none is an earlier one renamed."""
    for labels in product(range(len(OPERATIONS)), repeat=len(automorphisms[0])):
        if all(labels <= tuple(labels[to - 1] for to in names) for names in automorphisms):
            yield labels


@cache
def _graphs() -> tuple[list[tuple[Columns, list[Renaming]]], list[int]]:
    """The graphs without labels, and how many cells there are up to and with each."""
    found = [
        (columns, automorphisms)
        for vertices in range(2, MOST_VERTICES + 1)
        for columns in _matrices(vertices)
        if (automorphisms := _automorphisms(columns)) is not None
    ]
    counts = (sum(1 for _ in _labellings(automorphisms)) for _, automorphisms in found)
    return found, [*accumulate(counts)]


@lru_cache(maxsize=64)
def _cells(graph: int) -> tuple[tuple[tuple[int, ...], ...], list[Labels]]:
    columns, automorphisms = _graphs()[0][graph]
    reads = tuple(
        tuple(source for source in range(vertex) if column >> source & 1)
        for vertex, column in enumerate(columns)
    )
    return reads, [*_labellings(automorphisms)]


def cell(number: int) -> Cell:
    """The cell of a number from 0."""
    ends = _graphs()[1]
    graph = bisect_right(ends, number)
    reads, labellings = _cells(graph)
    return Cell(reads, labellings[number - ends[graph]])


#: How many there are (ying2019, section 2).
SIZE = 423_624

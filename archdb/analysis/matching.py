"""Which layer of one network is which of another: by structure, and by name only between equals.

First what is equal in all that leads to it, then what is equal in all that follows, whatever the
rows' order; between the two, layers are aligned along the order at the least cost.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial

from archdb.analysis.least_cost import LEFT_OUT, align
from archdb.analysis.neighbourhoods import Graph, classes
from archdb.analysis.pair_cost import PairCost, op_cost
from archdb.analysis.reading import Partners
from archdb.analysis.whole_blocks import keep_whole

#: How many of the layers that fit equally well are looked at more closely.
_MOST_RIVALS = 16
#: How far is looked along a chain of layers for what tells it from another.
_FARTHEST = 8


class Matching:
    """Layers of two graphs in pairs: `here` are the partners of the first one's layers, `there`
    those of the second one's."""

    def __init__(self, first: Graph, second: Graph) -> None:
        self.first, self.second = first, second
        self.here: Partners = [None] * len(first)
        self.there: Partners = [None] * len(second)
        self.classes = classes(first, second)
        self._equal_from_above()
        self._equal_from_below()
        self._in_order()
        keep_whole((first, second), (self.here, self.there))

    def pair(self, i: int, j: int) -> None:
        """Let these two be one layer, instead of what they were."""
        self.here[i], self.there[j] = j, i

    def _equal_from_above(self) -> None:
        """Pair what is equal in all that leads to it and reads what is paired already."""
        ours, theirs = (
            _by(graph.order, each.above, partial(_reads, graph))
            for graph, each in zip((self.first, self.second), self.classes, strict=True)
        )
        for i in self.first.order:
            if self.here[i] is None:
                number = self.classes[0].above[i]
                rivals = theirs.get((number, _reads(self.first, i, self.here)), [])
                self._pair_equal(ours[number, _reads(self.first, i)], rivals)

    def _equal_from_below(self) -> None:
        """Pair what is equal in all that follows and is read by what is paired already."""
        ours, theirs = (
            _by(graph.order, each.below, partial(_read_by, graph))
            for graph, each in zip((self.first, self.second), self.classes, strict=True)
        )
        for i in reversed(self.first.order):
            if self.here[i] is None:
                number = self.classes[0].below[i]
                rivals = theirs.get((number, _read_by(self.first, i, self.here)), [])
                self._pair_equal(ours[number, _read_by(self.first, i)], rivals)

    def _pair_equal(self, ours: list[int], theirs: list[int]) -> None:
        """Of layers that are equal on one side, pair the ones most alike on the other."""
        ours = [i for i in ours if self.here[i] is None][:_MOST_RIVALS]
        theirs = [j for j in theirs if self.there[j] is None][:_MOST_RIVALS]
        while ours and theirs:
            pairs = [(i, j) for i in ours for j in theirs]
            i, j = max(pairs, key=self._likeness) if len(pairs) > 1 else pairs[0]
            self.pair(i, j)
            ours.remove(i)
            theirs.remove(j)

    def _likeness(self, pair: tuple[int, int]) -> tuple[int, ...]:
        """How alike two layers are that differ on one side at the most: the larger, the more."""
        i, j = pair
        ours, theirs = self.classes
        graphs = self.first, self.second
        return (
            ours.whole[i] == theirs.whole[j],
            len(_siblings(self.first, i, self.here) & _siblings(self.second, j)),
            ours.below[i] == theirs.below[j],
            ours.above[i] == theirs.above[j],
            _joins(self.first, i) == _joins(self.second, j),
            -sum(_distance(graphs, i, j, onwards) for onwards in (_sources, _readers)),
            self.first.layers[i].name == self.second.layers[j].name,
        )

    def _in_order(self) -> None:
        """Pair what is left, along the order."""
        ours = [i for i in self.first.order if self.here[i] is None]
        theirs = [j for j in self.second.order if self.there[j] is None]
        if ours and theirs:
            cost = PairCost(self.first, self.second, self.here, self.there)
            for i, j in align(len(ours), len(theirs), cost.of(ours, theirs)):
                self.pair(ours[i], theirs[j])


def _by(
    order: Sequence[int], numbers: Sequence[int], around: Callable[[int], Hashable]
) -> dict[tuple[int, Hashable], list[int]]:
    """Layers by their class and what is around them."""
    found: dict[tuple[int, Hashable], list[int]] = {}
    for k in order:
        found.setdefault((numbers[k], around(k)), []).append(k)
    return found


def _sources(graph: Graph, i: int) -> Sequence[int]:
    return graph.inputs[i]


def _readers(graph: Graph, i: int) -> Sequence[int]:
    return [reader for reader, _ in graph.readers[i]]


def _distance(
    graphs: tuple[Graph, Graph], i: int, j: int, onwards: Callable[[Graph, int], Sequence[int]]
) -> int:
    """What it costs to make one chain that begins at a layer of another, layer by layer."""
    first, second = graphs
    cost = 0
    for _ in range(_FARTHEST):
        ours, theirs = onwards(first, i), onwards(second, j)
        if len(ours) != 1 or len(theirs) != 1:
            return cost + LEFT_OUT * (len(ours) != len(theirs))
        (i,), (j,) = ours, theirs
        cost += op_cost(first.layers[i].op, second.layers[j].op)
    return cost


def _joins(graph: Graph, i: int) -> tuple[str, int]:
    """Where the chain that a layer begins meets others, if it does: the op, and which input."""
    slot = 0
    for _ in range(_FARTHEST):
        if len(graph.readers[i]) != 1:
            break
        ((i, slot),) = graph.readers[i]
        if len(graph.inputs[i]) > 1:
            return graph.layers[i].op.name, slot
    return "", 0


def _numbers(numbers: Sequence[int], partners: Partners | None) -> list[int]:
    """These layers, or their partners; -1 for one that has none."""
    if partners is None:
        return list(numbers)
    found = [partners[number] for number in numbers]
    return [-1 if number is None else number for number in found]


def _reads(graph: Graph, i: int, partners: Partners | None = None) -> tuple[int, ...]:
    sources = _numbers(graph.inputs[i], partners)
    return tuple(sorted(sources) if graph.layers[i].op.commutative else sources)


def _read_by(graph: Graph, i: int, partners: Partners | None = None) -> tuple[tuple[int, int], ...]:
    readers = _numbers([reader for reader, _ in graph.readers[i]], partners)
    slots = (slot for _, slot in graph.readers[i])
    return tuple(sorted(zip(readers, slots, strict=True)))


def _siblings(graph: Graph, i: int, partners: Partners | None = None) -> set[int]:
    """What is read together with a layer."""
    together = {source for reader, _ in graph.readers[i] for source in graph.inputs[reader]}
    return set(_numbers(sorted(together - {i}), partners)) - {-1}

"""What it costs to say that one network's layer is another's: by op, attributes, surroundings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from archdb.analysis.least_cost import Cost
from archdb.analysis.neighbourhoods import Graph
from archdb.ops import Op

#: Beside what a layer left out costs (least_cost.LEFT_OUT): layers of one op with an attribute
#: changed, with each further one, with however many; of related ops; of any two.
CHANGED, EACH_FURTHER, MOST_CHANGED = 1000, 200, 1600
RELATED, UNRELATED = 1600, 1850
#: An auxiliary head against the network itself.
OTHER_HEAD = 300
#: Other layers before or behind, the same name: these decide between what changes equally much.
ELSEWHERE, SAME_NAME = 12, 1
#: In another branch, by the next layers above or below that are paired.
APART = 500
_MOST_NEXT = 8

Partners = Sequence[int | None]


class PairCost:
    """Costs of pairs of two graphs' layers, some of which have partners already."""

    def __init__(self, first: Graph, second: Graph, here: Partners, there: Partners) -> None:
        self.first, self.second = first, second
        known: dict[Hashable, int] = {}
        #: A layer that is paired is known by its number in the first graph, others by their op.
        self._ours = _surroundings(
            first, [None if j is None else i for i, j in enumerate(here)], known
        )
        self._theirs = _surroundings(second, there, known)

    def of(self, ours: Sequence[int], theirs: Sequence[int]) -> Cost:
        """The cost of pairing one of `ours` with some of `theirs`, by their places in these."""
        others = [self.second.layers[j] for j in theirs]
        ops = [layer.op for layer in others]
        heads = [place for place, layer in enumerate(others) if layer.auxiliary]
        main = [place for place, layer in enumerate(others) if not layer.auxiliary]
        around = [self._theirs[j] for j in theirs]
        named = {layer.name: place for place, layer in enumerate(others)}
        alike: dict[str, list[int]] = {}
        for place, op in enumerate(ops):
            alike.setdefault(op.name, []).append(place)
        priced: dict[Op, _OpCosts] = {}

        def cost(place: int, start: int, end: int) -> list[int]:
            layer = self.first.layers[ours[place]]
            op_costs = priced.setdefault(layer.op, _OpCosts(layer.op))
            costs = list(map(op_costs.__getitem__, ops[start:end]))
            here = self._ours[ours[place]]
            for k in _between(alike.get(layer.op.name, ()), start, end):
                if around[k] != here:
                    costs[k - start] += here.distance(around[k])
            for k in _between(main if layer.auxiliary else heads, start, end):
                costs[k - start] += OTHER_HEAD
            same = named.get(layer.name, end)
            if start <= same < end:
                costs[same - start] -= SAME_NAME
            return costs

        return cost


class _OpCosts(dict[Op, int]):
    """What it costs to make other ops of one, each worked out when it is first asked for."""

    def __init__(self, op: Op) -> None:
        super().__init__()
        self.op = op

    def __missing__(self, other: Op) -> int:
        cost = self[other] = op_cost(self.op, other)
        return cost


def _between(places: Sequence[int], start: int, end: int) -> Sequence[int]:
    """Those of rising places that are from start on and before the end."""
    return places[bisect_left(places, start) : bisect_left(places, end)]


def op_cost(one: Op, other: Op) -> int:
    """What it costs to make one op of another."""
    if one is other:
        return 0
    if one.name != other.name:
        shared = one.declaration.attributes.keys() & other.declaration.attributes.keys()
        return RELATED if shared or _family(one) & _family(other) else UNRELATED
    ours, theirs = one.attributes(), other.attributes()
    names = ours.keys() | theirs.keys()
    changed: int = sum(ours.get(name) != theirs.get(name) for name in names)
    return min(CHANGED + EACH_FURTHER * (changed - 1), MOST_CHANGED)


def _family(op: Op) -> set[type]:
    """The classes that an op shares with those that are like it."""
    return set(type(op).__mro__[1:]) - set(Op.__mro__)


class _Surroundings(NamedTuple):
    """What a layer reads and what reads it, as numbers that stand for these; and the next layers
    above and below it that are paired."""

    before: int
    behind: int
    above: frozenset[int]
    below: frozenset[int]

    def distance(self, other: _Surroundings) -> int:
        """What it costs that two layers stand in different surroundings."""
        differ = (self.before != other.before) + (self.behind != other.behind)
        apart = _apart(self.above, other.above) + _apart(self.below, other.below)
        return ELSEWHERE * differ + APART * apart


def _apart(one: frozenset[int], other: frozenset[int]) -> bool:
    return bool(one and other) and one.isdisjoint(other)


def _surroundings(
    graph: Graph, paired: Partners, known: dict[Hashable, int]
) -> list[_Surroundings]:
    words = [
        layer.op.name if number is None else str(number)
        for layer, number in zip(graph.layers, paired, strict=True)
    ]

    def number(layers: Iterable[int]) -> int:
        return known.setdefault(tuple(sorted(words[i] for i in layers)), len(known))

    readers = [[reader for reader, _ in each] for each in graph.readers]
    forwards, backwards = range(len(graph)), range(len(graph) - 1, -1, -1)
    above, below = _next(forwards, graph.inputs, paired), _next(backwards, readers, paired)
    return [
        _Surroundings(number(graph.inputs[i]), number(readers[i]), above[i], below[i])
        for i in forwards
    ]


def _next(
    order: Sequence[int], onwards: Sequence[Sequence[int]], paired: Partners
) -> list[frozenset[int]]:
    """For each layer the next ones that way which are paired; none where these are many."""
    found = [frozenset[int]()] * len(order)
    reached = list(found)
    for i in order:
        found[i] = frozenset[int]().union(*(reached[k] for k in onwards[i]))
        if len(found[i]) > _MOST_NEXT:
            found[i] = frozenset()
        number = paired[i]
        reached[i] = found[i] if number is None else frozenset((number,))
    return found

"""Two networks as graphs of numbered layers, and classes of layers with equal surroundings."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from archdb.analysis.shared_weights import sharing_layers
from archdb.model.graph import Layer, Network


class Graph:
    """A network's layers by number, in the network's own order.

    `inputs`: what each reads; `readers`: (reader, slot) pairs, slot 0 where the order of inputs
    makes no difference; `order`: the numbers in an order that hangs on structure alone, with each
    branch in one piece: the longest first where branches meet in a sum, or as they are `listed`.
    """

    def __init__(self, network: Network, listed: bool = False) -> None:
        self.listed = listed
        self.layers: Sequence[Layer] = network.layers
        number = {layer.name: i for i, layer in enumerate(self.layers)}
        self.inputs = [tuple(number[name] for name in layer.inputs) for layer in self.layers]
        self.readers: list[list[tuple[int, int]]] = [[] for _ in self.layers]
        for i, sources in enumerate(self.inputs):
            ordered = not self.layers[i].op.commutative
            for slot, source in enumerate(sources):
                self.readers[source].append((i, slot * ordered))
        self.sharers = {
            number[name]: sorted({number[name], *(number[other] for other in others)})
            for name, others in sharing_layers(network).items()
        }
        self.order = self._depth_first()

    def __len__(self) -> int:
        return len(self.layers)

    def _depth_first(self) -> list[int]:
        depths = [0] * len(self)
        for i, sources in enumerate(self.inputs):
            depths[i] = 1 + max((depths[source] for source in sources), default=0)
        ends = [i for i in range(len(self)) if not self.readers[i]]
        order: list[int] = []
        seen = [False] * len(self)
        stack = sorted(ends, key=lambda i: -depths[i])
        while stack:
            i = stack[-1]
            waiting = [source for source in self.inputs[i] if not seen[source]]
            if not waiting or seen[i]:
                stack.pop()
                if not seen[i]:
                    seen[i] = True
                    order.append(i)
            elif self.layers[i].op.commutative and not self.listed:
                stack.append(max(waiting, key=lambda source: depths[source]))
            else:
                stack.append(waiting[0])
        return order


class Classes:
    """For each layer of a graph a number, the same for layers of both graphs that are alike:
    `above` in all that leads to them, `below` in all that follows, `whole` in both."""

    def __init__(self, graph: Graph, known: dict[Hashable, int]) -> None:
        layers = graph.layers

        def number(*key: Hashable) -> int:
            return known.setdefault(key, len(known))

        count = len(graph)
        self.above, self.below, self.whole = [0] * count, [0] * count, [0] * count
        for i, layer in enumerate(layers):
            sources: Iterable[int] = (self.above[source] for source in graph.inputs[i])
            ordered = tuple(sorted(sources)) if layer.op.commutative else tuple(sources)
            self.above[i] = number("above", layer.op, layer.auxiliary, ordered)
        for i in reversed(range(count)):
            sharing = tuple(sorted(self.above[other] for other in graph.sharers.get(i, ())))
            readers = graph.readers[i]
            below = tuple(sorted((self.below[reader], slot) for reader, slot in readers))
            whole = tuple(sorted((self.whole[reader], slot) for reader, slot in readers))
            self.below[i] = number("below", layers[i].op, layers[i].auxiliary, below)
            self.whole[i] = number("whole", self.above[i], sharing, whole)


def classes(first: Graph, second: Graph) -> tuple[Classes, Classes]:
    """The classes of two graphs' layers, by the same numbers."""
    known: dict[Hashable, int] = {}
    return Classes(first, known), Classes(second, known)

"""Which of equal layers are left over: whole blocks, and of one block those of other names.

One more of many that are equal could be cut out of the order anywhere. Where a block's partners are
part of one block and part of another, and could as well be all of one, they are, so that what is
left over is a block too; within a block, layers of one name are paired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archdb.analysis.neighbourhoods import Graph
from archdb.analysis.reading import Partners, Reading

Pairs = list[tuple[int, int]]


def keep_whole(graphs: tuple[Graph, Graph], partners: tuple[Partners, Partners]) -> None:
    """Let the layers of each block have their partners in one block, where these are equal to the
    ones they have and no more layers read something else."""
    for side in (0, 1):
        _Side(graphs, partners, side).keep_whole()
    for side in (0, 1):
        _Side(graphs, partners, side).keep_names()


class _Side:
    def __init__(
        self, graphs: tuple[Graph, Graph], partners: tuple[Partners, Partners], side: int
    ) -> None:
        self.graphs, self.partners, self.side = graphs, partners, side
        self.own, self.other = graphs[side], graphs[1 - side]
        self.blocks, self.targets = _members(self.own), _members(self.other)

    def keep_whole(self) -> None:
        for members in self.blocks.values():
            pairs = [(k, p) for k in members if (p := self.partners[self.side][k]) is not None]
            found = {self.other.layers[p].block: None for _, p in pairs}
            if len(found) > 1:
                plans = [self._into(pairs, block) for block in found if block is not None]
                for plan in sorted(filter(None, plans), key=len):
                    if self._changed(plan):
                        break

    def keep_names(self) -> None:
        """Let a layer that has no partner take that of its name, if what is left over then is equal
        to it and of its block."""
        names = {layer.name: k for k, layer in enumerate(self.own.layers)}
        taken = 1
        while taken:  # one may make room for another
            taken = sum(self._take_name(free, names) for free in self.other.order)

    def _take_name(self, free: int, names: Mapping[str, int]) -> bool:
        layer, k = self.other.layers[free], names.get(self.other.layers[free].name)
        partner = None if k is None else self.partners[self.side][k]
        if self.partners[1 - self.side][free] is not None or k is None or partner is None:
            return False
        near = _equal(self.other, free, partner) and self.other.layers[partner].block == layer.block
        return near and self._changed([(k, free)])

    def _into(self, pairs: Pairs, block: str) -> Pairs | None:
        """Other partners in a block for all that have theirs elsewhere; None where it has not so
        many that are equal and free."""
        free = [p for p in self.targets[block] if self.partners[1 - self.side][p] is None]
        plan: Pairs = []
        for k, partner in pairs:
            layer = self.other.layers[partner]
            if layer.block == block:
                continue
            fit = (p for p in free if _equal(self.other, p, partner))
            chosen = next(fit, None)
            if chosen is None:
                return None
            free.remove(chosen)
            plan.append((k, chosen))
        return plan

    def _changed(self, plan: Pairs) -> bool:
        """Whether other partners were given; not where more layers would read something else."""
        before = [(k, self.partners[self.side][k]) for k, _ in plan]
        near = self._near([k for k, _ in plan])
        rewired = self._rewired(near)
        self._pair(plan)
        if self._rewired(near) <= rewired:
            return True
        self._pair([(k, p) for k, p in before if p is not None])
        return False

    def _pair(self, plan: Pairs) -> None:
        own, other = self.partners[self.side], self.partners[1 - self.side]
        for k, _ in plan:
            partner = own[k]
            if partner is not None:
                other[partner] = None
        for k, partner in plan:
            own[k], other[partner] = partner, k

    def _near(self, layers: Sequence[int]) -> set[int]:
        """These layers and those that read them."""
        return {*layers, *(reader for k in layers for reader, _ in self.own.readers[k])}

    def _rewired(self, near: set[int]) -> int:
        """How many of these layers do not read what their partners read."""
        reading = Reading(self.graphs, self.partners)
        pairs = ((k, self.partners[self.side][k]) for k in near)
        return sum(
            reading.reads_otherwise(*((k, partner) if self.side == 0 else (partner, k)))
            for k, partner in pairs
            if partner is not None
        )


def _members(graph: Graph) -> dict[str, list[int]]:
    """The layers of each block, in order."""
    found: dict[str, list[int]] = {}
    for k in graph.order:
        block = graph.layers[k].block
        if block is not None:
            found.setdefault(block, []).append(k)
    return found


def _equal(graph: Graph, one: int, other: int) -> bool:
    ours, theirs = graph.layers[one], graph.layers[other]
    return ours.op is theirs.op and ours.auxiliary == theirs.auxiliary

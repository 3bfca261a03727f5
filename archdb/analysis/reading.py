"""What paired layers of two networks read, looking through layers that only one of them has."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from archdb.analysis.neighbourhoods import Graph

#: The other network's layer that each layer is, by number; None where it has no such layer.
Partners = list[int | None]


class Reading:
    """The edges of two graphs whose layers are paired, in numbers of the first graph.

    A layer that only one network has stands on the edges between those that both have: a reader
    behind it is not said to read something else. So does one that has `moved`.
    """

    def __init__(
        self,
        graphs: tuple[Graph, Graph],
        partners: tuple[Partners, Partners],
        moved: Collection[int] = (),
    ) -> None:
        self.graphs, self.partners, self.moved = graphs, partners, frozenset(moved)
        self._origins: tuple[dict[int, frozenset[int]], ...] = ({}, {})

    def known(self, side: int, k: int) -> int | None:
        """The number in the first graph of a layer that both have, in one place."""
        partner = self.partners[side][k]
        i = k if side == 0 and partner is not None else partner
        return None if i in self.moved else i

    def origins(self, side: int, k: int) -> frozenset[int]:
        """The layers that both have which a layer of one graph stands for: itself, or those next
        above it."""
        found, inputs = self._origins[side], self.graphs[side].inputs
        waiting = [k]
        while waiting:  # not by recursion: thousands of layers may follow each other
            last = waiting[-1]
            known = self.known(side, last)
            above = inputs[last] if known is None else ()
            behind = [source for source in above if source not in found]
            if behind:
                waiting += behind
            else:
                own = () if known is None else (known,)
                found[last] = frozenset(own).union(*(found[source] for source in above))
                waiting.pop()
        return found[k]

    def slots(self, i: int, j: int) -> list[int] | None:
        """For each input of a layer the slot of its partner that reads the same; None where they
        do not read the same."""
        ours = [self.origins(0, s) for s in self.graphs[0].inputs[i]]
        theirs = [self.origins(1, s) for s in self.graphs[1].inputs[j]]
        if len(ours) != len(theirs):
            return None
        if not self._in_any_order(i, j):
            return list(range(len(ours))) if all(map(_same, ours, theirs)) else None
        fit = [
            sorted(
                (slot for slot, other in enumerate(theirs) if _same(origins, other)),
                key=lambda slot: theirs[slot] != origins,
            )
            for origins in ours
        ]
        return _one_each(fit)

    def _in_any_order(self, i: int, j: int) -> bool:
        ours, theirs = self.graphs[0].layers[i].op, self.graphs[1].layers[j].op
        return bool(ours.commutative and theirs.commutative)

    def unchanged_layers(self) -> Iterator[tuple[int, list[int]]]:
        """The layers that both have in one place and that read the same, each with what its
        partner reads, by the second graph's numbers, in the order of the first's inputs."""
        for i, j in enumerate(self.partners[0]):
            slots = None if j is None or i in self.moved else self.slots(i, j)
            if j is not None and slots is not None:
                yield i, [self.graphs[1].inputs[j][slot] for slot in slots]

    def reads_otherwise(self, i: int, j: int) -> bool:
        """Whether two paired layers read what is not the same."""
        return self.slots(i, j) is None

    def inputs(self, i: int, j: int) -> tuple[str, str]:
        """What two paired layers read, by the first network's names where it has them."""
        ours, theirs = self.graphs
        names = []
        for s in theirs.inputs[j]:
            known = self.partners[1][s]
            names.append(theirs.layers[s].name if known is None else ours.layers[known].name)
        return ", ".join(ours.layers[i].inputs), ", ".join(names)

    def owners(self, i: int, j: int) -> tuple[str, str]:
        """The layer whose weights each of two paired ones uses, by the first network's name: the
        first of those that share them and that both networks have; '' where there is no other."""
        names = []
        for side, k in enumerate((i, j)):
            sharers = self.graphs[side].sharers.get(k, ())
            known = [n for n in (self.known(side, s) for s in sharers) if n is not None]
            owner = min(known, default=i)
            names.append("" if owner == i else self.graphs[0].layers[owner].name)
        return names[0], names[1]


def _same(ours: frozenset[int], theirs: frozenset[int]) -> bool:
    return not ours.isdisjoint(theirs) or ours == theirs


def _one_each(fit: list[list[int]]) -> list[int] | None:
    """One of the slots that fit for each, and none for two; None where there is no such choice."""
    taken: dict[int, int] = {}

    def take(k: int, tried: set[int]) -> bool:
        for slot in fit[k]:
            if slot not in tried:
                tried.add(slot)
                if slot not in taken or take(taken[slot], tried):
                    taken[slot] = k
                    return True
        return False

    if not all(take(k, set()) for k in range(len(fit))):
        return None
    return sorted(taken, key=taken.__getitem__)

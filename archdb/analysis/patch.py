"""The differences between two networks as edits, which make the one of the other.

apply(first, patch(align(first, second)))  has the structure of `second`
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from archdb.analysis.alignment import Alignment
from archdb.errors import DefinitionError
from archdb.model.graph import Layer, Network

REMOVE, INSERT, MOVE, REPLACE = "remove", "insert", "move", "replace"


class Slot(NamedTuple):
    """An input of a layer, and what is read there from now on."""

    reader: str
    slot: int
    source: str


class Edit(NamedTuple):
    """`layer`: as it is behind the edit (for REMOVE as it was); `slots`: inputs of layers that have
    no edit of their own and are changed by this one.

    What reads a removed or moved layer reads what stood first before it, unless `slots` say
    otherwise. A replaced layer that `keeps_inputs` reads what it read.
    """

    kind: str
    layer: Layer
    slots: tuple[Slot, ...] = ()
    keeps_inputs: bool = False


def patch(alignment: Alignment) -> tuple[Edit, ...]:
    """The edits that make the second network of the first."""
    return tuple(_Patch(alignment).edits())


def apply(network: Network, edits: Iterable[Edit]) -> Network:
    """The network that edits make of one; DefinitionError where they are not of this network."""
    edits = list(edits)
    layers = {layer.name: layer for layer in network}
    for edit in edits:
        if edit.kind != INSERT and edit.layer.name not in layers:
            raise DefinitionError(
                f"has no layer '{edit.layer.name}', which is to be changed",
                remedy="edits are applied to the network that they were found for",
            ).at(network.name)
    gone = {edit.layer.name for edit in edits if edit.kind in (REMOVE, MOVE)}
    kept = {
        name: layer._replace(inputs=tuple(_behind(layers, gone, s) for s in layer.inputs))
        for name, layer in layers.items()
        if name not in gone
    }
    for edit in edits:
        if edit.keeps_inputs:
            kept[edit.layer.name] = edit.layer._replace(inputs=kept[edit.layer.name].inputs)
        elif edit.kind != REMOVE:
            kept[edit.layer.name] = edit.layer
    for reader, slot, source in (slot for edit in edits for slot in edit.slots):
        inputs = list(kept[reader].inputs)
        inputs[slot] = source
        kept[reader] = kept[reader]._replace(inputs=tuple(inputs))
    return Network(network.name, kept.values())


def _behind(layers: dict[str, Layer], gone: set[str], name: str) -> str:
    """What stands where a layer is gone: what it read, the first where it read several."""
    while name in gone and layers[name].inputs:
        name = layers[name].inputs[0]
    return name


class _Patch:
    def __init__(self, alignment: Alignment) -> None:
        self.reading = alignment.reading
        self.first, self.second = self.reading.graphs
        self.here, self.there = self.reading.partners
        self.names = self._names()
        self.numbers = {layer.name: j for j, layer in enumerate(self.second.layers)}
        self.unchanged_layers: set[int] = set()
        #: For each layer of either network that is put in or taken out, the slots that it changes.
        self.put_in: dict[int, list[Slot]] = {}
        self.taken_out: dict[int, list[Slot]] = {}
        self._find_slots()

    def edits(self) -> Iterator[Edit]:
        for i, layer in enumerate(self.first.layers):
            if self.here[i] is None:
                yield Edit(REMOVE, layer, tuple(self.taken_out.get(i, ())))
        for j, partner in enumerate(self.there):
            layer, slots = self._behind_edits(j), self.put_in.get(j, [])
            if partner is None:
                yield Edit(INSERT, layer, tuple(slots))
            elif partner in self.reading.moved:
                yield Edit(MOVE, layer, (*slots, *self.taken_out.get(partner, ())))
            elif partner not in self.unchanged_layers or _differ(self.first.layers[partner], layer):
                yield Edit(REPLACE, layer, keeps_inputs=partner in self.unchanged_layers)

    def _names(self) -> list[str]:
        """What each of the second network's layers is called behind all edits."""
        taken = {layer.name for layer in self.first.layers}
        names = []
        for layer, i in zip(self.second.layers, self.there, strict=True):
            name = layer.name if i is None else self.first.layers[i].name
            while i is None and name in taken:
                name += "'"
            taken.add(name)
            names.append(name)
        return names

    def _find_slots(self) -> None:
        """Of layers that read the same in both networks, the inputs that look through others."""
        layers = {layer.name: layer for layer in self.first.layers}
        gone = {
            layer.name
            for i, layer in enumerate(self.first.layers)
            if self.here[i] is None or i in self.reading.moved
        }
        for i, slots in self.reading.unchanged_layers():
            self.unchanged_layers.add(i)
            for slot, wanted in enumerate(slots):
                source, name = self.first.inputs[i][slot], self.names[wanted]
                if _behind(layers, gone, self.first.layers[source].name) != name:
                    change = Slot(self.first.layers[i].name, slot, name)
                    put_in = self.reading.known(1, wanted) is None
                    where = self.put_in if put_in else self.taken_out
                    where.setdefault(wanted if put_in else source, []).append(change)

    def _behind_edits(self, j: int) -> Layer:
        """A layer of the second network by the names that all have behind all edits."""
        layer = self.second.layers[j]
        owner = layer.weights_of
        return layer._replace(
            name=self.names[j],
            inputs=tuple(self.names[source] for source in self.second.inputs[j]),
            weights_of=None if owner is None else self.names[self.numbers[owner]],
        )


def _differ(before: Layer, after: Layer) -> bool:
    """Whether two layers differ but for what they are called and what they read."""
    one, other = (layer._replace(name="", inputs=(), block=None) for layer in (before, after))
    return one != other

"""Two networks aligned by structure: which layer is which, and what changes from one to the other.

Names decide nothing but ties, and the order of the rows nothing at all. What two networks are
told to differ in is the same from either side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archdb.analysis.aligned_layer import AlignedLayer, Changed
from archdb.analysis.carried_back import carried_back
from archdb.analysis.differences import MOVED, Change, attribute_changes, op_attributes
from archdb.analysis.matching import Matching
from archdb.analysis.moving import pair_moved
from archdb.analysis.neighbourhoods import Graph
from archdb.analysis.normal_form import NormalForm, normal_form
from archdb.analysis.reading import Reading
from archdb.model.graph import Network

#: Pairs of layers up to which branches that are summed are tried in both orders.
_FEW = 250_000


class Alignment(NamedTuple):
    """`rows` in reading order, of the networks' own layers; `forms`: the normal forms, which are
    compared; `reading`: what the layers of these read, and in what pairs they are."""

    rows: tuple[AlignedLayer, ...]
    networks: tuple[Network, Network]
    forms: tuple[Network, Network]
    reading: Reading

    @property
    def edits(self) -> int:
        """In how many edits the second network is made of the first."""
        return sum(row.edits for row in self.rows)

    def changes(self) -> list[Change]:
        """All differences, under the first network's names where it has the layer."""
        found: list[Change] = []
        for row in self.rows:
            name = row.layer.name
            if row.alone:
                before, after = (layer.op.name if layer else "" for layer in (row.here, row.there))
                found.append(Change("layer", before, after, name))
            found += [Change(*change, name) for change in row.changes]
        return found


def align(first: Network, second: Network) -> Alignment:
    """The alignment of two networks, by their normal forms."""
    forms = normal_form(first), normal_form(second)
    graphs = Graph(forms[0].network), Graph(forms[1].network)
    alignment = _align(forms, graphs)
    if alignment.edits and len(first) * len(second) <= _FEW:
        listed = Graph(forms[0].network, listed=True), Graph(forms[1].network, listed=True)
        if [each.order for each in listed] != [each.order for each in graphs]:
            return min(alignment, _align(forms, listed), key=lambda each: each.edits)
    return alignment


def _align(forms: tuple[NormalForm, NormalForm], graphs: tuple[Graph, Graph]) -> Alignment:
    networks = forms[0].network, forms[1].network
    backwards = not _comes_first(*networks)
    graphs = graphs[::-1] if backwards else graphs
    matching = Matching(*graphs)
    partners = matching.here, matching.there
    moved = pair_moved(graphs, partners)
    if backwards:
        moved = {j for i in moved if (j := partners[0][i]) is not None}
        graphs, partners = graphs[::-1], partners[::-1]
    reading = Reading(graphs, partners, moved)
    rows = carried_back(_rows(reading), forms, backwards)
    return Alignment(rows, (forms[0].original, forms[1].original), networks, reading)


def _comes_first(first: Network, second: Network) -> bool:
    """Whichever way two networks are given, they are matched in one direction."""
    if len(first) != len(second):
        return len(first) < len(second)
    keys = (
        [(layer.name, layer.op.name, repr(layer.op.attributes())) for layer in network]
        for network in (first, second)
    )
    return next(keys) <= next(keys)


def _rows(reading: Reading) -> Iterator[AlignedLayer]:
    """In the first network's order; what only the second has stands behind what it follows."""
    first, second = reading.graphs
    behind: dict[int | None, list[AlignedLayer]] = {}
    place: int | None = None
    for layer, partner in zip(second.layers, reading.partners[1], strict=True):
        if partner is None:
            behind.setdefault(place, []).append(AlignedLayer(None, layer))
        else:
            place = partner
    yield from behind.get(None, ())
    for i, layer in enumerate(first.layers):
        j = reading.partners[0][i]
        if j is None:
            yield AlignedLayer(layer, None)
        else:
            yield AlignedLayer(layer, second.layers[j], tuple(_changes(reading, i, j)))
        yield from behind.get(i, ())


def _changes(reading: Reading, i: int, j: int) -> Iterator[Changed]:
    """How the second network's layer differs from the first's."""
    ours, theirs = (graph.layers[k] for graph, k in zip(reading.graphs, (i, j), strict=True))
    if i in reading.moved:
        yield Changed(MOVED, *reading.inputs(i, j))
    elif reading.reads_otherwise(i, j):
        yield Changed("inputs", *reading.inputs(i, j))
    if ours.op.name != theirs.op.name:
        yield Changed("op", ours.op.name, theirs.op.name)
    elif ours.op is not theirs.op:
        for change in attribute_changes(op_attributes(ours.op), op_attributes(theirs.op)):
            yield Changed(*change)
    if ours.auxiliary != theirs.auxiliary:
        yield Changed("auxiliary", *(str(x.auxiliary).lower() for x in (ours, theirs)))
    before, after = reading.owners(i, j)
    if before != after:
        yield Changed("weights_of", before, after)

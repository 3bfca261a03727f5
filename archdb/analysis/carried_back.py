"""What is found of two networks in normal form, told of their own layers.

A layer that the normal form has no counterpart of, or only under another name, differs in nothing
but how it is written, unless all that reads it is in one network alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archdb.analysis.aligned_layer import AlignedLayer, Changed
from archdb.analysis.differences import op_attributes
from archdb.analysis.normal_form import NormalForm
from archdb.model.graph import Layer


class _Side:
    """One of two networks: its layers, the partners of those that have some, those that it has
    alone, and those that are only written otherwise."""

    def __init__(self, form: NormalForm) -> None:
        self.layers = {layer.name: layer for layer in form.original}
        self.owners = form.owners
        self.partners: dict[str, str] = {}
        self.alone: set[str] = set()
        self.changes: dict[str, list[Changed]] = {}

    def own(self, layer: Layer | None) -> Layer | None:
        """The network's own layer that one of the normal form is."""
        return None if layer is None else self.layers.get(layer.name)

    def owner(self, layer: Layer) -> str:
        """The own layer that one of the normal form is, or that it belongs to."""
        return self.owners.get(layer.name, layer.name)

    def pair(self, name: str, other: _Side, partner: str) -> None:
        """Let these two be one layer."""
        self.partners[name], other.partners[partner] = partner, name

    def is_loose(self, name: str) -> bool:
        """Whether nothing is said of a layer yet."""
        return name not in self.partners and name not in self.alone

    def loose(self) -> list[Layer]:
        """Those of which nothing is said yet, in order."""
        return [layer for name, layer in self.layers.items() if self.is_loose(name)]


def carried_back(
    rows: Iterable[AlignedLayer], forms: tuple[NormalForm, NormalForm], backwards: bool
) -> tuple[AlignedLayer, ...]:
    """The rows of two normal forms as rows of the networks, in the first one's order; what only
    the second has stands behind what it follows. `backwards`: the second's layers are told of
    before the first's, so that it is the same the other way round."""
    if all(form.network is form.original for form in forms):
        return tuple(rows)
    sides = _Side(forms[0]), _Side(forms[1])
    rows = tuple(rows)
    for row in rows:
        _take(row, sides)
    for row in rows:
        _pair_owners(row, sides)
    order = sides[::-1] if backwards else sides
    for row in rows:
        _note(row, order, (row.there, row.here) if backwards else (row.here, row.there))
    _pair_loose(sides)
    for side in sides:
        _with_readers(side)
    return tuple(_rows(*sides))


def _take(row: AlignedLayer, sides: tuple[_Side, _Side]) -> None:
    """Say of the networks' own layers what a row says of them."""
    here, there = sides[0].own(row.here), sides[1].own(row.there)
    if here is not None and there is not None:
        sides[0].pair(here.name, sides[1], there.name)
    elif row.alone and (own := here or there) is not None:
        sides[row.here is None].alone.add(own.name)


def _pair_owners(row: AlignedLayer, sides: tuple[_Side, _Side]) -> None:
    """Pair what layers belong to that are one, where nothing is said of it yet."""
    if row.here is not None and row.there is not None:
        here, there = sides[0].owner(row.here), sides[1].owner(row.there)
        if sides[0].is_loose(here) and sides[1].is_loose(there):
            sides[0].pair(here, sides[1], there)


def _note(
    row: AlignedLayer, sides: tuple[_Side, ...], pair: tuple[Layer | None, Layer | None]
) -> None:
    """What differs, at the layer that it is, or that it belongs to; of a layer that belongs to one
    of one network alone it goes without saying."""
    found = zip(sides, pair, strict=True)
    side, layer = next((side, layer) for side, layer in found if layer is not None)
    changes = row.changes
    if row.alone and layer.name not in side.layers:
        said = " ".join(text for text in op_attributes(layer.op).values() if text) or "yes"
        changes = (Changed(layer.op.name, *((said, "") if row.there is None else ("", said))),)
    if changes:
        side.changes.setdefault(side.owner(layer), []).extend(changes)


def _pair_loose(sides: tuple[_Side, _Side]) -> None:
    """Pair what is written alike: one op on what is paired."""
    waiting: dict[tuple[object, ...], list[str]] = {}
    for layer in sides[1].loose():
        waiting.setdefault((layer.op, layer.inputs), []).append(layer.name)
    for layer in sides[0].loose():
        reads = tuple(sides[0].partners.get(source, "") for source in layer.inputs)
        found = waiting.get((layer.op, reads))
        if found:
            sides[0].pair(layer.name, sides[1], found.pop(0))


def _with_readers(side: _Side) -> None:
    """What only layers that the network has alone read goes with them."""
    readers: dict[str, list[str]] = {}
    for name, layer in side.layers.items():
        for source in layer.inputs:
            readers.setdefault(source, []).append(name)
    for layer in reversed(side.loose()):
        if side.alone.issuperset(readers.get(layer.name, [""])):
            side.alone.add(layer.name)


def _rows(first: _Side, second: _Side) -> Iterator[AlignedLayer]:
    behind: dict[str | None, list[AlignedLayer]] = {}
    place: str | None = None
    for name, layer in second.layers.items():
        partner = second.partners.get(name)
        if partner is not None:
            place = partner
            first.changes.setdefault(partner, []).extend(second.changes.get(name, ()))
        else:
            behind.setdefault(place, []).append(_alone(second, None, layer))
    yield from behind.get(None, ())
    for name, layer in first.layers.items():
        partner = first.partners.get(name)
        if partner is None:
            yield _alone(first, layer, None)
        else:
            changes = tuple(dict.fromkeys(first.changes.get(name, ())))
            there = second.layers[partner]
            yield AlignedLayer(layer, there, changes, not changes and layer.op is not there.op)
        yield from behind.get(name, ())


def _alone(side: _Side, here: Layer | None, there: Layer | None) -> AlignedLayer:
    layer = here or there
    assert layer is not None
    if layer.name in side.alone:
        return AlignedLayer(here, there)
    changes = tuple(dict.fromkeys(side.changes.get(layer.name, ())))
    return AlignedLayer(here, there, changes, True)

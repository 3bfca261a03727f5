"""Blocks of two networks in pairs: those that share the most layers of an alignment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from archdb.analysis.aligned_layer import AlignedLayer
from archdb.analysis.alignment import Alignment
from archdb.model.graph import Layer

#: How many kinds of changes of a block are told; more are counted.
_MOST_TOLD = 3

Pair = tuple[str | None, str | None]


def align_blocks(alignment: Alignment) -> Iterator[tuple[str | None, str | None, list[str], bool]]:
    """(block of the first network, of the second, changes, whether it is the same and only written
    otherwise), in reading order. A layer outside any block is one by itself; a block that shares no
    layer with one of the other network has None."""
    theirs = _partners(alignment)
    ours = {there: here for here, there in theirs.items()}
    units: dict[Pair, list[AlignedLayer]] = {}
    for row in alignment.rows:
        here, there = _block(row.here), _block(row.there)
        places: list[Pair] = [] if here is None else [(here, theirs.get(here))]
        if there is not None:
            places.append((ours.get(there), there))
        for place in dict.fromkeys(places):
            units.setdefault(place, []).append(row)
    for (here, there), rows in units.items():
        both = here is not None and there is not None
        changes = _told(_changes(rows, here, there)) if both else []
        yield here, there, changes, not changes and all(row.written for row in rows)


def _block(layer: Layer | None) -> str | None:
    return None if layer is None else layer.block or layer.name


def _partners(alignment: Alignment) -> dict[str, str]:
    """The block of the second network that each of the first is, the ones most alike first."""
    shared: Counter[tuple[str, str]] = Counter()
    for row in alignment.rows:
        here, there = _block(row.here), _block(row.there)
        if here is not None and there is not None:
            shared[here, there] += 1
    found: dict[str, str] = {}
    taken: set[str] = set()
    for (here, there), _ in shared.most_common():
        if here not in found and there not in taken:
            found[here] = there
            taken.add(there)
    return found


def _changes(rows: Iterable[AlignedLayer], here: str | None, there: str | None) -> Iterator[str]:
    """How two blocks differ, change by change."""
    for row in rows:
        inside = _block(row.here) == here, _block(row.there) == there
        if all(inside) or row.written:
            yield from map(str, row.changes)
        elif row.here is not None and inside[0]:
            yield f"{row.here.op.name} removed"
        elif row.there is not None:
            yield f"{row.there.op.name} added"


def _told(changes: Iterable[str]) -> list[str]:
    counts = Counter(changes)
    lines = [change if times == 1 else f"{times} × {change}" for change, times in counts.items()]
    left = len(lines) - _MOST_TOLD
    return [*lines[:_MOST_TOLD], f"{left} more"] if left > 0 else lines

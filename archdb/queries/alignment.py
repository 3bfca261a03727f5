"""Networks side by side, layer by layer or block by block, aligned by structure.

The first network is the base: each row is a layer (or block) of it and what that is in the others,
or what only another one has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import accumulate
from typing import Any, NamedTuple

from archdb.analysis.alignment import Alignment, align
from archdb.analysis.alignment_summary import summarize, written_otherwise
from archdb.analysis.block_alignment import align_blocks
from archdb.analysis.weighing import Convention
from archdb.queries.grouped import COMPARED, rows_of
from archdb.queries.profiles import AnyProfile
from archdb.queries.provenance import Note
from archdb.queries.result import Column, Result

#: What a row is told to be, beside 'changed (…)' and 'only in NETWORK'.
SAME, WRITTEN, FOLLOWS = "same", "same, written otherwise", "same, reads other shapes"

Figures = dict[Any, dict[str, Any]]


class Line(NamedTuple):
    """A row: what it is called in each network, None where that has no such thing; and for each
    network but the first how it differs there, '' where neither has it."""

    keys: tuple[str | None, ...]
    changes: tuple[str, ...]


class Compared:
    """Networks of which the first is compared with each other one."""

    def __init__(self, found: Sequence[AnyProfile], by: str, counted: Sequence[Convention]) -> None:
        self.found, self.by = found, by
        self.quantities = [*COMPARED[by], *(each.name for each in counted)]
        self.figures = [rows_of(one, by, self.quantities, counted) for one in found]
        self.alignments = [align(found[0].network, one.network) for one in found[1:]]
        self.lines = list(self._merged())

    def _merged(self) -> Iterator[Line]:
        """The base's rows in its order; what only another has stands behind what it follows."""
        pairs = [list(self._pairs(k, alignment)) for k, alignment in enumerate(self.alignments, 1)]
        changed = [{here: (there, said) for here, there, said in each} for each in pairs]
        alone: dict[str | None, list[Line]] = {}
        for k, each in enumerate(pairs, 1):
            place = None
            for here, there, said in each:
                if here is None:
                    alone.setdefault(place, []).append(self._alone(k, there, said))
                else:
                    place = here
        yield from alone.get(None, ())
        for key in self.figures[0]:
            rows = [each[key] for each in changed]
            yield Line((key, *(there for there, _ in rows)), tuple(said for _, said in rows))
            yield from alone.get(key, ())

    def _alone(self, k: int, there: str | None, said: str) -> Line:
        others = range(1, len(self.found))
        keys = (there if at == k else None for at in others)
        return Line((None, *keys), tuple(said if at == k else "" for at in others))

    def _pairs(self, k: int, alignment: Alignment) -> Iterator[tuple[str | None, str | None, str]]:
        """What the base has and what that is in another network, with how it differs there."""
        names = self.found[0].name, self.found[k].name
        units = align_blocks(alignment) if self.by == "block" else _layers(alignment)
        for here, there, changes, written in units:
            here = here if here in self.figures[0] else None  # not of an auxiliary head
            there = there if there in self.figures[k] else None
            said = f" ({'; '.join(changes)})" if changes else ""
            if here is None and there is None:
                continue
            if written or (here is not None and there is not None):
                same = WRITTEN if written else SAME
                yield here, there, f"changed{said}" if said else same
            else:
                yield here, there, f"only in {names[here is None]}{said}"

    def names(self) -> list[str]:
        """What each row is called: by the base, or by what has it alone, as NETWORK/LAYER where
        the base calls something else so."""
        found = []
        for line in self.lines:
            name = line.keys[0]
            if name is None:
                k, name = next((k, key) for k, key in enumerate(line.keys) if key is not None)
                if name in self.figures[0]:
                    name = f"{self.found[k].name}/{name}"
            found.append(name)
        return found

    def cells(self, line: Line, quantity: str) -> list[Any]:
        """A quantity in each network."""
        return [
            None if key is None else figures[key][quantity]
            for key, figures in zip(line.keys, self.figures, strict=True)
        ]

    def difference(self, line: Line, quantity: str, k: int) -> Any:
        """By how much another network has more than the base; None where one is open."""
        cells = self.cells(line, quantity)
        pair = [0 if line.keys[at] is None else cells[at] for at in (0, k)]
        return None if None in pair else pair[1] - pair[0]

    def notes(self) -> Iterator[Note]:
        """How each network differs from the base, in sentences."""
        for one, alignment in zip(self.found[1:], self.alignments, strict=True):
            yield from told(alignment, self.found[0].name, one.name)


def told(alignment: Alignment, first: str, second: str) -> Iterator[Note]:
    """How one network differs from another, in sentences."""
    for line in [*(summarize(alignment) or ["same structure"]), *written_otherwise(alignment)]:
        yield Note(f"{first} → {second}: {line}", "variation", (first, second))


def _layers(alignment: Alignment) -> Iterator[tuple[str | None, str | None, list[str], bool]]:
    for row in alignment.rows:
        here, there = (layer.name if layer else None for layer in (row.here, row.there))
        changes = [row.layer.op.name] if row.alone else list(map(str, row.changes))
        yield here, there, changes, row.written


def by_structure(
    found: Sequence[AnyProfile], by: str, counted: Sequence[Convention], differences_only: bool
) -> Result:
    """Rows by layer or block, with all figures side by side; the differences alone, equal ones
    together, where these are asked for."""
    compared = Compared(found, by, counted)
    result = _differences(compared) if differences_only else _side_by_side(compared)
    result.notes = list(compared.notes())
    return result


def _side_by_side(compared: Compared) -> Result:
    found, quantities = compared.found, compared.quantities
    columns: list[str | Column] = [
        compared.by,
        *(Column(f"{one.name} change", network=one.name) for one in found[1:]),
        *(Column(f"{one.name} {compared.by}", network=one.name) for one in found[1:]),
    ]
    rows: list[list[Any]] = [
        [name, *line.changes, *line.keys[1:]]
        for name, line in zip(compared.names(), compared.lines, strict=True)
    ]
    pairs = []
    for quantity in quantities:
        if len(found) == 2:
            pairs.append((len(columns), len(columns) + 1))
        columns += [Column(f"{one.name} {quantity}", None, quantity, one.name) for one in found]
        for row, line in zip(rows, compared.lines, strict=True):
            row += compared.cells(line, quantity)
    if len(found) == 2:
        for quantity in _counted(quantities):
            columns.append(Column(f"{quantity} difference", quantity=quantity))
            differences = (compared.difference(line, quantity, 1) for line in compared.lines)
            for row, so_far in zip(rows, accumulate(differences, _plus), strict=True):
                row.append(so_far)
    first = [compared.by, *(f"{one.name} change" for one in found[1:])]
    return Result(columns, rows, pairs=pairs, priority=first)


def _counted(quantities: Sequence[str]) -> list[str]:
    return [quantity for quantity in quantities if quantity != "output"]


def _plus(total: Any, more: Any) -> Any:
    """A sum, open from where a part of it is."""
    return None if total is None or more is None else total + more


def _differences(compared: Compared) -> Result:
    """One row for all that differ equally: how many, the first and the last, and by how much they
    are more."""
    found, quantities = compared.found, _counted(compared.quantities)
    several = ["network"] if len(found) > 2 else []
    columns: list[str | Column] = [
        *several,
        *("change", f"{compared.by}s", compared.by),
        *(Column(f"{quantity} difference", quantity=quantity) for quantity in quantities),
    ]
    rows = []
    for k, one in enumerate(found[1:], 1):
        for change, lines in _together(compared, k).items():
            sums = [
                reduce(_plus, (compared.difference(line, q, k) for _, line in lines))
                for q in quantities
            ]
            names = [name for name, _ in lines]
            where = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
            rows.append([*([one.name] if several else []), change, len(lines), where, *sums])
    result = Result(columns, rows)
    result.priority = result.columns
    return result


def _together(compared: Compared, k: int) -> dict[str, list[tuple[str, Line]]]:
    """The rows that differ in a network, by how; those that are the same and yet have other
    figures, because of what they read, are one kind."""
    found: dict[str, list[tuple[str, Line]]] = {}
    for name, line in zip(compared.names(), compared.lines, strict=True):
        change = line.changes[k - 1]
        if change == WRITTEN and None in (line.keys[0], line.keys[k]):
            continue  # it only moves elements, and the other network does so elsewhere
        if change in (SAME, WRITTEN):
            figures = (compared.cells(line, quantity) for quantity in _counted(compared.quantities))
            change = FOLLOWS if any(cells[0] != cells[k] for cells in figures) else ""
        if change:
            found.setdefault(change, []).append((name, line))
    return found

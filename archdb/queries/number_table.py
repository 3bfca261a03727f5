"""A whole table of printed numbers explained at once.

One number is given by many ways of counting; a column of a table is counted in one way. So the
convention and part that give most numbers of a column are what it most likely is of, and each of
its numbers is read so where it can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.errors import NotFoundError, UsageError
from archdb.printed_number import Printed, parse
from archdb.queries.named import NetworkRef, network_refs
from archdb.queries.readings import COLUMNS as READ
from archdb.queries.readings import (
    KINDS,
    Reading,
    Wanted,
    conventions_of,
    countings,
    merge_rows,
    readings_of,
)
from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

COLUMNS = ("network", "column", "figure", *READ[:-1])
#: So many other ways of counting a column are named.
OTHERS = 3

#: A way of counting: a convention, and the part of the network that it is applied to.
Way = tuple[str, str]


class Entry(NamedTuple):
    """A cell of the table: the network that its row names, its column, and all its readings."""

    name: str
    column: str
    printed: Printed
    readings: list[Reading]

    def by(self, way: Way) -> list[Reading]:
        """The readings that count so, the likeliest first."""
        alike = [r for r in self.readings if (r.counting.convention.name, r.candidate.head) == way]
        return sorted(alike, key=lambda r: (not r.digits, r.cost() if r.digits else self.off(r)))

    def off(self, reading: Reading) -> tuple[Any, ...]:
        """By how much a reading misses the number."""
        return (abs(Fraction(reading.value) - self.printed.value),)


def explain_table(reader: Reader, rows: Iterable[Sequence[str]], wanted: Wanted) -> Result:
    """One row for each figure of (name, figure, …); the first row may head the columns, and a
    column that is headed by a kind of number is one of that.

    Raises UsageError where a row has no figure or one that is no number, NotFoundError where a
    network, convention or source is not known; each names the row.
    """
    table = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    heads = _heads(table)
    cells = list(_cells(table, heads))
    if not cells:
        raise UsageError("the table has no figures", remedy="a row is a name and a figure")
    names = list(dict.fromkeys(name for name, _, _ in cells))
    networks = dict(zip(names, network_refs(reader, names), strict=True))
    entries = [_entry(reader, networks[cell[0]], *cell, wanted) for cell in cells]
    found: list[tuple[Any, ...]] = []
    notes = []
    for column in dict.fromkeys(entry.column for entry in entries):
        among = [entry for entry in entries if entry.column == column]
        ways = _ways(among)
        found += [_row(entry, ways) for entry in among]
        notes.append(_note(column, ways, len(among)))
    return Result(COLUMNS, found, notes, conventions=conventions_of(COLUMNS, found))


def _heads(table: list[list[str]]) -> list[str]:
    """What the columns are called; numbered, where no row heads them. A heading is taken away."""
    width = max(map(len, table), default=0)
    if table and not any(map(_is_number, table[0][1:])):
        heads = table.pop(0)
        return [*heads, *map(str, range(len(heads), width))]
    return ["name", "figure", *map(str, range(2, width))]


def _is_number(cell: str) -> bool:
    try:
        parse(cell)
    except UsageError:
        return False
    return True


def _cells(table: list[list[str]], heads: list[str]) -> Iterator[tuple[str, str, Printed]]:
    for number, (name, *figures) in enumerate(table, start=1):
        for head, figure in zip(heads[1:], figures, strict=False):
            if figure:
                try:
                    yield name, head, parse(figure)
                except UsageError as error:
                    raise error.at(f"row {number} '{name}'") from None


def _entry(
    reader: Reader, network: NetworkRef, name: str, column: str, printed: Printed, wanted: Wanted
) -> Entry:
    if column in KINDS:
        wanted = wanted._replace(quantity=column)
    try:
        counted = countings(reader, wanted, printed.bytes)
        readings = list(readings_of(reader, network, printed, counted, None))
    except NotFoundError as error:
        raise error.at(f"row '{name}'") from None
    return Entry(name, column, printed, readings)


def _ways(entries: Sequence[Entry]) -> list[tuple[Way, int]]:
    """The ways of counting, by how many entries they give; of equals first what is likelier."""
    best: dict[Way, list[tuple[object, ...]]] = {}
    for entry in entries:
        costs: dict[Way, tuple[object, ...]] = {}
        for reading in entry.readings:
            if reading.digits:
                way = (reading.counting.convention.name, reading.candidate.head)
                costs[way] = min(costs.get(way, reading.cost()), reading.cost())
        for way, cost in costs.items():
            best.setdefault(way, []).append(cost)
    ways = [(way, len(costs)) for way, costs in best.items()]
    return sorted(ways, key=lambda pair: (-pair[1], sorted(best[pair[0]], reverse=True)))


def _row(entry: Entry, ways: Sequence[tuple[Way, int]]) -> tuple[Any, ...]:
    """An entry read in the first way that gives it and another; by itself, where there is none;
    and where nothing gives it, what the first way makes of it."""
    given = [reading for reading in entry.readings if reading.digits]
    joint = [entry.by(way) for way, count in ways if count > 1]
    chosen = next((same[0] for same in joint if same and same[0].digits), None)
    if chosen is None and given:
        chosen = min(given, key=Reading.cost)
    if chosen is None:
        same = entry.by(ways[0][0]) if ways else []
        chosen = min(same or entry.readings, key=entry.off, default=None)
    rows = merge_rows([chosen], entry.printed) if chosen else [(None,) * len(READ)]
    return (entry.name, entry.column, entry.printed.text, *rows[0][:-1])


def _note(column: str, ways: Sequence[tuple[Way, int]], entries: int) -> str:
    """Which ways of counting give how many of a column."""
    if not ways:
        return f"{column}: no convention gives any of its {entries} figures"
    told = [f"{_way(way)} gives {count} of {entries}" for way, count in ways[: OTHERS + 1]]
    return f"{column}: {'; '.join(told)}"


def _way(way: Way) -> str:
    convention, head = way
    return convention if head == "whole" else f"{convention} {head}"

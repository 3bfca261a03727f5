"""Published figures: what papers, releases and tools print, and what explains it where our own
figure is another.

`seeds/published/*.csv` has a figure to the row, its digits as they were printed; the file of the
same name in `seeds/published/explanations/` has a row for each of them that needs explaining.
Figures are never used to derive anything; they are set beside what is derived. Two agree where
rounding ours to the printed digits gives the printed figure (halves are rounded up), and that is
all the tolerance there is.

An explanation says how the figure has to be read to agree: as that of another network, input,
choice of layers, counting convention or unit; with digits cut off instead of rounded, or zeros
that only fill; or as a sum that is written out, from our own value, so read, on where that is part
of it. Each such reading is checked in its turn. What no reading explains has a status: erratum,
open question, or not comparable.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from archdb.errors import DefinitionError
from archdb.model.declaration import Declaration
from archdb.printed_number import Interval, span
from archdb.resources import bundled
from archdb.sources.reported_columns import EXPLANATION, FIGURE, ROUNDED, TRUNCATED, UNITS


class Figure(NamedTuple):
    """One printed figure; `architecture` is None where archdb does not have the network.

    `scope` is the part it is of, in the source's words, and `layers` are globs of our layers that
    are that part; both are empty for a whole network, of which auxiliary heads are no part.
    """

    figure: str
    architecture: str | None
    printed_as: str
    quantity: str
    scope: str | None
    layers: tuple[str, ...]
    value: str
    unit: str
    convention: str | None
    input: str | None
    citation: str
    place: str
    seen: str
    note: str | None

    def interval(self) -> Interval:
        """What agrees with the printed digits."""
        return interval(self.value, self.unit)


class Explanation(NamedTuple):
    """How a figure has to be read, or why it cannot be."""

    figure: str
    architecture: str | None
    input: str | None
    layers: tuple[str, ...]
    convention: str | None
    unit: str | None
    digits: str | None
    sum: str | None
    status: str | None
    because: str | None

    def interval(self, figure: Figure) -> Interval:
        """What agrees with the figure, so read."""
        return interval(figure.value, self.unit or figure.unit, self.digits)


def interval(value: str, unit: str, digits: str | None = None) -> Interval:
    """Least value that is printed as `value`, and the least above all that are.

    15.3 G: from 15.25 to 15.35 thousand million. `digits` is ROUNDED where the zeros at the end
    of a whole number only fill (15300: from 15250 to 15350), TRUNCATED where digits were cut off
    (3.8: from 3.8 to 3.9).
    """
    whole, _, decimals = value.partition(".")
    filled = len(whole) - len(whole.rstrip("0")) if digits == ROUNDED and not decimals else 0
    if digits == ROUNDED and not filled:
        raise DefinitionError(f"{value} has no zeros at its end that could only fill")
    least, below = span(value, filled, cut=digits == TRUNCATED)
    return least * UNITS[unit], below * UNITS[unit]


def bundled_figures() -> list[Figure]:
    """The figures that archdb ships, file by file."""
    return [Figure(**row) for row in _rows(_directory(), FIGURE)]


def bundled_explanations() -> list[Explanation]:
    """What explains those that need it."""
    return [Explanation(**row) for row in _rows(_directory() / "explanations", EXPLANATION)]


def _directory() -> Path:
    return bundled("seeds") / "published"


def _rows(directory: Path, declared: Declaration) -> Iterator[dict[str, Any]]:
    for path in sorted(directory.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                try:
                    yield declared.parse(_filled_cells(row))
                except DefinitionError as error:
                    raise error.at(f"line {number}").at(str(path)) from None


def _filled_cells(row: Mapping[Any, Any]) -> dict[str, str]:
    """The cells of a row that hold something; DefinitionError where there are too many."""
    if None in row:
        raise DefinitionError(f"has more cells than columns: {row[None]}")
    return {name: cell for name, cell in row.items() if cell}

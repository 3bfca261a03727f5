"""Which network, input, part and counting convention give a number that someone has printed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.analysis.differences import changes_between, summarize_changes
from archdb.errors import UsageError
from archdb.printed_number import Number, Printed, in_full, parse
from archdb.queries.figures_alike import Alike, figures_alike
from archdb.queries.freshness import native_input
from archdb.queries.lineage import definitions_of
from archdb.queries.named import NetworkRef, name_of, network_refs
from archdb.queries.readings import (
    ANYTHING,
    COLUMNS,
    KINDS,
    PRIORITY,
    Print,
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

#: So many readings are shown unless all are asked for; so many of the nearest, where none fits,
#: and so many where those that fit are all of other networks or inputs.
SHOWN, NEAREST, OWN = 12, 6, 2


class Home(NamedTuple):
    """What is meant where nothing else is said: the network that was named, at its own input."""

    network: str
    input: str

    def has(self, row: Sequence[Any]) -> bool:
        """Whether a row of COLUMNS is of it."""
        return row[0] == self.network and self.input in str(row[1]).split(", ")


def explain_number(
    reader: Reader, name: str, number: str, wanted: Wanted = ANYTHING, *, everything: bool = False
) -> Result:
    """One row for each reading that gives the number at its printed precision: those that are
    published with these digits first, then those nearest to what was said; or, where none gives
    it, the nearest numbers.

    Raises UsageError where the words are no number or a kind of number is not known, NotFoundError
    where there is no such network, part, convention or source.
    """
    (network,) = network_refs(reader, [name])
    printed = parse(number)
    check_quantity(wanted.quantity)
    home = Home(name_of(reader, network), _native(reader, network))
    counted = countings(reader, wanted, printed.bytes)
    found = list(readings_of(reader, network, printed, counted, wanted.part))
    alike = figures_alike(reader, network, printed, wanted)
    hits, beyond = _in_print(alike, [reading for reading in found if reading.digits])
    rows = [
        *(figure.row(printed) for figure in beyond if figure.is_named),
        *merge_rows(sorted(hits, key=Reading.cost), printed),
        *(figure.row(printed) for figure in beyond if not figure.is_named),
    ]
    shown = rows if everything else rows[:SHOWN]
    stray = not any(map(home.has, rows)) and not any(figure.own for figure in alike)
    nearest = _nearest(found, printed, home if rows else None) if stray or not rows else []
    notes = [
        *_digit_notes(printed, len(rows), len(shown)),
        *(figure.note() for figure in alike if figure.value is None),
        *_evidence(printed, found, hits, home if stray else None),
        *_variants(reader, network, (row[0] for row in [*shown, *nearest])),
    ]
    rows = [*shown, *nearest]
    return Result(
        COLUMNS, rows, notes, conventions=conventions_of(COLUMNS, rows), priority=PRIORITY
    )


def check_quantity(quantity: str | None) -> None:
    """Raises UsageError where a number is of no such kind."""
    if quantity is not None and quantity not in KINDS:
        raise UsageError(f"a number is of no '{quantity}'", remedy=f"of one of: {', '.join(KINDS)}")


def _in_print(alike: Sequence[Alike], hits: Sequence[Reading]) -> tuple[list[Reading], list[Alike]]:
    """The readings, each with where it is published; and the figures that none of them gives."""
    by_value: dict[tuple[str, Number | None], list[Alike]] = {}
    for figure in alike:
        if figure.value is not None:
            by_value.setdefault((figure.figure["architecture"], figure.value), []).append(figure)
    found = []
    given = set()
    for reading in hits:
        key = (reading.candidate.architecture, reading.value)
        if same := by_value.get(key):
            given.add(key)
            places = "; ".join(dict.fromkeys(figure.place for figure in same))
            said, exact = any(f.is_named for f in same), any(f.same for f in same)
            reading = reading._replace(published=Print(places, exact, said))
        found.append(reading)
    beyond = [same[0] for key, same in by_value.items() if key not in given]
    return found, beyond


def _nearest(
    found: Iterable[Reading], printed: Printed, home: Home | None
) -> list[tuple[Any, ...]]:
    """The readings that miss the number by least; of one network as it was named, a few."""
    among = [reading for reading in found if home is None or _is_home(reading, home)]
    among.sort(key=lambda reading: abs(Fraction(reading.value) - printed.value))
    return merge_rows(among, printed)[: NEAREST if home is None else OWN]


def _is_home(reading: Reading, home: Home) -> bool:
    return reading.candidate[:2] == home and not reading.digits


def _digit_notes(printed: Printed, fits: int, shown: int) -> Iterator[str]:
    """What the digits stand for, and how many readings give them."""
    least, below = map(in_full, printed.rounded)
    unit = " numbers of 32 bits" if printed.bytes else ""
    yield f"{printed.text} is {least} up to, not including, {below}{unit}, rounded"
    if printed.aside:
        yield printed.aside
    if not fits:
        yield "no reading gives it; the nearest are shown, and by how much they are off"
    elif fits > shown:
        yield f"{fits - shown} more readings give it: --all shows them"


def _evidence(
    printed: Printed, found: Sequence[Reading], hits: Sequence[Reading], stray: Home | None
) -> Iterator[str]:
    """How many readings fit, and how many would by chance: as many as the values between half of
    the number and twice it are dense, over the width of what its digits stand for."""
    if not hits:
        return
    least, below = printed.rounded
    values = {reading.value for reading in found}
    near = {value for value in values if printed.value <= 2 * value <= 4 * printed.value}
    chance = (
        Fraction(len(near))
        * (Fraction(below) - Fraction(least))
        * 2
        / (3 * Fraction(printed.value))
    )
    fit = len({reading.value for reading in hits})
    yield (
        f"{fit} of {len(near)} values between half of it and twice it fit;"
        f" by chance {_tenths(chance)} would"
    )
    if stray:
        yield (
            f"no reading of {stray.network} at {stray.input} gives it, so those shown of other"
            " networks or inputs may be a coincidence"
        )


def _tenths(value: Fraction) -> str:
    """Rounded to a tenth, halves up."""
    tenths = math.floor(value * 10 + Fraction(1, 2))
    return f"{tenths // 10:,}.{tenths % 10}" if tenths else "less than 0.1"


def _native(reader: Reader, network: NetworkRef) -> str:
    """The input that a network is defined at."""
    if isinstance(network, str):
        return native_input(reader, reader.resolve(network))
    from archdb.analysis.inputs import format_inputs, native_inputs

    return format_inputs(native_inputs(network.network))


def _variants(reader: Reader, network: NetworkRef, shown: Iterable[object]) -> Iterator[str]:
    """How other networks than the one that was named differ from it."""
    named = name_of(reader, network)
    for other in dict.fromkeys(map(str, shown)):
        if other != named:
            lines = summarize_changes(
                changes_between(definitions_of(reader, network), definitions_of(reader, other))
            )
            more = f" (and {len(lines) - 3} more)" if len(lines) > 3 else ""
            yield f"{other} is not {named}: {'; '.join(lines[:3])}{more}"

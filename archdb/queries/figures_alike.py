"""Figures that others have published of a network or its relatives, with the same digits.

What a figure of one's own is most likely to be is the figure that stands in print: archdb knows
where, and how it has to be read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.errors import UsageError
from archdb.printed_number import WIDTH, Number, Printed, parse, whole
from archdb.queries.candidates import MAIN, relatives
from archdb.queries.conventions import as_names
from archdb.queries.named import NetworkRef, name_of
from archdb.queries.readings import Wanted, plain_number

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: Which quantities of published figures a kind of number may be.
MEANT = {
    "params": ("params", "file_bytes"),
    "activations": ("activations", "neurons"),
    "macs": ("macs", "connections"),
}


class Alike(NamedTuple):
    """A published figure as it has to be read: its value (None where nothing gives it), and where
    it stands. `same`: it has the very digits, not these and more; `own`: it is said of the network
    that was named."""

    value: Number | None
    same: bool
    own: bool
    figure: dict[str, Any]

    @property
    def is_named(self) -> bool:
        """Whether these are the digits of the network that was named, and of all of it."""
        return self.same and self.own and not self.figure["layers"]

    @property
    def place(self) -> str:
        """The publication, and where in it."""
        return f"{self.figure['citation']}: {self.figure['place']}"

    def row(self, printed: Printed) -> tuple[Any, ...]:
        """The figure as a row of readings.COLUMNS."""
        figure, value = self.figure, self.value or 0
        quantity = "params" if printed.bytes else figure["quantity"]
        because = "; ".join(filter(None, (figure["explanation"], figure["because"])))
        return (
            figure["architecture"],
            figure["input"],
            figure["scope"] or MAIN,
            quantity,
            figure["convention"],
            plain_number(value),
            plain_number(value - printed.value),
            printed.digits(value) or "explained",
            because,
            self.place,
        )

    def note(self) -> str:
        """What is known of a figure that nothing gives."""
        figure = self.figure
        how = {"explained": "an erratum", "contradicts": "an open question"}
        return (
            f"{figure['citation']} prints {figure['printed']} of {figure['architecture']}"
            f" ({figure['place']}): {how.get(figure['verdict'], figure['verdict'])}:"
            f" {figure['because']}"
        )


def figures_alike(
    reader: Reader, network: NetworkRef, printed: Printed, wanted: Wanted
) -> list[Alike]:
    """The figures whose digits stand for no other numbers than the printed ones do."""
    if wanted.part is not None:  # what is printed of a part is told by words, not by our layers
        return []
    own = name_of(reader, network)
    names = [name for name, _ in relatives(reader, network)]
    counted = as_names(wanted.convention)
    found = []
    for row in reader.run_named("figures_of", names=json.dumps(names)).to_dicts():
        if _is_wanted(row, wanted) and (same := _same(row, printed)) is not None:
            figure = reader.run_named("figure_checked", figure=row["figure"]).to_dicts()[0]
            if counted and figure["convention"] not in counted:
                continue
            value = _value(figure, printed)
            found.append(Alike(value, same, row["architecture"] == own, figure))
    return sorted(found, key=lambda alike: (not alike.same, not alike.own))


def _value(figure: Mapping[str, Any], printed: Printed) -> Number | None:
    """The value that gives a figure, in numbers where it is in bytes."""
    if figure["verdict"] not in ("agrees", "explained") or figure["value"] is None:
        return None
    return whole(Fraction(figure["value"]) / (WIDTH if printed.bytes else 1))


def _is_wanted(row: dict[str, Any], wanted: Wanted) -> bool:
    if wanted.quantity and row["quantity"] not in MEANT[wanted.quantity]:
        return False
    return wanted.source is None or wanted.source.casefold() in row["source"].casefold()


def _same(row: dict[str, Any], printed: Printed) -> bool | None:
    """Whether a published figure has these very digits, or these are it rounded further; None
    where it is another."""
    try:
        figure = parse(row["value"] + {"count": ""}.get(row["unit"], row["unit"]))
    except UsageError:  # of pixels, or of a per cent
        return None
    if {figure.bytes, row["quantity"] == "file_bytes"} != {printed.bytes}:
        return None
    least, below = printed.rounded
    within = least <= figure.rounded[0] and figure.rounded[1] <= below
    return figure.rounded == printed.rounded if within else None

"""Totals as people read them, and the other way round."""

from __future__ import annotations

from typing import Any

from archdb.errors import UsageError
from archdb.queries.provenance import LEFT_OUT, Note, is_aside
from archdb.queries.result import Column, Result

#: What people look for, in this order; a receptive field is one where its sides are equal.
LEADING = (
    *("params", "macs", "activations", "depth"),
    *("receptive_field", "receptive_field_h", "receptive_field_w", "input"),
)
#: Quantities with a height and a width.
SIDED = ("receptive_field", "effective_stride", "effective_padding")

Rows = dict[str, tuple[Any, ...]]


def lead(result: Result, everything: bool) -> Result:
    """What people look for first, with the conventions that were asked for, then the rest: equal
    sides as one row and without what is 0 throughout, unless `everything` is wanted."""
    rows: Rows = {row[0]: row for row in result.rows}
    if not everything:
        rows = _joined(rows)
    first = [rows.pop(name) for name in (*LEADING, *result.conventions) if name in rows]
    values = _values(result)
    zero = [] if everything else [n for n, row in rows.items() if {*row[2:values]} == {0}]
    rest = [row for name, row in rows.items() if name not in zero]
    found = result.with_rows([*first, *rest])
    found.leading = len(first)
    if zero:
        found.notes = [*result.notes, Note(f"0 and left out (--all): {', '.join(zero)}", LEFT_OUT)]
    return found


def leading(result: Result) -> Result:
    """What leads alone: as many columns as a line has room for."""
    rest = ", ".join(str(row[0]) for row in result.rows[result.leading :])
    found = result.with_rows(result.rows[: result.leading])
    aside = [note for note in result.notes if not is_aside(note)]
    found.notes = [*aside, Note(f"left out (--all): {rest}", LEFT_OUT)]
    return found


def _values(result: Result) -> int:
    """Where the values of the networks end, and a ratio may follow."""
    at = result.at("ratio")
    return len(result.schema) if at is None else at


def _joined(rows: Rows) -> Rows:
    """One row for a height and a width that are the same in all networks."""
    sides = {f"{name}_{side}": name for name in SIDED for side in "hw"}
    found: Rows = {}
    for name, row in rows.items():
        whole = sides.get(name)
        if whole and rows[f"{whole}_h"][1:] == rows[f"{whole}_w"][1:]:
            found[whole] = (whole, *row[1:])
        else:
            found[name] = row
    return found


def transpose(result: Result) -> Result:
    """A row for each network, a column for each quantity. UsageError where there are no totals."""
    if [column.quantity for column in result.schema[:2]] != ["quantity", "unit"]:
        raise UsageError("only totals can be transposed", remedy="leave out --by")
    columns = [Column("architecture", quantity="architecture")]
    columns += [Column(name, unit, name) for name, unit, *_ in result.rows]
    values = zip(*(row[2 : _values(result)] for row in result.rows), strict=True)
    rows = [(one.name, *of) for one, of in zip(result.networks, values, strict=True)]
    found = Result(columns, rows, result.notes, (), result.networks, result.conventions)
    found.priority = ["architecture", *LEADING, *result.conventions]
    found.source = result.source
    return found

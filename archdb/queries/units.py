"""What the columns of a result are of: units out of the column dictionary, by their quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: The unit of a total that a convention weighs: its own name says all there is.
BY_CONVENTION = "by convention"


def describe(reader: Reader, result: Result) -> Result:
    """The result with the unit of each column whose quantity the dictionary or a convention has."""
    known = reader.once("units", units)
    result.schema = [
        column._replace(unit=known.get(column.quantity or "")) if column.unit is None else column
        for column in result.schema
    ]
    return result


def units(reader: Reader) -> dict[str, str]:
    """The unit of each quantity that has one meaning in all views, and of conventions' totals."""
    found = {name: unit for name, unit, _ in reader.run_named("column_units").rows}
    if "receptive_field_h" in found:
        found["receptive_field"] = found["receptive_field_h"]  # of both sides, where equal
    conventions = reader.run("select name from convention").column("name")
    return dict.fromkeys(conventions, BY_CONVENTION) | found

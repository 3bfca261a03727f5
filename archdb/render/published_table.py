"""Published figures in a table that a terminal has room for."""

from __future__ import annotations

from typing import Any

from archdb.queries.result import Result
from archdb.rounding import fixed
from archdb.sources.reported_columns import UNITS

ACCURACIES = ("top1_error", "top5_error")
#: What depends on the input.
SIZED = ("macs", "activations", "neurons", "connections", "out_height")
#: Explanations that are no reading.
STATUSES = ("open", "erratum", "not comparable")


def brief(result: Result) -> Result:
    """The same figures in the fewest columns that a terminal has room for.

    Ours stands in the printed unit, with two digits more; the verdict has its reason with it,
    the source how it was read unless it was. The input is told where there are several, what
    the source calls the network only in the other formats.
    """
    rows = result.to_dicts()
    inputs: dict[str | None, set[str | None]] = {row["architecture"]: set() for row in rows}
    for row in rows:
        inputs[row["architecture"]].add(row["input"])
    several = {name for name, found in inputs.items() if len(found - {None}) > 1}
    columns = ["figure", "published", "derived", "verdict", "source"]
    lines = [
        (
            _figure(row, row["architecture"] in several),
            *(cell(row) for cell in (_printed, _ours, _why, _source)),
        )
        for row in rows
    ]
    if len(inputs) > 1:
        columns.insert(0, "architecture")
        lines = [(row["architecture"], *line) for row, line in zip(rows, lines, strict=True)]
    return Result(columns, lines, result.notes, priority=columns)


def _figure(row: dict[str, Any], sized: bool) -> str:
    """What is counted: by which convention, at which input, of which part."""
    sized &= row["quantity"] in SIZED
    convention = row["convention"] if row["quantity"] == "macs" else None
    parts = (
        row["quantity"] + (f" by {convention}" if convention not in (None, "mac") else ""),
        row["input"] if sized else None,
        row["scope"],
    )
    return ", ".join(filter(None, parts))


def _printed(row: dict[str, Any]) -> str:
    return str(row["published"]) + ("" if row["unit"] == "count" else f" {row['unit']}")


def _ours(row: dict[str, Any]) -> str | None:
    if row["derived"] is None:
        return None
    if row["unit"] == "count":
        return fixed(row["derived"], 0)
    decimals = len(row["published"].partition(".")[2])
    more = 0 if row["unit"] == "px" else 2
    return f"{fixed(row['derived'], decimals + more, UNITS[row['unit']])} {row['unit']}"


def _why(row: dict[str, Any]) -> str:
    """The verdict, and the reading or the reason behind it."""
    said = None if row["explanation"] in STATUSES else row["explanation"]
    accuracy = row["quantity"] in ACCURACIES
    why = "; ".join(filter(None, (said, None if accuracy else row["because"])))
    return f"{row['verdict']}: {why}" if why else str(row["verdict"])


def _source(row: dict[str, Any]) -> str:
    how = "" if row["seen"] == "source" else f" ({row['seen']})"
    return f"{row['citation']}, {row['place']}{how}"

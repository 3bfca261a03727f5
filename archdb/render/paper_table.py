"""A Result as a table for readers who cannot ask.

Units stand in the head, figures are scaled and rounded by a rule that is stated below, and so
are the networks, conventions and sources that the figures belong to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from archdb.dataset.provenance import Paper
from archdb.queries.result import Column, Result
from archdb.render.formats import NOTHING, heads, numeric
from archdb.render.paper_scale import RULE, Scale, is_rounded, scale_of
from archdb.text import inline

#: Units that say what kind of word a column holds, which its reader sees.
KINDS = {"name", "text", "number", "flag", "year", "shape", "JSON"}
QUANTITIES = ["quantity", "unit"]
MARKS = "abcdefghijklmnopqrstuvwxyz"
#: A shape, and a number that its source's digits are kept of, as text.
_SHAPE = re.compile(r"\d+(x\d+)+")
_DIGITS = re.compile(r"[+-]?\d[\d,]*(\.\d+)?|–")


class Head(NamedTuple):
    """A column's head: its name, its unit (with the scale), and the quantity that it shares with
    its neighbours where there is one column for each network."""

    name: str
    unit: str
    group: str = ""


class Sheet(NamedTuple):
    """A table ready to be set: heads, cells, which columns are numbers, notes with their marks."""

    heads: list[Head]
    rows: list[list[str]]
    right: list[bool]
    marks: dict[str, str]
    notes: list[tuple[str, str]]


def sheet(result: Result, paper: Paper) -> Sheet:
    """Scale, round and annotate."""
    by_row = [column.quantity for column in result.schema[: len(QUANTITIES)]] == QUANTITIES
    made, rows = _rows_of_quantities(result) if by_row else _columns(result)
    names = {column.network for column in result.schema}
    if (at := result.at("architecture")) is not None:
        names.update(str(row[at]) for row in result.rows)
    shown = [name for name in paper.about if name in names]
    marks = dict(zip(shown, MARKS, strict=False)) if len(paper.about) > 1 else {}
    notes = [(marks.get(name, ""), f"{name}: {text}") for name, text in paper.about.items()]
    rest = [*paper.conventions, *map(_sentence, result.notes)]
    texts = [text for row in rows for text in row]
    if any(map(is_rounded, texts, [value for row in result.rows for value in row])):
        rest.append(RULE)
    columns = list(zip(*rows, strict=True)) or [()] * len(made)
    right = [n or _is_printed(column) for n, column in zip(numeric(result), columns, strict=True)]
    rows = [[_times(text) for text in row] for row in rows]
    notes += [("", note) for note in rest]
    return Sheet(made, rows, right, marks, [(mark, inline(note)) for mark, note in notes])


def _is_printed(column: Sequence[str]) -> bool:
    """Whether a column of text holds numbers, as those that keep the digits of their source."""
    return any(text != NOTHING for text in column) and all(map(_DIGITS.fullmatch, column))


def _times(text: str) -> str:
    """'3×224×224' of a shape, whatever else as it is."""
    return text.replace("x", "×") if _SHAPE.fullmatch(text) else text


def _sentence(note: str) -> str:
    return note if note.endswith((".", "!", "?")) else f"{note}."


def _rows_of_quantities(result: Result) -> tuple[list[Head], list[list[str]]]:
    """Each row has a unit, and so a scale, of its own; a ratio has none."""
    scaled = [column.quantity != "ratio" for column in result.schema[len(QUANTITIES) :]]
    rows = []
    for quantity, unit, *values in result.rows:
        scale = scale_of((v for v, of_unit in zip(values, scaled, strict=True) if of_unit), unit)
        scales = [scale if of_unit else Scale() for of_unit in scaled]
        cells = [s.cell(value, quantity) for s, value in zip(scales, values, strict=True)]
        unit = "" if unit in KINDS else scale.unit(unit)
        rows.append([inline(str(quantity)), inline(unit), *cells])
    return [Head(name, "") for name in heads(result)], rows


def _columns(result: Result) -> tuple[list[Head], list[list[str]]]:
    """Each column has a unit and a scale; columns of one quantity share theirs."""
    quantities = [column.quantity or column.name for column in result.schema]
    scales = {
        quantity: scale_of(
            [row[i] for row in result.rows for i, q in enumerate(quantities) if q == quantity],
            column.unit or "",
        )
        for quantity, column in zip(quantities, result.schema, strict=True)
    }
    made = [_head(c, q, scales[q]) for c, q in zip(result.schema, quantities, strict=True)]
    rows = [
        [scales[q].cell(value, q) for q, value in zip(quantities, row, strict=True)]
        for row in result.rows
    ]
    return made, rows


def _head(column: Column, quantity: str, scale: Scale) -> Head:
    unit = column.unit or ""
    unit = scale.unit("" if unit in KINDS else unit)
    if column.network:
        return Head(inline(column.network), unit, inline(quantity))
    return Head(inline(column.name), unit)

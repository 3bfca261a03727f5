"""A Result as a table for readers who cannot ask.

Units stand in the head, figures are scaled and rounded by a rule that is stated below, and so
are the networks, conventions and sources that the figures belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import filterfalse
from typing import NamedTuple

from archdb.dataset.provenance import Paper
from archdb.errors import UsageError, nearest
from archdb.queries.provenance import is_aside
from archdb.queries.result import Column, Result
from archdb.render.formats import NOTHING, numeric
from archdb.render.paper_scale import RULE, Scale, is_rounded, scale_of, stated_scale
from archdb.text import inline

#: Units that say what kind of word a column holds, which its reader sees.
KINDS = {"name", "text", "number", "flag", "year", "shape", "JSON"}
QUANTITIES = ["quantity", "unit"]
MARKS = "abcdefghijklmnopqrstuvwxyz"
#: As much of a unit as tells whether a name says it: 'params' of parameters, 'macs' of MAC.
TOLD = 3
#: A shape, and a number that its source's digits are kept of, as text.
_SHAPE = re.compile(r"\d+(x\d+)+")
_DIGITS = re.compile(r"[+-]?\d[\d,]*(\.\d+)?|–")
_BRACKET = re.compile(r"\s*\([^()]*\)$")

#: What a table calls its columns, rows of quantities and networks instead of their names.
Headings = Mapping[str, str]


class Head(NamedTuple):
    """A column's head: its name, its unit (with the scale), and the quantity that it shares with
    its neighbours where there is one column for each network, of which `mark` is a note."""

    name: str
    unit: str
    group: str = ""
    mark: str = ""


class Note(NamedTuple):
    """A sentence below the table, its mark in it, and the key of its source, or several, joined by
    commas."""

    mark: str
    text: str
    source: str = ""


class Sheet(NamedTuple):
    """A table ready to be set: heads, cells, which columns are numbers, notes with their marks,
    and behind how many rows a line is drawn."""

    heads: list[Head]
    rows: list[list[str]]
    right: list[bool]
    marks: dict[str, str]
    notes: list[Note]
    leading: int = 0


def sheet(result: Result, paper: Paper, headings: Headings) -> Sheet:
    """Scale, round and annotate. UsageError where a heading is of nothing in the result."""
    _check(result, headings)
    made, rows = (
        _rows_of_quantities(result, headings) if _is_by_row(result) else _columns(result, headings)
    )
    names = {column.network for column in result.schema}
    if (at := result.at("architecture")) is not None:
        names.update(str(row[at]) for row in result.rows)
    shown = [name for name in paper.about if name in names]
    marks = dict(zip(shown, MARKS, strict=False)) if len(paper.about) > 1 else {}
    made = [
        head._replace(mark=marks.get(column.network or column.name, ""))
        for head, column in zip(made, result.schema, strict=True)
    ]
    notes = [
        Note(
            marks.get(name, ""), f"{headings.get(name, name)}: {text}", paper.sources.get(name, "")
        )
        for name, text in paper.about.items()
    ]
    texts = [text for row in rows for text in row]
    notes += _meanings(result, paper, headings)
    rest = list(map(_sentence, filterfalse(is_aside, result.notes)))
    if any(map(is_rounded, texts, [value for row in result.rows for value in row])):
        rest.append(RULE)
    columns = list(zip(*rows, strict=True)) or [()] * len(made)
    right = [n or _is_printed(column) for n, column in zip(numeric(result), columns, strict=True)]
    rows = [[_times(text) for text in row] for row in rows]
    notes += [Note("", note) for note in rest]
    notes = [note._replace(text=inline(note.text)) for note in notes]
    return Sheet(made, rows, right, marks, notes, result.leading)


def _is_by_row(result: Result) -> bool:
    """Whether each row is of a quantity of its own."""
    return [column.quantity for column in result.schema[: len(QUANTITIES)]] == QUANTITIES


def _check(result: Result, headings: Headings) -> None:
    known = dict.fromkeys(
        word for column in result.schema for word in (column.name, column.quantity, column.network)
    )
    if _is_by_row(result):
        known |= dict.fromkeys(str(row[0]) for row in result.rows)
    for name in headings:
        if name not in known:
            words = [word for word in known if word]
            remedy = nearest(name, words) or f"there are: {', '.join(words)}"
            raise UsageError(f"a heading for '{name}', which is not in the table", remedy=remedy)


def _meanings(result: Result, paper: Paper, headings: Headings) -> Iterator[Note]:
    """What each quantity is, under the name that the table gives it: 'FLOPs (flop): Two for …'."""
    for quantity, meaning in paper.meanings.items():
        own = [c.name for c in result.schema if c.quantity == quantity and not c.network]
        called = dict.fromkeys(
            _BRACKET.sub("", headings.get(name, name)) for name in own or [quantity]
        )
        said = ", ".join(called)
        aside = "" if said.casefold() == quantity.casefold() else f" ({quantity})"
        yield Note("", f"{said}{aside}: {meaning}", paper.counted.get(quantity, ""))


def _is_printed(column: Sequence[str]) -> bool:
    """Whether a column of text holds numbers, as those that keep the digits of their source."""
    return any(text != NOTHING for text in column) and all(map(_DIGITS.fullmatch, column))


def _times(text: str) -> str:
    """'3×224×224' of a shape, whatever else as it is."""
    return text.replace("x", "×") if _SHAPE.fullmatch(text) else text


def _sentence(note: str) -> str:
    return note if note.endswith((".", "!", "?")) else f"{note}."


def _rows_of_quantities(result: Result, headings: Headings) -> tuple[list[Head], list[list[str]]]:
    """Each row has a unit, and so a scale, of its own; a ratio has none."""
    scaled = [column.quantity != "ratio" for column in result.schema[len(QUANTITIES) :]]
    rows = []
    for quantity, unit, *values in result.rows:
        name = headings.get(str(quantity), str(quantity))
        figures = [v for v, of_unit in zip(values, scaled, strict=True) if of_unit]
        scale = stated_scale(name, unit) or scale_of(figures, unit)
        scales = [scale if of_unit else Scale() for of_unit in scaled]
        cells = [s.cell(value, quantity) for s, value in zip(scales, values, strict=True)]
        unit = "" if unit in KINDS or stated_scale(name, unit) else scale.unit(unit)
        rows.append([inline(name), inline(unit), *cells])
    return [Head(inline(headings.get(name, name)), "") for name in result.columns], rows


def _columns(result: Result, headings: Headings) -> tuple[list[Head], list[list[str]]]:
    """Each column has a unit and a scale; columns of one quantity share theirs."""
    quantities = [column.quantity or column.name for column in result.schema]
    scales = []
    for quantity, column in zip(quantities, result.schema, strict=True):
        unit = column.unit or ""
        figures = [row[i] for row in result.rows for i, q in enumerate(quantities) if q == quantity]
        scales.append(stated_scale(_called(column, headings), unit) or scale_of(figures, unit))
    made = [_head(column, s, headings) for column, s in zip(result.schema, scales, strict=True)]
    rows = [
        [s.cell(value, q) for s, q, value in zip(scales, quantities, row, strict=True)]
        for row in result.rows
    ]
    return made, rows


def _called(column: Column, headings: Headings) -> str:
    """A column's own name, or its quantity's where networks share that."""
    name = (column.quantity or column.name) if column.network else column.name
    return headings.get(name, name)


def _head(column: Column, scale: Scale, headings: Headings) -> Head:
    unit = "" if column.unit in (None, *KINDS) else str(column.unit)
    name = _called(column, headings)
    told = unit[:TOLD].casefold() in name.casefold()
    unit = "" if stated_scale(name, unit) else scale.unit("" if told else unit)
    if column.network:
        return Head(inline(headings.get(column.network, column.network)), unit, inline(name))
    return Head(inline(name), unit)

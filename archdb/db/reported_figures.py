"""The published figures that archdb ships, into rows, and the profiles that they are read from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import lcm
from typing import Any

from sqlalchemy import Connection, text

from archdb.db import figure_values, tables, writer
from archdb.db.engine import driver, insert_many
from archdb.db.reported_tables import BOUNDS
from archdb.errors import ArchdbError, DefinitionError, nearest
from archdb.printed_number import LIMIT, Interval
from archdb.sources.records import Reference
from archdb.sources.reported import Explanation, Figure
from archdb.sources.written_sum import terms

_FIGURE = (*Figure._fields, *BOUNDS)
_EXPLANATION = (*Explanation._fields, *BOUNDS, "sum_value")


def insert_reported(
    connection: Connection,
    figures: list[Figure],
    explanations: list[Explanation],
    references: Mapping[str, Reference],
) -> None:
    """Store figures and what explains them, in place of all that are there.

    Networks are derived at every input size that a figure is read at. Raises DefinitionError
    where a figure cites what is in no list of references, an explanation explains no figure, or
    a network cannot take the input.
    """
    for table in ("published_explanation", "published"):
        connection.execute(text(f"delete from {table}"))
    writer.save_references(connection, [_citation_of(figure, references) for figure in figures])
    insert_many(connection, tables.published, _FIGURE, map(_figure_row, figures))
    by_name = {figure.figure: figure for figure in figures}
    rows = [_explanation_row(e, by_name) for e in explanations]
    insert_many(connection, tables.published_explanation, _EXPLANATION, rows)
    figure_values.list_readings(driver(connection))
    _derive(connection)
    figure_values.refresh(driver(connection))


def wrong_bounds(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """(network, fault) where a figure is held against other bounds than its digits have."""
    found: list[tuple[str, str]] = []
    figures: dict[str, Figure] = {}
    for row in _rows(connection, "published", _FIGURE):
        figure = Figure(**{name: _from(name, row[name]) for name in Figure._fields})
        figures[figure.figure] = figure
        _compare(found, figure, row, partial(_figure_row, figure))
    for row in _rows(connection, "published_explanation", _EXPLANATION):
        told = Explanation(**{name: _from(name, row[name]) for name in Explanation._fields})
        if told.figure in figures:  # else a foreign key is at fault
            expected = partial(_explanation_row, told, figures)
            _compare(found, figures[told.figure], row, expected)
    return found


def _rows(
    connection: sqlite3.Connection, table: str, columns: Sequence[str]
) -> list[dict[str, Any]]:
    names = ", ".join(f'"{column}"' for column in columns)
    rows = connection.execute(f"select {names} from {table} order by figure").fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _compare(
    found: list[tuple[str, str]],
    figure: Figure,
    row: Mapping[str, Any],
    expected: Callable[[], tuple[object, ...]],
) -> None:
    try:
        fault = "" if tuple(row.values()) == expected() else _MISREAD
    except (ArchdbError, ValueError, SyntaxError) as error:
        fault = f"is no figure as it stands: {error}"
    if fault:
        found.append((figure.architecture or "", f"{figure.figure}: {fault}"))


_MISREAD = "its bounds are not those of the digits that are printed: archdb db upgrade mends them"


def _from(column: str, cell: Any) -> Any:
    """Globs out of their JSON."""
    return tuple(json.loads(cell or "[]")) if column == "layers" else cell


def _citation_of(figure: Figure, references: Mapping[str, Reference]) -> Reference:
    if figure.citation not in references:
        raise DefinitionError(
            f"cites '{figure.citation}', which is in no list of references",
            remedy=nearest(figure.citation, references),
        ).at(f"figure '{figure.figure}'")
    return references[figure.citation]


def _figure_row(figure: Figure) -> tuple[object, ...]:
    return (*map(_cell, figure), *_bounds(figure.figure, figure.interval()))


def _explanation_row(explanation: Explanation, figures: Mapping[str, Figure]) -> tuple[object, ...]:
    if explanation.figure not in figures:
        raise DefinitionError(
            f"explains '{explanation.figure}', which is no figure",
            remedy=nearest(explanation.figure, figures),
        )
    bounds = _bounds(explanation.figure, explanation.interval(figures[explanation.figure]))
    total = terms(explanation.sum)[1].numerator if explanation.sum else None
    return (*map(_cell, explanation), *bounds, total)


def _bounds(figure: str, interval: Interval) -> tuple[int, int, int]:
    """BOUNDS: an interval in whole numbers of 64 bits."""
    divisor = lcm(*(bound.denominator for bound in interval))
    least, below = (int(bound * divisor) for bound in interval)
    if max(below, divisor) >= LIMIT:
        raise DefinitionError("is larger than a count can be, or in finer parts").at(
            f"figure '{figure}'"
        )
    return least, below, divisor


def _cell(value: object) -> object:
    """Globs as JSON; none, where there are none."""
    return (json.dumps(value) if value else None) if isinstance(value, tuple) else value


def _derive(connection: Connection) -> None:
    """Profiles of bundled networks at the inputs of the figures, where they are not there yet."""
    missing = connection.execute(
        text(
            "select n.id, r.architecture, r.input, min(r.figure) as figure"
            " from figure_value r join network n on n.id = r.network_id"
            " where n.origin = 'bundled' and not exists (select 1 from profile p"
            "   where p.network_id = n.id and p.input = r.input)"
            " group by n.id, r.input"
        )
    ).all()
    for row in missing:
        try:
            writer.profile_at(connection, row.id, row.input)
        except ArchdbError as error:
            raise error.at(f"figure '{row.figure}'") from None

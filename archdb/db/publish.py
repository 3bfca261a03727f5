"""The published figures that archdb ships, into rows, and the profiles that they are read from."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, text

from archdb.db import schema, store
from archdb.db.engine import insert_many
from archdb.errors import ArchdbError, DefinitionError, nearest
from archdb.ops.shape import parse
from archdb.published import Explanation, Figure, terms
from archdb.records import Reference

_FIGURE = (*Figure._fields, "at_least", "below")
_EXPLANATION = (*Explanation._fields, "at_least", "below", "sum_value")


def put_figures(
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
    store.put_references(connection, [_cited(figure, references) for figure in figures])
    insert_many(connection, schema.published, _FIGURE, map(_figure_row, figures))
    by_name = {figure.figure: figure for figure in figures}
    rows = [_explanation_row(e, by_name) for e in explanations]
    insert_many(connection, schema.published_explanation, _EXPLANATION, rows)
    _derive(connection)


def _cited(figure: Figure, references: Mapping[str, Reference]) -> Reference:
    if figure.citation not in references:
        raise DefinitionError(
            f"cites '{figure.citation}', which is in no list of references",
            remedy=nearest(figure.citation, references),
        ).at(f"figure '{figure.figure}'")
    return references[figure.citation]


def _figure_row(figure: Figure) -> tuple[object, ...]:
    return (*map(_cell, figure), *map(float, figure.interval()))


def _explanation_row(explanation: Explanation, figures: Mapping[str, Figure]) -> tuple[object, ...]:
    if explanation.figure not in figures:
        raise DefinitionError(
            f"explains '{explanation.figure}', which is no figure",
            remedy=nearest(explanation.figure, figures),
        )
    interval = map(float, explanation.interval(figures[explanation.figure]))
    total = float(terms(explanation.sum)[1]) if explanation.sum else None
    return (*map(_cell, explanation), *interval, total)


def _cell(value: object) -> object:
    """Globs as JSON; none, where there are none."""
    return (json.dumps(value) if value else None) if isinstance(value, tuple) else value


def _derive(connection: Connection) -> None:
    """Profiles of bundled networks at the inputs of the figures, where they are not there yet."""
    missing = connection.execute(
        text(
            "select n.id, r.architecture, r.input, min(r.figure) as figure"
            " from figure_reading r join network n on n.name = r.architecture"
            " where n.origin = 'bundled' and not exists (select 1 from profile p"
            "   where p.network_id = n.id and p.input = r.input)"
            " group by n.id, r.input"
        )
    ).all()
    for row in missing:
        try:
            store.profile_at(connection, row.id, parse(row.input))
        except ArchdbError as error:
            raise error.at(f"figure '{row.figure}'") from None

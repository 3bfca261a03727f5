"""The page of a target: what its template shows is gathered by the function of its route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archdb.queries.sql import saved_names
from archdb.queries.units import describe
from archdb.render.paper_table import KINDS
from archdb.serve import page_lists, page_network, page_questions
from archdb.serve.address import Target
from archdb.serve.html import Page, render, table, title
from archdb.serve.reply import Problem, Rows
from archdb.serve.view import view

if TYPE_CHECKING:
    from archdb.serve.answer import Source

PAGES: dict[str, Page] = {**page_lists.PAGES, **page_network.PAGES, **page_questions.PAGES}


def page(source: Source, target: Target) -> str:
    """The page of a target. Raises ArchdbError."""
    name = str(target.route.page)
    context = PAGES.get(name, table)(source, target)
    return render(
        str(context.get("template", name)), target, source.dataset, context, site=source.site
    )


def sql(source: Source, target: Target, rows: Rows) -> str:
    """The editor, the schema with its units beside it, and what a statement has come to."""
    schema: dict[str, list[tuple[str, str, str]]] = {}
    for relation, column, unit, meaning, *_ in source.database.schema():
        schema.setdefault(relation, []).append((column, "" if unit in KINDS else unit, meaning))
    found = None
    if rows.columns is not None:
        found = view(describe(source.database.reader, rows.result()))
    context = {
        "title": "SQL" if "query" not in target.names else title(target),
        "schema": schema,
        "saved": saved_names(),
        "view": found,
        "problem": rows.problem and Problem(*rows.problem),
        "statement": rows.statement,
        "parameters": rows.parameters,
        "rows": rows.most,
        "seconds": rows.seconds,
    }
    return render("sql", target, source.dataset, context, site=source.site)

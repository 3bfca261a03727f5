"""Pages of what there is: the start, the catalogue, published figures, conventions, spaces, all
addresses."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from archdb.queries.search import FACETS
from archdb.render.published_table import brief
from archdb.serve import questions
from archdb.serve.address import Target, parameters_of
from archdb.serve.html import Context, Page, form_of, networks, shown
from archdb.serve.view import path, view

if TYPE_CHECKING:
    from archdb.serve.answer import Source

#: Published figures on a page.
FIGURES = 400
#: Columns of the catalogue that a narrow screen has no room for.
REST = ("family", "year", "variant_of", "input")


def start(source: Source, target: Target) -> Context:
    """What is here, and where to begin."""
    reader = source.database.reader
    (row,) = reader.run(
        "select (select count(*) from network where space is null) as networks,"
        " (select count(distinct family) from network where space is null) as families,"
        " (select count(*) from published) as figures,"
        " (select count(*) from citation) as publications,"
        " (select count(*) from convention) as conventions"
    ).to_dicts()
    families = reader.run(
        "select family, count(*) from network where space is null group by family"
        " order by count(*) desc, family limit 24"
    )
    return {
        "title": "Neural network architectures, exactly",
        "counts": row,
        "families": families.rows,
        "names": networks(source),
        "chosen": [],
    }


def catalogue(source: Source, target: Target) -> Context:
    """Networks that a search finds, with the facets that narrow it down."""
    found = questions.found(source.database, target.arguments)
    result = source.database.result(lambda reader: found.page)
    facets = {
        name: [
            (value, count, target.at(**{name: value, "after": None}).url)
            for value, count in found.facets[name].items()
        ]
        for name in FACETS
        if len(found.facets[name]) > 1 or target.values.get(name)
    }
    chosen = {
        name: (value, target.at(**{name: None, "after": None}).url)
        for name, value in target.values.items()
        if name not in ("sort", "desc", "limit", "after", "convention")
    }
    sorts = [_sorted(target, column) for column in result.columns]
    # A title stands below its name, so that there is room for figures.
    title_at = result.columns.index("title") if "title" in result.columns else 0
    return shown(
        target,
        result,
        facets=facets,
        chosen=chosen,
        sorts=sorts,
        title_at=title_at,
        rest={at for at, column in enumerate(result.columns) if column in REST},
        columns=[at for at in range(len(result.columns)) if not title_at or at != title_at],
        total=found.total,
        following=None if found.after is None else target.at(after=found.after).url,
        arguments=target.arguments,
    )


def _sorted(target: Target, column: str) -> str:
    """The same sorted by a column; again, the other way round."""
    again = target.values.get("sort") == column and not target.values.get("desc")
    return target.at(sort=column, desc=True if again else None, after=None).url


def published(source: Source, target: Target) -> Context:
    """Figures with their verdicts, and how many there are of each."""
    result = source.result(target)
    verdicts = Counter(result.column("verdict"))
    links = {
        verdict: (count, target.at(verdict=verdict).url) for verdict, count in verdicts.items()
    }
    names = dict.fromkeys(result.column("architecture"))
    short = brief(result[:FIGURES])
    context = shown(target, result, verdicts=links, count=len(result), names=len(names))
    return {**context, "view": view(short)}


def conventions(source: Source, target: Target) -> Context:
    """Every convention in a sentence."""
    result = source.result(target)
    return shown(target, result, conventions=result.to_dicts())


def convention(source: Source, target: Target) -> Context:
    """The weights of a convention: an op to the row, components across."""
    result = source.result(target)
    name = target.names["convention"]
    said = source.database.reader.run_named("conventions", convention=name).to_dicts()[0]
    weights: dict[str, dict[str, int]] = {}
    for _, op, quantity, weight in result.rows:
        if weight:
            weights.setdefault(op, {})[quantity] = weight
    columns = sorted({quantity for row in weights.values() for quantity in row})
    return shown(target, result, said=said, weights=weights, columns=columns)


def spaces(source: Source, target: Target) -> Context:
    result = source.result(target)
    built = {row["space"] for row in result.to_dicts() if row["built"]}
    lead = {"space": lambda name: path("spaces", name) if name in built else ""}
    return {**form_of(target), "view": view(result, lead), "template": "table"}


def citation(source: Source, target: Target) -> Context:
    """A publication, and what it vouches for."""
    result = source.result(target)
    reader, key = source.database.reader, target.names["key"]
    (row,) = reader.run("select * from citation where key = :key", {"key": key}).to_dicts()
    figures = reader.run("select count(*) from published where citation = :key", {"key": key})
    bibtex = questions.publication(source.database, {"key": key})
    count: Any = figures.rows[0][0]
    return shown(target, result, citation=row, bibtex=bibtex, figures=count)


def ops(source: Source, target: Target) -> Context:
    """Every op that can be worked out, with its first sentence."""
    from archdb.ops import REGISTRY

    known = {
        name: re.split(r"(?<=\.)\s+(?=[A-Z])|\n\n", (op.__doc__ or "").strip())[0]
        for name, op in sorted(REGISTRY.items())
        if op.known and not op.source
    }
    return {"title": "One layer, worked out", "ops": known}


def api(source: Source, target: Target) -> Context:
    """Every address, with its parameters and forms."""
    from archdb.serve.routes import ROUTES

    rows = [
        (
            route.pattern,
            route.summary,
            [] if callable(route.parameters) else parameters_of(route, {}, "html"),
            [form for form in route.forms if form != "html"],
        )
        for route in ROUTES
    ]
    return {"title": "Every address", "rows": rows}


PAGES: dict[str, Page] = {
    "start": start,
    "networks": catalogue,
    "published": published,
    "conventions": conventions,
    "convention": convention,
    "spaces": spaces,
    "citation": citation,
    "ops": ops,
    "api": api,
}

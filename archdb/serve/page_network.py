"""The pages of one network, and of several side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archdb.errors import NotFoundError
from archdb.queries.block_tree import Branch, block_tree
from archdb.queries.outline import outline
from archdb.queries.result import Result
from archdb.render import compare_svg
from archdb.render.drawing_svg import svg
from archdb.render.published_table import brief
from archdb.serve import drawings, questions
from archdb.serve.address import Target
from archdb.serve.html import Context, Page, networks, shown
from archdb.serve.view import View, path, view

if TYPE_CHECKING:
    from archdb.serve.answer import Source

#: Sections of a network's page: name of the route, and the heading.
CHARTS = {
    "depth": "By depth",
    "resolution": "By output size",
    "receptive-field": "Receptive field",
}
#: Published figures that a network's page shows; and boxes of a drawing that it has room for.
FIGURES, BOXES = 12, 160
#: Of how many layers at the most the blocks are listed with their layers.
LISTED = 2500
#: Of a network that is in no row.
UNKNOWN = {"family": "", "year": None, "variant_of": None}
#: What stands at the top of a network's page.
KEY = ("params", "macs", "activations", "depth", "receptive_field", "input")


def network(source: Source, target: Target) -> Context:
    """One network: totals, blocks, drawing, charts, and what others say of it."""
    result = source.result(target)
    name = target.names["name"]
    grouped = target.arguments["by"] != "total"
    stored = "+" not in name or bool(source.database.reader.run_named("subject", name=name).rows)
    more: dict[str, Any] = {"key": {}, "sections": {}}
    if not grouped:
        more = {"key": _key(result), "sections": _sections(source, target, stored)}
    context = shown(target, result, names=networks(source), by=target.arguments["by"], **more)
    header = _header(source, name) if stored else {"title": name, **UNKNOWN}
    lead = {"view": _layers_lead(name, result)} if target.arguments["by"] == "layer" else {}
    return {**context, **lead, "network": {"name": name, **header}, "stored": stored}


def _layers_lead(name: str, result: Result) -> View:
    """A table of layers, whose names lead to how their figures come about."""
    return view(
        result, {"layer": lambda layer: path("networks", name, "explain", *layer.split("/"))}
    )


def _key(result: Result) -> dict[str, tuple[Any, str]]:
    """The figures that are asked for most: value and unit."""
    rows = {row[0]: row for row in result.rows}
    rows.setdefault("receptive_field", rows.get("receptive_field_h", ("", "", None)))
    return {name: (rows[name][2], rows[name][1]) for name in KEY if name in rows}


def _header(source: Source, name: str) -> dict[str, Any]:
    statement = (
        "select title, family, year, variant_of, origin, space from architecture_summary"
        " where architecture = :name and is_native = 1"
    )
    found = source.database.reader.run(statement, {"name": name}).to_dicts()
    return found[0] if found else {"title": name, **UNKNOWN}


def _sections(source: Source, target: Target, stored: bool) -> dict[str, Any]:
    name, spec = target.names["name"], questions.spec(target.arguments)
    tree = source.database.answer(lambda reader: block_tree(reader, name, spec))
    found: dict[str, Any] = {
        "tree": tree,
        "nested": any(branch.depth for branch in tree),
        "listed": sum(len(branch.layers) for branch in tree) <= LISTED,
        "charts": {
            heading: chart
            for kind, heading in CHARTS.items()
            if (chart := _chart(source, target, kind)) is not None
        },
        "drawing": _drawing(source, target, tree),
    }
    if stored:
        found |= _vouched(source, name)
    return found


def _vouched(source: Source, name: str) -> dict[str, Any]:
    """What others say of a stored network, and what it has to do with others."""
    database = source.database
    relatives = database.reader.run_named("relatives", name=name, steps=2).rows
    try:
        figures: Result | None = database.published(name)
    except NotFoundError:
        figures = None
    sources = questions.rows_of(
        "select claim, place, citation, title, year from architecture_source"
        " where architecture = :name order by number",
        "name",
    )
    return {
        "lineage": view(database.lineage(name)),
        "relatives": [other for other, steps in relatives if steps],
        "figures": None if figures is None else view(brief(figures[:FIGURES])),
        "figure_count": 0 if figures is None else len(figures),
        "sources": view(sources(database, {"name": name})),
        "bibtex": database.cite(name),
    }


def _chart(source: Source, target: Target, kind: str) -> str | None:
    """A chart of the network; None where there is nothing to draw."""
    try:
        return drawings.charted(source.database, {**target.arguments, "chart": kind}, alone=False)
    except NotFoundError:
        return None


def _drawing(source: Source, target: Target, tree: list[Branch]) -> Callable[..., str] | None:
    """The drawing, once it is known how a layer's page is reached: a box of a block leads to its
    row below, which lists its layers. None where it would be too large."""
    name, spec = target.names["name"], questions.spec(target.arguments)
    drawn = source.database.answer(lambda reader: outline(reader, name, spec, layers=False))
    if len(drawn.nodes) > BOXES:
        return None

    def draw(href: Callable[[str], str]) -> str:
        leads = {branch.name: f"#block-{at}" for at, branch in enumerate(tree) if branch.kind}
        layers = (branch.name for branch in tree if not branch.kind)
        known = {
            layer: href(path("networks", name, "explain", *layer.split("/"))) for layer in layers
        }
        return svg(drawn, alone=False, leads=known | leads)

    return draw


def compare(source: Source, target: Target) -> Context:
    """Networks side by side: what differs, then what is the same."""
    result = source.result(target)
    by = target.arguments["by"]
    found = shown(target, result, names=networks(source), chosen=target.names["names"], by=by)
    whole: View = found["view"]
    parts = {"differing": whole.only(differs=True), "equal": whole.only(differs=False)}
    drawn = compare_svg.bars(result, target.names["names"]) if by == "total" else ""
    return {**found, **parts, "split": by == "total", "drawn": drawn}


def choose(source: Source, target: Target) -> Context:
    chosen = [*target.values.get("name", [])]
    return {"names": networks(source), "chosen": chosen, "title": "Compare networks"}


PAGES: dict[str, Page] = {"network": network, "compare": compare, "choose": choose}

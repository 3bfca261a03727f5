"""What changed between two databases: network by network, quantity by quantity.

Both are read as they are, whatever archdb made them: only what both have columns for can differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from archdb.analysis.differences import changes_between
from archdb.dataset.canonical import Relation, definition, views
from archdb.queries.lineage import definition_rows
from archdb.queries.reader import Reader
from archdb.queries.result import Result

#: Tables that are compared by what their rows say of a layer, and not row by row.
BY_LAYER = {"layer", "edge"}
#: Views of figures, and what tells their rows apart; of the last there are many rows.
FIGURES = {
    "architecture_summary": ("architecture", "input"),
    "convention_total": ("architecture", "convention"),
}
LAYERS = {"layer_summary": ("architecture", "layer")}
#: Columns of the views that are stored and so compared in the tables, or say where a row stands.
PLACES = {"position", "structure", "is_native"}

Row = dict[str, Any]
#: Rows by their key, in the order of the question.
Keyed = dict[tuple[Any, ...], Row]


class Found(NamedTuple):
    """One change: `part` is the table or view it is in, `where` the row's own key."""

    architecture: str | None
    change: str
    part: str
    where: str
    quantity: str
    old: Any
    new: Any

    @property
    def difference(self) -> int | None:
        numbers = isinstance(self.old, int) and isinstance(self.new, int)
        return self.new - self.old if numbers else None


def diff(old: Reader, new: Reader, *, layers: bool) -> Result:
    """One row for each change; none where two databases say the same.

    Figures of single layers are counted, or listed where `layers` asks for that.
    """
    with old.snapshot(), new.snapshot(keep=new.keeps):
        return _diff(old, new, layers)


def _diff(old: Reader, new: Reader, layers: bool) -> Result:
    names = [set(side.run("select name from network").column("name")) for side in (old, new)]
    both = names[0] & names[1]
    rows = list(_tables(old, new))
    lone = {row.where for row in rows if row.part == "convention" and row.change != "changed"}
    found = [row for row in rows if _concerns(row, both, lone)]
    for name in sorted(both):
        found += _definition(old, new, name)
    stored = _stored_columns(new)
    for view, key in FIGURES.items():
        found += _figures(old, new, view, key, both, stored)
    each = list(_figures(old, new, *next(iter(LAYERS.items())), both, stored))
    found += each if layers else _count_layers(each)
    found.sort(key=lambda change: change.architecture or "")
    columns = ["architecture", "change", "part", "where", "quantity", "old", "new", "difference"]
    return Result(
        columns, [(*change, change.difference) for change in found], list(_notes(old, new))
    )


def _concerns(change: Found, both: set[str], lone: set[str]) -> bool:
    """Of a network that only one side has, its own row says it all, and so of a convention."""
    if change.part == "convention_weight":
        return change.where.split(", ")[0] not in lone
    return change.architecture is None or change.part == "network" or change.architecture in both


def _notes(old: Reader, new: Reader) -> Iterator[str]:
    tables = [{r.name for r in definition(side)} for side in (old, new)]
    for side, missing in ((old, tables[1] - tables[0]), (new, tables[0] - tables[1])):
        if missing:
            yield f"{side.path} has no table for: {', '.join(sorted(missing))}"
    for side in (old, new):
        stale = side.run_named("without_figures").column("name")
        if stale:
            yield f"{side.path} has no figures of: {', '.join(stale)} (stale: archdb derive)"


# Tables of the definition, row by row.


def _tables(old: Reader, new: Reader) -> Iterator[Found]:
    there = {relation.name: relation for relation in definition(old)}
    for relation in definition(new):
        if relation.name in there and relation.name not in BY_LAYER:
            columns = [c for c in relation.columns if c in there[relation.name].columns]
            key = [column for column in relation.key if column in columns]
            before = _rows_by_key(old, there[relation.name], key)
            yield from _rows(relation.name, before, _rows_by_key(new, relation, key), key, columns)


def _rows_by_key(side: Reader, relation: Relation, key: Sequence[str]) -> Keyed:
    stream = side.stream(relation.statement)
    rows = (dict(zip(relation.columns, row, strict=True)) for row in stream)
    return {tuple(row[column] for column in key): row for row in rows}


def _rows(
    part: str,
    old: Keyed,
    new: Keyed,
    key: Sequence[str],
    columns: Sequence[str],
) -> Iterator[Found]:
    """Rows that only one side has, and columns in which two rows of one key differ."""
    for at in [*old, *(at for at in new if at not in old)]:
        row = new.get(at) or old[at]
        name = row["name"] if part == "network" else row.get("architecture")
        own = [column for column in key if column != "architecture" and part != "network"]
        where = ", ".join(str(row[column]) for column in own)
        if at not in new:
            yield Found(name, "removed", part, where, "", _describe_row(old[at], key), None)
        elif at not in old:
            yield Found(name, "added", part, where, "", None, _describe_row(new[at], key))
        else:
            for column in columns:
                before, after = old[at][column], new[at][column]
                if before != after:
                    yield Found(name, "changed", part, where, column, before, after)


def _describe_row(row: Row, key: Sequence[str]) -> str:
    """A whole row in words."""
    said = (value for column, value in row.items() if column not in key and value is not None)
    return "; ".join(map(str, said))


# Layer rows, by what they say.


def _definition(old: Reader, new: Reader, name: str) -> Iterator[Found]:
    sides = [definition_rows(side, name) for side in (old, new)]
    places = [_places(side, name) for side in (old, new)]
    if sides[0] == sides[1] and places[0] == places[1]:
        return
    yield from _rows("layer", *_common_rows(*places), ["layer"], ["block", "auxiliary"])
    if [at for at in places[0] if at in places[1]] != [at for at in places[1] if at in places[0]]:
        yield Found(name, "changed", "layer", "", "order", None, None)
    together: dict[tuple[str, str, str], list[str]] = {}
    for change in changes_between(*sides):
        together.setdefault(change[:3], []).append(change.layer)
    for (what, before, after), layers in together.items():
        kind = _kind(what, before, after)
        yield Found(name, kind, "layer", ", ".join(layers), what, before, after)


def _places(side: Reader, name: str) -> Keyed:
    """In which block and head each layer stands, in order."""
    return {(row["layer"],): row for row in side.run_named("places", name=name).to_dicts()}


def _kind(what: str, before: str, after: str) -> str:
    if what != "layer":
        return "changed"
    return "removed" if before else "added"


# Figures.


def _stored_columns(new: Reader) -> set[str]:
    """Columns of the views that are stored: their changes are found in the tables."""
    statement = "select distinct relation || '.' || \"column\" as name from column_dictionary"
    return set(new.run(f"{statement} where origin = 'stored'").column("name"))


def _figures(
    old: Reader, new: Reader, view: str, key: Sequence[str], both: set[str], stored: set[str]
) -> Iterator[Found]:
    """Derived figures that differ, of rows that both sides have."""
    sides = [
        next((r for r in views(side, native=True) if r.name == view), None) for side in (old, new)
    ]
    if sides[0] is None or sides[1] is None:
        return
    columns = [
        column
        for column in sides[1].columns
        if column in sides[0].columns
        and column not in {*PLACES, *key}
        and f"{view}.{column}" not in stored
    ]
    kept = _common_rows(_rows_by_key(old, sides[0], key), _rows_by_key(new, sides[1], key))
    for change in _rows(view, *kept, key, columns):
        if change.architecture in both:
            yield change


def _common_rows(old: Keyed, new: Keyed) -> tuple[Keyed, Keyed]:
    """The rows of both whose keys both have."""
    return (
        {at: row for at, row in old.items() if at in new},
        {at: row for at, row in new.items() if at in old},
    )


def _count_layers(changes: Sequence[Found]) -> Iterator[Found]:
    """One row for each network and quantity, with the number of layers."""
    counts: dict[tuple[str | None, str], int] = {}
    for change in changes:
        at = (change.architecture, change.quantity)
        counts[at] = counts.get(at, 0) + 1
    for (name, quantity), layers in counts.items():
        where = f"{layers} layer{'s' if layers > 1 else ''}"
        yield Found(name, "changed", "layer_summary", where, quantity, None, None)

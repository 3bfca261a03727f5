"""What a dataset says, in one order and without what belongs to one file: ids and counters.

Two files that were filled in another order, by another SQLite, hold the same canonical rows
where they say the same. Releases are hashed, compared and exported by them. The tables are found
in the file itself, so that a file of an older archdb can be read as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archdb.db import owned

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: Tables that are worked out from the others, and those about the file.
DERIVED = {"figure_value", "unread_figure", "profile", "layer_profile", "profile_row"}
DERIVED |= {"fact_row", "field_row", "layer_row", "op_row", "block_row", "resolution_row"}
ABOUT = {"alembic_version", "column_dictionary", "meta"}
#: Views that repeat what another one says, with ids in place of names.
REPEATING = {"space_total"}
#: Columns that count what has happened to a file, or are worked out from other rows.
LEFT_OUT = {"id", "revision", "structure", "stale", "content", "figures", "packed"}
#: Columns that tell rows apart where the key is an id.
NAMED = {("network", "name")}
#: A key of another table's row: where to find the name that says the same in any file.
OWNER = "network n join {table} t on t.network_id = n.id"

#: What tells the rows of each view apart.
KEYS = {
    "architecture_source": "number",
    "architecture_summary": "input",
    "cost_summary": "input",
    "block_summary": "input block",
    "convention_total": "input convention",
    "import_report": "number",
    "layer_summary": "input position",
    "op_summary": "input op",
    "resolution_summary": "input resolution",
    "variant_difference": "number",
}
#: The same of views that are about something else than one network in each row.
OTHER_KEYS = {
    "figure_reading": "figure reading",
    "published_check": "figure",
    "space_point": "architecture attribute",
    "space_summary": "space",
}


class Relation(NamedTuple):
    """A table or view: its columns, those that tell its rows apart (none where that is not
    known), the statement that gives its rows, and their canonical order."""

    name: str
    columns: list[str]
    key: list[str]
    source: str
    order: str

    @property
    def statement(self) -> str:
        return f"{self.source} order by {self.order}"


def definition(reader: Reader) -> list[Relation]:
    """The tables that say what the networks are: all but the derived ones and those of the file."""
    names = _names(reader, "table")
    return [_canonical(reader, name) for name in names if name not in DERIVED | ABOUT]


def views(reader: Reader, *, native: bool = False) -> list[Relation]:
    """The analyst views; with `native`, at native inputs only."""
    found = []
    for name in _names(reader, "view"):
        if name in REPEATING:
            continue
        columns = list(_columns(reader, name))
        key = f"architecture {KEYS[name]}" if name in KEYS else OTHER_KEYS.get(name, "")
        where = " where is_native = 1" if native and "is_native" in columns else ""
        order = ", ".join(key.split() or [f'"{column}"' for column in columns])
        found.append(Relation(name, columns, key.split(), f"select * from {name}{where}", order))
    return found


def _names(reader: Reader, kind: str) -> list[str]:
    """archdb's own: a user's tables and views in the same file are no part of the dataset."""
    statement = "select name from sqlite_master where type = :kind order by name"
    names = reader.run(statement, {"kind": kind}).column("name")
    known = owned.TABLES if kind == "table" else owned.relations()
    return [name for name in names if name in known]


def _columns(reader: Reader, relation: str) -> dict[str, bool]:
    """The columns, each with whether it belongs to the key."""
    question = "select name, pk > 0 from pragma_table_info(:relation)"
    return dict(reader.run(question, {"relation": relation}).rows)


def _canonical(reader: Reader, table: str) -> Relation:
    """The table with names for ids, in the order of its key."""
    columns = _columns(reader, table)
    kept = [column for column in columns if column not in LEFT_OUT and column != "network_id"]
    key = [column for column in kept if columns[column] or (table, column) in NAMED]
    selected, order = ([f't."{column}"' for column in some] for some in (kept, key or kept))
    source = f"{table} t"
    if "network_id" in columns:
        source = OWNER.format(table=table)
        kept, key = ["architecture", *kept], ["architecture", *key]
        selected, order = ['n.name as "architecture"', *selected], ["n.name", *order]
    statement = f"select {', '.join(selected)} from {source}"
    return Relation(table, kept, key, statement, ", ".join(order))

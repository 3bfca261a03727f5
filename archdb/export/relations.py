"""What an export holds: every table and view, each column with its type, unit and meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.dataset.canonical import LEFT_OUT, Relation, definition, views

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: Types of SQLite, in the words of Table Schema; of two in one column the later one is taken.
TYPES = {"integer": "integer", "real": "number", "text": "string"}
#: Columns that name a row of another table, by that table's key.
NAMES = {
    "architecture": ("network", "name"),
    "variant_of": ("network", "name"),
    "citation": ("citation", "key"),
    "convention": ("convention", "name"),
    "space": ("space", "name"),
}


class Field(NamedTuple):
    """A column: its type in the words of Table Schema; unit and meaning where they are known."""

    name: str
    type: str
    unit: str | None
    meaning: str | None


class Table(NamedTuple):
    """A table or view to be written; `refers` are (column, table, its key)."""

    name: str
    description: str
    fields: list[Field]
    key: list[str]
    refers: list[tuple[str, str, str]]
    statement: str
    rows: int


def tables(reader: Reader) -> list[Table]:
    """Views first, as analysts read them; then the tables that define the networks."""
    return describe_relations(reader, [*views(reader), *definition(reader)])


def describe_relations(reader: Reader, relations: Iterable[Relation]) -> list[Table]:
    """Each with the types, units and meanings of its columns."""
    words = reader.run('select relation, "column", unit, meaning from column_dictionary').rows
    known = {(relation, column): tuple(rest) for relation, column, *rest in words}
    shared = {
        column: (unit, meaning) for column, unit, meaning in reader.run_named("column_units").rows
    }
    described = {**_of_tables(), **view_descriptions(reader)}
    return [
        _table(reader, relation, described.get(relation.name, ""), known, shared)
        for relation in relations
    ]


def _table(
    reader: Reader,
    relation: Relation,
    description: str,
    known: Mapping[tuple[str, str], Any],
    shared: Mapping[str, Any],
) -> Table:
    """A table's columns are explained as the views' of that name, where these agree."""
    types, rows = _types(reader, relation)
    fields = []
    for column in relation.columns:
        unit, meaning = known.get((relation.name, column), shared.get(column, (None, None)))
        fields.append(Field(column, types[column], unit, meaning))
    refers = list(_references(reader, relation))
    key, statement = relation.key, relation.statement
    return Table(relation.name, description, fields, key, refers, statement, rows)


def _of_tables() -> dict[str, str]:
    from archdb.db import tables

    return {table.name: _spoken(table.comment or "") for table in tables.metadata.sorted_tables}


def _spoken(comment: str) -> str:
    """A table's comment without what it says of columns that are not exported."""
    sentences = re.split(r"(?<=\.) ", comment)
    return " ".join(s for s in sentences if not LEFT_OUT.intersection(re.findall(r"\w+", s)))


def view_descriptions(reader: Reader) -> dict[str, str]:
    """The sentences at the head of each view."""
    rows = reader.run("select name, sql from sqlite_master where type = 'view'").rows
    return {
        name: " ".join(
            line.removeprefix("--").strip() for line in sql.splitlines() if line.startswith("--")
        )
        for name, sql in rows
    }


def _types(reader: Reader, relation: Relation) -> tuple[dict[str, str], int]:
    """What the columns hold, and how many rows there are; a column without a value holds what
    it is declared to."""
    found = ", ".join(f"max(nullif(typeof(\"{c}\"), 'null'))" for c in relation.columns)
    rows, *kinds = reader.run(f"select count(*), {found} from ({relation.statement})").rows[0]
    question = "select name, lower(type) from pragma_table_info(:relation)"
    declared = dict(reader.run(question, {"relation": relation.name}).rows)
    names = (
        kind or declared.get(column, "")
        for column, kind in zip(relation.columns, kinds, strict=True)
    )
    types = {c: TYPES.get(n, "string") for c, n in zip(relation.columns, names, strict=True)}
    return types, int(rows)


def _references(reader: Reader, relation: Relation) -> Iterator[tuple[str, str, str]]:
    """Columns that name a row of another table, where all that they name is there."""
    for column, (other, key) in NAMES.items():
        if relation.name != other and column in relation.columns:
            missing = (
                f'select 1 from (select "{column}" from ({relation.source})) where "{column}"'
                f' is not null and "{column}" not in (select "{key}" from {other}) limit 1'
            )
            if not reader.run(missing).rows:
                yield column, other, key

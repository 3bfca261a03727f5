"""What describes a database inside it: column dictionary, conventions, version."""

from __future__ import annotations

from sqlalchemy import Connection, text

from archdb.analysis import conventions
from archdb.analysis.conventions import Convention
from archdb.db import dictionary, tables, writer
from archdb.db.bundled_networks import IMPORTED, free
from archdb.db.engine import insert_many
from archdb.resources import conventions_digest
from archdb.sources import toml
from archdb.version import __version__


def describe(connection: Connection) -> list[str]:
    """Put all that is no migration and no network in place of what was there. A user's own
    conventions stay; returns what the user has to know, in sentences."""
    connection.execute(text("delete from column_dictionary"))
    entries = dictionary.entries()
    insert_many(connection, tables.column_dictionary, entries[0]._fields, entries)
    cited = sorted({entry.citation for entry in entries if entry.citation})
    references = toml.bundled_references()
    writer.save_references(connection, [references[key] for key in cited])
    known = conventions.bundled()
    said = _save_conventions(connection, known)
    for key, value in (("archdb_version", __version__), ("conventions", conventions_digest())):
        let_go(connection, key)
        keep(connection, key, value)
    return said


def keep(connection: Connection, key: str, value: str) -> None:
    """A row of the table `meta`."""
    insert_many(connection, tables.meta, ("key", "value"), [(key, value)])


def let_go(connection: Connection, key: str) -> None:
    """The end of one."""
    connection.execute(text("delete from meta where key = :key"), {"key": key})


def _save_conventions(connection: Connection, known: list[Convention]) -> list[str]:
    """archdb's conventions in place of those that an earlier release has brought. Of one that was
    there before conventions had an origin, its name tells whose it is."""
    names = {convention.name for convention in known}
    rows = connection.execute(text("select name, origin from convention order by name")).all()
    theirs = {
        row.name
        for row in rows
        if row.origin == "imported" or (row.origin is None and row.name not in names)
    }
    said = []
    for name in sorted(theirs & names):
        new = free(name + IMPORTED, IMPORTED, theirs | names)
        _rename(connection, name, new)
        said.append(f"your convention '{name}' is called '{new}' now: archdb has taken the name")
    for name in {row.name for row in rows} - theirs:
        for statement in ("convention_weight where convention", "convention where name"):
            connection.execute(text(f"delete from {statement} = :name"), {"name": name})
    connection.execute(text("update convention set origin = 'imported'"))
    insert_many(
        connection,
        tables.convention,
        ("name", "sentence", "source", "divisor", "missing", "origin"),
        [(*convention[:5], "bundled") for convention in known],
    )
    insert_many(
        connection,
        tables.convention_weight,
        ("convention", "op", "quantity", "weight"),
        [(convention.name, *weight) for convention in known for weight in convention.rows()],
    )
    return said


def _rename(connection: Connection, name: str, new: str) -> None:
    for table, column in (("convention", "name"), ("convention_weight", "convention")):
        connection.execute(
            text(f"update {table} set {column} = :new where {column} = :name"),
            {"name": name, "new": new},
        )

"""Whether a file is damaged, where archdb has stumbled over what it reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archdb.db.connection import read_write
from archdb.db.faults import DAMAGE
from archdb.db.owned import TABLES

#: What an error is that damage may have caused, and that archdb does not expect elsewhere.
UNEXPECTED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    sqlite3.Error,
)


#: What JSON some columns hold.
JSON = {
    "citation": {"authors": "array"},
    "block": {"attributes": "object"},
    "difference": {"layers": "array"},
    "published": {"layers": "array"},
    "published_explanation": {"layers": "array"},
}


def integrity(path: Path) -> list[str]:
    """What SQLite finds wrong in a file: pages, indexes, values that a table cannot hold."""
    # Of a connection that can only read, SQLite does not even parse the constraints of values.
    with closing(read_write(path)) as connection:
        connection.execute("pragma query_only = on")
        found = connection.execute("pragma integrity_check").fetchall()
    return [str(word) for (word,) in found if word != "ok"]


def sign(connection: sqlite3.Connection, path: Path) -> str:
    """The first sign of damage: pages, keys, values that a table cannot hold, text that is no
    text. Nothing where a file is sound; then it is not to blame."""
    try:
        if found := integrity(path):
            return found[0]
        for table, _, parent, _ in connection.execute("pragma foreign_key_check"):
            return f"a row of {table} refers to a missing row of {parent}"
    except (sqlite3.Error, *DAMAGE) as error:
        return str(error)
    return next(garbled_texts(connection), "") or _broken(connection)


def _broken(connection: sqlite3.Connection) -> str:
    from archdb.db import broken_networks  # and SQLAlchemy, where something is wrong

    return next((fault for fault, _ in broken_networks.faults(connection)), "")


def garbled_texts(connection: sqlite3.Connection) -> Iterator[str]:
    """The first text of each table that is no text, in SQLite's words, and JSON of a wrong kind."""
    for table in sorted(TABLES):
        try:
            for _ in connection.execute(f"select * from {table}"):
                pass
        except (sqlite3.Error, *DAMAGE) as error:
            yield f"{table}: {error}"
            continue
        for column, kind in JSON.get(table, {}).items():
            wrong = f"json_type({column}) <> '{kind}'"
            if connection.execute(f"select 1 from {table} where {wrong} limit 1").fetchone():
                yield f"{table}: a value in the column {column} is no JSON {kind}"

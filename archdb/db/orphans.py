"""Rows that refer to missing ones, as clients leave them that check no foreign keys (which is what
SQLite does unless it is told)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

#: What to do about a row that has no owner, and about any other that refers to nothing.
REMOVED = "archdb check --repair removes it"
CORRECTED = "correct it, put the network in its place again (archdb import --replace), or restore"


class Key(NamedTuple):
    """A foreign key of one column."""

    table: str
    column: str
    parent: str
    to: str


def faults(connection: sqlite3.Connection) -> Iterator[str]:
    """Each row that refers to a missing one, and what to do about it."""
    owned = {(key.table, key.parent) for key in _owner_keys(connection)}
    for table, _, parent, _ in connection.execute("pragma foreign_key_check").fetchall():
        remedy = REMOVED if (table, parent) in owned else CORRECTED
        yield f"a row of {table} refers to a missing row of {parent}: {remedy}"


def remove(connection: sqlite3.Connection) -> list[str]:
    """Remove what would have gone with its owner had keys been checked; how many rows of each
    table, in sentences."""
    removed: Counter[str] = Counter()
    keys = list(_owner_keys(connection))
    while True:
        before = removed.total()
        for table, column, parent, to in keys:
            found = connection.execute(
                f'delete from {table} where "{column}" is not null'
                f' and "{column}" not in (select "{to}" from {parent})'
            )
            removed[table] += found.rowcount
        if removed.total() == before:  # what an owner owned has none now
            return [
                f"{count} row{'s' if count > 1 else ''} of {table} removed: without an owner"
                for table, count in removed.items()
                if count
            ]


def _owner_keys(connection: sqlite3.Connection) -> Iterator[Key]:
    """The keys of rows that belong to one of another table, and would be deleted with it."""
    tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    for (table,) in tables:
        listed = connection.execute(f'pragma foreign_key_list("{table}")').fetchall()
        columns = Counter(key for key, *_ in listed)
        for key, _, parent, column, to, _, deleted, _ in listed:
            if deleted == "CASCADE" and columns[key] == 1:
                yield Key(table, column, parent, to)

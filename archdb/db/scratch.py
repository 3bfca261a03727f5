"""A scratch database: some networks of another one, to add to without changing that.

It has the other's own tables and views, so every question can be put to it; only the rows of the
networks asked for are copied, so its making does not depend on the size of the other.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from archdb.db import owned
from archdb.db.connection import APPLICATION_ID
from archdb.db.faults import FAULTS, to_database_error
from archdb.db.unfinished import workplace
from archdb.errors import ArchdbError

#: Tables that are copied whole: what describes the database, and conventions.
WHOLE = ("meta", "alembic_version", "convention", "convention_weight", "column_dictionary")
#: Tables with a network_id.
OF_NETWORK = ("alias", "difference", "block", "layer", "edge", "profile")


@contextlib.contextmanager
def scratch(other: sqlite3.Connection, path: Path, names: Sequence[str]) -> Iterator[Path]:
    """The path of a scratch database with these networks of `other`, as it is seen through that
    connection; removed after.

    Raises DatabaseError where the one at `path` cannot be read or there is no room.
    """
    with workplace(Path(tempfile.gettempdir())) as directory:
        copy = directory / "scratch.sqlite"
        try:
            with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as connection:
                _fill(connection, other, names)
        except FAULTS as error:
            raise to_database_error(error, path) from None
        try:
            yield copy
        except ArchdbError as error:
            # The user asked for the one at `path` and has never heard of this one.
            places = (str(path) if place == str(copy) else place for place in error.places)
            error.places = tuple(places)
            raise


def _fill(connection: sqlite3.Connection, other: sqlite3.Connection, names: Sequence[str]) -> None:
    connection.execute(f"pragma application_id = {APPLICATION_ID}")
    connection.execute("pragma synchronous = off")  # lost with the process in any case
    connection.execute("begin")
    items = owned.items(other)
    for item in items:
        if item.kind == "table":
            connection.execute(item.statement)
    for table, where in _chosen(other, names).items():
        _copy(connection, other, f"select * from {table}{where}", table)
    for item in items:
        if item.kind != "table":  # behind the rows: no index to keep, no trigger to run meanwhile
            connection.execute(item.statement)
    connection.execute("commit")


def _chosen(other: sqlite3.Connection, names: Sequence[str]) -> dict[str, str]:
    """The tables to copy, and which of their rows."""
    marks = ", ".join("?" * len(names))
    keys = other.execute(f"select id from network where name in ({marks})", names).fetchall()
    ids = f"({', '.join(str(key) for (key,) in keys)})"
    profiles = f"(select id from profile where network_id in {ids})"
    return {
        **dict.fromkeys(WHOLE, ""),
        "network": f" where id in {ids}",
        **dict.fromkeys(OF_NETWORK, f" where network_id in {ids}"),
        "layer_profile": f" where profile_id in {profiles}",
    }


def _copy(
    connection: sqlite3.Connection, other: sqlite3.Connection, question: str, table: str
) -> None:
    rows = other.execute(question)
    marks = ", ".join("?" * len(rows.description))
    connection.executemany(f"insert into {table} values ({marks})", rows)

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

from archdb.db.connection import APPLICATION_ID, explained

#: Tables that are copied whole: what describes the database, and conventions.
WHOLE = ("meta", "alembic_version", "convention", "convention_weight", "column_dictionary")
#: Tables with a network_id.
OF_NETWORK = ("alias", "difference", "block", "layer", "edge", "profile")


@contextlib.contextmanager
def scratch(path: Path, names: Sequence[str]) -> Iterator[Path]:
    """The path of a scratch database with these networks of the one at `path`; removed after.

    Raises DatabaseError where `path` cannot be read or there is no room.
    """
    with tempfile.TemporaryDirectory(prefix="archdb-") as directory:
        copy = Path(directory) / "scratch.sqlite"
        try:
            with contextlib.closing(
                sqlite3.connect(copy, isolation_level=None, uri=True)
            ) as connection:
                _fill(connection, path, names)
        except sqlite3.Error as error:
            raise explained(error, path) from None
        yield copy


def _fill(connection: sqlite3.Connection, path: Path, names: Sequence[str]) -> None:
    connection.execute(f"pragma application_id = {APPLICATION_ID}")
    connection.execute("pragma synchronous = off")  # lost with the process in any case
    connection.execute("attach database ? as other", (f"{path.resolve().as_uri()}?mode=ro",))
    connection.execute("begin")
    schema = connection.execute(
        "select type, sql from other.sqlite_master"
        " where sql is not null and name not like 'sqlite\\_%' escape '\\'"
    ).fetchall()
    for kind, statement in schema:
        if kind == "table":
            connection.execute(statement)
    _copy(connection, names)
    for kind, statement in schema:
        if kind != "table":  # behind the rows: no index to keep, no trigger to run meanwhile
            connection.execute(statement)
    connection.execute("commit")


def _copy(connection: sqlite3.Connection, names: Sequence[str]) -> None:
    marks = ", ".join("?" * len(names))
    chosen = f"(select id from other.network where name in ({marks}))"
    for table in WHOLE:
        connection.execute(f"insert into main.{table} select * from other.{table}")
    connection.execute(
        f"insert into main.network select * from other.network where id in {chosen}", names
    )
    for table in OF_NETWORK:
        connection.execute(
            f"insert into main.{table} select * from other.{table} where network_id in {chosen}",
            names,
        )
    connection.execute(
        "insert into main.layer_profile select * from other.layer_profile"
        " where profile_id in (select id from main.profile)"
    )

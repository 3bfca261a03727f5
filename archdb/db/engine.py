"""The SQLAlchemy engine that all writing goes through, and what it needs of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event

from archdb.db.connection import BUSY_SECONDS


def engine_for(path: Path | str, *, write: bool = True) -> Engine:
    """An engine on a SQLite file: foreign keys on, and transactions that hold DDL as well."""
    if not write:
        uri = f"{Path(path).resolve().as_uri()}?mode=ro"
        return create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)
        )
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begun)
    return engine


def _connected(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # sqlite3 must not begin or commit by itself
    connection.execute("pragma foreign_keys = on")


def _begun(connection: Connection) -> None:
    connection.exec_driver_sql("begin immediate")  # the lock now, not at the first write


def insert_many(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Rows of tuples, in the order of `columns`, by one prepared statement."""
    batch = [tuple(row) for row in rows]
    if batch:
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"insert into {table.name} ({names}) values ({marks})", batch)

"""The SQLAlchemy engine that all writing goes through, and what it needs of SQLite."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from archdb.db import faults
from archdb.db.connection import read_only, read_write
from archdb.db.faults import FAULTS, code_of, to_database_error

_FAULTS: tuple[type[Exception], ...] = (DBAPIError, *FAULTS)
#: Seconds between two looks at whether a file is free: less than it is between two batches.
POLL = 0.001
#: Points of search spaces of one transaction: their rows fit into some tens of megabytes.
BATCH = 250
#: Called with (done, total) as long work proceeds.
Progress = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Progress that nobody follows."""


@contextlib.contextmanager
def writing(path: Path, *, keys: bool = True) -> Iterator[Connection]:
    """One transaction that can write; SQLite's faults become DatabaseErrors.

    Without `keys`, foreign keys are not enforced.
    """
    engine = engine_for(path, keys=keys)
    try:
        with engine.begin() as connection:
            yield connection
    except _FAULTS as error:
        raise to_database_error(error, path) from None
    finally:
        engine.dispose()


def engine_for(path: Path | str, *, write: bool = True, keys: bool = True) -> Engine:
    """An engine on a SQLite file, with transactions that hold DDL as well.

    Foreign keys are enforced, unless `keys` is False: inside a transaction that cannot be changed.
    """
    # A creator and no URL: a path may hold characters that mean something in a URL.
    opened = read_write if write else read_only
    engine = create_engine("sqlite://", creator=lambda: opened(Path(path)), poolclass=NullPool)
    event.listen(engine, "connect", _check_keys if keys and write else _leave_transactions)
    event.listen(engine, "begin", _begin_write if write else _begin_read)
    return engine


def _leave_transactions(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # sqlite3 must not begin or commit by itself


def _check_keys(connection: Any, record: Any) -> None:
    _leave_transactions(connection, record)
    connection.execute("pragma foreign_keys = on")


def _begin_write(connection: Connection) -> None:
    """Take the lock now, not at the first write. While others have it, and finish what they write,
    the turn is waited for."""
    opened = driver(connection)
    opened.execute("pragma busy_timeout = 0")  # SQLite itself would look again too seldom
    seen, since = None, time.monotonic()
    while True:
        try:
            opened.execute("begin immediate")
            break
        except sqlite3.OperationalError as error:
            if not code_of(error).startswith("SQLITE_BUSY"):
                raise
            now, version = time.monotonic(), _version(opened)
            if version != seen:
                seen, since = version, now
            elif now - since >= faults.BUSY_SECONDS:
                raise
        time.sleep(POLL)
    opened.execute(f"pragma busy_timeout = {round(1000 * faults.BUSY_SECONDS)}")


def _version(connection: sqlite3.Connection) -> int | None:
    """Another number when somebody else has changed the file; None where it cannot be looked at."""
    with contextlib.suppress(sqlite3.OperationalError):
        (version,) = connection.execute("pragma data_version").fetchone()
        return int(version)
    return None


def _begin_read(connection: Connection) -> None:
    connection.exec_driver_sql("begin")  # without a lock until the first read


def give_back(path: Path) -> None:
    """Make a file smaller of which more than half is empty. Where it cannot be made anew beside
    itself, as on a disk without room, it stays as it is."""
    with contextlib.closing(read_write(path)) as connection, contextlib.suppress(*FAULTS):
        empty, pages = connection.execute(
            "select freelist_count, page_count from pragma_freelist_count, pragma_page_count"
        ).fetchone()
        if 2 * empty > pages:
            connection.execute("vacuum")


def driver(connection: Connection) -> sqlite3.Connection:
    """The connection of sqlite3's own that SQLAlchemy drives."""
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


def insert_many(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Rows of tuples, in the order of `columns`, by one prepared statement."""
    batch = [tuple(row) for row in rows]
    if batch:
        connection.exec_driver_sql(_insert(table, columns), batch)


def keep_batch(connection: Connection) -> None:
    """Let the pages of a batch stay in memory until it is committed."""
    connection.exec_driver_sql("pragma cache_size = -65536")


def stream(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """The same for rows without end: SQLite takes them one by one, and none is kept."""
    driver(connection).executemany(_insert(table, columns), rows)


def _insert(table: Table, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    return f"insert into {table.name} ({names}) values ({marks})"

"""One statement of an analyst, on a connection that cannot write, for a limited time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archdb.db.connection import connect, explained
from archdb.errors import QueryError
from archdb.queries.result import Result

#: Pragmas that tell about tables and change nothing.
TELLING = {
    *("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo"),
    *("foreign_key_list", "database_list", "function_list", "pragma_list", "compile_options"),
}
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
#: How many steps of SQLite's machine pass between two looks at the clock.
STEPS = 20_000
#: Longest text or blob that a statement may build, in bytes.
LONGEST = 50_000_000


def query(
    path: Path,
    statement: str,
    parameters: Mapping[str, Any],
    *,
    limit: int | None,
    timeout: float,
) -> Result:
    """The rows of one reading statement; a note says where `limit` cut them off.

    Raises QueryError where the statement writes, is malformed, is none or two, or is too slow.
    """
    connection = connect(path)
    guard = _Guard(timeout)
    connection.set_authorizer(guard.allow)
    connection.set_progress_handler(guard.expired, STEPS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    try:
        cursor = connection.execute(statement, parameters)
        if cursor.description is None:
            raise QueryError("there is no statement", remedy="archdb query 'select …'")
        rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise guard.explained(error, path) from None
    finally:
        connection.close()
    result = Result(_unique([column[0] for column in cursor.description]), rows)
    if limit is not None and len(rows) > limit:
        result.rows = result.rows[:limit]
        result.notes.append(f"only the first {limit} rows are shown: there are more (--limit)")
    return result


class _Guard:
    """Refuses what does not read, stops what takes too long, and remembers which it was."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self.deadline = time.monotonic() + timeout
        self.refused = False
        self.late = False

    def allow(self, action: int, first: str | None, second: str | None, *rest: Any) -> int:
        """SQLite's authorizer: reading, functions but for extensions, pragmas that only tell."""
        reads = (
            action in READING
            or (action == sqlite3.SQLITE_FUNCTION and second != "load_extension")
            or (action == sqlite3.SQLITE_PRAGMA and first in TELLING)
        )
        self.refused = self.refused or not reads
        return sqlite3.SQLITE_OK if reads else sqlite3.SQLITE_DENY

    def expired(self) -> bool:
        """SQLite's progress handler: true stops the statement."""
        self.late = time.monotonic() > self.deadline
        return self.late

    def explained(self, error: BaseException, path: Path) -> Exception:
        """A fault of the statement in words; a fault of the file as everywhere."""
        text = str(error)
        if self.late:
            return QueryError(
                f"the statement took longer than {self.timeout:g} s and was stopped",
                remedy="narrow it down, or give it more time with --timeout",
            )
        if self.refused:
            return QueryError(
                "the statement is refused: only one that reads can be run",
                remedy="change networks with archdb import; the file is open to any SQLite client",
            )
        if "one statement" in text:
            return QueryError("there are two statements", remedy="run them one after the other")
        if isinstance(error, (sqlite3.OperationalError, sqlite3.ProgrammingError)) and not any(
            sign in text for sign in ("locked", "disk", "unable to open")
        ):
            return QueryError(f"SQL: {text}", remedy="archdb schema lists all views and columns")
        return explained(error, path)


def _unique(names: list[str]) -> list[str]:
    """Column names as SQLite gives them; a repeated one gets a number, so that none is lost."""
    seen: dict[str, int] = {}
    unique: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}:{seen[name]}")
    return unique

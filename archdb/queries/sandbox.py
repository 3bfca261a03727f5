"""One statement of an analyst, on a connection that cannot write, for a limited time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from archdb.db.connection import connect, explained, is_of_file
from archdb.errors import QueryError, UsageError
from archdb.queries.result import Result

#: Pragmas that tell about tables and change nothing.
TELLING = {
    *("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo"),
    *("foreign_key_list", "database_list", "function_list", "pragma_list", "compile_options"),
}
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
#: Faults that Python finds on the way to SQLite or back, in words and with a remedy.
NOT_SQL: dict[type[BaseException], tuple[str, str]] = {
    UnicodeEncodeError: ("the statement or a parameter is not UTF-8 text", ""),
    OverflowError: ("a parameter is too large an integer", "SQLite's have 64 bits"),
    MemoryError: ("the result does not fit into memory", "ask for fewer rows with --limit"),
}
FAULTS: tuple[type[BaseException], ...] = (sqlite3.Error, sqlite3.Warning, *NOT_SQL)
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
    if not timeout > 0:
        raise UsageError(f"a time limit must be more than 0 s, got {timeout}")
    if limit is not None and limit < 0:
        raise UsageError(f"a limit must be 0 rows or more, got {limit}")
    guard = _Guard(timeout)
    with closing(connect(path)) as connection:
        guard.watch(connection)
        try:
            cursor = connection.execute(statement, parameters)
            if cursor.description is None:
                raise QueryError("there is no statement", remedy="archdb query 'select …'")
            rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
        except FAULTS as error:
            raise guard.explained(error, path) from None
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

    def watch(self, connection: sqlite3.Connection) -> None:
        """Stand between a connection and its statements."""
        connection.set_authorizer(self.allow)
        connection.set_progress_handler(self.expired, STEPS)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)

    def allow(self, action: int, first: str | None, second: str | None, *rest: Any) -> int:
        """SQLite's authorizer: reading, functions but for extensions, pragmas that only tell."""
        reads = (
            action in READING
            or (action == sqlite3.SQLITE_FUNCTION and second != "load_extension")
            or (action == sqlite3.SQLITE_PRAGMA and first in TELLING)
            # How SQLite declares table-valued functions such as json_each; a statement that
            # asks for it itself is refused by SQLite.
            or (action == sqlite3.SQLITE_UPDATE and first == "sqlite_master")
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
        if type(error) in NOT_SQL:
            what, remedy = NOT_SQL[type(error)]
            return QueryError(what, remedy=remedy)
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
        if is_of_file(error):
            return explained(error, path)
        return QueryError(f"SQL: {text}", remedy="archdb schema lists all views and columns")


def _unique(names: list[str]) -> list[str]:
    """Column names as SQLite gives them; a repeated one gets a number, so that none is lost."""
    unique: list[str] = []
    for name in names:
        candidate, number = name, 1
        while candidate in unique:
            number += 1
            candidate = f"{name}:{number}"
        unique.append(candidate)
    return unique

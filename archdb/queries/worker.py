"""The process that runs analysts' statements: it may be killed at any moment, and nothing is lost.

archdb.queries.session starts it; it imports the standard library alone, because start-up counts.
It ends with whoever started it: its standard input is closed then, however that came about.

Messages go both ways (archdb.queries.pipe):

    to it:    open, path, bytes of memory, longest text or blob in bytes, SQLite's limits
              run, statement, parameters, rows at most (or None), seconds
    from it:  columns, names              before the first rows or the end
              rows, list of marshalled tuples
              end, whether there were more rows, points unseen: (relations, spaces) or None
              fault, kind, text, SQLite's name for it, 'late' or 'refused' or ''
"""

from __future__ import annotations

import marshal
import sqlite3
import time
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes time to import
    from collections.abc import Iterable
    from typing import Any

if TYPE_CHECKING or __package__:
    from archdb.queries.mixture import Mixture
    from archdb.queries.pipe import framed, messages, send, write
else:  # in the process, which knows of no packages
    from mixture import Mixture
    from pipe import framed, messages, send, write

#: Pragmas that tell about tables and change nothing.
TELLING = {
    *("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo"),
    *("foreign_key_list", "database_list", "function_list", "pragma_list", "compile_options"),
}
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
#: What SQLite may be asked to take in: a statement in bytes, its parts, and a pattern of LIKE,
#: whose cost grows with its square.
SQLITE_LIMITS = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 2_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 1_000,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 500,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
#: The first columns of what EXPLAIN answers, and EXPLAIN QUERY PLAN.
EXPLAINED = (["addr", "opcode"], ["id", "parent"])
#: How many steps of SQLite's machine pass between two looks at the clock.
STEPS = 20_000
#: Rows are sent off when there are so many, when they are so large, or when so long has passed.
ROWS, BYTES, SECONDS = 500, 1 << 18, 0.05
#: What Python may need of address space besides what the statement may.
SPARE = 96 << 20
FAULTS = (sqlite3.Error, sqlite3.Warning, UnicodeEncodeError, OverflowError, MemoryError)


class Session:
    """A connection that cannot write, and the statement that it runs."""

    def __init__(self, path: str, memory: int, longest: int, limits: dict[int, int]) -> None:
        self.deadline = 0.0
        self.refused = self.late = False
        self.statement = ""
        self.reads: set[Any] = set()
        self.mixture = Mixture(lambda: self._connected(path, memory))
        self.outgoing = Outgoing([])
        _bound(memory)
        self.connection = self._connected(path, memory)
        for pragma in ("query_only = on", f"hard_heap_limit = {memory}"):
            self.connection.execute(f"pragma {pragma}")
        own = {**SQLITE_LIMITS, **limits, sqlite3.SQLITE_LIMIT_LENGTH: longest}
        for limit, most in own.items():
            self.connection.setlimit(limit, most)
        self.connection.set_authorizer(self.allow)

    def _connected(self, path: str, memory: int) -> sqlite3.Connection:
        """A connection to the file, which is held to the time of each statement."""
        # One prepared statement is kept, so that what they take of the memory is bounded.
        made = sqlite3.connect(
            path, uri=True, timeout=5.0, cached_statements=1, isolation_level=None
        )
        pages = min(memory >> 12, 32 << 10)  # KB to keep: networks of a space come in any order
        for pragma in ("trusted_schema = off", "temp_store = memory", f"cache_size = -{pages}"):
            made.execute(f"pragma {pragma}")
        made.set_progress_handler(self.pause, STEPS)
        return made

    def run(self, statement: str, parameters: dict[str, Any], limit: int | None, s: float) -> None:
        """Send the rows of a statement, and the end; or what is wrong with it."""
        self.refused = self.late = False
        if statement != self.statement:  # else it is still prepared, and what it reads known
            self.statement = statement
            self.reads.clear()
        self.outgoing = Outgoing([])
        self.deadline = time.monotonic() + s
        try:
            cursor = self.connection.execute(statement, parameters)
            try:
                cut = self._send(cursor, limit)
            finally:
                cursor.close()
            mixed = self.mixture.found(statement, parameters)
            self.outgoing.flush(("end", cut, mixed))
        except FAULTS as error:
            why = "late" if self.late else "refused" if self.refused else ""
            send("fault", *described(error), why)

    def _send(self, cursor: sqlite3.Cursor, limit: int | None) -> bool:
        """Send the rows, so many at most; whether there are more."""
        if cursor.description is None:
            raise sqlite3.Warning("there is no statement")
        columns = [column[0] for column in cursor.description]
        self.outgoing = Outgoing(columns)
        explained = columns[:2] in EXPLAINED
        rows = self.mixture.watched(cursor, set() if explained else self.reads)
        self.outgoing.take(rows if limit is None else islice(rows, limit))
        return limit is not None and next(cursor, None) is not None

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
        if action == sqlite3.SQLITE_READ:
            self.reads.add((first, second, rest[-1]))
        self.refused = self.refused or not reads
        return sqlite3.SQLITE_OK if reads else sqlite3.SQLITE_DENY

    def pause(self) -> bool:
        """SQLite's progress handler: rows that wait are sent off; true stops the statement. Time
        in which whoever reads the rows was slow does not count."""
        if self.outgoing.rows and time.monotonic() - self.outgoing.last > SECONDS:
            self.outgoing.flush()
        self.late = time.monotonic() - self.outgoing.waited > self.deadline
        return self.late


class Outgoing:
    """Rows on their way out: some are held back, so that not each one is a message."""

    def __init__(self, columns: list[str]) -> None:
        self.first: list[tuple[Any, ...]] = [("columns", columns)]
        self.rows: list[bytes] = []
        self.bytes, self.waited, self.last = 0, 0.0, time.monotonic()

    def take(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take the rows, and send off what there is whenever it is time."""
        packed, now = marshal.dumps, time.monotonic
        for row in rows:
            self.rows.append(one := packed(row, 2))
            self.bytes += len(one)
            if self.bytes > BYTES or len(self.rows) >= ROWS or now() - self.last > SECONDS:
                self.flush()

    def flush(self, *last: tuple[Any, ...]) -> None:
        """Send all that there is in one piece: first the names of the columns, once."""
        begin = time.monotonic()
        rows = [("rows", self.rows)] if self.rows else []
        write(b"".join(map(framed, (*self.first, *rows, *last))))
        self.first, self.rows, self.bytes, self.last = [], [], 0, time.monotonic()
        self.waited += self.last - begin


def described(error: BaseException) -> tuple[str, str, str]:
    """The kind of a fault, its text, and SQLite's name for it."""
    text = str(error).encode("utf-8", "replace").decode()
    return type(error).__name__, text, getattr(error, "sqlite_errorname", "") or ""


def _bound(memory: int) -> None:
    """What the system can hold this process to: memory, and no files, cores or further processes.

    SQLite's own limit is met first where it knows of the memory; this one knows of all. Where the
    system has no such limits (macOS in part, Windows), SQLite's is all there is.
    """
    try:
        import resource

        with open("/proc/self/statm") as file:  # noqa: PTH123 (pathlib takes time to import)
            used = int(file.read().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):
        return
    limits = {"AS": used + memory + SPARE, "CORE": 0, "FSIZE": 0, "NPROC": 0}
    for name, most in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(kind, (most, most))


def main() -> None:
    """Answer messages, one after the other, for as long as anybody may send them."""
    session: Session | None = None
    place: list[Any] = []
    for word, *rest in messages():
        if word == "open":
            place = rest
            continue
        try:
            session = session or Session(*place)
            session.run(*rest)
        except FAULTS as error:
            send("fault", *described(error), "")

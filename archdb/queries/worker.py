"""The process that runs analysts' statements: it may be killed at any moment, and nothing is lost.

archdb.queries.session starts it; it imports the standard library alone, because start-up counts.
It ends with whoever started it: its standard input is closed then, however that came about.

Messages go both ways as eight bytes of length and a marshalled tuple; so integers, reals to the
last bit, text and bytes arrive as they were sent.

    to it:    open, path, bytes of memory, longest text or blob in bytes, SQLite's limits
              run, statement, parameters, rows at most (or None), seconds
    from it:  columns, names              before the first rows or the end
              rows, bytes in memory, list of tuples
              end, whether there were more rows, what was read: (table or view, column, view)
              fault, kind, text, SQLite's name for it, 'late' or 'refused' or ''
"""

from __future__ import annotations

import _thread
import marshal
import os
import sqlite3
import sys
import time
from _queue import SimpleQueue

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes time to import
    from typing import Any

#: Pragmas that tell about tables and change nothing.
TELLING = {
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "index_xinfo",
    "foreign_key_list",
    "database_list",
    "function_list",
    "pragma_list",
    "compile_options",
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
        self.reads: set[tuple[str | None, ...]] = set()
        self.outgoing = Outgoing([])
        _bound(memory)
        self.connection = sqlite3.connect(path, uri=True, timeout=5.0, cached_statements=0)
        pages = min(memory >> 12, 32 << 10)  # KB to keep: networks of a space come in any order
        safe = ("query_only = on", "trusted_schema = off", "temp_store = memory")
        for pragma in (*safe, f"hard_heap_limit = {memory}", f"cache_size = -{pages}"):
            self.connection.execute(f"pragma {pragma}")
        own = {**SQLITE_LIMITS, **limits, sqlite3.SQLITE_LIMIT_LENGTH: longest}
        for limit, most in own.items():
            self.connection.setlimit(limit, most)
        self.connection.set_authorizer(self.allow)
        self.connection.set_progress_handler(self.pause, STEPS)

    def run(self, statement: str, parameters: dict[str, Any], limit: int | None, s: float) -> None:
        """Send the rows of a statement, and the end; or what is wrong with it."""
        self.refused = self.late = False
        self.reads.clear()
        self.outgoing = Outgoing([])
        self.deadline = time.monotonic() + s
        try:
            cursor = self.connection.execute(statement, parameters)
            try:
                self._send(cursor, limit)
            finally:
                cursor.close()
        except FAULTS as error:
            why = "late" if self.late else "refused" if self.refused else ""
            send("fault", *described(error), why)

    def _send(self, cursor: sqlite3.Cursor, limit: int | None) -> None:
        if cursor.description is None:
            return send("fault", "", "there is no statement", "", "")
        self.outgoing = Outgoing([column[0] for column in cursor.description])
        cut = False
        for sent, row in enumerate(cursor):
            cut = sent == limit
            if cut:
                break
            self.outgoing.add(row)
        return self.outgoing.flush(("end", cut, list(self.reads)))

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
        """SQLite's progress handler: rows that wait are sent off; true stops the statement.

        Time in which whoever reads the rows was slow does not count.
        """
        self.outgoing.hurry()
        self.late = time.monotonic() - self.outgoing.waited > self.deadline
        return self.late


class Outgoing:
    """Rows on their way out: some are held back, so that not each one is a message."""

    def __init__(self, columns: list[str]) -> None:
        self.columns, self.begun = columns, False
        self.rows: list[tuple[Any, ...]] = []
        self.bytes, self.waited, self.last = 0, 0.0, time.monotonic()

    def add(self, row: tuple[Any, ...]) -> None:
        """Take one row, and send off what there is if it is time."""
        self.rows.append(row)
        self.bytes += sys.getsizeof(row) + sum(map(sys.getsizeof, row))
        if self.bytes > BYTES or len(self.rows) >= ROWS:
            self.flush()
        else:
            self.hurry()

    def hurry(self) -> None:
        """Send off rows that have waited for others."""
        if self.rows and time.monotonic() - self.last > SECONDS:
            self.flush()

    def flush(self, *last: tuple[Any, ...]) -> None:
        """Send all that there is in one piece: first the names of the columns, once."""
        begin = time.monotonic()
        first = [] if self.begun else [("columns", self.columns)]
        rows = [("rows", self.bytes, self.rows)] if self.rows else []
        self.begun = True
        _write(b"".join(map(_framed, (*first, *rows, *last))))
        self.rows, self.bytes, self.last = [], 0, time.monotonic()
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


def send(*message: Any) -> None:
    """One message to whoever started this process; the end of both where nobody reads it."""
    _write(_framed(message))


def _framed(message: tuple[Any, ...]) -> bytes:
    body = marshal.dumps(message, 2)
    return len(body).to_bytes(8, "big") + body


def _write(frames: bytes) -> None:
    left = memoryview(frames)
    try:
        while left:
            left = left[os.write(1, left) :]
    except OSError:
        os._exit(1)


def listen(inbox: SimpleQueue[tuple[Any, ...]]) -> None:
    """Put what arrives into the inbox."""
    while True:
        inbox.put(marshal.loads(_read(int.from_bytes(_read(8), "big"))))


def _read(count: int) -> bytes:
    """So many bytes; where nothing can arrive any more, the process ends at once."""
    found = bytearray()
    while len(found) < count:
        part = os.read(0, count - len(found))
        if not part:
            os._exit(0)
        found += part
    return bytes(found)


def main() -> None:
    """Answer messages, one after the other, for as long as anybody may send them."""
    inbox: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
    _thread.start_new_thread(listen, (inbox,))
    session: Session | None = None
    place: list[Any] = []
    while True:
        word, *rest = inbox.get()
        if word == "open":
            place = rest
            continue
        try:
            session = session or Session(*place)
            session.run(*rest)
        except FAULTS as error:
            send("fault", *described(error), "")

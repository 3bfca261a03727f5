"""The process that runs analysts' statements: it may be killed at any moment, and nothing is lost.

archdb.queries.session starts it; it imports the standard library alone, because start-up counts.
It ends with whoever started it: its standard input is closed then, however that came about.

Messages go both ways as eight bytes of length and a marshalled tuple; so integers, reals to the
last bit, text and bytes arrive as they were sent.

    to it:    open, path, bytes of memory, longest text or blob in bytes, SQLite's limits
              run, statement, parameters, rows at most (or None), seconds
    from it:  columns, names              before the first rows or the end
              rows, list of marshalled tuples
              end, whether there were more rows, what was read: (table or view, column, view)
              fault, kind, text, SQLite's name for it, 'late' or 'refused' or ''
"""

from __future__ import annotations

import _thread
import marshal
import os
import select
import sqlite3
import sys
import time
from _queue import SimpleQueue
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes time to import
    from collections.abc import Iterable, Iterator
    from typing import Any

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
        self.reads: set[tuple[str | None, ...]] = set()
        self.outgoing = Outgoing([])
        _bound(memory)
        # One prepared statement is kept, so that what they take of the memory is bounded.
        self.connection = sqlite3.connect(path, uri=True, timeout=5.0, cached_statements=1)
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
        if statement != self.statement:  # else it is still prepared, and what it reads known
            self.statement = statement
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
        self.outgoing.take(cursor if limit is None else islice(cursor, limit))
        cut = limit is not None and next(cursor, None) is not None
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
        _write(b"".join(map(_framed, (*self.first, *rows, *last))))
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


def messages() -> Iterator[tuple[Any, ...]]:
    """What arrives, one after the other; the process ends with whoever started it, even at work."""
    if sys.platform == "linux":  # a thread waits for the end alone: no message changes threads
        _thread.start_new_thread(_watch, ())
        while True:
            yield _message()
    inbox: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
    _thread.start_new_thread(_listen, (inbox,))
    while True:
        yield inbox.get()


def _watch() -> None:
    waiting = select.poll()
    waiting.register(0, 0)  # a hang-up is always told
    waiting.poll()
    os._exit(0)


def _listen(inbox: SimpleQueue[tuple[Any, ...]]) -> None:
    while True:
        inbox.put(_message())


def _message() -> Any:
    """One message; where nothing can arrive any more, the process ends at once."""
    size = int.from_bytes(sys.stdin.buffer.read(8), "big")
    body = sys.stdin.buffer.read(size)
    if len(body) < max(size, 1):
        os._exit(0)
    return marshal.loads(body)


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

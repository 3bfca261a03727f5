"""A guarded session: the process that runs analysts' statements, held from outside.

It may be kept open for many statements (as a service does) or serve one. Whatever a statement is
doing, the time it is given ends it: by SQLite's own interrupt where that is heard, and half a
second later by killing the process.
"""

from __future__ import annotations

import contextlib
import marshal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from archdb.errors import UsageError
from archdb.queries.faults import LONGEST, Fault, too_late
from archdb.queries.process import GRACE, LateError, Process, start_of

#: What makes a plain value of one of SQLite's types out of one of a type derived from it.
PLAIN: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    str: str.__str__,
    bytes: bytes,
    type(None): lambda value: value,
}

Row = tuple[Any, ...]


class Batch(NamedTuple):
    """Some rows as they came, and the bytes of their message."""

    rows: list[Row]
    size: int

    @property
    def memory(self) -> int:
        """The bytes that they take in memory."""
        return sum(sys.getsizeof(row) + sum(map(sys.getsizeof, row)) for row in self.rows)


class End(NamedTuple):
    """What is known when all rows have come."""

    #: Whether there are more than were asked for.
    cut: bool
    #: What the statement reads that holds points of search spaces, and of which, where they have
    #: changed the answer unseen (archdb.queries.mixture).
    mixed: tuple[list[str], list[str]] | None


class Session(Process):
    """A process that runs statements. Raises QueryError where none can be started."""

    last = frozenset({"end", "fault"})

    def __init__(self) -> None:
        self.path, self.memory = Path(), 0
        super().__init__(*start_of("worker", str(Path(__file__).parent)))

    def open(
        self,
        path: Path,
        memory: int,
        longest: int = LONGEST,
        limits: Mapping[int, int] | None = None,
    ) -> None:
        """Connect to a database, once; a statement may take so much memory, in bytes, its texts
        and blobs may be so long, and `limits` are SQLite's own that differ from the usual."""
        self.path, self.memory = path, memory
        uri = f"{path.resolve().as_uri()}?mode=ro"
        self._send("open", uri, memory, longest, dict(limits or {}))

    def is_free(self, memory: int) -> bool:
        """Whether it can take a statement that may use so much memory."""
        return self.is_idle and self.memory in (0, memory)

    def run(
        self, statement: str, parameters: Mapping[str, Any], limit: int | None, seconds: float
    ) -> Iterator[list[str] | Batch | End]:
        """It is put to the process at once, and what comes is waited for as it is read: first the
        names of the columns, then Batches, then the End.

        Whoever does not read to the end must close the session. Raises QueryError.
        """
        values = {name: _plain(name, value) for name, value in parameters.items()}
        self._ask(seconds + GRACE, "run", statement, values, limit, seconds)
        return self._messages(seconds)

    def _messages(self, seconds: float) -> Iterator[list[str] | Batch | End]:
        while True:
            try:
                size, word, *rest = self._receive()
            except LateError:
                raise too_late(seconds) from None
            come = time.monotonic()
            if word == "fault":
                raise Fault(*rest).to_database_error(self.path, self.memory, seconds)
            if word == "end":
                yield End(*rest)
                return
            yield Batch(list(map(marshal.loads, rest[0])), size) if word == "rows" else rest[0]
            self.deadline += time.monotonic() - come  # the time of whoever reads does not count


def _plain(name: str, value: Any) -> Any:
    """A parameter as one of SQLite's types, as the sqlite3 module would bind it."""
    if type(value) not in PLAIN:
        with contextlib.suppress(sqlite3.ProgrammingError):
            value = sqlite3.adapt(value, sqlite3.PrepareProtocol)
    for kind, plain in PLAIN.items():
        if isinstance(value, kind):
            return plain(value)
    try:
        return bytes(memoryview(value))
    except TypeError:
        what = f"SQLite has no type for a {type(value).__name__}"
        raise UsageError(f"parameter :{name}: {what}") from None

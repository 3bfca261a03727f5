"""A guarded session: the process that runs analysts' statements, held from outside.

It may be kept open for many statements (as a service does) or serve one. Whatever a statement is
doing, the time it is given ends it: by SQLite's own interrupt where that is heard, and half a
second later by killing the process.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

from archdb.errors import QueryError, UsageError
from archdb.queries.faults import LONGEST, Fault, too_late

#: How much later than SQLite is asked to stop its process is killed, in seconds.
GRACE = 0.5
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
    """Some rows as they came, the bytes that they take in memory, and those of their message."""

    rows: list[Row]
    memory: int
    size: int


class LateError(Exception):
    """The process has not answered in time."""


class Session:
    """A process that runs statements. It starts at once, and whoever starts it may do something
    else meanwhile. Raises QueryError where no process can be started."""

    def __init__(self) -> None:
        self.path, self.memory = Path(), 0
        self._owner = os.getpid()
        self._idle = True
        self._arrived = bytearray()
        try:
            self._process = subprocess.Popen(
                _words(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pipesize=1 << 20,  # both sides work at the same time
                **_apart(),
            )
        except OSError as error:
            raise QueryError(
                f"no process can be started for the statement: {error.strerror}",
                remedy="look at the limits on processes and memory: ulimit -a",
            ) from None

    def open(self, path: Path, memory: int, longest: int = LONGEST) -> None:
        """Connect to a database, once; a statement may take so much memory, in bytes, and its
        texts and blobs may be so long."""
        self.path, self.memory = path, memory
        self._send("open", f"{path.resolve().as_uri()}?mode=ro", memory, longest)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what was never sent is of no use any more
                if pipe is not None:
                    pipe.close()
        if self._owner == os.getpid():  # and not a fork of the one that started it
            self._process.kill()
            self._process.wait()

    def is_free(self, memory: int) -> bool:
        """Whether it can take a statement that may use so much memory."""
        mine = self._owner == os.getpid() and self._process.poll() is None
        return mine and self._idle and self.memory in (0, memory)

    def run(
        self, statement: str, parameters: Mapping[str, Any], limit: int | None, seconds: float
    ) -> Iterator[list[str] | Batch | bool]:
        """First the names of the columns, then Batches, then whether `limit` left rows behind.

        Whoever does not read to the end must close the session. Raises QueryError.
        """
        values = {name: _plain(name, value) for name, value in parameters.items()}
        self._idle = False
        self._send("run", statement, values, limit, seconds)
        left = seconds + GRACE
        while True:
            begin = time.monotonic()
            try:
                size, word, *rest = self._receive(begin + left)
            except LateError:
                raise too_late(seconds) from None
            left -= time.monotonic() - begin  # the time of whoever reads does not count
            self._idle = word in ("end", "fault")
            if word == "fault":
                raise Fault(*rest).to_database_error(self.path, self.memory, seconds)
            yield Batch(rest[1], rest[0], size) if word == "rows" else rest[0]
            if word == "end":
                return

    def _send(self, *message: Any) -> None:
        body = marshal.dumps(message, 2)
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended: said when its answer is read
            pipe.write(len(body).to_bytes(8, "big") + body)
            pipe.flush()

    def _receive(self, deadline: float) -> tuple[Any, ...]:
        """A message behind its size in bytes. Raises LateError, and QueryError where none comes."""
        size = int.from_bytes(self._read(8, deadline), "big")
        return (size, *marshal.loads(self._read(size, deadline)))

    def _read(self, count: int, deadline: float) -> bytes:
        pipe = self._process.stdout
        assert pipe is not None
        while len(self._arrived) < count:
            while not _ready(pipe.fileno(), deadline - time.monotonic()):
                if time.monotonic() >= deadline:
                    raise LateError
            part = os.read(pipe.fileno(), 1 << 20)
            if not part:
                raise self._ended_error()
            self._arrived += part
        found = bytes(memoryview(self._arrived)[:count])
        del self._arrived[:count]
        return found

    def _ended_error(self) -> QueryError:
        status = self._process.wait()
        return QueryError(
            f"the process of the statement was ended from outside (status {status})",
            remedy="the system does so where memory is short: narrow the statement down",
        )


def _words() -> list[str]:
    """The command that starts the worker: Python without the user's settings and packages."""
    if not sys.executable:
        raise QueryError("no process can be started for the statement: Python's path is unknown")
    place = str(Path(__file__).parent)
    start = f"import sys; sys.path.append({place!r}); import worker; worker.main()"
    return [sys.executable, "-I", "-S", "-c", start]


def _apart() -> dict[str, Any]:
    """A process group of its own: Ctrl-C is for whoever started it, who then ends it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"process_group": 0}


def _ready(pipe: int, seconds: float) -> bool:
    """Wait until something can be read, so long at the most (or a day).

    Windows cannot wait for a pipe: there a statement is stopped by SQLite's interrupt alone.
    """
    if sys.platform == "win32":
        return True
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    return bool(waiting.poll(1000 * min(max(seconds, 0), 86_400)))


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

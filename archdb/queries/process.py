"""A process that answers messages, held from outside: it may be killed whatever it is doing.

Messages go both ways as eight bytes of length and a marshalled tuple. The process ends with
whoever started it: its standard input is closed then, however that came about.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from archdb.errors import LimitError, QueryError

#: How much later than a process is asked to stop it is killed, in seconds.
GRACE = 0.5
#: The largest answer that is read at once where it has come, in bytes.
MOST = 1 << 16


class LateError(Exception):
    """The process has not answered in time."""


class Process:
    """A process that answers messages. It starts at once, and whoever starts it may do something
    else meanwhile. Raises QueryError where no process can be started."""

    #: The words that a message begins with after which nothing comes until more is asked.
    last: ClassVar[frozenset[str]]

    def __init__(self, *words: str) -> None:
        self._owner = os.getpid()
        self._idle = True
        #: Until when what was asked last has to be answered, on the clock of time.monotonic.
        self.deadline = 0.0
        self._arrived = bytearray()
        #: The largest message that is taken from it, in bytes.
        self.largest: int | None = None
        if not sys.executable:
            raise QueryError("no process can be started for it: Python's path is unknown")
        try:
            self._process = subprocess.Popen(
                [sys.executable, *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pipesize=1 << 20,  # both sides work at the same time
                **_apart(),
            )
        except OSError as error:
            raise QueryError(
                f"no process can be started for it: {error.strerror}",
                remedy="look at the limits on processes and memory: ulimit -a",
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The system's number for it."""
        return self._process.pid

    @property
    def is_idle(self) -> bool:
        """Whether it is there and has answered all that it was asked."""
        mine = self._owner == os.getpid() and self._process.poll() is None
        return mine and self._idle

    def kill(self) -> None:
        """End it at once; whoever waits for a message, in another thread, is told so."""
        if self._owner == os.getpid():  # and not a fork of the one that started it
            self._process.kill()

    def end(self) -> None:
        """End it at once, and wait until it is gone."""
        self.kill()
        if self._owner == os.getpid():
            self._process.wait()

    def close(self) -> None:
        """End it, whatever it is doing, and let go of it."""
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what was never sent is of no use any more
                if pipe is not None:
                    pipe.close()
        self.end()

    def _send(self, *message: Any) -> None:
        body = marshal.dumps(message, 2)
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended: said when its answer is read
            pipe.write(len(body).to_bytes(8, "big") + body)
            pipe.flush()

    def _ask(self, seconds: float, *message: Any) -> None:
        """Send what has to be answered in so many seconds."""
        self._idle, self.deadline = False, time.monotonic() + seconds
        self._send(*message)

    @property
    def outlet(self) -> int:
        """The file descriptor at which its messages arrive."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def look(self) -> bool:
        """Take what has arrived at the outlet, and wait for it where nothing has; whether that is
        all of an answer, and a small one, so that it can be read without waiting."""
        self._arrived += os.read(self.outlet, MOST)
        at, begin = 0, 0
        while at + 8 <= len(self._arrived) < MOST:
            begin, at = at + 8, at + 8 + int.from_bytes(self._arrived[at : at + 8], "big")
        if not at or at != len(self._arrived):
            return False
        return marshal.loads(self._arrived[begin:])[0] in self.last

    def _receive(self) -> tuple[Any, ...]:
        """A message behind its size in bytes. Raises LateError, and QueryError where none comes."""
        size = int.from_bytes(self._read(8), "big")
        if self.largest is not None and size > self.largest:
            raise LimitError(
                f"a row, or what comes with it, takes more than {self.largest:,} bytes",
                remedy="select fewer columns, or parts of them by substr(…)",
            )
        message = marshal.loads(self._read(size))
        self._idle = message[0] in self.last
        return (size, *message)

    def _read(self, count: int) -> bytes:
        while len(self._arrived) < count:
            while not _ready(self.outlet, self.deadline - time.monotonic()):
                if time.monotonic() >= self.deadline:
                    raise LateError
            part = os.read(self.outlet, 1 << 20)
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


def start_of(module: str, place: str) -> Sequence[str]:
    """The words that start a module of the standard library alone, without the user's settings
    and packages."""
    start = f"import sys; sys.path.append({place!r}); import {module}; {module}.main()"
    return ("-I", "-S", "-c", start)


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

"""A service as a process of its own, for tests that kill, disconnect and look with a browser."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from command import command


class Served:
    """A service that answers, and the client that asks it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port
        self.url = f"http://127.0.0.1:{port}"
        self.client = httpx.Client(base_url=self.url, timeout=120, follow_redirects=True)

    def children(self) -> list[int]:
        """The processes that it has started."""
        found = []
        for place in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                fields = (place / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == self.process.pid and fields[0] != "Z":
                    found.append(int(place.name))
        return sorted(found)

    def settled(self, count: int) -> list[int]:
        """Its processes, once there are so many again."""
        return until(lambda: found if len(found := self.children()) == count else None)


def until(found, seconds: float = 60):  # type: ignore[no-untyped-def]
    """What is found, once it is; the test fails where it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            if (value := found()) is not None:
                return value
        time.sleep(0.05)
    raise AssertionError("it did not come about")


@contextlib.contextmanager
def served(database: Path, *options: str, log: Path | None = None) -> Iterator[Served]:
    """A service over a database, until the block ends; its log is kept in a file, or there is
    none."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = [] if log else ["--quiet"]
    words = command("serve", "--port", str(port), "--rate", "0", *quiet, *options,
                    database=database)  # fmt: skip
    with contextlib.ExitStack() as kept:
        to = kept.enter_context(log.open("wb")) if log else None
        process = subprocess.Popen(words, start_new_session=True, stderr=to)
    made = Served(process, port)
    try:
        until(lambda: made.client.get("/ready").json().get("dataset"))
        yield made
    finally:
        made.client.close()
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

"""Several processes at one socket, each a service of its own with its copy and its workers.

The one that is started listens and answers nothing itself: it starts the others, puts another in
the place of one that was killed, and ends them when it ends. They end with it however that comes
about, because their standard input is closed then.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from types import FrameType

#: The option by which a process is told the number of the socket that it shares.
SHARED = "--listening"


def serve(shared: socket.socket, count: int) -> int:
    """Keep so many processes answering at a socket until a signal says otherwise; the status to end
    with."""
    running: dict[int, subprocess.Popen[bytes]] = {}
    ending = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ending.set()
        for one in running.values():
            one.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    for _ in range(count):
        _start(shared, running)
    while running:
        pid, status = os.wait()
        if running.pop(pid, None) is None or ending.is_set():
            continue
        if (code := os.waitstatus_to_exitcode(status)) > 0:  # it cannot serve, and has said why
            end(0, None)
            return code
        _start(shared, running)
    return 0


def _start(shared: socket.socket, running: dict[int, subprocess.Popen[bytes]]) -> None:
    """One more process: the same command, which is told the socket."""
    number = shared.fileno()
    words = [sys.executable, "-m", "archdb", *sys.argv[1:], SHARED, str(number)]
    made = subprocess.Popen(words, stdin=subprocess.PIPE, pass_fds=[number])
    running[made.pid] = made


def end_with_parent() -> None:
    """Be asked to end as soon as whoever started this process is gone."""

    def wait() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()

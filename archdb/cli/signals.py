"""Being asked to end: what was begun is undone, and the status says by which signal."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click

#: What is added to a signal's number in the status of a shell.
SIGNALLED = 128


def unwind_at_signals(ctx: click.Context) -> None:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does, from the inside out: files that are not
    finished are removed, transactions are rolled back, statements are stopped."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):  # of which Windows has one
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # and not nohup
            signal.signal(number, _unwind)
            ctx.call_on_close(lambda number=number: signal.signal(number, signal.SIG_DFL))


def _unwind(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once: what is undone is not to be broken off
    raise SystemExit(SIGNALLED + number)

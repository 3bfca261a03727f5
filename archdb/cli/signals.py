"""Being asked to end: what was begun is undone, and the status says by which signal."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType
from typing import Any

import click

#: What is added to a signal's number in the status of a shell.
SIGNALLED = 128
#: Seconds until a signal is sent again that came where nothing can be ended.
AGAIN = 0.01


class _SignalledError(SystemExit):
    """A signal has asked the command to end."""


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
    before, sys.unraisablehook = sys.unraisablehook, _send_again
    ctx.call_on_close(lambda: setattr(sys, "unraisablehook", before))


def _unwind(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once: what is undone is not to be broken off
    raise _SignalledError(SIGNALLED + number)


def _send_again(unraisable: Any) -> None:
    """What is raised while Python itself clears away ends nothing: the signal is sent again."""
    raised = unraisable.exc_value
    if isinstance(raised, KeyboardInterrupt):
        number = signal.SIGINT
    elif isinstance(raised, _SignalledError):
        number = signal.Signals(int(str(raised.code)) - SIGNALLED)
        signal.signal(number, _unwind)
    else:
        sys.__unraisablehook__(unraisable)
        return
    threading.Timer(AGAIN, signal.raise_signal, [number]).start()

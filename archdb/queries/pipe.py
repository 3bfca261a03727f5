"""Messages of the processes that archdb.queries.process starts: to and from whoever did so.

Each is eight bytes of length and a marshalled tuple; so integers, reals to the last bit, text and
bytes arrive as they were sent. The standard library alone, because start-up counts.
"""

from __future__ import annotations

import _thread
import marshal
import os
import select
import sys
from _queue import SimpleQueue

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes time to import
    from collections.abc import Iterator
    from typing import Any


def send(*message: Any) -> None:
    """One message to whoever started this process; the end of both where nobody reads it."""
    write(framed(message))


def framed(message: tuple[Any, ...]) -> bytes:
    """A message as it is sent."""
    body = marshal.dumps(message, 2)
    return len(body).to_bytes(8, "big") + body


def write(frames: bytes) -> None:
    """Send what has been framed."""
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

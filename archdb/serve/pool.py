"""Processes that are lent out one at a time: one that was left at work is killed and replaced."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from archdb.errors import ArchdbError
from archdb.queries.process import Process
from archdb.serve.reply import Problem, ProblemError

P = TypeVar("P", bound=Process)
T = TypeVar("T")


class Pool(Generic[P]):
    """So many processes, started beforehand; so many requests may wait for one.

    What a process answers is waited for in a thread, unless it is short. A caller that is cancelled
    (as by a client who has gone) gives its process back at once; whatever that was doing, it is
    killed.
    """

    def __init__(self, start: Callable[[], P], size: int, waiting: int) -> None:
        self._start, self._most = start, waiting
        self._waiting = 0
        self._free: asyncio.Queue[P] = asyncio.Queue()
        self._every: set[P] = set()
        self._renewals: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(size + 1, thread_name_prefix="process")
        self._closed = False
        for _ in range(size):
            self._renew(None)  # while the first requests are answered

    def _add(self, process: P) -> None:
        if self._closed:
            process.close()
            return
        self._every.add(process)
        self._free.put_nowait(process)

    @property
    def pids(self) -> list[int]:
        """The processes that there are."""
        return [process.pid for process in self._every]

    @contextlib.asynccontextmanager
    async def lease(self) -> AsyncIterator[P]:
        """A process for a while. Raises ProblemError where too many wait already."""
        if self._free.empty() and self._waiting >= self._most:
            busy = Problem(503, "too many questions are waiting", "ask again in a second")
            raise ProblemError(busy, {"retry-after": "1"})
        self._waiting += 1
        try:
            process = await self._free.get()
        finally:
            self._waiting -= 1
        try:
            yield process
        finally:  # nothing is awaited here: a caller that is cancelled must not lose one
            if process.is_idle and not self._closed:
                self._free.put_nowait(process)
            else:
                process.kill()
                self._every.discard(process)
                self._renew(process)

    async def read(self, process: P, function: Callable[..., T], *arguments: Any) -> T:
        """Call something that reads what a process answers: here, if all of it comes in one small
        piece; else in a thread, as it may wait."""
        if sys.platform != "win32" and await _come(process) and process.look():
            return function(*arguments)
        return await self.run(function, *arguments)

    def run(self, function: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        """Call something that waits for a process, in a thread."""
        return asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def _renew(self, gone: P | None) -> None:
        if self._closed:
            if gone is not None:
                gone.end()
            return
        task = asyncio.create_task(self._replace(gone))
        self._renewals.add(task)
        task.add_done_callback(self._renewals.discard)

    async def _replace(self, gone: P | None) -> None:
        if gone is not None:
            await asyncio.to_thread(gone.end)
        while not self._closed:
            with contextlib.suppress(ArchdbError):  # the system has none to give: in a while
                self._add(await asyncio.to_thread(self._start))
                return
            await asyncio.sleep(1)

    def close(self) -> None:
        """End all of them."""
        self._closed = True
        for process in self._every:
            process.end()
        self._threads.shutdown(wait=False, cancel_futures=True)


async def _come(process: Process) -> bool:
    """Wait until something of what it answers has come; False where its time is over before."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[bool] = loop.create_future()

    def tell(come: bool) -> None:
        if not found.done():
            found.set_result(come)

    late = loop.call_later(process.deadline - time.monotonic(), tell, False)
    loop.add_reader(process.outlet, tell, True)
    try:
        return await found
    finally:
        loop.remove_reader(process.outlet)
        late.cancel()

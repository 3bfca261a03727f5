"""What answers: a snapshot of the database, the processes that look at it, what is remembered.

When the file has been changed there is a new one of these, and the old one ends when nobody asks
it any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import zlib
from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import Any

from archdb.api import Database
from archdb.db.connection import state as state_of_file
from archdb.errors import ArchdbError
from archdb.serve import streams
from archdb.serve.address import Target
from archdb.serve.answer import Source, answer
from archdb.serve.pool import Pool
from archdb.serve.questioner import Questioner
from archdb.serve.reply import Problem, ProblemError, Reply, Rows
from archdb.serve.settings import Settings
from archdb.serve.snapshot import Copying
from archdb.version import __version__

#: Bodies that are smaller are not compressed, and such as are compressed in a small window.
SMALL, SHORT = 600, 1 << 15


class Body:
    """A body as it is sent: compressed where that makes it smaller."""

    __slots__ = ("data", "media", "zipped")

    def __init__(self, reply: Reply) -> None:
        self.media, self.data, self.zipped = reply.media, reply.body, False
        text = reply.media.startswith(("text/", "application/json", "image/svg", "application/x-"))
        if text and len(reply.body) > SMALL:
            self.data, self.zipped = zipped(reply.body), True

    def plain(self) -> bytes:
        return gzip.decompress(self.data) if self.zipped else self.data


def zipped(body: bytes) -> bytes:
    """As gzip has it; a short body in a small window, as zlib clears more memory than that takes
    to be compressed."""
    window, level = (13, 3) if len(body) < SHORT else (15, 5)
    made = zlib.compressobj(level, zlib.DEFLATED, 16 + window, window // 2)
    return made.compress(body) + made.flush()


class Remembered:
    """Bodies by address, of those asked for last, up to so many bytes."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self.bodies: OrderedDict[str, Body] = OrderedDict()

    def get(self, url: str) -> Body | None:
        found = self.bodies.get(url)
        if found is not None:
            self.bodies.move_to_end(url)
        return found

    def put(self, url: str, body: Body) -> None:
        if len(body.data) > self.most // 8 or url in self.bodies:
            return
        self.bodies[url] = body
        self.size += len(body.data)
        while self.size > self.most:
            _, dropped = self.bodies.popitem(last=False)
            self.size -= len(dropped.data)


class State:
    """A snapshot with all that answers from it."""

    def __init__(self, copying: Copying, settings: Settings) -> None:
        self.settings, self.copying = settings, copying
        self.stamp = copying.stamp
        self.snapshot = copying.finish()
        self.remembered = Remembered(settings.remembered)

    def open(self) -> None:
        """Start the processes; in the event loop."""
        size, waiting = self.settings.workers, self.settings.waiting
        self.questioners = Pool(partial(Questioner, self.snapshot), size, waiting)
        start = partial(streams.started, self.snapshot, self.settings)
        self.sessions = Pool(start, size if self.settings.sql else 0, waiting)
        database = Database(self.snapshot.path, isolated=True, notify=lambda message: None)
        self.source = Source(database, self.snapshot.dataset)

    @property
    def pin(self) -> str:
        """What names this dataset in an address."""
        return self.snapshot.identity.removeprefix("sha256:")[:16]

    def etag(self, target: Target) -> str:
        """What is another one when the answer is."""
        said = f"{self.snapshot.identity} {__version__} {target.form} {target.url}"
        return f'"{hashlib.sha256(said.encode()).hexdigest()[:20]}"'

    async def body(self, target: Target) -> Body:
        """The answer to a target that is no statement. Raises ArchdbError, ProblemError."""
        found = self.remembered.get(target.url)
        if found is None:
            found = Body(await self._reply(target))
            self.remembered.put(target.url, found)
        return found

    async def _reply(self, target: Target) -> Reply:
        if target.route.light(self.source.database.reader, target.arguments):
            return answer(self.source, target)
        if not self.settings.derive and target.route.derives(target.arguments):
            raise ProblemError(Problem(403, "nothing is derived here", "ask for stored figures"))
        return await self.asked(target)

    async def asked(self, target: Target, rows: Rows | None = None) -> Reply:
        """The answer of a process that can be killed."""
        async with self.questioners.lease() as process:
            seconds = self.settings.answer_time
            return await self.questioners.run(process.ask, target.url, seconds, rows)

    async def ready(self) -> dict[str, Any]:
        """What it looks at, once one process of each kind has answered."""
        async with self.questioners.lease() as process:
            await self.questioners.run(process.ask, "/api", self.settings.answer_time)
        if self.settings.sql:
            async with self.sessions.lease() as session:
                await self.sessions.run(lambda: list(session.run("select 1", {}, None, 1.0)))
        return {**self.snapshot.dataset._asdict(), "address": f"/@{self.pin}"}

    def close(self) -> None:
        """End the processes, and remove the copy."""
        for pool in (self.questioners, self.sessions):
            pool.close()
        self.source.database.close()
        self.copying.remove()


def _anew(source: Path, settings: Settings) -> State:
    return State(Copying(source), settings)


async def watch(service: Any, source: Path) -> None:
    """Look at the file once a second, and answer from a new copy when it has been changed.

    Where it is gone or cannot be read, the copy that there is goes on.
    """
    while True:
        await asyncio.sleep(1)
        with contextlib.suppress(OSError, ArchdbError):
            if state_of_file(source) != service.state.stamp:
                await service.renew(await asyncio.to_thread(_anew, source, service.settings))

"""Statements of visitors: run by sessions that can be killed, sent on while rows come."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from archdb.errors import LimitError, UsageError
from archdb.queries.faults import MEGABYTE
from archdb.queries.result import Result
from archdb.queries.sandbox import Answer, Limits
from archdb.queries.session import Batch, Session
from archdb.queries.sql import defaults, saved
from archdb.render import formats
from archdb.render.streamed import pieces
from archdb.serve.address import Target
from archdb.serve.pool import Pool
from archdb.serve.settings import Settings
from archdb.serve.tables import links, values

if TYPE_CHECKING:
    from archdb.queries.provenance import Release
    from archdb.serve.snapshot import Snapshot

#: What a page of rows may take, and a message of a session: the parent's own memory.
PAGE, LARGEST = 4.0, 8 * MEGABYTE
#: What writes rows as JSON, and such as hold no infinity (which is a ValueError) at once.
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
PLAIN = json.JSONEncoder(
    ensure_ascii=False,
    separators=(",", ":"),
    check_circular=False,
    allow_nan=False,
    default=bytes.hex,
)
#: How streams are compressed: fast, with gzip's frame around it.
LEVEL, GZIP = 1, 31
#: Longest text or blob, and SQLite's own limits: narrower than those of the command line.
LONGEST = 10 * MEGABYTE
LIMITS = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
}


def started(snapshot: Snapshot, settings: Settings) -> Session:
    """A session that looks at a snapshot."""
    session = Session()
    session.largest = LARGEST
    session.open(snapshot.path, settings.heap, LONGEST, LIMITS)
    return session


def statement(target: Target) -> tuple[str, dict[str, Any]]:
    """The text that is asked, and the values of its parameters. Raises UsageError."""
    own: dict[str, Any] = {}
    if "query" in target.names:
        text = saved(target.names["query"])
        own = {**defaults(text)}
    else:
        text = target.values.get("q", "")
        if not text.strip():
            raise UsageError("there is no statement", remedy="?q=select … , or POST it")
    given = {k[1:]: _typed(v) for k, v in target.values.items() if k.startswith(":")}
    return text, own | given


def _typed(word: str) -> Any:
    """A number where it is written as one, as `archdb query --param` has it."""
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            found = kind(word)
            if kind is float or -(2**63) <= found < 2**63:
                return found
    return word


class Statement:
    """One statement of a visitor, while it is answered."""

    def __init__(
        self, pool: Pool[Session], settings: Settings, target: Target, dataset: Release
    ) -> None:
        self.pool, self.settings = pool, settings
        self.target, self.dataset = target, dataset
        self.text, self.values = statement(target)
        self.seconds = min(target.values.get("timeout", settings.time), settings.time)
        self.limit: int | None = target.values.get("limit")

    def _put(self, session: Session, limit: int | None) -> Iterator[Any]:
        """The messages that will come."""
        return session.run(self.text, self.values, limit, self.seconds)

    def _answer(self, messages: Iterator[Any], limit: int | None) -> Answer:
        """Its columns have come."""
        limits = Limits(self.seconds, PAGE, self.settings.bytes / MEGABYTE)
        return Answer(self.text, messages, limit, limits)

    async def kept(self) -> Result:
        """At most as many rows as a page shows, all at once. Raises ArchdbError."""
        limit = min(self.limit or self.settings.rows, self.settings.rows)

        def all_of(messages: Iterator[Any]) -> Result:
            return self._answer(messages, limit).kept()  # a page has as many rows as are shown

        async with self.pool.lease() as session:
            return await self.pool.read(session, all_of, self._put(session, limit))

    async def stream(
        self, *, zipped: bool
    ) -> bytes | tuple[AsyncIterator[bytes], contextlib.AsyncExitStack]:
        """The body, where it has come at once; else its pieces, and what gives the process back,
        which has to be closed whether they are read or not; the pieces are `zipped`, the body is
        not."""
        stack = contextlib.AsyncExitStack()
        try:
            session = await stack.enter_async_context(self.pool.lease())
            messages = self._put(session, self.limit)
            first, parts = await self.pool.read(session, self._begin, messages)
        except BaseException:
            await stack.aclose()
            raise
        if parts is None:
            await stack.aclose()
            return first
        return self._pieces(first, parts, Packer() if zipped else None), stack

    def _begin(self, messages: Iterator[Any]) -> tuple[bytes, Iterator[str] | None]:
        """What has come first, and what will come; None where that was all."""
        parts = written(self._answer(messages, self.limit), self.target, self.dataset)
        first, more = _some(parts)
        return first, parts if more else None

    async def _pieces(
        self, first: bytes, parts: Iterator[str], packer: Packer | None
    ) -> AsyncIterator[bytes]:
        end, more = time.monotonic() + self.settings.stream_time, True
        piece = packer.pack(first, last=False) if packer else first
        while more:
            yield piece
            if time.monotonic() > end:
                raise LimitError(f"a stream ends after {self.settings.stream_time:g} s")
            piece, more = await self.pool.run(_some, parts, packer)
        yield piece


class Packer:
    """Pieces compressed so that each can be read when it has come."""

    def __init__(self) -> None:
        self._zip = zlib.compressobj(LEVEL, wbits=GZIP)

    def pack(self, piece: bytes, *, last: bool) -> bytes:
        packed = self._zip.compress(piece)
        return packed + self._zip.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)


def _some(parts: Iterator[str], packer: Packer | None = None) -> tuple[bytes, bool]:
    """As many pieces as have come, but for the sake of few hops between threads not too few; and
    whether there may be more."""
    found, begin, more = bytearray(), time.monotonic(), False
    for part in parts:
        found += part.encode("utf-8", "backslashreplace")
        more = len(found) > 1 << 16 or time.monotonic() - begin > 0.05
        if more:
            break
    piece = bytes(found)
    return (packer.pack(piece, last=not more) if packer else piece), more


def written(found: Answer, target: Target, dataset: Release) -> Iterator[str]:
    """The text of the answer, piece by piece."""
    if target.form == "json":
        return _envelope(found, target, dataset)
    batches = (batch.rows for batch in found.batches())
    return pieces(found.columns, batches, target.form, lambda r, form: formats.FORMATS[form](r))


def _envelope(found: Answer, target: Target, dataset: Release) -> Iterator[str]:
    """JSON as of every table, with what is known at the end at the end."""
    as_text = target.values.get("integers") == "text"
    objects = target.values.get("shape") == "objects"
    columns = [{"name": name} for name in found.columns]
    yield f'{{"columns":{json.dumps(columns, ensure_ascii=False)},"rows":['
    count = 0
    for batch in found.batches():
        yield ("," if count else "") + _lines(batch, found.columns, as_text, objects)
        count += len(batch.rows)
    cut = {"by": "limit", "at": count} if found.cut else None
    rest = {
        "row_count": count,
        "truncated": cut,
        "notes": [{"text": note} for note in found.notes],
        "dataset": dataset._asdict(),
        "links": links(target),
    }
    yield "]," + json.dumps(rest, ensure_ascii=False)[1:] + "\n"


def _lines(batch: Batch, names: list[str], as_text: bool, objects: bool) -> str:
    """The rows of a batch with commas between them."""
    if not objects and not as_text:
        with contextlib.suppress(ValueError):
            return PLAIN.encode(batch.rows)[1:-1]
    rows: list[Any] = values(batch.rows, as_text=as_text)
    if objects:
        rows = [dict(zip(names, row, strict=True)) for row in rows]
    return COMPACT.encode(rows)[1:-1]

"""Statements of analysts: each reads only, and is held to limits of time, memory and size.

They run in a process of their own (archdb.queries.session), which is killed where a limit is
reached; what arrives here is counted.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from archdb.errors import LimitError, UsageError
from archdb.queries import mixture
from archdb.queries.aliases import aliased_columns
from archdb.queries.faults import MEGABYTE
from archdb.queries.result import Column, Result
from archdb.queries.session import Batch, End, Row, Session

#: The limits where none is given: seconds, and megabytes of memory and of a result.
SECONDS, MEMORY, SIZE = 10.0, 512.0, 1000.0

#: How a session is got for a time, given the bytes of memory that it may use.
Sessions = Callable[[int], AbstractContextManager[Session]]


class Limits(NamedTuple):
    """What a statement may take: seconds; megabytes of memory, which hold as well for a result
    that is kept; megabytes of a result that is passed on."""

    seconds: float
    memory: float
    size: float

    @classmethod
    def of(
        cls, seconds: float | None = None, memory: float | None = None, size: float | None = None
    ) -> Limits:
        """Checked limits; of what is None, the default. Raises UsageError."""
        given = cls(
            _default_seconds() if seconds is None else seconds,
            MEMORY if memory is None else memory,
            SIZE if size is None else size,
        )
        for name, limit in zip(("s of time", "MB of memory", "MB of rows"), given, strict=True):
            if not limit > 0:
                raise UsageError(f"a limit must be more than 0 {name}, got {limit:g}")
        return given


def _default_seconds() -> float:
    word = os.environ.get("ARCHDB_TIMEOUT")
    try:
        return SECONDS if word is None else float(word)
    except ValueError:
        raise UsageError(f"ARCHDB_TIMEOUT is not a number of seconds: '{word}'") from None


class Answer:
    """The answer to a statement as it comes: columns, then batches of rows, read once.

    `notes`, and whether rows were `cut` off, are complete when the rows are at an end.
    """

    def __init__(
        self,
        statement: str,
        messages: Iterator[Any],
        limit: int | None,
        limits: Limits,
    ) -> None:
        self._statement = statement
        self._messages, self._limit, self._limits = messages, limit, limits
        self.columns = _unique(next(messages))
        self.cut, self.notes = False, list[str]()

    def __iter__(self) -> Iterator[Row]:
        """The rows, one by one."""
        for batch in self.batches():
            yield from batch.rows

    def batches(self) -> Iterator[Batch]:
        """The rows as they come. Raises QueryError where a limit is reached."""
        size, most = 0, self._limits.size
        for message in self._messages:
            if isinstance(message, Batch):
                size += message.size
                if size > most * MEGABYTE:
                    raise LimitError(
                        f"the result is larger than {most:g} MB, and ends here",
                        remedy="ask for fewer rows with --limit, or allow more with --size",
                    )
                yield message
            else:
                self._end(message)

    def _end(self, end: End) -> None:
        self.cut = end.cut
        if end.cut:
            said = f"only the first {self._limit} rows are shown: there are more (--limit)"
            self.notes.append(said)
        if end.mixed:
            self.notes.append(mixture.sentence(*end.mixed))

    def kept(self, copies: int = 1) -> Result:
        """All rows at once, where so many times what they take is within the limit of memory.

        Raises QueryError where it is not.
        """
        rows: list[Row] = []
        left = self._limits.memory * MEGABYTE
        try:
            for batch in self.batches():
                left -= batch.memory * copies
                if left < 0:
                    raise MemoryError
                rows += batch.rows
        except MemoryError:
            raise LimitError(
                f"the result does not fit into memory: {self._limits.memory:g} MB are not enough",
                remedy="ask for fewer rows with --limit, have them in csv, tsv, ndjson or json,"
                " which keep none, or allow more with --memory",
            ) from None
        of = aliased_columns(self._statement)
        schema = [Column(name, quantity=of.get(name, name)) for name in self.columns]
        return Result(schema, rows, self.notes)


@contextlib.contextmanager
def answer(
    sessions: Sessions,
    statement: str,
    parameters: Mapping[str, Any],
    *,
    limit: int | None,
    limits: Limits,
) -> Generator[Answer]:
    """The answer to one statement that reads, while it comes.

    Raises QueryError where it writes, is malformed, is none or two, or reaches a limit.
    """
    if limit is not None and limit < 0:
        raise UsageError(f"a limit must be 0 rows or more, got {limit}")
    with sessions(max(1, int(limits.memory * MEGABYTE))) as session:
        messages = session.run(statement, parameters, limit, limits.seconds)
        yield Answer(statement, messages, limit, limits)


def _unique(names: list[str]) -> list[str]:
    """Column names as SQLite gives them; a repeated one gets a number, so that none is lost."""
    taken: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for name in names:
        candidate, number = name, numbers.get(name, 1)
        while candidate in taken:
            number += 1
            candidate = f"{name}:{number}"
        numbers[name] = number
        taken[candidate] = None
    return list(taken)

"""Analysts' statements put to a database, and the process that is kept for them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from archdb.queries import freshness
from archdb.queries.reader import Reader

if TYPE_CHECKING:
    from archdb.queries.sandbox import Answer
    from archdb.queries.session import Session


class Statements:
    """Analysts' statements put to a reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        #: The process for them, between two statements.
        self.session: Session | None = None

    @contextlib.contextmanager
    def iterate(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        /,
        *,
        limit: int | None = None,
        timeout: float | None = None,
        memory: float | None = None,
        size: float | None = None,
    ) -> Iterator[Answer]:
        """One statement that reads: an Answer, whose rows come as they are asked for.

        `size` is how many megabytes of them there may be (1000).
        """
        from archdb.queries.sandbox import Limits, answer

        limits = Limits.of(timeout, memory, size)
        values = parameters or {}
        with answer(self._guarded, sql, values, limit=limit, limits=limits) as found:
            yield found

    @contextlib.contextmanager
    def _guarded(self, memory: int) -> Iterator[Session]:
        """The session that is kept open, or a new one where that is busy or gone."""
        from archdb.queries.session import Session

        session, self.session = self.session, None
        if session is None or not session.is_free(memory):
            if session is not None:
                session.close()
            session = Session()
        try:
            if not session.memory:
                session.open(self.reader.path, memory)  # it starts while figures are made fresh
            freshness.refresh_stale(self.reader)
            yield session
        finally:
            if session.is_free(memory) and self.session is None:
                self.session = session
            else:
                session.close()

    def close(self) -> None:
        """Let go of the file."""
        if self.session is not None:
            self.session.close()
        self.reader.close()

"""A database as its users hold it: opened, fresh, and answering questions."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from archdb.db.connection import connect, default_path, explained, locate, stamp
from archdb.errors import ArchdbError, DatabaseError, NotFoundError, nearest
from archdb.queries.result import Result
from archdb.queries.sql import sql

Say = Callable[[str], None]
Progress = Callable[[int, int], None]


def _to_stderr(message: str) -> None:
    print(message, file=sys.stderr)


def _no_progress(done: int, total: int) -> None:
    return None


class Database:
    """An archdb database, read through SQLite alone and written only where a figure is missing.

    `say` is told what archdb does unasked (creating, upgrading, deriving again); `progress` is
    called with (done, total) as it proceeds. Raises DatabaseError where the file cannot be used.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        say: Say = _to_stderr,
        progress: Progress = _no_progress,
    ) -> None:
        self.say, self.progress = say, progress
        located = locate(path)
        self.path = located if located is not None else self._default()
        self._connection = connect(self.path)
        if stamp(self._connection, self.path).older:
            self._upgrade()

    def _default(self) -> Path:
        """The user's own database, made from the bundled seeds if it is not there yet."""
        path = default_path()
        if not path.exists():
            from archdb.db import build  # SQLAlchemy and Alembic: only where something is written

            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise DatabaseError(
                    f"the directory cannot be created: {error.strerror}",
                    remedy="name another place with --database or ARCHDB_DATABASE",
                ).at(str(path)) from None
            self.say(f"creating {path} from the bundled networks (first use)")
            build.create(path, self.progress)
        return path

    def _upgrade(self) -> None:
        from archdb.db import build

        self._connection.close()
        copy = build.upgrade(self.path, self.progress)
        self.say(f"{self.path} was made by an older archdb: upgraded, after a copy to {copy}")
        self._connection = connect(self.path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"archdb.open({str(self.path)!r})"

    def ask(self, question: str, /, **parameters: Any) -> Result:
        """One of archdb's own questions, by the name of its .sql file."""
        return self.run(sql(question), parameters)

    def run(self, statement: str, parameters: dict[str, Any] | None = None) -> Result:
        """A statement of archdb's own; analysts' statements go through `query`."""
        try:
            cursor = self._connection.execute(statement, parameters or {})
            return Result([column[0] for column in cursor.description], cursor.fetchall())
        except sqlite3.Error as error:
            raise explained(error, self.path) from None

    # What is there.

    def names(self) -> list[str]:
        """All names and aliases."""
        return self.ask("names").column("name")

    def resolve(self, name: str) -> str:
        """The network that a name or alias means; NotFoundError with the nearest names."""
        found = self.ask("resolve", name=name.lower()).rows
        if not found:
            raise NotFoundError(
                f"no network is called '{name}'",
                remedy=nearest(name.lower(), self.names()) or "archdb list shows all names",
            )
        return str(found[0][0])

    # Freshness: figures are derived again before they are shown.

    def profile(self, name: str, wanted: str | None = None) -> str:
        """The input, as text, of a fresh profile of network `name`, derived if there is none.

        `wanted` is an input size in the user's words; None means the native one.
        """
        stale = self.ask("stale_one", name=name).column("name")
        failures = self._derive_again(stale)
        if failures:
            raise failures[0]
        inputs = self.ask("inputs", name=name).column("input")
        if wanted is None:
            return str(inputs[0])
        from archdb.ops.shape import parse, resize, text  # the ops come with it, a costly import

        shape = resize(wanted, parse(inputs[0]))
        if text(shape) not in inputs:
            from archdb.db import build

            build.add_profile(self.path, name, shape)
        return text(shape)

    def freshen(self) -> list[ArchdbError]:
        """Derive every stale network again; the faults of those whose rows define no network.

        Views show none of the latter until their rows are mended.
        """
        failures = self._derive_again(self.ask("stale").column("name"))
        for failure in failures:
            self.say(f"left out: {failure}")
        return failures

    def derive(self, names: Sequence[str] | None = None) -> Sequence[str]:
        """Derive these networks, or all, whether stale or not; returns their names.

        Raises the first fault of rows that define no network.
        """
        from archdb.db import build

        wanted = names if names is not None else self.run("select name from network").column("name")
        failures = build.refresh(self.path, wanted, self.progress)
        if failures:
            raise failures[0]
        return wanted

    def _derive_again(self, names: Iterable[str]) -> list[ArchdbError]:
        stale = list(names)
        if not stale:
            return []
        from archdb.db import build

        listed = ", ".join(stale[:3]) + (f" and {len(stale) - 3} more" if len(stale) > 3 else "")
        try:
            failures = build.refresh(self.path, stale, self.progress)
        except DatabaseError as error:
            error.what = (
                f"the rows of {listed} have changed and cannot be derived again: {error.what}"
            )
            raise
        self.say(f"derived again, because the rows have changed: {listed}")
        return failures

    # Questions.

    def compare(
        self,
        *names: str,
        by: str = "total",
        input: str | int | None = None,
        convention: str | None = None,
    ) -> Result:
        """Two or more networks side by side; `by` is total, op, block, resolution or layer."""
        from archdb.queries.compare import compare

        return compare(self, names, by, _words(input), convention)

    def show(
        self,
        name: str,
        *,
        by: str = "total",
        input: str | int | None = None,
        convention: str | None = None,
    ) -> Result:
        """One network; `by` is total, op, block, resolution or layer."""
        from archdb.queries.compare import show

        return show(self, name, by, _words(input), convention)

    def lineage(self, name: str) -> Result:
        """How a network says it differs from its base, that from its own, and so on."""
        from archdb.queries.lineage import lineage

        return lineage(self, name)

    def catalogue(
        self,
        pattern: str | None = None,
        *,
        family: str | None = None,
        sort: str | None = None,
        descending: bool = False,
    ) -> Result:
        """The catalogue at native inputs; `pattern` is a glob over names and aliases."""
        from archdb.queries.catalogue import catalogue

        return catalogue(self, pattern, family, sort, descending)

    def query(
        self, sql: str, /, *, limit: int | None = None, timeout: float = 10.0, **params: Any
    ) -> Result:
        """One statement that reads, with :name parameters; at most `timeout` seconds.

        Raises QueryError where it writes, is malformed, holds two statements or takes too long.
        """
        from archdb.queries.sandbox import query

        self.freshen()
        return query(self.path, sql, params, limit=limit, timeout=timeout)

    def schema(self, relation: str | None = None) -> Result:
        """The column dictionary, of one view or of all."""
        relations = self.ask("relations").column("relation")
        if relation is not None and relation not in relations:
            raise NotFoundError(
                f"no view is called '{relation}'",
                remedy=nearest(relation, relations) or f"there are: {', '.join(relations)}",
            )
        return self.ask("schema", relation=relation)


def _words(input: str | int | None) -> str | None:
    return None if input is None else str(input)

"""A database opened for reading: what every question is put to."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from archdb.db.connection import connect, default_path, locate, make_directory, stamp
from archdb.db.faults import FAULTS, as_database_errors, damaged, to_database_error
from archdb.errors import ArchdbError, NotFoundError, QueryError, nearest
from archdb.queries.result import Result
from archdb.queries.sql import sql
from archdb.text import clipped, printable

if TYPE_CHECKING:
    from archdb.model.graph import Network

Notify = Callable[[str], None]
Progress = Callable[[int, int], None]


def _to_stderr(message: str) -> None:
    print(clipped(printable(message)), file=sys.stderr)


def _no_progress(done: int, total: int) -> None:
    return None


class Reader:
    """A database file, read through SQLite alone and written only where a figure is missing.

    `notify` is told what archdb does unasked (creating, upgrading, deriving again); `progress` is
    called with (done, total) as it proceeds. Raises DatabaseError where the file cannot be used.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        notify: Notify = _to_stderr,
        progress: Progress = _no_progress,
    ) -> None:
        self.notify, self.progress = notify, progress
        #: Whether the state that a question was answered from is kept for what belongs to it.
        self.keeps = False
        #: While a question is being answered, the faults of networks that cannot be derived.
        self.faults: dict[str, ArchdbError] | None = None
        located = locate(path)
        self.path = located if located is not None else self._default()
        self._connection = connect(self.path)
        if reason := stamp(self._connection, self.path).outdated:
            self._upgrade(reason)

    def _default(self) -> Path:
        """The user's own database, made from the bundled seeds if it is not there yet."""
        path = default_path()
        if not path.exists():
            from archdb.db import build  # SQLAlchemy and Alembic: only where something is written

            make_directory(path)
            self.notify(f"creating {path} from the bundled networks (first use)")
            build.create(path, self.progress)
        return path

    def _upgrade(self, reason: str) -> None:
        from archdb.db.migrate import upgrade_older

        self._connection.close()
        changed = upgrade_older(self.path, self.progress)
        if changed is not None:
            self.notify(f"{self.path} {reason}: upgraded, after a copy to {changed.copy}")
            for sentence in changed.said:
                self.notify(f"note: {sentence}")
        self._connection = connect(self.path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if error is not None and (damage := self.blamed(error)):
                raise damage from None
        finally:
            self.close()

    def blamed(self, error: BaseException) -> ArchdbError | None:
        """What a damaged file has done, where archdb stumbled over it; None where the file is
        sound, or the error is one that is expected."""
        from archdb.db import damage

        if not isinstance(error, damage.UNEXPECTED):
            return None
        what = damage.sign(self._connection, self.path)
        return damaged(what, self.path) if what else None

    def __repr__(self) -> str:
        return f"archdb.open({str(self.path)!r})"

    def run_named(self, question: str, /, **parameters: Any) -> Result:
        """One of archdb's own questions, by the name of its .sql file."""
        return self.run(sql(question), parameters)

    def run(self, statement: str, parameters: dict[str, Any] | None = None) -> Result:
        """A statement of archdb's own; analysts' statements go through `query`."""
        try:
            cursor = self._connection.execute(statement, parameters or {})
            return Result([column[0] for column in cursor.description], cursor.fetchall())
        except FAULTS as error:
            raise to_database_error(error, self.path) from None
        except UnicodeEncodeError:  # bytes that came by a terminal or a pipe and are no text
            raise QueryError("a name or value is not UTF-8 text") from None

    def stream(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement of archdb's own, one after the other: there may be many."""
        try:
            yield from self._connection.execute(statement)
        except FAULTS as error:
            raise to_database_error(error, self.path) from None

    @contextlib.contextmanager
    def snapshot(self, *, keep: bool = False) -> Iterator[sqlite3.Connection]:
        """All that is asked inside the block is answered from one state of the file, also what
        is read through the connection that it gives; with `keep`, what is asked after it too."""
        if self._connection.in_transaction:
            yield self._connection
            return
        self._connection.execute("begin")
        try:
            yield self._connection
        except BaseException:
            self.let_go()
            raise
        if not keep:
            self.let_go()

    def let_go(self) -> None:
        """Look at no state of the file any longer, so that others can write."""
        self._connection.rollback()

    # What is there.

    def load(self, name: str) -> Network:
        """The network that the layer rows define now, under its own name: no alias is looked up.

        Raises NotFoundError where it is gone, DefinitionError or ShapeError where someone left
        rows that define none.
        """
        from archdb.db import networks  # the ops: only where rows become a network

        with self.snapshot() as opened, as_database_errors(self.path):
            return networks.load(opened, networks.id_of(opened, name))

    def names(self) -> list[str]:
        """All names and aliases."""
        return self.run_named("names").column("name")

    def resolve(self, name: str) -> str:
        """The network that a name or alias means; NotFoundError with the nearest names."""
        found = self.run_named("resolve", name=name.lower()).rows
        if not found:
            raise NotFoundError(
                f"no network is called '{name}'",
                remedy=not_found(name, self.names(), self._lists()),
            )
        return str(found[0][0])

    def _lists(self) -> str:
        """Where to look names up: the nearest are not sought among the many of a space."""
        built = self.run("select name from space order by name").column("name")
        points = [f"archdb list --space {space} those of its points" for space in built]
        return ", ".join(["archdb list shows all names", *points])


def not_found(word: str, names: Iterable[str], otherwise: str) -> str:
    """The remedy where a word means no stored network."""
    if "+" in word and word.partition("+")[0].lower() in names:
        return "what rules make is stored by: archdb rewrite NAME RULE --as NEW_NAME"
    return nearest(word.lower(), names) or otherwise

"""A database opened for reading: what every question is put to."""

from __future__ import annotations

import contextlib
import shlex
import sqlite3
import sys
import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from archdb.db.connection import can_be_written, connect, stamp
from archdb.db.faults import FAULTS, as_database_errors, damage_error, to_database_error
from archdb.errors import ArchdbError, DatabaseError, NotFoundError, QueryError, nearest
from archdb.queries.last_answers import LastAnswers
from archdb.queries.result import Result, Row
from archdb.queries.sql import sql
from archdb.text import clipped, printable

if TYPE_CHECKING:
    from archdb.model.graph import Network
    from archdb.queries.provenance import Release

Notify = Callable[[str], None]
Progress = Callable[[int, int], None]


def to_stderr(message: str) -> None:
    print(clipped(printable(message)), file=sys.stderr)


def no_progress(done: int, total: int) -> None:
    return None


class Deriver(Protocol):
    """Whoever derives and stores what a question finds stale or missing: archdb.db.profiles."""

    def refresh(
        self, path: Path, names: Iterable[str], progress: Progress, /
    ) -> dict[str, ArchdbError]:
        """Derive those that are stale; the faults, by name, of those whose rows define none."""

    def add(self, path: Path, wanted: Iterable[tuple[str, str]], /) -> None:
        """Derive these networks at these inputs."""


class Reader:
    """A database file, read through SQLite alone and never written.

    A question that needs figures which are stale or missing has `deriver` derive them, and cannot
    be answered without one. `notify` is told what archdb does unasked; `progress` is called with
    (done, total) as it proceeds. An `isolated` one looks at this file alone: no name means another
    file or a library's model, and nothing that is derived is kept. Raises DatabaseError where the
    file cannot be used, also because an older archdb has made it, unless `any_age`.
    """

    def __init__(
        self,
        path: Path,
        *,
        notify: Notify = to_stderr,
        progress: Progress = no_progress,
        deriver: Deriver | None = None,
        any_age: bool = False,
        isolated: bool = False,
    ) -> None:
        self.path, self.notify, self.progress = path, notify, progress
        self.isolated = isolated
        #: Which dataset the file holds, where it is a copy that nobody changes and that is known.
        self.dataset: Release | None = None
        self._answers = LastAnswers()
        self._deriver = deriver
        #: Whether the state that a question was answered from is kept for what belongs to it.
        self.keeps = False
        #: While a question is being answered, the faults of networks that cannot be derived.
        self.faults: dict[str, ArchdbError] | None = None
        self._connection = connect(path)
        if isolated:
            self._connection.execute("pragma temp_store = memory")
        #: A reader that nobody holds any more, as of a thread that has ended, lets go of the file.
        self._closing = weakref.finalize(self, self._connection.close)
        made_by = stamp(self._connection, path)
        if made_by.older and not any_age:
            self.close()
            raise DatabaseError(
                f"was made by an older archdb: {made_by.version} (schema {made_by.revision})",
                remedy="bring it up to date by archdb db upgrade, or archdb.open(…, migrate=True)",
            ).at(str(path))

    @property
    def deriver(self) -> Deriver:
        """Raises DatabaseError where the file is for reading alone."""
        if self._deriver is None:
            raise DatabaseError(
                "figures are stale or missing, and the file is opened for reading alone",
                remedy="archdb derive",
            ).at(str(self.path))
        return self._deriver

    def once(self, what: Hashable, make: Callable[[Reader], Any]) -> Any:
        """What the file says, remembered where it is known that nobody changes it, but for None.
        Whoever gets it must not change it."""
        if self.dataset is None:
            return make(self)
        return self._answers.get(what, lambda: make(self))

    def recall(self, question: str, /, **parameters: str) -> list[Row]:
        """The rows of one of archdb's own questions about a stored network, asked `once`."""
        what = (question, *parameters.values())
        rows: list[Row] = self.once(what, lambda own: own.run_named(question, **parameters).rows)
        return rows

    @property
    def can_keep(self) -> bool:
        """Whether figures that are derived for a question are stored for the next."""
        return not self.isolated and can_be_written(self.path)

    def close(self) -> None:
        """Let go of the file."""
        self._closing()

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
        return damage_error(what, self.path) if what else None

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
        """The network that a name, an alias or a title ('ResNet-50') means; NotFoundError with the
        nearest names, also where several have that title."""
        found = self.stored(name) or self.titled(name)
        if len(found) > 1:
            raise NotFoundError(
                f"'{name}' is the title of several networks",
                remedy=f"name one: {', '.join(row[0] for row in found)}",
            )
        if not found:
            raise NotFoundError(f"no network is called '{name}'", remedy=self._otherwise(name))
        return str(found[0][0])

    def _otherwise(self, name: str) -> str:
        """What to do where no stored network has a name: a file or a model is to be stored."""
        if not self.isolated and {".", ":"} & set(name):
            from archdb.sources.base import is_outside

            if is_outside(name):
                return f"this needs a stored network: archdb import {shlex.quote(name)} stores it"
        return not_found(name, self.names(), self._lists())

    def stored(self, name: str) -> list[Row]:
        """The network that a name or an alias means; no row where there is none, which is not
        remembered: anything may be asked."""
        name = name.lower()
        what = ("resolve", name)
        return self.once(what, lambda own: own.run_named("resolve", name=name).rows or None) or []

    def titled(self, title: str) -> list[tuple[Any, ...]]:
        """The networks of the catalogue whose title is that, in full or up to a bracket."""
        return self.run_named("titled", title=title.lower()).rows if title else []

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

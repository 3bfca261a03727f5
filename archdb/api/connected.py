"""A database file that is open: a connection for each thread, and questions put to it."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self, TypeVar

from archdb.db.connection import connect, default_path, has_unfinished, locate, stamp, state
from archdb.errors import ArchdbError, DatabaseError
from archdb.queries.freshness import answer_from_one_state
from archdb.queries.provenance import Provenance
from archdb.queries.reader import Notify, Progress, Reader, no_progress, to_stderr
from archdb.queries.result import Result
from archdb.queries.statements import Statements
from archdb.queries.units import describe

Answer = TypeVar("Answer")


class Profiles:
    """Derives and stores what a question finds stale or missing; SQLAlchemy is imported then."""

    def refresh(
        self, path: Path, names: Iterable[str], progress: Progress
    ) -> dict[str, ArchdbError]:
        from archdb.db.profiles import refresh

        return refresh(path, names, progress, stale=True)

    def add(self, path: Path, wanted: Iterable[tuple[str, str]]) -> None:
        from archdb.db.profiles import add

        add(path, wanted)


class Connected:
    """A database file. Each thread that asks has a connection of its own.

    Without a path it is the one that ARCHDB_DATABASE names, or the default one. `create` makes a
    missing one from the bundled networks; unless it is given, only the default one. `migrate`
    brings one of an older archdb up to date, after a copy; without it, that is refused. `any_age`
    reads such a file as it is. An `isolated` one answers from this file alone: names mean no other
    files or models, and what is derived for a question is not kept. Nothing else is written by
    opening. `notify` is told what archdb does unasked; `progress` is called with (done, total) as
    it proceeds. Raises DatabaseError where the file cannot be used.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        create: bool | None = None,
        migrate: bool = False,
        any_age: bool = False,
        isolated: bool = False,
        notify: Notify = to_stderr,
        progress: Progress = no_progress,
    ) -> None:
        named = locate(path)
        self.path = named or default_path()
        self.notify, self.progress, self._any_age = notify, progress, any_age
        self._isolated = isolated
        self._here, self._open = threading.local(), True
        self._all: weakref.WeakSet[Statements] = weakref.WeakSet()
        self._lock = threading.Lock()
        if (named is None if create is None else create) and not self.path.exists():
            self._create(named is None)
        if migrate:
            self._migrate()
            self._sweep()
        self._connect()  # what is wrong with the file is said now

    def _create(self, default: bool) -> None:
        from archdb.db import build
        from archdb.db.connection import make_directory

        if default:
            make_directory(self.path)
        self.notify(f"creating {self.path} from the bundled networks (first use)")
        build.create(self.path, self.progress)

    def _migrate(self) -> None:
        connection = connect(self.path)
        try:
            reason = stamp(connection, self.path).outdated
        finally:
            connection.close()
        if reason is None:
            return
        from archdb.db.migrate import upgrade_older

        changed = upgrade_older(self.path, self.progress)
        if changed is not None:
            self.notify(f"{self.path} {reason}: upgraded, after a copy to {changed.copy}")
            for sentence in changed.said:
                self.notify(f"note: {sentence}")

    def _sweep(self) -> None:
        """Remove what killed processes have left beside the file."""
        if has_unfinished(self.path.parent):
            from archdb.db.unfinished import sweep

            sweep(self.path.parent)

    @property
    def statements(self) -> Statements:
        """This thread's connection, with the process for analysts' statements."""
        if not self._open:
            raise DatabaseError("has been closed", remedy="archdb.open opens it again").at(
                str(self.path)
            )
        found: Statements | None = getattr(self._here, "statements", None)
        return self._connect() if found is None else found

    def _connect(self) -> Statements:
        reader = Reader(
            self.path,
            notify=self.notify,
            progress=self.progress,
            deriver=Profiles(),
            any_age=self._any_age,
            isolated=self._isolated,
        )
        made = self._here.statements = Statements(reader)
        with self._lock:
            self._all.add(made)
        return made

    @property
    def reader(self) -> Reader:
        """What this thread's questions are put to."""
        return self.statements.reader

    def close(self) -> None:
        """Let go of the file, in all threads."""
        self._open = False
        with self._lock:
            every = list(self._all)
        for one in every:
            one.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if error is not None and self._open and (damage := self.reader.blamed(error)):
                raise damage from None
        finally:
            self.close()

    def __repr__(self) -> str:
        return f"archdb.open({str(self.path)!r})"

    def answer(self, question: Callable[[Reader], Answer]) -> Answer:
        """What a question answers, from one state of the file; what it finds stale or missing is
        derived first."""
        reader = self.reader
        return answer_from_one_state(reader, lambda: question(reader))

    def result(self, question: Callable[[Reader], Result], *, units: bool = True) -> Result:
        """The same as a result that knows the units of its columns and what it rests on."""

        def describe_answer(reader: Reader) -> Result:
            found = question(reader)
            if units:
                describe(reader, found)
            found.source = self.source(None if reader.dataset else state(self.path))
            return found

        return self.answer(describe_answer)

    def source(self, then: object) -> Callable[[Result], Provenance]:
        """Says what a result rests on that was read from the file in that state; None where it is
        one that nobody changes."""

        def rests_on(result: Result) -> Provenance:
            from archdb.dataset.provenance import provenance

            with self.reader.snapshot():
                made = provenance(self.reader, result)
                if then is not None and state(self.path) != then:
                    raise DatabaseError(
                        "has been changed since the question was answered", remedy="ask it again"
                    ).at(str(self.path))
                return made

        return rests_on

    # What is there.

    def names(self) -> list[str]:
        """All names and aliases."""
        return self.reader.names()

    def resolve(self, name: str) -> str:
        """The network that a name or alias means; NotFoundError with the nearest names."""
        return self.reader.resolve(name)

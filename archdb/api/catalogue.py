"""What there is: the catalogue, published figures, sources, the schema, the file and its faults."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from archdb.api.connected import Connected
from archdb.db.connection import state
from archdb.errors import NotFoundError, nearest
from archdb.queries.conventions import Names
from archdb.queries.reader import Reader
from archdb.queries.result import Result
from archdb.queries.units import describe

if TYPE_CHECKING:
    from archdb.queries.sandbox import Answer


class Catalogue(Connected):
    """What a database holds."""

    def list(
        self,
        *patterns: str,
        family: str | None = None,
        sort: str | None = None,
        descending: bool = False,
        convention: Names = None,
        space: str | None = None,
        columns: Sequence[str] | None = None,
    ) -> Result:
        """The catalogue, or a search space, at native inputs. `patterns` are names, names with
        rules, files, and globs over names and aliases; `columns` any of architecture_summary."""
        from archdb.queries.catalogue import Listing, catalogue

        asked = Listing(patterns, family, space, sort, descending, convention, columns)
        return self.result(lambda reader: catalogue(reader, asked))

    catalogue = list  # noqa: A003  (its name in the first release)

    def published(self, name: str | None = None, *, verdict: str | None = None) -> Result:
        """Figures that others print, of one network or of one verdict, beside ours."""
        from archdb.queries.published import published

        return self.result(lambda reader: published(reader, name, verdict))

    def cite(
        self, *names: str, everything: bool = False, convention: str | Sequence[str] | None = None
    ) -> str:
        """BibTeX of the networks' papers (of all that vouches for them, with `everything`), of what
        vouches for counting conventions, and of archdb itself. Names are those of networks and
        points, with rules or without, and files; a variant without a paper cites its base's."""
        from archdb.dataset.release import release
        from archdb.queries.citations import citations, of_conventions
        from archdb.queries.conventions import as_names
        from archdb.render.bibtex import bibliography

        def question(reader: Reader) -> str:
            found = list(citations(reader, names, everything=everything))
            for rows in of_conventions(reader, as_names(convention)).values():
                found += rows
            return bibliography({row["key"]: row for row in found}.values(), release(reader))

        return self.answer(question)

    def schema(self, relation: str | None = None) -> Result:
        """The column dictionary, of one view or of all."""

        def question(reader: Reader) -> Result:
            relations = reader.run_named("relations").column("relation")
            if relation is not None and relation not in relations:
                raise NotFoundError(
                    f"no view is called '{relation}'",
                    remedy=nearest(relation, relations) or f"there are: {', '.join(relations)}",
                )
            found = reader.run_named("schema", relation=relation)
            found.priority = ["column", "unit", "meaning", "relation"]
            return found

        return self.result(question)

    def space_list(self) -> Result:
        """All search spaces that archdb can lay, and how much of each is there."""
        from archdb.queries.catalogue import spaces

        return self.result(spaces)

    def check(self) -> Result:
        """A row for each fault of the file; none where all is well."""
        from archdb.queries.check import check

        return self.result(check, units=False)  # which a damaged file may not have

    def info(self) -> Result:
        """Which dataset this is: version, hashes, and how many rows define it."""
        from archdb.dataset.release import info
        from archdb.queries.freshness import refresh_stale

        def question(reader: Reader) -> Result:
            refresh_stale(reader, points=False)
            return info(reader)

        return self.result(question)

    def db_info(self) -> Result:
        """What the file holds and which archdb made it."""

        def question(reader: Reader) -> Result:
            found = reader.run_named("info")
            return Result(found.schema, [("path", str(self.path)), *found])

        return self.result(question)

    def diff(self, older: Catalogue | str | os.PathLike[str], *, layers: bool = False) -> Result:
        """What has changed since an older database (or the file of one, of any age)."""
        from archdb.dataset.diff import diff

        if not isinstance(older, Catalogue):
            with Catalogue(older, any_age=True, notify=self.notify) as opened:
                return self.diff(opened, layers=layers)
        return diff(older.reader, self.reader, layers=layers)

    # Analysts' statements.

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        /,
        *,
        limit: int | None = None,
        timeout: float | None = None,
        memory: float | None = None,
        **params: Any,
    ) -> Result:
        """One statement that reads, with :name parameters; at most `timeout` seconds (10, or
        ARCHDB_TIMEOUT) and `memory` megabytes (512), of the statement and of its rows.

        Parameters are keywords, or a mapping where one is called as something here is.
        Raises QueryError where it writes, is malformed, holds two statements or reaches a limit.
        """
        then = state(self.path)
        values = {**(parameters or {}), **params}
        with self.iterate(
            sql, values, limit=limit, timeout=timeout, memory=memory, size=math.inf
        ) as answer:
            found = describe(self.reader, answer.kept())
        found.source = self.source(then)
        return found

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
        """The same with none of the rows kept: an Answer, whose rows come as they are asked for.

        `size` is how many megabytes of them there may be (1000).
        """
        with self.statements.iterate(
            sql, parameters, limit=limit, timeout=timeout, memory=memory, size=size
        ) as answer:
            yield answer

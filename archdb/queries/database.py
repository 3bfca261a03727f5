"""A database as its users hold it: one method for each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archdb.errors import NotFoundError, nearest
from archdb.queries import freshness
from archdb.queries.reader import Reader
from archdb.queries.result import Result


class Database(Reader):
    """An archdb database; each method answers with a Result.

    A question's module is imported where it is asked: start-up counts.
    """

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
        space: str | None = None,
    ) -> Result:
        """The catalogue, or a search space, at native inputs; `pattern` is a glob over names and
        aliases."""
        from archdb.queries.catalogue import catalogue

        return catalogue(self, pattern, family, sort, descending, space)

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        /,
        *,
        limit: int | None = None,
        timeout: float = 10.0,
        **params: Any,
    ) -> Result:
        """One statement that reads, with :name parameters; at most `timeout` seconds.

        Parameters are keywords, or a mapping where one is called `limit` or `timeout`.
        Raises QueryError where it writes, is malformed, holds two statements or takes too long.
        """
        from archdb.queries.sandbox import query

        freshness.freshen(self)
        values = {**(parameters or {}), **params}
        return query(self.path, sql, values, limit=limit, timeout=timeout)

    def derive(self, names: Sequence[str] | None = None) -> Sequence[str]:
        """Derive these networks, or all, whether stale or not; returns their names.

        Raises the first fault of rows that define no network.
        """
        from archdb.db import profiles

        wanted = names if names is not None else self.run("select name from network").column("name")
        for fault in profiles.refresh(self.path, wanted, self.progress).values():
            raise fault
        return wanted

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

"""A database as its users hold it: one method for each question, answered from one state."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from archdb.errors import NotFoundError, nearest
from archdb.model.input_size import Given, worded
from archdb.queries.freshness import one_state
from archdb.queries.named import holding
from archdb.queries.result import Derivation, Result
from archdb.queries.statements import Statements
from archdb.queries.units import describe

Method = TypeVar("Method", bound=Callable[..., Result])


def _text(result: Result) -> str:
    from archdb.render import formats

    if isinstance(result, Derivation):
        from archdb.render import derivation

        return derivation.written(result.rows)
    return formats.table(result)


def _html(result: Result) -> str:
    from archdb.render import formats

    return formats.html(result)


Result.text, Result.html = _text, _html


def question(asked: Method) -> Method:
    """A method answered from one state of the file, in a result that knows its columns' units."""

    @functools.wraps(asked)
    def described(database: Database, *words: Any, **options: Any) -> Result:
        return describe(database, asked(database, *words, **options))

    return one_state(described)  # type: ignore[return-value]


class Database(Statements):
    """An archdb database; each method answers with a Result.

    A question's module is imported where it is asked: start-up counts.
    """

    @question
    def compare(
        self,
        *names: str,
        by: str = "total",
        input: Given = None,
        convention: str | None = None,
    ) -> Result:
        """Two or more networks side by side; `by` is total, op, block, resolution or layer."""
        from archdb.queries.compare import compare

        inputs = worded(input)
        with holding(self, names, inputs) as (reader, held):
            return compare(reader, held, by, inputs, convention)

    @question
    def show(
        self,
        name: str,
        *,
        by: str = "total",
        input: Given = None,
        convention: str | None = None,
    ) -> Result:
        """One network; `by` is total, op, block, resolution or layer."""
        from archdb.queries.compare import show

        inputs = worded(input)
        with holding(self, [name], inputs) as (reader, held):
            return show(reader, held[0], by, inputs, convention)

    @question
    def explain(
        self,
        name: str,
        *,
        quantity: str | None = None,
        by: str = "block",
        input: Given = None,
    ) -> Result:
        """How figures come about: of NAME/LAYER all, of NAME its totals or one `quantity`."""
        from archdb.queries.explain import explain

        return explain(self, name, quantity, by, worded(input))

    @question
    def rewrite(
        self, name: str, *rules: str, only: str | None = None, input: Given = None
    ) -> Result:
        """What rules make of a network, layer by layer; `only` is a glob of layers' names."""
        from archdb.queries.rewrite import rewrite

        return rewrite(self, name, rules, only, worded(input))

    def store_rewritten(
        self, name: str, *rules: str, new_name: str, only: str | None = None
    ) -> Sequence[str]:
        """Store what rules make of a network as a variant; what they left alone, in sentences."""
        from archdb.queries.variants import store

        return store(self, name, rules, new_name, only)

    @question
    def sweep(self, *names: str, input: Given = None, convention: str | None = None) -> Result:
        """A row for each point; names may hold ranges, as 'mobilenet_v1+width=0.25..1:0.25' does,
        and so may the input: '128..512:32'."""
        from archdb.queries.sweep import columns, sweep

        points = sweep(self, names, worded(input), convention)
        return Result(columns(convention), [row for _, row in points])

    @question
    def lineage(self, name: str) -> Result:
        """How a network says it differs from its base, that from its own, and so on."""
        from archdb.queries.lineage import lineage

        with holding(self, [name]) as (reader, held):
            return lineage(reader, held[0])

    @question
    def catalogue(
        self,
        pattern: str | None = None,
        *,
        family: str | None = None,
        sort: str | None = None,
        descending: bool = False,
        convention: str | None = None,
        space: str | None = None,
    ) -> Result:
        """The catalogue, or a search space, at native inputs; `pattern` is a glob over names and
        aliases."""
        from archdb.queries.catalogue import catalogue

        return catalogue(self, pattern, family, sort, descending, convention, space)

    @question
    def published(self, name: str | None = None, *, verdict: str | None = None) -> Result:
        """Figures that others print, of one network or of one verdict, beside ours."""
        from archdb.queries.published import published

        return published(self, name, verdict)

    @question
    def explain_number(
        self,
        name: str,
        value: str,
        quantity: str | None = None,
        *,
        convention: str | None = None,
        source: str | None = None,
        until: str | None = None,
        everything: bool = False,
    ) -> Result:
        """Which publications, variants, inputs, parts and counting conventions give a printed
        number; of NAME/LAYER, the number of a layer or block, and `until` one, of all up to it."""
        from archdb.queries.explain_number import explain_number
        from archdb.queries.readings import Wanted, parted

        name, part = parted(self, name, until)
        wanted = Wanted(quantity, convention, source, part)
        with holding(self, [name]) as (reader, held):
            return explain_number(reader, held[0], value, wanted, everything=everything)

    def explain_table(
        self,
        rows: Iterable[Sequence[str]],
        quantity: str | None = None,
        *,
        convention: str | None = None,
        source: str | None = None,
    ) -> Result:
        """Rows of (name, figure, …), as a paper's table has them: what gives each, by the
        convention that gives most of a column."""
        from archdb.queries.number_table import explain_table
        from archdb.queries.readings import Wanted

        return explain_table(self, rows, Wanted(quantity, convention, source))

    def derive(self, names: Sequence[str] | None = None) -> Sequence[str]:
        """Derive these networks, or all, whether stale or not; returns their names.

        Raises the first fault of rows that define no network.
        """
        from archdb.db import profiles

        wanted = names if names is not None else self.run("select name from network").column("name")
        for fault in profiles.refresh(self.path, wanted, self.progress).values():
            raise fault
        return wanted

    @question
    def schema(self, relation: str | None = None) -> Result:
        """The column dictionary, of one view or of all."""
        relations = self.run_named("relations").column("relation")
        if relation is not None and relation not in relations:
            raise NotFoundError(
                f"no view is called '{relation}'",
                remedy=nearest(relation, relations) or f"there are: {', '.join(relations)}",
            )
        return self.run_named("schema", relation=relation)

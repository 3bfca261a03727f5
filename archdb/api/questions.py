"""Questions about networks: compared, shown, explained, rewritten, swept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from archdb.api.connected import Connected
from archdb.model.input_spec import InputLike, spec_of
from archdb.queries.conventions import Names, as_names
from archdb.queries.reader import Reader
from archdb.queries.result import Result


class Questions(Connected):
    """Questions about networks; each method answers with a Result.

    A question's module is imported where it is asked: start-up counts.
    """

    def compare(
        self,
        *names: str,
        by: str = "total",
        input: InputLike = None,
        convention: Names = None,
        only: str | None = None,
        transposed: bool = False,
    ) -> Result:
        """Two or more networks side by side; `by` is total, op, block, resolution or layer. Totals
        have a row for each quantity or, `transposed`, for each network.

        By block and layer they are aligned by structure, whatever their layers are called, the
        first one being the base; `only="differences"` leaves out what is the same.
        """
        from archdb.queries.compare import compare
        from archdb.queries.totals import transpose

        def question(reader: Reader) -> Result:
            found = compare(reader, names, by, spec_of(input), convention, only)
            return transpose(found) if transposed else found

        return self.result(question)

    def show(
        self,
        name: str,
        *,
        by: str = "total",
        input: InputLike = None,
        convention: Names = None,
    ) -> Result:
        """One network; `by` is total, op, block, resolution or layer."""
        from archdb.queries.compare import show

        return self.result(lambda reader: show(reader, name, by, spec_of(input), convention))

    def about(self, name: str) -> Result:
        """What a network is: title, papers, other names, base, accuracies on record; a row each."""
        from archdb.queries.about import about

        return self.result(lambda reader: about(reader, name))

    def explain(
        self,
        name: str,
        *,
        quantity: str | None = None,
        by: str = "block",
        input: InputLike = None,
    ) -> Result:
        """How figures come about: of NAME/LAYER all, of NAME its totals or one `quantity`."""
        from archdb.queries.explain import explain

        return self.result(lambda reader: explain(reader, name, quantity, by, spec_of(input)))

    def rewrite(
        self, name: str, *rules: str, only: str | None = None, input: InputLike = None
    ) -> Result:
        """What rules make of a network, layer by layer; `only` is a glob of layers' names."""
        from archdb.queries.rewrite import rewrite

        return self.result(lambda reader: rewrite(reader, name, rules, only, spec_of(input)))

    def sweep(self, *names: str, input: InputLike = None, convention: Names = None) -> Result:
        """A row for each point; names may hold ranges, as 'mobilenet_v1+width=0.25..1:0.25' does,
        and so may the input: '128..512:32'."""
        from archdb.queries.sweep import FIRST, columns

        points = self.iter_sweep(*names, input=input, convention=convention)
        rows = [row for point in points for row in point]
        found = Result(columns(convention), rows, conventions=as_names(convention), priority=FIRST)
        return self.result(lambda reader: found)

    def nearest(self, name: str, *, count: int = 5, input: InputLike = None) -> Result:
        """The networks of the catalogue from which a network takes the fewest edits, by structure:
        how many, how many layers are the same, and what differs. `input`: the sizes of what a file
        leaves open."""
        from archdb.queries.nearest import nearest

        return self.result(lambda reader: nearest(reader, name, count, spec_of(input)))

    def lineage(self, name: str) -> Result:
        """How a network says it differs from its base, that from its own, and so on."""
        from archdb.queries.lineage import lineage

        return self.result(lambda reader: lineage(reader, name))

    def explain_number(
        self,
        name: str,
        value: str,
        quantity: str | None = None,
        *,
        convention: Names = None,
        source: str | None = None,
        until: str | None = None,
        everything: bool = False,
    ) -> Result:
        """Which publications, variants, inputs, parts and counting conventions give a printed
        number; of NAME/LAYER, the number of a layer or block, and `until` one, of all up to it."""
        from archdb.queries.explain_number import explain_number
        from archdb.queries.readings import Wanted, split_part

        def question(reader: Reader) -> Result:
            network, part = split_part(reader, name, until)
            wanted = Wanted(quantity, convention, source, part)
            return explain_number(reader, network, value, wanted, everything=everything)

        return self.result(question)

    def explain_table(
        self,
        rows: Iterable[Sequence[str]],
        quantity: str | None = None,
        *,
        convention: Names = None,
        source: str | None = None,
    ) -> Result:
        """Rows of (name, figure, …), as a paper's table has them: what gives each, by the
        convention that gives most of a column."""
        from archdb.queries.number_table import explain_table
        from archdb.queries.readings import Wanted

        wanted = Wanted(quantity, convention, source)
        table = list(rows)  # which is read again where something had to be derived first
        return self.result(lambda reader: explain_table(reader, table, wanted))

    @staticmethod
    def calc(op: str, /, *inputs: Any, explained: bool = False, **attributes: Any) -> Result:
        """One layer that is in no database, calc("conv2d", "3x227x227", filters=96, kernel=11), or
        several in a line: calc("conv2d filters=20 kernel=1, relu", "200x30x40")."""
        from archdb.queries.calc import calc

        return calc(op, *inputs, explained=explained, **attributes)

    def iter_sweep(
        self, *names: str, input: InputLike = None, convention: Names = None
    ) -> Iterator[Result]:
        """The same as `sweep` with none of the points kept: each is a Result of one row."""
        from archdb.queries.sweep import columns, sweep

        heads = columns(convention)
        points = sweep(self.reader, names, spec_of(input), convention)
        for done, (total, row) in enumerate(points, start=1):
            self.progress(done, total)
            yield Result(heads, [row], conventions=as_names(convention))

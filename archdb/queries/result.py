"""What every question answers with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, overload

from archdb.errors import UsageError, nearest
from archdb.queries.provenance import Note, Provenance, Subject
from archdb.text import printable

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Row = tuple[Any, ...]


class Column(NamedTuple):
    """A column: its name, the unit of its values, the quantity that they are of, and the network.

    `quantity` is a name of the column dictionary or a convention ('macs' of 'vgg16 macs'); None
    where each row states its own, with its unit, in the columns `quantity` and `unit`. `network`
    is None where a column is of no single one.
    """

    name: str
    unit: str | None = None
    quantity: str | None = None
    network: str | None = None


def column(given: str | Column) -> Column:
    """A column of that name; it is of the quantity that it is called after."""
    return given if isinstance(given, Column) else Column(given, quantity=given)


class Result:
    """Rows and their columns, exact: rounding and separators are the renderer's business.

    A sequence of rows, each a tuple in the order of the columns: `len(result)`, `result[0]`,
    `result[:10]` (a Result again), `for row in result`. `columns` are the names, `schema` says
    what each column is of. `notes` are sentences that belong to the figures (an input that changes
    a layer, a total that is open and why), `networks` those that the figures belong to, each with
    its input, `conventions` those that they are counted by. `pairs` are columns, by index, whose
    values are to be compared, `priority` the columns that a narrow terminal leaves out last; the
    first `leading` rows are set apart from the rest where people read them.
    """

    __slots__ = (
        "conventions",
        "leading",
        "networks",
        "notes",
        "pairs",
        "priority",
        "rows",
        "schema",
        "source",
    )

    #: How a notebook and print() show a result: archdb.api sets them, as rendering is not of
    #: queries.
    html: ClassVar[Callable[[Result], str] | None] = None
    text: ClassVar[Callable[[Result], str] | None] = None

    def __init__(
        self,
        columns: Iterable[str | Column],
        rows: Iterable[Sequence[Any]],
        notes: Iterable[str] = (),
        pairs: Iterable[tuple[int, int]] = (),
        networks: Iterable[tuple[str, str]] = (),
        conventions: Iterable[str | None] = (),
        priority: Iterable[str] = (),
    ) -> None:
        self.schema = list(map(column, columns))
        self.rows = list(map(tuple, rows))
        self.notes = list(notes)
        self.pairs = list(pairs)
        self.priority = list(priority)
        self.leading = 0
        self.networks = [Subject(*subject) for subject in networks]
        self.conventions = [name for name in conventions if name is not None]
        #: Says what the result rests on; None where that is no database.
        self.source: Callable[[Result], Provenance] | None = None

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.schema]

    @property
    def provenance(self) -> Provenance:
        """The dataset (version and content hash, worked out when it is asked for), the networks
        with their inputs, the conventions and the notes. Raises DatabaseError where the file has
        been changed since the question was answered, so that its hash is another."""
        if self.source is not None:
            return self.source(self)
        notes = (note if isinstance(note, Note) else Note(note) for note in self.notes)
        return Provenance(None, tuple(self.networks), tuple(self.conventions), tuple(notes))

    def at(self, quantity: str) -> int | None:
        """The index of the first column of a quantity; None where there is none."""
        found = (i for i, column in enumerate(self.schema) if column.quantity == quantity)
        return next(found, None)

    def column(self, name: str) -> list[Any]:
        """One column's values; KeyError where there is none of that name."""
        if name not in self.columns:
            raise KeyError(name)
        at = self.columns.index(name)
        return [row[at] for row in self.rows]

    def append(self, given: str | Column, values: Iterable[Any]) -> None:
        """One more column, with a value for each row."""
        self.rows = [(*row, value) for row, value in zip(self.rows, values, strict=True)]
        self.schema.append(column(given))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @overload
    def __getitem__(self, at: int) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> Result: ...

    def __getitem__(self, at: int | slice) -> Row | Result:
        if isinstance(at, int):
            return self.rows[at]
        return self._with(self.schema, self.rows[at], self.pairs)

    def select(self, *names: str) -> Result:
        """The same with these columns alone, in this order; UsageError with the nearest names
        where there is no column of one."""
        places = [self._place(name) for name in names]
        rows = [tuple(row[i] for i in places) for row in self.rows]
        pairs = [(places.index(a), places.index(b)) for a, b in self.pairs if {a, b} <= {*places}]
        found = self._with([self.schema[i] for i in places], rows, pairs)
        found.leading = self.leading
        return found

    def with_rows(self, rows: Iterable[Row]) -> Result:
        """The same columns with other rows."""
        return self._with(self.schema, rows, self.pairs)

    def _place(self, name: str) -> int:
        if name in self.columns:
            return self.columns.index(name)
        known = nearest(name, self.columns) or f"there are: {', '.join(self.columns)}"
        raise UsageError(f"no column is called '{name}'", remedy=known)

    def _with(
        self, schema: Iterable[Column], rows: Iterable[Row], pairs: Iterable[tuple[int, int]]
    ) -> Result:
        """Other rows and columns of the same question."""
        part = Result(
            schema, rows, self.notes, pairs, self.networks, self.conventions, self.priority
        )
        part.source = self.source
        return part

    # For other libraries.

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict per row, by column name."""
        names = self.columns
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas DataFrame; whole numbers stay whole where some are missing (Int64)."""
        from archdb.queries import frames

        return frames.to_pandas(self)

    def to_polars(self) -> polars.DataFrame:
        """A polars DataFrame."""
        from archdb.queries import frames

        return frames.to_polars(self)

    def to_arrow(self) -> pyarrow.Table:
        """An Arrow table; the metadata of a field are its unit, quantity and network."""
        from archdb.queries import frames

        return frames.to_arrow(self)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    # For eyes.

    def __repr__(self) -> str:
        return printable(f"Result({len(self.rows)} rows: {', '.join(self.columns)})")

    def __str__(self) -> str:
        return Result.text(self) if Result.text else repr(self)

    def _repr_html_(self) -> str | None:
        return Result.html(self) if Result.html else None


class Derivation(Result):
    """A result whose rows are the steps of a derivation, which people read written out."""

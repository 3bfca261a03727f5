"""Answers that the points of search spaces have changed, and that do not show it.

Views hold points beside the catalogue, told apart by their column `space`. Who asks for the mean
depth of the networks of 2020 means the catalogue, and would not see that thousands of points are
in the mean. So a statement that reads such a view is put once more, to the catalogue alone. Its
answer misleads where one of the rows is not among those that the catalogue gives, and names no
point. Two kinds of statements know what they do: those to which `space` of one view is a column
like no other, and those that ask for points alone, by a column that names them, so that the
catalogue gives them what no network at all would give.

This runs beside the statements (archdb.queries.worker): it imports the standard library alone.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from itertools import chain, islice

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes time to import
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    #: What SQLite says that a statement reads: a table or view, its column, the view it is in.
    Read = tuple[str, str, str | None]
    Row = tuple[Any, ...]

#: So many rows are looked at, from the first on and up to the last.
LOOKED_AT = 1000
#: Tables that hold points beside the catalogue, by their column `space`.
TABLES = ("network", "profile")
#: Columns that name a point or its space.
NAMING = {"architecture", "family", "name", "number", "space", "title"}
#: The views that do, each with the number of its columns.
_VIEWS = """
    select relation, count(*) from column_dictionary group by relation
    having sum("column" = 'space') and sum("column" = 'is_native')
"""
#: The families of points that no network of the catalogue is of, and how their titles begin.
FAMILIES = """
    select n.family, n.family || ' #' from main.space s
    cross join main.network n on n.space = s.name  -- cross: SQLite begins with the few spaces
        and n.number = (select min(number) from main.network where space = s.name)
    where n.family not in (select +family from main.network where space is null)
"""
_POINT = "select 1 from main.network where name = ? and space is not null"


def sentence(relations: Sequence[str], spaces: Sequence[str]) -> str:
    """What is said of an answer that counts points of these spaces, and how to leave them out."""
    holds = "holds" if len(relations) == 1 else "hold"
    return (
        f"{' and '.join(relations)} {holds} the points of {', '.join(spaces)} too, and this"
        " counts them; the condition 'space is null' leaves them out"
    )


class Mixture:
    """What points change in answers; `connect` opens the file that the statements are put to."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._catalogue: Catalogue | None = None
        self._reads: set[Read] = set()
        self._mixed: list[str] = []
        self._first: list[Row] = []
        self._last: deque[Row] = deque(maxlen=LOOKED_AT)

    def watched(self, rows: Iterable[Row], reads: set[Read]) -> Iterable[Row]:
        """The rows of a statement that reads so much, of which some are kept where points may
        have changed them."""
        self._reads, self._mixed = reads, []
        if any(table in TABLES for table, _, _ in reads):
            catalogue = self._opened()
            self._mixed = catalogue.mixed(reads) if catalogue.spaces() else []
        return self._kept(iter(rows)) if self._mixed else rows

    def _kept(self, rows: Iterator[Row]) -> Iterator[Row]:
        self._first.clear()
        self._last.clear()
        for row in islice(rows, LOOKED_AT):
            self._first.append(row)
            yield row
        for row in rows:
            self._last.append(row)
            yield row

    def found(
        self, statement: str, values: Mapping[str, Any]
    ) -> tuple[list[str], list[str]] | None:
        """What a statement, whose rows have been watched, reads that holds points, and of which
        spaces, where they have changed its answer and that is not seen.

        Where that cannot be told in the time it has, they are taken to have.
        """
        if not self._mixed:
            return None
        catalogue = self._opened()
        named = {column for table, column, _ in self._reads if table in self._mixed} & NAMING
        try:
            told = not catalogue.misses(chain(self._first, self._last), statement, values) or (
                bool(named) and catalogue.is_not_asked(statement, values)
            )
        except (sqlite3.Error, MemoryError):
            told = False
        return None if told else (self._mixed, catalogue.spaces())

    def _opened(self) -> Catalogue:
        """The catalogue; once more, where somebody has changed tables or views."""
        if self._catalogue is None or not self._catalogue.is_current():
            self._catalogue = Catalogue(self._connect())
        return self._catalogue


class Catalogue:
    """A database without its points: TEMP views, which SQLite prefers to what the file has by
    their names, stand for the tables and once more for all views over them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._version = self._schema_version()
        self._columns: dict[str, int] = {}

    def _schema_version(self) -> int:
        (version,) = self._connection.execute("pragma main.schema_version").fetchone()
        return int(version)

    def is_current(self) -> bool:
        return self._schema_version() == self._version

    def spaces(self) -> list[str]:
        """The search spaces of which there are points, by name."""
        return [row[0] for row in self._connection.execute("select name from space order by name")]

    def mixed(self, reads: set[Read]) -> list[str]:
        """What holds points and is read by the statement itself, or by a view of the user's own;
        nothing, where `space` of one of them is among what is read, and is not meant by a `*`."""
        columns = self._laid()
        own = {row[0] for row in self._connection.execute("select relation from column_dictionary")}
        read = {(table, column) for table, column, by in reads if by not in own}
        # Of what is only counted no column is read, but a view's own reading is.
        inner = {table for table, _, by in reads if by in own}
        counted = {by for _, _, by in reads if by is not None} - inner
        mixed = sorted(columns.keys() & (counted | {table for table, _ in read}))
        by_name = [
            each
            for each in mixed
            if (each, "space") in read and sum(t == each for t, _ in read) < columns[each]
        ]
        return [] if len(by_name) == 1 else mixed

    def _laid(self) -> dict[str, int]:
        """How many columns each has that holds points; the TEMP views are there from now on."""
        if not self._columns:
            run = self._connection.execute
            views = run("select name, sql from main.sqlite_master where type = 'view'").fetchall()
            run("create temp table archdb_seen (network)")  # without a row, no network is seen
            for table in TABLES:
                (count,) = run("select count(*) from pragma_table_info(?)", (table,)).fetchone()
                self._columns[table] = count
                run(  # without its indexes over `space`, so that rows come as they otherwise do
                    f"create temp view {table} as select * from main.{table}"
                    " where +space is null and exists (select 1 from archdb_seen)"
                )
            for _, text in views:
                run(text.replace("CREATE VIEW", "CREATE TEMP VIEW", 1))
            self._columns |= dict(run(_VIEWS))
        return self._columns

    def misses(self, rows: Iterable[Row], statement: str, values: Mapping[str, Any]) -> bool:
        """Whether some of the rows name no point and are not in the catalogue's answer."""
        is_point = self._naming()
        left = {_key(row) for row in rows if not any(map(is_point, row))}
        if left:
            for row in self._answer(statement, values, seen=True):
                left.discard(_key(row))
                if not left:
                    break
        return bool(left)

    def is_not_asked(self, statement: str, values: Mapping[str, Any]) -> bool:
        """Whether its conditions leave out all of the catalogue."""
        some, nothing = (
            [*map(_key, islice(self._answer(statement, values, seen=seen), LOOKED_AT))]
            for seen in (True, False)
        )
        return some == nothing

    def _answer(self, statement: str, values: Mapping[str, Any], *, seen: bool) -> sqlite3.Cursor:
        self._connection.execute("delete from archdb_seen")
        if seen:
            self._connection.execute("insert into archdb_seen values (1)")
        return self._connection.execute(statement, values)

    def _naming(self) -> Callable[[Any], bool]:
        """Tells of a value whether it names a point: also by its title, its family or space."""
        words = set(self.spaces())
        titles: tuple[str, ...] = ()
        for family, title in self._connection.execute(FAMILIES):
            words.add(family)
            titles += (title,)
        known: dict[str, bool] = {}

        def is_point(value: Any) -> bool:
            if type(value) is not str:
                return False
            if value not in known:
                found = self._connection.execute(_POINT, (value,)).fetchone()
                known[value] = value in words or value.startswith(titles) or found is not None
            return known[value]

        return is_point


def _key(row: Row) -> Row:
    """A row to be compared: sums of floating-point numbers differ with the order of their rows."""
    return tuple(f"{value:.9g}" if type(value) is float else value for value in row)

"""Answers that count the points of search spaces among the networks of the catalogue.

Views hold both, told apart by their column `space`. Who asks for the mean depth of the networks of
2020 means the catalogue, and would not see that thousands of points are in the mean.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: What SQLite says that a statement reads: a table or view, its column, and the view that reads it.
Read = tuple[str, str, str | None]
#: Whoever names one of these sees, or says, which networks are meant.
TELLING = frozenset({"architecture", "family", "number", "space", "title"})


def notes(reader: Reader, reads: Iterable[Read], names: set[str]) -> Iterator[str]:
    """A sentence for each view of which a statement mixes points and catalogue. `names`: those
    that stand in the statement or over its answer; a `*` reads more than it shows."""
    spaces = reader.run("select name from space order by name").column("name")
    if not spaces:
        return
    views = set(reader.run_named("relations").column("relation"))
    both = reader.run_named("with_points").column("relation")
    for view in mixed(set(reads), views, both, names & TELLING):
        yield (
            f"{view} holds the points of {', '.join(spaces)} too, and this counts them;"
            " the condition 'space is null' leaves them out"
        )


def mixed(
    reads: set[Read], views: set[str], both: Iterable[str], telling: Container[str]
) -> list[str]:
    """Those of the views `both` that a statement reads itself, without naming what tells points
    from the catalogue: columns of them that are `telling`."""
    inner = {table for table, _, by in reads if by in views}
    found = []
    for view in both:
        named = {column for table, column, by in reads if table == view and by not in views}
        # Where rows are only counted, no column is read of the view, but those that it reads are.
        counted = view not in inner and any(by == view for _, _, by in reads)
        if (named or counted) and not any(column in telling for column in named):
            found.append(view)
    return found

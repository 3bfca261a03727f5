"""Search spaces into rows: generated, derived and written batch by batch.

A batch is one transaction, so that what is there is whole: a build that is killed, or finds the
disk full, leaves all finished batches, and the next one adds what is missing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from archdb.analysis.fingerprint import fingerprint
from archdb.analysis.profile import derive
from archdb.analysis.totals import TOTAL_COLUMNS
from archdb.db import tables
from archdb.db.engine import BATCH, Progress, driver, keep_batch, silent, stream, writing
from archdb.db.faults import FAULTS
from archdb.db.profile_lists import LISTS, ProfileLists
from archdb.errors import ArchdbError, DefinitionError, nearest
from archdb.sources import toml
from archdb.spaces import Space
from archdb.spaces.base import Value

HEADER = (
    "id",
    "name",
    "title",
    "family",
    "year",
    "classes",
    "origin",
    "structure",
    "space",
    "number",
    "packed",
)
PROFILE = ("id", "network_id", "input", "is_native", "revision", "space", *TOTAL_COLUMNS)


POINT = ("network_id", "attribute", "value")


class _Derived(NamedTuple):
    """What is stored of a point. Its network is let go of: a batch of them would be looked through
    by the collection of garbage."""

    name: str
    number: int
    attributes: Mapping[str, Value]
    structure: str
    input: str
    totals: tuple[Any, ...]
    lists: tuple[str, ...]


class Built(NamedTuple):
    """How many points were added, and how many had been there."""

    added: int
    there: int


def build(
    path: Path,
    space: Space,
    limit: int | None = None,
    progress: Progress = silent,
    *,
    numbers: Sequence[int] | None = None,
) -> Built:
    """Add the points of a space, its first `limit`, or those of `numbers` in their order, that
    are not there yet.

    Raises DefinitionError naming the point that is invalid or whose name is taken; the batches
    before it stay.
    """
    if numbers is None:
        numbers = range(space.size if limit is None else min(limit, space.size))
    wanted = len(numbers)
    added = done = 0
    lists = ProfileLists()
    try:
        with writing(path) as connection:
            _register(connection, space, numbers)
        for first in range(0, wanted, BATCH):
            progress(done, wanted)
            some = numbers[first : first + BATCH]
            # These rows refer to each other as they are made: to look up every key again would
            # take longer than to write them.
            with writing(path, keys=False) as connection:
                added += _insert_batch(connection, space, some, lists)
            done = first + len(some)
    except ArchdbError as error:
        part = "" if wanted == space.size else " with the same options"
        begun = f"archdb space build {space.name}{part} goes on from there"
        error.also(f"{done} points are kept; {begun}")
        raise
    progress(wanted, wanted)
    return Built(added, wanted - added)


def _register(connection: Connection, space: Space, numbers: Sequence[int]) -> None:
    """The space's own row and its citation, once; wanted are those that are there and these."""
    known = toml.bundled_references()
    if space.cite not in known:
        raise DefinitionError(
            f"cites '{space.cite}', which is in no list of references",
            remedy=nearest(space.cite, known),
        ).at(f"search space '{space.name}'")
    reference = known[space.cite]
    connection.execute(
        text(
            "insert into citation (key, kind, authors, title, year, venue, doi, url) values"
            " (:key, :kind, :authors, :title, :year, :venue, :doi, :url) on conflict do nothing"
        ),
        reference._asdict() | {"authors": json.dumps(reference.authors, ensure_ascii=False)},
    )
    connection.execute(
        text(
            "insert into space (name, title, citation, size, wanted)"
            " values (:name, :title, :cite, :size, :wanted)"
            " on conflict (name) do update set wanted = max(wanted, excluded.wanted)"
        ),
        {**space._asdict(), "wanted": len(numbers) + _others(connection, space, numbers)},
    )


def _others(connection: Connection, space: Space, numbers: Sequence[int]) -> int:
    """How many points are there that are none of these."""
    asked = numbers if isinstance(numbers, range) else frozenset(numbers)
    there = connection.execute(
        text("select number from network where space = :space"), {"space": space.name}
    )
    return sum(number not in asked for number in there.scalars())


def _insert_batch(
    connection: Connection, space: Space, numbers: Sequence[int], lists: ProfileLists
) -> int:
    """Write those of some points, in their order, that are missing; how many they were."""
    there = connection.execute(
        text("select number from network where space = :space and number between :first and :last"),
        {"space": space.name, "first": numbers[0], "last": numbers[-1]},
    )
    missing = sorted(set(numbers).difference(there.scalars()))
    if not missing:
        return 0
    keep_batch(connection)
    lists.go_on(driver(connection))
    points = list(_derive_points(space, missing, lists))
    _check_names(connection, [one.name for one in points])
    network, profile = _next_id(connection, "network"), _next_id(connection, "profile")
    keyed = [(network + i, profile + i, one) for i, one in enumerate(points)]
    for table, columns, rows in (
        (tables.network, HEADER, ((n, *_header(one, space)) for n, _, one in keyed)),
        (tables.point, POINT, ((n, *axis) for n, _, one in keyed for axis in _attributes(one))),
        (
            tables.profile,
            PROFILE,
            ((p, n, one.input, 1, 0, space.name, *one.totals) for n, p, one in keyed),
        ),
        (tables.profile_row, ("profile_id", *LISTS), ((p, *one.lists) for _, p, one in keyed)),
    ):
        stream(connection, table, columns, rows)
    return len(points)


def _derive_points(space: Space, numbers: Iterable[int], lists: ProfileLists) -> Iterator[_Derived]:
    """Points and what is stored of them; a DefinitionError names the first at fault, whatever its
    fault."""
    for point in space.lay(numbers):
        network = point.network
        with space.naming(point.number, *FAULTS):
            profile = derive(network)
            totals = tuple(profile.totals.values())
            found = lists.of(network, profile)
            stated = (network.name, point.number, point.attributes, fingerprint(network))
            derived = _Derived(*stated, profile.input, totals, found)
        yield derived


def _header(one: _Derived, space: Space) -> tuple[Any, ...]:
    title = f"{space.family} #{one.number}"
    facts = (space.family, space.year, space.classes, "imported", one.structure)
    return (one.name, title, *facts, space.name, one.number, 1)


def _attributes(one: _Derived) -> Iterator[tuple[str, str]]:
    for attribute, value in one.attributes.items():
        yield attribute, str(value)


def _next_id(connection: Connection, table: str) -> int:
    """The id that a numbered table gives next; none is ever given twice."""
    last = connection.execute(
        text("select max(seq) from sqlite_sequence where name = :table"), {"table": table}
    ).scalar_one()
    return (last or 0) + 1


def _check_names(connection: Connection, names: list[str]) -> None:
    """No name is that of another network, or an alias; the rows' own index would only say that
    one of them is."""
    taken = connection.execute(
        text(
            "select value from json_each(:names) where value in (select name from network)"
            " or value in (select name from alias)"
        ),
        {"names": json.dumps(names)},
    ).scalar()
    twice = next((name for name, count in Counter(names).items() if count > 1), taken)
    if twice is not None:
        raise DefinitionError(f"the name '{twice}' already belongs to another network")

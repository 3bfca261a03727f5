"""Networks of whose figures rows are missing or damaged: found, and made whole again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator

from sqlalchemy import Connection, text

from archdb.db import profiles, shared_rows, writer
from archdb.db.engine import driver
from archdb.db.shared_tables import LISTED

Fault = tuple[str, list[str]]


def faults(connection: sqlite3.Connection) -> Iterator[Fault]:
    """What is missing or damaged, in words, and the networks that rest on it."""
    if names := _without_lists(connection):
        yield "lists of rows are missing or are none", names
    else:  # which alone can be looked through
        yield from shared_rows.broken_rows(connection)


def _without_lists(connection: sqlite3.Connection) -> list[str]:
    """Networks of which a profile has no lists of ids, and packed ones without any profile."""
    wrong = " or ".join(
        f"case when json_valid(x.{column}) then json_type(x.{column}) <> 'array' or exists"
        f" (select 1 from json_each(x.{column}) e where e.type <> 'integer') else 1 end"
        for column in LISTED.values()
    )
    found = connection.execute(
        "select n.name from network n left join profile p on p.network_id = n.id"
        " left join profile_row x on x.profile_id = p.id"
        " where (n.packed and p.id is null)"
        f" or (p.revision = n.revision and (x.profile_id is null or {wrong})) order by n.id"
    )
    return list(dict.fromkeys(name for (name,) in found))


def mend(connection: Connection) -> Iterator[str]:
    """Derive such networks again from their layer rows; take packed ones away, which have none:
    their search space lays them again. What was done to the latter, in sentences."""
    while names := {name for _, some in faults(driver(connection)) for name in some}:
        yield from _mend(connection, names)


def _mend(connection: Connection, names: Collection[str]) -> Iterator[str]:
    own = profiles.those(connection, names, "not packed")
    packed, these = f"packed and {profiles.AMONG}", {"names": json.dumps(list(names))}
    removed = connection.execute(
        text(f"select space, count(*) from network where {packed} group by space"), these
    ).all()
    writer.remove(connection, packed, **these)
    for name in profiles.refresh_all(connection, own):  # its rows define no network either
        gone = "network_id = (select id from network where name = :name)"
        writer.remove_profiles(connection, gone, name=name)
    for space, count in removed:
        yield (
            f"points of {space} removed, whose rows were missing or damaged: {count}"
            f" (archdb space build {space} adds them again)"
        )

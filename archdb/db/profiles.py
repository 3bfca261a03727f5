"""Deriving what is stored: again where its rows have changed, and at other inputs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, text

from archdb.db import figure_values, shared_rows, writer
from archdb.db.engine import BATCH, Progress, driver, give_back, keep_batch, silent, writing
from archdb.db.networks import id_of
from archdb.db.profile_lists import ProfileLists, lists_for
from archdb.errors import ArchdbError

#: Whose name is one of `names`, a JSON list.
AMONG = "name in (select value from json_each(:names))"


def refresh(
    path: Path, names: Iterable[str], progress: Progress = silent, *, stale: bool = False
) -> dict[str, ArchdbError]:
    """Derive the profiles of these networks again; with `stale`, of those that still are.

    The catalogue's are derived in one transaction. Points of search spaces, of which there may be
    many, follow in batches of their own: what is finished stays, however the rest ends. Returns
    the faults, by name, of those whose rows define no network: these stay stale.
    """
    wanted = list(names)
    with writing(path) as connection:
        points = those(connection, wanted, "space is not null")
        catalogue = sorted(set(wanted).difference(points)) if points else wanted
        faults = refresh_all(connection, catalogue, _part(progress, 0, len(wanted)))
    done, lists = len(catalogue), ProfileLists()
    for first in range(0, len(points), BATCH):
        some = points[first : first + BATCH]
        try:
            with writing(path) as connection:
                lists_for(connection, lists)
                part = _part(progress, done, len(wanted))
                left = those(connection, some, "stale") if stale else some
                faults |= _refresh_points(connection, left, part)
        except ArchdbError as error:
            kept = f"{done} of {len(wanted)} networks are derived; archdb derive goes on from there"
            error.also(kept)
            raise
        done += len(some)
    if len(points) > BATCH:
        _tidy(path)
    return faults


def _part(progress: Progress, before: int, total: int) -> Progress:
    """Progress of what is a part of more."""
    return lambda done, _: progress(before + done, total)


def those(connection: Connection, names: Iterable[str], condition: str) -> list[str]:
    """Which of these networks are as a condition says, in the order in which they were written."""
    found = connection.execute(
        text(f"select name from network where {condition} and {AMONG} order by id"),
        {"names": json.dumps(list(names))},
    )
    return list(found.scalars())


def _refresh_points(
    connection: Connection, names: Sequence[str], progress: Progress
) -> dict[str, ArchdbError]:
    """Derive points again, and pack those that were written before points were packed: whose
    profiles have no lists yet."""
    keep_batch(connection)
    unlisted = those(
        connection,
        names,
        "not packed and exists (select 1 from profile p where p.network_id = network.id"
        " and not exists (select 1 from profile_row x where x.profile_id = p.id))",
    )
    faults = refresh_all(connection, names, progress)
    connection.execute(
        text(f"update network set packed = 1 where not stale and {AMONG}"),
        {"names": json.dumps(unlisted)},
    )
    return faults


def _tidy(path: Path) -> None:
    """Let go of what many networks that were derived again have left behind."""
    with writing(path) as connection:
        shared_rows.sweep(driver(connection))
    give_back(path)


def refresh_all(
    connection: Connection, names: Sequence[str], progress: Progress = silent
) -> dict[str, ArchdbError]:
    """The same inside a transaction that the caller has begun."""
    faults = {}
    for done, name in enumerate(names):
        progress(done, len(names))
        try:
            writer.refresh(connection, id_of(driver(connection), name))
        except ArchdbError as error:
            faults[name] = error
    figure_values.refresh(driver(connection))
    progress(len(names), len(names))
    return faults


def add(path: Path, wanted: Iterable[tuple[str, str]]) -> None:
    """Derive and store profiles, each of a network at one more input: all of them or none."""
    with writing(path) as connection:
        for name, input in wanted:
            writer.profile_at(connection, id_of(driver(connection), name), input)

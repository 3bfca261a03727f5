"""Bringing an older or a damaged database up to date; in one transaction, after a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from archdb.db import (
    broken_networks,
    build,
    bundled_networks,
    derivation,
    figure_values,
    intact,
    orphans,
    owned,
    profiles,
    shared_rows,
    taken_names,
)
from archdb.db.connection import check_file, stamp
from archdb.db.engine import Progress, driver, give_back, silent, writing
from archdb.db.files import Copy, copy_beside
from archdb.db.networks import normalize
from archdb.db.self_description import describe
from archdb.errors import DatabaseError

#: The revision since which points of search spaces are packed. Those that are not any more have
#: been unpacked to be changed.
PACKED = "0013"


class Changed(NamedTuple):
    """Where the state before a change is kept, and what the user has to know of the change."""

    copy: Path
    said: list[str]


def upgrade(path: Path, progress: Progress = silent) -> Changed:
    """Bring a database of an older archdb (or of this one) up to date, after a copy.

    Tables are migrated, views and dictionary made anew, bundled networks replaced by today's;
    a user's own networks, names, tables and views stay. Layer rows of imported networks are put
    into today's form and derived again (one whose rows define no network stays as it is, and
    stale). Points of search spaces become stale, unless what derives is as it was: they may be
    many, and whoever asks about points next derives them, batch by batch.
    """
    return _change_file(path, lambda connection: _upgrade(connection, progress))


def upgrade_older(path: Path, progress: Progress = silent) -> Changed | None:
    """The same, unless another process has been faster: then None. Where only the counting
    conventions are others than this archdb's, these alone are replaced."""

    def change(connection: Connection) -> list[str]:
        older = stamp(driver(connection), path).older
        return _upgrade(connection, progress) if older else describe(connection)

    try:
        return _change_file(path, change, only_older=True)
    except _UpToDateError:
        return None


class _UpToDateError(Exception):
    """Nothing has to be done."""


def repair(path: Path) -> Changed:
    """Make what archdb's own schema lacks again, and what describes it, and remove rows that have
    lost their owner, after a copy; networks stay as they are, but packed points whose rows are
    damaged: their search space lays them again."""
    return _change_file(path, _repair)


def _change_file(
    path: Path, change: Callable[[Connection], list[str]], *, only_older: bool = False
) -> Changed:
    check_file(path)
    copy: Copy | None = None
    try:
        # A migration that makes a table anew drops the old one, and with foreign keys enforced
        # its rows would take with them all rows that refer to them.
        with writing(path, keys=False) as connection:
            if only_older and not stamp(driver(connection), path).outdated:
                raise _UpToDateError
            copy = copy_beside(path)  # now that nobody else can write
            before = _dangling(connection)
            said = change(connection)
            figure_values.refresh(driver(connection))  # of conventions that are others now
            if _dangling(connection) > before:
                raise DatabaseError(
                    "cannot be upgraded: rows would be left that refer to missing ones",
                    remedy="report this, with the version that made the database",
                ).at(str(path))
    except BaseException:
        if copy is not None and copy.new:
            copy.path.unlink(missing_ok=True)  # of what is as it was
        raise
    give_back(path)
    return Changed(copy.path, said)


def _dangling(connection: Connection) -> int:
    """How many rows refer to rows that are missing, as other clients may leave them."""
    return len(connection.exec_driver_sql("pragma foreign_key_check").all())


def _repair(connection: Connection) -> list[str]:
    said = [f"{fault}: {done}" for fault, done in _mend(connection)]
    said += orphans.remove(driver(connection))
    said += intact.forget_statistics(connection)
    said += broken_networks.mend(connection)
    shared_rows.sweep(driver(connection))
    return said + describe(connection)


def _mend(connection: Connection) -> Iterator[tuple[intact.Fault, str]]:
    """Each fault of the schema, and what was done about it."""
    for fault in intact.faults(build.items(connection), build.expected_items()):
        if not fault.mendable:
            yield fault, fault.remedy
            continue
        for statement in intact.repair_statements(fault):
            connection.exec_driver_sql(statement)
        taken = f"taken away, it was: {' '.join(fault.item.statement.split())}"
        yield fault, taken if fault.expected is None else "made again"


def _upgrade(connection: Connection, progress: Progress) -> list[str]:
    revision = _revision(connection)
    former = taken_names.former(connection, revision)
    said = list(taken_names.make_room(connection, former))
    others = [item for item in _undescribe(connection) if item.name not in former]
    build.migrate(connection)
    for fault, done in _mend(connection):
        if not fault.mendable:
            said.append(f"{fault}: {done}")
    said += intact.forget_statistics(connection)
    said += describe(connection)
    said += bundled_networks.insert_bundled(connection, progress)
    _renew_imported(connection, revision >= PACKED, progress)
    derivation.age_points(connection)
    shared_rows.sweep(driver(connection))
    return said + list(_restore(connection, others))


def _renew_imported(connection: Connection, packed: bool, progress: Progress) -> None:
    """Layer rows that a user may have written are put into today's form, and the networks of the
    catalogue among them derived again. `packed`: points that have layer rows are a user's too."""
    imported = connection.execute(
        text(
            "select name, space from network where origin = 'imported'"
            " and (space is null or (:packed and not packed))"
        ),
        {"packed": packed},
    ).all()
    for name, _ in imported:
        normalize(driver(connection), name)
    own = [name for name, space in imported if space is None]
    connection.execute(
        text(
            "update network set revision = revision + 1 where origin = 'imported' and space is null"
        )
    )
    profiles.refresh_all(connection, own, progress)


def _undescribe(connection: Connection) -> list[owned.Item]:
    """Drop views and triggers, so that a migration may rebuild the tables under them.

    Returns those that are somebody else's, to be made again.
    """
    found = connection.exec_driver_sql(
        "select type, name, tbl_name, sql from sqlite_master where type in ('view', 'trigger')"
    )
    items = [owned.Item(*row) for row in found]
    for item in items:
        connection.exec_driver_sql(f"drop {item.kind} if exists {taken_names.quote(item.name)}")
    ours = {item.name for item in build.expected_items()} | owned.GONE
    return [item for item in items if item.name not in ours]


def _restore(connection: Connection, others: list[owned.Item]) -> Iterator[str]:
    """Make a user's views and triggers again; what no longer fits is said, and in the copy."""
    for item in others:
        what = f"your {item.kind} {item.name} on {item.on}"
        if item.kind == "trigger" and item.on in owned.TABLES:
            yield f"{what} is left out, because the table is archdb's; the copy has it"
            continue
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(item.statement)
        except DBAPIError as error:
            yield f"{what} cannot be made again and is in the copy only: {error.orig}"


def _revision(connection: Connection) -> str:
    query = "select version_num from alembic_version"
    return str(connection.exec_driver_sql(query).scalar_one())

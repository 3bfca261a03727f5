"""Deriving what is stored: again where its rows have changed, and at other inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection

from archdb.db import figure_values, writer
from archdb.db.engine import Progress, driver, silent, writing
from archdb.db.networks import id_of
from archdb.errors import ArchdbError


def refresh(
    path: Path, names: Iterable[str], progress: Progress = silent
) -> dict[str, ArchdbError]:
    """Derive the profiles of these networks again, in one transaction.

    Returns the faults, by name, of those whose rows define no network: these stay stale.
    """
    with writing(path) as connection:
        return refresh_all(connection, list(names), progress)


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

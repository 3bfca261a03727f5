"""Deriving what is stored: again where its rows have changed, and at other inputs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, text

from archdb.db import writer
from archdb.db.engine import Progress, borrowing, silent, writing
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
            writer.refresh(connection, writer.id_of(connection, name))
        except ArchdbError as error:
            faults[name] = error
    progress(len(names), len(names))
    return faults


def add(path: Path, wanted: Iterable[tuple[str, str]]) -> None:
    """Derive and store profiles, each of a network at one more input: all of them or none."""
    with writing(path) as connection:
        for name, input in wanted:
            writer.profile_at(connection, writer.id_of(connection, name), input)


def differing(
    opened: sqlite3.Connection, path: Path, progress: Progress = silent
) -> list[tuple[str, str]]:
    """Networks whose stored figures are not what their rows derive to, and at which input."""
    with borrowing(opened, path) as connection:
        rows = connection.execute(
            text(
                "select n.id, n.name, p.id, p.input from network n"
                " join profile p on p.network_id = n.id and p.revision = n.revision"
            )
        ).all()
        found = []
        for done, (network_id, name, profile_id, words) in enumerate(rows):
            progress(done, len(rows))
            fault = "stored figures differ from derived ones"
            try:
                agree = writer.agrees(connection, network_id, profile_id, words)
            except ArchdbError as error:
                agree, fault = False, str(error)
            if not agree:
                found.append((name, f"{words}: {fault}"))
        progress(len(rows), len(rows))
        return found

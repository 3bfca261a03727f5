"""Database files made, upgraded and repaired."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from archdb.db.connection import connect, default_path, locate, make_directory, stamp
from archdb.errors import DatabaseError
from archdb.queries.reader import Progress, no_progress

if TYPE_CHECKING:
    from archdb.db.migrate import Changed


def init(
    path: str | os.PathLike[str] | None = None,
    *,
    empty: bool = False,
    progress: Progress = no_progress,
) -> Path:
    """Create a database, with all bundled networks unless `empty`; where it is.

    Raises DatabaseError where there is a file already, or nothing can be written.
    """
    from archdb.db import build

    named = locate(path)
    place = named or default_path()
    if place.exists():
        raise DatabaseError(
            "is there already", remedy="remove it first, or bring it up to date: archdb db upgrade"
        ).at(str(place))
    if named is None:
        make_directory(place)
    build.create(place, progress, seeded=not empty)
    return place


def upgrade(
    path: str | os.PathLike[str] | None = None, *, progress: Progress = no_progress
) -> Changed:
    """Bring a database up to this archdb, in one transaction; where the copy of its former state
    is, and what had to give way."""
    from archdb.db.migrate import upgrade

    return upgrade(_usable(path), progress)


def repair(path: str | os.PathLike[str] | None = None) -> Changed:
    """Make views, triggers and indexes, the dictionary and archdb's conventions as this archdb
    makes them, and remove rows that have lost their owner; returns the same."""
    from archdb.db.migrate import repair

    return repair(_usable(path))


def _usable(path: str | os.PathLike[str] | None) -> Path:
    """The database to change, if it is not one that a newer archdb wrote."""
    place = locate(path) or default_path()
    with contextlib.closing(connect(place)) as connection:
        stamp(connection, place)
    return place

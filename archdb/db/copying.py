"""A copy of a database file as it stands at one moment, whoever else is writing."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from archdb.db.connection import connect
from archdb.db.faults import FAULTS, to_database_error


def copy(path: Path, to: Path) -> None:
    """Copy a database to a new file; the source is read, and nobody who writes it is held up.

    The copy keeps no log beside it. Raises DatabaseError where either cannot be done.
    """
    try:
        with (
            contextlib.closing(connect(path)) as source,
            contextlib.closing(sqlite3.connect(to)) as target,
        ):
            source.backup(target)
            target.execute("pragma journal_mode = delete")
    except FAULTS as error:
        raise to_database_error(error, path) from None

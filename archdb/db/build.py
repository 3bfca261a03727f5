"""Making a database: its tables, views and triggers, and what it is filled with."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from archdb.db import connection as opened
from archdb.db import derivation, dictionary, owned
from archdb.db.bundled_networks import insert_bundled
from archdb.db.connection import APPLICATION_ID
from archdb.db.engine import Progress, driver, silent, writing
from archdb.db.files import whole
from archdb.db.self_description import describe
from archdb.errors import DatabaseError
from archdb.resources import bundled


def create(path: Path, progress: Progress = silent, *, seeded: bool = True) -> None:
    """A new database at `path`, with all bundled networks unless `seeded` is False.

    It is built beside its place and put there whole: whoever looks sees nothing or all of it,
    and of two that create it at the same moment the second takes what the first has made.
    Raises DatabaseError where the directory is missing or there is no room.
    """
    with whole(path) as part:
        _fill(part, progress, seeded)


def _fill(part: Path, progress: Progress, seeded: bool) -> None:
    with without_cycles(), writing(part) as connection:
        connection.exec_driver_sql(f"pragma application_id = {APPLICATION_ID}")
        _lay(connection)
        describe(connection)
        derivation.mark(connection)
        if seeded:
            insert_bundled(connection, progress)


@contextlib.contextmanager
def without_cycles() -> Iterator[None]:
    """Look for no garbage in cycles inside the block: what is kept there would be looked through
    again and again, which takes a fifth of the time, and nothing is found."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


def _lay(connection: Connection) -> None:
    """Tables and indexes, triggers and views."""
    migrate(connection)
    for trigger in dictionary.triggers().values():
        connection.exec_driver_sql(trigger)
    for view in dictionary.views().values():
        connection.exec_driver_sql(view)


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to a revision; views and triggers must not be in the way."""
    config = Config()
    config.set_main_option("script_location", str(bundled("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:  # a revision that no archdb has
        raise DatabaseError(
            f"cannot be upgraded: {error}", remedy="restore it from a copy"
        ) from None


def expected_items() -> list[owned.Item]:
    """The tables, indexes, triggers and views that a database of this archdb has."""
    return _expected_at(opened.HEAD)


@cache
def _expected_at(revision: str) -> list[owned.Item]:
    engine = create_engine("sqlite://", poolclass=NullPool)
    with engine.begin() as connection:
        _lay(connection)
        return items(connection)


def items(connection: Connection) -> list[owned.Item]:
    """What of these a database has."""
    return owned.items(driver(connection))

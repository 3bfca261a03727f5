"""archdb db init | upgrade | repair | info"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archdb.cli.common import bar, emit, format_option, notify, open_database
from archdb.errors import DatabaseError

if TYPE_CHECKING:
    from archdb.db.migrate import Changed


@click.group("db")
def command() -> None:
    """Make, upgrade, repair or describe a database file."""


@command.command("init")
@click.option("--empty", is_flag=True, help="Without the bundled networks.")
@click.pass_context
def init(ctx: click.Context, empty: bool) -> None:
    """Create a database with all bundled networks."""
    from archdb.db import build
    from archdb.db.connection import default_path, locate, make_directory

    named = locate(ctx.obj)
    path = named or default_path()
    if path.exists():
        raise DatabaseError(
            "is there already", remedy="remove it first, or bring it up to date: archdb db upgrade"
        ).at(str(path))
    if named is None:
        make_directory(path)
    build.create(path, bar(ctx), seeded=not empty)
    notify(f"created {path}")


@command.command("upgrade")
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring a database up to this archdb, in one transaction, after a copy.

    Bundled networks are replaced by today's; your own networks, names, conventions, tables and
    views stay, and what had to give way is said.
    """
    from archdb.db.migrate import upgrade

    path = _path(ctx)
    _tell("upgraded", path, upgrade(path, bar(ctx)))


@command.command("repair")
@click.pass_context
def repair(ctx: click.Context) -> None:
    """Make views, triggers and indexes as this archdb makes them, after a copy.

    The column dictionary and archdb's own conventions are put back as well; networks and your own
    tables and views stay as they are.
    """
    from archdb.db.migrate import repair

    path = _path(ctx)
    _tell("repaired", path, repair(path))


def _path(ctx: click.Context) -> Path:
    """The database to change, if it is not one that a newer archdb wrote."""
    from archdb.db.connection import connect, default_path, locate, stamp

    path = locate(ctx.obj) or default_path()
    with contextlib.closing(connect(path)) as connection:
        stamp(connection, path)
    return path


def _tell(done: str, path: Path, changed: Changed) -> None:
    notify(f"{done} {path}; the former state is in {changed.copy}")
    for sentence in changed.said:
        notify(f"note: {sentence}")


@command.command("info")
@format_option
@click.pass_context
def info(ctx: click.Context, form: str) -> None:
    """What the database holds and which archdb made it."""
    with open_database(ctx) as database:
        result = database.run_named("info")
        result.rows = [("path", str(database.path)), *result.rows]
        emit(result, form)

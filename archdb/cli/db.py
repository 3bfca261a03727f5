"""archdb db init | upgrade | info"""

from __future__ import annotations

import contextlib

import click

from archdb.cli.common import bar, emit, format_option, open_database, say
from archdb.errors import DatabaseError


@click.group("db")
def command() -> None:
    """Make, upgrade or describe a database file."""


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
    say(f"created {path}")


@command.command("upgrade")
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring a database up to this archdb, in one transaction, after a copy."""
    from archdb.db import build
    from archdb.db.connection import connect, default_path, locate, stamp

    path = locate(ctx.obj) or default_path()
    with contextlib.closing(connect(path)) as connection:
        stamp(connection, path)  # refuses one that a newer archdb wrote
    copy = build.upgrade(path, bar(ctx))
    say(f"upgraded {path}; the former state is in {copy}")


@command.command("info")
@format_option
@click.pass_context
def info(ctx: click.Context, form: str) -> None:
    """What the database holds and which archdb made it."""
    with open_database(ctx) as database:
        result = database.ask("info")
        result.rows = [("path", str(database.path)), *result.rows]
        emit(result, form)

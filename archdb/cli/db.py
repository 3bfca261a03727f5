"""archdb db init | path | upgrade | repair | info"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archdb.cli.common import bar, format_option, notify, open_database
from archdb.cli.output import emit

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
    from archdb.api import files

    notify(f"created {files.init(ctx.obj, empty=empty, progress=bar(ctx))}")


@command.command("path")
@click.pass_context
def path(ctx: click.Context) -> None:
    """Where the database is, or would be made, on this system."""
    from archdb.db.connection import default_path, locate

    click.echo(locate(ctx.obj) or default_path())


@command.command("upgrade")
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring a database up to this archdb, in one transaction, after a copy.

    Bundled networks are replaced by today's; your own networks, names, conventions, tables and
    views stay, and what had to give way is said. Points of search spaces that this archdb derives
    otherwise follow in batches: if you interrupt that, archdb derive goes on with it.
    """
    from archdb.api import files

    tell("upgraded", ctx, files.upgrade(ctx.obj, progress=bar(ctx)))
    with open_database(ctx) as database:
        database.refresh()


@command.command("repair")
@click.pass_context
def repair(ctx: click.Context) -> None:
    """Make views, triggers and indexes as this archdb makes them, after a copy.

    The column dictionary and archdb's own conventions are put back as well, and rows that have lost
    their owner are removed; networks and your own tables and views stay as they are. Networks of
    whose figures rows are missing or damaged are derived again; points of search spaces among them
    are removed, and space build adds them again.
    """
    from archdb.api import files

    tell("repaired", ctx, files.repair(ctx.obj))


def tell(done: str, ctx: click.Context, changed: Changed) -> None:
    """Say what has been done to the file, where its former state is, and what had to give way."""
    from archdb.db.connection import default_path, locate

    path = locate(ctx.obj) or default_path()
    notify(f"{done} {path}; the former state is in {changed.copy}")
    for sentence in changed.said:
        notify(f"note: {sentence}")


@command.command("info")
@format_option
@click.pass_context
def info(ctx: click.Context, form: str) -> None:
    """What the database holds and which archdb made it."""
    with open_database(ctx) as database:
        emit(database.db_info(), form)

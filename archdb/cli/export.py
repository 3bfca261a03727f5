"""archdb export"""

from __future__ import annotations

from pathlib import Path

import click

from archdb.cli.common import notify, open_database
from archdb.errors import UsageError


@click.command("export")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--parquet/--no-parquet",
    default=None,
    help="Parquet files as well; without either, where pyarrow is installed.",
)
@click.option("--space", metavar="NAME", help="The points of this search space, as Parquet alone.")
@click.pass_context
def command(ctx: click.Context, directory: Path, parquet: bool | None, space: str | None) -> None:
    """The whole dataset as files: SQLite, CSV and Parquet, described and ready to cite.

    Equal datasets give equal bytes, on any machine and whatever has happened to the database:
    figures at inputs that somebody asked for are left out. DIR must not be there yet, or be empty.
    """
    if space is not None:
        if parquet is not None:
            raise UsageError("--space writes Parquet: leave --parquet and --no-parquet out")
        with open_database(ctx) as database:
            count = database.export_space(space, directory)
        notify(f"wrote {count} points into {directory}")
        return
    with open_database(ctx) as database:
        count = database.export(directory, parquet=parquet)
    notify(f"wrote {count} files into {directory}")

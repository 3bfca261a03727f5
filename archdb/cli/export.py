"""archdb export"""

from __future__ import annotations

from pathlib import Path

import click

from archdb.cli.common import notify, open_database


@click.command("export")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--parquet/--no-parquet",
    default=None,
    help="Parquet files as well; without either, where pyarrow is installed.",
)
@click.pass_context
def command(ctx: click.Context, directory: Path, parquet: bool | None) -> None:
    """The whole dataset as files: SQLite, CSV and Parquet, described and ready to cite.

    Equal datasets give equal bytes, on any machine and whatever has happened to the database:
    figures at inputs that somebody asked for are left out. DIR must not be there yet, or be empty.
    """
    with open_database(ctx) as database:
        count = database.export(directory, parquet=parquet)
    notify(f"wrote {count} files into {directory}")

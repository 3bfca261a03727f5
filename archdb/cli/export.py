"""archdb export"""

from __future__ import annotations

from pathlib import Path

import click

from archdb.cli.common import counting_progress, notify, open_database
from archdb.errors import ArchdbError, UsageError


@click.command("export")
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--parquet/--no-parquet",
    default=None,
    help="Parquet files as well; without either, where pyarrow is installed.",
)
@click.option("--space", metavar="NAME", help="The points of this search space, as Parquet alone.")
@click.option("--site", is_flag=True, help="The pages of `archdb serve` as files for a web host.")
@click.option(
    "--sql-js",
    metavar="PACKAGE",
    type=click.Path(path_type=Path),
    help="With --site: this npm package sql.js runs statements in the page.",
)
@click.option(
    "--datasette-metadata",
    "described",
    is_flag=True,
    help="Write nothing: print what datasette can be told about views, columns and queries.",
)
@click.pass_context
def command(
    ctx: click.Context,
    directory: Path | None,
    parquet: bool | None,
    space: str | None,
    site: bool,
    sql_js: Path | None,
    described: bool,
) -> None:
    """The whole dataset as files: SQLite, CSV and Parquet, described and ready to cite.

    Equal datasets give equal bytes, on any machine and whatever has happened to the database:
    figures at inputs that somebody asked for are left out. DIR must not be there yet, or be empty.
    """
    if described:
        if directory is not None or site or space is not None or parquet is not None:
            raise UsageError("--datasette-metadata is printed: leave the rest out")
        with open_database(ctx) as database:
            click.echo(database.datasette_metadata(), nl=False)
        return
    if directory is None:
        raise UsageError("a directory is missing", remedy="archdb export DIR")
    if sql_js is not None and not site:
        raise UsageError("--sql-js is for a site", remedy="give --site as well")
    if site:
        if space is not None or parquet is not None:
            raise UsageError("--site writes pages: leave --space and --parquet out")
        _site(ctx, directory, sql_js)
        return
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


def _site(ctx: click.Context, directory: Path, sql_js: Path | None) -> None:
    try:
        from archdb.serve.site import export_site
    except ImportError as error:
        raise ArchdbError(
            f"the site needs {error.name}, which is not installed",
            remedy="pip install 'archdb[serve]'",
        ) from None
    with open_database(ctx) as database:
        database.refresh()
        progress = counting_progress(ctx, "writing", "answers")
        count = export_site(database.path, directory, sql_js=sql_js, progress=progress)
    notify(f"wrote {count} files into {directory}")

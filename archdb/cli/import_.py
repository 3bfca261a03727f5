"""archdb import"""

from __future__ import annotations

from pathlib import Path

import click

from archdb.cli.common import notify, open_database


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="In place of a network of that name.")
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], replace: bool) -> None:
    """Add networks from seed files: all of them, or none if one is at fault."""
    with open_database(ctx) as database:
        for name, notes in database.import_(*files, replace=replace).items():
            notify(f"imported {name}")
            for note in notes:
                notify(f"note: {name}: {note}")

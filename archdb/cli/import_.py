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
        from archdb.analysis.inputs import of_text
        from archdb.db.user_networks import import_files
        from archdb.model.shape import hint

        for name in import_files(database.path, files, replace=replace):
            notify(f"imported {name}")
            for shape in of_text(str(database.run_named("native", name=name).rows[0][0])):
                if hint(shape):
                    notify(f"note: {name}: {hint(shape)}")

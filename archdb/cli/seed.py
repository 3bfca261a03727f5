"""archdb seed"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, open_database
from archdb.cli.output import write_output


@click.command("seed")
@click.argument("name", shell_complete=complete_names)
@click.option("--as", "new_name", metavar="NEW_NAME", help="What it is to be called there.")
@click.pass_context
def command(ctx: click.Context, name: str, new_name: str | None) -> None:
    """A network as a seed file, which `archdb import` makes the same network of.

    Of a stored network, an imported one, a point of a search space, or what rules make of one
    (vgg16+fc-to-conv), so that others can have it: archdb seed vgg16+fc-to-conv > mine.toml
    """
    with open_database(ctx) as database:
        write_output(database.seed(name, new_name=new_name))

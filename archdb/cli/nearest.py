"""archdb nearest"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, format_option, input_option, open_database
from archdb.cli.output import emit
from archdb.model.input_spec import InputSpec


@click.command("nearest")
@click.argument("name", shell_complete=complete_names)
@click.option("--limit", type=int, default=5, show_default=True, help="How many networks.")
@input_option("The size of an input that a file leaves open: 384, or 3x384x384.")
@format_option
@click.pass_context
def command(ctx: click.Context, name: str, limit: int, spec: InputSpec, form: str) -> None:
    """What a network is a variant of: the catalogue's networks by how much has to be changed.

    Networks are aligned by structure, whatever their layers are called. An edit is a layer put in,
    left out or moved, an attribute changed, or something else read.
    """
    with open_database(ctx) as database:
        emit(database.nearest(name, count=limit, input=spec), form)

"""archdb info"""

from __future__ import annotations

import click

from archdb.cli.common import format_option, open_database
from archdb.cli.output import emit


@click.command("info")
@format_option
@click.pass_context
def command(ctx: click.Context, form: str) -> None:
    """Which dataset this is: version, content hash, and how many rows define it.

    The content hash covers the rows that define the bundled networks, the figures hash what is
    derived from them at native inputs; neither depends on the file that holds them. Networks and
    conventions of your own have a content hash beside it.
    """
    with open_database(ctx) as database:
        emit(database.info(), form)

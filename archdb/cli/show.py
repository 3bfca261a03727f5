"""archdb show"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, emit, open_database, profile_options


@click.command("show")
@click.argument("name", shell_complete=complete_names)
@profile_options
@click.pass_context
def command(
    ctx: click.Context, name: str, by: str, size: str | None, convention: str | None, form: str
) -> None:
    """One network: its totals, or its blocks, ops, resolutions or layers."""
    with open_database(ctx) as database:
        emit(database.show(name, by=by, input=size, convention=convention), form)

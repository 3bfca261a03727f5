"""archdb show"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, open_database, profile_options
from archdb.cli.output import emit
from archdb.model.input_spec import InputSpec


@click.command("show")
@click.argument("name", shell_complete=complete_names)
@click.option("--lineage", is_flag=True, help="What it is a variant of, and how it differs.")
@profile_options
@click.pass_context
def command(
    ctx: click.Context,
    name: str,
    lineage: bool,
    by: str,
    spec: InputSpec,
    convention: tuple[str, ...],
    form: str,
) -> None:
    """One network: its totals, or its blocks, ops, resolutions or layers; or its lineage."""
    with open_database(ctx) as database:
        if lineage:
            emit(database.lineage(name), form)
            return
        emit(database.show(name, by=by, input=spec, convention=convention), form)

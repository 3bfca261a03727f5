"""archdb compare"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, open_database, profile_options
from archdb.cli.output import emit
from archdb.model.input_spec import InputSpec


@click.command("compare")
@click.argument(
    "names", nargs=-1, required=True, metavar="NAME NAME…", shell_complete=complete_names
)
@profile_options
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    by: str,
    spec: InputSpec,
    convention: str | None,
    form: str,
) -> None:
    """Networks side by side.

    By total there is one row for each quantity, with a ratio where two are compared; else rows
    are aligned by op, block, output resolution or layer name.
    """
    with open_database(ctx) as database:
        emit(database.compare(*names, by=by, input=spec, convention=convention), form)

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
@click.option(
    "--only",
    type=click.Choice(("differences",)),
    help="By layer or block: what differs alone, equal differences in one row.",
)
@profile_options
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    by: str,
    spec: InputSpec,
    convention: tuple[str, ...],
    form: str,
    only: str | None,
) -> None:
    """Networks side by side.

    By total there is one row for each quantity, with a ratio where two are compared; by op or
    resolution a row for each of these. By layer or block networks are aligned by structure,
    whatever their layers are called: rows say what the first one's layers are in the others, how
    they differ there, and what only one network has. --only differences folds what differs
    equally into one row.
    """
    with open_database(ctx) as database:
        found = database.compare(*names, by=by, input=spec, convention=convention, only=only)
        emit(found, form)

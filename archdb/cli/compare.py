"""archdb compare"""

from __future__ import annotations

import click

from archdb.cli.common import COLUMNS, WORDS, complete_names, open_database, profile_options
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
@click.option("--transpose", is_flag=True, help="A row for each network; by total only.")
@profile_options
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    by: str,
    spec: InputSpec,
    convention: tuple[str, ...],
    everything: bool,
    form: str,
    only: str | None,
    transpose: bool,
) -> None:
    """Networks side by side.

    By total there is one row for each quantity, with a ratio where two are compared: first what
    people look for; what is 0 in all networks is left out, unless --all is given or a program
    reads the format. --transpose has a row for each network instead.

    By op or resolution there is a row for each of these. By layer or block networks are aligned by
    structure, whatever their layers are called: rows say what the first one's layers are in the
    others, how they differ there, and what only one network has. --only differences folds what
    differs equally into one row.
    """
    with open_database(ctx) as database:
        found = database.compare(*names, by=by, input=spec, convention=convention, only=only)
        from archdb.queries import totals

        if by == "total" and form in WORDS:
            found = totals.lead(found, everything or bool(transpose and ctx.meta[COLUMNS]))
            if transpose and not everything and not ctx.meta[COLUMNS]:
                found = totals.leading(found)
        emit(totals.transpose(found) if transpose else found, form)

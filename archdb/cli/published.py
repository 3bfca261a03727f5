"""archdb published"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, format_option, open_database
from archdb.cli.completion import complete_verdicts
from archdb.cli.output import emit


@click.command("published")
@click.argument("name", required=False, shell_complete=complete_names)
@click.option(
    "--verdict",
    metavar="VERDICT",
    shell_complete=complete_verdicts,
    help="Only figures of this verdict: agrees, explained, contradicts, 'not comparable'.",
)
@format_option
@click.pass_context
def command(ctx: click.Context, name: str | None, verdict: str | None, form: str) -> None:
    """Figures that others print of a network, or of all, beside those that archdb derives.

    A figure agrees where ours, rounded to the printed digits, is the same; it is explained where
    it has to be read in another way to agree. How a figure came to be known stands beside its
    source, where it was not read there. The table is short; the other formats have every column.
    """
    from archdb.render.published_table import brief

    with open_database(ctx) as database:
        result = database.published(name, verdict=verdict)
        emit(brief(result) if form == "table" else result, form)

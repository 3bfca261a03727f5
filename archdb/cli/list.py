"""archdb list"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, format_option, open_database
from archdb.cli.output import emit


@click.command("list")
@click.argument("pattern", required=False, shell_complete=complete_names)
@click.option("--family", metavar="NAME", help="Only this family.")
@click.option("--space", metavar="NAME", help="The points of a search space, not the catalogue.")
@click.option("--sort", metavar="COLUMN", help="Sort by a column, smallest first.")
@click.option("--reverse", is_flag=True, help="The other way round.")
@click.option("--convention", metavar="NAME", help="Add the totals of a counting convention.")
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    pattern: str | None,
    family: str | None,
    space: str | None,
    sort: str | None,
    reverse: bool,
    convention: str | None,
    form: str,
) -> None:
    """The catalogue, or the networks whose name or alias matches a glob such as 'vgg*'."""
    with open_database(ctx) as database:
        found = database.list(
            pattern,
            family=family,
            sort=sort,
            descending=reverse,
            convention=convention,
            space=space,
        )
        emit(found, form)

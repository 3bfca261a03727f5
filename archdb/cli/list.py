"""archdb list"""

from __future__ import annotations

import click

from archdb.cli.common import (
    ALL,
    COLUMNS,
    complete_names,
    convention_option,
    format_option,
    open_database,
)
from archdb.cli.completion import FAMILIES, SORT_KEYS, SPACES, out_of
from archdb.cli.output import emit


@click.command("list")
@click.argument("patterns", nargs=-1, metavar="[NAME|PATTERN]…", shell_complete=complete_names)
@click.option("--family", metavar="NAME", shell_complete=out_of(FAMILIES), help="Only this family.")
@click.option(
    "--space",
    metavar="NAME",
    shell_complete=out_of(SPACES),
    help="The points of a search space, not the catalogue.",
)
@click.option(
    "--sort",
    metavar="COLUMN",
    shell_complete=out_of(SORT_KEYS),
    help="Sort by a column, smallest first.",
)
@click.option("--reverse", is_flag=True, help="The other way round.")
@convention_option("Add the totals of a counting convention.")
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    patterns: tuple[str, ...],
    family: str | None,
    space: str | None,
    sort: str | None,
    reverse: bool,
    convention: tuple[str, ...],
    form: str,
) -> None:
    """The catalogue, or the networks that are named or match a glob such as 'vgg*'.

    --columns takes any column of architecture_summary (archdb schema lists them); the name is
    always first, and conventions' totals are last unless --columns says where.
    """
    asked = ctx.meta[COLUMNS]
    columns = None if asked in (None, [ALL]) else ctx.meta.pop(COLUMNS)
    with open_database(ctx) as database:
        found = database.list(
            *patterns,
            columns=columns,
            family=family,
            sort=sort,
            descending=reverse,
            convention=convention,
            space=space,
        )
        emit(found, form)

"""archdb schema"""

from __future__ import annotations

import click

from archdb.cli.common import format_option, open_database
from archdb.cli.completion import VIEWS, out_of
from archdb.cli.output import emit


@click.command("schema")
@click.argument("relation", required=False, shell_complete=out_of(VIEWS))
@format_option
@click.pass_context
def command(ctx: click.Context, relation: str | None, form: str) -> None:
    """The column dictionary: every view's columns, their unit, meaning and origin."""
    with open_database(ctx) as database:
        emit(database.schema(relation), form)

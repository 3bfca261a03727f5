"""archdb check"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archdb.cli.common import format_option, notify, open_database
from archdb.cli.output import emit

if TYPE_CHECKING:
    from archdb.queries.result import Result


@click.command("check")
@click.option("--repair", is_flag=True, help="Mend what can be, as `db repair` does; after a copy.")
@format_option
@click.pass_context
def command(ctx: click.Context, repair: bool, form: str) -> None:
    """Look for faults: file, keys, staleness, sanity, figures that do not derive again, published
    figures that contradict and are no open question.

    Prints a row for each fault and ends with status 1 where there is one.
    """
    faults = _faults(ctx)
    if repair and faults.rows:
        from archdb.api import files
        from archdb.cli.db import tell

        tell("repaired", ctx, files.repair(ctx.obj))
        faults = _faults(ctx)
    if faults.rows or form != "table":
        with open_database(ctx):  # of which a table for a paper says what it is
            emit(faults, form)
    else:
        for note in faults.notes:
            notify(note)
    count = len(faults)
    notify("no faults" if count == 0 else "1 fault" if count == 1 else f"{count} faults")
    if faults.rows:
        ctx.exit(1)


def _faults(ctx: click.Context) -> Result:
    with open_database(ctx) as database:
        return database.check()

"""archdb check"""

from __future__ import annotations

import click

from archdb.cli.common import format_option, notify, open_database
from archdb.cli.output import emit


@click.command("check")
@format_option
@click.pass_context
def command(ctx: click.Context, form: str) -> None:
    """Look for faults: file, keys, staleness, sanity, figures that do not derive again, published
    figures that contradict and are no open question.

    Prints a row for each fault and ends with status 1 where there is one.
    """
    with open_database(ctx) as database:
        faults = database.check()
        if faults.rows or form != "table":
            emit(faults, form)
        else:
            for note in faults.notes:
                notify(note)
    count = len(faults)
    notify("no faults" if count == 0 else "1 fault" if count == 1 else f"{count} faults")
    if faults.rows:
        ctx.exit(1)

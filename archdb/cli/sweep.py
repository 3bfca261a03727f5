"""archdb sweep"""

from __future__ import annotations

import click

from archdb.cli.common import (
    complete_names,
    convention_option,
    format_option,
    input_option,
    open_database,
)
from archdb.cli.output import emit, format_result, write_output
from archdb.model.input_spec import InputSpec

#: Formats whose rows are printed as they come.
STREAMED = ("csv", "tsv", "ndjson")


@click.command("sweep")
@click.argument(
    "names", nargs=-1, required=True, metavar="NAME[+RULE=RANGE]…", shell_complete=complete_names
)
@input_option("Input sizes: 128..512:32, or 224,256.", "RANGE")
@convention_option("Add the total of a counting convention.")
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    spec: InputSpec,
    convention: tuple[str, ...],
    form: str,
) -> None:
    """Figures over a range of input sizes, widths or dilations: one row for each point.

    A range is FIRST..LAST[:STEP] or a list between commas. Nothing is stored.
    """
    with open_database(ctx) as database:
        if form not in STREAMED:
            emit(database.sweep(*names, input=spec, convention=convention), form)
            return
        points = database.iter_sweep(*names, input=spec, convention=convention)
        for done, point in enumerate(points):
            text = format_result(point, form)
            write_output(text.split("\n", 1)[1] if done and form != "ndjson" else text)

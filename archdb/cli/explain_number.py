"""archdb explain-number"""

from __future__ import annotations

import csv
from typing import Any, TextIO

import click

from archdb.cli.common import (
    Hyphened,
    convention_option,
    format_option,
    open_database,
)
from archdb.cli.completion import SOURCES, complete_layer_of, complete_layers, out_of
from archdb.cli.output import emit
from archdb.errors import UsageError


@click.command("explain-number", cls=Hyphened)
@click.argument("name", required=False, shell_complete=complete_layers)
@click.argument("value", required=False)
@click.option(
    "--quantity",
    type=click.Choice(("params", "activations", "macs")),
    help="What it is a number of; macs: operations, however they are counted.",
)
@convention_option("Only as this counting convention has it.")
@click.option(
    "--source",
    metavar="TEXT",
    shell_complete=out_of(SOURCES),
    help="Only conventions and publications whose source says TEXT.",
)
@click.option(
    "--until",
    metavar="LAYER",
    shell_complete=complete_layer_of,
    help="The number is of all up to a layer or block.",
)
@click.option(
    "--table",
    "table",
    type=click.File("r", encoding="utf-8-sig"),
    help="Explain a whole table: a CSV of names and figures, perhaps under headings.",
)
@click.option("--all", "everything", is_flag=True, help="All readings, not the likeliest alone.")
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    name: str | None,
    value: str | None,
    quantity: str | None,
    convention: tuple[str, ...],
    source: str | None,
    until: str | None,
    table: TextIO | None,
    everything: bool,
    form: str,
) -> None:
    """Where a printed number may come from: 'archdb explain-number resnet50 4.11G'.

    What is published with these digits, then every combination of counting convention, variant,
    input size and part that gives the number at the precision of its digits, likeliest first; or
    the nearest, and by how much they miss. NAME/LAYER asks for a layer or a block. Suffixes are
    k, M, G, T, and for bytes of 32-bit numbers kB, MB, GB, KiB, MiB, GiB; 4.1e9, '~4.1
    GMACs' and '25.6 million' are read, too. Commas group digits in threes: 4,1G is refused.

    With --table the convention that gives most figures of a column is found, and each figure is
    read by it where it can be.
    """
    narrowed: dict[str, Any] = {
        "quantity": quantity,
        "convention": convention,
        "source": source,
    }
    if table is None and None in (name, value):
        raise UsageError("a name and a number are needed", remedy="or --table FILE")
    if table is not None and (name or until):
        raise UsageError("--table explains a file", remedy="leave out NAME, VALUE and --until")
    with open_database(ctx) as database:
        if table is not None:
            result = database.explain_table(csv.reader(table), **narrowed)
        else:
            result = database.explain_number(
                str(name), str(value), until=until, everything=everything, **narrowed
            )
        emit(result, form)

"""archdb explain-number"""

from __future__ import annotations

import click

from archdb.cli.common import Hyphened, complete_names, emit, format_option, open_database


@click.command("explain-number", cls=Hyphened)
@click.argument("name", shell_complete=complete_names)
@click.argument("value")
@click.option(
    "--quantity",
    type=click.Choice(("params", "activations", "macs")),
    help="What it is a number of; macs: operations, however they are counted.",
)
@click.option("--all", "everything", is_flag=True, help="All readings, not the simplest alone.")
@format_option
@click.pass_context
def command(
    ctx: click.Context, name: str, value: str, quantity: str | None, everything: bool, form: str
) -> None:
    """Where a printed number may come from: 'archdb explain-number resnet50 4.11G'.

    Every combination of counting convention, variant, input size and head that gives the number
    at the precision of its digits, simplest first; or the nearest, and by how much they miss.
    Suffixes are k, M, G, T, and for bytes of 32-bit numbers kB, MB, GB, KiB, MiB, GiB; 4.1e9, '~4.1
    GMACs' and '25.6 million' are read, too. Commas group digits in threes: 4,1G is refused.
    """
    with open_database(ctx) as database:
        emit(database.explain_number(name, value, quantity, everything=everything), form)

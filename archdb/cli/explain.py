"""archdb explain"""

from __future__ import annotations

import click

from archdb.cli.common import format_option, input_option, open_database
from archdb.cli.completion import complete_layers, complete_quantities
from archdb.cli.output import emit
from archdb.model.input_spec import InputSpec


@click.command("explain")
@click.argument("name", metavar="NAME[/LAYER]", shell_complete=complete_layers)
@click.option(
    "--quantity",
    metavar="NAME",
    shell_complete=complete_quantities,
    help="How this total comes together: params, macs, depth, receptive_field and so on.",
)
@click.option(
    "--by",
    type=click.Choice(("block", "layer")),
    default="block",
    help="What a term of a sum stands for.",
)
@input_option("Another input size: 384, or 3x384x384.")
@format_option
@click.pass_context
def command(
    ctx: click.Context, name: str, quantity: str | None, by: str, spec: InputSpec, form: str
) -> None:
    """How figures are worked out: formula, numbers, result, and whose rule it is.

    Of NAME/LAYER, the shape, parameters, operations and receptive field, step by step. Of a
    whole network, what its totals are made of; with --quantity, how one of them comes together.
    """
    with open_database(ctx) as database:
        emit(database.explain(name, quantity=quantity, by=by, input=spec), form)

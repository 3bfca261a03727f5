"""archdb graph"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, input_option, open_database
from archdb.cli.output import show
from archdb.model.input_spec import InputSpec


@click.command("graph")
@click.argument("name", shell_complete=complete_names)
@click.option("--layers", is_flag=True, help="Every layer, in frames for the blocks.")
@input_option("Shapes at another input: 384, 3x384x384.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("dot", "mermaid", "svg")),
    default="dot",
    show_default=True,
    help="Graphviz (archdb graph NAME | dot -Tpdf > NAME.pdf), Mermaid for Markdown pages, SVG.",
)
@click.pass_context
def command(ctx: click.Context, name: str, layers: bool, spec: InputSpec, form: str) -> None:
    """A network as a drawing: its blocks, with the shapes that they put out.

    Auxiliary heads are dashed. A block that is made up of other blocks is a frame around them.
    """
    with open_database(ctx) as database:
        drawn = database.graph(name, layers=layers, input=spec, form=form)
    show(drawn)

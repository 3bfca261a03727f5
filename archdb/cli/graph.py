"""archdb graph"""

from __future__ import annotations

from pathlib import Path

import click

from archdb.cli.common import complete_names, input_option, notify, open_database
from archdb.cli.output import show
from archdb.model.input_spec import InputSpec


@click.command("graph")
@click.argument("name", shell_complete=complete_names)
@click.option("--layers", is_flag=True, help="Every layer, in frames for the blocks.")
@input_option("Shapes at another input: 384, 3x384x384.")
@click.option(
    "--direction",
    type=click.Choice(("TB", "LR")),
    default="TB",
    show_default=True,
    help="From the top to the bottom, or from left to right.",
)
@click.option(
    "--fold/--no-fold", default=True, help="Equal blocks in a row as one box, ×6 (the default)."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("dot", "mermaid", "svg")),
    help="Graphviz, Mermaid for Markdown pages, or SVG that archdb draws itself. The default is"
    " dot, or what --output ends in.",
)
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write: .svg, .pdf or .png, drawn by Graphviz's dot (.svg by archdb where it is"
    " not installed); .dot, .gv or .mmd.",
)
@click.pass_context
def command(
    ctx: click.Context,
    name: str,
    layers: bool,
    spec: InputSpec,
    direction: str,
    fold: bool,
    form: str | None,
    path: Path | None,
) -> None:
    """A network as a drawing: its blocks, with the shapes that they put out and what they cost.

    Auxiliary heads are dashed. A block that is made up of other blocks is a frame around them.
    """
    from archdb.render import graphviz

    if path is not None:
        form = graphviz.form_for(path, form)  # before a database is looked for
    with open_database(ctx) as database:
        drawn = database.graph(
            name, layers=layers, input=spec, form=form or "dot", direction=direction, fold=fold
        )
    if path is None:
        show(drawn)
    else:
        graphviz.write(drawn, form or "dot", path)
        notify(f"wrote {path}")

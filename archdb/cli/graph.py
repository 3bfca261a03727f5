"""archdb graph"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, input_option, notify, open_database, show
from archdb.model.input_size import Words

#: How many edges Mermaid draws before it asks for its own limit to be raised.
MERMAID_EDGES = 500


@click.command("graph")
@click.argument("name", shell_complete=complete_names)
@click.option("--layers", is_flag=True, help="Every layer, in frames for the blocks.")
@input_option("Shapes at another input: 384, 3x384x384.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("dot", "mermaid")),
    default="dot",
    show_default=True,
    help="Graphviz (archdb graph NAME | dot -Tsvg > NAME.svg), or Mermaid for Markdown pages.",
)
@click.pass_context
def command(ctx: click.Context, name: str, layers: bool, size: Words, form: str) -> None:
    """A network as a drawing: its blocks, with the shapes that they put out.

    Auxiliary heads are dashed. A block that is made up of other blocks is a frame around them.
    """
    from archdb.dataset.release import Release, release
    from archdb.queries.freshness import answered
    from archdb.queries.named import holding
    from archdb.queries.outline import Outline, outline
    from archdb.render.diagram import FORMATS

    with open_database(ctx) as database:

        def asked() -> tuple[Outline, Release]:
            with holding(database, [name], size) as (reader, held):
                drawn = outline(reader, reader.resolve(held[0]), size, layers=layers)
                return drawn, release(database)

        drawn, made = answered(database, asked)
    said = f"archdb dataset {made.version}, content {made.content}: {drawn.name} at {drawn.input}"
    show(FORMATS[form](drawn, said))
    if form == "mermaid" and len(drawn.edges) > MERMAID_EDGES:
        notify(f"note: {len(drawn.edges)} edges; Mermaid draws them with maxEdges set that high")

"""archdb cite"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, convention_option, open_database
from archdb.cli.output import show


@click.command("cite")
@click.argument("names", nargs=-1, metavar="[NAME…]", shell_complete=complete_names)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also what vouches for layer tables, names and deviations, not the papers alone.",
)
@convention_option("Also what vouches for a counting convention, such as fvcore.")
@click.pass_context
def command(
    ctx: click.Context, names: tuple[str, ...], everything: bool, convention: tuple[str, ...]
) -> None:
    """BibTeX of the networks' papers, and of archdb itself in the version at hand.

    A variant for which no paper stands cites that of its base, a name with rules
    (vgg16+fc-to-conv) that of the network before them, and a network without any paper whatever
    vouches for it.
    """
    with open_database(ctx) as database:
        show(database.cite(*names, everything=everything, convention=convention))

"""archdb show"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archdb.cli.common import WORDS, complete_names, open_database, profile_options
from archdb.cli.output import emit
from archdb.model.input_spec import InputSpec
from archdb.text import inline

if TYPE_CHECKING:
    from archdb.queries.result import Result


@click.command("show")
@click.argument("name", shell_complete=complete_names)
@click.option("--lineage", is_flag=True, help="What it is a variant of, and how it differs.")
@profile_options
@click.pass_context
def command(
    ctx: click.Context,
    name: str,
    lineage: bool,
    by: str,
    spec: InputSpec,
    convention: tuple[str, ...],
    everything: bool,
    form: str,
) -> None:
    """One network: what it is and its totals, or its blocks, ops, resolutions or layers; or its
    lineage."""
    with open_database(ctx) as database:
        if lineage:
            emit(database.lineage(name), form)
            return

        def figures() -> Result:
            return database.show(name, by=by, input=spec, convention=convention)

        if by != "total" or form not in WORDS:
            emit(figures(), form)
            return
        from archdb.queries.totals import lead

        def introduced() -> tuple[Result, Result]:
            found = figures()
            return found, database.about(found.networks[0].name)

        found, said = database.answer(lambda reader: introduced())  # of one state
        above = [f"{what}: {inline(text)}\n" for what, text in said]
        emit(lead(found, everything), form, "".join(above) + "\n" * bool(above))

"""archdb derive"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, input_option, notify, open_database
from archdb.errors import UsageError
from archdb.model.input_spec import InputSpec


@click.command("derive")
@click.argument("names", nargs=-1, metavar="[NAME…]", shell_complete=complete_names)
@input_option("Derive at this input: 384, or 3x384x384.")
@click.option("--all", "everything", is_flag=True, help="Also what is not stale.")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], spec: InputSpec, everything: bool) -> None:
    """Derive what is stale; or these networks, or these at another input, and keep the figures."""
    if spec is not None and not names:
        raise UsageError("--input needs the names of networks")
    from archdb.queries.freshness import first_names

    with open_database(ctx) as database:
        wanted = [database.resolve(name) for name in names]
        if spec is not None:
            for name, input in database.derive_at(wanted, spec):
                notify(f"{name} is derived at {input}")
        elif wanted or everything:
            done = database.derive(wanted or None)
            notify(f"derived: {first_names(done)}")
        else:
            if database.refresh():
                ctx.exit(1)
            notify("all figures are fresh")

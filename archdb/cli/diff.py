"""archdb diff"""

from __future__ import annotations

from pathlib import Path

import click

from archdb.cli.common import format_option, notify, remember_database
from archdb.cli.output import emit

#: One that is there: nobody wants a database made for being compared.
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("diff")
@click.argument("old", type=FILE, metavar="OLD.db")
@click.argument("new", type=FILE, metavar="NEW.db")
@click.option("--layers", is_flag=True, help="List the figures of each layer; else count them.")
@format_option
@click.pass_context
def command(ctx: click.Context, old: Path, new: Path, layers: bool, form: str) -> None:
    """What changed between two databases, network by network, quantity by quantity.

    Definitions, sources, conventions and published figures are compared row by row, derived
    figures at native inputs. Neither file is changed, also where an older archdb made it.
    """
    from archdb.api import Database

    with Database(old, any_age=True) as before, Database(new, any_age=True) as after:
        result = remember_database(ctx, after).diff(before, layers=layers)
        emit(result, form)
    notify(f"{len(result.rows)} changes" if result.rows else "no differences")

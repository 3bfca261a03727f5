"""archdb remove"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, notify, open_database
from archdb.errors import ArchdbError


@click.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME…", shell_complete=complete_names)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], yes: bool) -> None:
    """Take networks of your own away again: imported ones, and variants that were stored.

    Says what hangs on them, and asks. Bundled networks and points of search spaces stay.
    """
    with open_database(ctx) as database:
        for name, hanging in database.remove(*names, dry_run=True).items():
            notify(name)
            for sentence in hanging:
                notify(f"  {sentence}")
        if not yes:
            _ask()
        for name in database.remove(*names):
            notify(f"removed {name}")


def _ask() -> None:
    """Raises ArchdbError where the answer is not yes, or there is nobody to give one."""
    try:
        agreed = click.confirm("remove?", err=True)
    except click.Abort:
        agreed = False
        notify("")
    if not agreed:
        raise ArchdbError("nothing is removed", remedy="--yes removes without asking")

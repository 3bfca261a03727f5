"""archdb cite"""

from __future__ import annotations

from typing import Any

import click

from archdb.cli.common import complete_names, notify, open_database, show


@click.command("cite")
@click.argument("names", nargs=-1, metavar="[NAME…]", shell_complete=complete_names)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also what vouches for layer tables, names and deviations, not the papers alone.",
)
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], everything: bool) -> None:
    """BibTeX of the networks' papers, and of archdb itself in the version at hand."""
    from archdb.dataset.release import release
    from archdb.render.bibtex import bibliography

    cited: dict[str, dict[str, Any]] = {}
    with open_database(ctx) as database:
        with database.snapshot():
            for name in [database.resolve(name) for name in names]:
                found = database.run_named("citations", name=name, whole=everything).to_dicts()
                if not found:
                    more = "" if everything else "; --all may show more"
                    notify(f"note: {name} names no paper{more}")
                cited |= {row["key"]: row for row in found}
            made = release(database)
        show(bibliography(cited.values(), made))

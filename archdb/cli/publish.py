"""archdb publish"""

from __future__ import annotations

import click

from archdb.cli.common import bar, notify, open_database


@click.command("publish")
@click.argument("url", metavar="URL")
@click.option("--schema", default="archdb", show_default=True, help="The schema that they fill.")
@click.option(
    "--space",
    "spaces",
    metavar="NAME",
    multiple=True,
    help="The points of this search space as well; again for another.",
)
@click.pass_context
def command(ctx: click.Context, url: str, schema: str, spaces: tuple[str, ...]) -> None:
    """The views as tables of PostgreSQL, for who asks from there.

    URL is postgresql://USER@HOST/DATABASE; a password is better kept in PGPASSWORD or ~/.pgpass.
    The tables come in one transaction in the place of those published before, with what each
    column means as its comment; the table 'dataset' has the version and hash.
    """
    with open_database(ctx) as database:
        done = database.publish(url, schema=schema, spaces=spaces, progress=bar(ctx))
    notify(f"published {done.tables} tables, {done.rows:,} rows, as {done.schema} of {done.place}")

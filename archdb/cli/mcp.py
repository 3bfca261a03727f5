"""archdb mcp"""

from __future__ import annotations

import sys

import click

from archdb.cli.common import open_database


@click.command("mcp")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Answer a language model's client, over standard input and output (Model Context Protocol).

    The tools are compare, show, list, explain_number, calc, published, schema and sql; nothing
    that they do changes the database. A client is told to start 'archdb mcp'.
    """
    from archdb.serve.conversation import lines

    with open_database(ctx) as database:
        for line in lines(database, sys.stdin):
            sys.stdout.write(line)
            sys.stdout.flush()

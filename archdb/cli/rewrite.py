"""archdb rewrite"""

from __future__ import annotations

import click

from archdb.cli.common import complete_names, format_option, input_option, notify, open_database
from archdb.cli.completion import complete_rules
from archdb.cli.output import emit
from archdb.errors import UsageError
from archdb.model.input_spec import InputSpec


class Rewrite(click.Command):
    """A command whose help lists the rules."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from archdb.rewrite import REGISTRY

        with formatter.section("Rules"):
            formatter.write_dl([(rule.usage, rule.summary) for rule in REGISTRY.values()])


@click.command("rewrite", cls=Rewrite)
@click.argument("name", shell_complete=complete_names)
@click.argument(
    "rules",
    nargs=-1,
    required=True,
    metavar="RULE[=VALUE][@GLOB]…",
    shell_complete=complete_rules,
)
@click.option("--as", "new_name", metavar="NEW_NAME", help="Store it as a variant, by this name.")
@click.option(
    "--only", metavar="GLOB", help="Only layers of such names, for rules without a glob of theirs."
)
@input_option("Show it at this input: 384, or 3x384x384.")
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    name: str,
    rules: tuple[str, ...],
    new_name: str | None,
    only: str | None,
    spec: InputSpec,
    form: str,
) -> None:
    """A network transformed by rules, one after another: shown, or stored as a variant.

    Shown are the layers that are not as they were, before and after, then the totals, and on
    standard error which layers a rule has left alone and why.
    """
    if new_name is not None and spec is not None:
        raise UsageError("--as stores at the native input", remedy="leave out --input")
    with open_database(ctx) as database:
        if new_name is None:
            emit(database.rewrite(name, *rules, only=only, input=spec), form)
            return
        for note in database.store(name, *rules, new_name=new_name, only=only):
            notify(f"note: {note}")
        notify(f"stored {new_name}")

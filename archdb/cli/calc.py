"""archdb calc OP: a command for each op, made from what the op declares; or several in a line."""

from __future__ import annotations

import inspect
import re
from typing import Any

import click

from archdb.cli.common import format_option
from archdb.cli.output import emit
from archdb.errors import nearest
from archdb.model.declaration import REQUIRED, Attribute
from archdb.ops import REGISTRY, Op

WRITTEN = """A pair is (height, width), written 3x5 or 3,5; one number stands for both. Four sides
are top, bottom, left and right: 1,1,2,2."""


class Ops(click.Group):
    """A group with a command for each op that has an input and facts."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(name for name, op in REGISTRY.items() if op.known and not op.source)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        from archdb.queries.chain import is_chain

        if is_chain(name):
            return _chain(name)
        return _command(REGISTRY[name]) if name in self.list_commands(ctx) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            _, found, left = super().resolve_command(ctx, args)
        except click.UsageError:
            known = self.list_commands(ctx)
            remedy = nearest(args[0], known) or "archdb calc --help lists all ops"
            raise click.UsageError(f"No such op '{args[0]}'. {remedy}", ctx) from None
        # The word may be layers in a line, which usage does not repeat.
        return found.name if found else None, found, left


@click.group("calc", cls=Ops, subcommand_metavar="OP [ARGS]...")
def command() -> None:
    """One layer that is in no database: shape, parameters, operations, field.

    archdb calc conv2d --input 3x227x227 --filters 96 --kernel 11 --stride 4

    The options of an op are its attributes: archdb calc OP --help lists them. Several layers in a
    line, each reading the one before, stand between commas in one word:

    archdb calc 'conv2d filters=20 kernel=1, relu' --input 200x30x40
    """


def _command(op: type[Op]) -> click.Command:
    def callback(form: str, inputs: tuple[str, ...], explained: bool, **values: str | None) -> None:
        _answer(op, values, inputs, explained, form)

    doc = inspect.cleandoc(op.__doc__ or "")
    own = [_option(attribute) for attribute in op.declaration.attributes.values()]
    made = click.Command(
        op.name,
        callback=callback,
        params=[_input(op), *own, EXPLAIN],
        help=f"{doc}\n\n{WRITTEN}",
        short_help=re.split(r"(?<=\.)\s+(?=[A-Z])|\n\n", doc)[0],
    )
    return format_option(made)


def _chain(text: str) -> click.Command:
    """A command for the layers of a line."""

    def callback(form: str, inputs: tuple[str, ...], explained: bool) -> None:
        from archdb.queries.calc import calc

        emit(calc(text, *inputs, explained=explained), form)

    given = click.Option(
        ["--input", "inputs"],
        multiple=True,
        required=True,
        metavar="SHAPE",
        help="What the first layer reads: 3x227x227, 19x23 (length, features) or 4096.",
    )
    doc = "Layers in a line, each reading the one before: shape, params, MACs, receptive field."
    return format_option(
        click.Command("LAYERS", callback=callback, params=[given, EXPLAIN], help=doc)
    )


def _input(op: type[Op]) -> click.Option:
    several = "" if op.arity == (1, 1) else "; again for each further input"
    return click.Option(
        ["--input", "inputs"],
        multiple=True,
        required=op.arity[0] > 0,
        metavar="SHAPE",
        help=f"What arrives: 3x227x227, 19x23 (length, features) or 4096{several}.",
    )


EXPLAIN = click.Option(
    ["--explain", "explained"], is_flag=True, help="How each figure is worked out."
)


def _option(attribute: Attribute) -> click.Option:
    default = "" if attribute.default is None else f"; default {_words(attribute.default)}"
    if attribute.default is REQUIRED:
        default = "; required"
    return click.Option(
        [f"--{attribute.name.replace('_', '-')}", attribute.name],
        metavar="VALUE",
        help=f"{attribute.kind.takes}{default}.",
    )


def _words(default: Any) -> str:
    """A default as it is written on the command line."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple):
        return str(default[0]) if len(set(default)) == 1 else ",".join(map(str, default))
    return f"{default:g}" if isinstance(default, float) else str(default)


def _answer(
    op: type[Op],
    values: dict[str, str | None],
    inputs: tuple[str, ...],
    explained: bool,
    form: str,
) -> None:
    from archdb.queries.calc import calc

    given = {name: word for name, word in values.items() if word is not None}
    emit(calc(op.name, *inputs, explained=explained, **given), form)

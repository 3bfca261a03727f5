"""archdb calc OP: a command for each op, made from what the op declares."""

from __future__ import annotations

import inspect
import re
from typing import Any

import click

from archdb.cli.common import emit, format_option
from archdb.errors import DefinitionError, ShapeError, UsageError, nearest
from archdb.model.attribute_text import value
from archdb.model.attributes import Extents
from archdb.model.declaration import REQUIRED, Attribute, Declaration
from archdb.model.shape import Shape
from archdb.ops import REGISTRY, Op

INPUT = Declaration({"input": Extents}, {})
WRITTEN = """A pair is (height, width), written 3x5 or 3,5; one number stands for both. Four sides
are top, bottom, left and right: 1,1,2,2."""


class Ops(click.Group):
    """A group with a command for each op that has an input and facts."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(name for name, op in REGISTRY.items() if op.known and not op.source)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return _command(REGISTRY[name]) if name in self.list_commands(ctx) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            known = self.list_commands(ctx)
            remedy = nearest(args[0], known) or "archdb calc --help lists all ops"
            raise click.UsageError(f"No such op '{args[0]}'. {remedy}", ctx) from None


@click.group("calc", cls=Ops, subcommand_metavar="OP [ARGS]...")
def command() -> None:
    """One layer that is in no database: shape, parameters, operations, field.

    archdb calc conv2d --input 3x227x227 --filters 96 --kernel 11 --stride 4

    The options of an op are its attributes: archdb calc OP --help lists them.
    """


def _command(op: type[Op]) -> click.Command:
    def callback(form: str, inputs: tuple[str, ...], explained: bool, **words: str | None) -> None:
        _answer(op, words, inputs, explained, form)

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
    words: dict[str, str | None],
    inputs: tuple[str, ...],
    explained: bool,
    form: str,
) -> None:
    from archdb.explain.layer import applied
    from archdb.queries.result import Derivation, Result

    given = {name: value(word) for name, word in words.items() if word is not None}
    try:
        shapes = [_shape(word) for word in inputs]
        made = op(**given)
    except DefinitionError as error:
        raise UsageError(": ".join((*error.places, error.what)), remedy=error.remedy) from None
    try:
        on_paper = applied(made, shapes)
    except ShapeError as error:
        raise error.at(op.name) from None
    if explained:
        from archdb.analysis.receptive_field import NOT_AN_IMAGE, PIXEL
        from archdb.explain.field import derivation
        from archdb.explain.steps import Step

        fields = [PIXEL if len(shape) == 3 else NOT_AN_IMAGE for shape in shapes]
        emit(Derivation(Step._fields, derivation(on_paper, fields, op.name)), form)
    else:
        from archdb.explain.figures import COLUMNS, rows

        emit(Result(COLUMNS, rows(on_paper)), form)


def _shape(words: str) -> Shape:
    """The shape that the words mean; DefinitionError on anything else."""
    extents = value(words)
    shape: Shape = INPUT.parse({"input": [extents] if isinstance(extents, int) else extents})[
        "input"
    ]
    return shape

"""archdb plot accuracy | depth | resolution | receptive-field"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from archdb.cli.common import complete_names, input_option, notify, open_database
from archdb.cli.completion import SOURCES, out_of
from archdb.model.input_spec import InputSpec

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group("plot")
def command() -> None:
    """Draw a chart as SVG, PDF or PNG (needs matplotlib: pip install 'archdb[plot]')."""


def output_option(command: Command) -> Command:
    """--output, whose suffix says which kind of picture."""
    return click.option(
        "-o",
        "--output",
        "path",
        required=True,
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Where to write; .svg, .pdf or .png.",
    )(command)


def networks(command: Command) -> Command:
    """NAME…, --input and --output."""
    for option in (
        output_option,
        input_option("Another input: 384, or 3x384x384."),
        click.argument(
            "names", nargs=-1, required=True, metavar="NAME…", shell_complete=complete_names
        ),
    ):
        command = option(command)
    return command


@command.command("accuracy")
@click.argument("names", nargs=-1, metavar="[NAME…]", shell_complete=complete_names)
@click.option(
    "--source",
    metavar="KEY",
    shell_complete=out_of(SOURCES),
    help="Accuracies of this source, such as torchvision.",
)
@output_option
@click.pass_context
def accuracy(ctx: click.Context, names: tuple[str, ...], source: str | None, path: Path) -> None:
    """Published top-1 accuracy against MACs; the area of a bubble is its parameters.

    Accuracies are of one source, because others measure otherwise: the one that has figures of
    most of the networks, unless --source names another.
    """
    _draw(ctx, "accuracy", names, None, path, source)


@command.command("depth")
@networks
@click.pass_context
def depth(ctx: click.Context, /, **options: Any) -> None:
    """Params and MACs by depth, of one or several networks."""
    _draw(ctx, "depth", **options)


@command.command("resolution")
@networks
@click.pass_context
def resolution(ctx: click.Context, /, **options: Any) -> None:
    """Params and MACs by output height and width, of one or several networks."""
    _draw(ctx, "resolution", **options)


@command.command("receptive-field")
@networks
@click.pass_context
def receptive_field(ctx: click.Context, /, **options: Any) -> None:
    """The receptive field behind each layer, of one or several networks."""
    _draw(ctx, "receptive-field", **options)


def _draw(
    ctx: click.Context,
    kind: str,
    names: tuple[str, ...],
    spec: InputSpec,
    path: Path,
    source: str | None = None,
) -> None:
    from archdb.render.plot import style

    style.check(path)  # before a database is looked for
    with open_database(ctx) as database:
        said = database.plot(kind, *names, path=path, input=spec, source=source)
    for line in said:
        notify(line)

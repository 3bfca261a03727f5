"""archdb plot accuracy | totals | depth | resolution | receptive-field"""

from __future__ import annotations

import re
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
@click.option(
    "--point",
    "points",
    multiple=True,
    metavar="NAME=PERCENT",
    callback=lambda ctx, param, values: [_point(value) for value in values],
    help="A point of your own: a network of the database, NAME+RULE or a file, and its top-1"
    " accuracy. Repeatable.",
)
@output_option
@click.pass_context
def accuracy(ctx: click.Context, /, **options: Any) -> None:
    """Published top-1 accuracy against MACs; the area of a bubble is its parameters.

    Accuracies are of one source, because others measure otherwise: the one that has figures of
    most of the networks, unless --source names another.
    """
    _draw(ctx, "accuracy", spec=None, **options)


def _point(text: str) -> tuple[str, float]:
    """'mynet=76.2'; a name may hold an equals sign itself (mobilenet_v2+width=0.5=65.4)."""
    name, _, percent = text.rpartition("=")
    if not name or not re.fullmatch(r"\d{1,3}(\.\d+)?", percent) or float(percent) > 100:
        raise click.BadParameter(f"{text!r} is not NAME=PERCENT, such as resnet50=76.2")
    return name, float(percent)


@command.command("totals")
@click.argument("names", nargs=-1, metavar="[NAME…]", shell_complete=complete_names)
@output_option
@click.pass_context
def totals(ctx: click.Context, /, **options: Any) -> None:
    """Params against MACs over two log axes, of these networks or of the catalogue."""
    _draw(ctx, "totals", spec=None, **options)


@command.command("depth")
@networks
@click.pass_context
def depth(ctx: click.Context, /, **options: Any) -> None:
    """Params and MACs by depth, of one or several networks."""
    _draw(ctx, "depth", **options)


@command.command("resolution")
@networks
@click.option("--log", is_flag=True, help="Over log axes, where small figures are seen, too.")
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
    **more: Any,
) -> None:
    from archdb.render.plot import style

    style.check(path)  # before a database is looked for
    with open_database(ctx) as database:
        said = database.plot(kind, *names, path=path, input=spec, **more)
    for line in said:
        notify(line)

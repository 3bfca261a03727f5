"""What commands share: the database, progress, the options that several have."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from archdb.cli.completion import CONVENTIONS, out_of
from archdb.cli.completion import complete_names as complete_names  # as commands import it
from archdb.model.input_spec import InputSpec
from archdb.text import clipped, printable

if TYPE_CHECKING:
    from archdb.api import Database

FORMATS = ("table", "vertical", "json", "csv", "tsv", "ndjson", "markdown", "latex")
#: Formats for papers, which say below the figures what these are.
PAPERS = ("markdown", "latex")
#: Formats for people: of totals, what they look for comes first.
WORDS = ("table", "vertical", *PAPERS)
#: Where the context keeps the database that a command has opened, whether rows are for a
#: spreadsheet, and which columns were asked for.
OPENED, SPREADSHEET, COLUMNS = "archdb.database", "archdb.spreadsheet", "archdb.columns"
#: Where it keeps what columns are to be called.
HEADINGS = "archdb.headings"
#: The word for all columns, where --columns takes names.
ALL = "all"
#: To the line above, and nothing left in it.
ABOVE, EMPTIED = "\x1b[1A", "\r\x1b[2K"
BY = ("total", "block", "op", "resolution", "layer")

_NO_OPTION = re.compile(r"-\S*\s|-[0-9.]")
Command = TypeVar("Command", bound=Callable[..., Any])


def notify(message: str) -> None:
    """What archdb does unasked, and what belongs to the figures, on standard error."""
    click.echo(clipped(printable(message)), err=True)


def open_database(ctx: click.Context) -> Database:
    """The database that the command line names, with progress on a terminal."""
    from archdb.api import Database

    return remember_database(ctx, Database(ctx.obj, migrate=True, notify=notify, progress=bar(ctx)))


def remember_database(ctx: click.Context, database: Database) -> Database:
    """The same, known to what prints its results."""
    ctx.meta[OPENED] = database
    # For what papers say beside the figures.
    database.reader.keeps = ctx.params.get("form") in PAPERS
    return database


def on_terminal(stream: TextIO | None) -> bool:
    """Whether people see what goes there."""
    return stream is not None and stream.isatty()  # None: closed by the caller


def bar(ctx: click.Context, label: str = "deriving") -> Bar:
    """A progress bar that is gone when the command ends, however it does."""
    drawn = Bar(label)
    ctx.call_on_close(drawn.stop)
    return drawn


class Bar:
    """A progress bar on standard error, drawn only on a terminal and only for long work."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.drawn: Any = None

    def __call__(self, done: int, total: int) -> None:
        if total < 2 or not on_terminal(sys.stderr):
            return
        if self.drawn is None:
            self.drawn = click.progressbar(length=total, label=self.label, file=sys.stderr)
            self.drawn.render_progress()
        self.drawn.update(done - self.drawn.pos)
        if done >= total:
            self.stop()

    def stop(self) -> None:
        """Take the bar away, also when the work has failed."""
        if self.drawn is not None:
            self.drawn.render_finish()  # gives the cursor back, and ends the line
            click.echo(ABOVE + EMPTIED, err=True, nl=False, color=True)
            self.drawn = None


def counting_progress(ctx: click.Context, label: str, things: str) -> Callable[[int, int], None]:
    """A bar on a terminal; else a line for each tenth of the work."""
    drawn = bar(ctx, label)
    said = 0

    def progress(done: int, total: int) -> None:
        nonlocal said
        drawn(done, total)
        if not on_terminal(sys.stderr) and done * 10 // total > said:
            said = done * 10 // total
            notify(f"{done} of {total} {things}")

    return progress


class Hyphened(click.Command):
    """A command whose last word may begin with a hyphen, as SQL that begins with a comment and
    a number below zero do: what holds a space or is a number is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = [option for option in self.get_params(ctx) if isinstance(option, click.Option)]
        takers = {name for option in options if not option.is_flag for name in option.opts}
        for i, word in enumerate(args):
            if word == "--":
                break
            valued = word.partition("=")[0] in takers or (i and args[i - 1] in takers)
            if _NO_OPTION.match(word) and not valued:
                args = [*args[:i], *args[i + 1 :], "--", word]
                break
        return super().parse_args(ctx, args)


def format_option(command: Command) -> Command:
    """--format, --columns, --heading and --spreadsheet, wherever rows are printed."""
    command = click.option(
        "--heading",
        metavar="NAME=TEXT",
        multiple=True,
        is_eager=True,  # is known where the format is looked at
        expose_value=False,
        callback=_remember_headings,
        help="With latex or markdown: what to call a column, quantity or network. 'Params (M)' sets"
        " the scale as well. Repeatable.",
    )(command)
    command = click.option(
        "--columns",
        metavar="A,B,…",
        expose_value=False,
        callback=_named,
        help="These columns alone, in this order; 'all' of them, however wide the terminal is.",
    )(command)
    command = click.option(
        "--spreadsheet",
        is_flag=True,
        is_eager=True,  # is known where the format is looked at
        expose_value=False,
        callback=_remember_spreadsheet,
        help="With csv or tsv: an apostrophe before text that would be taken for a formula.",
    )(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="table",
        callback=_fits,
        help="How rows are printed; json is an array of objects with exact integers.",
    )(command)


def _remember_spreadsheet(ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    ctx.meta[SPREADSHEET] = asked


def _named(ctx: click.Context, param: click.Parameter, names: str | None) -> None:
    ctx.meta[COLUMNS] = names and [name.strip() for name in names.split(",")]


def _remember_headings(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> None:
    pairs = [word.partition("=") for word in given]
    for word, (name, equals, _) in zip(given, pairs, strict=True):
        if not name or not equals:
            raise click.UsageError(f"--heading needs NAME=TEXT, got '{word}'", ctx)
    ctx.meta[HEADINGS] = {name: text for name, _, text in pairs}


def _fits(ctx: click.Context, param: click.Parameter, form: str) -> str:
    if ctx.meta[SPREADSHEET] and form not in ("csv", "tsv"):
        raise click.UsageError("--spreadsheet goes with --format csv or tsv", ctx)
    if ctx.meta[HEADINGS] and form not in PAPERS:
        raise click.UsageError("--heading goes with --format latex or markdown", ctx)
    return form


def input_option(help: str, metavar: str = "SIZE") -> Callable[..., Any]:
    """--input, again and again for networks with several inputs."""
    return click.option(
        "--input",
        "spec",
        metavar=metavar,
        multiple=True,
        callback=_spec,
        help=f"{help} NAME={metavar} for one of several inputs.",
    )


def _spec(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> InputSpec:
    return values or None


def convention_option(help: str) -> Callable[..., Any]:
    """--convention, again and again."""
    return click.option(
        "--convention",
        metavar="NAME",
        multiple=True,
        shell_complete=out_of(CONVENTIONS),
        help=f"{help} Repeatable.",
    )


def profile_options(command: Command) -> Command:
    """--by, --input, --convention, --all, --format: for what compare and show print."""
    for option in (
        click.option(
            "--all",
            "everything",
            is_flag=True,
            help="All totals, also what is 0 in all networks, as json and csv always have them.",
        ),
        convention_option("Add the total of a counting convention, such as mac or flop."),
        input_option("Another input size: 384, or 3x384x384; derived once, then kept."),
        click.option("--by", type=click.Choice(BY), default="total", help="What a row stands for."),
    ):
        command = option(command)
    return format_option(command)

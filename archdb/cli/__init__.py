"""The command line: one module per command, loaded when it is called."""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from archdb.cli.common import notify
from archdb.cli.signals import SIGNALLED, unwind_at_signals
from archdb.errors import ArchdbError
from archdb.text import clipped, printable
from archdb.version import __version__

#: Modules of this package that are no commands, but what these share.
SHARED = {"__init__", "common", "completion", "output", "signals"}
#: Each command's module: import_.py is `import`, explain_number.py is `explain-number`.
COMMANDS = {
    path.stem.strip("_").replace("_", "-"): path.stem
    for path in sorted(Path(__file__).parent.glob("*.py"))
    if path.stem not in SHARED
}


class Commands(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]  # `list` is hidden here by the command's module, once imported

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"archdb.cli.{COMMANDS[name]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from archdb.errors import nearest

            remedy = nearest(args[0], COMMANDS)
            raise click.UsageError(f"{error.message} {remedy}".strip(), ctx) from None

    def make_context(self, *words: Any, **options: Any) -> click.Context:
        """Where click takes the words apart that stand before the command."""
        with _printable():
            return super().make_context(*words, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """The one boundary at which archdb's errors become words and a status."""
        try:
            with _printable():
                return super().invoke(ctx)
        except ArchdbError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.status)
        except KeyboardInterrupt:
            notify("interrupted")
            ctx.exit(SIGNALLED + 2)
        except BrokenPipeError:  # the reader has had enough: click ends in silence
            raise
        except OSError as error:  # what all else is made of: a full disk behind the output
            where = error.filename or "the output cannot be written"
            notify(f"Error: {where}: {error.strerror}")
            ctx.exit(1)


@contextlib.contextmanager
def _printable() -> Iterator[None]:
    """click's own errors repeat what was typed, which may be any text."""
    try:
        yield
    except click.ClickException as error:
        message = clipped(printable(error.message))
        if isinstance(error, click.NoSuchOption) and not error.possibilities:
            message += " A name that begins with a hyphen goes behind --."
        error.message = message  # type: ignore[misc]
        raise


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="archdb")
@click.option(
    "--database",
    metavar="PATH_OR_URL",
    help="The database to use; else ARCHDB_DATABASE, else the one in your data directory.",
)
@click.pass_context
def main(ctx: click.Context, database: str | None) -> None:
    """Neural network architectures as layer rows, and everything derived from them.

    Results go to standard output, everything else to standard error.
    """
    ctx.obj = database
    unwind_at_signals(ctx)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not where it was closed
            _encode(stream)


def _encode(stream: io.TextIOWrapper) -> None:
    """Pipes and files get UTF-8 whatever the locale is; a terminal shows what it can."""
    encoding = stream.encoding if stream.isatty() else "utf-8"
    stream.reconfigure(encoding=encoding, errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())

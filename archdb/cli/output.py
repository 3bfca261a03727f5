"""How results and other text go out: to people on a terminal, to machines, into papers."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

from archdb.cli.common import (
    ALL,
    COLUMNS,
    HEADINGS,
    OPENED,
    PAPERS,
    SPREADSHEET,
    notify,
    on_terminal,
)
from archdb.text import printable

if TYPE_CHECKING:
    from archdb.api import Database
    from archdb.queries.result import Result

#: Formats for people besides those for papers.
READ = ("table", "vertical")


def show(text: str) -> None:
    """What people read, on standard output: no sign in it but a line feed is obeyed."""
    click.echo(printable(text, keep="\n"), nl=False)


def write_output(text: str) -> None:
    """What machines read, byte by byte; on a terminal people see it."""
    shown = printable(text, keep="\n\t") if on_terminal(sys.stdout) else text
    click.echo(shown, nl=False, color=True)


def emit(result: Result, form: str, above: str = "") -> None:
    """Print a result in a format, and its notes on standard error (or in a table for papers); for
    people who read a table, what stands `above` it."""
    result = _selected(result)
    if form in PAPERS:
        _emit_for_paper(result, form)
        return
    from archdb.queries.provenance import is_aside
    from archdb.queries.result import Derivation
    from archdb.render import formats

    if form == "table" and isinstance(result, Derivation):
        from archdb.render import derivation

        show(derivation.written(result.rows))
    elif form == "table" and on_terminal(sys.stdout):
        _emit_on_terminal(result, above)
    elif form in READ:
        show(above + formats.FORMATS[form](result))
    else:
        write_output(_written(result, form))
    for note in result.notes:
        if on_terminal(sys.stdout) or not is_aside(note):
            notify(f"note: {note}")


def _selected(result: Result) -> Result:
    """The columns that were asked for; all, where none were."""
    names = click.get_current_context().meta.get(COLUMNS)
    return result if names in (None, [ALL]) else result.select(*names)


def _emit_for_paper(result: Result, form: str) -> None:
    from archdb.dataset.provenance import NO_DATASET, paper
    from archdb.queries.units import describe
    from archdb.render import paper_formats
    from archdb.render.tex_text import untranslated

    database: Database | None = click.get_current_context().meta.get(OPENED)
    beside = NO_DATASET
    if database is not None:
        beside = paper(database.reader, describe(database.reader, result))
        database.reader.let_go()  # before anybody reads, who may take his time
    headings = click.get_current_context().meta.get(HEADINGS) or {}
    text = paper_formats.FORMATS[form](result, beside, headings)
    show(text)
    if left := untranslated(text) if form == "latex" else "":
        notify(f"note: pdflatex stops at {left}: use xelatex or lualatex, with a font for them")


def _emit_on_terminal(result: Result, above: str) -> None:
    """The table as wide as the terminal, and what had no room in it."""
    from archdb.render import terminal

    whole = click.get_current_context().meta.get(COLUMNS) == [ALL]
    width = None if whole else shutil.get_terminal_size().columns
    drawn = terminal.table(result, width, color="NO_COLOR" not in os.environ)
    page(printable(above, keep="\n") + drawn.text)
    if drawn.left_out:
        notify(
            f"note: no room for {', '.join(drawn.left_out)}:"
            " --columns NAME,NAME chooses, --columns all or --format vertical shows all"
        )


def page(text: str) -> None:
    """Text on a terminal; through PAGER (less, if it is not set) where it is longer than the
    screen, unless NO_PAGER is set or PAGER is empty or cat."""
    pager = os.environ.get("PAGER", "less")
    wanted = "NO_PAGER" not in os.environ and pager not in ("", "cat") and on_terminal(sys.stdin)
    if wanted and text.count("\n") >= shutil.get_terminal_size().lines:
        os.environ.setdefault("LESS", "FRX")  # as git does: colours, and the screen stays
        click.echo_via_pager(text, color=True)
    else:
        click.echo(text, nl=False, color=True)


def format_result(result: Result, form: str) -> str:
    """A result as machines read it, or a spreadsheet if that was asked: the columns asked for."""
    return _written(_selected(result), form)


def _written(result: Result, form: str) -> str:
    from archdb.render import formats

    if click.get_current_context().meta.get(SPREADSHEET):
        result = formats.for_spreadsheets(result)
    return formats.FORMATS[form](result)

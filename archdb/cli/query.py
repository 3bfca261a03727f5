"""archdb query"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archdb.cli.common import Hyphened, format_option, notify, on_terminal, open_database
from archdb.cli.completion import QUERIES, bundled_queries, out_of
from archdb.cli.output import emit, format_result, show, write_output
from archdb.errors import UsageError

if TYPE_CHECKING:
    from archdb.api import Database
    from archdb.queries.result import Result
    from archdb.queries.sandbox import Answer

Directory = click.Path(exists=True, file_okay=False, path_type=Path)
Value = str | int | float | None
#: What some editors begin a file with, to say that it is UTF-8.
MARK = "\ufeff"
#: What a table takes until it is laid out, as a multiple of its rows.
LAID_OUT = 4
#: How many rows a terminal is shown of its own accord.
SHOWN = 1000


@click.command("query", cls=Hyphened)
@click.argument("sql", required=False)
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="Read the statement from a file, or from standard input (-).",
)
@click.option(
    "--saved",
    metavar="NAME",
    shell_complete=out_of(QUERIES, bundled_queries),
    help="Run a saved query; 'list' prints their names.",
)
@click.option("--save", "new_name", metavar="NAME", help="Keep the statement by this name.")
@click.option(
    "--remove",
    "old_name",
    metavar="NAME",
    shell_complete=out_of(QUERIES),
    help="Let go of a saved query of your own.",
)
@click.option("--param", "params", multiple=True, metavar="K=V", help="The value of :k.")
@click.option("--limit", type=click.IntRange(min=0), help="Print so many rows at the most.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    envvar="ARCHDB_TIMEOUT",
    help="Seconds after which the statement is stopped.",
)
@click.option(
    "--memory",
    metavar="MB",
    type=click.FloatRange(min=0, min_open=True),
    default=512.0,
    show_default=True,
    help="What the statement may take, and the rows where a format must keep them.",
)
@click.option(
    "--size",
    metavar="MB",
    type=click.FloatRange(min=0, min_open=True),
    default=1000.0,
    show_default=True,
    help="How large a result may be.",
)
@click.option(
    "--engine",
    type=click.Choice(["sqlite", "duckdb"]),
    default="sqlite",
    help="duckdb reads the files of archdb export --space, in --from.",
)
@click.option("--from", "directory", metavar="DIR", type=Directory, help="For --engine duckdb.")
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    sql: str | None,
    path: Path | None,
    saved: str | None,
    new_name: str | None,
    old_name: str | None,
    params: tuple[str, ...],
    limit: int | None,
    form: str,
    engine: str,
    directory: Path | None,
    **limits: float,
) -> None:
    """Run one SQL statement that reads, over the views that `archdb schema` describes.

    With --save it is not run, but kept in the database for --saved; its lines '-- :k v: meaning'
    say what :k is unless --param says something else.
    """
    given = [sql, path, saved, old_name]
    if sum(one is not None for one in given) != 1 or (
        new_name is not None and (saved is not None or old_name is not None)
    ):
        raise UsageError("give one statement", remedy="as an argument, by --file or by --saved")
    if saved == "list" or old_name is not None or new_name is not None:
        _keep(ctx, old_name, new_name, lambda: _statement(sql, path))
        return
    values = dict(map(_parameter, params))
    if (engine == "duckdb") != (directory is not None) or (directory and saved is not None):
        raise UsageError("--engine duckdb takes --from DIR, and no saved query")
    if directory is not None:
        emit(_by_duckdb(directory, _statement(sql, path), values, limit, **limits), form)
    else:
        _by_sqlite(ctx, saved, lambda: _statement(sql, path), values, limit, form, **limits)


def _by_sqlite(
    ctx: click.Context,
    saved: str | None,
    given: Callable[[], str],
    values: dict[str, Value],
    limit: int | None,
    form: str,
    **limits: float,
) -> None:
    from archdb.queries.session import Session

    with Session() as session, open_database(ctx) as database:
        database.statements.session = session  # which has started while the database was opened
        statement = given() if saved is None else _saved(database, saved, values)
        with database.iterate(statement, values, limit=limit, **limits) as answer:
            _print(answer, form, limited=limit is not None)


def _saved(database: Database, name: str, values: dict[str, Value]) -> str:
    """The saved query; what its parameters are unless `values` say, is added to these."""
    from archdb.queries.sql import defaults

    statement = database.saved_query(name)
    for key, value in defaults(statement).items():
        values.setdefault(key, value)
    return statement


def _by_duckdb(
    directory: Path,
    statement: str,
    values: Mapping[str, Value],
    limit: int | None,
    *,
    timeout: float,
    memory: float,
    size: float,  # of what is passed on; here all rows stand in memory
) -> Result:
    from archdb.engines import need

    need("--engine duckdb", "duckdb", "duckdb", "pyarrow")
    from archdb.engines.duckdb import query

    return query(directory, statement, values, limit=limit, timeout=timeout, memory=memory)


def _keep(
    ctx: click.Context, old_name: str | None, new_name: str | None, statement: Callable[[], str]
) -> None:
    """List the saved queries, let go of one, or keep a new one."""
    with open_database(ctx) as database:
        if old_name is not None:
            database.remove_query(old_name)
            notify(f"removed {old_name}")
        elif new_name is not None:
            database.save_query(new_name, statement())
            notify(f"saved {new_name}: archdb query --saved {new_name} runs it")
        else:
            show("".join(f"{name}\n" for name in database.saved_queries()))


def _print(answer: Answer, form: str, *, limited: bool) -> None:
    """Print rows as they come, or, where a format needs to know how wide they are, all at last."""
    from archdb.render.streamed import STREAMED, pieces

    if form not in STREAMED:
        _emit_first(answer.kept(LAID_OUT), form, limited)
        return
    batches = (batch.rows for batch in answer.batches())
    for piece in pieces(answer.columns, batches, form, format_result):
        write_output(piece)
    for note in answer.notes:
        notify(f"note: {note}")


def _emit_first(result: Result, form: str, limited: bool) -> None:
    """The rows; of very many, on a terminal and where no limit was asked for, the first."""
    many = on_terminal(sys.stdout) and not limited and len(result) > SHOWN
    emit(result[:SHOWN] if many else result, form)
    if many:
        notify(
            f"note: {SHOWN:,} of {len(result):,} rows are shown: --limit {len(result)},"
            " a pipe or a file has all"
        )


def _statement(sql: str | None, path: Path | None) -> str:
    """The statement, from either of the two places."""
    if path is None:
        return str(sql).removeprefix(MARK)
    try:
        if str(path) == "-":
            return sys.stdin.read().removeprefix(MARK)
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("is not UTF-8 text").at(str(path)) from None


def _parameter(word: str) -> tuple[str, Value]:
    """('k', v) of 'k=v'; v is a number where it is written as one."""
    key, equals, value = word.partition("=")
    if not key or not equals:
        raise UsageError(f"--param needs k=v, got '{word}'")
    if re.fullmatch(r"[+-]?[0-9]+", value):
        if len(value) > 20 or not -(2**63) <= int(value) < 2**63:
            raise UsageError(f"--param {key}: an integer has at most 64 bits")
        return key, int(value)
    if re.fullmatch(r"[+-]?([0-9]+\.[0-9]*|\.?[0-9]+)(e[+-]?[0-9]+)?", value, re.IGNORECASE):
        return key, float(value)
    return key, value

"""archdb serve"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archdb.cli.common import notify, open_database
from archdb.errors import ArchdbError, UsageError

if TYPE_CHECKING:
    from archdb.serve.settings import Settings
    from archdb.serve.snapshot import Copying

Command = TypeVar("Command", bound=Callable[..., Any])
#: Powers of ten of what bytes are counted in.
UNITS = {"k": 10**3, "M": 10**6, "G": 10**9}


def _bytes(ctx: click.Context, param: click.Parameter, word: str) -> int:
    """200000000 of '200M'."""
    digits = word.rstrip("kMG")
    if not digits.isdigit() or len(word) - len(digits) > 1 or not int(digits):
        raise click.BadParameter(f"'{word}' is no size: 200M, 64M")
    return int(digits) * UNITS.get(word[len(digits) :], 1)


def _size(name: str, default: str, help: str) -> Callable[[Command], Command]:
    return click.option(name, default=default, show_default=True, callback=_bytes, metavar="SIZE",
                        help=help)  # fmt: skip


def _prefix(ctx: click.Context, param: click.Parameter, word: str) -> str:
    """'/archdb' of '/archdb/'."""
    if word and (not word.startswith("/") or set(word) & set("?#%\\ ") or "//" in word):
        raise click.BadParameter(f"'{word}' is no path: /archdb")
    return word.rstrip("/")


SECONDS = click.FloatRange(min=0, min_open=True)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True)
@click.option("--uds", metavar="PATH", help="Listen at a Unix socket instead.")
@click.option("--get", "path", metavar="PATH", help="Print the answer to one address, and end.")
@click.option("--open", "browser", is_flag=True, help="Show it in a browser.")
@click.option(
    "--time",
    type=SECONDS,
    default=2.0,
    show_default=True,
    metavar="S",
    help="Seconds that a statement may take.",
)
@click.option(
    "--stream-time",
    type=SECONDS,
    default=60.0,
    show_default=True,
    metavar="S",
    help="Seconds after which a stream of rows ends.",
)
@click.option(
    "--answer-time",
    type=SECONDS,
    default=10.0,
    show_default=True,
    metavar="S",
    help="Seconds that a question may take which is no statement.",
)
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Rows on a page of SQL.",
)
@_size("--bytes", "200M", "How large a stream of rows may be.")
@_size("--heap", "64M", "Memory that a statement may use.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Processes for statements, and as many for other questions.",
)
@click.option(
    "--waiting",
    type=click.IntRange(min=0),
    default=16,
    show_default=True,
    help="Requests that may wait for a process.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0),
    default=20.0,
    show_default=True,
    help="Requests a second from one client; 0: as many as come.",
)
@click.option("--no-sql", is_flag=True, help="Run no statements.")
@click.option("--no-derive", is_flag=True, help="Work out no rules and no other inputs.")
@click.option("--no-download", is_flag=True, help="Do not hand out the database file.")
@click.option("--cors", is_flag=True, help="Let pages of other hosts read the answers.")
@click.option("--behind-proxy", is_flag=True, help="Believe a proxy who the client is.")
@click.option(
    "--prefix",
    default="",
    callback=_prefix,
    metavar="PATH",
    help="What stands before every path, where a proxy leaves it on.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="So many services at one address, each with its own --workers and --rate.",
)
@click.option("--listening", "number", type=int, hidden=True)
@click.option("--log-addresses", "addresses", is_flag=True, help="Say who asked, in the log.")
@click.option("--quiet", is_flag=True, help="Log no requests.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    path: str | None,
    browser: bool,
    processes: int,
    number: int | None,
    **options: Any,
) -> None:
    """Pages, JSON and SQL over HTTP (needs: pip install 'archdb[serve]').

    Answers come from a private copy of the database, made again when the file changes; nothing
    that a visitor does changes the file. Statements run in processes that are killed when their
    time is over. All links are relative: a prefix that a proxy takes off has not to be told.
    """
    for name in ("sql", "derive", "download"):
        options[name] = not options.pop(f"no_{name}")
    _check(path)
    with open_database(ctx) as database:
        source = database.path
    if path is None and "sqlalchemy" in sys.modules:
        # The file has been made or upgraded, with much that a service would keep in memory.
        os.execv(sys.executable, [sys.executable, "-m", "archdb", *sys.argv[1:]])
    from archdb.serve.settings import Settings

    settings = Settings(**options)
    if path is not None:
        _print(_get(source, settings, path))
    elif number is None:
        ctx.exit(_begin(source, settings, processes, browser))
    else:
        from archdb.serve import several

        several.end_with_parent()
        _answer(source, settings, socket.socket(fileno=number))


def _get(source: Path, settings: Settings, path: str) -> tuple[int, bytes]:
    copying, run = _prepared(source)
    found: tuple[int, bytes] = run.get(copying, settings, path)
    return found


def _answer(source: Path, settings: Settings, shared: socket.socket) -> None:
    copying, run = _prepared(source)
    run.serve(copying, settings, shared)


def _prepared(source: Path) -> tuple[Copying, Any]:
    """The copy that is answered from, which is made while what answers is imported."""
    from archdb.serve.snapshot import Copying

    copying = Copying(source)
    from archdb.serve import run

    return copying, run


def _begin(source: Path, settings: Settings, count: int, browser: bool) -> int:
    """Listen, and answer in this process or in so many others; the status to end with."""
    from archdb.serve.listening import listening

    if count > 1 and sys.platform == "win32":
        raise UsageError("--processes needs a system where processes can share a socket")
    with listening(settings) as (shared, where):
        notify(f"archdb is at {where}")
        if browser:
            click.launch(where)
        if count > 1:
            from archdb.serve import several

            return several.serve(shared, count)
        _answer(source, settings, shared)
    return 0


def _check(path: str | None) -> None:
    """Raises ArchdbError where the extra is not installed, UsageError on what is no address."""
    for package in ("starlette", "uvicorn", "jinja2"):
        if find_spec(package) is None:
            raise ArchdbError(
                f"the service needs {package}, which is not installed",
                remedy="pip install 'archdb[serve]'",
            )
    if path is not None and not (path.startswith("/") and path.isascii()):
        raise UsageError(f"'{path}' is no address", remedy="as in --get /compare/vgg16/alexnet.csv")


def _print(answer: tuple[int, bytes]) -> None:
    status, body = answer
    sys.stdout.buffer.write(body)
    if status >= 300:
        raise ArchdbError(f"the status is {status}")

"""archdb space build | list"""

from __future__ import annotations

from pathlib import Path

import click

from archdb.cli.common import counting_progress, format_option, notify, open_database
from archdb.cli.completion import complete_spaces
from archdb.cli.output import emit
from archdb.errors import ArchdbError, UsageError

Files = click.Path(file_okay=False, path_type=Path)


@click.group("space")
def command() -> None:
    """Search spaces: families of networks that a function lays, as rows like all others."""


@command.command("build")
@click.argument("name", shell_complete=complete_spaces)
@click.option("--limit", type=click.IntRange(min=1), help="Only so many points, from the first.")
@click.option("--sample", type=click.IntRange(min=1), help="Only so many points, drawn at random.")
@click.option("--seed", type=int, default=0, show_default=True, help="By which --sample draws.")
@click.option("--point", "points", multiple=True, help="Only the point of this number or name.")
@click.option(
    "--engine",
    type=click.Choice(["sqlite", "spark"]),
    default="sqlite",
    help="spark writes Parquet files into --to, and no database.",
)
@click.option("--to", "target", metavar="DIR", type=Files, help="For --engine spark.")
@click.option("--master", metavar="URL", help="Of a Spark cluster; without it, all cores here.")
@click.pass_context
def build(
    ctx: click.Context,
    name: str,
    limit: int | None,
    sample: int | None,
    seed: int,
    points: tuple[str, ...],
    engine: str,
    target: Path | None,
    master: str | None,
) -> None:
    """Add the points of a search space; after an interruption, those that are missing."""
    from archdb.spaces import chosen, find

    # What is misspelt is said before a database is made.
    chosen(find(name), limit, sample, seed, points)
    if (engine == "spark") != (target is not None) or (master and target is None):
        raise UsageError("--engine spark takes --to DIR, and --master needs both")
    if target is not None and (sample is not None or points):
        raise UsageError("--engine spark lays all points, or the first of them by --limit")
    if target is not None:
        _by_spark(name, target, limit, master)
        return
    with open_database(ctx) as database:
        made = database.space_build(
            name,
            limit,
            sample=sample,
            seed=seed,
            points=points,
            progress=counting_progress(ctx, "deriving", "points"),
        )
    there = "was" if made.there == 1 else "were"
    notify(f"{name}: {_points(made.added)} added, {made.there} {there} there")


def _by_spark(name: str, target: Path, limit: int | None, master: str | None) -> None:
    from archdb.engines import need

    need("--engine spark", "spark", "pyspark", "pyarrow", "pandas")
    from archdb.engines.spark import build as build_by_spark

    built = build_by_spark(name, target, limit, master)
    notify(f"{name}: {_points(built.points)} written into {target}")
    if built.faults:
        raise ArchdbError(
            f"{_points(built.faults)} could not be derived",
            remedy=f"{target / 'faults'} names them, and why",
        )


def _points(count: int) -> str:
    return "1 point" if count == 1 else f"{count} points"


@command.command("list")
@format_option
@click.pass_context
def list_spaces(ctx: click.Context, form: str) -> None:
    """All search spaces that archdb can lay, and how much of each is in the database."""
    with open_database(ctx) as database:
        emit(database.space_list(), form)

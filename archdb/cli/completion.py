"""What the shell completes: names out of the database as it is, read by SQLite alone, and nothing
where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click

from archdb.text import printable

Complete = Callable[[click.Context, click.Parameter, str], list[str]]

#: Points of search spaces are too many to be offered.
FAMILIES = "select distinct family from network where space is null order by 1"
CONVENTIONS = "select name from convention order by 1"
SORT_KEYS = (
    "select \"column\" from column_dictionary where relation = 'architecture_summary'"
    " order by position"
)
SPACES = "select name from space order by 1"
VIEWS = "select distinct relation from column_dictionary order by 1"
SOURCES = "select distinct citation from published order by 1"
QUERIES = "select substr(key, 7) from meta where substr(key, 1, 6) = 'query:' order by 1"
LAYERS = (
    "select layer from layer_summary where is_native = 1 and architecture ="
    " coalesce((select name from network where name = :name), (select n.name from alias a"
    " join network n on n.id = a.network_id where a.name = :name)) order by position"
)


def out_of(statement: str, more: Callable[[], Iterable[str]] = tuple) -> Complete:
    """Completes what a statement gives, and what else there is."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        return _like(incomplete, [*_read(ctx, statement), *more()])

    return complete


def complete_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of networks; behind a plus, of rules."""
    from archdb.queries.sql import sql

    base, plus, _ = incomplete.rpartition("+")
    if not plus:
        return _like(incomplete, _read(ctx, sql("names")))
    return _like(incomplete, (f"{base}+{rule}" for rule in _rules()))


def complete_rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of rules."""
    return _like(incomplete, _rules())


def complete_layers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of networks; behind a slash, of a network's layers."""
    name, slash, _ = incomplete.partition("/")
    if not slash:
        return complete_names(ctx, param, incomplete)
    layers = _read(ctx, LAYERS, name=name.lower())
    return _like(incomplete, (f"{name}/{layer}" for layer in layers))


def complete_layer_of(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Layers of the network that the command has been given."""
    # Where an option waits for its value, click leaves the words before it as they came.
    given = [ctx.params.get("name"), *ctx.args, ""]
    name = next(word for word in given if word is not None).partition("/")[0]
    return _like(incomplete, _read(ctx, LAYERS, name=name.lower()))


def complete_quantities(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """What is explained of a network."""
    from archdb.explain.totals import QUANTITIES

    return _like(incomplete, QUANTITIES)


def complete_verdicts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """What may be said of a published figure."""
    from archdb.queries.published import VERDICTS

    return _like(incomplete, VERDICTS)


def complete_spaces(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """All search spaces that archdb can lay."""
    from archdb.spaces import REGISTRY

    return _like(incomplete, sorted(REGISTRY))


def bundled_queries() -> list[str]:
    """The saved queries that archdb brings, and the word that lists all."""
    from archdb.queries.saved import LIST
    from archdb.queries.sql import saved_names

    return [*saved_names(), LIST]


def _rules() -> Iterator[str]:
    from archdb.rewrite import REGISTRY

    for rule in REGISTRY.values():
        yield rule.name


def _like(incomplete: str, words: Iterable[str]) -> list[str]:
    """Those that begin so and that people can read."""
    return [word for word in words if word.startswith(incomplete) and printable(word) == word]


def _read(ctx: click.Context, statement: str, **parameters: Any) -> list[str]:
    """The first column of the rows; none where there is no database that can be read."""
    import sqlite3
    from contextlib import closing

    from archdb.db.connection import connect, default_path, locate
    from archdb.errors import ArchdbError

    try:
        path = locate(ctx.find_root().params.get("database")) or default_path()
        with closing(connect(path)) as connection:  # and no Database, which may write
            return [str(row[0]) for row in connection.execute(statement, parameters)]
    except (ArchdbError, sqlite3.Error):
        return []

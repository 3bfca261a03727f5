"""What in a file is archdb's own: anything else in it is its user's, and left alone.

The names alone, without SQLAlchemy: start-up counts. A test holds them equal to the tables.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from archdb.db import dictionary

TABLES = frozenset(
    {
        "alembic_version",
        "alias",
        "block",
        "citation",
        "column_dictionary",
        "convention",
        "convention_weight",
        "difference",
        "edge",
        "figure_value",
        "import_line",
        "layer",
        "layer_profile",
        "meta",
        "network",
        "point",
        "profile",
        "published",
        "published_explanation",
        "source",
        "space",
        "unread_figure",
    }
)


class Item(NamedTuple):
    """A row of sqlite_master: a table, view, index or trigger, what it is on, its statement."""

    kind: str
    name: str
    on: str
    statement: str


def relations() -> frozenset[str]:
    """Names of archdb's tables and views."""
    return TABLES | dictionary.views().keys()


def items(connection: sqlite3.Connection, database: str = "main") -> list[Item]:
    """All that is on archdb's tables and views, or one of them; not what SQLite makes by itself."""
    known = relations()
    found = connection.execute(
        f"select type, name, tbl_name, sql from {database}.sqlite_master"
        " where sql is not null and name not like 'sqlite@_%' escape '@' order by name"
    )
    return [Item(*row) for row in found if row[2] in known]

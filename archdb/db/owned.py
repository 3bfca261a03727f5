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
        "block_row",
        "citation",
        "column_dictionary",
        "convention",
        "convention_weight",
        "difference",
        "edge",
        "fact_row",
        "field_row",
        "figure_value",
        "import_line",
        "layer",
        "layer_row",
        "meta",
        "network",
        "op_row",
        "point",
        "profile",
        "profile_row",
        "published",
        "published_explanation",
        "resolution_row",
        "source",
        "space",
        "unread_figure",
    }
)


#: Triggers of earlier schemas, on a table that is gone.
GONE = frozenset({"layer_profile_updated", "layer_profile_deleted"})


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

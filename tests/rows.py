"""Rows of a database file, as any client of SQLite reads them."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def ask(path: Path, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as client:
        return client.execute(statement, values).fetchall()


def shown(path: Path, *views: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of some views, in an order that does not depend on how they are found."""
    return {view: sorted(ask(path, f"select * from {view}"), key=repr) for view in views}

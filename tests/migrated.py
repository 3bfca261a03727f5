"""Files as another archdb has left them."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from rows import ask

from archdb.db.engine import engine_for
from archdb.resources import bundled


def migrate(path: Path, direction: Any, revision: str) -> None:
    """Up or down to a revision, with foreign keys unenforced, as archdb does it."""
    config = Config()
    config.set_main_option("script_location", str(bundled("migrations")))
    engine = engine_for(path, keys=False)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        direction(config, revision)
    engine.dispose()


def unpacked(path: Path) -> None:
    """Take a file back to revision 0010, as the archdb before wrote it: all points in rows."""
    views = ask(path, "select name from sqlite_master where type = 'view'")
    with closing(sqlite3.connect(path)) as client:
        for (view,) in views:
            client.execute(f"drop view {view}")
    migrate(path, command.downgrade, "0010")
    with closing(sqlite3.connect(path)) as client, client:
        client.execute("update meta set value = '0.0.1' where key = 'archdb_version'")

"""A user's tables and views under names that archdb has taken since."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from archdb.db import build, bundled_networks, owned

#: What stands behind the name of a user's table or view that archdb has taken.
OWN = "_own"


def make_room(connection: Connection, former: set[str]) -> Iterator[str]:
    """Rename a user's, views that read them included; `former` were archdb's own before."""
    rows = connection.exec_driver_sql(
        "select type, name, sql from sqlite_master where type in ('table', 'view')"
    ).all()
    taken = {name for _, name, _ in rows} | owned.relations()
    for kind, name, statement in rows:
        if name not in owned.relations() or name in former:
            continue
        new = bundled_networks.free(name + OWN, OWN, taken)
        if kind == "table":
            _rename(connection, name, new)
        else:
            connection.exec_driver_sql(f"drop view {quote(name)}")
            connection.exec_driver_sql(_rename_view(statement, new))
        yield f"your {kind} {name} is called {new} now: archdb has taken the name"


def _rename(connection: Connection, name: str, new: str) -> None:
    statement = f"alter table {quote(name)} rename to {quote(new)}"
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement)
    except DBAPIError:  # some view of the user's reads what is not there: leave them as they are
        connection.exec_driver_sql("pragma legacy_alter_table = on")
        connection.exec_driver_sql(statement)
        connection.exec_driver_sql("pragma legacy_alter_table = off")


def former(connection: Connection, revision: str) -> set[str]:
    """The tables and views that were archdb's own when the file was made."""
    engine = create_engine("sqlite://", poolclass=NullPool)
    with engine.begin() as empty:
        build.migrate(empty, revision)
        names = {item.name for item in build.items(empty)}
    here = {item.name for item in build.items(connection)}
    if "column_dictionary" not in names & here:
        return names | owned.relations()
    described = connection.exec_driver_sql("select distinct relation from column_dictionary")
    views = set(described.scalars())
    return names | (views or owned.relations())


def _rename_view(statement: str, name: str) -> str:
    """A view's statement with another name."""
    old = r"(?i)^(create\s+view\s+)(\"[^\"]*\"|\[[^\]]*\]|`[^`]*`|'[^']*'|\w+)"
    return re.sub(old, lambda match: match[1] + quote(name), statement)


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

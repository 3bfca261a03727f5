"""Statements by name: those that archdb brings, and the user's own, which the database keeps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archdb.errors import NotFoundError, UsageError, nearest
from archdb.queries.sql import saved, saved_names

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: What the key of an own one begins with, in the table `meta`.
PREFIX = "query:"
#: The word that prints their names.
LIST = "list"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PARAMETER = re.compile(r"[:@$]([A-Za-z_]\w*)")


def own_queries(reader: Reader) -> dict[str, str]:
    """The user's own statements by name."""
    rows = reader.run(
        "select substr(key, :length), value from meta where substr(key, 1, :length - 1) = :prefix",
        {"length": len(PREFIX) + 1, "prefix": PREFIX},
    )
    return dict(rows.rows)


def query_names(reader: Reader) -> list[str]:
    """The names of all saved queries."""
    return sorted({*saved_names(), *own_queries(reader)})


def saved_query(reader: Reader, name: str) -> str:
    """A saved query's text; NotFoundError with the nearest names where there is none."""
    own = own_queries(reader)
    if name in saved_names():
        return saved(name)
    if name not in own:
        names = query_names(reader)
        known = nearest(name, names) or f"there are: {', '.join(names)}"
        raise NotFoundError(f"no saved query '{name}'", remedy=known)
    return own[name]


def check_query_name(reader: Reader, name: str) -> None:
    """Raises UsageError where no new query can be called so."""
    if not _NAME.fullmatch(name) or name == LIST:
        raise UsageError(
            f"'{name}' cannot be the name of a query",
            remedy="it begins with a letter from a to z; letters, digits and _ may follow",
        )
    if name in saved_names():
        raise UsageError(f"'{name}' is a query of archdb's own", remedy="give another name")
    if name in own_queries(reader):
        raise UsageError(
            f"there is already a query '{name}'",
            remedy=f"give another name, or remove it: archdb query --remove {name}",
        )


def check_own(reader: Reader, name: str) -> None:
    """Raises where no query of the user's is called so."""
    if name in saved_names():
        raise UsageError(f"'{name}' is a query of archdb's own and stays")
    saved_query(reader, name)


def parameters(statement: str) -> dict[str, None]:
    """All that may be a parameter of a statement, with no value."""
    return dict.fromkeys(_PARAMETER.findall(statement))

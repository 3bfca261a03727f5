"""The list of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archdb.errors import NotFoundError, UsageError, nearest
from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.queries.database import Database


def catalogue(
    database: Database,
    pattern: str | None,
    family: str | None,
    sort: str | None,
    descending: bool,
) -> Result:
    """All networks at their native inputs, by year unless `sort` names a column.

    Raises NotFoundError where no network matches, UsageError where there is no such column.
    """
    database.freshen()
    glob = pattern.lower() if pattern else None
    result = database.ask("catalogue", pattern=glob, family=family)
    if not result.rows and (pattern or family):
        raise _no_match(database, pattern, family)
    if sort is not None:
        if sort not in result.columns:
            raise UsageError(
                f"cannot sort by '{sort}'",
                remedy=nearest(sort, result.columns) or f"by one of: {', '.join(result.columns)}",
            )
        at = result.columns.index(sort)
        result.rows.sort(key=lambda row: _rank(row[at]))
    if descending:
        result.rows.reverse()
    return result


def _rank(value: Any) -> tuple[bool, Any]:
    """NULL after every value."""
    return value is None, 0 if value is None else value


def _no_match(database: Database, pattern: str | None, family: str | None) -> NotFoundError:
    families = database.ask("families").column("family")
    if family and family.lower() not in (known.lower() for known in families):
        return NotFoundError(
            f"no family is called '{family}'",
            remedy=nearest(family, families) or f"there are: {', '.join(families)}",
        )
    remedy = nearest(pattern.strip("*"), database.names()) if pattern else ""
    return NotFoundError(
        f"no network matches '{pattern}'", remedy=remedy or "patterns are globs: archdb list 'vgg*'"
    )

"""The list of networks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from archdb.errors import NotFoundError, UsageError, nearest
from archdb.model.names import LONGEST_GLOB
from archdb.queries import conventions
from archdb.queries.freshness import refresh_stale
from archdb.queries.reader import not_found
from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.queries.reader import Reader


#: What a narrow terminal leaves out last.
PRIORITY = ("architecture", "params", "macs", "year", "depth", "input", "family")


def catalogue(
    reader: Reader,
    pattern: str | None,
    family: str | None,
    sort: str | None,
    descending: bool,
    convention: str | None = None,
    space: str | None = None,
) -> Result:
    """All networks at their native inputs, by year unless `sort` names a column; those of a search
    space only where it is named. What they count for under a convention, if one is given, is last.

    Raises NotFoundError where no network matches, UsageError where there is no such column.
    """
    conventions.check(reader, convention)
    if space is not None:
        _check_space(reader, space)
    left_out = refresh_stale(reader)
    glob = pattern.lower() if pattern is not None else None
    if glob is not None and len(glob) > LONGEST_GLOB:
        raise _no_match(reader, pattern, family, left_out)
    result = reader.run_named("catalogue", pattern=glob, family=family, space=space)
    if not result.rows and (pattern is not None or family is not None):
        raise _no_match(reader, pattern, family, left_out)
    result.priority = [*PRIORITY, *([] if convention is None else [convention])]
    if convention is not None:
        values = dict(reader.run_named("priced_all", convention=convention).rows)
        result.append(convention, [values.get(row[0]) for row in result.rows])
        result.conventions = [convention]
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


def _check_space(reader: Reader, space: str) -> None:
    built = reader.run("select name from space order by name").column("name")
    if space not in built:
        from archdb.spaces import REGISTRY

        known = nearest(space, {*built, *REGISTRY}) or "archdb space list shows them"
        first = f"build it first: archdb space build {space}" if space in REGISTRY else known
        raise NotFoundError(f"no search space '{space}' is in this database", remedy=first)


def _rank(value: Any) -> tuple[bool, Any]:
    """NULL after every value."""
    return value is None, 0 if value is None else value


def _no_match(
    reader: Reader, pattern: str | None, family: str | None, left_out: Iterable[str]
) -> NotFoundError:
    families = reader.run_named("families").column("family")
    if family is not None and family.lower() not in (known.lower() for known in families):
        return NotFoundError(
            f"no family is called '{family}'",
            remedy=nearest(family, families) or f"there are: {', '.join(families)}",
        )
    asked = f"matches '{pattern}'" if pattern is not None else f"of family {family} has figures"
    names = set(reader.names()).difference(left_out)
    globs = "patterns are globs: archdb list 'vgg*'"
    remedy = not_found(pattern.strip("*"), names, globs) if pattern else globs
    return NotFoundError(f"no network {asked}", remedy=remedy)


def spaces(reader: Reader) -> Result:
    """Every search space that archdb can lay, or that is there, and how much of it is."""
    from archdb.spaces import REGISTRY

    here = reader.run("select space, title, citation, size, wanted, built from space_summary")
    rows = {name: (name, s.title, s.cite, s.size, 0, 0) for name, s in REGISTRY.items()}
    rows |= {row[0]: row for row in here.rows}
    return Result(here.columns, [rows[name] for name in sorted(rows)])

"""The list of networks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.errors import NotFoundError, UsageError, nearest
from archdb.model.names import LONGEST_GLOB
from archdb.queries import conventions
from archdb.queries.freshness import refresh_stale
from archdb.queries.provenance import Subject
from archdb.queries.reader import not_found
from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.queries.reader import Reader


#: What a narrow terminal leaves out last.
PRIORITY = ("architecture", "params", "macs", "year", "depth", "input", "family")
KEY = "architecture"
#: What makes a word a pattern and no name, and what a name with rules has, a file or a model.
GLOB, MADE = set("*?["), set("+.:")


class Listing(NamedTuple):
    """What to list: names and globs over names and aliases (all, where there is none), of a family,
    of a search space; and how: sorted, with totals under conventions, with these columns alone."""

    patterns: Sequence[str] = ()
    family: str | None = None
    space: str | None = None
    sort: str | None = None
    descending: bool = False
    convention: conventions.Names = None
    columns: Sequence[str] | None = None


def catalogue(reader: Reader, asked: Listing) -> Result:
    """Networks at their native inputs: those of each pattern by year, in the order of the patterns,
    unless `sort` names a column; points of a search space only where it is named.

    `columns` are any of architecture_summary, behind the name; what the networks count for under
    conventions is last, unless `columns` say where. A name with rules is listed, too, and so is a
    file. Raises NotFoundError where no network matches, UsageError where there is no such column.
    """
    conventions.check(reader, asked.convention)
    if asked.space is not None:
        check_space(reader, asked.space)
    left_out = refresh_stale(reader, points=bool(asked.space or asked.patterns))
    made = {word: entry for word in asked.patterns for entry in _made(reader, word, asked)}
    result = _rows(reader, asked, made, left_out)
    result.conventions = list(conventions.as_names(asked.convention))
    counted = [name for name in result.conventions if name not in result.columns]
    figures = {entry[KEY]: entry for entry in made.values()}
    _add_columns(reader, result, asked, figures)
    names = json.dumps([row[0] for row in result.rows])
    for name in counted:
        values = dict(reader.run_named("priced_all", convention=name, names=names).rows)
        values |= {network: entry[name] for network, entry in figures.items()}
        result.append(name, [values.get(row[0]) for row in result.rows])
    result.priority = [*PRIORITY, *counted]
    _sort(result, asked)
    if asked.columns is None:
        return result
    return result.select(*dict.fromkeys([KEY, *asked.columns, *result.conventions]))


def _made(reader: Reader, word: str, asked: Listing) -> Iterator[dict[str, Any]]:
    """What there is to say of a name with rules, or of a file; nothing of any other word."""
    if GLOB & set(word) or not MADE & set(word):
        return
    from archdb.queries.catalogue_made import entries

    yield from entries(reader, word, conventions.chosen(reader, asked.convention))


def _rows(
    reader: Reader, asked: Listing, made: dict[str, dict[str, Any]], left_out: Iterable[str]
) -> Result:
    """The rows of all patterns, each once."""
    if not asked.patterns:
        return _match(reader, None, asked, left_out)
    result = Result(reader.run_named("catalogue", pattern="", family=None, space=None).schema, ())
    rows: dict[str, tuple[Any, ...]] = {}
    for word in asked.patterns:
        if word in made:
            rows[made[word][KEY]] = tuple(made[word].get(name) for name in result.columns)
        else:
            rows |= {row[0]: row for row in _match(reader, word, asked, left_out).rows}
    result.rows = list(rows.values())
    if made:
        at = result.columns.index("input")
        result.networks = [Subject(row[0], row[at]) for row in result.rows]
    return result


def _match(reader: Reader, pattern: str | None, asked: Listing, left_out: Iterable[str]) -> Result:
    def run(glob: str | None) -> Result:
        return reader.run_named("catalogue", pattern=glob, family=asked.family, space=asked.space)

    if pattern is not None and len(pattern) > LONGEST_GLOB:
        raise _no_match(reader, pattern, asked.family, left_out)
    result = run(None if pattern is None else pattern.lower())
    if not result.rows and pattern and not GLOB & set(pattern) and reader.titled(pattern):
        result = run(reader.resolve(pattern))
    if not result.rows and (pattern is not None or asked.family is not None):
        raise _no_match(reader, pattern, asked.family, left_out)
    return result


def _add_columns(
    reader: Reader, result: Result, asked: Listing, made: dict[str, dict[str, Any]]
) -> None:
    """Other columns of architecture_summary, of those that are wanted."""
    wanted = [*(asked.columns or ()), *filter(None, [asked.sort])]
    wanted = [name for name in wanted if name not in {*result.columns, *result.conventions}]
    if not wanted:
        return
    names = json.dumps(result.column(KEY))
    every = reader.run_named("native_summaries", names=names)
    figures = {row[KEY]: row for row in every.to_dicts()} | made
    for name in dict.fromkeys(wanted):
        if name not in every.columns:
            known = nearest(name, dict.fromkeys([*result.columns, *every.columns]))
            what = "cannot sort by" if name == asked.sort else "no column is called"
            remedy = known or f"by one of: {', '.join(every.columns)}"
            raise UsageError(f"{what} '{name}'", remedy=remedy)
        result.append(name, [figures[row[0]].get(name) for row in result.rows])


def _sort(result: Result, asked: Listing) -> None:
    if asked.sort is not None:
        at = result.columns.index(asked.sort)
        result.rows.sort(key=lambda row: _rank(row[at]))
    if asked.descending:
        result.rows.reverse()


def check_space(reader: Reader, space: str) -> None:
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

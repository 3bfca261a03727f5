"""The catalogue searched: what its networks have in common with the words and bounds given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.errors import NotFoundError, UsageError, nearest
from archdb.queries.catalogue import Listing, catalogue
from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.queries.conventions import Names
    from archdb.queries.reader import Reader

Bounds = tuple[int | None, int | None]
#: What networks are counted by, beside what is found.
FACETS = ("family", "year", "classes", "op", "origin")
#: What may lie between bounds.
BOUNDED = ("params", "macs")


class Found(NamedTuple):
    """A page of networks; how many there are in all; by facet, how many of each value there would
    be if it alone were asked differently; and the last name, where more follow."""

    page: Result
    total: int
    facets: dict[str, dict[str, int]]
    after: str | None


def search(
    reader: Reader,
    words: str | None = None,
    facets: Mapping[str, str | None] | None = None,
    bounds: Mapping[str, Bounds | None] | None = None,
    *,
    sort: str | None = None,
    descending: bool = False,
    convention: Names = None,
    columns: Sequence[str] | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> Found:
    """Networks of the catalogue in which all words occur (or whose name matches a glob), with
    these facets, between these bounds. Raises UsageError where the catalogue has no such column,
    NotFoundError where `after` is none of what is found."""
    every = catalogue(reader, Listing((), None, None, sort, descending, convention, columns))
    known: dict[str, Facts] = reader.once("facts", facts)
    tests = {name: _has(name, value) for name, value in (facets or {}).items() if value is not None}
    rows = [row for row in every.rows if _matches(words, row[0], known)]
    for name, bound in (bounds or {}).items():
        if bound is not None:
            rows = [row for row in rows if _between(known[row[0]].figures[name], bound)]
    counts = {
        name: _counts(name, (r for r in rows if _all(tests, r, known, name)), known)
        for name in FACETS
    }
    rows = [row for row in rows if _all(tests, row, known)]
    page = _after(rows, after)
    more = page[limit - 1][0] if limit is not None and len(page) > limit > 0 else None
    every.rows = page[:limit]
    return Found(every, len(rows), counts, more)


class Facts(NamedTuple):
    """What is known of a network beside its row in the catalogue: values by facet, what may lie
    between bounds, other names, and its title."""

    values: dict[str, list[str]]
    figures: dict[str, int | None]
    aliases: list[str]
    title: str


def facts(reader: Reader) -> dict[str, Facts]:
    """What a search looks at, by the names of the catalogue."""
    found = {}
    statement = (
        "select architecture, title, family, year, classes, origin, params, macs"
        " from architecture_summary where is_native = 1 and space is null"
    )
    for row in reader.run(statement).to_dicts():
        stated = {facet: row[facet] for facet in FACETS if facet in row}
        listed = {facet: [] if v is None else [str(v)] for facet, v in stated.items()}
        figures = {name: row[name] for name in BOUNDED}
        found[row["architecture"]] = Facts({**listed, "op": []}, figures, [], row["title"])
    for row in reader.run_named("layer_kinds").to_dicts():
        known = found.get(row["architecture"])
        if known is not None and row["op"] not in known.values["op"]:
            known.values["op"].append(row["op"])
    aliases = "select a.name, n.name from alias a join network n on n.id = a.network_id"
    for alias, name in reader.run(aliases):
        if name in found:
            found[name].aliases.append(alias)
    return found


Test = Callable[[Facts], bool]


def _has(facet: str, value: str) -> Test:
    if facet not in FACETS:
        raise UsageError(
            f"networks are not told apart by '{facet}'", remedy=f"by: {', '.join(FACETS)}"
        )
    return lambda facts: value.lower() in (known.lower() for known in facts.values[facet])


def _all(tests: Mapping[str, Test], row: Any, known: Mapping[str, Facts], but: str = "") -> bool:
    return all(test(known[row[0]]) for name, test in tests.items() if name != but)


def _counts(facet: str, rows: Iterable[Any], known: Mapping[str, Facts]) -> dict[str, int]:
    """Values with how many networks have each, most first; of numbers, in their order."""
    counts = Counter(value for row in rows for value in known[row[0]].values[facet])
    if facet in ("year", "classes"):
        return dict(sorted(counts.items(), key=lambda item: int(item[0])))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _matches(words: str | None, name: str, known: Mapping[str, Facts]) -> bool:
    if not words or name not in known:
        return name in known
    names = [name, *known[name].aliases]
    asked = words.lower()
    if {"*", "?", "["} & set(asked):
        return any(fnmatchcase(one, asked) for one in names)
    facts = known[name]
    text = " ".join([*names, facts.title, *facts.values["family"]]).lower()
    return all(word in text for word in asked.split())


def _between(value: int | None, bounds: Bounds) -> bool:
    low, high = bounds
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def _after(rows: list[Any], name: str | None) -> list[Any]:
    if name is None:
        return rows
    names = [row[0] for row in rows]
    if name not in names:
        raise NotFoundError(
            f"no network '{name}' is among those found",
            remedy=nearest(name, names) or "begin again, without after",
        )
    return rows[names.index(name) + 1 :]

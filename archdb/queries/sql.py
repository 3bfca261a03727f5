"""The .sql files by name: `sql/` beside this module, seeds/queries for analysts."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from archdb.db.expansion import expand
from archdb.errors import NotFoundError, nearest
from archdb.resources import bundled

_HERE = Path(__file__).parent


@cache
def sql(name: str) -> str:
    """The text of one of archdb's own questions."""
    return expand((_HERE / "sql" / f"{name}.sql").read_text("utf-8"))


def saved_names() -> list[str]:
    """Names of the saved queries."""
    return sorted(path.stem for path in bundled("seeds/queries").glob("*.sql"))


def saved(name: str) -> str:
    """A saved query's text; NotFoundError with the nearest names where there is none."""
    names = saved_names()
    if name not in names:
        known = nearest(name, names) or f"there are: {', '.join(names)}"
        raise NotFoundError(f"no saved query '{name}'", remedy=known)
    return (bundled("seeds/queries") / f"{name}.sql").read_text("utf-8")


def defaults(statement: str) -> dict[str, str | int | None]:
    """What parameters of a saved query are unless given: its lines `-- :name value: ...`."""
    return {name: _value(word) for name, word in _DEFAULT.findall(statement)}


_DEFAULT = re.compile(r"^-- :(\w+) (\S+):", re.MULTILINE)


def _value(word: str) -> str | int | None:
    if word == "null":
        return None
    return int(word) if word.isdigit() else word


def checks() -> dict[str, str]:
    """The sanity queries: each lists offenders (network, what), and none when all is well."""
    return {path.stem: path.read_text("utf-8") for path in sorted((_HERE / "checks").glob("*.sql"))}

"""Whether a database is sound: file, keys, freshness, sanity, and figures that derive again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archdb.db import dictionary
from archdb.queries.freshness import freshen
from archdb.queries.lineage import misstated
from archdb.queries.result import Result
from archdb.queries.sql import checks

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

Fault = tuple[str, str, str]  # check, network, fault


def check(reader: Reader) -> Result:
    """One row for each fault found; none when all is well. Stale networks are derived first."""
    faults: list[Fault] = []
    integrity = reader.run("pragma integrity_check").rows
    faults += [("integrity", "", str(row[0])) for row in integrity if row[0] != "ok"]
    for table, _, parent, _ in reader.run("pragma foreign_key_check").rows:
        faults.append(("foreign keys", "", f"a row of {table} refers to a missing row of {parent}"))
    changed = _changed(reader)
    remedy = "is not as archdb made it: archdb db upgrade mends it"
    faults += [("views and triggers", "", f"{name} {remedy}") for name in changed]
    if not dictionary.views().keys().isdisjoint(changed):  # the other questions read them
        return Result(["check", "network", "fault"], faults)
    broken = freshen(reader)
    faults += [("derivation", name, str(error)) for name, error in broken.items()]
    for name, statement in checks().items():
        found = reader.run(statement).rows
        faults += [(name.replace("_", " "), network, fault) for network, fault in found]
    faults += [("lineage", network, fault) for network, fault in misstated(reader, broken)]
    faults += _derive_again(reader)
    return Result(["check", "network", "fault"], faults)


def _changed(reader: Reader) -> list[str]:
    """Views and triggers that are not those of this archdb."""
    statement = "select name, sql from sqlite_master where type in ('view', 'trigger')"
    here = {name: sql.lower() for name, sql in reader.run(statement).rows}
    expected = {**dictionary.triggers(), **dictionary.views()}
    return [
        name for name, text in expected.items() if here.get(name) != text.rstrip("; \n").lower()
    ]


def _derive_again(reader: Reader) -> list[Fault]:
    """Stored figures that are not what the rows derive to: someone changed the derived tables."""
    from archdb.db import profiles

    differing = profiles.differing(reader.path, reader.progress)
    return [("derived figures", name, what) for name, what in differing]

"""Whether the tables, views, triggers and indexes of a file are as archdb made them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection

from archdb.db.owned import TABLES, Item

#: What can be made again without its rows.
MADE_AGAIN = ("view", "trigger", "index")


class Fault(NamedTuple):
    """An item that is missing, changed, or somebody else's on a table of ours; `expected` is None
    for the last, `found` for one that is missing."""

    expected: Item | None
    found: Item | None

    @property
    def item(self) -> Item:
        item = self.expected or self.found
        assert item is not None
        return item

    @property
    def mendable(self) -> bool:
        """Whether `repair_statements` can do something about it."""
        return self.item.kind in MADE_AGAIN or self.found is None

    def __str__(self) -> str:
        item = self.item
        if self.expected is None:
            return f"the {item.kind} {item.name} on {item.on} is not archdb's"
        if self.found is None:
            return f"the {item.kind} {item.name} is missing"
        return f"the {item.kind} {item.name} is not as archdb made it"

    @property
    def remedy(self) -> str:
        """What to do about it."""
        if not self.mendable:
            return "restore the file from a copy"
        if self.expected is None:
            return "archdb db repair takes it away"
        rows = " (without its rows)" if self.item.kind == "table" else ""
        return f"archdb db repair makes it again{rows}"


def faults(found: Iterable[Item], expected: Iterable[Item]) -> list[Fault]:
    """What is not as it is expected, tables first.

    A user's own index on a table of ours does no harm, and a trigger on a view changes nothing
    that is stored: these are no faults.
    """
    here = {(item.kind, item.name): item for item in found}
    there = {(item.kind, item.name): item for item in expected}
    wrong = [
        Fault(item, here.get(at))
        for at, item in there.items()
        if at not in here or _words(here[at]) != _words(item)
    ]
    wrong += [
        Fault(None, item)
        for at, item in here.items()
        if at not in there and item.kind == "trigger" and item.on in TABLES
    ]
    return sorted(wrong, key=lambda fault: (fault.item.kind != "table", fault.item))


def _words(item: Item) -> list[str]:
    """A statement without its layout and quotes; of a table, in no order: one that a migration
    has rebuilt has its constraints as they came."""
    statement = " ".join(item.statement.replace('"', "").lower().rstrip("; \n").split())
    return sorted(_parts(statement)) if item.kind == "table" else [statement]


def _parts(statement: str) -> list[str]:
    """What stands between the commas of the outermost parentheses, and around them."""
    depth, parts = 0, [""]
    for sign in statement:
        depth += (sign == "(") - (sign == ")")
        if (depth == 1 and sign in "(,") or (depth == 0 and sign == ")"):
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def repair_statements(fault: Fault) -> list[str]:
    """The statements that mend a fault."""
    found, expected = fault.found, fault.expected
    drop = []
    if found is not None:
        quoted = found.name.replace('"', '""')
        drop = [f'drop {found.kind} "{quoted}"']
    return [*drop, *([expected.statement] if expected is not None else [])]


def forget_statistics(connection: Connection) -> Iterator[str]:
    """Take away what `analyze` has left. It tells SQLite that a space has as many networks as all
    have on average, so that it reads all of them for a question about the catalogue."""
    found = connection.exec_driver_sql(
        "select name from sqlite_master where name in ('sqlite_stat1', 'sqlite_stat4')"
    )
    for name in found.scalars().all():
        connection.exec_driver_sql(f"drop table {name}")
        yield f"{name}: taken away, because what analyze counts misleads SQLite's plans"

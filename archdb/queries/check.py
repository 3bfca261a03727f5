"""Whether a database is sound: file, schema, keys, freshness, sanity, figures that derive again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archdb.db import damage, dictionary, orphans
from archdb.db.faults import as_database_errors
from archdb.queries.conventions import invalid_weight
from archdb.queries.freshness import first_names, one_state, refresh_stale
from archdb.queries.lineage import undeclared_differences
from archdb.queries.published import verdicts
from archdb.queries.result import Result
from archdb.queries.sql import checks

if TYPE_CHECKING:
    import sqlite3

    from archdb.queries.reader import Reader

Fault = tuple[str, str, str]  # check, network, fault
COLUMNS = ["check", "network", "fault"]
#: What is said to be looked at where a table, view, trigger or index is at fault.
SCHEMA = {
    **dict.fromkeys(("table", "index"), "tables and indexes"),
    **dict.fromkeys(("view", "trigger"), "views and triggers"),
}
#: Of a row that many profiles list.
REST = "rest on it: archdb check --repair derives them anew, or takes points away to be built again"
UNLISTED = "nothing rests on it: archdb check --repair takes it away"
#: Where what archdb brings with it has been changed.
BACK = "archdb db repair puts it back"


@one_state
def check(reader: Reader) -> Result:
    """One row for each fault found; none when all is well. Stale networks are derived first."""
    with reader.snapshot() as opened:
        faults = list(_of_file(reader, opened))
        schema, readable = _of_schema(opened)
        faults += schema
        texts = [("text", "", fault) for fault in damage.garbled_texts(opened)] if readable else []
        faults += texts
        damaged = texts or any(fault[0] == "integrity" for fault in faults)
        if damaged or not readable:  # all else reads these
            return Result(COLUMNS, faults)
        broken = refresh_stale(reader)
        faults += [("derivation", name, str(error)) for name, error in broken.items()]
        for name, statement in checks().items():
            found = reader.run(statement).rows
            faults += [(name.replace("_", " "), network, fault) for network, fault in found]
        faults += [
            ("lineage", network, fault) for network, fault in undeclared_differences(reader, broken)
        ]
        named = {fault.partition(": ")[0] for check, _, fault in faults if check == "published"}
        faults += _of_what_is_derived(reader, opened, named)
        faults += _of_what_is_brought(reader)
        notes = [verdicts(reader), *_open_totals(reader), *_beside(reader)]
    return Result(COLUMNS, faults, list(filter(None, notes)))


def _of_file(reader: Reader, opened: sqlite3.Connection) -> Iterator[Fault]:
    yield from (("integrity", "", word) for word in _integrity(reader))
    with as_database_errors(reader.path):
        yield from (("foreign keys", "", fault) for fault in orphans.faults(opened))


def _integrity(reader: Reader) -> list[str]:
    with as_database_errors(reader.path):
        return damage.integrity(reader.path)


def _of_schema(opened: sqlite3.Connection) -> tuple[list[Fault], bool]:
    """What is not as archdb made it, and whether all tables and views are."""
    from archdb.db import build, intact, owned

    found = intact.faults(owned.items(opened), build.expected_items())
    readable = not any(fault.item.kind in ("table", "view") for fault in found)
    rows = [(SCHEMA[fault.item.kind], "", f"{fault}: {fault.remedy}") for fault in found]
    return rows, readable


def _of_what_is_derived(
    reader: Reader, opened: sqlite3.Connection, named: set[str]
) -> Iterator[Fault]:
    """Stored figures that are not what the rows derive to: someone changed the derived tables.
    `named` are published figures that are at fault already."""
    from archdb.db import agreement, broken_networks, figure_values, reported_figures

    broken: set[str] = set()
    with as_database_errors(reader.path):
        for fault, networks in broken_networks.faults(opened):
            rest = f"{first_names(networks)} {REST}" if networks else UNLISTED
            yield "shared rows", "", f"{fault}: {rest}"
            broken.update(networks)
        differing = agreement.differing_figures(opened, reader.progress, broken)
        misread = reported_figures.wrong_bounds(opened)
        other = figure_values.differing(opened)
    yield from (("derived figures", name, what) for name, what in differing)
    for name, what in misread:
        if what.partition(": ")[0] not in named:
            yield "published bounds", name, what
    for figure in other:
        yield "published values", "", f"{figure}: its value is not what archdb works out"


def _of_what_is_brought(reader: Reader) -> Iterator[Fault]:
    """The column dictionary and archdb's own conventions as they are not; prices that are none."""
    from archdb.analysis.conventions import bundled

    rows = set(reader.run(f"select {_DICTIONARY} from column_dictionary").rows)
    for entry in sorted(rows ^ set(map(tuple, dictionary.entries())), key=str):
        yield "column dictionary", "", f"{entry[0]}.{entry[1]} is not as archdb has it: {BACK}"
    weights = reader.run_named("weights", convention=None).rows
    for convention, op, quantity, _ in weights:
        if fault := invalid_weight(convention, op, quantity):
            yield "conventions", "", fault
    heads = {row[0]: row for row in reader.run(f"select {_CONVENTION} from convention").rows}
    for convention in bundled():
        stored = {row[1:] for row in weights if row[0] == convention.name}
        if heads.get(convention.name) != convention[:5] or stored != set(convention.rows()):
            yield "conventions", "", f"'{convention.name}' is not as archdb has it: {BACK}"


_DICTIONARY = ", ".join(f'"{column}"' for column in dictionary.Entry._fields)
_CONVENTION = "name, sentence, source, divisor, missing"


def _open_totals(reader: Reader) -> Iterator[str]:
    """Networks with layers that are not counted: no fault, but sums over their rows mislead."""
    found = reader.run(
        "select architecture from architecture_summary where is_native and macs is null order by 1"
    ).column("architecture")
    if found:
        yield (
            f"totals are open, so that sums over layer rows are none: {first_names(found)}"
            " (architecture_summary.note says why)"
        )


def _beside(reader: Reader) -> Iterator[str]:
    """Bundled networks that have another name here, because the user has taken theirs."""
    from archdb.db.bundled_networks import BUNDLED, beside_note

    question = (
        "select name from network where origin = 'bundled' union all select a.name from alias a"
        " join network n on n.id = a.network_id where n.origin = 'bundled' order by name"
    )
    for name in reader.run(question).column("name"):
        if name.endswith(BUNDLED):
            yield beside_note(name.removesuffix(BUNDLED), name)

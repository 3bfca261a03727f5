"""Whether what is stored is, to the last digit, what the layer rows derive to."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection

from sqlalchemy import Table

from archdb.analysis.fingerprint import fingerprint
from archdb.analysis.profile import derive
from archdb.analysis.totals import TOTAL_COLUMNS
from archdb.db.networks import inputs_of, load
from archdb.db.profile_lists import rows_of
from archdb.db.shared_rows import said_columns
from archdb.db.shared_tables import (
    LISTED,
    block_row,
    fact_row,
    field_row,
    layer_row,
    op_row,
    resolution_row,
)
from archdb.errors import ArchdbError


def differing_figures(
    connection: sqlite3.Connection,
    progress: Callable[[int, int], None],
    broken: Collection[str] = (),
) -> list[tuple[str, str]]:
    """Networks whose stored figures are not what their rows derive to, and at which input; of
    `broken` ones rows are missing, and nothing is derived."""
    rows = connection.execute(
        "select n.id, n.name, p.id, p.input from network n"
        " join profile p on p.network_id = n.id and p.revision = n.revision"
    ).fetchall()
    found = []
    for done, (network_id, name, profile_id, input) in enumerate(rows):
        progress(done, len(rows))
        if name in broken:
            continue
        fault = "stored figures differ from derived ones"
        try:
            agree = _agrees(connection, network_id, profile_id, input)
        except ArchdbError as error:
            agree, fault = False, str(error)
        if not agree:
            found.append((name, f"{input}: {fault}"))
    progress(len(rows), len(rows))
    return found


def _agrees(connection: sqlite3.Connection, network_id: int, profile_id: int, input: str) -> bool:
    """Whether a stored profile is what the rows derive to; and the hash."""
    network = load(connection, network_id)
    hashed = "select structure from network where id = ?"
    if connection.execute(hashed, [network_id]).fetchone() != (fingerprint(network),):
        return False
    profile = derive(network, inputs_of(network, input))
    totals = f"select {', '.join(TOTAL_COLUMNS)} from profile where id = ?"
    stored = connection.execute(totals, [profile_id]).fetchone()
    if stored != tuple(profile.totals[column] for column in TOTAL_COLUMNS):
        return False
    return [connection.execute(rows, [profile_id]).fetchall() for rows in _STORED] == rows_of(
        network, profile
    )


def _listed(table: Table, columns: str, joins: str = "") -> str:
    return (
        f"select {columns} from profile_row x join json_each(x.{LISTED[table]}) e"
        f" join {table.name} r on r.id = e.value {joins} where x.profile_id = ? order by e.key"
    )


def _columns(table: Table, alias: str) -> str:
    return ", ".join(f"{alias}.{column}" for column in said_columns(table))


_STORED = [
    _listed(
        layer_row,
        f"r.name, r.block, r.auxiliary, r.inputs, r.weights_of, {_columns(fact_row, 'f')},"
        f" {_columns(field_row, 'w')}, r.depth",
        "join fact_row f on f.id = r.fact join field_row w on w.id = r.field",
    ),
    *[_listed(table, _columns(table, "r")) for table in (op_row, block_row, resolution_row)],
]

"""Whether what is stored is, to the last digit, what the layer rows derive to."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from archdb.analysis.fingerprint import fingerprint
from archdb.analysis.profile import LAYER_COLUMNS, derive
from archdb.analysis.totals import TOTAL_COLUMNS
from archdb.db.networks import inputs_of, load, positions
from archdb.errors import ArchdbError


def differing_figures(
    connection: sqlite3.Connection, progress: Callable[[int, int], None]
) -> list[tuple[str, str]]:
    """Networks whose stored figures are not what their rows derive to, and at which input."""
    rows = connection.execute(
        "select n.id, n.name, p.id, p.input from network n"
        " join profile p on p.network_id = n.id and p.revision = n.revision"
    ).fetchall()
    found = []
    for done, (network_id, name, profile_id, input) in enumerate(rows):
        progress(done, len(rows))
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
    layers = f"select position, {', '.join(LAYER_COLUMNS)} from layer_profile where profile_id = ?"
    rows = connection.execute(layers, [profile_id]).fetchall()
    position = positions(connection, network_id)
    expected = {
        position[layer.name]: row
        for layer, row in zip(profile.network.layers, profile.rows, strict=True)
    }
    return {row[0]: row[1:] for row in rows} == expected

"""Hashes of rows: which network this is, and which figures follow from it.

Equal rows have equal hashes in any file and under any SQLite. A table without rows and a column
that is NULL in all of them say nothing, so that what a migration adds empty makes no difference.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdb.analysis.profile import Profile
    from archdb.model.graph import Network

#: A name, columns, and rows in an order that is the same in any file.
Rows = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


def hash_of(tables: Iterable[Rows]) -> str:
    """'sha256:…' over the rows of some tables."""
    found = hashlib.sha256()
    for name, columns, rows in tables:
        values = zip(columns, zip(*rows, strict=True), strict=False)  # of no rows
        said = {column: some for column, some in values if any(v is not None for v in some)}
        if said:
            line = json.dumps([name, said], ensure_ascii=False, sort_keys=True)
            found.update(f"{line}\n".encode())
    return f"sha256:{found.hexdigest()}"


def _definition() -> dict[str, tuple[Sequence[str], str]]:
    """What defines a network beside its own row, each in the order of its key."""
    from archdb.db.networks import BLOCK, EDGE, LAYER  # and all ops, which few questions need

    return {
        "block": (BLOCK[1:], "position"),
        "layer": (LAYER[1:], "position"),
        "edge": (EDGE[1:], "reader, slot"),
    }


def content_of(connection: sqlite3.Connection, network_id: int) -> str:
    """The hash of the layer, edge and block rows that define a network now."""
    return hash_of(
        (
            table,
            columns,
            connection.execute(
                f"select {', '.join(columns)} from {table} where network_id = ? order by {order}",
                [network_id],
            ).fetchall(),
        )
        for table, (columns, order) in _definition().items()
    )


def content_of_rows(network: Network) -> str:
    """The same of the rows that a network is stored as."""
    from archdb.db.networks import block_rows, edge_rows, layer_rows

    made = (block_rows(0, network), layer_rows(0, network), edge_rows(0, network))
    tables = zip(_definition().items(), made, strict=True)
    return hash_of(
        (table, columns, [row[1:] for row in rows]) for (table, (columns, _)), rows in tables
    )


def figures_of(profile: Profile) -> str:
    """The hash of all that a profile says: its totals and the figures of its layers."""
    from archdb.analysis.profile import LAYER_COLUMNS

    totals = ("total", ("input", *profile.totals), [(profile.input, *profile.totals.values())])
    names = [
        (layer.name, *row) for layer, row in zip(profile.network.layers, profile.rows, strict=True)
    ]
    return hash_of([totals, ("layer", ("layer", *LAYER_COLUMNS), names)])

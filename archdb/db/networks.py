"""A network's definition as rows, and rows back as a network. One place for both directions."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, text

from archdb.analysis.layer_costs import PADS
from archdb.db import tables
from archdb.db.engine import insert_many
from archdb.errors import DefinitionError
from archdb.model.graph import Block, Layer, Network
from archdb.ops import REGISTRY, Op, make

#: Attributes that have columns of their own; every other attribute is JSON.
PAIRS = {name: (f"{name}_h", f"{name}_w") for name in ("kernel", "stride", "dilation")}
SCALARS = ("groups", "filters", "units", "bias", "rounding")
SHARED = (
    *(column for pair in PAIRS.values() for column in pair),
    *("padding", *PADS),
    *SCALARS,
)
LAYER = (
    *("network_id", "position", "name", "op", "block", "auxiliary", "weights_of"),
    *(*SHARED, "attributes"),
)
BLOCK = ("network_id", "name", "position", "kind", "attributes", "parent")
EDGE = ("network_id", "reader", "slot", "source")


def insert_layers(connection: Connection, network_id: int, network: Network) -> None:
    """The definition: block, layer and edge rows."""
    insert_many(connection, tables.block, BLOCK, block_rows(network_id, network))
    insert_many(connection, tables.layer, LAYER, layer_rows(network_id, network))
    insert_many(connection, tables.edge, EDGE, edge_rows(network_id, network))


def block_rows(network_id: int, network: Network) -> Iterator[tuple[Any, ...]]:
    """The rows of BLOCK."""
    for i, b in enumerate(network.blocks):
        attributes = json.dumps(b.attributes, sort_keys=True)
        yield network_id, b.name, i, b.kind, attributes, b.parent


def layer_rows(network_id: int, network: Network) -> Iterator[tuple[Any, ...]]:
    """The rows of LAYER."""
    for i, (name, op, _, block, auxiliary, shared) in enumerate(network.layers):
        yield network_id, i, name, op.name, block, int(auxiliary), shared, *columns_of(op)


def edge_rows(network_id: int, network: Network) -> Iterator[tuple[int, int, int, int]]:
    """The rows of EDGE."""
    position = {layer.name: i for i, layer in enumerate(network.layers)}
    for reader, layer in enumerate(network.layers):
        for slot, name in enumerate(layer.inputs):
            yield network_id, reader, slot, position[name]


def load(connection: Connection, network_id: int) -> Network:
    """The network that the rows define now.

    Raises DefinitionError or ShapeError where someone left rows that define none.
    """
    key = {"id": network_id}
    name = connection.execute(text("select name from network where id = :id"), key).scalar_one()
    rows = connection.execute(
        text(f"select {', '.join(LAYER[1:])} from layer where network_id = :id order by position"),
        key,
    ).all()
    inputs: dict[int, list[int]] = {}
    for edge in connection.execute(
        text("select reader, source from edge where network_id = :id order by reader, slot"), key
    ):
        inputs.setdefault(edge.reader, []).append(edge.source)
    names = {row.position: row.name for row in rows}
    try:
        return Network(name, _layers(name, rows, names, inputs), _blocks(connection, network_id))
    except DefinitionError as error:
        error.remedy = error.remedy or "correct its rows, or restore the file from a copy"
        raise


def _layers(
    network: str, rows: Sequence[Any], names: dict[int, str], inputs: dict[int, list[int]]
) -> Iterator[Layer]:
    for row in rows:
        try:
            sources = tuple(_source(names, at) for at in inputs.get(row.position, ()))
            place = row.block, bool(row.auxiliary), row.weights_of
            layer = Layer(row.name, _op(row), sources, *place)
        except DefinitionError as error:
            raise error.at(f"layer '{row.name}'").at(network) from None
        yield layer


def normalize(connection: Connection, network: str) -> None:
    """Put the layer rows of a network into the form in which they are stored today, as one that
    is imported today has them. Rows that define no op stay as they are."""
    key = {"name": network}
    of_network = "network_id = (select id from network where name = :name)"
    rows = connection.execute(
        text(f"select {', '.join(LAYER)} from layer where {of_network}"), key
    ).all()
    columns = (*SHARED, "attributes")
    changes = ", ".join(f"{column} = :{column}" for column in columns)
    for row in rows:
        if row.op not in REGISTRY:
            continue
        with contextlib.suppress(DefinitionError):
            stated = dict(zip(columns, columns_of(_op(row)), strict=True))
            if any(getattr(row, column) != value for column, value in stated.items()):
                place = "network_id = :network_id and position = :position"
                values = {**stated, "network_id": row.network_id, "position": row.position}
                connection.execute(text(f"update layer set {changes} where {place}"), values)


def _source(names: dict[int, str], position: int) -> str:
    if position not in names:  # left by a client that does not check foreign keys
        raise DefinitionError(f"reads position {position}, where there is no layer")
    return names[position]


def _blocks(connection: Connection, network_id: int) -> Iterable[Block]:
    rows = connection.execute(
        text(f"select {', '.join(BLOCK[1:])} from block where network_id = :id order by position"),
        {"id": network_id},
    )
    return [Block(row.name, row.kind, _stated(row.attributes), row.parent) for row in rows]


def _stated(attributes: str | None) -> dict[str, Any]:
    """What the JSON of a row says; DefinitionError where it says nothing."""
    try:
        values = json.loads(attributes) if attributes else {}
    except (ValueError, RecursionError):  # a number of many digits is a ValueError, too
        values = None
    if not isinstance(values, dict):
        raise DefinitionError(f"attributes must be a JSON object, got {attributes}")
    return values


def positions(connection: Connection, network_id: int) -> dict[str, int]:
    """Where each layer stands; another SQL client may leave gaps, or readers before what they
    read."""
    rows = connection.execute(
        text("select name, position from layer where network_id = :id"), {"id": network_id}
    )
    return {row.name: row.position for row in rows}


@cache
def columns_of(op: Op) -> tuple[Any, ...]:
    """SHARED and `attributes` of a layer row."""
    values = dict(op.attributes())
    row: dict[str, Any] = {}
    for name, columns in PAIRS.items():
        row.update(zip(columns, values.pop(name, (None, None)), strict=True))
    padding = values.pop("padding", None)
    if isinstance(padding, tuple):
        row |= {"padding": "explicit", **dict(zip(PADS, padding, strict=True))}
    else:
        row["padding"] = padding
    for name in SCALARS:
        row[name] = values.pop(name, None)
    own = json.dumps(values, sort_keys=True) if values else None
    return (*(row.get(name) for name in SHARED), own)


def _op(row: Any) -> Op:
    """The op of a layer row; a kind that this archdb does not have is an `unknown` op."""
    values = _stated(row.attributes)
    if row.op not in REGISTRY:
        return make("unknown", {"kind": row.op})
    for name in (*PAIRS, "padding", *SCALARS):
        if name in values:
            raise DefinitionError(f"'{name}' has columns of its own, and no place in attributes")
    for name, (first, second) in PAIRS.items():
        if getattr(row, first) is not None:
            values[name] = (getattr(row, first), getattr(row, second))
    if row.padding == "explicit":
        values["padding"] = tuple(getattr(row, pad) for pad in PADS)
    elif row.padding is not None:
        values["padding"] = row.padding
    for name in SCALARS:
        value = getattr(row, name)
        if value is not None:
            values[name] = bool(value) if name == "bias" else value
    return make(row.op, values)

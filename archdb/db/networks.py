"""A network's definition as rows, and rows back as a network. One place for both directions.

All of it goes over a connection of sqlite3's own: readers have no other, and writers have one
below SQLAlchemy's (`engine.driver`).
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from archdb.analysis.inputs import Inputs, native_inputs, resolve_inputs
from archdb.analysis.layer_costs import PADS
from archdb.errors import DefinitionError, NotFoundError, ShapeError, UsageError
from archdb.model.graph import Block, Layer, Network
from archdb.ops import REGISTRY, Op, make

#: Attributes that have columns of their own; every other attribute is JSON.
PAIRS = {name: (f"{name}_h", f"{name}_w") for name in ("kernel", "stride", "dilation")}
SCALARS = ("groups", "filters", "units", "bias", "rounding")
SHARED = (
    *(column for pair in PAIRS.values() for column in pair),
    "padding",
    *PADS,
    *SCALARS,
)
#: What a layer row says of its op, besides its name.
STATED = (*SHARED, "attributes")
#: The same in fact_row, where pads that are stated stand beside those that are derived.
STATED_OP = tuple(f"stated_{name}" if name in PADS else name for name in STATED)
LAYER = ("network_id", "position", "name", "block", "auxiliary", "weights_of", "op", *STATED)
BLOCK = ("network_id", "name", "position", "kind", "attributes", "parent")
EDGE = ("network_id", "reader", "slot", "source")


def block_rows(network_id: int, network: Network) -> Iterator[tuple[Any, ...]]:
    """The rows of BLOCK."""
    for i, b in enumerate(network.blocks):
        attributes = json.dumps(b.attributes, sort_keys=True)
        yield network_id, b.name, i, b.kind, attributes, b.parent


def layer_rows(network_id: int, network: Network) -> Iterator[tuple[Any, ...]]:
    """The rows of LAYER."""
    for i, (name, op, _, block, auxiliary, shared) in enumerate(network.layers):
        yield network_id, i, name, block, int(auxiliary), shared, op.name, *columns_of(op)


def edge_rows(network_id: int, network: Network) -> Iterator[tuple[int, int, int, int]]:
    """The rows of EDGE."""
    position = {layer.name: i for i, layer in enumerate(network.layers)}
    for reader, layer in enumerate(network.layers):
        for slot, name in enumerate(layer.inputs):
            yield network_id, reader, slot, position[name]


def id_of(connection: sqlite3.Connection, name: str) -> int:
    """The key of a network; NotFoundError where it is gone."""
    found = connection.execute("select id from network where name = ?", [name]).fetchone()
    if found is None:
        raise NotFoundError(f"network '{name}' is no longer there")
    return int(found[0])


def load(connection: sqlite3.Connection, network_id: int) -> Network:
    """The network that the rows define now: its own, or where it is packed those of its profile.

    Raises DefinitionError or ShapeError where someone left rows that define none.
    """
    key = [network_id]
    head = connection.execute("select name, packed from network where id = ?", key).fetchone()
    name, packed = head
    rows = connection.execute(_PACKED_LAYERS if packed else _LAYERS, key).fetchall()
    blocks = connection.execute(_PACKED_BLOCKS if packed else _BLOCKS, key).fetchall()
    sources = _listed_sources(rows) if packed else _edge_sources(connection, network_id, rows)
    try:
        return Network(name, _layers(name, rows, sources), _blocks(blocks))
    except DefinitionError as error:
        error.remedy = error.remedy or "correct its rows, or restore the file from a copy"
        raise


_LAYERS = f"select {', '.join(LAYER[1:])} from layer where network_id = ? order by position"
_BLOCKS = f"select {', '.join(BLOCK[1:])} from block where network_id = ? order by position"
_EDGES = "select reader, source from edge where network_id = ? order by reader, slot"
#: The lists of a packed network; at any input they hold the same definition.
_PACKED = """
    from (select id from profile where network_id = ? order by is_native desc, id limit 1) p
    join profile_row x on x.profile_id = p.id
"""
_PACKED_LAYERS = f"""
    select e.key, r.name, r.block, r.auxiliary, r.weights_of, f.op,
        {", ".join(f"f.{column}" for column in STATED_OP)}, r.inputs
    {_PACKED} join json_each(x.layers) e
    join layer_row r on r.id = e.value join fact_row f on f.id = r.fact order by e.key
"""
_PACKED_BLOCKS = f"""
    select r.block, e.key, r.kind, r.attributes, r.parent
    {_PACKED} join json_each(x.blocks) e join block_row r on r.id = e.value
    where r.kind is not null order by e.key
"""
#: The names of the layers that the layer at a position reads.
Sources = Callable[[int], tuple[str, ...]]


def _listed_sources(rows: Iterable[tuple[Any, ...]]) -> Sources:
    """As the rows of a packed network state them, in their last column."""
    inputs = {position: inputs for position, *_, inputs in rows}
    return lambda position: tuple(json.loads(inputs[position]))


def _edge_sources(
    connection: sqlite3.Connection, network_id: int, rows: Iterable[tuple[Any, ...]]
) -> Sources:
    names = {position: name for position, name, *_ in rows}
    read: dict[int, list[int]] = {}
    for reader, source in connection.execute(_EDGES, [network_id]):
        read.setdefault(reader, []).append(source)
    return lambda position: tuple([_source(names, at) for at in read.get(position, ())])


def _layers(network: str, rows: Iterable[tuple[Any, ...]], sources: Sources) -> Iterator[Layer]:
    for position, name, block, auxiliary, weights_of, op, *stated in rows:
        try:
            made = _op(op, *stated[: len(STATED)])
            layer = Layer(name, made, sources(position), block, bool(auxiliary), weights_of)
        except DefinitionError as error:
            raise error.at(f"layer '{name}'").at(network) from None
        yield layer


def normalize(connection: sqlite3.Connection, network: str) -> None:
    """Put the layer rows of a network into the form in which they are stored today, as one that
    is imported today has them. Rows that define no op stay as they are."""
    key = [id_of(connection, network)]
    changes = ", ".join(f"{column} = ?" for column in STATED)
    update = f"update layer set {changes} where network_id = ? and position = ?"
    for position, _, _, _, _, op, *stated in connection.execute(_LAYERS, key).fetchall():
        if op in REGISTRY:
            with contextlib.suppress(DefinitionError):
                today = columns_of(_op(op, *stated))
                if today != tuple(stated):
                    connection.execute(update, (*today, *key, position))


def _source(names: dict[int, str], position: int) -> str:
    if position not in names:  # left by a client that does not check foreign keys
        raise DefinitionError(f"reads position {position}, where there is no layer")
    return names[position]


def _blocks(rows: Iterable[tuple[Any, ...]]) -> Iterator[Block]:
    for name, _, kind, attributes, parent in rows:
        yield Block(name, kind, _attributes(attributes), parent)


def _attributes(attributes: str | None) -> dict[str, Any]:
    """What the JSON of a row says; DefinitionError where it says nothing."""
    try:
        values = json.loads(attributes) if attributes else {}
    except (ValueError, RecursionError):  # a number of many digits is a ValueError, too
        values = None
    if not isinstance(values, dict):
        raise DefinitionError(f"attributes must be a JSON object, got {attributes}")
    return values


def inputs_of(network: Network, text: str) -> Inputs:
    """The inputs that a profile's text names. Older ones have the first input alone, whatever the
    others."""
    try:
        return resolve_inputs((text,), native_inputs(network))
    except UsageError as error:  # of rows, not of what a user has typed
        raise ShapeError(error.what, remedy=error.remedy).at(network.name) from None


@cache
def columns_of(op: Op) -> tuple[Any, ...]:
    """STATED of a layer row."""
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
        value = values.pop(name, None)
        row[name] = int(value) if isinstance(value, bool) else value
    own = json.dumps(values, sort_keys=True) if values else None
    return (*(row.get(name) for name in SHARED), own)


@cache
def _op(kind: str, *stated: Any) -> Op:
    """The op of a layer row; a kind that this archdb does not have is an `unknown` op."""
    row = dict(zip(STATED, stated, strict=True))
    values = _attributes(row["attributes"])
    if kind not in REGISTRY:
        return make("unknown", {"kind": kind})
    for name in (*PAIRS, "padding", *SCALARS):
        if name in values:
            raise DefinitionError(f"'{name}' has columns of its own, and no place in attributes")
    for name, (first, second) in PAIRS.items():
        if row[first] is not None:
            values[name] = (row[first], row[second])
    if row["padding"] == "explicit":
        values["padding"] = tuple(row[pad] for pad in PADS)
    elif row["padding"] is not None:
        values["padding"] = row["padding"]
    for name in SCALARS:
        if row[name] is not None:
            values[name] = bool(row[name]) if name == "bias" else row[name]
    return make(kind, values)

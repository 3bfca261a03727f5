"""Networks and profiles into rows, and rows back into networks. One place for both directions."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, text

from archdb.db import schema
from archdb.db.engine import insert_many
from archdb.derive import LAYER_COLUMNS, Profile, derive, native_input
from archdb.errors import DefinitionError, ShapeError
from archdb.facts import PADS
from archdb.graph import Block, Layer, Network
from archdb.ops import REGISTRY, Op, make
from archdb.ops.shape import parse
from archdb.ops.shape import text as shape_text
from archdb.records import Seed
from archdb.structure import fingerprint
from archdb.totals import TOTAL_COLUMNS

#: Attributes that have columns of their own; every other attribute is JSON.
PAIRS = {name: (f"{name}_h", f"{name}_w") for name in ("kernel", "stride", "dilation")}
SCALARS = ("groups", "filters", "units", "bias", "rounding")
SHARED = (
    *(column for pair in PAIRS.values() for column in pair),
    *("padding", *PADS),
    *SCALARS,
)
LAYER = ("network_id", "position", "name", "op", "block", "auxiliary", *SHARED, "attributes")
BLOCK = ("network_id", "name", "position", "kind", "attributes", "parent")


def _columns(op: Op) -> tuple[Any, ...]:
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
    values: dict[str, Any] = json.loads(row.attributes) if row.attributes else {}
    if row.op not in REGISTRY:
        return make("unknown", {"kind": row.op})
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


def put_seed(connection: Connection, seed: Seed, origin: str) -> None:
    """Store a seed with its sources and its native profile, in place of a network of that name.

    Raises DefinitionError where a name is taken, ShapeError where the network does not derive.
    """
    profile = derive(seed.network)
    _check_names(connection, seed)
    remove(connection, seed.name)
    known = {row.key for row in connection.execute(text("select key from citation"))}
    insert_many(
        connection,
        schema.citation,
        ("key", "kind", "authors", "title", "year", "venue", "doi", "url"),
        [
            (r.key, r.kind, json.dumps(r.authors, ensure_ascii=False), *r[3:])
            for r in seed.references
            if r.key not in known
        ],
    )
    header = ("name", "title", "family", "year", "variant_of", "classes")
    insert_many(
        connection,
        schema.network,
        (*header, "origin", "structure"),
        [(*(getattr(seed, column) for column in header), origin, fingerprint(seed.network))],
    )
    network_id = connection.execute(text("select last_insert_rowid()")).scalar_one()
    insert_many(
        connection, schema.alias, ("name", "network_id"), [(a, network_id) for a in seed.aliases]
    )
    insert_many(
        connection,
        schema.source,
        ("network_id", "number", "claim", "citation", "place"),
        [(network_id, i, *source) for i, source in enumerate(seed.sources)],
    )
    insert_many(
        connection,
        schema.difference,
        ("network_id", "number", "what", "base", "here", "layers", "why"),
        [
            (network_id, i, d.what, d.base, d.here, json.dumps(d.layers), d.why)
            for i, d in enumerate(seed.differences)
        ],
    )
    put_layers(connection, network_id, seed.network)
    put_profile(connection, network_id, profile, native=True)


def _check_names(connection: Connection, seed: Seed) -> None:
    """A name or alias may belong to one network only; a base must be there."""
    names = (seed.name, *seed.aliases)
    taken = connection.execute(
        text(
            "select name, name as owner from network union all"
            " select a.name, n.name from alias a join network n on n.id = a.network_id"
        )
    )
    owners = {row.name: row.owner for row in taken}
    for name in names:
        owner = owners.get(name, seed.name)
        if owner != seed.name:
            raise DefinitionError(f"the name '{name}' already belongs to '{owner}'").at(seed.name)


def remove(connection: Connection, name: str) -> None:
    """Delete a network and everything that hangs on it; nothing where there is none."""
    connection.execute(text("delete from network where name = :name"), {"name": name})


def put_layers(connection: Connection, network_id: int, network: Network) -> None:
    """The definition: block, layer and edge rows."""
    insert_many(
        connection,
        schema.block,
        BLOCK,
        [
            (network_id, b.name, i, b.kind, json.dumps(b.attributes, sort_keys=True), b.parent)
            for i, b in enumerate(network.blocks)
        ],
    )
    insert_many(
        connection,
        schema.layer,
        LAYER,
        [
            (network_id, i, row.name, row.op.name, row.block, int(row.auxiliary), *_columns(row.op))
            for i, row in enumerate(network.layers)
        ],
    )
    insert_many(connection, schema.edge, EDGE, _edges(network_id, network))


EDGE = ("network_id", "reader", "slot", "source")


def _edges(network_id: int, network: Network) -> Iterator[tuple[int, int, int, int]]:
    position = {layer.name: i for i, layer in enumerate(network.layers)}
    for reader, layer in enumerate(network.layers):
        for slot, name in enumerate(layer.inputs):
            yield network_id, reader, slot, position[name]


def put_profile(connection: Connection, network_id: int, profile: Profile, *, native: bool) -> None:
    """The derived rows of one profile, in place of those at the same input."""
    key = {"network": network_id, "input": shape_text(profile.input)}
    connection.execute(
        text("delete from profile where network_id = :network and input = :input"), key
    )
    revision = connection.execute(
        text("select revision from network where id = :network"), key
    ).scalar_one()
    totals = [profile.totals[column] for column in TOTAL_COLUMNS]
    insert_many(
        connection,
        schema.profile,
        ("network_id", "input", "is_native", "revision", *TOTAL_COLUMNS),
        [(network_id, key["input"], int(native), revision, *totals)],
    )
    profile_id = connection.execute(text("select last_insert_rowid()")).scalar_one()
    insert_many(
        connection,
        schema.layer_profile,
        ("profile_id", "position", *LAYER_COLUMNS),
        [(profile_id, i, *row) for i, row in enumerate(profile.rows)],
    )


def load(connection: Connection, network_id: int) -> Network:
    """The network that the rows define now.

    Raises DefinitionError or ShapeError where someone left rows that define none.
    """
    key = {"id": network_id}
    name = connection.execute(text("select name from network where id = :id"), key).scalar_one()
    rows = connection.execute(
        text("select * from layer where network_id = :id order by position"), key
    ).all()
    inputs: dict[int, list[int]] = {}
    for edge in connection.execute(
        text("select reader, source from edge where network_id = :id order by reader, slot"), key
    ):
        inputs.setdefault(edge.reader, []).append(edge.source)
    names = {row.position: row.name for row in rows}
    return Network(name, _layers(name, rows, names, inputs), _blocks(connection, network_id))


def _layers(
    network: str, rows: Sequence[Any], names: dict[int, str], inputs: dict[int, list[int]]
) -> Iterator[Layer]:
    for row in rows:
        try:
            op = _op(row)
        except DefinitionError as error:
            raise error.at(f"layer '{row.name}'").at(network) from None
        sources = tuple(names[position] for position in inputs.get(row.position, ()))
        yield Layer(row.name, op, sources, row.block, bool(row.auxiliary))


def _blocks(connection: Connection, network_id: int) -> Iterable[Block]:
    rows = connection.execute(
        text("select * from block where network_id = :id order by position"), {"id": network_id}
    )
    return [Block(row.name, row.kind, json.loads(row.attributes), row.parent) for row in rows]


def refresh(connection: Connection, network_id: int) -> None:
    """Derive all profiles of a network again from its rows as they stand.

    An input that the changed network cannot take loses its profile; the native one must derive.
    """
    network = load(connection, network_id)
    native = derive(network)
    others = connection.execute(
        text("select input from profile where network_id = :id and is_native = 0"),
        {"id": network_id},
    )
    shapes = [parse(row.input) for row in others]
    connection.execute(
        text("update network set structure = :structure where id = :id"),
        {"id": network_id, "structure": fingerprint(network)},
    )
    connection.execute(text("delete from profile where network_id = :id"), {"id": network_id})
    put_profile(connection, network_id, native, native=True)
    for shape in shapes:
        if shape != native.input:
            with contextlib.suppress(ShapeError):
                put_profile(connection, network_id, derive(network, shape), native=False)


def profile_at(connection: Connection, network_id: int, shape: tuple[int, ...]) -> None:
    """Derive and store the profile of a stored network at an input."""
    network = load(connection, network_id)
    native = shape == native_input(network)
    put_profile(connection, network_id, derive(network, shape), native=native)


def agrees(
    connection: Connection, network_id: int, profile_id: int, shape: tuple[int, ...]
) -> bool:
    """Whether a stored profile is, to the last digit, what the rows derive to."""
    profile = derive(load(connection, network_id), shape)
    key = {"id": profile_id}
    totals = ", ".join(TOTAL_COLUMNS)
    stored = connection.execute(text(f"select {totals} from profile where id = :id"), key).one()
    columns = ", ".join(LAYER_COLUMNS)
    rows = connection.execute(
        text(f"select {columns} from layer_profile where profile_id = :id order by position"), key
    )
    expected = tuple(profile.totals[column] for column in TOTAL_COLUMNS)
    return tuple(stored) == expected and [tuple(row) for row in rows] == profile.rows

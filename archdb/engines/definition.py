"""A network's definition as one row: what a figure is derived from, without a database.

An op's attributes are JSON, because each op has its own. A network that no row defines, since the
space's function has failed, leaves a row with `fault` and without layers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import pyarrow

from archdb.analysis.fingerprint import fingerprint
from archdb.errors import ArchdbError
from archdb.model.graph import Block, Layer, Network
from archdb.ops import Op, make
from archdb.spaces import Space

_TEXT, _WHOLE = pyarrow.string(), pyarrow.int64()
_LAYER = pyarrow.struct(
    {
        "name": _TEXT,
        "op": _TEXT,
        "attributes": _TEXT,
        "inputs": pyarrow.list_(_TEXT),
        "block": _TEXT,
        "auxiliary": pyarrow.bool_(),
        "weights_of": _TEXT,
    }
)
_BLOCK = pyarrow.struct({"name": _TEXT, "kind": _TEXT, "attributes": _TEXT, "parent": _TEXT})
#: One row a network; `values` is where it stands in its space, as JSON.
DEFINITION = pyarrow.schema(
    {
        "architecture": _TEXT,
        "space": _TEXT,
        "number": _WHOLE,
        "title": _TEXT,
        "family": _TEXT,
        "year": _WHOLE,
        "classes": _WHOLE,
        "structure": _TEXT,
        "values": _TEXT,
        "layers": pyarrow.list_(_LAYER),
        "blocks": pyarrow.list_(_BLOCK),
        "fault": _TEXT,
    }
)
#: Networks of one batch: what stands in memory at a time, with their layer rows.
BATCH = 100


def fault_of(error: Exception) -> str:
    """An error in one line, with its remedy."""
    if not isinstance(error, ArchdbError):
        return f"{type(error).__name__}: {error}"
    return "; ".join(filter(None, (str(error).partition("\n")[0], error.remedy)))


def definitions(space: Space, numbers: Iterable[int]) -> Iterator[pyarrow.RecordBatch]:
    """Batches of DEFINITION for the points of these numbers, each generated for itself."""
    rows = []
    for number in numbers:
        rows.append(_point_row(space, number))
        if len(rows) == BATCH:
            yield pyarrow.RecordBatch.from_pylist(rows, DEFINITION)
            rows = []
    if rows:
        yield pyarrow.RecordBatch.from_pylist(rows, DEFINITION)


def _point_row(space: Space, number: int) -> dict[str, Any]:
    header = {"space": space.name, "number": number}
    header |= {"title": f"{space.family} #{number}", "family": space.family}
    header |= {"year": space.year, "classes": space.classes}
    try:
        (point,) = space.lay([number])
        values = values_text({key: str(value) for key, value in point.attributes.items()})
        structure = fingerprint(point.network)
        return header | {"values": values, "structure": structure} | row_of(point.network)
    except Exception as error:  # whatever a generator does, the other points are none the worse
        return header | {"architecture": f"{space.name} #{number}", "fault": fault_of(error)}


def values_text(values: Mapping[str, str]) -> str:
    """Where a point stands in its space, as JSON in the order of the attributes' names."""
    return json.dumps(values, sort_keys=True)


def row_of(network: Network) -> dict[str, Any]:
    """What of a row of DEFINITION follows from the network."""
    layers = [
        {
            "name": layer.name,
            "op": layer.op.name,
            "attributes": _attributes_text(layer.op),
            "inputs": layer.inputs,
            "block": layer.block,
            "auxiliary": layer.auxiliary,
            "weights_of": layer.weights_of,
        }
        for layer in network
    ]
    blocks = [
        {**block._asdict(), "attributes": json.dumps(block.attributes, sort_keys=True)}
        for block in network.blocks
    ]
    return {"architecture": network.name, "layers": layers, "blocks": blocks}


@lru_cache(2**14)
def _attributes_text(op: Op) -> str:
    return json.dumps(op.attributes(), sort_keys=True)


@lru_cache(2**14)
def _op(name: str, attributes: str) -> Op:
    return make(name, json.loads(attributes))


def network_of(row: Mapping[str, Any]) -> Network:
    """The network that a row of DEFINITION defines. Raises DefinitionError."""
    layers = (
        Layer(
            layer["name"],
            _op(layer["op"], layer["attributes"]),
            tuple(layer["inputs"]),
            layer["block"],
            layer["auxiliary"],
            layer["weights_of"],
        )
        for layer in row["layers"]
    )
    blocks = [
        Block(block["name"], block["kind"], json.loads(block["attributes"]), block["parent"])
        for block in row["blocks"]
    ]
    return Network(row["architecture"], layers, blocks)

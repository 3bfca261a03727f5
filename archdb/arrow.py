"""Figures of networks from batches of definitions, in Arrow: no database, no SQL, no state.

The same function serves a loop in one process, DuckDB and Spark. What comes out are the columns
of the views `layer_summary` (rows) and of `architecture_summary` with `cost_summary` (totals),
with one more: `fault` says why a network could not be derived; its row has nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal

import pyarrow

from archdb.analysis.profile import LAYER_COLUMNS, Profile
from archdb.analysis.profile import derive as derive_profile
from archdb.db.dictionary import Entry, entries
from archdb.db.networks import STATED, columns_of
from archdb.engines.definition import (
    BATCH,
    DEFINITION,
    definitions,
    fault_of,
    network_of,
)
from archdb.model.components import TRAINED

__all__ = ["DEFINITION", "definitions", "derive", "schema"]

What = Literal["totals", "rows"]
VIEWS = {"rows": ("layer_summary",), "totals": ("architecture_summary", "cost_summary")}
#: Units in the column dictionary of what is text.
TEXT = {"name", "text", "shape", "JSON"}
#: A whole number, though the dictionary calls it a name.
NUMBER = "number"

Definition = Mapping[str, Any]
Columns = dict[str, Any]
#: Makes columns of a network's definition and profile.
ColumnsOf = Callable[[Definition, Profile], Columns]


@cache
def schema(what: What) -> pyarrow.Schema:
    """The columns of `derive` after the column dictionary, whose units and meanings they bear."""
    known: dict[str, Entry] = {}
    for view in VIEWS[what]:
        known |= {e.column: e for e in entries() if e.relation == view and e.column not in known}
    types = {
        name: pyarrow.string() if entry.unit in TEXT and name != NUMBER else pyarrow.int64()
        for name, entry in known.items()
    }
    fields = [
        pyarrow.field(name, types[name], metadata={"unit": entry.unit, "meaning": entry.meaning})
        for name, entry in known.items()
    ]
    return pyarrow.schema([*fields, pyarrow.field("fault", pyarrow.string())])


def derive(batches: Iterable[pyarrow.RecordBatch], what: What) -> Iterator[pyarrow.RecordBatch]:
    """Batches of DEFINITION in, batches with the figures of these networks at their native inputs
    out: the totals of a network, or the rows of its layers."""
    for (found,) in derive_each(batches, (what,)):
        yield found


def derive_each(
    batches: Iterable[pyarrow.RecordBatch], kinds: Sequence[What]
) -> Iterator[tuple[pyarrow.RecordBatch, ...]]:
    """The same for several kinds of figures, of which each network is derived once."""
    makers = [_rows if what == "rows" else _totals for what in kinds]
    for batch in _in_pieces(batches):
        filled: list[Columns] = [{name: [] for name in schema(what).names} for what in kinds]
        for definition in batch.to_pylist():
            for columns, found in zip(filled, _derived(definition, makers), strict=True):
                unknown = [None] * len(found["architecture"])
                for name, column in columns.items():
                    column += found.get(name, unknown)
        yield tuple(map(_batch, kinds, filled))


def _batch(what: What, columns: Columns) -> pyarrow.RecordBatch:
    made = schema(what)
    arrays = [pyarrow.array(columns[field.name], field.type) for field in made]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=made)


def _in_pieces(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """So many networks at a time as may stand in memory with all their layer rows."""
    for batch in batches:
        for first in range(0, batch.num_rows, BATCH):
            yield batch.slice(first, BATCH)


def _derived(definition: Definition, makers: Sequence[ColumnsOf]) -> list[Columns]:
    """The columns of one network, or its name and its fault."""
    fault = definition["fault"]
    if fault is None:
        try:
            profile = derive_profile(network_of(definition))
            return [make(definition, profile) for make in makers]
        except Exception as error:  # the other networks are none the worse for it
            fault = fault_of(error)
    named = {name: [definition[name]] for name in ("architecture", "space", "number")}
    return [named | {"fault": [fault]}] * len(makers)


def _totals(definition: Definition, profile: Profile) -> Columns:
    row = {**definition, **profile.totals, "input": profile.input, "is_native": 1}
    row |= {"origin": "imported", "params": _sum(profile.totals[role] for role in TRAINED)}
    return {name: [value] for name, value in row.items()}


def _rows(definition: Definition, profile: Profile) -> Columns:
    layers = profile.network.layers
    stated = zip(*(columns_of(layer.op) for layer in layers), strict=True)
    columns: Columns = dict(zip(STATED, stated, strict=True))
    columns |= dict(zip(LAYER_COLUMNS, zip(*profile.rows, strict=True), strict=True))
    columns["bias"] = [None if bias is None else int(bias) for bias in columns["bias"]]
    columns["params"] = [*map(_sum, zip(*(columns[role] for role in TRAINED), strict=True))]
    out = (columns[name] for name in ("out_shape", "out_channels", "out_height", "out_width"))
    columns |= {
        "out_shape": [*map(_shape, *out)],
        "position": range(len(layers)),
        "layer": [layer.name for layer in layers],
        "block": [layer.block for layer in layers],
        "op": [layer.op.name for layer in layers],
        "auxiliary": [int(layer.auxiliary) for layer in layers],
        "inputs": [", ".join(layer.inputs) or None for layer in layers],
        "weights_of": [layer.weights_of for layer in layers],
    }
    whole = {name: definition[name] for name in ("architecture", "space", "number")}
    whole |= {"input": profile.input, "is_native": 1}
    return {name: [value] * len(layers) for name, value in whole.items()} | columns


def _sum(numbers: Iterable[int | None]) -> int | None:
    """NULL where one is NULL, as in SQL."""
    known = [*numbers]
    return None if None in known else sum(known)  # type: ignore[arg-type]


def _shape(text: str | None, channels: Any, height: Any, width: Any) -> str | None:
    """The output's shape in the order of its axes, as layer_summary has it."""
    if text is not None or channels is None:
        return text
    if height is None:
        return str(channels)
    return f"{height}x{channels}" if width is None else f"{channels}x{height}x{width}"

"""The layers of a network in groups: what is said of each op, block, resolution or layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdb.analysis.layer_table import LayerTable, falling_size
from archdb.analysis.weighing import Convention
from archdb.queries.profiles import AnyProfile

#: What `show` says of each group, and `compare` sets side by side.
_SUMS = ("layers", "params", "macs")
SHOWN = {
    "op": _SUMS,
    "block": ("kind", *_SUMS),
    "resolution": _SUMS,
    "layer": ("op", "kernel", "stride", "output", "params", "macs", "receptive_field"),
}
COMPARED = {**dict.fromkeys(SHOWN, _SUMS), "layer": ("output", "params", "macs")}


def _of_blocks(one: AnyProfile) -> dict[str, dict[str, Any]]:
    """What is said of a block that is no sum, by quantity and block."""
    return {"kind": {row["block"]: row["kind"] for row in one.blocks}}


def _of_layers(one: AnyProfile, quantities: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What is said of a layer that is no sum, by quantity and layer."""
    layers = one.layers.column("layer")
    found: dict[str, Sequence[Any]] = {
        "op": one.layers.column("op"),
        "output": one.layers.outputs(),
        "receptive_field": one.layers.column("receptive_field_h"),
    }
    for window in {"kernel", "stride"} & set(quantities):
        found[window] = [_pair(row, window) for row in one.windows]
    return {quantity: dict(zip(layers, said, strict=True)) for quantity, said in found.items()}


def _pair(row: dict[str, Any], name: str) -> str | None:
    height, width = row[f"{name}_h"], row[f"{name}_w"]
    return None if height is None or width is None else f"{height}x{width}"


def rows_of(
    one: AnyProfile, by: str, quantities: Sequence[str], counted: Sequence[Convention]
) -> dict[Any, dict[str, Any]]:
    """The quantities of each group, by its key."""
    said = (
        _of_blocks(one) if by == "block" else _of_layers(one, quantities) if by == "layer" else {}
    )
    return {
        key: {q: said[q].get(key) if q in said else _figure(group, q, counted) for q in quantities}
        for key, group in one.layers.main.groups(by).items()
    }


def _figure(group: LayerTable, quantity: str, counted: Sequence[Convention]) -> Any:
    for convention in counted:
        if convention.name == quantity:
            return group.weigh(convention)
    return len(group) if quantity == "layers" else group.total(quantity)


def aligned(lists: list[list[Any]], by: str) -> list[Any]:
    """All keys, each once: sizes falling; else each list's order, the first one leading."""
    if by == "resolution":
        every = {key for keys in lists for key in keys}
        return sorted(every, key=falling_size)
    merged = list(lists[0])
    for keys in lists[1:]:
        at = 0
        for key in keys:
            if key in merged:
                at = merged.index(key) + 1
            else:
                merged.insert(at, key)
                at += 1
    return merged

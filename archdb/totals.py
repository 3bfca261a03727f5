"""A profile's totals: sums over its main layers; auxiliary heads in columns of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdb.facts import COUNTED, COUNTS, TRAINED, Facts, Row, check_size, params
from archdb.graph import Layer
from archdb.ops import Work
from archdb.receptive import FIELD_COLUMNS, NOT_AN_IMAGE, FieldOrReason, columns_of

TOTAL_COLUMNS = (
    *TRAINED,
    "buffers",
    *Work._fields,
    *("activations", "peak_activation_elements", "depth", "weighted_layers", "layers"),
    *("receptive_field_layer", *FIELD_COLUMNS),
    *("aux_params", "aux_macs", "note"),
)


def totals_of(
    layers: Sequence[Layer],
    facts: Sequence[Facts],
    depths: Sequence[int | None],
    fields: Sequence[FieldOrReason],
) -> dict[str, Any]:
    """One row of TOTAL_COLUMNS for layers whose facts, depths and fields stand beside them.

    Raises ShapeError where a total exceeds 64 bits.
    """
    main = [i for i, layer in enumerate(layers) if not layer.auxiliary]
    sums = _sums([facts[i].columns for i in main])
    heads = _sums([facts[i].columns for i, layer in enumerate(layers) if layer.auxiliary])
    weighted = [i for i in main if facts[i].weighted]
    last, field = _last_map(layers, facts, fields, main)
    totals = {name: sums[name] for name in TOTAL_COLUMNS if name in sums} | {
        "activations": _total([facts[i].elements for i in weighted]),
        "peak_activation_elements": peak(layers, [fact.elements for fact in facts]),
        "depth": deepest([depths[i] for i in main]),
        "weighted_layers": len(weighted),
        "layers": len(main),
        "receptive_field_layer": last,
        **dict(zip(FIELD_COLUMNS, columns_of(field), strict=True)),
        "aux_params": params(heads),
        "aux_macs": heads["macs"],
        "note": _note(layers, facts),
    }
    if not all(facts[i].counted for i in main):
        totals |= dict.fromkeys(("activations", "weighted_layers"))
    check_size(totals.values())
    return totals


def _note(layers: Sequence[Layer], facts: Sequence[Facts]) -> str | None:
    """Which layers leave totals open; None where all are counted."""
    said = []
    for auxiliary, totals in ((False, "totals"), (True, "totals of auxiliary heads")):
        unknown = [
            layer.name
            for layer, fact in zip(layers, facts, strict=True)
            if layer.auxiliary is auxiliary and not fact.counted
        ]
        if unknown:
            said.append(f"not counted, so {totals} are open: {', '.join(unknown)}")
    return "; ".join(said) or None


def _sums(rows: list[Row]) -> dict[str, int | None]:
    """The sum of each of COUNTS over some rows of facts; None where one of them is open."""
    if not rows:
        return dict.fromkeys(COUNTS, 0)
    columns = zip(*(row[COUNTED] for row in rows), strict=True)
    return dict(zip(COUNTS, map(_total, columns), strict=True))


def _total(values: Sequence[int | None]) -> int | None:
    return None if None in values else sum(values)  # type: ignore[arg-type]


def deepest(depths: Sequence[int | None]) -> int | None:
    """The largest of some depths, 0 where there are none; None where one of them is open."""
    return None if None in depths else max(depths, default=0)  # type: ignore[type-var]


def _last_map(
    layers: Sequence[Layer],
    facts: Sequence[Facts],
    fields: Sequence[FieldOrReason],
    main: list[int],
) -> tuple[str | None, FieldOrReason]:
    """The last main layer whose output has more than one position, and its field.

    Behind it every output sees the whole map, so a field tells nothing more of the network.
    """
    for i in reversed(main):
        if any(extent > 1 for extent in (facts[i].out or ())[1:]):
            return layers[i].name, fields[i]
    return None, NOT_AN_IMAGE


def peak(layers: Sequence[Layer], elements: Sequence[int | None]) -> int | None:
    """Largest live set of outputs, in elements, over the order of execution.

    Policy: every layer writes a new output (nothing is computed in place), which is kept until
    the last layer that reads it has run; what nothing reads is the network's output and stays.
    Auxiliary heads do not run. None where the size of an output is unknown.
    """
    last_reader: dict[str, str] = {}
    for layer in layers:
        if not layer.auxiliary:
            last_reader.update(dict.fromkeys(layer.inputs, layer.name))
    size: dict[str, int] = {}
    live = most = 0
    for layer, count in zip(layers, elements, strict=True):
        if layer.auxiliary:
            continue
        if count is None:
            return None
        size[layer.name] = count
        live += count
        most = max(most, live)
        live -= sum(size[name] for name in set(layer.inputs) if last_reader[name] == layer.name)
    return most

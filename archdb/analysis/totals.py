"""A profile's totals: sums over its main layers; auxiliary heads in columns of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import mul
from typing import Any

from archdb.analysis.layer_costs import COUNTS, LARGEST, Facts
from archdb.analysis.peak import output_elements, peak
from archdb.analysis.receptive_field import (
    FIELD_COLUMNS,
    NOT_AN_IMAGE,
    NOTHING,
    FieldOrReason,
    columns_of,
)
from archdb.errors import ShapeError
from archdb.model.components import TOTALLED, TRAINED
from archdb.model.graph import Layer, Network
from archdb.model.window import Unbounded

TOTAL_COLUMNS = (
    *(each.name for each in TOTALLED),
    "activations",
    "peak_activation_elements",
    "depth",
    "weighted_layers",
    "layers",
    "receptive_field_layer",
    *FIELD_COLUMNS,
    "aux_params",
    "aux_macs",
    "note",
    "live_params",
    "live_macs",
    "pointwise_params",
    "pointwise_macs",
    "linear_params",
    "linear_macs",
    "costliest_layer",
    "costliest_op",
    "costliest_macs",
)
#: No convention weighs a count by more; so much room is left in the 64 bits of its total.
HEAVIEST = 256
#: Where `macs` stands among COUNTS; the parameters stand first.
MACS = COUNTS.index("macs")


def totals_of(
    network: Network,
    facts: Sequence[Facts],
    depths: Sequence[int | None],
    fields: Sequence[FieldOrReason],
    maps: Sequence[bool],
) -> dict[str, Any]:
    """One row of TOTAL_COLUMNS for a network whose layers' facts, depths and fields are these;
    `maps` tells which are maps that grow with the input.

    Raises ShapeError where a total exceeds 64 bits.
    """
    layers, reads = network.layers, network.reads
    main = [i for i, layer in enumerate(layers) if not layer.auxiliary]
    heads = [i for i, layer in enumerate(layers) if layer.auxiliary]
    of_main = [facts[i] for i in main]
    sums, aux = count_sums(of_main), _sums(facts, heads)
    live = _live_layers(reads, main, layers) if NOTHING in fields else main
    last, field = _network_field(layers, reads, fields, [i for i in live if maps[i]])
    totals = dict(zip(COUNTS, sums, strict=True)) | {
        **_weighted_totals(of_main),
        **_costliest([layers[i] for i in main], of_main),
        "peak_activation_elements": peak(main, reads, output_elements(layers, facts)),
        "depth": deepest([depths[i] for i in main]),
        "layers": len(main),
        "receptive_field_layer": last,
        **dict(zip(FIELD_COLUMNS, columns_of(field), strict=True)),
        **_cost("aux", aux),
        **_cost("live", sums if live is main else _sums(facts, live)),
        "note": _note(layers, facts),
    }
    _check_room(facts, [*sums, *aux])
    return {name: totals[name] for name in TOTAL_COLUMNS}


def _check_room(facts: Sequence[Facts], sums: Sequence[int | None]) -> None:
    """Raises ShapeError where a convention could not add up what a network counts, or what it is
    known to count."""
    known = sums if None not in sums else [count for fact in facts for count in fact.counts]
    if sum(filter(None, known)) > LARGEST // HEAVIEST:
        raise ShapeError(
            "its counts exceed 64 bits where conventions weigh and add them up",
            remedy="ask for a smaller input",
        )


def _weighted_totals(facts: Sequence[Facts]) -> dict[str, Any]:
    """What is said of weight layers, open where an unknown op may be one."""
    weighted = [fact for fact in facts if fact.weighted]
    found = {
        "weighted_layers": len(weighted),
        "activations": _total([fact.elements for fact in weighted]),
        **_cost("pointwise", count_sums([fact for fact in weighted if fact.pointwise])),
        **_cost("linear", count_sums([fact for fact in weighted if fact.linear])),
    }
    unsettled = [fact for fact in facts if not fact.settled]
    return dict.fromkeys(found) if unsettled else found


def _cost(what: str, sums: Sequence[int | None]) -> dict[str, int | None]:
    """Parameters and multiply-accumulates of some sums in the order of COUNTS."""
    return {f"{what}_params": _total(sums[: len(TRAINED)]), f"{what}_macs": sums[MACS]}


def _costliest(layers: Sequence[Layer], facts: Sequence[Facts]) -> dict[str, Any]:
    """The layer with the most multiply-accumulates, the first of equals; none where all do none,
    open where one is."""
    macs = [fact.counts[MACS] for fact in facts]
    most = None if None in macs else max(macs)
    layer = layers[macs.index(most)]
    name, op = (layer.name, layer.op.name) if most else (None, None)
    return {"costliest_layer": name, "costliest_op": op, "costliest_macs": most}


def _live_layers(
    reads: Sequence[Sequence[int]], main: Sequence[int], layers: Sequence[Layer]
) -> list[int]:
    """The main layers that depend on the input or on what was learnt, and that the result depends
    on.

    What a constant reads is read in vain. The result is what nothing reads.
    """
    read = {source for i in main for source in reads[i]}
    needed = {i for i in main if i not in read}
    for i in reversed(main):
        if i in needed and not layers[i].op.constant:
            needed.update(reads[i])
    passing: set[int] = set()
    for i in main:
        op = layers[i].op
        if op.stored or not (op.constant or (reads[i] and passing.isdisjoint(reads[i]))):
            passing.add(i)
    return [i for i in main if i in needed and i in passing]


#: Of a layer of an auxiliary head; what follows it is open for the same reason.
NOT_THERE = "an auxiliary head has no room at this input, so its totals are open: {} {}"
#: Of layers of which nothing is known, and of those whose parameters are.
WHAT_IS_OPEN = ("not counted, so totals{}", "work not counted, so totals of operations{}")


def _note(layers: Sequence[Layer], facts: Sequence[Facts]) -> str | None:
    """Which layers leave totals open; None where all are counted."""
    if not [fact for fact in facts if not fact.counted]:
        return None
    said = _heads_without_room(layers, facts)
    of = ((False, ""), (True, " of auxiliary heads"))
    for auxiliary, heads in of[:1] if said else of:
        open_ones: tuple[list[str], list[str]] = [], []
        for layer, fact in zip(layers, facts, strict=True):
            if layer.auxiliary is auxiliary and not fact.counted:
                open_ones[None not in fact.counts[: len(TRAINED)]].append(layer.name)
        for names, what in zip(open_ones, WHAT_IS_OPEN, strict=True):
            if names:
                said.append(f"{what.format(heads)} are open: {', '.join(names)}")
    return "; ".join(said) or None


def _heads_without_room(layers: Sequence[Layer], facts: Sequence[Facts]) -> list[str]:
    """Why auxiliary heads are open that this input has no room for, told by the first such layer
    of each: what follows it follows from that."""
    return [
        NOT_THERE.format(layer.name, fact.window.reason)
        for layer, fact in zip(layers, facts, strict=True)
        if fact.unfit and isinstance(fact.window, Unbounded)
    ]


def _sums(facts: Sequence[Facts], which: Sequence[int]) -> list[int | None]:
    return count_sums([facts[i] for i in which])


def count_sums(facts: Sequence[Facts]) -> list[int | None]:
    """The sum of each of COUNTS over some layers; None where one of them is open."""
    if not facts:
        return [0] * len(COUNTS)
    times = Counter(facts)  # of which most stand in a network several times
    columns = zip(*[fact.counts for fact in times], strict=True)
    return [_total(map(mul, column, times.values())) for column in columns]


def _total(values: Iterable[int | None]) -> int | None:
    """The sum of some counts; None where one of them is open, which no integer can be added to."""
    try:
        return sum(values)  # type: ignore[arg-type]
    except TypeError:
        return None


def deepest(depths: Sequence[int | None]) -> int | None:
    """The largest of some depths, 0 where there are none; None where one of them is open."""
    return None if None in depths else max(depths, default=0)  # type: ignore[type-var]


def _network_field(
    layers: Sequence[Layer],
    reads: Sequence[Sequence[int]],
    fields: Sequence[FieldOrReason],
    maps: Sequence[int],
) -> tuple[str | None, FieldOrReason]:
    """The layer whose field is the network's, and that field.

    It is one of the last maps, those that no further map reads: what ends a map (`Op.ends_map`)
    and all behind it sees the whole of it. Of several the largest counts, and of equal ones the
    last; so it hangs neither on the size of the input nor on the order of rows.
    """
    read = {source for i in maps for source in reads[i]}
    last = [i for i in reversed(maps) if i not in read]
    if not last:
        constant = NOTHING in fields and NOT_AN_IMAGE not in fields
        return None, NOTHING if constant else NOT_AN_IMAGE
    chosen = max(last, key=lambda i: _rank(fields[i]))
    return layers[chosen].name, fields[chosen]


def _rank(field: FieldOrReason) -> tuple[Any, ...]:
    """Fields by size, behind what has none."""
    return (0, field) if isinstance(field, str) else (1, field.rank)

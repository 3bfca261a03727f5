"""The two totals that are no sums: the longest path, and the largest set of live outputs."""

from __future__ import annotations

from itertools import accumulate

from archdb.analysis.peak import output_elements
from archdb.explain.network import NetworkTrace, Table
from archdb.explain.steps import product
from archdb.model.graph import Layer

TOTAL = "total"


def depth_table(trace: NetworkTrace) -> Table:
    """The weight layers along the longest path, numbered."""
    found = longest(trace)
    rows = [(i, name, trace.layers[name].op.name) for i, name in enumerate(found, start=1)]
    notes = ["depth: weight layers (convolution, linear) on the longest path from the input"]
    if trace.profile.totals["depth"] is None:
        notes.append(str(trace.profile.totals["note"]))
    return Table(("depth", "layer", "op"), rows, notes)


def longest(trace: NetworkTrace) -> list[str]:
    """The weight layers of the longest path; none where an unknown op leaves it open."""
    most = trace.profile.totals["depth"]
    if most is None:
        return []
    depth = {layer.name: trace.rows[layer.name]["depth"] for layer in trace.main}
    name = next(layer.name for layer in trace.main if depth[layer.name] == most)
    found = [name]
    while sources := trace.layers[name].inputs:
        name = max(sources, key=lambda source: int(depth[source]))
        found.append(name)
    return [name for name in reversed(found) if trace.facts[name].weighted]


def peak_table(trace: NetworkTrace) -> Table:
    """The outputs that are alive when most elements are, each with its last reader."""
    columns = ("layer", "output", "elements", "last_read_by")
    if trace.profile.totals["peak_activation_elements"] is None:
        return Table(columns, [], [str(trace.profile.totals["note"])])
    at, alive = peak(trace)
    last = last_readers(trace.main)
    rows: list[tuple[int | str | None, ...]] = []
    for layer in alive:
        facts = trace.facts[layer.name]
        reader = last[layer.name] if last[layer.name] != layer.name else None
        rows.append((layer.name, product(facts.out or ()), facts.elements, reader))
    rows.append((TOTAL, None, sum(int(row[2] or 0) for row in rows), None))
    return Table(
        columns,
        rows,
        [
            f"peak_activation_elements: the largest live set, reached when {at.name} has run;"
            " every layer writes a new output, kept until its last reader has run"
        ],
    )


def peak(trace: NetworkTrace) -> tuple[Layer, list[Layer]]:
    """The layer at which most elements are alive, and those whose outputs they are.

    An output lives from its layer up to its last reader, or to the end where nothing reads it:
    the live elements are sums over those intervals.
    """
    main = trace.main
    position = {layer.name: i for i, layer in enumerate(main)}
    last = last_readers(main)
    end = [
        position[last[layer.name]] if last[layer.name] != layer.name else len(main)
        for layer in main
    ]
    change = [0] * (len(main) + 2)
    sizes = output_elements(main, [trace.facts[layer.name] for layer in main])
    for i, elements in enumerate(size or 0 for size in sizes):
        change[i] += elements
        change[end[i] + 1] -= elements
    live = list(accumulate(change[: len(main)]))
    at = live.index(max(live))
    alive = (layer for i, layer in enumerate(main) if i <= at <= end[i])
    return main[at], [layer for layer in alive if not layer.op.stored]


def last_readers(main: list[Layer]) -> dict[str, str]:
    """Each layer's last reader; itself where nothing reads it."""
    last = {layer.name: layer.name for layer in main}
    for layer in main:
        last.update(dict.fromkeys(layer.inputs, layer.name))
    return last

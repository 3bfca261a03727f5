"""The largest live set of outputs: how much memory a network's tensors take at one time."""

from __future__ import annotations

from collections.abc import Sequence

from archdb.analysis.layer_costs import Facts
from archdb.model.graph import Layer


def output_elements(layers: Sequence[Layer], facts: Sequence[Facts]) -> list[int | None]:
    """How many elements each layer puts out; none where they lie there with the weights."""
    return [
        0 if layer.op.stored else fact.elements for layer, fact in zip(layers, facts, strict=True)
    ]


def peak(
    layers: Sequence[Layer], reads: Sequence[Sequence[int]], elements: Sequence[int | None]
) -> int | None:
    """Largest live set of outputs, in elements, over the order of execution.

    Policy: every layer writes a new output (nothing is computed in place), which is kept until
    the last layer that reads it has run; what nothing reads is the network's output and stays.
    Auxiliary heads do not run. None where the size of an output is unknown.
    """
    running = [i for i, layer in enumerate(layers) if not layer.auxiliary]
    last_reader = {source: i for i in running for source in reads[i]}
    freed = dict.fromkeys(running, 0)
    for source, reader in last_reader.items():
        freed[reader] += elements[source] or 0
    live = most = 0
    for i in running:
        count = elements[i]
        if count is None:
            return None
        live += count
        if live > most:
            most = live
        live -= freed[i]
    return most

"""The largest live set of outputs: how much memory a network's tensors take at one time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import sub

from archdb.analysis.layer_costs import Facts
from archdb.model.graph import Layer


def output_elements(layers: Sequence[Layer], facts: Sequence[Facts]) -> list[int | None]:
    """How many elements each layer puts out; none where they lie there with the weights."""
    return [
        0 if layer.op.stored else fact.elements for layer, fact in zip(layers, facts, strict=True)
    ]


def peak(
    running: Sequence[int], reads: Sequence[Sequence[int]], elements: Sequence[int | None]
) -> int | None:
    """Largest live set of outputs, in elements, over the order of execution.

    Policy: every layer writes a new output (nothing is computed in place), which is kept until
    the last layer that reads it has run; what nothing reads is the network's output and stays.
    Layers run that are `running`: auxiliary heads do not. None where the size of an output is
    unknown.
    """
    written = [count for count in map(elements.__getitem__, running) if count is not None]
    if len(written) < len(running):
        return None
    last_reader = {source: i for i in running for source in reads[i]}
    freed = [0] * len(elements)
    for source, reader in last_reader.items():
        freed[reader] += elements[source] or 0
    freed_before = accumulate([freed[i] for i in running], initial=0)
    live: Iterator[int] = map(sub, accumulate(written), freed_before)
    return max(live)

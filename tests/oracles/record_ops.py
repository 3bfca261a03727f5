"""Records what torch and Keras say of single layers with attributes drawn at random.

Run by hand, never by the tests, in the environment of record.py:

    KERAS_BACKEND=torch python tests/oracles/record_ops.py              writes ops.csv beside itself
    KERAS_BACKEND=torch python tests/oracles/record_ops.py 500 FILE     500 draws of each op
    KERAS_BACKEND=torch python tests/oracles/record_ops.py tensors      writes tensors.csv

tensors.csv has the ops that work on tensors of any rank, recorded with torch 2.14.1.

The package drawn says how attributes and inputs are drawn, and which layer they make. torch's
layers run on its meta device or on zeros, Keras's on zeros; MACs are what torch's FlopCounterMode
counts, halved, or nothing where a layer does more than its formula says. A draw that the framework
does not take, or of which nothing is left, is kept as `refused`. The tests compare the file with
what archdb says of the same op; they need no framework.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import torch
from drawn import FEW, OPS, TENSORS
from drawn.base import Draw, Sample
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

HEADER = "library op attributes inputs output params buffers macs"
ROWS = {True: 8, False: 216}  # of an op with few attributes, and of any other
MOST_REFUSED = 8
#: In batch normalisation's state there is also a count of batches.
BUFFERS = ("running_mean", "running_var")


def main(draws: int | None, path: Path, ops: Mapping[tuple[str, str], Any] = OPS) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER.split())
        for (library, op), sampled in ops.items():
            wanted = draws or ROWS[op in FEW]
            writer.writerows((library, op, *row) for row in drawn(library, op, sampled, wanted))


def drawn(library: str, op: str, sampled: Any, wanted: int) -> Iterator[tuple[Any, ...]]:
    """Different draws of one op, a few of them refused."""
    draw = Draw(f"{library} {op}")
    seen: set[tuple[Any, ...]] = set()
    refused = tries = 0
    while len(seen) < wanted and tries < 20 * wanted:
        tries += 1
        sample = sampled(draw)
        attributes = json.dumps(sample.attributes, separators=(",", ":"))
        key = (attributes, " ".join("x".join(map(str, shape)) for shape in sample.inputs))
        found = recorded(library, sample)
        if key in seen or (found == REFUSED and refused == MOST_REFUSED):
            continue
        refused += found == REFUSED
        seen.add(key)
        yield (*key, *found)


REFUSED = ("refused", "", "", "")


def recorded(library: str, sample: Sample) -> tuple[str, Any, Any, Any]:
    """Output shape, params, buffers, MACs."""
    try:
        with torch.device(sample.device), torch.no_grad():
            layer = sample.layer()
            inputs = [torch.zeros(1, *shape, dtype=sample.dtype) for shape in sample.inputs]
            with FlopCounterMode(display=False) as counter:
                output = layer(*(_laid_out(library, x) for x in inputs))
    except (RuntimeError, ValueError, IndexError):
        return REFUSED
    shape = _laid_out(library, output, back=True).shape[1:]
    if 0 in shape:  # which some layers of torch give
        return REFUSED
    flops = counter.get_total_flops()
    assert flops % 2 == 0
    macs = flops // 2 if sample.counted else ""
    return ("x".join(map(str, shape)), *_sizes(layer), macs)


def _laid_out(library: str, x: torch.Tensor, back: bool = False) -> torch.Tensor:
    """Keras has the channels of a map last."""
    if library == "keras" and x.ndim == 4:
        return x.permute(0, 3, 1, 2) if back else x.permute(0, 2, 3, 1)
    return x


def _sizes(layer: Any) -> tuple[int, int]:
    """Trainable parameters and buffers."""
    if not isinstance(layer, nn.Module):
        return 0, 0
    if hasattr(layer, "trainable_weights"):
        fixed = sum(prod(weight.shape) for weight in layer.non_trainable_weights)
        return sum(prod(weight.shape) for weight in layer.trainable_weights), fixed
    params = sum(p.numel() for p in layer.parameters())
    return params, sum(b.numel() for name, b in layer.named_buffers() if name.endswith(BUFFERS))


if __name__ == "__main__":
    warnings.filterwarnings("ignore", category=UserWarning)
    if len(sys.argv) == 3:
        main(int(sys.argv[1]), Path(sys.argv[2]))
    elif sys.argv[1:] == ["tensors"]:
        tensors = {("torch", op): sampled for op, sampled in TENSORS.items()}
        main(60, Path(__file__).with_name("tensors.csv"), tensors)
    else:
        main(None, Path(__file__).with_name("ops.csv"))

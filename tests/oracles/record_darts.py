"""Records what the authors' own modules say of a sample of DARTS' genotypes.

Run by hand, never by the tests, in an environment with torch and torchvision (CPU), with the path
of a checkout of quark0/darts:

    python tests/oracles/record_darts.py PATH/cnn

darts.csv is written beside this file: for each genotype, parameters without the auxiliary head (as
the authors count them), running statistics, and multiply-accumulates of convolutions and of the
fully connected layer.
"""

from __future__ import annotations

import contextlib
import csv
import io
import random
import sys
from itertools import combinations
from pathlib import Path

import torch
from record_spaces import figures

sys.path.insert(0, sys.argv[1])
import genotypes
import model as authors

FILE = Path(__file__).with_name("darts.csv")
OPERATIONS = [name for name in genotypes.PRIMITIVES if name != "none"]
NETWORKS = {
    "darts_cifar": (authors.NetworkCIFAR, (36, 10, 20), 32),
    "darts_imagenet": (authors.NetworkImageNet, (48, 1000, 14), 224),
}


class Logits(torch.nn.Module):
    """Without the place of the auxiliary head's answer."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        network.drop_path_prob = 0.0
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(x)[0]


def drawn(draw: random.Random) -> genotypes.Genotype:
    cells = []
    for _ in range(2):
        edges = []
        for node in (2, 3, 4, 5):
            pair = draw.choice([*combinations(range(node), 2)])
            edges += [(draw.choice(OPERATIONS), source) for source in pair]
        cells.append(edges)
    return genotypes.Genotype(cells[0], range(2, 6), cells[1], range(2, 6))


def text(edges: list[tuple[str, int]]) -> str:
    """Each node's edges in the order of what they read."""
    nodes = (sorted(edges[at : at + 2], key=lambda edge: edge[1]) for at in range(0, 8, 2))
    return "+".join("|" + "|".join(f"{op}~{source}" for op, source in node) + "|" for node in nodes)


def main() -> None:
    draw = random.Random(2018)
    chosen = [genotypes.DARTS_V1, genotypes.DARTS_V2, *(drawn(draw) for _ in range(48))]
    with FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("space", "normal", "reduce", "params", "buffers", "macs"))
        for name, (kind, (channels, classes, layers), side) in NETWORKS.items():
            for genotype in chosen:
                with torch.device("meta"), contextlib.redirect_stdout(io.StringIO()):
                    network = Logits(kind(channels, classes, layers, False, genotype))
                params, buffers, macs, _ = figures(network, side)
                cells = (text(genotype.normal), text(genotype.reduce))
                writer.writerow((name, *cells, params, buffers, macs))


if __name__ == "__main__":
    main()

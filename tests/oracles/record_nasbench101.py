"""Records 200 cells of NAS-Bench-101, found by plain enumeration, and what torch says of them.

Run by hand, never by the tests, in an environment with torch (CPU); it takes some minutes:

    python tests/oracles/record_nasbench101.py

All labelled graphs are tried and hashed one by one, as ying2019's section 2 and its code describe,
and those of a new hash are numbered. The modules are written after the same publication. They share
no line with archdb. nasbench101.csv is written beside this file.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from hashlib import md5
from itertools import product
from pathlib import Path

import torch
from record_spaces import figures
from torch import Tensor, nn

FILE = Path(__file__).with_name("nasbench101.csv")
NAMES = ("conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3")
Matrix = list[list[int]]


def graph_hash(matrix: Matrix, labels: list[int]) -> str:
    size = len(matrix)
    into = [[a for a in range(size) if matrix[a][b]] for b in range(size)]
    out = [[b for b in range(size) if matrix[a][b]] for a in range(size)]

    def digest(text: str) -> str:
        return md5(text.encode("utf-8")).hexdigest()

    known = [digest(str((len(out[v]), len(into[v]), labels[v]))) for v in range(size)]
    for _ in range(size):
        known = [
            digest(
                "".join(sorted(known[w] for w in into[v]))
                + "|"
                + "".join(sorted(known[w] for w in out[v]))
                + "|"
                + known[v]
            )
            for v in range(size)
        ]
    return digest(str(sorted(known)))


def graphs(size: int) -> Iterator[Matrix]:
    places = [(a, b) for b in range(size) for a in range(b)]
    for bits in range(2 ** len(places)):
        if bits.bit_count() > 9:
            continue
        matrix = [[0] * size for _ in range(size)]
        for at, (a, b) in enumerate(places):
            matrix[a][b] = bits >> at & 1
        leads = all(any(row) for row in matrix[:-1])
        if leads and all(any(column) for column in [*zip(*matrix, strict=True)][1:]):
            yield matrix


def unique_cells() -> list[tuple[str, Matrix, list[int]]]:
    found: dict[str, tuple[Matrix, list[int]]] = {}
    for size in range(2, 8):
        for matrix in graphs(size):
            for inner in product(range(3), repeat=size - 2):
                labels = [-1, *inner, -2]
                found.setdefault(graph_hash(matrix, labels), (matrix, labels))
    return [(name, matrix, labels) for name, (matrix, labels) in found.items()]


class ConvNormRelu(nn.Sequential):
    def __init__(self, before: int, after: int, kernel: int) -> None:
        conv = nn.Conv2d(before, after, kernel, padding="same", bias=False)
        super().__init__(conv, nn.BatchNorm2d(after), nn.ReLU())


class Module(nn.Module):
    def __init__(self, matrix: Matrix, labels: list[int], before: int, after: int) -> None:
        super().__init__()
        self.matrix, last = matrix, len(matrix) - 1
        self.last = last
        ends = sum(matrix[v][last] for v in range(1, last))
        self.channels = [0] * last + [after]
        share, more = divmod(after, ends) if ends else (0, 0)
        for v in range(1, last):
            if matrix[v][last]:
                self.channels[v] = share + (more > 0)
                more -= more > 0
        for v in reversed(range(1, last)):
            if not matrix[v][last]:
                self.channels[v] = max(self.channels[w] for w in range(1, last) if matrix[v][w])
        self.projections, self.operations = nn.ModuleDict(), nn.ModuleDict()
        for v in range(1, last + 1):
            if matrix[0][v]:
                self.projections[str(v)] = ConvNormRelu(before, self.channels[v], 1)
            if v < last:
                c = self.channels[v]
                self.operations[str(v)] = (
                    nn.MaxPool2d(3, 1, 1)
                    if labels[v] == 2
                    else ConvNormRelu(c, c, (3, 1)[labels[v]])
                )

    def forward(self, x: Tensor) -> Tensor:
        values = [x]
        for v in range(1, self.last):
            terms = [values[w][:, : self.channels[v]] for w in range(1, v) if self.matrix[w][v]]
            if self.matrix[0][v]:
                terms.append(self.projections[str(v)](x))
            values.append(self.operations[str(v)](sum(terms)))
        ends = [values[v] for v in range(1, self.last) if self.matrix[v][self.last]]
        if not self.matrix[0][self.last]:
            return torch.cat(ends, 1)
        added = self.projections[str(self.last)](x)
        return torch.cat(ends, 1) + added if ends else added


def skeleton(matrix: Matrix, labels: list[int]) -> nn.Sequential:
    layers: list[nn.Module] = [ConvNormRelu(3, 128, 3)]
    before = 128
    for stack in range(3):
        if stack:
            layers.append(nn.MaxPool2d(2, 2))
        for _ in range(3):
            layers.append(Module(matrix, labels, before, 128 * 2**stack))
            before = 128 * 2**stack
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 10))


def row(number: int, name: str, matrix: Matrix, labels: list[int]) -> list[object]:
    with torch.device("meta"):
        params, buffers, macs, _ = figures(skeleton(matrix, labels))
    text = " ".join("".join(map(str, line)) for line in matrix)
    operations = " ".join(NAMES[label] for label in labels[1:-1])
    return [number, name, text, operations, params, buffers, macs]


def main() -> None:
    cells = unique_cells()
    print(len(cells), "cells")
    drawn = sorted(random.Random(101).sample(range(len(cells)), 180))
    chosen = [*range(19), *(n for n in drawn if n > 18), len(cells) - 1]
    with FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        columns = ("number", "hash", "matrix", "operations", "params", "buffers", "macs")
        writer.writerow(columns)
        writer.writerows(row(number, *cells[number]) for number in chosen)


if __name__ == "__main__":
    main()

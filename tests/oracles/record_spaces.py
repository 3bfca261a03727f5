"""Records what torch says of a sample of search spaces, built from their publications' definitions.

Run by hand, never by the tests, in an environment with torch (CPU):

    python tests/oracles/record_spaces.py

The modules below are written after the text of dong2020 and dong2022 and the printed modules of the
benchmark's notebooks; they share no line with archdb, and find a cell by its string. Convolutions
and fully connected layers are counted as they run, which is what the benchmark's own FLOPs are:
one for each multiply-accumulate and one for each bias. spaces.csv is written beside this file; the
tests compare it with what archdb derives, and need no torch.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

import torch
from torch import Tensor, nn

FILE = Path(__file__).with_name("spaces.csv")
OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
SIZE_CELL = (
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|"
    "+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|"
)


class Nothing(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * 0.0


def relu_conv_norm(before: int, after: int, kernel: int, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(nn.ReLU(), conv, nn.BatchNorm2d(after))


def operation(name: str, before: int, after: int) -> nn.Module:
    if name == "none":
        return Nothing()
    if name == "skip_connect" and before == after:
        return nn.Identity()
    if name == "skip_connect":
        return nn.Sequential(nn.Conv2d(before, after, 1, bias=False), nn.BatchNorm2d(after))
    if name == "avg_pool_3x3":
        return nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)
    return relu_conv_norm(before, after, int(name[-1]))


class Cell(nn.Module):
    def __init__(self, string: str, before: int, after: int) -> None:
        super().__init__()
        self.nodes = nn.ModuleList()
        for node in string.split("+"):
            edges = nn.ModuleDict()
            for word in node.strip("|").split("|"):
                name, source = word.split("~")
                edges[source] = operation(name, before if source == "0" else after, after)
            self.nodes.append(edges)

    def forward(self, x: Tensor) -> Tensor:
        values = [x]
        for edges in self.nodes:
            values.append(sum(edge(values[int(source)]) for source, edge in edges.items()))
        return values[-1]


class Reduction(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            relu_conv_norm(before, after, 3, 2), relu_conv_norm(after, after, 3)
        )
        self.shortcut = nn.Sequential(nn.AvgPool2d(2, 2), nn.Conv2d(before, after, 1, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        return self.branch(x) + self.shortcut(x)


def skeleton(string: str, widths: list[int]) -> nn.Sequential:
    stage = (len(widths) - 2) // 3
    layers: list[nn.Module] = [
        nn.Conv2d(3, widths[0], 3, padding=1, bias=False),
        nn.BatchNorm2d(widths[0]),
    ]
    before = widths[0]
    for i, width in enumerate(widths):
        halves = i in (stage, 2 * stage + 1)
        layers.append(Reduction(before, width) if halves else Cell(string, before, width))
        before = width
    layers += [nn.BatchNorm2d(before), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(before, 10))


def vgg(stages: int, convolutions: int, width: int, kernel: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    before = 3
    for stage in range(stages):
        after = min(width * 2**stage, width * 8)
        for _ in range(convolutions):
            layers += [nn.Conv2d(before, after, kernel, padding=kernel // 2), nn.ReLU()]
            before = after
        layers.append(nn.MaxPool2d(2))
    side = 32 // 2**stages
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(before * side * side, 10))


def figures(model: nn.Module, side: int = 32) -> tuple[int, int, int, int]:
    """params, buffers, multiply-accumulates, FLOPs as the benchmark counts them."""
    macs = flops = 0

    def count(module: nn.Module, given: tuple[Tensor, ...], out: Tensor) -> None:
        nonlocal macs, flops
        own = module.weight[0].numel() * out.numel()
        macs += own
        flops += own + (out.numel() if module.bias is not None else 0)

    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(count)
    model.eval()(torch.empty(1, 3, side, side, device="meta"))
    params = sum(p.numel() for p in model.parameters())
    buffers = sum(b.numel() for n, b in model.named_buffers() if "num_batches" not in n)
    return params, buffers, macs, flops


def sample() -> list[tuple[str, str, nn.Module]]:
    """Thirty cells drawn at random, ten widths, ten plain networks."""
    draw = random.Random(201)
    found: list[tuple[str, str, nn.Module]] = []
    for _ in range(30):
        a, b, c, d, e, f = draw.choices(OPERATIONS, k=6)
        name = f"|{a}~0|+|{b}~0|{c}~1|+|{d}~0|{e}~1|{f}~2|"
        found.append(("nasbench201", name, skeleton(name, [16] * 5 + [32] * 6 + [64] * 6)))
    for _ in range(10):
        widths = draw.choices(range(8, 72, 8), k=5)
        name = ":".join(map(str, widths))
        found.append(("natsbench_size", name, skeleton(SIZE_CELL, widths)))
    for _ in range(10):
        s, n, w = draw.randint(1, 5), draw.randint(1, 4), draw.randrange(8, 136, 8)
        k = draw.choice((1, 3, 5, 7))
        found.append(("vgg_widths", f"vgg_s{s}_n{n}_w{w}_k{k}", vgg(s, n, w, k)))
    return found


def main() -> None:
    with torch.device("meta"):
        rows = [(space, name, *figures(model)) for space, name, model in sample()]
    with FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("space", "architecture", "params", "buffers", "macs", "flops"))
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    main()

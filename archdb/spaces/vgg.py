"""A grid of plain networks in the manner of simonyan2015: depth, channels, kernel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from archdb.model.graph import Block, Layer, Network
from archdb.ops import Op, make
from archdb.spaces.base import Grid, Point, space

GRID = Grid(
    {
        "stages": range(1, 6),
        "convolutions": range(1, 5),
        "width": range(8, 136, 8),
        "kernel": (1, 3, 5, 7),
    }
)
RELU = make("relu", {})
POOL = make("max_pool2d", {"kernel": 2, "stride": 2, "rounding": "floor"})
MOST = 8  # times the first width: simonyan2015 doubles from 64 to 512


@cache
def _conv(filters: int, kernel: int) -> Op:
    return make("conv2d", {"filters": filters, "kernel": kernel, "padding": kernel // 2})


def _network(name: str, stages: int, convolutions: int, width: int, kernel: int) -> Network:
    """Stages of equal convolutions with ReLU, each ended by a pool that halves the map; the width
    doubles from stage to stage, up to eight times. One linear layer for ten classes, because with
    the three of the paper no choice of convolutions would matter to the parameters."""
    layers = [Layer("image", make("input", {"shape": (3, 32, 32)}))]
    blocks = []
    for stage in range(1, stages + 1):
        filters = width * min(2 ** (stage - 1), MOST)
        block = f"conv{stage}"
        blocks.append(Block(block, "conv_stage", {"width": filters}))
        for i in range(1, convolutions + 1):
            conv, relu = f"{block}_{i}", f"relu{stage}_{i}"
            layers.append(Layer(conv, _conv(filters, kernel), (layers[-1].name,), block))
            layers.append(Layer(relu, RELU, (conv,), block))
        layers.append(Layer(f"pool{stage}", POOL, (layers[-1].name,)))
    layers.append(Layer("flatten", make("flatten", {}), (layers[-1].name,)))
    layers.append(Layer("classifier", make("linear", {"units": 10}), ("flatten",)))
    return Network(name, layers, blocks)


@space(
    "vgg_widths",
    title="Plain networks over depth, channels and kernel, for images of 32×32 pixels",
    family="VGG grid",
    year=2014,
    classes=10,
    cite="simonyan2015",
    size=GRID.size,
)
def vgg_widths(numbers: Iterable[int]) -> Iterator[Point]:
    """Points named by their four attributes: vgg_s5_n2_w64_k3."""
    for number in numbers:
        point = GRID[number]
        stages, convolutions, width, kernel = map(int, point.values())
        name = f"vgg_s{stages}_n{convolutions}_w{width}_k{kernel}"
        yield Point(number, point, _network(name, stages, convolutions, width, kernel))

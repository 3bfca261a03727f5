"""The cells of DARTS (liu2019) in the networks that its authors train for CIFAR-10 and ImageNet.

A network is a stem and equal cells but for two, which halve the map and double the channels. A cell
has four nodes; each adds two operations on the outputs of the two cells before, or of earlier
nodes; the cell lays its nodes side by side. A normal and a reduction cell together are a genotype.
There are 10¹⁸, so these spaces are sampled. The auxiliary head of training is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import combinations, product

from archdb.model.graph import Block, Layer, Network
from archdb.ops import Op, make
from archdb.spaces.base import Grid, Point, barred, parts_of, space

OPERATIONS = (
    *("max_pool_3x3", "avg_pool_3x3", "skip_connect"),
    *("sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3", "dil_conv_5x5"),
)
NODES = (2, 3, 4, 5)  # behind 0 and 1, which are the cells before
POOLS = {"max_pool_3x3": "max_pool2d", "avg_pool_3x3": "avg_pool2d"}

RELU, NORM, SUM = make("relu", {}), make("batch_norm", {}), make("add", {})
CONCAT = make("concat", {})
#: A map without its first row and column, as two slices.
SHIFTS = [make("slice", {"axis": axis, "start": 1}) for axis in (1, 2)]

#: Of a cell: for each node its two operations and what they read.
Cell = tuple[tuple[tuple[str, int], ...], ...]


@cache
def _conv(filters: int, kernel: int, stride: int, groups: int = 1, dilation: int = 1) -> Op:
    padding = dilation * (kernel // 2)
    given = {"filters": filters, "kernel": kernel, "stride": stride, "padding": padding}
    return make("conv2d", {**given, "groups": groups, "dilation": dilation, "bias": False})


@cache
def _pool(op: str, stride: int) -> Op:
    return make(op, {"kernel": 3, "stride": stride, "padding": 1, "rounding": "floor"})


class _Builder:
    """Layers as they are laid; each method names the last of those that it adds."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.blocks: list[Block] = []
        self.block: str | None = None

    def add(self, name: str, op: Op, *inputs: str) -> str:
        self.layers.append(Layer(name, op, inputs, self.block))
        return name

    def conv_norm(self, name: str, source: str, *convs: Op) -> str:
        for at, conv in enumerate(convs):
            source = self.add(
                f"{name}.conv{at + 1}" if len(convs) > 1 else f"{name}.conv", conv, source
            )
        return self.add(f"{name}.bn", NORM, source)

    def relu_conv_norm(self, name: str, source: str, *convs: Op) -> str:
        return self.conv_norm(name, self.add(f"{name}.relu", RELU, source), *convs)

    def halve(self, name: str, source: str, channels: int) -> str:
        """Half the channels of each of two 1×1 convolutions of stride 2, one of them a pixel on."""
        relu = self.add(f"{name}.relu", RELU, source)
        half = _conv(channels // 2, 1, 2)
        ends = [self.add(f"{name}.conv1", half, relu)]
        for axis, shift in zip("hw", SHIFTS, strict=True):
            relu = self.add(f"{name}.shift_{axis}", shift, relu)
        ends.append(self.add(f"{name}.conv2", half, relu))
        return self.add(f"{name}.bn", NORM, self.add(f"{name}.concat", CONCAT, *ends))

    def operation(self, name: str, operation: str, source: str, channels: int, stride: int) -> str:
        if operation in POOLS:
            return self.add(name, _pool(POOLS[operation], stride), source)
        if operation == "skip_connect":
            return source if stride == 1 else self.halve(name, source, channels)
        kernel, point = int(operation[-1]), _conv(channels, 1, 1)
        if operation.startswith("dil"):
            wide = _conv(channels, kernel, stride, channels, 2)
            return self.relu_conv_norm(name, source, wide, point)
        first = _conv(channels, kernel, stride, channels)
        source = self.relu_conv_norm(f"{name}.a", source, first, point)
        second = _conv(channels, kernel, 1, channels)
        return self.relu_conv_norm(f"{name}.b", source, second, point)

    def cell(
        self,
        name: str,
        sources: tuple[str, str],
        cell: Cell,
        channels: int,
        halves: tuple[bool, bool],
    ) -> str:
        """`halves`: whether the cell before last is twice as large as the last, and whether this
        cell halves the map."""
        before_halved, reduction = halves
        self.block = name
        kind = "darts_reduction" if reduction else "darts_cell"
        self.blocks.append(Block(name, kind, {"filters": channels}))
        ends = [
            self.halve(f"{name}.0", sources[0], channels)
            if before_halved
            else self.relu_conv_norm(f"{name}.0", sources[0], _conv(channels, 1, 1)),
            self.relu_conv_norm(f"{name}.1", sources[1], _conv(channels, 1, 1)),
        ]
        for node, edges in enumerate(cell, 2):
            terms = [
                self.operation(
                    f"{name}.{source}-{node}",
                    operation,
                    ends[source],
                    channels,
                    2 if reduction and source < 2 else 1,
                )
                for operation, source in edges
            ]
            ends.append(self.add(f"{name}.{node}", SUM, *terms))
        end = self.add(f"{name}.concat", CONCAT, *ends[2:])
        self.block = None
        return end


Stem = Callable[[_Builder], tuple[str, str, bool]]


def _cifar_stem(net: _Builder) -> tuple[str, str, bool]:
    """What the first two cells read, and whether the first is twice as large as the second."""
    image = net.add("image", make("input", {"shape": (3, 32, 32)}))
    stem = net.conv_norm("stem", image, _conv(3 * 36, 3, 1))
    return stem, stem, False


def _imagenet_stem(net: _Builder) -> tuple[str, str, bool]:
    image = net.add("image", make("input", {"shape": (3, 224, 224)}))
    first = net.conv_norm("stem0.a", image, _conv(24, 3, 2))
    second = net.conv_norm("stem0.b", net.add("stem0.relu", RELU, first), _conv(48, 3, 2))
    return second, net.relu_conv_norm("stem1", second, _conv(48, 3, 2)), True


def network(
    name: str, stem: Stem, cells: tuple[Cell, Cell], shape: tuple[int, int, int]
) -> Network:
    """`cells` are the normal and the reduction cell; `shape` is how many cells there are, the
    channels of the first, and the classes."""
    depth, channels, classes = shape
    net = _Builder()
    before, last, halved = stem(net)
    for at in range(depth):
        reduction = at in (depth // 3, 2 * depth // 3)
        channels *= 1 + reduction
        end = net.cell(f"cell{at}", (before, last), cells[reduction], channels, (halved, reduction))
        before, last, halved = last, end, reduction
    mean = net.add("mean", make("global_avg_pool2d", {}), last)
    net.add(
        "classifier",
        make("linear", {"units": classes}),
        net.add("flatten", make("flatten", {}), mean),
    )
    return Network(name, net.layers, net.blocks)


def _node(node: int) -> list[str]:
    """All that a node can be: as sep_conv_3x3~0|skip_connect~1."""
    return [
        f"{first}~{one}|{second}~{other}"
        for one, other in combinations(range(node), 2)
        for first, second in product(OPERATIONS, repeat=2)
    ]


GENOTYPES = Grid({f"{cell}_{node}": _node(node) for cell in ("normal", "reduce") for node in NODES})

#: The genotypes that the authors found by the first and by the second order of their search
#: (quark0/darts, cnn/genotypes.py): the nodes of the normal and of the reduction cell.
FOUND = {
    "DARTS_V1": (
        "|sep_conv_3x3~0|sep_conv_3x3~1|+|skip_connect~0|sep_conv_3x3~1|"
        "+|skip_connect~0|sep_conv_3x3~1|+|sep_conv_3x3~0|skip_connect~2|",
        "|max_pool_3x3~0|max_pool_3x3~1|+|max_pool_3x3~0|skip_connect~2|"
        "+|max_pool_3x3~0|skip_connect~2|+|avg_pool_3x3~0|skip_connect~2|",
    ),
    "DARTS_V2": (
        "|sep_conv_3x3~0|sep_conv_3x3~1|+|sep_conv_3x3~0|sep_conv_3x3~1|"
        "+|skip_connect~0|sep_conv_3x3~1|+|skip_connect~0|dil_conv_3x3~2|",
        "|max_pool_3x3~0|max_pool_3x3~1|+|max_pool_3x3~1|skip_connect~2|"
        "+|max_pool_3x3~0|skip_connect~2|+|max_pool_3x3~1|skip_connect~2|",
    ),
}
NAMED = {
    name: GENOTYPES.number(node for cell in cells for node in parts_of(cell))
    for name, cells in FOUND.items()
}


def _read(nodes: Iterable[str]) -> Cell:
    edges = ([edge.split("~") for edge in node.split("|")] for node in nodes)
    return tuple(tuple((name, int(source)) for name, source in node) for node in edges)


def _points(numbers: Iterable[int], name: str, stem: Stem, *shape: int) -> Iterator[Point]:
    """Points named by their nodes, as darts_cifar.n|sep_conv_3x3~0|…|+|…|.r|…|."""
    for number in numbers:
        genotype = GENOTYPES[number]
        nodes = [*map(str, genotype.values())]
        cells = (_read(nodes[:4]), _read(nodes[4:]))
        bears = f"{name}.n{barred(nodes[:4])}.r{barred(nodes[4:])}"
        yield Point(number, genotype, network(bears, stem, cells, shape))  # type: ignore[arg-type]


@space(
    "darts_cifar",
    title="DARTS: 20 cells of 36 channels for images of 32×32 pixels",
    family="DARTS",
    year=2018,
    classes=10,
    cite="liu2019",
    size=GENOTYPES.size,
    named=NAMED,
)
def darts_cifar(numbers: Iterable[int]) -> Iterator[Point]:
    return _points(numbers, "darts_cifar", _cifar_stem, 20, 36, 10)


@space(
    "darts_imagenet",
    title="DARTS: 14 cells of 48 channels for images of 224×224 pixels",
    family="DARTS",
    year=2018,
    classes=1000,
    cite="liu2019",
    size=GENOTYPES.size,
    named=NAMED,
)
def darts_imagenet(numbers: Iterable[int]) -> Iterator[Point]:
    return _points(numbers, "darts_imagenet", _imagenet_stem, 14, 48, 1000)

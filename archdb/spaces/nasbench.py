"""NAS-Bench-201 (dong2020) and the size space of NATS-Bench (dong2022): one macro skeleton.

A stem, stages of equal cells, a residual block of stride 2 before each further stage, then batch
normalisation, ReLU, the mean of each map and a fully connected layer. A cell has four nodes; each
reads all before it through one operation an edge and is their sum. Its string lists, node by node,
`|operation~source|`.

Every edge is laid as the benchmark runs it, those too that lead nowhere: `none` is an op (zero),
and what hangs on it is counted. Totals called live leave out what the result does not depend on.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from functools import cache

from archdb.analysis.fingerprint import fingerprint
from archdb.model.graph import Block, Layer, Network
from archdb.ops import Op, make
from archdb.spaces.base import Grid, Point, barred, space

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
Operations = tuple[str, ...]

RELU, NORM, SUM = make("relu", {}), make("batch_norm", {}), make("add", {})
ZERO = make("zero", {})
MEAN = make("avg_pool2d", {"kernel": 3, "stride": 1, "padding": 1, "rounding": "floor"})
HALVE = make("avg_pool2d", {"kernel": 2, "stride": 2, "rounding": "floor"})
IMAGE = make("input", {"shape": (3, 32, 32)})
CLASSES = 10


def cell_string(operations: Operations) -> str:
    """The benchmark's name of a cell: |op~0|+|op~0|op~1|+|op~0|op~1|op~2|."""
    nodes = (operations[:1], operations[1:3], operations[3:])
    return barred(
        "|".join(f"{operation}~{source}" for source, operation in enumerate(node)) for node in nodes
    )


@cache
def _conv(filters: int, kernel: int, stride: int = 1) -> Op:
    given = {"filters": filters, "kernel": kernel, "stride": stride, "padding": kernel // 2}
    return make("conv2d", {**given, "bias": False})


@cache
def _relu_conv_norm(
    name: str, source: str, block: str, filters: int, kernel: int, stride: int = 1
) -> tuple[Layer, ...]:
    return (
        Layer(f"{name}.relu", RELU, (source,), block),
        Layer(f"{name}.conv", _conv(filters, kernel, stride), (f"{name}.relu",), block),
        Layer(f"{name}.bn", NORM, (f"{name}.conv",), block),
    )


@cache
def _edge(
    name: str, operation: str, source: str, block: str, filters: int, same: bool
) -> tuple[tuple[Layer, ...], str]:
    """The layers of one edge, and the last of them; `same`: it keeps the number of channels.

    A skip that keeps it is no layer, and one that changes it a 1×1 convolution without ReLU.
    """
    if operation == "skip_connect":
        if same:
            return (), source
        conv = Layer(f"{name}.conv", _conv(filters, 1), (source,), block)
        return (conv, Layer(f"{name}.bn", NORM, (conv.name,), block)), f"{name}.bn"
    if operation == "none":
        return (Layer(f"{name}.zero", ZERO, (source,), block),), f"{name}.zero"
    if operation == "avg_pool_3x3":
        return (Layer(f"{name}.pool", MEAN, (source,), block),), f"{name}.pool"
    kernel = int(operation[-1])
    return _relu_conv_norm(name, source, block, filters, kernel), f"{name}.bn"


@cache
def _sum(name: str, sources: tuple[str, ...], block: str) -> Layer:
    return Layer(name, SUM, sources, block)


def _cell(block: str, source: str, operations: Operations, filters: int, same: bool) -> list[Layer]:
    """The layers of a cell, in the order of its nodes. Node 1 reads one edge and is no sum."""
    layers: list[Layer] = []
    nodes = [source]
    ends: list[str] = []
    for (start, end), operation in zip(EDGES, operations, strict=True):
        keeps = same or start > 0
        name = f"{block}.{start}-{end}"
        laid, last = _edge(name, operation, nodes[start], block, filters, keeps)
        layers += laid
        ends.append(last)
        if start == end - 1:  # the last edge into this node
            if end > 1:
                layers.append(_sum(f"{block}.{end}", tuple(ends), block))
            nodes.append(f"{block}.{end}" if end > 1 else last)
            ends = []
    return layers


@cache
def _reduction(block: str, source: str, filters: int) -> tuple[Layer, ...]:
    """A residual block of stride 2 whose shortcut is a mean over 2×2 and a 1×1 convolution."""
    first = _relu_conv_norm(f"{block}.a", source, block, filters, 3, 2)
    second = _relu_conv_norm(f"{block}.b", f"{block}.a.bn", block, filters, 3)
    pool = Layer(f"{block}.shortcut.pool", HALVE, (source,), block)
    conv = Layer(f"{block}.shortcut.conv", _conv(filters, 1), (pool.name,), block)
    return (*first, *second, pool, conv, _sum(f"{block}.3", (conv.name, second[-1].name), block))


@cache
def _stem(filters: int) -> tuple[Layer, ...]:
    return (
        Layer("image", IMAGE),
        Layer("stem.conv", _conv(filters, 3), ("image",)),
        Layer("stem.bn", NORM, ("stem.conv",)),
    )


@cache
def _head(source: str) -> tuple[Layer, ...]:
    return (
        Layer("last.bn", NORM, (source,)),
        Layer("last.relu", RELU, ("last.bn",)),
        Layer("mean", make("global_avg_pool2d", {}), ("last.relu",)),
        Layer("flatten", make("flatten", {}), ("mean",)),
        Layer("classifier", make("linear", {"units": CLASSES}), ("flatten",)),
    )


@cache
def _block(name: str, kind: str, width: int) -> Block:
    return Block(name, kind, {"filters": width})


def _network(name: str, operations: Operations, widths: tuple[int, ...]) -> Network:
    """Cells of these widths, of which the sixth and the twelfth of 17 (so many are in three
    stages of five), or the second and the fourth of 5, are residual blocks."""
    stage = len(widths) // 3
    reductions = (stage, 2 * stage + 1)
    layers = list(_stem(widths[0]))
    blocks = []
    source, before = "stem.bn", widths[0]
    for i, width in enumerate(widths):
        block = f"cell{i}"
        if i in reductions:
            layers += _reduction(block, source, width)
            blocks.append(_block(block, "nasbench_reduction", width))
        else:
            layers += _cell(block, source, operations, width, before == width)
            blocks.append(_block(block, "nasbench_cell", width))
        source, before = f"{block}.3", width
    return Network(name, (*layers, *_head(source)), blocks)


# The two spaces.

CELL_WIDTHS = (*(16,) * 5, *(32,) * 6, *(64,) * 6)
CELLS = Grid({f"edge_{start}_{end}": OPERATIONS for start, end in EDGES})


@cache
def order() -> list[int]:
    """Which cell of the grid bears which number: the benchmark numbers them by a shuffle that is
    fixed by its seed."""
    numbers = list(range(CELLS.size))
    random.Random(88).shuffle(numbers)
    return numbers


def live_cell(operations: Operations) -> str:
    """A hash of the part of a cell that its result depends on: equal for isomorphic cells.

    Edges that nothing passes are gone, and with them sums of one; a skip is no layer.
    """
    cell = [Layer("x", IMAGE), *_cell("c", "x", operations, 3, True)]
    dead = {"x": False}
    for layer in cell[1:]:
        dead[layer.name] = layer.op.constant or all(dead[source] for source in layer.inputs)
    if dead["c.3"]:
        return "none"
    stands = {"x": "x"}
    kept: dict[str, Layer] = {"x": cell[0]}
    for layer in cell[1:]:
        inputs = tuple(stands[source] for source in layer.inputs if not dead[source])
        stands[layer.name] = layer.name
        if layer.op is SUM and len(inputs) == 1:
            stands[layer.name] = inputs[0]
        elif not dead[layer.name]:
            kept[layer.name] = layer._replace(inputs=inputs, block=None)
    needed = {stands["c.3"], "x"}
    for name in reversed(kept):
        if name in needed:
            needed.update(kept[name].inputs)
    if needed == {"x"}:
        return "identity"
    return fingerprint(Network("cell", [kept[name] for name in kept if name in needed]))


@space(
    "nasbench201",
    title="NAS-Bench-201: all cells of four nodes and five operations",
    family="NAS-Bench-201",
    year=2020,
    classes=CLASSES,
    cite="dong2020",
    size=CELLS.size,
)
def nasbench201(numbers: Iterable[int]) -> Iterator[Point]:
    """Points named by their cells' strings, in the benchmark's own order."""
    for number in numbers:
        cell = CELLS[order()[number]]
        operations = tuple(map(str, cell.values()))
        network = _network(cell_string(operations), operations, CELL_WIDTHS)
        yield Point(number, {**cell, "live_cell": live_cell(operations)}, network)


WIDTHS = Grid({f"channels_{layer}": range(8, 72, 8) for layer in range(1, 6)})
#: The cell of all networks of the size space.
BEST = ("nor_conv_3x3",) * 3 + ("skip_connect",) + ("nor_conv_3x3",) * 2


@space(
    "natsbench_size",
    title="NATS-Bench: all widths of five layers of one cell",
    family="NATS-Bench",
    year=2020,
    classes=CLASSES,
    cite="dong2022",
    size=WIDTHS.size,
)
def natsbench_size(numbers: Iterable[int]) -> Iterator[Point]:
    """Points named by their channels, as 8:16:24:32:40, the last moving first."""
    for number in numbers:
        point = WIDTHS[number]
        widths = tuple(map(int, point.values()))
        yield Point(number, point, _network(":".join(map(str, widths)), BEST, widths))

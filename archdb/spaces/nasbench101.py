"""NAS-Bench-101 (ying2019): all cells of up to seven vertices in one macro skeleton.

A stem, three stacks of three equal modules, a 2×2 maximum with twice the channels before each
further stack, then the mean of each map and a fully connected layer. A convolution is always
followed by batch normalisation and ReLU. A module's output lays what the vertices before it
compute side by side, and adds a 1×1 projection of the module's input where that is read; any
other vertex adds what it reads. Channels are cut off where the source has one more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from archdb.model.graph import Block, Layer, Network
from archdb.ops import Op, make
from archdb.spaces.base import Point, space
from archdb.spaces.nasbench101_cells import SIZE, Cell, cell, module_hash

STACKS, MODULES, CLASSES = 3, 3, 10
FILTERS = 128  # of the stem and the first stack

RELU, NORM, SUM = make("relu", {}), make("batch_norm", {}), make("add", {})
CONCAT = make("concat", {})
MAXIMUM = make("max_pool2d", {"kernel": 3, "stride": 1, "padding": 1, "rounding": "floor"})
HALVE = make("max_pool2d", {"kernel": 2, "stride": 2, "rounding": "floor"})
KERNELS = {"conv3x3-bn-relu": 3, "conv1x1-bn-relu": 1}  # any other operation is the maximum
#: What stands in memory of layers that neighbouring points share.
MEMORY = 2**14

Layers = tuple[Layer, ...]


def channels_of(given: Cell, channels: int) -> list[int]:
    """How many channels each vertex of a module with so many has; the input's are not looked at.

    The vertices that the output reads share the channels, the first ones taking the remainder;
    any other has as many as the largest that reads it.
    """
    ends = [vertex for vertex in given.reads[-1] if vertex > 0]
    found = [0] * (len(given.reads) - 1) + [channels]
    for place, vertex in enumerate(ends):
        found[vertex] = channels // len(ends) + (place < channels % len(ends))
    for reader in range(len(found) - 2, 0, -1):
        for vertex in given.reads[reader]:
            if vertex not in ends:
                found[vertex] = max(found[vertex], found[reader])
    return found


@cache
def _conv(filters: int, kernel: int) -> Op:
    given = {"filters": filters, "kernel": kernel, "padding": kernel // 2, "bias": False}
    return make("conv2d", given)


@lru_cache(MEMORY)
def _conv_norm_relu(name: str, source: str, block: str | None, filters: int, kernel: int) -> Layers:
    return (
        Layer(f"{name}.conv", _conv(filters, kernel), (source,), block),
        Layer(f"{name}.bn", NORM, (f"{name}.conv",), block),
        Layer(f"{name}.relu", RELU, (f"{name}.bn",), block),
    )


@lru_cache(MEMORY)
def _layer(name: str, op: Op, inputs: tuple[str, ...], block: str) -> Layer:
    return Layer(name, op, inputs, block)


@cache
def _first(channels: int) -> Op:
    return make("slice", {"axis": 0, "stop": channels})


class _Module:
    """The layers of a module, vertex by vertex, each under the name of its block and number."""

    def __init__(self, block: str, source: str, given: Cell, channels: int) -> None:
        self.block, self.source = block, source
        self.channels = channels_of(given, channels)
        self.layers: list[Layer] = []
        self.outputs = [source]
        for vertex, operation in enumerate(given.operations, 1):
            self._vertex(vertex, given.reads[vertex], operation)
        self._output(given.reads[-1])

    def _add(self, *layers: Layer) -> str:
        self.layers += layers
        return layers[-1].name

    def _vertex(self, vertex: int, reads: tuple[int, ...], operation: str) -> None:
        name = f"{self.block}.{vertex}"
        arriving = [self._cut(source, vertex) for source in reads if source > 0]
        if 0 in reads:
            arriving.append(self._projection(name, self.channels[vertex]))
        source = self._sum(name, arriving)
        layers: Layers
        if operation in KERNELS:
            channels, kernel = self.channels[vertex], KERNELS[operation]
            layers = _conv_norm_relu(name, source, self.block, channels, kernel)
        else:
            layers = (_layer(f"{name}.pool", MAXIMUM, (source,), self.block),)
        self.outputs.append(self._add(*layers))

    def _output(self, reads: tuple[int, ...]) -> None:
        arriving = [self.outputs[source] for source in reads if source > 0]
        if len(arriving) > 1:
            concat = _layer(f"{self.block}.concat", CONCAT, tuple(arriving), self.block)
            arriving = [self._add(concat)]
        if 0 in reads:
            arriving.append(self._projection(self.block, self.channels[-1]))
        self.outputs.append(self._sum(self.block, arriving))

    def _cut(self, source: int, vertex: int) -> str:
        channels, given = self.channels[vertex], self.outputs[source]
        if self.channels[source] == channels:
            return given
        name = f"{self.block}.{source}-{vertex}"
        return self._add(_layer(name, _first(channels), (given,), self.block))

    def _projection(self, name: str, channels: int) -> str:
        return self._add(
            *_conv_norm_relu(f"{name}.projection", self.source, self.block, channels, 1)
        )

    def _sum(self, name: str, arriving: list[str]) -> str:
        if len(arriving) == 1:
            return arriving[0]
        return self._add(_layer(f"{name}.add", SUM, tuple(arriving), self.block))


@cache
def _stem() -> Layers:
    image = Layer("image", make("input", {"shape": (3, 32, 32)}))
    return (image, *_conv_norm_relu("stem", "image", None, FILTERS, 3))


@lru_cache(MEMORY)
def _head(source: str) -> Layers:
    return (
        Layer("mean", make("global_avg_pool2d", {}), (source,)),
        Layer("flatten", make("flatten", {}), ("mean",)),
        Layer("classifier", make("linear", {"units": CLASSES}), ("flatten",)),
    )


@cache
def _block(name: str, filters: int) -> Block:
    return Block(name, "nasbench101_module", {"filters": filters})


def network(name: str, given: Cell) -> Network:
    """The skeleton with the cell in every module."""
    layers = list(_stem())
    blocks = []
    source = layers[-1].name
    for stack in range(STACKS):
        filters = FILTERS << stack
        if stack:
            layers.append(Layer(f"stack{stack}.pool", HALVE, (source,)))
            source = layers[-1].name
        for at in range(MODULES):
            blocks.append(_block(f"stack{stack}.module{at}", filters))
            module = _Module(blocks[-1].name, source, given, filters)
            layers += module.layers
            source = module.outputs[-1]
    return Network(name, (*layers, *_head(source)), blocks)


@space(
    "nasbench101",
    title="NAS-Bench-101: all cells of at most seven vertices and nine edges",
    family="NAS-Bench-101",
    year=2019,
    classes=CLASSES,
    cite="ying2019",
    size=SIZE,
)
def nasbench101(numbers: Iterable[int]) -> Iterator[Point]:
    """Points named by the benchmark's hash, in the order in which its script finds them."""
    for number in numbers:
        given = cell(number)
        name = module_hash(given)
        yield Point(number, attributes(given), network(name, given))


def attributes(given: Cell) -> dict[str, str]:
    """The two that define a cell: its matrix row by row, each right of the diagonal; its labels."""
    rows = ("".join(map(str, row[at + 1 :])) for at, row in enumerate(given.matrix[:-1]))
    labels = ",".join(operation.split("-")[0] for operation in given.operations)
    return {"matrix": ".".join(rows), "operations": labels}

"""The networks that a published figure may be of: variants, input sizes, heads; derived in memory.

Nothing is stored: what is asked of a figure's many readings is not worth keeping.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from archdb.derive import at_input, native_input
from archdb.errors import ShapeError
from archdb.facts import COUNTED, COUNTS, facts_of
from archdb.graph import Layer, Network
from archdb.ops.shape import Shape, text

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: How many steps of lineage a figure may be away from the network it is said to be of.
STEPS = 2
#: Sizes that images are commonly cut to.
SIZES = (
    *(128, 160, 176, 192, 224, 227, 240, 256, 260, 288, 299, 300, 320, 331, 380, 384),
    *(416, 448, 480, 512, 600, 640),
)
#: How many of COUNTS, the first ones, are trainable numbers.
TRAINABLE = COUNTS.index("buffers")
#: What is counted: the network; it and its auxiliary heads; all up to the last map.
MAIN, HEADS, TRUNK = "whole", "with auxiliary heads", "without classifier"

#: Sums of counts by op, {"conv2d": {"macs": …, …}, …}; None where an op leaves one open.
Tally = Mapping[str, Mapping[str, int | None]]


class Setting(NamedTuple):
    """A reading of a figure before anything is counted; `far` is how unlike it is what was said."""

    architecture: str
    input: str
    head: str
    far: int


def settings(reader: Reader, name: str) -> Iterator[tuple[Setting, Tally]]:
    """Every setting of a network and its relatives, nearest relatives first."""
    from archdb.db.engine import reading  # SQLAlchemy: only where rows become a network
    from archdb.db.rows import load

    relatives = reader.ask("relatives", name=name, steps=STEPS).rows
    with reading(reader.path) as connection:
        networks = [(steps, load(connection, key)) for _, key, steps in relatives]
    for steps, network in networks:
        native = native_input(network)
        for shape in (native, *_sizes(native)):
            for head, layers in _heads(network, shape):
                far = steps + 2 * (shape != native) + (head != MAIN)
                with contextlib.suppress(ShapeError):  # a map too small for some window
                    yield Setting(network.name, text(shape), head, far), tally(layers)


def _sizes(native: Shape) -> Iterator[Shape]:
    """Other inputs: squares of the common sizes, where the network takes an image."""
    if len(native) == 3:
        yield from ((native[0], size, size) for size in SIZES if native[1:] != (size, size))


def _heads(network: Network, shape: Shape) -> Iterator[tuple[str, list[Layer]]]:
    """The layers that each choice of heads leaves."""
    layers = list(at_input(network, shape))
    main = [layer for layer in layers if not layer.auxiliary]
    yield MAIN, main
    if len(main) < len(layers):
        yield HEADS, layers
    trunk = _trunk(main)
    if len(trunk) < len(main):
        yield TRUNK, trunk


def _trunk(layers: list[Layer]) -> list[Layer]:
    """The layers up to the last whose output has more than one position."""
    try:
        shapes = [shape for _, shape in _walk(layers)]
    except ShapeError:
        return layers
    maps = [i for i, shape in enumerate(shapes) if shape is None or prod(shape[1:]) > 1]
    return layers[: maps[-1] + 1] if maps else layers


def _walk(layers: list[Layer]) -> Iterator[tuple[tuple[int | None, ...], Shape | None]]:
    """The counts and the output shape of each layer; ShapeError where one cannot be."""
    shapes: dict[str, Shape | None] = {}
    for layer in layers:
        facts = facts_of(layer.op, tuple([shapes[source] for source in layer.inputs]))
        shapes[layer.name] = facts.out
        yield facts.columns[COUNTED], facts.out


def tally(layers: list[Layer]) -> Tally:
    """Counts by op."""
    found: dict[str, dict[str, int | None]] = {}
    for layer, (counts, _) in zip(layers, _walk(layers), strict=True):
        sums = found.setdefault(layer.op.name, dict.fromkeys(("params", *COUNTS), 0))
        trainable = counts[:TRAINABLE]
        whole = None if None in trainable else sum(trainable)  # type: ignore[arg-type]
        for quantity, count in zip(sums, (whole, *counts), strict=True):
            sofar = sums[quantity]
            sums[quantity] = None if sofar is None or count is None else sofar + count
    return found

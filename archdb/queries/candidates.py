"""The networks that a printed number may be of: variants, input sizes, parts; derived in memory.

Nothing is stored: what is asked of a figure's many readings is not worth keeping.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from archdb.analysis.inputs import Inputs, native_inputs, resize_together
from archdb.analysis.layer_costs import COUNTS
from archdb.analysis.layer_table import LayerTable
from archdb.analysis.profile import Profile, derive
from archdb.analysis.shape_columns import SHAPES
from archdb.errors import NotFoundError, ShapeError, UsageError, nearest
from archdb.model.graph import Network
from archdb.queries.named import NetworkRef

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: How many steps of lineage a figure may be away from the network it is said to be of.
STEPS = 2
#: Sizes that images are commonly cut to.
SIZES = (
    32,
    64,
    96,
    128,
    160,
    176,
    192,
    224,
    227,
    240,
    256,
    260,
    288,
    299,
    300,
    320,
    331,
    380,
    384,
    416,
    448,
    480,
    512,
    600,
    640,
)
#: What is counted: the network; it and its auxiliary heads; all up to the last map; all behind it.
MAIN, HEADS, TRUNK, CLASSIFIER = (
    "whole",
    "with auxiliary heads",
    "without classifier",
    "classifier alone",
)
#: How unlike a part is what is meant where nothing is said of it.
DISTANCE = {MAIN: 0, HEADS: 1, TRUNK: 1, CLASSIFIER: 2}

#: Where a layer's output stands in its row.
OUT = slice(SHAPES.index("out_channels"), SHAPES.index("out_width") + 1)

#: Sums of counts by op, {"conv2d": {"macs": …, …}, …}; None where an op leaves one open.
Tally = Mapping[str, Mapping[str, int | None]]


class Candidate(NamedTuple):
    """A reading of a figure before anything is counted; `distance`: how unlike what was said."""

    architecture: str
    input: str
    head: str
    distance: int


class Part(NamedTuple):
    """A layer or a block that a figure is said to be of: it alone, or all up to it."""

    name: str
    until: bool = False

    def __str__(self) -> str:
        return f"up to {self.name}" if self.until else self.name


def candidates(
    reader: Reader, network: NetworkRef, part: Part | None = None
) -> Iterator[tuple[Candidate, Tally]]:
    """Every setting of a network and its relatives, nearest relatives first.

    NotFoundError where the network itself has no such part; relatives without it are left out.
    """
    with reader.snapshot():
        own = [] if isinstance(network, str) else [(0, network.network)]
        stored = [(steps, reader.load(name)) for name, steps in relatives(reader, network)]
    networks = own + stored
    if part is not None:
        _check_part(networks[0][1], part)
    for steps, tried in networks:
        native = native_inputs(tried)
        for inputs in (native, *_sizes(native)):
            with contextlib.suppress(ShapeError):  # a map too small for some window
                profile = derive(tried, inputs)
                table = profile.table
                for head, layers in _parts(profile, part):
                    distance = steps + 2 * (inputs != native) + DISTANCE.get(head, 0)
                    yield (
                        Candidate(tried.name, profile.input, head, distance),
                        tally(table.at(layers)),
                    )


def relatives(reader: Reader, network: NetworkRef) -> list[tuple[str, int]]:
    """The stored networks that a figure of this one may be of, and how many steps of lineage away
    they are: itself, if it is stored."""
    if isinstance(network, str):
        return reader.run_named("relatives", name=reader.resolve(network), steps=STEPS).rows
    found = reader.run_named("relatives", name=network.base.name, steps=STEPS - 1).rows
    return [(name, steps + 1) for name, steps in found]


def _sizes(native: Inputs) -> Iterator[Inputs]:
    """Other inputs: squares of the common sizes, where the network takes images of one size."""
    if all(len(shape) == 3 for shape in native.values()):
        with contextlib.suppress(UsageError):  # images of several sizes
            yield from (
                other for n in SIZES if (other := resize_together(str(n), native)) != native
            )


def _parts(profile: Profile, part: Part | None) -> Iterator[tuple[str, list[int]]]:
    """What may have been counted, by name, and the positions of its layers."""
    if part is not None:
        inside = members(profile.network, part)
        if inside:
            yield str(part), inside
        return
    layers = profile.network.layers
    main = [i for i, layer in enumerate(layers) if not layer.auxiliary]
    yield MAIN, main
    if len(main) < len(layers) and not any(facts.unfit for facts in profile.facts):
        yield HEADS, list(range(len(layers)))
    trunk = _trunk(profile, main)
    if len(trunk) < len(main):
        yield TRUNK, trunk
        yield CLASSIFIER, main[len(trunk) :]


def _trunk(profile: Profile, main: list[int]) -> list[int]:
    """The main layers up to the last whose output has more than one position."""
    for count in range(len(main), 0, -1):
        channels, height, width = profile.facts[main[count - 1]].columns[OUT]
        if channels is None or prod(extent or 1 for extent in (height, width)) > 1:
            return main[:count]
    return main


def members(network: Network, part: Part) -> list[int]:
    """The positions of the layers of a part; empty where the network has no such part."""
    blocks = _inside(network, part.name)
    named = {i for i, layer in enumerate(network) if layer.block in blocks}
    named |= {i for i, layer in enumerate(network) if layer.name == part.name}
    return sorted(_leading_to(network, named) if part.until else named)


def _inside(network: Network, block: str) -> set[str]:
    """A block of that name and those that are parts of it."""
    found = {block}
    for inner in network.blocks:  # a block follows the one that it is part of
        if inner.parent in found:
            found.add(inner.name)
    return found


def _leading_to(network: Network, last: set[int]) -> set[int]:
    """These layers and all that they depend on."""
    position = {layer.name: i for i, layer in enumerate(network)}
    found = set(last)
    for i in reversed(range(len(network))):
        if i in found:
            found.update(position[source] for source in network.layers[i].inputs)
    return found


def _check_part(network: Network, part: Part) -> None:
    if not members(network, part):
        names = [layer.name for layer in network] + [block.name for block in network.blocks]
        raise NotFoundError(
            f"'{network.name}' has no layer or block '{part.name}'",
            remedy=nearest(part.name, names) or f"archdb show {network.name} --by layer lists them",
        )


def tally(layers: LayerTable) -> Tally:
    """Counts of some layers by op."""
    return {op: group.totals(("params", *COUNTS)) for op, group in layers.groups("op").items()}

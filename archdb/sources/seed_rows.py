"""The rows of a seed from a network: a row for each figure that draws the layers as they are, and
for each layer that none does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from archdb.blocks import DECLARATIONS, NetworkBuilder
from archdb.blocks import REGISTRY as BLOCKS
from archdb.errors import ArchdbError
from archdb.model.graph import Block, Layer, Network
from archdb.ops import REGISTRY as OPS
from archdb.sources.toml_text import of_op, shortest

#: A row as the file has it; the last part of a block that is spelled out are its own rows.
Row = list[Any]
Each = Mapping[str, Mapping[str, Any]]


class Drawn(NamedTuple):
    """The rows of a network: its layers, those of its heads, and what all layers of an op have."""

    layers: list[Row]
    auxiliary: list[Row]
    outputs: list[str]
    each: Each


def seed_rows(network: Network) -> Drawn:
    """The rows of which a seed makes the same network; its first input is said apart."""
    source = next(layer for layer in network if layer.op.source)
    main = [layer for layer in network if layer is not source and not layer.auxiliary]
    heads = [layer for layer in network if layer.auxiliary]
    each = _each(network)
    rows = _Rows(network, each, source.name)
    laid = rows.lay(main)
    read = {name for layer in (source, *main) for name in layer.inputs}
    outputs = [layer.name for layer in (source, *main) if layer.name not in read]
    if outputs == [rows.last]:
        outputs = []
    return Drawn(laid, rows.lay(heads), outputs, each)


class _Rows:
    """Layers as rows, each of which reads the one before unless it says what."""

    def __init__(self, network: Network, each: Each, last: str) -> None:
        self.each, self.last = each, last
        self.blocks = {block.name: block for block in network.blocks}
        self.members = _members(network)
        self.seen: set[str] = set()

    def lay(self, layers: Sequence[Layer]) -> list[Row]:
        """The rows of layers, in their order. A block that others stand between goes on in a
        second row of its name."""
        rows: list[Row] = []
        inside: list[tuple[str, list[Row]]] = [("", rows)]
        at = 0
        while at < len(layers):
            path = ["", *self._path(layers[at].block)]
            while [name for name, _ in inside] != path[: len(inside)]:
                inside.pop()
            at += self._add(layers, at, [*map(self.blocks.get, path[len(inside) :])], inside)
        return rows

    def _add(
        self,
        layers: Sequence[Layer],
        at: int,
        opened: Sequence[Block | None],
        inside: list[tuple[str, list[Row]]],
    ) -> int:
        """Add a row for the layer, in the blocks that begin with it; how many layers it lays."""
        for block in filter(None, opened):
            reads = None if block.name in self.seen else self._reads(block, layers[at:])
            self.seen.add(block.name)
            said = [_in_order(block)] if block.attributes else []
            if reads is not None:
                count = len(self.members[block.name])
                own = [] if reads == self.last else [[reads]]
                inside[-1][1].append([block.name, block.kind, *said, *own])
                self.last = layers[at + count - 1].name
                return count
            within: list[Row] = []
            inside[-1][1].append([block.name, block.kind, *said, within])
            inside.append((block.name, within))
        inside[-1][1].append(self._row(layers[at]))
        self.last = layers[at].name
        return 1

    def _path(self, block: str | None) -> list[str]:
        """The blocks that a layer stands in, the outermost first."""
        found: list[str] = []
        while block is not None and block in self.blocks:
            found.insert(0, block)
            block = self.blocks[block].parent
        return found

    def _reads(self, block: Block, layers: Sequence[Layer]) -> str | None:
        """What a block has to read for its figure to draw these layers first; None where it draws
        others."""
        own = self.members[block.name]
        if list(layers[: len(own)]) != own:
            return None
        names = {layer.name for layer in own}
        outside = [name for layer in own for name in layer.inputs if name not in names]
        for last in dict.fromkeys([self.last, *outside]):
            drawn = _draw(block, last, self.each, auxiliary=own[0].auxiliary)
            if drawn is not None and drawn.layers == own and self._same(block, drawn.blocks):
                return last
        return None

    def _same(self, block: Block, drawn: Sequence[Block]) -> bool:
        """Whether the blocks that were drawn are this one and all in it."""
        inside = [b for b in self.blocks.values() if block.name in self._path(b.name)]
        return [b._replace(parent=None) if b is block else b for b in inside] == list(drawn)

    def _row(self, layer: Layer) -> Row:
        said = _said(layer, self.each)
        row: Row = [layer.name, layer.op.name, *([said] if said else [])]
        follows = layer.inputs == (self.last,) or OPS[layer.op.name].arity[1] == 0
        return row if follows else [*row, list(layer.inputs)]


def _said(layer: Layer, each: Each) -> dict[str, Any]:
    """What a row says of its op beside what holds for all layers of it."""
    said = of_op(layer.op)
    stated = each.get(layer.op.name, {})
    required = layer.op.declaration.required
    said = {name: value for name, value in said.items() if name not in stated or name in required}
    return said if layer.weights_of is None else {**said, "weights_of": layer.weights_of}


def _in_order(block: Block) -> dict[str, Any]:
    """The attributes of a block as its figure declares them, one after the other."""
    declaration = DECLARATIONS.get(block.kind)
    order = [*(declaration.attributes if declaration else ()), *block.attributes]
    return {name: block.attributes[name] for name in order if name in block.attributes}


def _members(network: Network) -> dict[str, list[Layer]]:
    """The layers of each block and of the blocks in it, in their order."""
    found: dict[str, list[Layer]] = {block.name: [] for block in network.blocks}
    parents = {block.name: block.parent for block in network.blocks}
    for layer in network:
        block = layer.block
        while block is not None and block in found:
            found[block].append(layer)
            block = parents[block]
    return found


def _draw(block: Block, last: str, each: Each, *, auxiliary: bool) -> NetworkBuilder | None:
    """What the figure of a block draws behind a layer; None where there is no such figure."""
    builder = NetworkBuilder(each)
    builder.last, builder.auxiliary = last, auxiliary
    try:
        BLOCKS[block.kind](builder, block.name, **block.attributes)
    except (KeyError, ArchdbError):
        return None
    return builder


def _each(network: Network) -> Each:
    """What all layers of an op have and the figures of the network's blocks do not give them."""
    told: dict[str, dict[str, Any]] = {}
    for op, name, value in _untold(network):
        every = [layer.op.attributes() for layer in network if layer.op.name == op]
        if all(stated.get(name) == value for stated in every):
            kind = OPS[op].declaration.attributes[name].kind
            told.setdefault(op, {})[name] = shortest(kind, value)
    return told


def _untold(network: Network) -> Iterator[tuple[str, str, Any]]:
    """(op, attribute, value) that a layer has and the figure of its block does not say."""
    members = _members(network)
    for block in network.blocks:
        own = members[block.name]
        drawn = _draw(block, "", {}, auxiliary=False) if block.parent is None else None
        for layer, other in zip(own, drawn.layers if drawn else (), strict=False):
            if layer.op.name == other.op.name:
                plain = other.op.attributes()
                for name, value in layer.op.attributes().items():
                    if plain.get(name) != value:
                        yield layer.op.name, name, value

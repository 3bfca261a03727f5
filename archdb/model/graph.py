"""A network as a graph of named layers. Names, edges and order; no arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from archdb.errors import DefinitionError, nearest


class Layer(NamedTuple):
    """One row of a network: an op under the name its source gives it, and what it reads.

    `weights_of`: the layer whose tensors it uses, in place of its own; they are counted there.
    """

    name: str
    op: Any
    inputs: tuple[str, ...] = ()
    block: str | None = None
    auxiliary: bool = False
    weights_of: str | None = None


class Block(NamedTuple):
    """One row of a paper's table: a figure (`kind`) drawn with `attributes`, perhaps as a part
    of `parent`."""

    name: str
    kind: str
    attributes: Mapping[str, Any]
    parent: str | None = None


#: For each layer the positions of what it reads.
Reads = tuple[tuple[int, ...], ...]


class Network:
    """Layers in an order in which each follows all it reads; `reads` has the positions of what each
    reads. Frozen once made.

    Raises DefinitionError on a name given twice, an input that no layer bears, or a cycle.
    """

    __slots__ = ("blocks", "layers", "name", "reads")

    def __init__(self, name: str, layers: Iterable[Layer], blocks: Iterable[Block] = ()) -> None:
        rows = tuple(layers)
        if not rows:
            raise DefinitionError("has no layers").at(name)
        try:
            ordered, reads = _ordered(rows)
            _check_heads(ordered)
            _check_shared(ordered)
        except DefinitionError as error:
            raise error.at(name) from None
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "layers", ordered)
        object.__setattr__(self, "reads", reads)
        object.__setattr__(self, "blocks", tuple(blocks))

    name: str
    layers: tuple[Layer, ...]
    reads: Reads
    blocks: tuple[Block, ...]

    def __setattr__(self, attribute: str, value: object) -> None:
        raise AttributeError(f"a Network is frozen: {attribute} cannot be set")

    def called(self, name: str) -> Network:
        """The same network under another name."""
        return Network(name, self.layers, self.blocks)

    def __reduce__(self) -> tuple[Any, ...]:
        return Network, (self.name, self.layers, self.blocks)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __repr__(self) -> str:
        return f"Network({self.name!r}, {len(self)} layers)"


def _ordered(layers: tuple[Layer, ...]) -> tuple[tuple[Layer, ...], Reads]:
    """The layers as given where that order serves, else each moved behind what it reads; and the
    positions of what they read."""
    names = Counter([layer.name for layer in layers])
    if len(names) < len(layers):
        ((twice, _),) = names.most_common(1)
        raise DefinitionError(
            "this name is given to two layers", remedy="give each layer a name of its own"
        ).at(f"layer '{twice}'")
    with suppress(KeyError):
        return layers, _reads(layers)
    for layer in layers:
        for source in layer.inputs:
            if source not in names:
                raise DefinitionError(
                    f"reads '{source}', which is no layer of this network",
                    remedy=nearest(source, names) or "an input is named as its layer is",
                ).at(f"layer '{layer.name}'")
    ordered = _sorted(layers)
    return ordered, _reads(ordered)


def _reads(layers: tuple[Layer, ...]) -> Reads:
    """The positions of what each layer reads; KeyError where one reads what stands behind it."""
    position: dict[str, int] = {}
    reads: list[tuple[int, ...]] = []
    for at, layer in enumerate(layers):
        sources = layer.inputs
        if len(sources) == 1:  # as of most
            reads.append((position[sources[0]],))
        else:
            reads.append(tuple([position[source] for source in sources]))
        position[layer.name] = at
    return tuple(reads)


def _check_heads(layers: tuple[Layer, ...]) -> None:
    """An auxiliary head hangs off the network: nothing outside a head may depend on it."""
    heads = {layer.name for layer in layers if layer.auxiliary}
    if len(heads) == len(layers):
        raise DefinitionError("has auxiliary heads alone, and no layer that they hang off")
    if not heads:
        return
    for layer in layers:
        if not layer.auxiliary and not heads.isdisjoint(layer.inputs):
            name = next(source for source in layer.inputs if source in heads)
            raise DefinitionError(f"reads '{name}', which is part of an auxiliary head").at(
                f"layer '{layer.name}'"
            )


def _check_shared(layers: tuple[Layer, ...]) -> None:
    """Weights are those of a layer of the same op that has its own, and not of a head unless for
    a head: totals leave heads out."""
    borrowers = [layer for layer in layers if layer.weights_of is not None]
    if not borrowers:
        return
    by_name = {layer.name: layer for layer in layers}
    for layer in borrowers:
        wanted = str(layer.weights_of)
        owner, why, remedy = by_name.get(wanted), "", ""
        if owner is None:
            why, remedy = "which is no layer of this network", nearest(wanted, by_name)
        elif owner.weights_of is not None:
            why = f"which uses those of '{owner.weights_of}'"
            remedy = "name the layer that has them"
        elif owner.op.name != layer.op.name:
            why = f"which is a {owner.op.name} and this a {layer.op.name}"
        elif owner.auxiliary and not layer.auxiliary:
            why = "which is part of an auxiliary head"
        if why:
            raise DefinitionError(f"uses the weights of '{wanted}', {why}", remedy=remedy).at(
                f"layer '{layer.name}'"
            )


def _sorted(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """As repeated passes over the given order would place them, each placing what is ready.

    A layer comes in the pass of what it reads, or in the next where that is given behind it; so
    each edge is looked at once, however many passes there are.
    """
    readers: dict[str, list[int]] = {layer.name: [] for layer in layers}
    for at, layer in enumerate(layers):
        for source in layer.inputs:
            readers[source].append(at)
    unread = [len(layer.inputs) for layer in layers]
    passes = [0] * len(layers)
    ready = [at for at, count in enumerate(unread) if count == 0]
    for at in ready:  # which grows meanwhile
        for reader in readers[layers[at].name]:
            passes[reader] = max(passes[reader], passes[at] + (reader < at))
            unread[reader] -= 1
            if unread[reader] == 0:
                ready.append(reader)
    if len(ready) < len(layers):
        waiting = [layer for layer, count in zip(layers, unread, strict=True) if count]
        raise DefinitionError(
            f"these layers read each other in a cycle: {_cycle(waiting)}",
            remedy="a layer can read only what is worked out before it",
        )
    return tuple(layers[at] for at in sorted(ready, key=lambda at: (passes[at], at)))


def _cycle(layers: list[Layer]) -> str:
    """One cycle among layers none of which can be placed, as 'a → b → a'."""
    reads = {layer.name: list(layer.inputs) for layer in layers}
    path: dict[str, None] = {}
    name = layers[0].name
    while name not in path:
        path[name] = None
        name = next(source for source in reads[name] if source in reads)
    around = list(path)
    return " → ".join([*around[around.index(name) :], name])

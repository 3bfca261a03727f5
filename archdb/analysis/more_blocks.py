"""Blocks that one network has more of: whole ones without partners that are like one with them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import groupby, takewhile
from typing import NamedTuple

from archdb.analysis.alignment import Alignment
from archdb.model.graph import Layer, Network


class More(NamedTuple):
    """Such blocks behind each other, what all of their kind are called, and their layers; whether
    it is the first network that has them."""

    blocks: tuple[str, ...]
    family: str
    layers: frozenset[str]
    first: bool

    def __str__(self) -> str:
        return f"{len(self.blocks)} {'fewer' if self.first else 'more'} of {self.family}"


def more_blocks(alignment: Alignment) -> Iterator[More]:
    """The blocks that the second network has more of than the first, then those it has fewer of."""
    for first, network in ((False, alignment.networks[1]), (True, alignment.networks[0])):
        rows = (row for row in alignment.rows if row.alone)
        own = (row.here if first else row.there for row in rows)
        alone = {layer.name for layer in own if layer is not None}
        yield from _runs(network, alone, first)


def _runs(network: Network, alone: set[str], first: bool) -> Iterator[More]:
    blocks: dict[str, list[Layer]] = {}
    for layer in network:
        if layer.block is not None:
            blocks.setdefault(layer.block, []).append(layer)
    whole = {name for name, layers in blocks.items() if alone.issuperset(x.name for x in layers)}
    kinds = {name: _kind(layers) for name, layers in blocks.items()}
    known = {kinds[name] for name in blocks if name not in whole}
    run: list[str] = []
    for name in [*blocks, ""]:
        kind = kinds.get(name)
        goes_on = name in whole and kind in known
        if run and (not goes_on or kinds[run[0]] != kind):
            layers = frozenset(layer.name for block in run for layer in blocks[block])
            yield More(tuple(run), _common(_neighbours(kinds, run)), layers, first)
            run = []
        if goes_on:
            run.append(name)


def _neighbours(kinds: Mapping[str, Hashable], run: list[str]) -> list[str]:
    """The blocks of a run and those of its kind right before and behind it."""
    for kind, group in groupby(kinds, key=kinds.__getitem__):
        blocks = list(group)
        if kind == kinds[run[0]] and run[0] in blocks:
            return blocks
    return run


def _kind(layers: list[Layer]) -> Hashable:
    """What a block is made of, whatever its layers are called."""
    places = {layer.name: place for place, layer in enumerate(layers)}
    return tuple(
        (layer.op, tuple(places.get(source, -1) for source in layer.inputs)) for layer in layers
    )


def _common(blocks: list[str]) -> str:
    """What blocks are called together: 'res4x' of res4b, res4c or of res4b1, res4b2; 'layer3.x' of
    layer3.1, layer3.2; one as it is."""
    if len(blocks) == 1:
        return blocks[0]
    signs = takewhile(lambda signs: len(set(signs)) == 1, zip(*blocks, strict=False))
    start = "".join(sign for sign, *_ in signs)
    if all(block[len(start) :][:1].isdigit() for block in blocks):
        start = start.rstrip("0123456789")
    if len(start) > 1 and start[-1].isalpha() and start[-2].isdigit():
        start = start[:-1]
    return f"{start}x"

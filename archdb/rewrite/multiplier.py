"""The width multiplier of a family on its networks, whoever drew them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from archdb.blocks.widths import PLAIN, WIDTHS, Widths, plain
from archdb.model.attributes import Name, Text
from archdb.model.declaration import Declaration
from archdb.model.graph import Network
from archdb.resources import bundled
from archdb.rewrite.base import RewriteContext
from archdb.rewrite.channels import Channels
from archdb.rounding import ratio


def widths_of(network: Network) -> Widths:
    """The rule that the network's blocks state; the plain one where they state none, or two."""
    stated = {WIDTHS[block.kind] for block in network.blocks if block.kind in WIDTHS}
    return stated.pop() if len(stated) == 1 else PLAIN


class Multiplier:
    """How wide each set of channels becomes that is free to be widened."""

    def __init__(self, context: RewriteContext, channels: Channels, factor: float) -> None:
        self.channels, self.factor = channels, factor
        self.rule = widths_of(context.network)
        self.units = {block.name for block in context.network.blocks if block.kind in WIDTHS}
        self.members: dict[str, list[str]] = {}
        for name in context.layers:
            self.members.setdefault(channels.root(name), []).append(name)
        self.free = [root for root in channels.stated if root not in channels.pinned]

    def width(self, root: str, wanted: Mapping[str, int]) -> int:
        """The new width of a set; `wanted` are those of the sets before it."""
        was, step = self.channels.width(root), self.channels.divisor(root)
        if step > 1:
            return plain(was // step, self.factor) * step
        read = self._read_within(root)
        if self.rule.within and read in wanted:
            return self.rule.within(was, self.channels.width(read), wanted[read])
        alone = len(self.channels.stated[root]) == 1
        if self.rule.first and root == self.free[0] and alone:
            return self.rule.first(was, self.factor)
        if self.rule.last and root == self.free[-1]:
            return self.rule.last(was, self.factor)
        return self.rule.between(was, self.factor)

    def _read_within(self, root: str) -> str:
        """What the first layer of a set reads, by root, where the set is inside one unit; else
        nothing."""
        layers, readers = self.channels.layers, self.channels.readers
        names = self.members[root]
        every = {*names, *(reader for name in names for reader in readers[name])}
        blocks = {layers[name].layer.block for name in every}
        if len(blocks) > 1 or not blocks & self.units:
            return ""
        inputs = layers[self.channels.stated[root][0]].layer.inputs
        return self.channels.root(inputs[0]) if inputs else ""


class Shipped(NamedTuple):
    """A network that a paper or a release gives as another one at this width, and, where it is
    not what the rule makes of that one, why."""

    base: str
    factor: str
    network: str
    because: str | None


_SHIPPED = Declaration(
    {"base": Name, "factor": Text, "network": Name, "because": Text}, {"because": None}
)


def load_shipped() -> list[Shipped]:
    """All of seeds/widths.toml."""
    path = bundled("seeds") / "widths.toml"
    rows: Sequence[Any] = tomllib.loads(path.read_text("utf-8"))["width"] if path.exists() else ()
    return [Shipped(**_SHIPPED.parse(row)) for row in rows]


def family_notes(network: str, factor: float) -> Iterator[str]:
    """Which shipped network of this width is another one than the rule makes, and why."""
    for one in load_shipped():
        same = one.base == network and Fraction(one.factor) == Fraction(*ratio(factor))
        if same and one.because:
            yield f"{one.network}, which is shipped at this width, is another: {one.because}"

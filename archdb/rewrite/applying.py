"""Rules applied in turn, each to what the one before it made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from archdb.errors import ArchdbError, NotFoundError, nearest
from archdb.model.graph import Block, Layer, Network
from archdb.model.names import PLUS
from archdb.rewrite.base import Note, RewriteContext, trace_layers
from archdb.rewrite.names import Step, steps


class Rewritten(NamedTuple):
    """What rules made of a network, and what they left alone."""

    network: Network
    notes: tuple[Note, ...]


def apply(network: Network, rules: str | Iterable[str], only: str | None = None) -> Rewritten:
    """The network under these rules, in this order, and under a name that says so.

    `only` is a glob of layer names for rules that have none of their own. Raises UsageError on a
    rule that there is not, NotFoundError on a glob that no layer matches, and another ArchdbError
    where a rule cannot keep what it promises.
    """
    notes: list[Note] = []
    for step in steps(rules, only):
        try:
            network, said = _apply_step(network, step)
        except ArchdbError as error:
            raise error.at(PLUS.join([network.name, step.text])) from None
        notes += said
    return Rewritten(network, tuple(notes))


def _apply_step(network: Network, step: Step) -> tuple[Network, list[Note]]:
    context = RewriteContext(network, step.glob)
    if step.glob is not None and not any(map(context.chosen, context.layers)):
        raise NotFoundError(
            f"no layer has a name like '{step.glob}'", remedy=nearest(step.glob, context.layers)
        )
    parameter = step.rule.parameter
    value = {parameter.name: step.value} if parameter else {}
    layers = tuple(step.rule.change(context, **value))
    blocks = tuple(_blocks(network, layers))
    made = Network(PLUS.join([network.name, step.text]), layers, blocks)
    trace_layers(made)
    notes = [Note(step.text, tuple(names), why) for why, names in context.skipped.items()]
    notes += [Note(step.text, (), what) for what in context.said]
    if made.layers == network.layers and not notes:
        notes = [Note(step.text, (), "there is no layer that it is for")]
    return made, notes


def _blocks(network: Network, layers: Iterable[Layer]) -> Iterator[Block]:
    """The blocks that still hold layers. One that a rule has changed, or changed a part of, is no
    longer drawn by the attributes of the paper's table, so it has none."""
    before, after = set(network.layers), set(layers)
    parents = {block.name: block.parent for block in network.blocks}
    held = _with_parents({layer.block for layer in after}, parents)
    changed = _with_parents({layer.block for layer in before ^ after}, parents)
    for block in network.blocks:
        if block.name in held:
            yield block._replace(attributes={}) if block.name in changed else block


def _with_parents(names: set[str | None], parents: dict[str, str | None]) -> set[str]:
    found: set[str] = set()
    for name in names:
        while name is not None and name not in found:
            found.add(name)
            name = parents.get(name)
    return found

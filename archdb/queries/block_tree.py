"""The blocks of a network as they stand in each other, each with the sums of all that is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.queries.named import network_refs
from archdb.queries.profiles import open_profiles

if TYPE_CHECKING:
    from archdb.model.input_spec import InputSpec
    from archdb.queries.reader import Reader

COUNTED = ("params", "macs")


class Branch(NamedTuple):
    """A block, or a layer that stands in none (its `kind` is None): how many blocks are around
    it, the layers in it and in the blocks of it, and what they come to (None where one is open)."""

    name: str
    kind: str | None
    depth: int
    layers: list[str]
    params: int | None
    macs: int | None


def block_tree(reader: Reader, name: str, spec: InputSpec) -> list[Branch]:
    """Every block before those that are part of it, in the order of their first layers."""
    (network,) = network_refs(reader, [name], spec)
    if isinstance(network, str):
        network = reader.resolve(network)
    with open_profiles(reader, [network], spec) as (one,):
        rows = one.layers.dicts(("layer", "block", *COUNTED))
        blocks = {row["block"]: row for row in one.blocks}
    members: dict[tuple[str | None, ...], list[dict[str, Any]]] = {}
    for row in rows:
        around = _around(row["block"], blocks)
        for at in range(len(around)):
            members.setdefault(around[: at + 1], []).append(row)
        if not around:
            members[None, row["layer"]] = [row]
    return [_branch(place, inside, blocks) for place, inside in members.items()]


def _around(block: str | None, blocks: dict[str, Any]) -> tuple[str, ...]:
    """The blocks around a layer, from the outermost."""
    found: tuple[str, ...] = ()
    while block is not None:
        found, block = (block, *found), blocks[block]["parent"]
    return found


def _branch(place: tuple[str | None, ...], rows: list[dict[str, Any]], blocks: Any) -> Branch:
    first, *_, name = (*place, place[-1])
    kind = None if first is None else blocks[name]["kind"]
    depth = 0 if first is None else len(place) - 1
    sums = [_sum([row[quantity] for row in rows]) for quantity in COUNTED]
    return Branch(str(name), kind, depth, [row["layer"] for row in rows], *sums)


def _sum(values: list[int | None]) -> int | None:
    return None if None in values else sum(value or 0 for value in values)

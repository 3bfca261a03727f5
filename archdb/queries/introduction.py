"""What a network of a file is: its nearest in the catalogue, and how it differs from another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from archdb.queries.named import NetworkRef, RewriteResult
from archdb.queries.said_of import said_of

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: How many sentences say how two networks differ.
MOST_SENTENCES = 6


def kin(reader: Reader, network: Any) -> str:
    """What a network from elsewhere is a variant of, in a sentence; '' in an empty catalogue. What
    takes as many edits as the network has layers is no relative: it could be written anew."""
    from archdb.queries.nearest import nearest  # the ops: only for a network from elsewhere

    for name, edits, _, how in nearest(reader, network, 1):
        if not edits:
            return f"it is {name}, by structure"
        count = f"{edits:,} edit" + "s" * (edits > 1)
        if edits >= len(network.network):
            return f"no relative in the catalogue: {name}, the nearest, takes {count}"
        return f"nearest in the catalogue {name}: {count}: {how}"
    return ""


def introduce(reader: Reader, networks: Sequence[NetworkRef], *, differences: bool) -> None:
    """Say what those networks are that are in no database; of two, also the `differences`."""
    outside = [one for one in networks if not isinstance(one, str) and one.is_outside]
    for one in outside:
        if said := kin(reader, one):
            reader.notify(f"note: {one.network.name}: {said}")
    if differences and outside and len(networks) == 2:
        for line in (*_difference(reader, networks), *_stated(reader, networks)):
            reader.notify(f"note: {line}")


def _stated(reader: Reader, networks: Sequence[NetworkRef]) -> Iterator[str]:
    """What a stored network says of the library whose model it is compared with."""
    for one, other in (networks, reversed(networks)):
        if isinstance(one, str) and isinstance(other, RewriteResult) and other.is_outside:
            library, _, model = other.network.name.partition(":")
            name = reader.resolve(one)
            if model and (said := said_of(reader, name, library)):
                yield f"{name} says what {library} differs in: {'; '.join(said)}"


def _difference(reader: Reader, networks: Sequence[NetworkRef]) -> list[str]:
    from archdb.analysis.alignment import align
    from archdb.analysis.alignment_summary import summarize

    first, second = (
        one.network if isinstance(one, RewriteResult) else reader.load(reader.resolve(one))
        for one in networks
    )
    between = f"{first.name} → {second.name}: "
    lines = summarize(align(first, second)) or ["same structure"]
    left = len(lines) - MOST_SENTENCES
    more = [f"{left} more, see --by layer --only differences"] if left > 0 else []
    return [between + line for line in [*lines[:MOST_SENTENCES], *more]]

"""What a network's sources say that a library's model of it differs in.

A claim like 'timm differs: leaky_relu slope: 0.1 → 0.01; rescale added' states edits: an op, and
what of it is changed on the way from the network to the model, or that such a layer is added or
removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

CLAIMS = "select claim from source where network_id = (select id from network where name = :name)"


def stated(claims: Iterable[str], library: str) -> list[str]:
    """The differences that claims state of a library."""
    start = f"{library} differs: "
    return [
        each
        for claim in claims
        if claim.startswith(start)
        for each in claim.removeprefix(start).split("; ")
    ]


def said_of(reader: Reader, name: str, library: str) -> list[str]:
    """The differences that a stored network's sources state of a library."""
    return stated((claim for (claim,) in reader.run(CLAIMS, {"name": name}).rows), library)

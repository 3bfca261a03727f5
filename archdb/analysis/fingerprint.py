"""A network's structure as one hash: ops, attributes and edges count, names and order do not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b

from archdb.analysis.shared_weights import sharing_layers
from archdb.model.graph import Network
from archdb.ops import Op

_SIZE = 16  # bytes: collisions are out of reach for any catalogue

#: Of each layer, by position.
Digests = list[bytes]


def fingerprint(network: Network) -> str:
    """Hexadecimal hash: equal for the same graph of equal ops, whatever the names and the order.

    Each layer is hashed with all that leads to it, and the network's hash is that of its layers'
    hashes, sorted. Twins, equal layers on equal inputs, are then told apart by what reads them.
    Different graphs share a hash only if not even that tells them apart (two pairs of twins,
    joined straight in one and crosswise in the other).
    """
    digests = _with_inputs(network, {})
    if groups := _sharing(network, digests):
        digests = _with_inputs(network, groups)
    if len(set(digests)) < len(digests):
        digests = _with_readers(network, digests)
    return _hash(b"".join(sorted(digests))).hex()


def _sharing(network: Network, digests: Digests) -> dict[str, bytes]:
    """For each layer that shares weights, a hash of all that use them. Whose they are called makes
    no difference."""
    if not (groups := sharing_layers(network)):
        return {}
    of = {layer.name: digest for layer, digest in zip(network.layers, digests, strict=True)}
    return {
        name: _hash(b"".join([b"shared", *sorted([of[each] for each in (name, *others)])]))
        for name, others in groups.items()
    }


def _with_inputs(network: Network, sharing: Mapping[str, bytes]) -> Digests:
    """A hash for all that leads to each layer. Where the order of inputs makes no difference
    (a sum), it makes none to the hash."""
    digests: Digests = []
    for layer, reads in zip(network.layers, network.reads, strict=True):
        if len(reads) == 1:
            inputs = digests[reads[0]]
        else:
            each = [digests[source] for source in reads]
            inputs = b"".join(sorted(each) if layer.op.commutative else each)
        shared = sharing.get(layer.name, b"")
        digests.append(_hash(_described(layer.op, layer.auxiliary) + inputs + shared))
    return digests


def _with_readers(network: Network, digests: Digests) -> Digests:
    """These hashes, each with all that follows from its layer."""
    readers: list[list[bytes]] = [[] for _ in digests]
    found = []
    for at in range(len(digests) - 1, -1, -1):
        own = _hash(digests[at] + b"".join(sorted(readers[at])))
        found.append(own)
        for slot, source in enumerate(network.reads[at]):
            place = 0 if network.layers[at].op.commutative else slot
            readers[source].append(own + place.to_bytes(4, "big"))
    return found


def _hash(text: bytes) -> bytes:
    return blake2b(text, digest_size=_SIZE).digest()


@cache
def _described(op: Op, auxiliary: bool) -> bytes:
    """An op with its attributes, and where it stands."""
    text = json.dumps([op.name, op.attributes()], sort_keys=True).encode()
    return text + (b"auxiliary" if auxiliary else b"main")

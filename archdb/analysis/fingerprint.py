"""A network's structure as one hash: ops, attributes and edges count, names and order do not."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import blake2b

from archdb.analysis.shared_weights import sharing_layers
from archdb.model.graph import Network
from archdb.ops import Op

_SIZE = 16  # bytes: collisions are out of reach for any catalogue

Digests = dict[str, bytes]


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
    if len(set(digests.values())) < len(digests):
        digests = _with_readers(network, digests)
    return _hash(sorted(digests.values())).hex()


def _sharing(network: Network, digests: Digests) -> Digests:
    """For each layer that shares weights, a hash of all that use them. Whose they are called makes
    no difference."""
    groups = sharing_layers(network)
    return {
        name: _hash([b"shared", *sorted(digests[each] for each in (name, *others))])
        for name, others in groups.items()
    }


def _with_inputs(network: Network, sharing: Digests) -> Digests:
    """A hash for all that leads to each layer. Where the order of inputs makes no difference
    (a sum), it makes none to the hash."""
    digests: Digests = {}
    for layer in network:
        inputs = [digests[name] for name in layer.inputs]
        if layer.op.commutative:
            inputs.sort()
        place = b"auxiliary" if layer.auxiliary else b"main"
        parts = [_op_bytes(layer.op), place, *inputs]
        if layer.name in sharing:
            parts.append(sharing[layer.name])
        digests[layer.name] = _hash(parts)
    return digests


def _with_readers(network: Network, digests: Digests) -> Digests:
    """These hashes, each with all that follows from its layer."""
    readers: dict[str, list[bytes]] = {layer.name: [] for layer in network}
    found: Digests = {}
    for layer in reversed(network.layers):
        own = found[layer.name] = _hash([digests[layer.name], *sorted(readers[layer.name])])
        for slot, name in enumerate(layer.inputs):
            place = 0 if layer.op.commutative else slot
            readers[name].append(own + place.to_bytes(4, "big"))
    return found


def _hash(parts: Iterable[bytes]) -> bytes:
    return blake2b(b"".join(parts), digest_size=_SIZE).digest()


_DESCRIBED: dict[Op, bytes] = {}


def _op_bytes(op: Op) -> bytes:
    text = _DESCRIBED.get(op)
    if text is None:
        text = json.dumps([op.name, op.attributes()], sort_keys=True).encode()
        _DESCRIBED[op] = text
    return text

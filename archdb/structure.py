"""A network's structure as one hash: ops, attributes and edges count, names and order do not."""

from __future__ import annotations

import json
from hashlib import blake2b

from archdb.graph import Network
from archdb.ops import Op

_SIZE = 16  # bytes: collisions are out of reach for any catalogue


def fingerprint(network: Network) -> str:
    """Hexadecimal hash; equal for two networks exactly if they are the same graph of equal ops.

    Each layer is hashed with the hashes of what it reads, so that a hash stands for all that
    leads to the layer; the network's is that of its layers' hashes, sorted. Where the order of
    inputs makes no difference (a sum), it makes none to the hash.
    """
    digests: dict[str, bytes] = {}
    for layer in network:
        inputs = [digests[name] for name in layer.inputs]
        if layer.op.commutative:
            inputs.sort()
        own = blake2b(_described(layer.op), digest_size=_SIZE)
        own.update(b"auxiliary" if layer.auxiliary else b"main")
        for digest in inputs:
            own.update(digest)
        digests[layer.name] = own.digest()
    return blake2b(b"".join(sorted(digests.values())), digest_size=_SIZE).hexdigest()


_DESCRIBED: dict[Op, bytes] = {}


def _described(op: Op) -> bytes:
    text = _DESCRIBED.get(op)
    if text is None:
        text = json.dumps([op.name, op.attributes()], sort_keys=True).encode()
        _DESCRIBED[op] = text
    return text

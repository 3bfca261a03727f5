"""Multi-head attention and the perceptron behind it, as transformers of all kinds share them."""

from archdb.blocks.base import NetworkBuilder
from archdb.ops import Op
from archdb.ops.attention import ScaledDotProductAttention
from archdb.ops.cutting import Select
from archdb.ops.dense import Linear
from archdb.ops.moving import Permute, Reshape

PARTS = ("query", "key", "value")
#: The axes of queries, keys and values before they are taken apart.
STACKED = ("sequence", "_", "heads", "feature")


def split(net: NetworkBuilder, name: str, width: int, heads: int) -> list[str]:
    """A projection of three times `width` features as queries, keys and values, by head."""
    shape = (0, 3, heads, width // heads)
    net.add(f"{name}.split", Reshape(shape=shape, axis_names=STACKED))
    stacked = net.add(f"{name}.by_head", Permute(order=(1, 2, 0, 3)))
    return [
        net.add(f"{name}.{word}", Select(axis=0, index=i), stacked) for i, word in enumerate(PARTS)
    ]


def split_each(
    net: NetworkBuilder, name: str, width: int, heads: int, positions: int, each: str = "windows"
) -> list[str]:
    """Queries, keys and values of several sequences of so many positions, by head: of each window,
    or whatever the first axis is."""
    names = (each, "sequence", "_", "heads", "feature")
    shape = (0, positions, 3, heads, width // heads)
    net.add(f"{name}.split", Reshape(shape=shape, axis_names=names))
    stacked = net.add(f"{name}.by_head", Permute(order=(2, 0, 3, 1, 4)))
    return [
        net.add(f"{name}.{word}", Select(axis=0, index=i), stacked) for i, word in enumerate(PARTS)
    ]


def merge_each(
    net: NetworkBuilder, name: str, width: int, positions: int, each: str = "windows"
) -> str:
    """What the heads of each sequence say, one behind the other."""
    net.add(f"{name}.by_position", Permute(order=(0, 2, 1, 3)))
    names = (each, "sequence", "feature")
    return net.add(f"{name}.concat", Reshape(shape=(0, positions, width), axis_names=names))


def by_head(net: NetworkBuilder, name: str, width: int, heads: int, *source: str) -> str:
    """A projection of `width` features by head."""
    shape = (0, heads, width // heads)
    names = ("sequence", "heads", "feature")
    net.add(f"{name}.split", Reshape(shape=shape, axis_names=names), *source)
    return net.add(f"{name}.by_head", Permute(order=(1, 0, 2)))


def merge(net: NetworkBuilder, name: str, width: int, *source: str) -> str:
    """What each head says, one behind the other."""
    net.add(f"{name}.by_position", Permute(order=(1, 0, 2)), *source)
    names = ("sequence", "feature")
    return net.add(f"{name}.concat", Reshape(shape=(0, width), axis_names=names))


def self_attention(
    net: NetworkBuilder,
    name: str,
    width: int,
    heads: int,
    projections: tuple[str, str],
    causal: bool = False,
) -> str:
    """Multi-head self-attention (vaswani2017, Figure 2) with one projection to queries, keys and
    values together; `projections` are the names of that and of the last one."""
    first, last = projections
    net.add(f"{name}.{first}", Linear(units=3 * width, axis=-1))
    each = split(net, name, width, heads)
    net.add(f"{name}.attention", ScaledDotProductAttention(causal=causal), *each)
    merge(net, name, width)
    return net.add(f"{name}.{last}", Linear(units=width, axis=-1))


def perceptron(
    net: NetworkBuilder, names: tuple[str, str, str], hidden: int, width: int, activation: Op
) -> str:
    """Along the last axis a linear layer to `hidden`, its activation, and one to `width`; under
    the names that the source gives the three."""
    net.add(names[0], Linear(units=hidden, axis=-1))
    net.add(names[1], activation)
    return net.add(names[2], Linear(units=width, axis=-1))

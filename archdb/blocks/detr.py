"""DETR's transformer and heads, named by the module paths of the authors' release."""

from archdb.blocks.attention import by_head, merge, perceptron
from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Word
from archdb.ops.activation import Relu, Sigmoid
from archdb.ops.arithmetic import Add
from archdb.ops.attention import ScaledDotProductAttention
from archdb.ops.dense import Linear
from archdb.ops.learned import Constant, Parameter
from archdb.ops.vector_norm import LayerNorm

EPSILON = 1e-5


def attend(
    net: NetworkBuilder, name: str, width: int, heads: int, reads: tuple[str, str, str]
) -> str:
    """Multi-head attention of the queries, keys and values that are projected from `reads`."""
    each = []
    for word, source in zip(("query", "key", "value"), reads, strict=True):
        net.add(f"{name}.{word}", Linear(units=width), source)
        each.append(by_head(net, f"{name}.{word}", width, heads))
    net.add(f"{name}.attention", ScaledDotProductAttention(), *each)
    merge(net, name, width)
    return net.add(f"{name}.out_proj", Linear(units=width))


def added(net: NetworkBuilder, name: str, number: int, source: str) -> str:
    """What was computed, added to what it was computed from, and normalised."""
    net.add(f"{name}.add{number}", Add(), source, net.last)
    return net.add(f"{name}.norm{number}", LayerNorm(epsilon=EPSILON))


def forward(net: NetworkBuilder, name: str, hidden: int, width: int) -> str:
    names = (f"{name}.linear1", f"{name}.activation", f"{name}.linear2")
    return perceptron(net, names, hidden, width, Relu())


@block("detr_encoder")
def detr_encoder(
    net: NetworkBuilder,
    name: str,
    *,
    layers: Count,
    width: Count,
    heads: Count,
    hidden: Count,
    position: Word,
) -> None:
    """Encoder layers (carion2020, Figure 10, left): attention, whose queries and keys have the
    embedding of their `position` added in every layer, and two linear layers with a ReLU; each
    added to what it reads and normalised behind."""
    for i in range(layers):
        layer, source = f"{name}.{i}", net.last
        placed = net.add(f"{layer}.with_pos_embed", Add(), source, position)
        attend(net, f"{layer}.self_attn", width, heads, (placed, placed, source))
        attended = added(net, layer, 1, source)
        forward(net, layer, hidden, width)
        added(net, layer, 2, attended)


@block("detr_decoder")
def detr_decoder(
    net: NetworkBuilder,
    name: str,
    *,
    layers: Count,
    queries: Count,
    width: Count,
    heads: Count,
    hidden: Count,
    position: Word,
) -> None:
    """Decoder layers (carion2020, Figure 10, right): attention among the object queries, from them
    to what the encoder put out, and two linear layers with a ReLU. The first layer begins with
    zeros; the queries are learnt embeddings, added in every layer."""
    memory = net.last
    asked = net.add("query_embed", Parameter(shape=(queries, width)))
    keys = net.add(f"{name}.memory_with_pos_embed", Add(), memory, position)
    source = net.add(f"{name}.target", Constant(shape=(queries, width)))
    for i in range(layers):
        layer = f"{name}.{i}"
        placed = net.add(f"{layer}.with_pos_embed1", Add(), source, asked)
        attend(net, f"{layer}.self_attn", width, heads, (placed, placed, source))
        source = added(net, layer, 1, source)
        placed = net.add(f"{layer}.with_pos_embed2", Add(), source, asked)
        attend(net, f"{layer}.multihead_attn", width, heads, (placed, keys, memory))
        source = added(net, layer, 2, source)
        forward(net, layer, hidden, width)
        source = added(net, layer, 3, source)


@block("detr_boxes")
def detr_boxes(net: NetworkBuilder, name: str, *, width: Count) -> None:
    """The perceptron of three layers that says where a box is, and how large (carion2020, section
    3.2): four numbers between 0 and 1."""
    for i in (0, 1):
        net.add(f"{name}.layers.{i}", Linear(units=width))
        net.add(f"{name}.relu_{i}", Relu())
    net.add(f"{name}.layers.2", Linear(units=4))
    net.add(f"{name}.sigmoid", Sigmoid())

"""Blocks of language models, named by the module paths of Hugging Face's Transformers."""

from archdb.blocks.attention import by_head, merge, perceptron, self_attention
from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count
from archdb.ops.activation import Gelu
from archdb.ops.arithmetic import Add
from archdb.ops.attention import ScaledDotProductAttention
from archdb.ops.dense import Linear
from archdb.ops.sequence import Embedding
from archdb.ops.vector_norm import LayerNorm

BERT_EPSILON = 1e-12
GPT2_EPSILON = 1e-5


@block("bert_embeddings")
def bert_embeddings(
    net: NetworkBuilder,
    name: str,
    *,
    vocabulary: Count,
    segments: Count,
    positions: Count,
    width: Count,
) -> None:
    """The sum of three embeddings, of the token, of the segment it belongs to and of its position,
    normalised (devlin2019, Figure 2); of the inputs input_ids, token_type_ids, position_ids."""
    tables = {
        "word": (vocabulary, "input_ids"),
        "token_type": (segments, "token_type_ids"),
        "position": (positions, "position_ids"),
    }
    each = [
        net.add(f"{name}.{word}_embeddings", Embedding(vocabulary=rows, units=width), source)
        for word, (rows, source) in tables.items()
    ]
    net.add(f"{name}.add", Add(), *each)
    net.add(f"{name}.LayerNorm", LayerNorm(epsilon=BERT_EPSILON))


@block("bert_layer")
def bert_layer(
    net: NetworkBuilder, name: str, *, width: Count, heads: Count, hidden: Count
) -> None:
    """Encoder layer of the first transformer (vaswani2017, Figure 1, left), with GELU: multi-head
    self-attention, then two linear layers, each added to what it reads and normalised behind."""
    source, attention = net.last, f"{name}.attention.self"
    each = []
    for word in ("query", "key", "value"):
        net.add(f"{attention}.{word}", Linear(units=width), source)
        each.append(by_head(net, f"{attention}.{word}", width, heads))
    net.add(f"{attention}.attention", ScaledDotProductAttention(), *each)
    merge(net, attention, width)
    out = f"{name}.attention.output"
    net.add(f"{out}.dense", Linear(units=width))
    net.add(f"{out}.add", Add(), net.last, source)
    attended = net.add(f"{out}.LayerNorm", LayerNorm(epsilon=BERT_EPSILON))
    names = (f"{name}.intermediate.dense", f"{name}.intermediate.gelu", f"{name}.output.dense")
    perceptron(net, names, hidden, width, Gelu())
    net.add(f"{name}.output.add", Add(), net.last, attended)
    net.add(f"{name}.output.LayerNorm", LayerNorm(epsilon=BERT_EPSILON))


@block("bert_encoder")
def bert_encoder(
    net: NetworkBuilder, name: str, *, layers: Count, width: Count, heads: Count, hidden: Count
) -> None:
    """L layers of hidden size H with A heads (devlin2019, section 3)."""
    for i in range(layers):
        bert_layer(net, f"{name}.layer.{i}", width=width, heads=heads, hidden=hidden)


@block("gpt2_block")
def gpt2_block(net: NetworkBuilder, name: str, *, width: Count, heads: Count) -> None:
    """Block of GPT-2 (radford2019, section 2.3): masked multi-head self-attention, then two linear
    layers with a GELU, the first to four times the width; each normalised before, beside an
    identity."""
    source = net.last
    net.add(f"{name}.ln_1", LayerNorm(epsilon=GPT2_EPSILON))
    self_attention(net, f"{name}.attn", width, heads, ("c_attn", "c_proj"), causal=True)
    attended = net.add(f"{name}.add_1", Add(), net.last, source)
    net.add(f"{name}.ln_2", LayerNorm(epsilon=GPT2_EPSILON))
    names = (f"{name}.mlp.c_fc", f"{name}.mlp.act", f"{name}.mlp.c_proj")
    perceptron(net, names, 4 * width, width, Gelu(approximate="tanh"))
    net.add(f"{name}.add_2", Add(), net.last, attended)


@block("gpt2_decoder")
def gpt2_decoder(
    net: NetworkBuilder, name: str, *, layers: Count, width: Count, heads: Count
) -> None:
    """A row of radford2019, Table 2: layers and model size."""
    for i in range(layers):
        gpt2_block(net, f"{name}.{i}", width=width, heads=heads)

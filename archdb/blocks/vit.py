"""The Vision Transformer's input and encoder, named by torchvision's module paths."""

from archdb.blocks.attention import perceptron, self_attention
from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count
from archdb.ops.activation import Gelu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d
from archdb.ops.cutting import Select
from archdb.ops.joining import Concat
from archdb.ops.learned import Parameter
from archdb.ops.shaping import ToSequence
from archdb.ops.vector_norm import LayerNorm


@block("vit_embedding")
def vit_embedding(
    net: NetworkBuilder, name: str, *, patch: Count, patches: Count, width: Count
) -> None:
    """What the encoder reads (dosovitskiy2021, equation 1): each patch of `patch`×`patch` pixels
    as `width` features, a class token before them, and a learnt embedding of the position added
    to each of `patches` + 1."""
    net.add("conv_proj", Conv2d(filters=width, kernel=patch, stride=patch))
    patched = net.add(f"{name}.patches", ToSequence())
    token = net.add("class_token", Parameter(shape=(1, width)))
    tokens = net.add(f"{name}.tokens", Concat(axis=0), token, patched)
    position = net.add("encoder.pos_embedding", Parameter(shape=(patches + 1, width)))
    net.add(f"{name}.add", Add(), tokens, position)


@block("vit_encoder_block")
def vit_encoder_block(
    net: NetworkBuilder, name: str, *, width: Count, heads: Count, hidden: Count
) -> None:
    """Transformer encoder block, normalised before each part (dosovitskiy2021, Figure 1, right):
    multi-head self-attention, then two linear layers with a GELU, each beside an identity."""
    source = net.last
    net.add(f"{name}.ln_1", LayerNorm())
    self_attention(net, f"{name}.self_attention", width, heads, ("in_proj", "out_proj"))
    attended = net.add(f"{name}.add_1", Add(), net.last, source)
    net.add(f"{name}.ln_2", LayerNorm())
    perceptron(net, (f"{name}.mlp.0", f"{name}.mlp.1", f"{name}.mlp.3"), hidden, width, Gelu())
    net.add(f"{name}.add_2", Add(), net.last, attended)


@block("vit_encoder")
def vit_encoder(
    net: NetworkBuilder, name: str, *, layers: Count, width: Count, heads: Count, hidden: Count
) -> None:
    """The encoder's blocks: a row of dosovitskiy2021, Table 1."""
    for i in range(layers):
        vit_encoder_block(net, f"{name}.encoder_layer_{i}", width=width, heads=heads, hidden=hidden)


@block("class_token_head")
def class_token_head(net: NetworkBuilder, name: str) -> None:
    """The normalised class token alone (dosovitskiy2021, equation 4)."""
    net.add("encoder.ln", LayerNorm())
    net.add(name, Select(axis=0, index=0))

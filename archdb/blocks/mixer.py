"""MLP-Mixer's layer, named by timm's module paths."""

from archdb.blocks.attention import perceptron
from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count
from archdb.ops.activation import Gelu
from archdb.ops.arithmetic import Add
from archdb.ops.moving import Permute
from archdb.ops.vector_norm import LayerNorm


@block("mixer_layer")
def mixer_layer(
    net: NetworkBuilder, name: str, *, patches: Count, width: Count, tokens: Count, channels: Count
) -> None:
    """Mixer layer (tolstikhin2021, Figure 1): a perceptron along the `patches`, which `tokens`
    hidden features mix, then one along the `width` channels of each patch, which `channels` do;
    each normalised before, beside an identity."""
    source = net.last
    net.add(f"{name}.norm1", LayerNorm())
    net.add(f"{name}.patches_last", Permute(order=(1, 0)))
    mlp = f"{name}.mlp_tokens"
    perceptron(net, (f"{mlp}.fc1", f"{mlp}.act", f"{mlp}.fc2"), tokens, patches, Gelu())
    net.add(f"{name}.channels_last", Permute(order=(1, 0)))
    mixed = net.add(f"{name}.add_1", Add(), net.last, source)
    net.add(f"{name}.norm2", LayerNorm())
    mlp = f"{name}.mlp_channels"
    perceptron(net, (f"{mlp}.fc1", f"{mlp}.act", f"{mlp}.fc2"), channels, width, Gelu())
    net.add(f"{name}.add_2", Add(), net.last, mixed)


@block("mixer")
def mixer(
    net: NetworkBuilder,
    name: str,
    *,
    layers: Count,
    patches: Count,
    width: Count,
    tokens: Count,
    channels: Count,
) -> None:
    """A column of tolstikhin2021, Table 1: number of layers, sequence length, hidden size, and
    the dimensions of the two perceptrons."""
    row = {"patches": patches, "width": width, "tokens": tokens, "channels": channels}
    for i in range(layers):
        mixer_layer(net, f"{name}.{i}", **row)

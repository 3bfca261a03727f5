"""MobileViT's blocks, named by timm's module paths."""

from collections.abc import Callable

from archdb.blocks.attention import merge_each, perceptron, split_each
from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.mobilenet import Names, inverted, normed_conv
from archdb.model.attributes import Count
from archdb.ops.activation import Swish
from archdb.ops.arithmetic import Add
from archdb.ops.attention import ScaledDotProductAttention
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.dense import Linear
from archdb.ops.joining import Concat
from archdb.ops.moving import Permute, Reshape
from archdb.ops.vector_norm import LayerNorm

EPSILON = 1e-5
#: Pixels of a patch, each with the sequence of its like in all patches.
UNFOLDED = ("pixels", "sequence", "feature")


def _names(name: str, activation: str = "") -> Names:
    return f"{name}.conv", f"{name}.bn", f"{name}.act"


def _conv(net: NetworkBuilder, name: str, filters: int, kernel: int, stride: int = 1) -> str:
    half = kernel // 2
    conv = Conv2d(filters=filters, kernel=kernel, stride=stride, padding=half, bias=False)
    return normed_conv(net, _names(name), conv, "swish", EPSILON)


@block("conv_norm_swish")
def conv_norm_swish(
    net: NetworkBuilder, name: str, *, filters: Count, kernel: Count, stride: Count = 1
) -> None:
    """A convolution padded by half its kernel, batch normalisation and swish."""
    _conv(net, name, filters, kernel, stride)


def _parts(name: str) -> Callable[[str], str]:
    said = {"expand": "conv1_1x1", "depthwise": "conv2_kxk", "project": "conv3_1x1"}
    return lambda part: f"{name}.{said[part]}"


@block("mv2")
def mv2(net: NetworkBuilder, name: str, *, input: Count, out: Count, stride: Count = 1) -> None:
    """MobileNetV2 block as in mehta2022, Figure 1b: an inverted residual that expands four times,
    with swish."""
    source = net.last
    inverted(
        net,
        _parts(name),
        _names,
        expanded=4 * input,
        depthwise=DepthwiseConv2d(kernel=3, stride=stride, padding=1, bias=False),
        out=out,
        activation="swish",
        epsilon=EPSILON,
    )
    if stride == 1 and input == out:
        net.add(f"{name}.add", Add(), net.last, source)


def unfold(net: NetworkBuilder, name: str, size: int, patch: int, width: int) -> str:
    """A map of `size`×`size` as sequences, one for each pixel of a patch."""
    side = size // patch
    tiles = Reshape(shape=(0, side, patch, side, patch), axis_names=("channel", *"____"))
    net.add(f"{name}.tiled", tiles)
    net.add(f"{name}.by_pixel", Permute(order=(2, 4, 1, 3, 0)))
    shape = (patch * patch, side * side, width)
    return net.add(f"{name}.unfold", Reshape(shape=shape, axis_names=UNFOLDED))


def fold(net: NetworkBuilder, name: str, size: int, patch: int, width: int) -> str:
    """The map again."""
    side = size // patch
    tiles = Reshape(shape=(patch, patch, side, side, width), axis_names=(*"____", "channel"))
    net.add(f"{name}.untiled", tiles)
    net.add(f"{name}.by_row", Permute(order=(4, 2, 0, 3, 1)))
    return net.add(f"{name}.fold", Reshape(shape=(width, size, size)))


def transformer(net: NetworkBuilder, name: str, width: int, heads: int, positions: int) -> str:
    """Encoder block over each sequence, normalised before each part, with swish and twice the
    width between its linear layers."""
    source, attn = net.last, f"{name}.attn"
    net.add(f"{name}.norm1", LayerNorm(epsilon=EPSILON))
    net.add(f"{attn}.qkv", Linear(units=3 * width, axis=-1))
    each = split_each(net, attn, width, heads, positions, "pixels")
    net.add(f"{attn}.attention", ScaledDotProductAttention(), *each)
    merge_each(net, attn, width, positions, "pixels")
    net.add(f"{attn}.proj", Linear(units=width, axis=-1))
    attended = net.add(f"{name}.add_1", Add(), net.last, source)
    net.add(f"{name}.norm2", LayerNorm(epsilon=EPSILON))
    names = (f"{name}.mlp.fc1", f"{name}.mlp.act", f"{name}.mlp.fc2")
    perceptron(net, names, 2 * width, width, Swish())
    return net.add(f"{name}.add_2", Add(), net.last, attended)


@block("mobilevit_block")
def mobilevit_block(
    net: NetworkBuilder,
    name: str,
    *,
    size: Count,
    channels: Count,
    width: Count,
    layers: Count,
    heads: Count,
    patch: Count,
) -> None:
    """MobileViT block (mehta2022, Figure 1b) on a map of `size`×`size`: 3×3 and 1×1 convolution to
    `width` features, a transformer of `layers` over what lies at the same pixel of all patches of
    `patch`×`patch`, 1×1 back, and a 3×3 convolution over that beside what came in."""
    source = net.last
    _conv(net, f"{name}.conv_kxk", channels, 3)
    net.add(f"{name}.conv_1x1", Conv2d(filters=width, kernel=1, bias=False))
    unfold(net, name, size, patch, width)
    for i in range(layers):
        transformer(net, f"{name}.transformer.{i}", width, heads, (size // patch) ** 2)
    net.add(f"{name}.norm", LayerNorm(epsilon=EPSILON))
    fold(net, name, size, patch, width)
    projected = _conv(net, f"{name}.conv_proj", channels, 1)
    net.add(f"{name}.concat", Concat(), source, projected)
    _conv(net, f"{name}.conv_fusion", channels, 3)

"""MaxViT's block, named by torchvision's module paths."""

from archdb.blocks.attention import merge_each, perceptron, split_each
from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.mobilenet import excite, member_names, normed_conv
from archdb.blocks.swin import WINDOWS, position_bias
from archdb.model.attributes import Count
from archdb.ops.activation import Gelu, Softmax
from archdb.ops.arithmetic import Add, Multiply
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.dense import Linear
from archdb.ops.moving import Permute, Reshape
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import AvgPool2d
from archdb.ops.products import Matmul
from archdb.ops.vector_norm import LayerNorm

EPSILON = 1e-5
BATCH_EPSILON = 1e-3
HEAD = 32  # features of a head (tu2022, section 4)


@block("maxvit_stem")
def maxvit_stem(net: NetworkBuilder, name: str, *, width: Count) -> None:
    """Two 3×3 convolutions, the first in stride 2, normalised, with GELU (tu2022, section 3.4)."""
    first = Conv2d(filters=width, kernel=3, stride=2, padding=1, bias=False)
    normed_conv(net, member_names(f"{name}.0"), first, "gelu", BATCH_EPSILON)
    net.add(f"{name}.1.0", Conv2d(filters=width, kernel=3, padding=1))


def _mbconv(
    net: NetworkBuilder, name: str, source: str, width: int, stride: int, kept: bool
) -> str:
    """Inverted residual, normalised before as well, with GELU and squeeze-and-excitation to a
    quarter of `width`; beside an identity where that is `kept`, else a pool and a 1×1."""
    wide, shortcut, layers = 4 * width, source, f"{name}.layers"
    if not kept:
        net.last = source
        if stride > 1:
            pool = AvgPool2d(kernel=3, stride=stride, padding=1, rounding="floor")
            net.add(f"{name}.proj.0", pool)
        shortcut = net.add(f"{name}.proj.1", Conv2d(filters=width, kernel=1))
    net.add(f"{layers}.pre_norm", BatchNorm(epsilon=BATCH_EPSILON), source)
    widen = Conv2d(filters=wide, kernel=1, bias=False)
    normed_conv(net, member_names(f"{layers}.conv_a"), widen, "gelu", BATCH_EPSILON)
    depthwise = DepthwiseConv2d(kernel=3, stride=stride, padding=1, bias=False)
    normed_conv(net, member_names(f"{layers}.conv_b"), depthwise, "gelu", BATCH_EPSILON)
    excite(net, f"{layers}.squeeze_excitation", wide, width // 4, inner="swish")
    net.add(f"{layers}.conv_c", Conv2d(filters=width, kernel=1))
    return net.add(f"{name}.add", Add(), shortcut, net.last)


def _cut(net: NetworkBuilder, name: str, size: int, window: int, width: int, grid: bool) -> str:
    """A map as windows of `window`×`window` neighbours or, as a grid, of so many positions that
    lie as far from each other as the map allows."""
    side = size // window
    most, least = (window, side) if grid else (side, window)
    tiles = Reshape(shape=(width, most, least, most, least), axis_names=("channel", *"____"))
    net.add(f"{name}.tiled", tiles)
    net.add(f"{name}.by_window", Permute(order=(1, 3, 2, 4, 0)))
    shape = (most * most, least * least, width)
    names = ("sequence", "windows", "feature") if grid else WINDOWS
    net.add(f"{name}.partition_op", Reshape(shape=shape, axis_names=names))
    return net.add(f"{name}.partition_swap", Permute(order=(1, 0, 2))) if grid else net.last


def _join(net: NetworkBuilder, name: str, size: int, window: int, width: int, grid: bool) -> str:
    """The map again."""
    side = size // window
    most, least = (window, side) if grid else (side, window)
    if grid:
        net.add(f"{name}.departition_swap", Permute(order=(1, 0, 2)))
    tiles = Reshape(shape=(most, most, least, least, width), axis_names=(*"____", "channel"))
    net.add(f"{name}.untiled", tiles)
    net.add(f"{name}.by_row", Permute(order=(4, 0, 2, 1, 3)))
    return net.add(f"{name}.departition_op", Reshape(shape=(width, size, size)))


def _relative_attention(net: NetworkBuilder, name: str, width: int, window: int) -> str:
    """Attention within each window, with a bias for each head by relative position."""
    heads, positions = width // HEAD, window * window
    net.add(f"{name}.to_qkv", Linear(units=3 * width, axis=-1))
    query, key, value = split_each(net, name, width, heads, positions)
    net.add(f"{name}.scale", Multiply(value=width**-0.5), key)
    scores = net.add(f"{name}.scores", Matmul(transpose_second=True), query, net.last)
    bias = position_bias(net, name, window, heads)
    net.add(f"{name}.biased", Add(), scores, bias)
    net.add(f"{name}.softmax", Softmax(axis=-1))
    net.add(f"{name}.attention", Matmul(), net.last, value)
    merge_each(net, name, width, positions)
    return net.add(f"{name}.merge", Linear(units=width, axis=-1))


def _partition_attention(
    net: NetworkBuilder, name: str, size: int, window: int, width: int, grid: bool
) -> str:
    """Attention within windows or grids, and two linear layers with a GELU, the first to four times
    the width; each normalised before, beside an identity."""
    source = _cut(net, name, size, window, width, grid)
    net.add(f"{name}.attn_layer.0", LayerNorm(epsilon=EPSILON))
    _relative_attention(net, f"{name}.attn_layer.1", width, window)
    attended = net.add(f"{name}.add_1", Add(), source, net.last)
    net.add(f"{name}.mlp_layer.0", LayerNorm(epsilon=EPSILON))
    names = (f"{name}.mlp_layer.1", f"{name}.mlp_layer.2", f"{name}.mlp_layer.3")
    perceptron(net, names, 4 * width, width, Gelu())
    net.add(f"{name}.add_2", Add(), attended, net.last)
    return _join(net, name, size, window, width, grid)


@block("maxvit_block")
def maxvit_block(
    net: NetworkBuilder,
    name: str,
    *,
    size: Count,
    input: Count,
    width: Count,
    stride: Count = 1,
    window: Count = 7,
) -> None:
    """MaxViT block (tu2022, Figure 2) that puts out a map of `size`×`size`: MBConv, attention
    within windows of `window`×`window` neighbours, then within grids of as many positions that are
    spread over the whole map."""
    kept = stride == 1 and input == width
    _mbconv(net, f"{name}.layers.MBconv", net.last, width, stride, kept)
    for part, grid in (("window_attention", False), ("grid_attention", True)):
        _partition_attention(net, f"{name}.layers.{part}", size, window, width, grid)


@block("maxvit_stage")
def maxvit_stage(
    net: NetworkBuilder, name: str, *, size: Count, input: Count, width: Count, blocks: Count
) -> None:
    """A stage of tu2022, Table 1: B and C; its first block halves the map."""
    for i in range(blocks):
        own = {"input": input, "stride": 2} if i == 0 else {"input": width}
        maxvit_block(net, f"{name}.layers.{i}", size=size, width=width, **own)

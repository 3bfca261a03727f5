"""The Swin Transformer's blocks, named by torchvision's module paths.

Positions stand before channels: height×width×channels.
"""

from archdb.blocks.attention import merge_each, perceptron, split_each
from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Size
from archdb.ops.activation import Gelu, Softmax
from archdb.ops.arithmetic import Add, Multiply
from archdb.ops.cutting import Slice, Take
from archdb.ops.dense import Linear
from archdb.ops.joining import Concat, Stack
from archdb.ops.learned import Constant, Parameter
from archdb.ops.moving import Permute, Reshape, Roll
from archdb.ops.products import Matmul
from archdb.ops.vector_norm import LayerNorm

WINDOWS = ("windows", "sequence", "feature")
MAP = ("height", "width", "channel")
EPSILON = 1e-5


def to_windows(net: NetworkBuilder, name: str, size: int, window: int, width: int) -> str:
    """A map of `size`×`size` as windows, each the sequence of its positions."""
    side = size // window
    shape = (side, window, side, window, width)
    net.add(
        f"{name}.tiled", Reshape(shape=shape, axis_names=("_", "height", "_", "width", "channel"))
    )
    net.add(f"{name}.by_window", Permute(order=(0, 2, 1, 3, 4)))
    cut = (side * side, window * window, width)
    return net.add(f"{name}.windows", Reshape(shape=cut, axis_names=WINDOWS))


def from_windows(net: NetworkBuilder, name: str, size: int, window: int, width: int) -> str:
    """The map again, of its windows."""
    side = size // window
    shape = (side, side, window, window, width)
    net.add(
        f"{name}.untiled", Reshape(shape=shape, axis_names=("_", "_", "height", "width", "channel"))
    )
    net.add(f"{name}.by_row", Permute(order=(0, 2, 1, 3, 4)))
    return net.add(f"{name}.map", Reshape(shape=(size, size, width), axis_names=MAP))


def position_bias(net: NetworkBuilder, name: str, window: int, heads: int) -> str:
    """A learnt bias for each pair of positions of a window and each head, by how they lie to each
    other: (2M - 1)² rows (liu2021, section 3.2)."""
    table = Parameter(shape=((2 * window - 1) ** 2, heads), axis_names=("_", "heads"))
    net.add(f"{name}.relative_position_bias_table", table)
    positions = window * window
    net.add(f"{name}.relative_position_bias", Take(axis=0, shape=(positions, positions)))
    net.add(f"{name}.bias_by_head", Permute(order=(2, 0, 1)))
    return net.add(f"{name}.bias", Stack(axis=0))


def window_attention(
    net: NetworkBuilder, name: str, width: int, heads: int, window: int, masked: int = 0
) -> str:
    """Attention within each window, with a bias by relative position (liu2021, equation 4), and,
    over `masked` windows, a mask of those pairs that are no neighbours in the map."""
    positions = window * window
    net.add(f"{name}.qkv", Linear(units=3 * width, axis=-1))
    query, key, value = split_each(net, name, width, heads, positions)
    net.add(f"{name}.scale", Multiply(value=(width // heads) ** -0.5), query)
    scores = net.add(f"{name}.scores", Matmul(transpose_second=True), net.last, key)
    bias = position_bias(net, name, window, heads)
    net.add(f"{name}.biased", Add(), scores, bias)
    if masked:
        mask = Constant(shape=(masked, 1, positions, positions))
        biased, mask_name = net.last, net.add(f"{name}.mask", mask)
        net.add(f"{name}.masked", Add(), biased, mask_name)
    net.add(f"{name}.softmax", Softmax(axis=-1))
    net.add(f"{name}.attention", Matmul(), net.last, value)
    merge_each(net, name, width, positions)
    return net.add(f"{name}.proj", Linear(units=width, axis=-1))


@block("swin_block")
def swin_block(
    net: NetworkBuilder,
    name: str,
    *,
    size: Count,
    width: Count,
    heads: Count,
    window: Count,
    shift: Size = 0,
) -> None:
    """Swin Transformer block (liu2021, Figure 3b) on a map of `size`×`size`: attention within
    windows, which are shifted by `shift` positions where it is not 0, then two linear layers with
    a GELU, the first to four times the width; each normalised before, beside an identity."""
    source, attn = net.last, f"{name}.attn"
    net.add(f"{name}.norm1", LayerNorm(epsilon=EPSILON))
    if shift:
        net.add(f"{attn}.shift", Roll(shifts=(-shift, -shift), axes=(0, 1)))
    to_windows(net, attn, size, window, width)
    window_attention(net, attn, width, heads, window, (size // window) ** 2 if shift else 0)
    from_windows(net, attn, size, window, width)
    if shift:
        net.add(f"{attn}.shift_back", Roll(shifts=(shift, shift), axes=(0, 1)))
    attended = net.add(f"{name}.add_1", Add(), net.last, source)
    net.add(f"{name}.norm2", LayerNorm(epsilon=EPSILON))
    names = (f"{name}.mlp.0", f"{name}.mlp.1", f"{name}.mlp.3")
    perceptron(net, names, 4 * width, width, Gelu())
    net.add(f"{name}.add_2", Add(), net.last, attended)


@block("swin_stage")
def swin_stage(
    net: NetworkBuilder,
    name: str,
    *,
    size: Count,
    width: Count,
    heads: Count,
    window: Count,
    blocks: Count,
) -> None:
    """Blocks of a stage of liu2021, Table 7: every other one with shifted windows, unless there
    is one window alone."""
    for i in range(blocks):
        shift = window // 2 if i % 2 and window < size else 0
        row = {"size": size, "width": width, "heads": heads, "window": window, "shift": shift}
        swin_block(net, f"{name}.{i}", **row)


@block("patch_merging")
def patch_merging(net: NetworkBuilder, name: str, *, width: Count) -> None:
    """The four positions of each 2×2 side by side, normalised, and a linear layer to `width`
    features (liu2021, section 3.1)."""
    source, parts = net.last, []
    for column in (0, 1):
        for row in (0, 1):
            net.add(f"{name}.rows_{row}{column}", Slice(axis=0, start=row, step=2), source)
            cut = Slice(axis=1, start=column, step=2)
            parts.append(net.add(f"{name}.positions_{row}{column}", cut))
    net.add(f"{name}.concat", Concat(axis=-1), *parts)
    net.add(f"{name}.norm", LayerNorm(epsilon=EPSILON))
    net.add(f"{name}.reduction", Linear(units=width, bias=False, axis=-1))

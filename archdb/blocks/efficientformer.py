"""EfficientFormer's blocks of four and of three dimensions, named by timm's module paths."""

from archdb.blocks.attention import perceptron
from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count
from archdb.ops.activation import Gelu, Relu, Softmax
from archdb.ops.arithmetic import Add, Multiply, Subtract
from archdb.ops.convolution import Conv2d
from archdb.ops.cutting import Slice, Take
from archdb.ops.dense import Linear
from archdb.ops.learned import Parameter
from archdb.ops.moving import Permute, Reshape
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import AvgPool2d
from archdb.ops.products import Matmul
from archdb.ops.scaling import ChannelScale
from archdb.ops.vector_norm import LayerNorm


def _conv(net: NetworkBuilder, conv: str, norm: str, filters: int, kernel: int, stride: int) -> str:
    """A convolution with bias, padded by half its kernel, and batch normalisation."""
    half = kernel // 2
    net.add(conv, Conv2d(filters=filters, kernel=kernel, stride=stride, padding=half))
    return net.add(norm, BatchNorm())


@block("efficientformer_stem")
def efficientformer_stem(net: NetworkBuilder, name: str, *, width: Count) -> None:
    """Two 3×3 convolutions in stride 2, each normalised, with ReLU (li2022, section 3)."""
    for i, filters in enumerate((width // 2, width), 1):
        _conv(net, f"{name}.conv{i}", f"{name}.norm{i}", filters, 3, 2)
        net.add(f"{name}.act{i}", Relu())


@block("efficientformer_downsample")
def efficientformer_downsample(net: NetworkBuilder, name: str, *, width: Count) -> None:
    """A 3×3 convolution in stride 2, normalised: the embedding between stages (li2022, section
    3)."""
    _conv(net, f"{name}.conv", f"{name}.norm", width, 3, 2)


def _meta_block_4d(net: NetworkBuilder, name: str, width: int) -> None:
    """One block of a stage."""
    source = net.last
    pool = AvgPool2d(kernel=3, stride=1, padding=1, rounding="floor")
    pooled = net.add(f"{name}.token_mixer.pool", pool)
    net.add(f"{name}.token_mixer.subtract", Subtract(), pooled, source)
    net.add(f"{name}.ls1", ChannelScale())
    mixed = net.add(f"{name}.add_1", Add(), net.last, source)
    mlp = f"{name}.mlp"
    _conv(net, f"{mlp}.fc1", f"{mlp}.norm1", 4 * width, 1, 1)
    net.add(f"{mlp}.act", Gelu())
    _conv(net, f"{mlp}.fc2", f"{mlp}.norm2", width, 1, 1)
    net.add(f"{name}.ls2", ChannelScale())
    net.add(f"{name}.add_2", Add(), net.last, mixed)


@block("efficientformer_stage")
def efficientformer_stage(net: NetworkBuilder, name: str, *, width: Count, blocks: Count) -> None:
    """Blocks of four dimensions (li2022, section 3): a 3×3 average pool less what it reads, then
    two 1×1 convolutions, normalised, with GELU, the first to four times the width; each scaled by
    channel, beside an identity."""
    for i in range(blocks):
        _meta_block_4d(net, f"{name}.{i}", width)


def _attention(
    net: NetworkBuilder, name: str, width: int, heads: int, key: int, value: int, positions: int
) -> str:
    """Attention with queries and keys of `key` features, values of `value`, and a learnt bias for
    each head and each distance of two positions."""
    net.add(f"{name}.qkv", Linear(units=heads * (2 * key + value), axis=-1))
    split = Reshape(shape=(0, heads, 2 * key + value), axis_names=("sequence", "heads", "feature"))
    net.add(f"{name}.split", split)
    parts = net.add(f"{name}.by_head", Permute(order=(1, 0, 2)))
    query = net.add(f"{name}.query", Slice(axis=2, stop=key), parts)
    keys = net.add(f"{name}.key", Slice(axis=2, start=key, stop=2 * key), parts)
    values = net.add(f"{name}.value", Slice(axis=2, start=2 * key), parts)
    net.add(f"{name}.scores", Matmul(transpose_second=True), query, keys)
    scores = net.add(f"{name}.scale", Multiply(value=key**-0.5))
    table = Parameter(shape=(heads, positions), axis_names=("heads", "_"))
    net.add(f"{name}.attention_biases", table)
    bias = net.add(f"{name}.bias", Take(axis=1, shape=(positions, positions)))
    net.add(f"{name}.biased", Add(), scores, bias)
    net.add(f"{name}.softmax", Softmax(axis=-1))
    net.add(f"{name}.attention", Matmul(), net.last, values)
    net.add(f"{name}.by_position", Permute(order=(1, 0, 2)))
    merged = Reshape(shape=(0, heads * value), axis_names=("sequence", "feature"))
    net.add(f"{name}.concat", merged)
    return net.add(f"{name}.proj", Linear(units=width, axis=-1))


@block("meta_block_3d")
def meta_block_3d(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    heads: Count,
    key: Count,
    value: Count,
    positions: Count,
) -> None:
    """Block of three dimensions (li2022, section 3): attention with a bias by position,
    then two linear layers with a GELU, the first to four times the width; each normalised before
    and scaled by channel behind, beside an identity."""
    source = net.last
    net.add(f"{name}.norm1", LayerNorm(epsilon=1e-5))
    _attention(net, f"{name}.token_mixer", width, heads, key, value, positions)
    net.add(f"{name}.ls1", ChannelScale())
    mixed = net.add(f"{name}.add_1", Add(), net.last, source)
    net.add(f"{name}.norm2", LayerNorm(epsilon=1e-5))
    names = (f"{name}.mlp.fc1", f"{name}.mlp.act", f"{name}.mlp.fc2")
    perceptron(net, names, 4 * width, width, Gelu())
    net.add(f"{name}.ls2", ChannelScale())
    net.add(f"{name}.add_2", Add(), net.last, mixed)

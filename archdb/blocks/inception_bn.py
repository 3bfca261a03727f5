"""Modules of BN-Inception (ioffe2015, Figure 5), by the columns of its table: #1×1, #3×3 reduce,
#3×3, double #3×3 reduce, double #3×3, pool and its projection.

Twice: named as in Caffe, and as in TF-slim, which calls the network Inception v2.
"""

from typing import Annotated

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.slim import Branch, avg_pool, conv, max_pool, module
from archdb.model.attributes import Count, choice
from archdb.ops.activation import Relu
from archdb.ops.joining import Concat
from archdb.ops.pooling import AvgPool2d, MaxPool2d

#: What the fourth branch pools with.
PoolKind = Annotated[str, choice("avg", "max")]
POOLS = {"avg": AvgPool2d, "max": MaxPool2d}


def _conv(
    net: NetworkBuilder, name: str, filters: int, kernel: int, *inputs: str, stride: int = 1
) -> str:
    """inception_3a/1x1, inception_3a/1x1/bn and inception_3a/relu_1x1."""
    module, _, part = name.rpartition("/")
    sliding = {"stride": stride, "padding": kernel // 2}
    net.conv_bn(name, f"{name}/bn", filters, kernel, *inputs, **sliding)
    return net.add(f"{module}/relu_{part}", Relu())


def _threes(
    net: NetworkBuilder, name: str, widths: tuple[int, ...], stride: int
) -> tuple[str, str]:
    """The 3×3 and the double 3×3 branch: where they end."""
    source = net.last
    r3, n3, rd, nd = widths
    _conv(net, f"{name}/3x3_reduce", r3, 1, source)
    three = _conv(net, f"{name}/3x3", n3, 3, stride=stride)
    _conv(net, f"{name}/double3x3_reduce", rd, 1, source)
    _conv(net, f"{name}/double3x3a", nd, 3)
    return three, _conv(net, f"{name}/double3x3b", nd, 3, stride=stride)


@block("inception_bn")
def inception_bn(
    net: NetworkBuilder,
    name: str,
    *,
    n1: Count,
    r3: Count,
    n3: Count,
    rd: Count,
    nd: Count,
    pool: PoolKind,
    proj: Count,
) -> None:
    """Inception module whose 5×5 has become two 3×3 (ioffe2015, Figure 5), in Caffe's names."""
    source = net.last
    one = _conv(net, f"{name}/1x1", n1, 1)
    net.last = source
    three, double = _threes(net, name, (r3, n3, rd, nd), 1)
    pooling = POOLS[pool](kernel=3, stride=1, padding=1, rounding="ceil")
    net.add(f"{name}/pool", pooling, source)
    pooled = _conv(net, f"{name}/pool_proj", proj, 1)
    net.add(f"{name}/output", Concat(), one, three, double, pooled)


@block("inception_bn_reduction")
def inception_bn_reduction(
    net: NetworkBuilder, name: str, *, r3: Count, n3: Count, rd: Count, nd: Count
) -> None:
    """The module with stride 2: no 1×1 branch, a pool without projection (ioffe2015, Figure 5:
    3c and 4e), in Caffe's names."""
    source = net.last
    three, double = _threes(net, name, (r3, n3, rd, nd), 2)
    pooling = MaxPool2d(kernel=3, stride=2, rounding="ceil")
    pooled = net.add(f"{name}/pool/3x3_s2", pooling, source)
    net.add(f"{name}/output", Concat(), three, double, pooled)


@block("inception_v2")
def inception_v2(
    net: NetworkBuilder,
    name: str,
    *,
    n1: Count,
    r3: Count,
    n3: Count,
    rd: Count,
    nd: Count,
    pool: PoolKind,
    proj: Count,
) -> None:
    """The module of `inception_bn`, in TF-slim's names."""
    pooling = {"avg": avg_pool, "max": max_pool}[pool]
    branches: list[Branch] = [
        [conv("0a", n1, 1)],
        [conv("0a", r3, 1), conv("0b", n3, 3)],
        [conv("0a", rd, 1), conv("0b", nd, 3), conv("0c", nd, 3)],
        [pooling("0a"), conv("0b", proj, 1)],
    ]
    module(net, name, branches)


@block("inception_v2_reduction")
def inception_v2_reduction(
    net: NetworkBuilder, name: str, *, r3: Count, n3: Count, rd: Count, nd: Count
) -> None:
    """The module of `inception_bn_reduction`, in TF-slim's names and with its padding."""
    branches: list[Branch] = [
        [conv("0a", r3, 1), conv("1a", n3, 3, stride=2)],
        [conv("0a", rd, 1), conv("0b", nd, 3), conv("1a", nd, 3, stride=2)],
        [max_pool("1a", stride=2)],
    ]
    module(net, name, branches)

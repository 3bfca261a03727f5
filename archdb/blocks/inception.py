"""Inception modules of GoogLeNet, named as in its Caffe release."""

from collections.abc import Callable

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count
from archdb.ops.activation import Dropout, Relu
from archdb.ops.convolution import Conv2d
from archdb.ops.dense import Linear
from archdb.ops.joining import Concat
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d

#: Lays a convolution with its activation: (draft, name, filters, kernel, inputs).
Conv = Callable[..., str]

#: Within a module the map keeps its size.
POOL = MaxPool2d(kernel=3, stride=1, padding=1, rounding="ceil")


def _conv(net: NetworkBuilder, name: str, filters: int, kernel: int, *inputs: str) -> str:
    """inception_3a/1x1 with bias and inception_3a/relu_1x1."""
    module, _, part = name.rpartition("/")
    relu = f"{module}/relu_{part}"
    return net.conv_relu(name, relu, filters, kernel, *inputs, padding=kernel // 2)


def _conv_bn(net: NetworkBuilder, name: str, filters: int, kernel: int, *inputs: str) -> str:
    """The same with batch normalisation, inception_3a/1x1/bn, in place of the bias."""
    module, _, part = name.rpartition("/")
    conv = Conv2d(filters=filters, kernel=kernel, padding=kernel // 2, bias=False)
    net.add(name, conv, *inputs)
    net.add(f"{name}/bn", BatchNorm(epsilon=1e-3))
    return net.add(f"{module}/relu_{part}", Relu())


def _reduce(net: NetworkBuilder, name: str, conv: Conv, large: int, n1: int, *widths: int) -> None:
    """Figure 2b with some kind of convolution; `large` is the kernel of its third branch."""
    source = net.last
    r3, n3, r5, n5, proj = widths
    one = conv(net, f"{name}/1x1", n1, 1, source)
    conv(net, f"{name}/3x3_reduce", r3, 1, source)
    three = conv(net, f"{name}/3x3", n3, 3)
    conv(net, f"{name}/5x5_reduce", r5, 1, source)
    five = conv(net, f"{name}/5x5", n5, large)
    net.add(f"{name}/pool", POOL, source)
    pooled = conv(net, f"{name}/pool_proj", proj, 1)
    net.add(f"{name}/output", Concat(), one, three, five, pooled)


@block("inception_naive")
def inception_naive(net: NetworkBuilder, name: str, *, n1: Count, n3: Count, n5: Count) -> None:
    """Inception module, naive version (szegedy2015, Figure 2a): the pool's channels pass on."""
    source = net.last
    one = _conv(net, f"{name}/1x1", n1, 1, source)
    three = _conv(net, f"{name}/3x3", n3, 3, source)
    five = _conv(net, f"{name}/5x5", n5, 5, source)
    pool = net.add(f"{name}/pool", POOL, source)
    net.add(f"{name}/output", Concat(), one, three, five, pool)


@block("inception")
def inception(
    net: NetworkBuilder,
    name: str,
    *,
    n1: Count,
    r3: Count,
    n3: Count,
    r5: Count,
    n5: Count,
    proj: Count,
) -> None:
    """Inception module with dimension reductions (szegedy2015, Figure 2b).

    The columns of szegedy2015, Table 1: #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj.
    """
    _reduce(net, name, _conv, 5, n1, r3, n3, r5, n5, proj)


@block("inception_torchvision")
def inception_torchvision(
    net: NetworkBuilder,
    name: str,
    *,
    n1: Count,
    r3: Count,
    n3: Count,
    r5: Count,
    n5: Count,
    proj: Count,
) -> None:
    """The module as TorchVision has it: normalised, and 3×3 where the paper has the 5×5.

    The columns of szegedy2015, Table 1, as in `inception`.
    """
    _reduce(net, name, _conv_bn, 3, n1, r3, n3, r5, n5, proj)


def _classifier(net: NetworkBuilder, name: str, units: int, classes: int) -> None:
    """The two fully connected layers of an auxiliary head."""
    net.add(f"{name}/fc", Linear(units=units))
    net.add(f"{name}/relu_fc", Relu())
    net.add(f"{name}/drop_fc", Dropout(rate=0.7))
    net.add(f"{name}/classifier", Linear(units=classes))


@block("inception_head")
def inception_head(
    net: NetworkBuilder, name: str, *, filters: Count, units: Count, classes: Count
) -> None:
    """Auxiliary classifier of GoogLeNet, for training only (szegedy2015, section 5)."""
    net.add(f"{name}/ave_pool", AvgPool2d(kernel=5, stride=3, rounding="ceil"))
    _conv(net, f"{name}/conv", filters, 1)
    _classifier(net, name, units, classes)


@block("inception_head_torchvision")
def inception_head_torchvision(
    net: NetworkBuilder, name: str, *, filters: Count, units: Count, classes: Count
) -> None:
    """The auxiliary classifier as TorchVision has it: normalised, pooled to 4×4 bins."""
    net.add(f"{name}/ave_pool", AdaptiveAvgPool2d(bins=4))
    _conv_bn(net, f"{name}/conv", filters, 1)
    _classifier(net, name, units, classes)

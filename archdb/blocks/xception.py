"""Blocks of Xception (chollet2017, Figure 5), named as in Keras Applications."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Counts, Flag
from archdb.ops.activation import Relu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import MaxPool2d


@block("separable_conv")
def separable_conv(net: NetworkBuilder, name: str, *, filters: Count) -> None:
    """A 3×3 depthwise and a 1×1 pointwise convolution with nothing between them, and batch
    normalisation (chollet2017, section 2)."""
    net.add(f"{name}/depthwise", DepthwiseConv2d(kernel=3, padding="same", bias=False))
    net.add(f"{name}/pointwise", Conv2d(filters=filters, kernel=1, bias=False))
    net.add(f"{name}_bn", BatchNorm(epsilon=1e-3))


def _separables(net: NetworkBuilder, name: str, widths: tuple[int, ...], relu: bool = True) -> str:
    """ReLU and a separable convolution, so many times; without the first ReLU on request."""
    for number, width in enumerate(widths, 1):
        part = f"{name}_sepconv{number}"
        if relu or number > 1:
            net.add(f"{part}_act", Relu())
        separable_conv(net, part, filters=width)
    return net.last


@block("xception_down")
def xception_down(net: NetworkBuilder, name: str, *, widths: Counts, relu: Flag = True) -> None:
    """Separable convolutions and a pool beside a strided 1×1 convolution: the entry flow
    (chollet2017, Figure 5). `relu`: the block begins with one."""
    source = net.last
    shortcut = Conv2d(filters=widths[-1], kernel=1, stride=2, padding="same", bias=False)
    net.add(f"{name}_shortcut", shortcut)
    straight = net.add(f"{name}_shortcut_bn", BatchNorm(epsilon=1e-3))
    net.last = source
    _separables(net, name, widths, relu)
    pool = MaxPool2d(kernel=3, stride=2, padding="same", rounding="floor")
    net.add(f"{name}_pool", pool)
    net.add(f"{name}_add", Add(), net.last, straight)


@block("xception_middle")
def xception_middle(net: NetworkBuilder, name: str, *, widths: Counts) -> None:
    """Separable convolutions beside an identity: the middle flow (chollet2017, Figure 5)."""
    source = net.last
    last = _separables(net, name, widths)
    net.add(f"{name}_add", Add(), last, source)

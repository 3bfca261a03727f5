"""Squeeze-and-excitation and the residual units around it, named as in the authors' Caffe files.

The files write the two fully connected layers as 1×1 convolutions, and scaling and addition as
one layer, Axpy, called as its unit; here those are two, with the product called `_scale`.
"""

from typing import Annotated

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.resnet import StrideIn, lay_stage
from archdb.model.attributes import Count, choice
from archdb.ops.activation import Relu, Sigmoid
from archdb.ops.arithmetic import Add, Multiply
from archdb.ops.convolution import Conv2d
from archdb.ops.pooling import GlobalAvgPool2d

#: identity, or a strided convolution of that kernel with batch normalisation.
Shortcut = Annotated[str, choice("identity", "1x1", "3x3")]


@block("squeeze_excitation")
def squeeze_excitation(
    net: NetworkBuilder, name: str, *, channels: Count, reduction: Count = 16
) -> None:
    """Squeeze-and-excitation block (hu2018, Figures 1 and 3): the mean of each map, through
    `channels` / `reduction` features, becomes a factor for each channel.

    The block of unit conv2_1 is conv2_1_se, its layers conv2_1_global_pool, conv2_1_1x1_down, ...
    """
    maps, unit = net.last, name.removesuffix("_se")
    net.add(f"{unit}_global_pool", GlobalAvgPool2d())
    down = f"{unit}_1x1_down"
    net.conv_relu(down, f"{down}/relu", channels // reduction, 1)
    net.add(f"{unit}_1x1_up", Conv2d(filters=channels, kernel=1))
    factors = net.add(f"{unit}_prob", Sigmoid())
    net.add(f"{unit}_scale", Multiply(), maps, factors)


@block("se_bottleneck_unit")
def se_bottleneck_unit(
    net: NetworkBuilder,
    name: str,
    *,
    reduce: Count,
    width: Count,
    out: Count,
    stride: Count = 1,
    stride_in: StrideIn = "3x3",
    groups: Count = 1,
    shortcut: Shortcut = "identity",
) -> None:
    """1×1 to `reduce`, 3×3 to `width`, 1×1 to `out`, squeeze-and-excitation, beside a shortcut
    (hu2018, Figure 3)."""
    straight = net.last
    first, second = (stride, 1) if stride_in == "1x1" else (1, stride)
    _conv(net, f"{name}_1x1_reduce", reduce, 1, stride=first)
    net.add(f"{name}_1x1_reduce/relu", Relu())
    _conv(net, f"{name}_3x3", width, 3, stride=second, groups=groups)
    net.add(f"{name}_3x3/relu", Relu())
    _conv(net, f"{name}_1x1_increase", out, 1)
    squeeze_excitation(net, f"{name}_se", channels=out)
    branch = net.last
    if shortcut != "identity":
        net.last = straight
        straight = _conv(net, f"{name}_1x1_proj", out, int(shortcut[0]), stride=stride)
    net.add(name, Add(), branch, straight)
    net.add(f"{name}/relu", Relu())


def _conv(net: NetworkBuilder, name: str, filters: int, kernel: int, **rest: int) -> str:
    """A convolution that keeps the size but for its stride, and its batch normalisation."""
    return net.conv_bn(name, f"{name}/bn", filters, kernel, padding=kernel // 2, **rest)


@block("se_bottleneck_stage")
def se_bottleneck_stage(
    net: NetworkBuilder,
    name: str,
    *,
    reduce: Count,
    width: Count,
    out: Count,
    units: Count,
    stride: Count = 1,
    stride_in: StrideIn = "3x3",
    groups: Count = 1,
    shortcut: Shortcut = "1x1",
) -> None:
    """A row of hu2018, Table 1: [1×1, reduce; 3×3, width, C = groups; 1×1, out; fc] × units."""
    names = (f"{name}_{i}" for i in range(1, units + 1))
    first = {"stride": stride, "stride_in": stride_in, "shortcut": shortcut}
    shared = {"reduce": reduce, "width": width, "out": out, "groups": groups}
    lay_stage(net, names, se_bottleneck_unit, first, shared)

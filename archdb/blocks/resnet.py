"""Residual units of he2016 and the stages made of them, named as in the authors' Caffe files."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Flag, choice
from archdb.ops.activation import Relu
from archdb.ops.arithmetic import Add
from archdb.ops.pooling import AvgPool2d, MaxPool2d
from archdb.ops.shaping import PadChannels

#: Where a unit that halves the map does so: in the first 1×1 (he2016) or in the 3×3 (v1.5).
StrideIn = Annotated[str, choice("1x1", "3x3")]
#: identity; a strided 1×1 convolution with batch normalisation (option B of he2016); the same
#: with an average pool to take the stride (he2019, ResNet-D); zero maps (option A of he2016).
Shortcut = Annotated[str, choice("identity", "projection", "pooled", "padding")]


def pad_shortcut(net: NetworkBuilder, name: str, out: int, stride: int) -> str:
    """Option A of he2016, section 3.3: every `stride`-th position, then as many zero maps as
    there are channels, whose number the unit doubles."""
    net.add(f"{name}_branch1", MaxPool2d(kernel=1, stride=stride, rounding="floor"))
    return net.add(f"{name}_branch1_pad", PadChannels(after=out // 2))


def _shortcut(net: NetworkBuilder, name: str, out: int, stride: int, shortcut: str) -> str:
    """Lay the shortcut, if it is more than a wire; the name of what the unit adds to."""
    if shortcut == "identity":
        return net.last
    if shortcut == "padding":
        return pad_shortcut(net, name, out, stride)
    if shortcut == "pooled" and stride > 1:
        pool = AvgPool2d(kernel=stride, stride=stride, rounding="ceil")
        net.add(f"{name}_branch1_pool", pool)
        stride = 1
    norm = f"bn{name.removeprefix('res')}_branch1"
    return net.conv_bn(f"{name}_branch1", norm, out, 1, stride=stride)


def _join(net: NetworkBuilder, name: str, shortcut: str) -> None:
    """Add the shortcut to the branch just laid, then ReLU."""
    net.add(name, Add(), shortcut, net.last)
    net.add(f"{name}_relu", Relu())


@block("basic_unit")
def basic_unit(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    stride: Count = 1,
    shortcut: Shortcut = "identity",
) -> None:
    """Two 3×3 convolutions beside a shortcut (he2016, Figure 5, left)."""
    source, bn = net.last, f"bn{name.removeprefix('res')}"
    straight = _shortcut(net, name, width, stride, shortcut)
    first = {"stride": stride, "padding": 1}
    net.conv_bn(f"{name}_branch2a", f"{bn}_branch2a", width, 3, source, **first)
    net.add(f"{name}_branch2a_relu", Relu())
    net.conv_bn(f"{name}_branch2b", f"{bn}_branch2b", width, 3, padding=1)
    _join(net, name, straight)


@block("bottleneck_unit")
def bottleneck_unit(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    out: Count,
    stride: Count = 1,
    stride_in: StrideIn = "1x1",
    groups: Count = 1,
    shortcut: Shortcut = "identity",
) -> None:
    """1×1 to `width`, 3×3, 1×1 to `out`, beside a shortcut (he2016, Figure 5, right), the 3×3
    perhaps in groups (xie2017, Figure 3c)."""
    source, bn = net.last, f"bn{name.removeprefix('res')}"
    straight = _shortcut(net, name, out, stride, shortcut)
    first, second = (stride, 1) if stride_in == "1x1" else (1, stride)
    net.conv_bn(f"{name}_branch2a", f"{bn}_branch2a", width, 1, source, stride=first)
    net.add(f"{name}_branch2a_relu", Relu())
    middle = {"stride": second, "padding": 1, "groups": groups}
    net.conv_bn(f"{name}_branch2b", f"{bn}_branch2b", width, 3, **middle)
    net.add(f"{name}_branch2b_relu", Relu())
    net.conv_bn(f"{name}_branch2c", f"{bn}_branch2c", out, 1)
    _join(net, name, straight)


def unit_names(name: str, units: int, numbered: bool) -> Iterator[str]:
    """res2a, res2b, res2c; or res4a, res4b1, res4b2, ... as the deeper nets have it."""
    for i in range(units):
        yield f"{name}a" if i == 0 else f"{name}b{i}" if numbered else f"{name}{chr(ord('a') + i)}"


def lay_stage(
    net: NetworkBuilder,
    names: Iterator[str],
    unit: Callable[..., None],
    first: Mapping[str, object],
    shared: Mapping[str, object],
) -> None:
    """Units of one kind; only the first changes the size of the map or its channels."""
    for i, name in enumerate(names):
        unit(net, name, **shared, **(first if i == 0 else {}))


@block("basic_stage")
def basic_stage(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    units: Count,
    stride: Count = 1,
    shortcut: Shortcut = "projection",
) -> None:
    """A row of he2016, Table 1, for 18 and 34 layers: [3×3, width; 3×3, width] × units."""
    first = {"stride": stride, "shortcut": shortcut}
    lay_stage(net, unit_names(name, units, False), basic_unit, first, {"width": width})


@block("bottleneck_stage")
def bottleneck_stage(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    out: Count,
    units: Count,
    stride: Count = 1,
    stride_in: StrideIn = "1x1",
    shortcut: Shortcut = "projection",
    numbered: Flag = False,
) -> None:
    """A row of he2016, Table 1, for 50 layers and more: [1×1, width; 3×3, width; 1×1, out]
    × units. `numbered`: units are named a, b1, b2, ... instead of a, b, c, ..."""
    first = {"stride": stride, "stride_in": stride_in, "shortcut": shortcut}
    shared = {"width": width, "out": out}
    lay_stage(net, unit_names(name, units, numbered), bottleneck_unit, first, shared)

"""Residual Inception units of Inception-ResNet-v2, named as in TF-slim.

Widths within a unit are those of szegedy2017; a unit's output has `out` maps, which the
released network sets otherwise than the paper's figures.
"""

from collections.abc import Callable

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.slim import HALVE, Branch, conv, max_pool, module
from archdb.model.attributes import Count, Flag, Number
from archdb.ops.activation import Relu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d
from archdb.ops.scaling import Rescale


def _unit(
    net: NetworkBuilder, name: str, branches: list[Branch], out: int, scale: float, relu: bool
) -> None:
    """Branches, a linear 1×1 convolution back to `out` maps, scaled and added to the input."""
    source = net.last
    module(net, name, branches)
    net.add(f"{name}/Conv2d_1x1", Conv2d(filters=out, kernel=1))
    net.add(f"{name}/scale", Rescale(factor=scale))
    net.add(f"{name}/add", Add(), source, net.last)
    if relu:
        net.add(f"{name}/Relu", Relu())


@block("inception_resnet_a")
def inception_resnet_a(
    net: NetworkBuilder, name: str, *, out: Count, scale: Number, relu: Flag = True
) -> None:
    """Inception-ResNet-A, on the 35×35 map (szegedy2017, Figure 16)."""
    branches: list[Branch] = [
        [conv("", 32, 1)],
        [conv("0a", 32, 1), conv("0b", 32, 3)],
        [conv("0a", 32, 1), conv("0b", 48, 3), conv("0c", 64, 3)],
    ]
    _unit(net, name, branches, out, scale, relu)


@block("inception_resnet_b")
def inception_resnet_b(
    net: NetworkBuilder, name: str, *, out: Count, scale: Number, relu: Flag = True
) -> None:
    """Inception-ResNet-B, on the 17×17 map (szegedy2017, Figure 17)."""
    branches: list[Branch] = [
        [conv("", 192, 1)],
        [conv("0a", 128, 1), conv("0b", 160, (1, 7)), conv("0c", 192, (7, 1))],
    ]
    _unit(net, name, branches, out, scale, relu)


@block("inception_resnet_c")
def inception_resnet_c(
    net: NetworkBuilder, name: str, *, out: Count, scale: Number, relu: Flag = True
) -> None:
    """Inception-ResNet-C, on the 8×8 map (szegedy2017, Figure 19)."""
    branches: list[Branch] = [
        [conv("", 192, 1)],
        [conv("0a", 192, 1), conv("0b", 224, (1, 3)), conv("0c", 256, (3, 1))],
    ]
    _unit(net, name, branches, out, scale, relu)


def _repeat(
    net: NetworkBuilder, name: str, unit: Callable[..., None], units: int, out: int, scale: float
) -> None:
    for number in range(1, units + 1):
        unit(net, f"{name}_{number}", out=out, scale=scale)


@block("inception_resnet_a_stage")
def inception_resnet_a_stage(
    net: NetworkBuilder, name: str, *, units: Count, out: Count, scale: Number
) -> None:
    """Inception-ResNet-A so many times (szegedy2017, Figure 15)."""
    _repeat(net, name, inception_resnet_a, units, out, scale)


@block("inception_resnet_b_stage")
def inception_resnet_b_stage(
    net: NetworkBuilder, name: str, *, units: Count, out: Count, scale: Number
) -> None:
    """Inception-ResNet-B so many times (szegedy2017, Figure 15)."""
    _repeat(net, name, inception_resnet_b, units, out, scale)


@block("inception_resnet_c_stage")
def inception_resnet_c_stage(
    net: NetworkBuilder, name: str, *, units: Count, out: Count, scale: Number
) -> None:
    """Inception-ResNet-C so many times (szegedy2017, Figure 15)."""
    _repeat(net, name, inception_resnet_c, units, out, scale)


@block("inception_resnet_reduction_b")
def inception_resnet_reduction_b(net: NetworkBuilder, name: str) -> None:
    """Reduction-B of Inception-ResNet-v2, from 17×17 to 8×8 (szegedy2017, Figure 18)."""
    branches: list[Branch] = [
        [conv("0a", 256, 1), conv("1a", 384, 3, **HALVE)],
        [conv("0a", 256, 1), conv("1a", 288, 3, **HALVE)],
        [conv("0a", 256, 1), conv("0b", 288, 3), conv("1a", 320, 3, **HALVE)],
        [max_pool("1a", **HALVE)],
    ]
    module(net, name, branches)

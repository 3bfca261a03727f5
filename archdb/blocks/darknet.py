"""Darknet's convolutional layer, and the residual units and stages of Darknet-53.

The released cfg files number their layers and give them no names: conv1 stands for a
convolution, conv1_bn and conv1_leaky for what the same section of the file does after it.
"""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count
from archdb.ops.activation import LeakyRelu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d
from archdb.ops.normalization import BatchNorm


@block("darknet_conv")
def darknet_conv(
    net: NetworkBuilder, name: str, *, filters: Count, size: Count, stride: Count = 1
) -> None:
    """Convolution without bias, batch normalisation, leaky ReLU: a row of redmon2017, Table 6.

    `pad=1` in a cfg file means half the kernel; the slope and the epsilon are those of Darknet's
    source (activations.h, blas.c).
    """
    conv = Conv2d(filters=filters, kernel=size, stride=stride, padding=size // 2, bias=False)
    net.add(name, conv)
    net.add(f"{name}_bn", BatchNorm(epsilon=1e-6))
    net.add(f"{name}_leaky", LeakyRelu(slope=0.1))


@block("darknet_unit")
def darknet_unit(net: NetworkBuilder, name: str, *, narrow: Count, wide: Count) -> None:
    """1×1 to `narrow`, 3×3 to `wide`, added to the input, with no activation after the sum
    (redmon2018, Table 1: a box)."""
    source = net.last
    darknet_conv(net, f"{name}/conv1", filters=narrow, size=1)
    darknet_conv(net, f"{name}/conv2", filters=wide, size=3)
    net.add(f"{name}/residual", Add(), source, net.last)


@block("darknet_stage")
def darknet_stage(
    net: NetworkBuilder, name: str, *, narrow: Count, wide: Count, units: Count
) -> None:
    """A box of redmon2018, Table 1, as many times as the table says."""
    for i in range(1, units + 1):
        darknet_unit(net, f"{name}_{i}", narrow=narrow, wide=wide)

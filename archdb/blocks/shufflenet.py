"""Units of both ShuffleNets: v1 named by imgclsmob's module paths, v2 by torchvision's."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Flag
from archdb.ops.activation import Relu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.joining import Concat
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import AvgPool2d
from archdb.ops.shaping import ChannelShuffle, SliceChannels


@block("shuffle_unit")
def shuffle_unit(
    net: NetworkBuilder,
    name: str,
    *,
    input: Count,
    out: Count,
    groups: Count,
    halve: Flag = False,
    first_grouped: Flag = True,
) -> None:
    """ShuffleNet unit (zhang2018, Figure 2b; 2c where it halves the map, and its branch brings
    the channels that `input` lacks). Bottleneck channels are a quarter of `out` (section 3.3).

    The first pointwise convolution of the net is not grouped (Table 1, note); one group needs
    no shuffle.
    """
    source, middle = net.last, out // 4
    branch = out - input if halve else out
    first = groups if first_grouped else 1
    squeeze = Conv2d(filters=middle, kernel=1, groups=first, bias=False)
    net.add(f"{name}.compress_conv1", squeeze)
    net.add(f"{name}.compress_bn1", BatchNorm())
    net.add(f"{name}.compress_activ1", Relu())
    if groups > 1:
        net.add(f"{name}.c_shuffle", ChannelShuffle(groups=groups))
    stride = 2 if halve else 1
    depthwise = DepthwiseConv2d(kernel=3, stride=stride, padding=1, bias=False)
    net.add(f"{name}.dw_conv2", depthwise)
    net.add(f"{name}.dw_bn2", BatchNorm())
    expand = Conv2d(filters=branch, kernel=1, groups=groups, bias=False)
    net.add(f"{name}.expand_conv3", expand)
    grown = net.add(f"{name}.expand_bn3", BatchNorm())
    if halve:
        pool = AvgPool2d(kernel=3, stride=2, padding=1, rounding="floor")
        pooled = net.add(f"{name}.avgpool", pool, source)
        net.add(f"{name}.cat", Concat(), grown, pooled)
    else:
        net.add(f"{name}.add", Add(), grown, source)
    net.add(f"{name}.activ", Relu())


@block("shuffle_stage")
def shuffle_stage(
    net: NetworkBuilder,
    name: str,
    *,
    input: Count,
    out: Count,
    groups: Count,
    units: Count,
    first_grouped: Flag = True,
) -> None:
    """A stage of zhang2018, Table 1, column of `groups`: one unit that halves the map, the rest
    in stride 1."""
    for i in range(1, units + 1):
        shuffle_unit(
            net,
            f"{name}.unit{i}",
            input=input if i == 1 else out,
            out=out,
            groups=groups,
            halve=i == 1,
            first_grouped=first_grouped or i > 1,
        )


def _branch(net: NetworkBuilder, name: str, width: int, stride: int, *inputs: str) -> str:
    """1×1, depthwise 3×3, 1×1, all of `width`; the depthwise convolution is linear."""
    net.add(f"{name}.0", Conv2d(filters=width, kernel=1, bias=False), *inputs)
    net.add(f"{name}.1", BatchNorm())
    net.add(f"{name}.2", Relu())
    depthwise = DepthwiseConv2d(kernel=3, stride=stride, padding=1, bias=False)
    net.add(f"{name}.3", depthwise)
    net.add(f"{name}.4", BatchNorm())
    net.add(f"{name}.5", Conv2d(filters=width, kernel=1, bias=False))
    net.add(f"{name}.6", BatchNorm())
    return net.add(f"{name}.7", Relu())


def _downsample(net: NetworkBuilder, name: str, width: int) -> str:
    """Depthwise 3×3 in stride 2 and 1×1 to `width`; the depthwise convolution is linear."""
    net.add(f"{name}.0", DepthwiseConv2d(kernel=3, stride=2, padding=1, bias=False))
    net.add(f"{name}.1", BatchNorm())
    net.add(f"{name}.2", Conv2d(filters=width, kernel=1, bias=False))
    net.add(f"{name}.3", BatchNorm())
    return net.add(f"{name}.4", Relu())


@block("split_unit")
def split_unit(net: NetworkBuilder, name: str, *, out: Count, halve: Flag = False) -> None:
    """ShuffleNet v2 unit (ma2018, Figure 3c; 3d where it halves the map): half of the channels
    pass, the other half go through a branch, then both are shuffled."""
    source, half = net.last, out // 2
    if halve:
        left = _downsample(net, f"{name}.branch1", half)
        right = _branch(net, f"{name}.branch2", half, 2, source)
    else:
        left = net.add(f"{name}.chunk.0", SliceChannels(stop=half))
        rest = SliceChannels(start=half, stop=out)
        net.add(f"{name}.chunk.1", rest, source)
        right = _branch(net, f"{name}.branch2", half, 1)
    net.add(f"{name}.cat", Concat(), left, right)
    net.add(f"{name}.channel_shuffle", ChannelShuffle(groups=2))


@block("split_stage")
def split_stage(net: NetworkBuilder, name: str, *, out: Count, units: Count) -> None:
    """A stage of ma2018, Table 5: one unit that halves the map, the rest in stride 1."""
    for i in range(units):
        split_unit(net, f"{name}.{i}", out=out, halve=i == 0)

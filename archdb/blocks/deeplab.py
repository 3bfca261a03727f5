"""DeepLab v3 on a dilated ResNet, named as torchvision names the nodes of its graph."""

from typing import Any

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Counts, Number
from archdb.ops.activation import Dropout, Relu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d
from archdb.ops.joining import Concat
from archdb.ops.pooling import GlobalAvgPool2d
from archdb.ops.resizing import Resize2d


@block("dilated_resnet_layer")
def dilated_resnet_layer(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    out: Count,
    units: Count,
    stride: Count = 1,
    dilation: Count = 1,
    first_dilation: Count = 1,
) -> None:
    """A stage of bottleneck units (he2016, Figure 5, right) with stride and dilation in the 3×3
    convolutions (chen2017deeplab, section 3.1). Where the stage would halve the map, its first unit
    keeps the dilation of the stage before: `first_dilation`."""
    for i in range(units):
        first = i == 0
        rate = first_dilation if first else dilation
        _bottleneck(net, f"{name}.{i}", width, out, stride if first else 1, rate, first)


def _bottleneck(
    net: NetworkBuilder, name: str, width: int, out: int, stride: int, dilation: int, project: bool
) -> None:
    """One unit; the projection runs behind the branch that it bypasses."""
    source = net.last
    net.conv_bn(f"{name}.conv1", f"{name}.bn1", width, 1)
    net.add(f"{name}.relu", Relu())
    rest = {"stride": stride, "padding": dilation, "dilation": dilation}
    net.conv_bn(f"{name}.conv2", f"{name}.bn2", width, 3, **rest)
    net.add(f"{name}.relu_1", Relu())
    branch = net.conv_bn(f"{name}.conv3", f"{name}.bn3", out, 1)
    if project:
        names = f"{name}.downsample.0", f"{name}.downsample.1"
        source = net.conv_bn(*names, out, 1, source, stride=stride)
    net.add(f"{name}.add", Add(), branch, source)
    net.add(f"{name}.relu_2", Relu())


@block("aspp")
def aspp(net: NetworkBuilder, name: str, *, width: Count, rates: Counts, dropout: Number) -> None:
    """Atrous spatial pyramid pooling (chen2017deeplab, Figure 5): 1×1, 3×3 at each of the rates
    and the pooled image, side by side, then a 1×1 convolution over all of them."""
    source = net.last

    def conv(part: str, kernel: int, *inputs: str, at: int = 0, **rest: Any) -> str:
        names = f"{name}.{part}.{at}", f"{name}.{part}.{at + 1}"
        net.conv_bn(*names, width, kernel, *inputs, **rest)
        return net.add(f"{name}.{part}.{at + 2}", Relu())

    branches = [conv("convs.0", 1, source)]
    for i, rate in enumerate(rates, start=1):
        branches.append(conv(f"convs.{i}", 3, source, padding=rate, dilation=rate))
    pooling = f"convs.{len(branches)}"
    net.add(f"{name}.{pooling}.0", GlobalAvgPool2d(), source)
    pooled = conv(pooling, 1, at=1)
    spread = net.add(f"{name}.{pooling}.interpolate", Resize2d(how="bilinear"), pooled, source)
    net.add(f"{name}.cat", Concat(), *branches, spread)
    conv("project", 1)
    net.add(f"{name}.project.3", Dropout(rate=dropout))


@block("fcn_head")
def fcn_head(
    net: NetworkBuilder, name: str, *, width: Count, classes: Count, dropout: Number = 0.0
) -> None:
    """3×3 convolution with batch normalisation and ReLU, then a 1×1 convolution to the classes;
    numbered on from the layer that `name` ends in."""
    prefix, _, start = name.rpartition(".")
    numbers = iter(range(int(start), int(start) + 5))

    def numbered() -> str:
        return f"{prefix}.{next(numbers)}"

    net.conv_bn(numbered(), numbered(), width, 3, padding=1)
    net.add(numbered(), Relu())
    if dropout:
        net.add(numbered(), Dropout(rate=dropout))
    net.add(numbered(), Conv2d(filters=classes, kernel=1))

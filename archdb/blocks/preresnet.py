"""Residual units in which batch normalisation and ReLU come before each convolution
(he2016identity) and the stages made of them.

No release names their layers; they are called as in the Caffe files of he2016, and each
normalisation and ReLU after the convolution that it precedes.
"""

from typing import Annotated, Any

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.resnet import StrideIn, lay_stage, pad_shortcut, unit_names
from archdb.blocks.widths import WIDE_RESNET
from archdb.model.attributes import Count, Flag, choice
from archdb.ops.activation import Relu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import MaxPool2d

#: Where a unit's first normalisation and ReLU stand: in its branch; before the split, so that
#: the shortcut reads them too; or nowhere, because what it reads is activated already.
Activation = Annotated[str, choice("branch", "split", "none")]
#: identity; a strided 1×1 convolution and nothing else; zero maps (option A of he2016); or every
#: `stride`-th position of what the unit reads.
Shortcut = Annotated[str, choice("identity", "projection", "padding", "subsampling")]
#: The unit of a stage that has its stride.
StrideAt = Annotated[str, choice("first", "last")]


def _activate(net: NetworkBuilder, conv: str) -> None:
    """Batch normalisation and ReLU before the convolution of that name."""
    net.add(f"bn{conv.removeprefix('res')}", BatchNorm())
    net.add(f"{conv}_relu", Relu())


def _split(
    net: NetworkBuilder,
    name: str,
    out: int,
    stride: int,
    activation: str,
    shortcut: str,
    bias: bool = False,
) -> tuple[str, str]:
    """Lay what precedes the branch; the names of what the branch and the addition read."""
    straight = net.last
    if activation != "none":
        _activate(net, f"{name}_branch2a")
    entrance = net.last
    if activation == "split":
        straight = entrance
    net.last = straight
    if shortcut == "padding":
        straight = pad_shortcut(net, name, out, stride)
    elif shortcut == "projection":
        projection = Conv2d(filters=out, kernel=1, stride=stride, bias=bias)
        straight = net.add(f"{name}_branch1", projection)
    elif shortcut == "subsampling":
        every = MaxPool2d(kernel=1, stride=stride, rounding="floor")
        straight = net.add(f"{name}_branch1", every)
    return entrance, straight


@block("preact_basic_unit", WIDE_RESNET)
def preact_basic_unit(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    stride: Count = 1,
    activation: Activation = "branch",
    shortcut: Shortcut = "identity",
) -> None:
    """Two 3×3 convolutions, each behind its activation (he2016identity, Figure 4e)."""
    entrance, straight = _split(net, name, width, stride, activation, shortcut)
    first = Conv2d(filters=width, kernel=3, stride=stride, padding=1, bias=False)
    net.add(f"{name}_branch2a", first, entrance)
    _activate(net, f"{name}_branch2b")
    net.add(f"{name}_branch2b", Conv2d(filters=width, kernel=3, padding=1, bias=False))
    net.add(name, Add(), straight, net.last)


@block("preact_bottleneck_unit")
def preact_bottleneck_unit(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    out: Count,
    stride: Count = 1,
    stride_in: StrideIn = "1x1",
    activation: Activation = "branch",
    shortcut: Shortcut = "identity",
    bias: Flag = False,
) -> None:
    """1×1 to `width`, 3×3, 1×1 to `out`, each behind its activation (he2016identity, section
    4.1). `bias`: on what no normalisation follows, the last 1×1 and the projection."""
    entrance, straight = _split(net, name, out, stride, activation, shortcut, bias)
    first, second = (stride, 1) if stride_in == "1x1" else (1, stride)
    reduce = Conv2d(filters=width, kernel=1, stride=first, bias=False)
    net.add(f"{name}_branch2a", reduce, entrance)
    _activate(net, f"{name}_branch2b")
    middle = Conv2d(filters=width, kernel=3, stride=second, padding=1, bias=False)
    net.add(f"{name}_branch2b", middle)
    _activate(net, f"{name}_branch2c")
    net.add(f"{name}_branch2c", Conv2d(filters=out, kernel=1, bias=bias))
    net.add(name, Add(), straight, net.last)


@block("preact_basic_stage", WIDE_RESNET)
def preact_basic_stage(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    units: Count,
    stride: Count = 1,
    shortcut: Shortcut = "projection",
) -> None:
    """Units of two 3×3 convolutions; the first has its activation before the split."""
    first = {"stride": stride, "activation": "split", "shortcut": shortcut}
    lay_stage(net, unit_names(name, units, True), preact_basic_unit, first, {"width": width})


@block("preact_bottleneck_stage")
def preact_bottleneck_stage(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    out: Count,
    units: Count,
    stride: Count = 1,
    stride_in: StrideIn = "1x1",
    stride_at: StrideAt = "first",
    activation: Activation = "split",
    bias: Flag = False,
    numbered: Flag = False,
) -> None:
    """Bottleneck units; the first projects its shortcut and, unless `activation` says otherwise,
    has its activation before the split. Where the last has the stride, its shortcut takes every
    `stride`-th position. `bias` as in preact_bottleneck_unit, `numbered` as in bottleneck_stage."""
    names = list(unit_names(name, units, numbered))
    strided = names[0 if stride_at == "first" else -1]
    for unit in names:
        own: dict[str, Any] = {}
        if unit == strided and stride > 1:
            own = {"stride": stride, "stride_in": stride_in, "shortcut": "subsampling"}
        if unit == names[0]:
            own |= {"activation": activation, "shortcut": "projection"}
        preact_bottleneck_unit(net, unit, width=width, out=out, bias=bias, **own)

"""MBConv, the unit that MnasNet and the EfficientNets were searched for, and compound scaling.

Layers are named by torchvision's module paths. Padding and the normalisation's epsilon are those
of the authors' TensorFlow files in the EfficientNets, of torchvision in MnasNet.
"""

from collections.abc import Callable
from functools import partial
from itertools import count

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.mobilenet import Names, excite, inverted, member_names, normed_conv, sequence
from archdb.blocks.widths import EFFICIENTNET, MNASNET, scale_channels
from archdb.model.attributes import Count
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.factor import Factor
from archdb.rounding import ratio


def repeat_count(layers: int, depth: float) -> int:
    """`layers` of a stage times the depth coefficient, rounded up (tan2019, equation 3 and
    section 4; tan2019tpu, round_repeats)."""
    times, parts = ratio(depth)
    return -(-layers * times // parts)


@block("scaled_conv", EFFICIENTNET)
def scaled_conv(
    net: NetworkBuilder,
    name: str,
    *,
    filters: Count,
    kernel: Count,
    stride: Count = 1,
    width: Factor = 1.0,
) -> None:
    """A convolution of `filters` times `width`, normalised, with swish: the first and the last
    convolution of tan2019, Table 1."""
    conv = Conv2d(
        filters=scale_channels(filters, width),
        kernel=kernel,
        stride=stride,
        padding="same",
        bias=False,
    )
    normed_conv(net, member_names(name), conv, "swish")


@block("mbconv", EFFICIENTNET)
def mbconv(
    net: NetworkBuilder,
    name: str,
    *,
    kernel: Count,
    expand: Count,
    input: Count,
    out: Count,
    stride: Count = 1,
) -> None:
    """MBConv (tan2019mnasnet, Figure 7 (b); tan2019, Table 1): an inverted residual with swish and
    squeeze-and-excitation to a quarter of the channels that come in."""
    source, expanded = net.last, input * expand
    gate = partial(excite, net, channels=expanded, squeezed=max(1, input // 4), inner="swish")
    inverted(
        net,
        sequence(f"{name}.block"),
        member_names,
        expanded=expanded if expand > 1 else 0,
        depthwise=DepthwiseConv2d(kernel=kernel, stride=stride, padding="same", bias=False),
        squeeze=gate,
        out=out,
        activation="swish",
    )
    if stride == 1 and input == out:
        net.add(f"{name}.add", Add(), net.last, source)


@block("fused_mbconv", EFFICIENTNET)
def fused_mbconv(
    net: NetworkBuilder,
    name: str,
    *,
    kernel: Count,
    expand: Count,
    input: Count,
    out: Count,
    stride: Count = 1,
) -> None:
    """Fused-MBConv (tan2021, Figure 2): one full convolution in place of the expansion and the
    depthwise convolution, without squeeze-and-excitation; alone where it does not expand."""
    source, part = net.last, sequence(f"{name}.block")
    filters = input * expand if expand > 1 else out
    full = Conv2d(filters=filters, kernel=kernel, stride=stride, padding="same", bias=False)
    normed_conv(net, member_names(part("fused")), full, "swish")
    if expand > 1:
        normed_conv(net, member_names(part("project")), Conv2d(filters=out, kernel=1, bias=False))
    if stride == 1 and input == out:
        net.add(f"{name}.add", Add(), net.last, source)


def _stage(
    net: NetworkBuilder, name: str, unit: Callable[..., None], layers: int, row: dict[str, int]
) -> None:
    """`layers` units of one row; the first takes its stride and brings `out` channels."""
    for i in range(layers):
        shape = row if i == 0 else row | {"input": row["out"], "stride": 1}
        unit(net, f"{name}.{i}", **shape)


@block("mbconv_stage", EFFICIENTNET)
def mbconv_stage(
    net: NetworkBuilder,
    name: str,
    *,
    kernel: Count,
    expand: Count,
    input: Count,
    out: Count,
    layers: Count,
    stride: Count,
    width: Factor = 1.0,
    depth: Factor = 1.0,
) -> None:
    """A row of tan2019, Table 1, scaled by width and depth (equation 3)."""
    shape = {
        "input": scale_channels(input, width),
        "out": scale_channels(out, width),
        "stride": stride,
    }
    row = {"kernel": kernel, "expand": expand, **shape}
    _stage(net, name, mbconv, repeat_count(layers, depth), row)


@block("fused_mbconv_stage", EFFICIENTNET)
def fused_mbconv_stage(
    net: NetworkBuilder,
    name: str,
    *,
    kernel: Count,
    expand: Count,
    input: Count,
    out: Count,
    layers: Count,
    stride: Count,
) -> None:
    """A row of tan2021, Table 4, whose operator is Fused-MBConv."""
    shape = {"input": input, "out": out, "stride": stride}
    _stage(net, name, fused_mbconv, layers, {"kernel": kernel, "expand": expand, **shape})


@block("mnas_mbconv", MNASNET)
def mnas_mbconv(
    net: NetworkBuilder,
    name: str,
    *,
    kernel: Count,
    expand: Count,
    input: Count,
    out: Count,
    stride: Count = 1,
) -> None:
    """MBConv without squeeze-and-excitation, with ReLU (tan2019mnasnet, Figure 7 (c); MnasNet-B1
    has no other)."""
    source, numbers = net.last, count(step=3)

    def names(first: str, activation: str = "") -> Names:
        conv, norm, act = (f"{name}.layers.{int(first) + i}" for i in range(3))
        return conv, norm, act

    inverted(
        net,
        lambda part: str(next(numbers)),
        names,
        expanded=input * expand,
        depthwise=DepthwiseConv2d(kernel=kernel, stride=stride, padding=kernel // 2, bias=False),
        out=out,
        activation="relu",
        epsilon=1e-5,
    )
    if stride == 1 and input == out:
        net.add(f"{name}.add", Add(), net.last, source)


@block("mnas_stage", MNASNET)
def mnas_stage(
    net: NetworkBuilder,
    name: str,
    *,
    kernel: Count,
    expand: Count,
    input: Count,
    out: Count,
    layers: Count,
    stride: Count,
) -> None:
    """A row of mnasnet_b1 in the authors' file: `layers` units, the first in `stride`."""
    shape = {"input": input, "out": out, "stride": stride}
    _stage(net, name, mnas_mbconv, layers, {"kernel": kernel, "expand": expand, **shape})
